// Values computed where the item itself was not measured (definitions 3), in exact integers. Pure.
//
// A delivered value always stands. A derived number enters only inside the open input range of its
// item; a mark of the source is carried over by a linear rule.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "agents/evaluate/truth.h"
#include "policy/catalogue/items.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::agents::evaluate {

class DerivedColumn {
 public:
  // The derivation has passed the catalogue's check. INVALID_ARGUMENT when its factors are too fine
  // for 64-bit integers.
  static absl::StatusOr<DerivedColumn> Make(const v1::Derivation& derivation,
                                            const policy::catalogue::ItemTable& items);

  int target() const { return target_; }
  int first_source() const { return first_source_; }
  // -1 for a linear rule.
  int second_source() const { return second_source_; }

  // Fills n rows of `value` and `state` from the delivered column and its sources.
  void Fill(const ColumnView& delivered, const ColumnView& first, const ColumnView& second,
            size_t n, int32_t* value, policy::catalogue::ValueState* state) const;

  // Half up to the target's decimals; true and `out` set when there is a number that fits.
  bool Linear(int32_t from, int32_t* out) const;
  bool RatioOfSquare(int32_t numerator, int32_t denominator, int32_t* out) const;

 private:
  DerivedColumn() = default;
  policy::catalogue::ItemValue DeriveOne(policy::catalogue::ItemValue first,
                                         policy::catalogue::ItemValue second) const;

  int target_ = -1;
  int first_source_ = -1;
  int second_source_ = -1;
  // Linear: (multiplier x from + offset) / divisor; ratio: multiplier x numerator / (divisor x
  // denominator^2), all in the scaled integers of the items.
  int64_t multiplier_ = 0;
  int64_t offset_ = 0;
  int64_t divisor_ = 1;
  int64_t min_ = INT64_MIN;  // open range of the target
  int64_t max_ = INT64_MAX;
};

}  // namespace renkei::agents::evaluate
