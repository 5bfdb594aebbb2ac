// What a draw does with every bit string of a length: exact probabilities instead of samples.
#pragma once

#include <cstdint>
#include <map>

#include "policy/noise/bit_source.h"
#include "tests/unit/policy/noise/sources.h"

namespace renkei::policy::noise {

struct Outcomes {
  std::map<int64_t, uint64_t> strings;  // result -> strings of `depth` bits that lead to it
  uint64_t undecided = 0;               // strings that are too short
  double total = 0;                     // 2^depth

  double Share(int64_t result) const {
    const auto found = strings.find(result);
    return found == strings.end() ? 0 : static_cast<double>(found->second) / total;
  }
  double UndecidedShare() const { return static_cast<double>(undecided) / total; }
};

// `draw` takes a BitSource&. A draw over a prefix that reads no further bit decides every string
// that begins with it, so the tree is cut there.
template <typename Draw>
void Visit(const Draw& draw, uint64_t prefix, unsigned length, unsigned depth, Outcomes* out) {
  GivenBits random(prefix, length);
  BitSource bits(random);
  const int64_t result = static_cast<int64_t>(draw(bits));
  if (bits.bits_taken() <= length) {
    out->strings[result] += uint64_t{1} << (depth - length);
  } else if (length == depth) {
    ++out->undecided;
  } else {
    Visit(draw, prefix, length + 1, depth, out);
    Visit(draw, prefix | uint64_t{1} << length, length + 1, depth, out);
  }
}

// depth <= 60.
template <typename Draw>
Outcomes OfEveryBitString(unsigned depth, const Draw& draw) {
  Outcomes out;
  out.total = static_cast<double>(uint64_t{1} << depth);
  Visit(draw, 0, 0, depth, &out);
  return out;
}

}  // namespace renkei::policy::noise
