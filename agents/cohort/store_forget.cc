// CohortStore: a person who is to be forgotten.
#include <set>
#include <utility>

#include "agents/cohort/person_rows.h"
#include "agents/cohort/read_snapshot.h"
#include "agents/cohort/store_state.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace sqlcipher = policy::sqlcipher;
using sqlcipher::Statement;

namespace {

int FiscalYearOfMonth(int64_t month) { return static_cast<int>((month - 3) / 12); }

int FiscalYearOfDay(int64_t day) {
  return base::FiscalYear::Of(absl::CivilDay(1970, 1, 1) + day).first_year();
}

int Itself(int64_t fiscal_year) { return static_cast<int>(fiscal_year); }

// A table whose key begins with a year, a month or a day and then the person.
struct DatedTable {
  const char* next_sql;  // the next year, month or day
  const char* count_sql;
  const char* delete_sql;
  int (*fiscal_year_of)(int64_t when);
  int64_t CohortStore::Traces::*count;
};

constexpr DatedTable kDatedTables[] = {
    {"SELECT min(fiscal_year) FROM roster WHERE fiscal_year > ?",
     "SELECT count(*) FROM roster WHERE fiscal_year = ? AND person = ?",
     "DELETE FROM roster WHERE fiscal_year = ? AND person = ?", &Itself,
     &CohortStore::Traces::roster_rows},
    {"SELECT min(fiscal_year) FROM guidance WHERE fiscal_year > ?",
     "SELECT count(*) FROM guidance WHERE fiscal_year = ? AND person = ?",
     "DELETE FROM guidance WHERE fiscal_year = ? AND person = ?", &Itself,
     &CohortStore::Traces::guidance_courses},
    {"SELECT min(first_day) FROM guidance_courses WHERE first_day > ?",
     "SELECT count(*) FROM guidance_courses WHERE first_day = ? AND person = ?",
     "DELETE FROM guidance_courses WHERE first_day = ? AND person = ?", &FiscalYearOfDay,
     &CohortStore::Traces::guidance_courses},
    {"SELECT min(month) FROM claims WHERE month > ?",
     "SELECT count(*) FROM claims WHERE month = ? AND person = ?",
     "DELETE FROM claims WHERE month = ? AND person = ?", &FiscalYearOfMonth,
     &CohortStore::Traces::claims},
    {"SELECT min(fiscal_year) FROM absences WHERE fiscal_year > ?",
     "SELECT count(*) FROM absences WHERE fiscal_year = ? AND person = ?",
     "DELETE FROM absences WHERE fiscal_year = ? AND person = ?", &Itself,
     &CohortStore::Traces::absences},
};

absl::StatusOr<int64_t> Count(Statement& count, int64_t when, uint32_t person) {
  RENKEI_ASSIGN_OR_RETURN(const bool row, count.Bind(1, when).Bind(2, person).Step());
  const int64_t rows = row ? count.Int(0) : 0;
  count.Reset();
  return rows;
}

absl::Status TraceTable(sqlcipher::Database& database, const DatedTable& table,
                        const std::vector<uint32_t>& ids, bool erase, std::set<int>& years,
                        CohortStore::Traces& traces) {
  RENKEI_ASSIGN_OR_RETURN(Statement next, database.Prepare(table.next_sql));
  RENKEI_ASSIGN_OR_RETURN(Statement count, database.Prepare(table.count_sql));
  RENKEI_ASSIGN_OR_RETURN(Statement erasing, database.Prepare(table.delete_sql));
  for (int64_t when = 0;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, next.Bind(1, when).Step());
    if (!row || next.IsNull(0)) return absl::OkStatus();
    when = next.Int(0);
    next.Reset();
    for (const uint32_t id : ids) {
      RENKEI_ASSIGN_OR_RETURN(const int64_t rows, Count(count, when, id));
      if (rows == 0) continue;
      traces.*table.count += rows;
      years.insert(table.fiscal_year_of(when));
      if (erase) RENKEI_RETURN_IF_ERROR(erasing.Bind(1, when).Bind(2, id).Run());
    }
  }
}

absl::Status CountExams(sqlcipher::Database& database, const std::vector<uint32_t>& ids,
                        std::set<int>& years, CohortStore::Traces& traces) {
  const std::set<uint32_t> wanted(ids.begin(), ids.end());
  ExamTable exams(database);
  RENKEI_ASSIGN_OR_RETURN(const std::vector<int> all, exams.Years());
  for (const int year : all) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<StoredChunk> chunks, exams.ChunksOf(year));
    for (const StoredChunk& chunk : chunks) {
      RENKEI_ASSIGN_OR_RETURN(const ChunkKeys keys, UnpackKeys(chunk.keys));
      for (const uint32_t person : keys.person) {
        if (!wanted.contains(person)) continue;
        ++traces.examinations;
        years.insert(year);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CohortStore::Traces> CohortStore::State::Trace(const Person& person, bool erase) {
  sqlcipher::Database& db = *database;
  Traces traces;
  RENKEI_ASSIGN_OR_RETURN(const FoundRows found, FindRows(persons, person));
  traces.has_unclear_records = found.has_unclear_records;
  traces.persons = static_cast<int64_t>(found.ids.size());
  if (found.ids.empty()) return traces;
  std::set<int> years;
  RENKEI_RETURN_IF_ERROR(CountExams(db, found.ids, years, traces));
  for (const DatedTable& table : kDatedTables) {
    RENKEI_RETURN_IF_ERROR(TraceTable(db, table, found.ids, erase, years, traces));
  }
  RENKEI_ASSIGN_OR_RETURN(Statement events,
                          db.Prepare("SELECT count(*) FROM consent_events WHERE person = ?"));
  for (const uint32_t id : found.ids) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, events.Bind(1, id).Step());
    traces.consent_events += row ? events.Int(0) : 0;
    events.Reset();
  }
  for (const int year : years) traces.fiscal_years.emplace_back(year);
  if (!erase) return traces;
  RENKEI_ASSIGN_OR_RETURN(const int64_t version, Scalar(kConsentVersionSql));
  for (const uint32_t id : found.ids) {
    RENKEI_RETURN_IF_ERROR(tree.Erase(id));
    RENKEI_ASSIGN_OR_RETURN(Statement forget,
                            db.Prepare("DELETE FROM consent_events WHERE person = ?"));
    RENKEI_RETURN_IF_ERROR(forget.Bind(1, id).Run());
  }
  if (traces.consent_events != 0) {
    RENKEI_RETURN_IF_ERROR(tree.Append(
        policy::consent::ErasureJson(traces.consent_events, clock.Now()), std::nullopt));
    RENKEI_RETURN_IF_ERROR(tree.WriteHead());
  }
  RENKEI_ASSIGN_OR_RETURN(Statement floor,
                          db.Prepare("UPDATE meta SET value = ? WHERE name = 'consent_floor'"));
  RENKEI_RETURN_IF_ERROR(floor.Bind(1, version + 1).Run());
  RENKEI_RETURN_IF_ERROR(exams.Forget(found.ids));
  RENKEI_RETURN_IF_ERROR(persons.Forget(found.ids));
  // With this person gone the card would fit the other one alone, and hand over what may be this
  // person's.
  if (found.unclear_card != 0) RENKEI_RETURN_IF_ERROR(persons.Unlink(found.unclear_card));
  RENKEI_RETURN_IF_ERROR(AddToMeta("record_version", 1));
  return traces;
}

absl::StatusOr<CohortStore::Traces> CohortStore::TracesOf(const Person& person) {
  if (state_->transaction.has_value()) {
    return absl::FailedPreconditionError("cohort store: a file is open");
  }
  const ReadSnapshot snapshot(*state_->database);
  RENKEI_RETURN_IF_ERROR(snapshot.status());
  RENKEI_RETURN_IF_ERROR(state_->Refresh());
  return state_->Trace(person, /*erase=*/false);
}

absl::StatusOr<CohortStore::Traces> CohortStore::Forget(const Person& person) {
  State& s = *state_;
  if (s.transaction.has_value()) {
    return absl::FailedPreconditionError("cohort store: a file is open");
  }
  absl::StatusOr<Traces> traces = [&]() -> absl::StatusOr<Traces> {
    RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                            sqlcipher::Transaction::Begin(*s.database));
    RENKEI_RETURN_IF_ERROR(s.Refresh());
    RENKEI_ASSIGN_OR_RETURN(Traces erased, s.Trace(person, /*erase=*/true));
    if (erased.persons != 0) RENKEI_RETURN_IF_ERROR(transaction.Commit());
    return erased;
  }();
  // Whatever happened, memory is read again from what is on disk.
  s.persons.Clear();
  s.exams.Clear();
  s.tree.Clear();
  s.known_version = -1;
  if (!traces.ok()) return traces;
  // Older pages in the journal, encrypted as they are, go too; also those of an erasure before
  // that could not.
  RENKEI_ASSIGN_OR_RETURN(Statement checkpoint,
                          s.database->Prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  RENKEI_ASSIGN_OR_RETURN(const bool row, checkpoint.Step());
  if (!row || checkpoint.Int(0) != 0) {
    return absl::AbortedError(
        "the person is erased, but another program still reads the store, so that older pages stay "
        "in its journal; run the command again when nothing else runs");
  }
  return traces;
}

}  // namespace renkei::agents::cohort
