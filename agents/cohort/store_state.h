// What store.cc and year_scan.cc share: the open database, its schema and what is known of the file
// that is being imported. Not for other rooms.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/cohort/exam_blob.h"
#include "agents/cohort/item_schema.h"
#include "agents/cohort/person_index.h"
#include "agents/cohort/store.h"

namespace renkei::agents::cohort {

// Steps of Database::Migrate; a released step never changes.
extern const char* const kCohortMigrations[1];

// persons.branch
enum class BranchForm : int64_t { kNoCard = 0, kWithBranch = 1, kWithoutBranch = 2 };

// rank orders the examinations of a person in a year (definitions 1.6): a specific checkup (type
// 10) before employer results, then the later day. The file date decided when the row was put.
inline constexpr int64_t kSpecificCheckupRank = int64_t{1} << 24;
int64_t RankOf(int report_type, absl::CivilDay exam_date);
int64_t DayNumber(absl::CivilDay day);  // since 1970-01-01

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

struct StoredSchema {
  uint16_t id = 0;
  size_t columns = 0;
  std::vector<int> stored_by_column;  // by column of the item table; -1 = none
};

struct CohortStore::State {
  using Statement = policy::sqlcipher::Statement;
  struct Statements {
    Statement insert_person, update_person;
    Statement find_exam, insert_exam, update_exam;
    Statement find_roster, insert_roster, update_roster;
    Statement find_guidance, insert_guidance, update_guidance;
    Statement insert_event;
  };
  struct FoundPerson {
    uint32_t id = 0;
    PersonWord word = 0;
  };

  explicit State(const policy::catalogue::ItemTable& table) : items(table) {}

  absl::Status LoadSchemas();
  absl::Status PrepareStatements();
  absl::Status LoadPersons();
  absl::StatusOr<int64_t> Scalar(const char* sql, std::optional<int64_t> parameter = std::nullopt);
  absl::Status AddToMeta(const char* name, int64_t amount);
  absl::Status RequireFile() const;
  absl::StatusOr<FoundPerson> FindOrAdd(const Person& person, bool roster_decides);
  absl::StatusOr<Fresh*> FreshOf(std::map<int, Fresh>& years, const char* any_row_sql, int year);

  const policy::catalogue::ItemTable& items;
  std::unique_ptr<policy::sqlcipher::Database> database;
  std::vector<StoredSchema> schemas;
  StoredSchema current;

  PersonIndex index;
  int64_t index_version = -1;  // record version that `index` shows; -1 = not loaded
  std::optional<Statements> statements;
  std::optional<policy::sqlcipher::Transaction> transaction;
  bool records_changed = false;
  uint32_t persons_before = 0;
  int64_t next_sequence = 0;
  std::map<int, Fresh> fresh_exams, fresh_roster, fresh_guidance;
  std::vector<uint8_t> buffer;
  FileCounts counts;
  int64_t cards_with_branch = 0;  // new in this file
  int64_t cards_without_branch = 0;
};

}  // namespace renkei::agents::cohort
