#include "agents/cohort/store_state.h"

#include <utility>

#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace sqlcipher = policy::sqlcipher;

namespace {

// A scan reads every page once.
constexpr int kReaderCacheKib = 4096;

}  // namespace

absl::StatusOr<int64_t> CohortStore::State::Scalar(const char* sql,
                                                   std::optional<int64_t> parameter) {
  RENKEI_ASSIGN_OR_RETURN(Statement read, database->Prepare(sql));
  if (parameter.has_value()) read.Bind(1, *parameter);
  RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
  return row && !read.IsNull(0) ? read.Int(0) : 0;
}

absl::Status CohortStore::State::AddToMeta(const char* name, int64_t amount) {
  RENKEI_ASSIGN_OR_RETURN(Statement add,
                          database->Prepare("UPDATE meta SET value = value + ? WHERE name = ?"));
  return add.Bind(1, amount).Bind(2, name).Run();
}

absl::Status CohortStore::State::RequireFile() const {
  if (transaction.has_value()) return absl::OkStatus();
  return absl::FailedPreconditionError("cohort store: no file is open; call BeginFile first");
}

absl::Status CohortStore::State::LoadSchemas() {
  RENKEI_ASSIGN_OR_RETURN(const ItemSchema wanted, ItemSchema::FromItems(items));
  const policy::crypto::Digest digest = wanted.digest();
  {
    RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction write, sqlcipher::Transaction::Begin(*database));
    RENKEI_ASSIGN_OR_RETURN(
        Statement insert,
        database->Prepare("INSERT OR IGNORE INTO item_schemas(digest, text) VALUES(?, ?)"));
    RENKEI_RETURN_IF_ERROR(insert.BindBlob(1, digest).Bind(2, wanted.text()).Run());
    RENKEI_RETURN_IF_ERROR(write.Commit());
  }
  schemas.clear();
  RENKEI_ASSIGN_OR_RETURN(Statement read,
                          database->Prepare("SELECT id, text FROM item_schemas ORDER BY id"));
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) break;
    if (read.Int(0) < 1 || read.Int(0) > UINT16_MAX) {
      return absl::DataLossError("item schema: number out of range");
    }
    const std::string text = read.Text(1);
    RENKEI_ASSIGN_OR_RETURN(const ItemSchema stored, ItemSchema::FromText(text));
    RENKEI_ASSIGN_OR_RETURN(std::vector<int> map, stored.MapTo(items));
    schemas.push_back({static_cast<uint16_t>(read.Int(0)), stored.columns(), std::move(map)});
    if (text == wanted.text()) current = schemas.back();
  }
  return absl::OkStatus();
}

absl::Status CohortStore::State::PrepareStatements() {
  absl::Status failed;
  const auto prepare = [&](const char* sql) -> std::optional<Statement> {
    absl::StatusOr<Statement> made = database->Prepare(sql);
    if (!made.ok()) {
      failed.Update(made.status());
      return std::nullopt;
    }
    return *std::move(made);
  };
  auto find_roster = prepare(
      "SELECT word, municipality, work_municipality, enrolled_from, enrolled_to, insurer, "
      "exclusion, "
      "relationship FROM roster WHERE fiscal_year = ? AND person = ?");
  auto insert_roster = prepare(
      "INSERT INTO roster(word, municipality, work_municipality, enrolled_from, enrolled_to, "
      "insurer, "
      "exclusion, relationship, fiscal_year, person) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  auto update_roster = prepare(
      "UPDATE roster SET word = ?, municipality = ?, work_municipality = ?, enrolled_from = ?, "
      "enrolled_to = ?, insurer = ?, exclusion = ?, relationship = ? WHERE fiscal_year = ? AND "
      "person = ?");
  auto find_guidance = prepare(
      "SELECT word, level, first_interview, final_evaluation, points, outcome FROM guidance "
      "WHERE fiscal_year = ? AND person = ?");
  auto insert_guidance = prepare(
      "INSERT INTO guidance(word, level, first_interview, final_evaluation, points, outcome, "
      "fiscal_year, person) VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
  auto update_guidance = prepare(
      "UPDATE guidance SET word = ?, level = ?, first_interview = ?, final_evaluation = ?, "
      "points = ?, outcome = ? WHERE fiscal_year = ? AND person = ?");
  auto insert_event = prepare(
      "INSERT OR IGNORE INTO consent_events(person, content, sequence, word) VALUES(?, ?, ?, ?)");
  RENKEI_RETURN_IF_ERROR(failed);
  statements.emplace(Statements{*std::move(find_roster), *std::move(insert_roster),
                                *std::move(update_roster), *std::move(find_guidance),
                                *std::move(insert_guidance), *std::move(update_guidance),
                                *std::move(insert_event)});
  return absl::OkStatus();
}

absl::Status CohortStore::State::OpenReaders(size_t count) {
  sqlcipher::Database::Options options;
  options.create = false;
  options.read_only = true;
  options.cache_kib = kReaderCacheKib;
  while (readers.size() < count) {
    RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<sqlcipher::Database> reader,
                            sqlcipher::Database::Open(path, key, options));
    readers.push_back(std::move(reader));
  }
  return absl::OkStatus();
}

absl::Status CohortStore::State::Refresh() {
  RENKEI_ASSIGN_OR_RETURN(const int64_t version,
                          Scalar("SELECT value FROM meta WHERE name = 'record_version'"));
  if (version == known_version) return absl::OkStatus();
  known_version = -1;
  exams.Clear();
  RENKEI_RETURN_IF_ERROR(persons.Load());
  known_version = version;
  return absl::OkStatus();
}

absl::Status CohortStore::State::Flush() {
  if (!transaction.has_value()) return absl::OkStatus();
  RENKEI_RETURN_IF_ERROR(persons.Flush());
  return exams.Flush();
}

absl::StatusOr<CohortStore::State::FoundPerson> CohortStore::State::FindOrAdd(const Person& person,
                                                                              bool roster_decides) {
  if (person.sex > 1) return absl::InvalidArgumentError("sex: neither male nor female");
  const PersonWord word = PackPerson(person.birth_date, person.sex);
  const PersonIndex& index = persons.index();
  if (const uint32_t known = index.Find(person.key.exact); known != 0) {
    if (index.word(known) == word) return FoundPerson{known, word};
    // Only a person_id can meet another birth date: on a card both are part of the pseudonym.
    ++counts.identity_conflicts;
    if (!roster_decides) return FoundPerson{known, index.word(known)};
    persons.SetWord(known, word);
    records_changed = true;
    return FoundPerson{known, word};
  }
  if (index.size() >= UINT32_MAX - 1) {
    return absl::ResourceExhaustedError("cohort store: more than 4,294,967,294 persons");
  }
  BranchForm form = BranchForm::kNoCard;
  CardKey card{};
  if (person.key.without_branch.has_value()) {
    form = person.key.branch_absent ? BranchForm::kWithoutBranch : BranchForm::kWithBranch;
    ++(person.key.branch_absent ? cards_without_branch : cards_with_branch);
    card = PersonIndex::PrefixOf(*person.key.without_branch);
  }
  const auto id = static_cast<uint32_t>(index.size() + 1);
  RENKEI_RETURN_IF_ERROR(persons.Add(PersonIndex::PrefixOf(person.key.exact), word, form, card));
  ++counts.persons_new;
  records_changed = true;
  return FoundPerson{id, word};
}

absl::StatusOr<Fresh*> CohortStore::State::FreshOf(std::map<int, Fresh>& years,
                                                   const char* any_row_sql, int year) {
  if (const auto found = years.find(year); found != years.end()) return &found->second;
  RENKEI_ASSIGN_OR_RETURN(const int64_t any, Scalar(any_row_sql, year));
  return &years.emplace(year, Fresh(any == 0, persons_before)).first->second;
}

}  // namespace renkei::agents::cohort
