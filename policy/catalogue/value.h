// One value of one item of one person: fixed point or coded, with its state (definitions 2).
#pragma once

#include <cstdint>

namespace renkei::policy::catalogue {

enum class ValueState : uint8_t {
  kAbsent = 0,        // never delivered
  kNotDone = 1,       // 未実施
  kUnmeasurable = 2,  // 測定不能
  kInvalid = 3,       // dropped with a reason (VAL_*)
  kValid = 4,         // inside the open input range, or a code of its list
  kMarkedHigh = 5,    // out of range with mark H, number kept
  kMarkedLow = 6,     // out of range with mark L, number kept
  kAboveRange = 7,    // mark H without number: above every threshold
  kBelowRange = 8,    // mark L without number: below every threshold
};

// True when the value enters a denominator.
constexpr bool IsMeasured(ValueState state) { return state >= ValueState::kValid; }

struct ItemValue {
  // Numbers: value x 10^decimals of the item. Codes: CodedValue().
  int32_t value = 0;
  ValueState state = ValueState::kAbsent;
  bool operator==(const ItemValue&) const = default;
};

// A code together with the ordinal of its list in ItemColumn::lists: a code means something only in
// its list (formats.md 2.7, trap 1).
constexpr int32_t CodedValue(int list_ordinal, int code) { return list_ordinal * 1000 + code; }
constexpr int ListOrdinalOf(int32_t coded) { return coded / 1000; }
constexpr int CodeOf(int32_t coded) { return coded % 1000; }

}  // namespace renkei::policy::catalogue
