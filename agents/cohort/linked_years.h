// The other years of the same persons: the year before with its values, and attendance (definitions
// 8, 9). By row number; branch links followed; the same rule of which examination counts. Touches
// the disk through the given connections.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "agents/cohort/chunk_reader.h"
#include "agents/cohort/year_people.h"
#include "policy/base/mutex.h"
#include "policy/consent/rows.h"

namespace renkei::agents::cohort {

// Three bytes per person: almost every number fits in two.
class ValuesByPerson {
 public:
  explicit ValuesByPerson(size_t persons) : value_(persons, 0), state_(persons, 0) {}
  // Different persons may be set by several threads at once.
  void Set(uint32_t person, int32_t value, policy::catalogue::ValueState state);
  // Not while others set.
  policy::catalogue::ItemValue Of(uint32_t person) const;

 private:
  static constexpr int16_t kWide = INT16_MIN;
  std::vector<int16_t> value_;
  std::vector<uint8_t> state_;
  mutable policy::base::Mutex mutex_;
  absl::flat_hash_map<uint32_t, int32_t> wide_ ABSL_GUARDED_BY(mutex_);
};

// The year before.
class YearBefore {
 public:
  YearBefore(YearPeople people, std::vector<int> columns, bool is_workplace);

  // Each chunk once; several threads may read different chunks.
  size_t chunks() const { return people_.chunks().size(); }
  absl::Status ReadChunk(size_t position, const CardLinks& links, ChunkReader& reader);
  // What only the reading needed is given back.
  void FinishReading();

  const std::vector<uint8_t>& facts() const { return facts_; }  // by person
  // Item columns, and the values of these persons.
  const std::vector<int>& columns() const { return columns_; }
  void Fill(const std::vector<uint32_t>& persons, policy::consent::PreviousYear& out) const;

 private:
  YearPeople people_;
  std::vector<int> columns_;
  std::vector<uint8_t> facts_;
  std::vector<std::unique_ptr<ValuesByPerson>> values_;  // by `columns_`
};

// Bit i is fiscal year `year` - i. By person.
struct AttendanceByPerson {
  std::vector<uint32_t> examined;
  std::vector<uint32_t> eligible;
  static constexpr int kYears = 32;

  absl::Status Add(policy::sqlcipher::Database& database, policy::base::FiscalYear year,
                   policy::base::AgeRule age_rule, int back, const CardLinks& links);
};

}  // namespace renkei::agents::cohort
