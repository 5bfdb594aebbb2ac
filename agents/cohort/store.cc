#include "agents/cohort/store.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "agents/cohort/guidance_courses.h"
#include "agents/cohort/record_checks.h"
#include "agents/cohort/row_store.h"
#include "agents/cohort/store_schema.h"
#include "agents/cohort/store_state.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace sqlcipher = policy::sqlcipher;
using sqlcipher::Statement;

namespace {

constexpr int kCacheKib = 65536;
constexpr char kCardsWithBranchSql[] = "SELECT value FROM meta WHERE name = 'cards_with_branch'";
constexpr char kCardsWithoutBranchSql[] =
    "SELECT value FROM meta WHERE name = 'cards_without_branch'";

// 0 = unknown.
absl::StatusOr<int64_t> InsurerNumber(absl::string_view digits) {
  if (digits.empty()) return 0;
  int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9' || digits.size() != 8) {
      return absl::InvalidArgumentError("insurer_number: not 8 digits");
    }
    number = number * 10 + (c - '0');
  }
  return number;
}

void BindDay(Statement& statement, int index, const std::optional<absl::CivilDay>& day) {
  if (day.has_value()) {
    statement.Bind(index, DayNumber(*day));
  } else {
    statement.BindNull(index);
  }
}

std::optional<int64_t> IntOrNull(const Statement& statement, int column) {
  return statement.IsNull(column) ? std::nullopt : std::optional(statement.Int(column));
}

}  // namespace

CohortStore::CohortStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
CohortStore::~CohortStore() { RollbackFile(); }

absl::StatusOr<std::unique_ptr<CohortStore>> CohortStore::Open(
    const std::string& path, const base::Secret& key, const policy::catalogue::ItemTable& items) {
  static base::SystemRandom random;
  static base::SystemClock clock;
  return Open(path, key, items, {.random = random, .clock = clock});
}

absl::StatusOr<std::unique_ptr<CohortStore>> CohortStore::Open(
    const std::string& path, const base::Secret& key, const policy::catalogue::ItemTable& items,
    const Sources& sources) {
  sqlcipher::Database::Options options;
  options.cache_kib = kCacheKib;
  RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<sqlcipher::Database> database,
                          sqlcipher::Database::Open(path, key, options));
  auto state = std::make_unique<State>(items, path, base::Secret::Copy(key.bytes()),
                                       std::move(database), sources);
  RENKEI_RETURN_IF_ERROR(state->database->Migrate(kCohortMigrations));
  RENKEI_RETURN_IF_ERROR(state->LoadSchemas());
  RENKEI_RETURN_IF_ERROR(MoveRowsToChunks(*state->database, state->schemas, items));
  state->exams.UseSchema(state->current, state->schemas);
  RENKEI_RETURN_IF_ERROR(state->PrepareStatements());
  RENKEI_RETURN_IF_ERROR(state->CompleteLedger());
  return std::unique_ptr<CohortStore>(new CohortStore(std::move(state)));
}

const policy::catalogue::ItemTable& CohortStore::items() const { return state_->items; }
const FileCounts& CohortStore::file_counts() const { return state_->counts; }

absl::Status CohortStore::BeginFile(const std::string& source) {
  if (state_->transaction.has_value()) {
    return absl::FailedPreconditionError("cohort store: another file is open");
  }
  if (!state_->statements.has_value()) RENKEI_RETURN_IF_ERROR(state_->PrepareStatements());
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(*state_->database));
  // The lock is held now: nobody adds persons between this look and the commit.
  RENKEI_RETURN_IF_ERROR(base::Annotate(state_->Refresh(), source));
  RENKEI_ASSIGN_OR_RETURN(state_->next_sequence, state_->Scalar(kConsentVersionSql));
  ++state_->next_sequence;
  state_->transaction.emplace(std::move(transaction));
  state_->persons_before = static_cast<uint32_t>(state_->persons.index().size());
  state_->records_changed = false;
  state_->counts = {};
  state_->cards_with_branch = 0;
  state_->cards_without_branch = 0;
  state_->fresh_roster.clear();
  state_->fresh_guidance.clear();
  return absl::OkStatus();
}

absl::Status CohortStore::CommitFile() {
  RENKEI_RETURN_IF_ERROR(state_->RequireFile());
  absl::Status status = [&]() -> absl::Status {
    RENKEI_RETURN_IF_ERROR(state_->persons.Flush());
    RENKEI_ASSIGN_OR_RETURN(const bool have_rows_moved, state_->exams.Finish());
    state_->records_changed = state_->records_changed || have_rows_moved;
    state_->claims.Clear();
    RENKEI_RETURN_IF_ERROR(state_->tree.WriteHead());
    if (state_->records_changed) {
      RENKEI_RETURN_IF_ERROR(state_->database->Execute(
          "UPDATE meta SET value = value + 1 WHERE name = 'record_version'"));
      RENKEI_RETURN_IF_ERROR(state_->AddToMeta("cards_with_branch", state_->cards_with_branch));
      RENKEI_RETURN_IF_ERROR(
          state_->AddToMeta("cards_without_branch", state_->cards_without_branch));
    }
    return state_->transaction->Commit();
  }();
  if (!status.ok()) {
    RollbackFile();
    return status;
  }
  if (state_->records_changed) ++state_->known_version;
  state_->tree.Clear();
  state_->transaction.reset();
  return absl::OkStatus();
}

void CohortStore::RollbackFile() {
  if (!state_->transaction.has_value()) return;
  // A statement that failed half way would stay busy.
  state_->statements.reset();
  state_->transaction.reset();
  state_->persons.Clear();
  state_->exams.Clear();
  state_->claims.Clear();
  state_->tree.Clear();
  state_->known_version = -1;
}

absl::StatusOr<PutOutcome> CohortStore::PutClaim(const ClaimRecord& record) {
  return state_->PutIntoClaims(record);
}

absl::StatusOr<PutOutcome> CohortStore::PutAbsence(const AbsenceRecord& record) {
  return state_->PutIntoClaims(record);
}

absl::StatusOr<PutOutcome> CohortStore::PutRoster(const RosterRecord& record) {
  State& s = *state_;
  RENKEI_RETURN_IF_ERROR(s.RequireFile());
  RENKEI_RETURN_IF_ERROR(CheckYear(record.fiscal_year));
  RENKEI_RETURN_IF_ERROR(CheckDay(record.person.birth_date, "birth_date"));
  if (record.enrolled_from > record.enrolled_to) {
    return absl::InvalidArgumentError("enrolled_from lies after enrolled_to");
  }
  RENKEI_RETURN_IF_ERROR(CheckCode(record.exclusion, "exclusion"));
  RENKEI_RETURN_IF_ERROR(CheckCode(record.relationship, "relationship"));
  RENKEI_ASSIGN_OR_RETURN(const uint32_t residence,
                          MunicipalityNumber(record.municipality, "municipality"));
  RENKEI_ASSIGN_OR_RETURN(const uint32_t work,
                          MunicipalityNumber(record.work_municipality, "work_municipality"));
  RENKEI_ASSIGN_OR_RETURN(const int64_t insurer, InsurerNumber(record.insurer_number));
  RENKEI_ASSIGN_OR_RETURN(const State::FoundPerson person, s.FindOrAdd(record.person, true));
  const int64_t numbers[] = {
      person.word, residence, work, DayNumber(record.enrolled_from), DayNumber(record.enrolled_to),
      insurer};
  const int year = record.fiscal_year.first_year();
  RENKEI_ASSIGN_OR_RETURN(
      Fresh* const fresh,
      s.FreshOf(s.fresh_roster, "SELECT EXISTS(SELECT 1 FROM roster WHERE fiscal_year = ?)", year));
  bool exists = false;
  if (!fresh->Certainly(person.id)) {
    Statement& find = s.statements->find_roster;
    RENKEI_ASSIGN_OR_RETURN(exists, find.Bind(1, year).Bind(2, person.id).Step());
    bool same = exists;
    for (int i = 0; exists && i < 6; ++i) same = same && find.Int(i) == numbers[i];
    if (exists) {
      same = same && find.Text(6) == record.exclusion && find.Text(7) == record.relationship;
    }
    find.Reset();
    if (same) return PutOutcome::kUnchanged;
  }
  Statement& write = exists ? s.statements->update_roster : s.statements->insert_roster;
  for (int i = 0; i < 6; ++i) write.Bind(i + 1, numbers[i]);
  write.Bind(7, record.exclusion).Bind(8, record.relationship);
  RENKEI_RETURN_IF_ERROR(write.Bind(9, year).Bind(10, person.id).Run());
  fresh->Put(person.id);
  s.records_changed = true;
  return exists ? PutOutcome::kChanged : PutOutcome::kNew;
}

absl::StatusOr<PutOutcome> CohortStore::PutGuidance(const GuidanceRecord& record) {
  State& s = *state_;
  RENKEI_RETURN_IF_ERROR(s.RequireFile());
  RENKEI_RETURN_IF_ERROR(CheckYear(record.fiscal_year));
  RENKEI_RETURN_IF_ERROR(CheckDay(record.person.birth_date, "birth_date"));
  RENKEI_RETURN_IF_ERROR(CheckCode(record.outcome, "outcome"));
  RENKEI_ASSIGN_OR_RETURN(const State::FoundPerson person, s.FindOrAdd(record.person, false));
  if (record.course_day.has_value()) {
    RENKEI_RETURN_IF_ERROR(CheckDay(*record.course_day, "course_day"));
    RENKEI_ASSIGN_OR_RETURN(const PutOutcome outcome,
                            GuidanceCourses(*s.database).Put(person.id, person.word, record));
    s.records_changed = s.records_changed || outcome != PutOutcome::kUnchanged;
    return outcome;
  }
  const int year = record.fiscal_year.first_year();
  RENKEI_ASSIGN_OR_RETURN(
      Fresh* const fresh,
      s.FreshOf(s.fresh_guidance, "SELECT EXISTS(SELECT 1 FROM guidance WHERE fiscal_year = ?)",
                year));
  const auto day = [](const std::optional<absl::CivilDay>& value) {
    return value.has_value() ? std::optional<int64_t>(DayNumber(*value)) : std::nullopt;
  };
  bool exists = false;
  if (!fresh->Certainly(person.id)) {
    Statement& find = s.statements->find_guidance;
    RENKEI_ASSIGN_OR_RETURN(exists, find.Bind(1, year).Bind(2, person.id).Step());
    const bool same = exists && find.Int(0) == person.word && find.Int(1) == record.level &&
                      IntOrNull(find, 2) == day(record.first_interview) &&
                      IntOrNull(find, 3) == day(record.final_evaluation) &&
                      IntOrNull(find, 4) ==
                          (record.points ? std::optional<int64_t>(*record.points) : std::nullopt) &&
                      find.Text(5) == record.outcome;
    find.Reset();
    if (same) return PutOutcome::kUnchanged;
  }
  Statement& write = exists ? s.statements->update_guidance : s.statements->insert_guidance;
  write.Bind(1, person.word).Bind(2, record.level);
  BindDay(write, 3, record.first_interview);
  BindDay(write, 4, record.final_evaluation);
  if (record.points.has_value()) {
    write.Bind(5, *record.points);
  } else {
    write.BindNull(5);
  }
  RENKEI_RETURN_IF_ERROR(write.Bind(6, record.outcome).Bind(7, year).Bind(8, person.id).Run());
  fresh->Put(person.id);
  s.records_changed = true;
  return exists ? PutOutcome::kChanged : PutOutcome::kNew;
}

absl::StatusOr<bool> CohortStore::HasGuidance(base::FiscalYear year) {
  RENKEI_ASSIGN_OR_RETURN(
      const int64_t any,
      state_->Scalar("SELECT EXISTS(SELECT 1 FROM guidance WHERE fiscal_year = ?)",
                     year.first_year()));
  if (any != 0) return true;
  GuidanceCourses by_checkup(*state_->database);
  // The links of all persons are looked up only when there is something to link.
  RENKEI_ASSIGN_OR_RETURN(const bool may_have, by_checkup.MayHave(year));
  if (!may_have) return false;
  RENKEI_ASSIGN_OR_RETURN(const Links links, BranchLinks());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<GuidanceCourse> courses,
                          by_checkup.Of(year, CardLinks(links.links)));
  return !courses.empty();
}

absl::StatusOr<bool> CohortStore::HasClaims(base::FiscalYear year) {
  const int64_t april = MonthNumber(year.first_year(), 4);
  RENKEI_ASSIGN_OR_RETURN(
      const int64_t any,
      state_->Scalar("SELECT EXISTS(SELECT 1 FROM claims WHERE month >= ?1 AND month < ?1 + 12)",
                     april));
  return any != 0;
}

absl::StatusOr<bool> CohortStore::HasAbsences(base::FiscalYear year) {
  RENKEI_ASSIGN_OR_RETURN(
      const int64_t any,
      state_->Scalar("SELECT EXISTS(SELECT 1 FROM absences WHERE fiscal_year = ?)",
                     year.first_year()));
  return any != 0;
}

absl::StatusOr<std::vector<base::FiscalYear>> CohortStore::FiscalYears() {
  RENKEI_RETURN_IF_ERROR(state_->Flush());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<int> examined, ExamTable(*state_->database).Years());
  std::set<int64_t> years(examined.begin(), examined.end());
  int64_t year = 0;
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(
        year, state_->Scalar("SELECT min(fiscal_year) FROM roster WHERE fiscal_year > ?", year));
    if (year == 0) break;
    years.insert(year);
  }
  std::vector<base::FiscalYear> out;
  out.reserve(years.size());
  for (const int64_t known : years) out.emplace_back(static_cast<int>(known));
  return out;
}

absl::StatusOr<int64_t> CohortStore::RecordVersion() {
  return state_->Scalar("SELECT value FROM meta WHERE name = 'record_version'");
}

absl::StatusOr<CohortStore::Links> CohortStore::BranchLinks() {
  Links out;
  // Stores of one period mostly hold cards of one form only: then there is nothing to match.
  RENKEI_RETURN_IF_ERROR(state_->Flush());
  RENKEI_ASSIGN_OR_RETURN(const int64_t with, state_->Scalar(kCardsWithBranchSql));
  RENKEI_ASSIGN_OR_RETURN(const int64_t without, state_->Scalar(kCardsWithoutBranchSql));
  if (with == 0 || without == 0) return out;
  struct Card {
    PersonId without = 0;
    PersonId with = 0;
    bool several = false;
  };
  absl::flat_hash_map<CardKey, Card> cards;
  PersonTable persons(*state_->database);
  RENKEI_RETURN_IF_ERROR(
      persons.ForEachCard([&cards](uint32_t id, BranchForm form, const CardKey& card) {
        if (form == BranchForm::kWithoutBranch) cards[card].without = id;
      }));
  RENKEI_RETURN_IF_ERROR(
      persons.ForEachCard([&cards](uint32_t id, BranchForm form, const CardKey& card) {
        if (form != BranchForm::kWithBranch) return;
        const auto found = cards.find(card);
        if (found == cards.end()) return;
        found->second.several = found->second.several || found->second.with != 0;
        found->second.with = id;
      }));
  for (const auto& [card, match] : cards) {
    if (match.several) {
      ++out.ambiguous;
    } else if (match.with != 0) {
      out.links.push_back({match.without, match.with});
    }
  }
  std::sort(out.links.begin(), out.links.end(), [](const BranchLink& a, const BranchLink& b) {
    return a.without_branch < b.without_branch;
  });
  return out;
}

}  // namespace renkei::agents::cohort
