// What is known of every person in one fiscal year before any value is read: roster, guidance and
// which examination counts (definitions 1.6, 5.5, 15.2). 16 bytes per person of the store. Touches
// the disk through the given connection.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/cohort/exam_table.h"
#include "agents/cohort/person_index.h"
#include "agents/cohort/store.h"
#include "policy/base/fiscal_year.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

enum PersonYearBit : uint16_t {
  kHasRosterRow = 1,
  kIsFemale = 2,
  kIsEligible = 4,        // the whole year, not excluded, 40 to 74
  kEnrolledOnApril1 = 8,  // of the year
  kEnrolledInYear = 16,   // at any time
  kHasGuidance = 32,
  kGuidanceStarted = 64,
  kGuidanceCompleted = 128,
  kInsurerKnown = 256,
  kInsuredByMember = 512,
  kHasEmployerReport = 1024,  // the examination that counts
};

struct PersonYear {
  uint32_t exam = 0;  // chunk position * kChunkRows + row, + 1; 0 = not examined
  int32_t rank = 0;
  uint32_t municipality = 0;  // the roster's; 0 = unknown
  int16_t age = -1;           // at the end of the year
  uint16_t bits = 0;

  bool Is(PersonYearBit bit) const { return (bits & bit) != 0; }
  bool IsKnown() const { return exam != 0 || Is(kHasRosterRow) || Is(kHasGuidance); }
};
static_assert(sizeof(PersonYear) == 16);

// policy::consent::FactBit of the year. Everybody of a workplace is of a workplace source.
uint8_t FactsOf(const PersonYear& person, bool is_workplace);

// Cards without branch and the persons they belong to.
class CardLinks {
 public:
  CardLinks() = default;
  explicit CardLinks(const std::vector<BranchLink>& links);
  // The row number under which a person is counted.
  uint32_t Canonical(uint32_t person) const {
    if (canonical_.empty()) return person;
    const auto found = canonical_.find(person);
    return found == canonical_.end() ? person : found->second;
  }
  bool empty() const { return canonical_.empty(); }

 private:
  absl::flat_hash_map<uint32_t, uint32_t> canonical_;
};

class YearPeople {
 public:
  YearPeople(policy::base::FiscalYear year, policy::base::AgeRule age_rule, const CardLinks& links,
             uint32_t persons);

  // `insurers`: numbers of the round's members.
  absl::Status ReadRoster(policy::sqlcipher::Database& database, const std::set<int64_t>& insurers);
  absl::Status ReadGuidance(policy::sqlcipher::Database& database);
  absl::Status ReadExams(policy::sqlcipher::Database& database);

  const std::vector<PersonYear>& people() const { return people_; }  // by row number
  PersonYear& person(uint32_t id) { return people_[id]; }
  const std::vector<StoredChunk>& chunks() const { return chunks_; }
  int64_t further_exams() const { return further_exams_; }
  // DATA_LOSS for a number that no person has.
  absl::StatusOr<PersonYear*> Of(int64_t person);
  void SetIdentity(PersonYear& person, PersonWord word) const;
  // Gives the memory back; nobody is known afterwards.
  void Release();

 private:
  absl::Status AddCourse(int64_t id, PersonWord word, bool is_started, bool is_completed);

  policy::base::FiscalYear year_;
  policy::base::AgeRule age_rule_;
  const CardLinks& links_;
  std::vector<PersonYear> people_;
  std::vector<StoredChunk> chunks_;
  int64_t further_exams_ = 0;
};

}  // namespace renkei::agents::cohort
