// A run of rows small enough for the cache: one byte per step and row, derived columns, the rows'
// cells.
#pragma once

#include <cstdint>
#include <vector>

#include "agents/evaluate/plan.h"
#include "agents/evaluate/truth.h"
#include "policy/consent/rows.h"

namespace renkei::agents::evaluate {

inline constexpr size_t kChunkRows = 1024;

class Chunk {
 public:
  explicit Chunk(const Plan& plan);

  // Runs every step on rows [begin, begin + n), n <= kChunkRows.
  void Run(const policy::consent::RowBatch& rows, size_t begin, size_t n);

  const uint8_t* slot(int index) const {
    return bytes_.data() + static_cast<size_t>(index) * kChunkRows;
  }
  // Cell of each row within a measure, part 0; 0 where the row is not counted.
  const uint32_t* cell() const { return cell_.data(); }
  // 1 for rows inside the layout, else 0.
  const uint8_t* counted() const { return counted_.data(); }
  size_t size() const { return n_; }

  // Per row the class that the delivered code of the kPreferCode step states: 0 where the code
  // means "cannot be decided", kNoCode where there is none.
  void CodedClasses(const Step& step, uint8_t* out) const;

 private:
  uint8_t* Slot(size_t index) { return bytes_.data() + index * kChunkRows; }
  void LocateRows(const policy::consent::RowBatch& rows, size_t begin);
  void BindColumns(const policy::consent::RowBatch& rows, size_t begin);
  void RunStep(const Step& step, uint8_t* out);
  void Classify(const Step& step, uint8_t* out);
  void PreferCode(const Step& step, uint8_t* out) const;
  void CountTrue(const Step& step, uint8_t* out) const;

  const Plan& plan_;
  size_t n_ = 0;
  std::vector<uint8_t> bytes_;  // a row of kChunkRows per step
  std::vector<ColumnView> views_;
  struct Derived {
    std::vector<int32_t> value;
    std::vector<policy::catalogue::ValueState> state;
  };
  std::vector<Derived> derived_;
  std::vector<uint16_t> state_index_;
  std::vector<uint32_t> cell_;
  std::vector<uint8_t> counted_;
  const uint8_t* sex_ = nullptr;
  const int16_t* age_ = nullptr;
  const uint8_t* facts_ = nullptr;
};

// Rows for which every column that is not an item has an entry.
size_t CompleteRows(const policy::consent::RowBatch& rows);

}  // namespace renkei::agents::evaluate
