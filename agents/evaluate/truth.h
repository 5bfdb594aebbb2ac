// Three-valued truth as bytes, one per row: false < unknown < true, so that Kleene's AND is the
// minimum and his OR the maximum, and a compiler turns every loop here into vector instructions.
// Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "policy/catalogue/value.h"

namespace renkei::agents::evaluate {

inline constexpr uint8_t kFalse = 0;
inline constexpr uint8_t kUnknown = 1;
inline constexpr uint8_t kTrue = 2;

// What rows of one column look like; null pointers for a column without any value.
struct ColumnView {
  const int32_t* value = nullptr;
  const policy::catalogue::ValueState* state = nullptr;
};

inline uint8_t StateByte(policy::catalogue::ValueState state) {
  return static_cast<uint8_t>(state);
}

inline void FillTruth(uint8_t truth, size_t n, uint8_t* out) { std::fill_n(out, n, truth); }

// value >= threshold of the row's sex, or its negation. A mark without number lies beyond every
// threshold (definitions 2).
inline void CompareRows(const ColumnView& column, const uint8_t* __restrict sex, int32_t male,
                        int32_t female, bool negated, size_t n, uint8_t* __restrict out) {
  using policy::catalogue::ValueState;
  const uint8_t first_measured = StateByte(ValueState::kValid);
  const uint8_t above = StateByte(ValueState::kAboveRange);
  const uint8_t below = StateByte(ValueState::kBelowRange);
  const uint8_t flip = negated ? 1 : 0;
  const int32_t* __restrict values = column.value;
  const policy::catalogue::ValueState* __restrict states = column.state;
  for (size_t i = 0; i < n; ++i) {
    const uint8_t state = StateByte(states[i]);
    const int32_t threshold = sex[i] == 0 ? male : female;
    const uint8_t by_number = values[i] >= threshold ? 1 : 0;
    const uint8_t reached = state == above ? uint8_t{1} : state == below ? uint8_t{0} : by_number;
    const uint8_t known = static_cast<uint8_t>((reached ^ flip) * kTrue);
    out[i] = state >= first_measured ? known : kUnknown;
  }
}

// The answer is one of `codes` (CodedValue); unknown for an answer outside [0, limit), for one of a
// list in `not_applicable`, and for none.
inline void MatchCodes(const ColumnView& column, std::span<const int32_t> codes,
                       std::span<const int> not_applicable, int32_t limit, size_t n,
                       uint8_t* __restrict out) {
  using policy::catalogue::CodedValue;
  const uint8_t valid = StateByte(policy::catalogue::ValueState::kValid);
  const int32_t* __restrict values = column.value;
  const policy::catalogue::ValueState* __restrict states = column.state;
  for (size_t i = 0; i < n; ++i) {
    const int32_t value = values[i];
    const bool known = StateByte(states[i]) == valid && value >= 0 && value < limit;
    out[i] = known ? kFalse : kUnknown;
  }
  for (const int list : not_applicable) {
    const int32_t from = CodedValue(list, 0);
    const int32_t to = CodedValue(list + 1, 0);
    for (size_t i = 0; i < n; ++i) {
      if (values[i] >= from && values[i] < to) out[i] = kUnknown;
    }
  }
  for (const int32_t code : codes) {
    for (size_t i = 0; i < n; ++i) {
      const uint8_t hit = values[i] == code ? kTrue : kFalse;
      out[i] = out[i] == kUnknown ? kUnknown : std::max(out[i], hit);
    }
  }
}

inline void MeasuredRows(const ColumnView& column, size_t n, uint8_t* __restrict out) {
  const uint8_t first_measured = StateByte(policy::catalogue::ValueState::kValid);
  const policy::catalogue::ValueState* __restrict states = column.state;
  for (size_t i = 0; i < n; ++i) {
    out[i] = StateByte(states[i]) >= first_measured ? kTrue : kFalse;
  }
}

inline void AndInto(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = std::min(out[i], in[i]);
}
inline void OrInto(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = std::max(out[i], in[i]);
}
// OR over the known parts: an unknown part gives way to any known one.
inline void KnownOrInto(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) {
    const uint8_t a = out[i];
    const uint8_t b = in[i];
    out[i] = a == kUnknown ? b : b == kUnknown ? a : std::max(a, b);
  }
}
inline void FirstKnownInto(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = out[i] == kUnknown ? in[i] : out[i];
}
inline void NegateRows(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<uint8_t>(kTrue - in[i]);
}
inline void CertainRows(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = in[i] == kTrue ? kTrue : kFalse;
}
// `out` keeps its value but where `invalid` is true.
inline void DiscardWhere(const uint8_t* __restrict invalid, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = invalid[i] == kTrue ? kUnknown : out[i];
}

// Truth of "the class is one of `wanted`" from classes, 0 = not known.
inline void MatchClasses(const uint8_t* __restrict classes, std::span<const int32_t> wanted,
                         size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = classes[i] == 0 ? kUnknown : kFalse;
  for (const int32_t value : wanted) {
    const uint8_t hit = static_cast<uint8_t>(value);
    for (size_t i = 0; i < n; ++i) out[i] = classes[i] == hit ? kTrue : out[i];
  }
}

inline void MatchAges(const int16_t* __restrict age, int32_t from, int32_t to, size_t n,
                      uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = age[i] >= from && age[i] <= to ? kTrue : kFalse;
}

inline void MatchFacts(const uint8_t* __restrict facts, uint8_t bit, size_t n,
                       uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = (facts[i] & bit) != 0 ? kTrue : kFalse;
}

inline void MatchSex(const uint8_t* __restrict sex, uint8_t wanted, size_t n,
                     uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = sex[i] == wanted ? kTrue : kFalse;
}

inline void MatchAmounts(const int64_t* __restrict amount, int64_t at_least, size_t n,
                         uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = amount[i] >= at_least ? kTrue : kFalse;
}

}  // namespace renkei::agents::evaluate
