#include "agents/evaluate/truth.h"

#include <algorithm>

// Sanitizers do not start before the loader asks which clone to take.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RENKEI_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define RENKEI_VECTOR_CLONES
#endif

namespace renkei::agents::evaluate {

RENKEI_VECTOR_CLONES
void FillTruth(uint8_t truth, size_t n, uint8_t* out) { std::fill_n(out, n, truth); }

RENKEI_VECTOR_CLONES
void CompareRows(const ColumnView& column, const uint8_t* __restrict sex, int32_t male,
                 int32_t female, bool negated, size_t n, uint8_t* __restrict out) {
  using policy::catalogue::ValueState;
  const uint8_t first_measured = StateByte(ValueState::kValid);
  const uint8_t above = StateByte(ValueState::kAboveRange);
  const uint8_t below = StateByte(ValueState::kBelowRange);
  const uint8_t flip = negated ? 1 : 0;
  const int32_t* __restrict values = column.value;
  const policy::catalogue::ValueState* __restrict states = column.state;
  const auto known = [=](uint8_t state, uint8_t by_number) {
    const uint8_t is_above = state == above ? 1 : 0;
    const uint8_t not_below = state != below ? 1 : 0;
    const uint8_t reached = static_cast<uint8_t>((is_above | (by_number & not_below)) ^ flip);
    return state >= first_measured ? static_cast<uint8_t>(reached * kTrue) : kUnknown;
  };
  if (male == female) {
    for (size_t i = 0; i < n; ++i) {
      out[i] = known(StateByte(states[i]), values[i] >= male ? 1 : 0);
    }
    return;
  }
  for (size_t i = 0; i < n; ++i) {
    const uint8_t reached_male = values[i] >= male ? 1 : 0;
    const uint8_t reached_female = values[i] >= female ? 1 : 0;
    out[i] = known(StateByte(states[i]), sex[i] == 0 ? reached_male : reached_female);
  }
}

// One pass for up to four codes and one list that is not applicable, which is nearly every step.
RENKEI_VECTOR_CLONES
void MatchCodes(const ColumnView& column, std::span<const int32_t> codes,
                std::span<const int> not_applicable, int32_t limit, size_t n,
                uint8_t* __restrict out) {
  using policy::catalogue::CodedValue;
  const uint8_t valid = StateByte(policy::catalogue::ValueState::kValid);
  const int32_t* __restrict values = column.value;
  const policy::catalogue::ValueState* __restrict states = column.state;
  const auto code = [&codes](size_t i) {
    return codes.empty() ? -1 : codes[std::min(i, codes.size() - 1)];
  };
  const int32_t a = code(0);
  const int32_t b = code(1);
  const int32_t c = code(2);
  const int32_t d = code(3);
  const uint32_t end = static_cast<uint32_t>(limit);
  const uint32_t from =
      not_applicable.empty() ? 0 : static_cast<uint32_t>(CodedValue(not_applicable[0], 0));
  const uint32_t width = not_applicable.empty() ? 0 : static_cast<uint32_t>(CodedValue(1, 0));
  for (size_t i = 0; i < n; ++i) {
    const int32_t value = values[i];
    const uint32_t position = static_cast<uint32_t>(value);  // negative values are beyond the end
    const uint8_t listed = position < end ? 1 : 0;
    const uint8_t applicable = position - from >= width ? 1 : 0;
    const uint8_t hit = value == a || value == b || value == c || value == d ? kTrue : kFalse;
    const uint8_t known = StateByte(states[i]) == valid ? 1 : 0;
    out[i] = (listed & applicable & known) != 0 ? hit : kUnknown;
  }
  for (size_t list = 1; list < not_applicable.size(); ++list) {
    const uint32_t first = static_cast<uint32_t>(CodedValue(not_applicable[list], 0));
    for (size_t i = 0; i < n; ++i) {
      const uint8_t before = out[i];
      out[i] = static_cast<uint32_t>(values[i]) - first < width ? kUnknown : before;
    }
  }
  for (size_t k = 4; k < codes.size(); ++k) {
    const int32_t wanted = codes[k];
    for (size_t i = 0; i < n; ++i) {
      const uint8_t before = out[i];
      const uint8_t hit = values[i] == wanted && before != kUnknown ? kTrue : before;
      out[i] = hit;
    }
  }
}

RENKEI_VECTOR_CLONES
void MeasuredRows(const ColumnView& column, size_t n, uint8_t* __restrict out) {
  const uint8_t first_measured = StateByte(policy::catalogue::ValueState::kValid);
  const policy::catalogue::ValueState* __restrict states = column.state;
  for (size_t i = 0; i < n; ++i) {
    out[i] = StateByte(states[i]) >= first_measured ? kTrue : kFalse;
  }
}

RENKEI_VECTOR_CLONES
void AndInto(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = std::min(out[i], in[i]);
}

RENKEI_VECTOR_CLONES
void OrInto(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = std::max(out[i], in[i]);
}

RENKEI_VECTOR_CLONES
void KnownOrInto(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) {
    const uint8_t a = out[i];
    const uint8_t b = in[i];
    out[i] = a == kUnknown ? b : b == kUnknown ? a : std::max(a, b);
  }
}

RENKEI_VECTOR_CLONES
void FirstKnownInto(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) {
    const uint8_t first = out[i];
    const uint8_t next = in[i];
    out[i] = first == kUnknown ? next : first;
  }
}

RENKEI_VECTOR_CLONES
void NegateRows(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<uint8_t>(kTrue - in[i]);
}

RENKEI_VECTOR_CLONES
void CertainRows(const uint8_t* __restrict in, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = in[i] == kTrue ? kTrue : kFalse;
}

RENKEI_VECTOR_CLONES
void DiscardWhere(const uint8_t* __restrict invalid, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = invalid[i] == kTrue ? kUnknown : out[i];
}

RENKEI_VECTOR_CLONES
void MatchClasses(const uint8_t* __restrict classes, std::span<const int32_t> wanted, size_t n,
                  uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = classes[i] == 0 ? kUnknown : kFalse;
  for (const int32_t value : wanted) {
    const uint8_t hit = static_cast<uint8_t>(value);
    for (size_t i = 0; i < n; ++i) out[i] = classes[i] == hit ? kTrue : out[i];
  }
}

RENKEI_VECTOR_CLONES
void MatchAges(const int16_t* __restrict age, int32_t from, int32_t to, size_t n,
               uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = age[i] >= from && age[i] <= to ? kTrue : kFalse;
}

RENKEI_VECTOR_CLONES
void MatchFacts(const uint8_t* __restrict facts, uint8_t bit, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = (facts[i] & bit) != 0 ? kTrue : kFalse;
}

RENKEI_VECTOR_CLONES
void MatchSex(const uint8_t* __restrict sex, uint8_t wanted, size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = sex[i] == wanted ? kTrue : kFalse;
}

RENKEI_VECTOR_CLONES
void MatchAmounts(const int64_t* __restrict amount, int64_t at_least, size_t n,
                  uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = amount[i] >= at_least ? kTrue : kFalse;
}

// Bits are summed by halves, which vectors can do.
RENKEI_VECTOR_CLONES
void CountBits(const uint32_t* __restrict words, uint32_t window, int32_t from, int32_t to,
               size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) {
    uint32_t bits = words[i] & window;
    bits -= (bits >> 1) & 0x55555555u;
    bits = (bits & 0x33333333u) + ((bits >> 2) & 0x33333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0fu;
    const int32_t count = static_cast<int32_t>((bits * 0x01010101u) >> 24);
    out[i] = count >= from && count <= to ? kTrue : kFalse;
  }
}

RENKEI_VECTOR_CLONES
void LookUp(const uint8_t* __restrict table, const uint16_t* __restrict index, size_t n,
            uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = table[index[i]];
}

// index = 3 x index + truth
RENKEI_VECTOR_CLONES
void AppendDigit(const uint8_t* __restrict truth, size_t n, uint16_t* __restrict index) {
  for (size_t i = 0; i < n; ++i) index[i] = static_cast<uint16_t>(index[i] * 3 + truth[i]);
}

RENKEI_VECTOR_CLONES
void IncludeRows(const uint8_t* __restrict population, const uint8_t* __restrict counted,
                 const uint32_t* __restrict families, int family, size_t n,
                 uint8_t* __restrict out) {
  const uint32_t bit = uint32_t{1} << family;
  for (size_t i = 0; i < n; ++i) {
    const uint8_t permitted = (families[i] & bit) != 0 ? 1 : 0;
    const uint8_t in = static_cast<uint8_t>(permitted & counted[i] & (population[i] >> 1));
    out[i] = static_cast<uint8_t>(-in);
  }
}

RENKEI_VECTOR_CLONES
void AddDigit(const uint8_t* __restrict truth, const uint8_t* __restrict included, uint8_t weight,
              size_t n, uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) {
    const uint8_t digit = static_cast<uint8_t>(((truth[i] ^ kUnknown) & included[i]) ^ kUnknown);
    out[i] = static_cast<uint8_t>(out[i] + weight * digit);
  }
}

}  // namespace renkei::agents::evaluate
