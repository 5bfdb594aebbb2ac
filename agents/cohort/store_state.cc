#include "agents/cohort/store_state.h"

#include <utility>

#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace sqlcipher = policy::sqlcipher;

// Persons have no index by pseudonym: PersonIndex does that work in memory, and row numbers without
// gaps let arrays stand for tables. Examinations lie in the order of import, so that a new year is
// appended and read in sequence; the index finds one person's.
const char* const kCohortMigrations[1] = {R"sql(
CREATE TABLE meta(
  name TEXT PRIMARY KEY NOT NULL,
  value INTEGER NOT NULL CHECK(typeof(value)='integer')) WITHOUT ROWID;
INSERT INTO meta(name, value)
  VALUES('record_version', 0), ('cards_with_branch', 0), ('cards_without_branch', 0);
CREATE TABLE item_schemas(
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  text TEXT NOT NULL);
CREATE TABLE persons(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  word INTEGER NOT NULL,
  branch INTEGER NOT NULL,
  card BLOB);
CREATE TABLE exams(
  id INTEGER PRIMARY KEY,
  fiscal_year INTEGER NOT NULL,
  person INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  content BLOB NOT NULL);
CREATE UNIQUE INDEX exams_by_person ON exams(fiscal_year, person, rank);
CREATE TABLE roster(
  fiscal_year INTEGER NOT NULL,
  person INTEGER NOT NULL,
  word INTEGER NOT NULL,
  municipality INTEGER NOT NULL,
  work_municipality INTEGER NOT NULL,
  enrolled_from INTEGER NOT NULL,
  enrolled_to INTEGER NOT NULL,
  exclusion TEXT NOT NULL,
  relationship TEXT NOT NULL,
  insurer INTEGER NOT NULL,
  PRIMARY KEY(fiscal_year, person)) WITHOUT ROWID;
CREATE TABLE guidance(
  fiscal_year INTEGER NOT NULL,
  person INTEGER NOT NULL,
  word INTEGER NOT NULL,
  level INTEGER NOT NULL,
  first_interview INTEGER,
  final_evaluation INTEGER,
  points INTEGER,
  outcome TEXT NOT NULL,
  PRIMARY KEY(fiscal_year, person)) WITHOUT ROWID;
CREATE TABLE consent_events(
  person INTEGER NOT NULL,
  content BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  word INTEGER NOT NULL,
  PRIMARY KEY(person, content)) WITHOUT ROWID;
CREATE UNIQUE INDEX consent_events_by_sequence ON consent_events(sequence);
)sql"};

int64_t DayNumber(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }

int64_t RankOf(int report_type, absl::CivilDay exam_date) {
  return DayNumber(exam_date) + (report_type == 10 ? kSpecificCheckupRank : 0);
}

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
  auto insert_person =
      prepare("INSERT INTO persons(id, key, word, branch, card) VALUES(?, ?, ?, ?, ?)");
  auto update_person = prepare("UPDATE persons SET word = ? WHERE id = ?");
  auto find_exam =
      prepare("SELECT id, content FROM exams WHERE fiscal_year = ? AND person = ? AND rank = ?");
  auto insert_exam =
      prepare("INSERT INTO exams(fiscal_year, person, rank, content) VALUES(?, ?, ?, ?)");
  auto update_exam = prepare("UPDATE exams SET content = ? WHERE id = ?");
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
  statements.emplace(Statements{
      *std::move(insert_person), *std::move(update_person), *std::move(find_exam),
      *std::move(insert_exam), *std::move(update_exam), *std::move(find_roster),
      *std::move(insert_roster), *std::move(update_roster), *std::move(find_guidance),
      *std::move(insert_guidance), *std::move(update_guidance), *std::move(insert_event)});
  return absl::OkStatus();
}

absl::Status CohortStore::State::LoadPersons() {
  RENKEI_ASSIGN_OR_RETURN(const int64_t version,
                          Scalar("SELECT value FROM meta WHERE name = 'record_version'"));
  if (version == index_version) return absl::OkStatus();
  index.Clear();
  index_version = -1;
  RENKEI_ASSIGN_OR_RETURN(Statement read,
                          database->Prepare("SELECT id, key, word FROM persons ORDER BY id"));
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) break;
    policy::consent::SubjectKey key;
    const std::span<const uint8_t> bytes = read.Blob(1);
    if (read.Int(0) != static_cast<int64_t>(index.size()) + 1 || bytes.size() != key.size()) {
      return absl::DataLossError("cohort store: the table of persons has gaps or broken keys");
    }
    std::copy(bytes.begin(), bytes.end(), key.begin());
    index.Add(key, static_cast<PersonWord>(read.Int(2)));
  }
  index_version = version;
  return absl::OkStatus();
}

absl::StatusOr<CohortStore::State::FoundPerson> CohortStore::State::FindOrAdd(const Person& person,
                                                                              bool roster_decides) {
  if (person.sex > 1) return absl::InvalidArgumentError("sex: neither male nor female");
  const PersonWord word = PackPerson(person.birth_date, person.sex);
  if (const uint32_t known = index.Find(person.key.exact); known != 0) {
    if (index.word(known) == word) return FoundPerson{known, word};
    // Only a person_id can meet another birth date: on a card both are part of the pseudonym.
    ++counts.identity_conflicts;
    if (!roster_decides) return FoundPerson{known, index.word(known)};
    RENKEI_RETURN_IF_ERROR(statements->update_person.Bind(1, word).Bind(2, known).Run());
    index.set_word(known, word);
    records_changed = true;
    return FoundPerson{known, word};
  }
  if (index.size() >= UINT32_MAX - 1) {
    return absl::ResourceExhaustedError("cohort store: more than 4,294,967,294 persons");
  }
  const auto id = static_cast<uint32_t>(index.size() + 1);
  BranchForm form = BranchForm::kNoCard;
  Statement& insert = statements->insert_person;
  insert.Bind(1, id).BindBlob(2, person.key.exact).Bind(3, word);
  if (person.key.without_branch.has_value()) {
    form = person.key.branch_absent ? BranchForm::kWithoutBranch : BranchForm::kWithBranch;
    ++(person.key.branch_absent ? cards_without_branch : cards_with_branch);
    // Half of the hash is enough to tell cards apart, see PersonIndex.
    insert.BindBlob(5, std::span(*person.key.without_branch).first(16));
  } else {
    insert.BindNull(5);
  }
  RENKEI_RETURN_IF_ERROR(insert.Bind(4, static_cast<int64_t>(form)).Run());
  index.Add(person.key.exact, word);
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
