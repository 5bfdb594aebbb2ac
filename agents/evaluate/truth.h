// Three-valued truth as bytes, one per row: false < unknown < true, so that Kleene's AND is the
// minimum and his OR the maximum. The loops over rows have no branches; truth.cc compiles them once
// for every processor and once for AVX2. `out` overlaps no input. Pure.
#pragma once

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

void FillTruth(uint8_t truth, size_t n, uint8_t* out);
// value >= threshold of the row's sex, or its negation. A mark without number lies beyond every
// threshold (definitions 2).
void CompareRows(const ColumnView& column, const uint8_t* sex, int32_t male, int32_t female,
                 bool negated, size_t n, uint8_t* out);
// The answer is one of `codes` (CodedValue); unknown for an answer outside [0, limit), for one of a
// list in `not_applicable`, and for none.
void MatchCodes(const ColumnView& column, std::span<const int32_t> codes,
                std::span<const int> not_applicable, int32_t limit, size_t n, uint8_t* out);
void MeasuredRows(const ColumnView& column, size_t n, uint8_t* out);
void AndInto(const uint8_t* in, size_t n, uint8_t* out);
void OrInto(const uint8_t* in, size_t n, uint8_t* out);
// OR over the known parts: an unknown part gives way to any known one.
void KnownOrInto(const uint8_t* in, size_t n, uint8_t* out);
void FirstKnownInto(const uint8_t* in, size_t n, uint8_t* out);
void NegateRows(const uint8_t* in, size_t n, uint8_t* out);
void CertainRows(const uint8_t* in, size_t n, uint8_t* out);
// `out` keeps its value but where `invalid` is true.
void DiscardWhere(const uint8_t* invalid, size_t n, uint8_t* out);
// Truth of "the class is one of `wanted`" from classes, 0 = not known.
void MatchClasses(const uint8_t* classes, std::span<const int32_t> wanted, size_t n, uint8_t* out);
void MatchAges(const int16_t* age, int32_t from, int32_t to, size_t n, uint8_t* out);
void MatchFacts(const uint8_t* facts, uint8_t bit, size_t n, uint8_t* out);
void MatchSex(const uint8_t* sex, uint8_t wanted, size_t n, uint8_t* out);
void MatchAmounts(const int64_t* amount, int64_t at_least, size_t n, uint8_t* out);

// The number of bits of a word inside `window` is from to to, inclusive.
void CountBits(const uint32_t* words, uint32_t window, int32_t from, int32_t to, size_t n,
               uint8_t* out);
// index = 3 x index + truth; and out = table[index].
void AppendDigit(const uint8_t* truth, size_t n, uint16_t* index);
void LookUp(const uint8_t* table, const uint16_t* index, size_t n, uint8_t* out);

// 255 for rows that a measure may count: in its population, located, and permitted to the family;
// else 0.
void IncludeRows(const uint8_t* population, const uint8_t* counted, const uint32_t* families,
                 int family, size_t n, uint8_t* out);
// out += weight x truth, where rows that are not included count as unknown.
void AddDigit(const uint8_t* truth, const uint8_t* included, uint8_t weight, size_t n,
              uint8_t* out);

}  // namespace renkei::agents::evaluate
