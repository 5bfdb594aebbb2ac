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

  // Column at a position of Plan::columns, derived values included.
  const ColumnView& column(int position) const { return now_.views[static_cast<size_t>(position)]; }
  // Null where the batch does not carry the amount.
  const int64_t* amount(int index) const { return amounts_[static_cast<size_t>(index)]; }

  // Per row the class that the delivered code of the kPreferCode step states: 0 where the code
  // means "cannot be decided", kNoCode where there is none.
  void CodedClasses(const Step& step, uint8_t* out) const;

 private:
  uint8_t* Slot(size_t index) { return bytes_.data() + index * kChunkRows; }
  void LocateRows(const policy::consent::RowBatch& rows, size_t begin);
  struct Year;
  void BindColumns(const std::vector<policy::consent::ItemValues>& items, size_t rows, size_t begin,
                   const PlanColumns& columns, Year* year);
  void BindPrevious(const policy::consent::RowBatch& rows, size_t begin);
  void BindAttendance(const policy::consent::RowBatch& rows, size_t begin);
  void BindAmounts(const policy::consent::RowBatch& rows, size_t begin);
  void CountYears(const Step& step, uint8_t* out) const;
  void RunStep(const Step& step, uint8_t* out);
  void Classify(const Step& step, uint8_t* out);
  void PreferCode(const Step& step, uint8_t* out) const;
  void CountTrue(const Step& step, uint8_t* out) const;

  const Plan& plan_;
  size_t n_ = 0;
  std::vector<uint8_t> bytes_;  // a row of kChunkRows per step
  struct Derived {
    std::vector<int32_t> value;
    std::vector<policy::catalogue::ValueState> state;
  };
  struct Year {
    std::vector<ColumnView> views;
    std::vector<Derived> derived;
    const int16_t* age = nullptr;
    const uint8_t* facts = nullptr;
  };
  const Year& YearOf(const Step& step) const { return step.previous ? previous_ : now_; }
  Year now_;
  Year previous_;
  std::vector<int16_t> age_before_;
  std::vector<uint8_t> no_facts_;
  const uint32_t* examined_ = nullptr;  // null: the batch does not say
  const uint32_t* eligible_ = nullptr;
  uint32_t years_on_record_ = 0;
  std::vector<const int64_t*> amounts_;  // null: the batch does not say
  std::vector<uint16_t> state_index_;
  std::vector<uint32_t> cell_;
  std::vector<uint8_t> counted_;
  const uint8_t* sex_ = nullptr;
};

// Rows for which every column that is not an item has an entry.
size_t CompleteRows(const policy::consent::RowBatch& rows);

}  // namespace renkei::agents::evaluate
