// What store.cc and year_scan.cc share: the open database, its schema and what is known of the file
// that is being imported. Not for other rooms.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/cohort/claim_table.h"
#include "agents/cohort/commitment_tree.h"
#include "agents/cohort/exam_digest.h"
#include "agents/cohort/exam_import.h"
#include "agents/cohort/item_schema.h"
#include "agents/cohort/person_table.h"
#include "agents/cohort/store.h"
#include "agents/cohort/store_schema.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {

// Which rows of one table and year certainly do not exist yet, so that no look-up is needed.
class Fresh {
 public:
  Fresh(bool table_was_empty, uint32_t persons_before)
      : table_was_empty_(table_was_empty), persons_before_(persons_before) {}
  bool Certainly(uint32_t person) const {
    return (table_was_empty_ || person > persons_before_) &&
           (person >= put_.size() || !put_[person]);
  }
  void Put(uint32_t person) {
    if (person >= put_.size()) put_.resize(person + person / 2 + 1024, false);
    put_[person] = true;
  }

 private:
  bool table_was_empty_;
  uint32_t persons_before_;
  std::vector<bool> put_;
};

struct CohortStore::State {
  using Statement = policy::sqlcipher::Statement;
  struct Statements {
    Statement find_roster, insert_roster, update_roster;
    Statement find_guidance, insert_guidance, update_guidance;
    Statement insert_event;
  };
  struct FoundPerson {
    uint32_t id = 0;
    PersonWord word = 0;
  };

  State(const policy::catalogue::ItemTable& table, std::string file, policy::base::Secret file_key,
        std::unique_ptr<policy::sqlcipher::Database> opened, const CohortStore::Sources& sources)
      : items(table),
        path(std::move(file)),
        key(std::move(file_key)),
        database(std::move(opened)),
        persons(*database),
        exams(*database),
        claims(*database),
        tree(*database, sources.random),
        random(sources.random),
        clock(sources.clock),
        digests(table) {}

  absl::Status LoadSchemas();
  absl::Status PrepareStatements();
  // At least so many further connections, for reading.
  absl::Status OpenReaders(size_t count);
  // What other processes committed since the last look.
  absl::Status Refresh();
  // What is put but not yet written, so that a reader sees it.
  absl::Status Flush();
  absl::StatusOr<int64_t> Scalar(const char* sql, std::optional<int64_t> parameter = std::nullopt);
  absl::Status AddToMeta(const char* name, int64_t amount);
  absl::Status RequireFile() const;
  absl::StatusOr<Traces> Trace(const Person& person, bool erase);
  absl::StatusOr<FoundPerson> FindOrAdd(const Person& person, bool roster_decides);
  // A claim or an absence.
  template <typename Record>
  absl::StatusOr<PutOutcome> PutIntoClaims(const Record& record) {
    RENKEI_RETURN_IF_ERROR(RequireFile());
    RENKEI_RETURN_IF_ERROR(ClaimTable::Check(record));
    RENKEI_ASSIGN_OR_RETURN(const FoundPerson person, FindOrAdd(record.person, false));
    RENKEI_ASSIGN_OR_RETURN(const PutOutcome outcome, claims.Put(person.id, record));
    records_changed = records_changed || outcome != PutOutcome::kUnchanged;
    return outcome;
  }
  // Commits to an event that this transaction inserts.
  absl::Status Ledger(const policy::consent::Event& event, int64_t sequence, uint32_t person,
                      const std::string& collection_method);
  // Events of a store that had no ledger yet enter it, in their order.
  absl::Status CompleteLedger();
  absl::StatusOr<Fresh*> FreshOf(std::map<int, Fresh>& years, const char* any_row_sql, int year);

  const policy::catalogue::ItemTable& items;
  std::string path;
  policy::base::Secret key;
  std::unique_ptr<policy::sqlcipher::Database> database;
  std::vector<std::unique_ptr<policy::sqlcipher::Database>> readers;
  std::vector<StoredSchema> schemas;
  StoredSchema current;

  PersonTable persons;
  ExamImport exams;
  ClaimTable claims;
  CommitmentTree tree;
  policy::base::Random& random;
  policy::base::Clock& clock;
  ExamDigest digests;
  int64_t known_version = -1;  // record version that `persons` and `exams` show; -1 = none
  std::optional<Statements> statements;
  std::optional<policy::sqlcipher::Transaction> transaction;
  bool records_changed = false;
  uint32_t persons_before = 0;
  int64_t next_sequence = 0;
  std::map<int, Fresh> fresh_roster, fresh_guidance;
  FileCounts counts;
  int64_t cards_with_branch = 0;  // new in this file
  int64_t cards_without_branch = 0;
};

}  // namespace renkei::agents::cohort
