// An attacker with a linear program (A3) and with an integer one (A4): how small and how large may
// a hidden count be, given everything that he has seen? CLP and CBC are called here anew, apart
// from the audit of policy/disclosure, whose result is judged. Tests only.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tests/support/evidence.h"

namespace renkei::tests {

// Bounds of the linear relaxation: never narrower than what an attacker can know.
struct Interval {
  double low = 0;
  double high = 0;
};

// A count, and how far the interval of it must reach.
struct Target {
  UnknownSum sum;
  int64_t low = 0;
  int64_t high = 0;
};

class IntervalAttacker {
 public:
  // The evidence must be that of some table; else the program ends with a message.
  explicit IntervalAttacker(const Evidence& evidence);
  ~IntervalAttacker();

  // As if these unknowns were known beside the evidence, in place of what was said before; nothing:
  // the evidence alone. They must have these values in some table.
  void Suppose(const std::vector<std::pair<uint32_t, int64_t>>& known);

  Interval Of(const UnknownSum& sum);
  // Is the interval narrower than it must be? Solutions found on the way serve later targets.
  bool IsNarrow(const Target& target);
  // Over whole numbers, exactly, of the evidence alone: tables up to some 300 cells.
  Range WholeRangeOf(const UnknownSum& sum);

 private:
  class Component;
  struct Split {
    int64_t constant = 0;
    std::vector<std::pair<Component*, UnknownSum>> parts;
  };
  Split SplitOf(const UnknownSum& sum);

  OpenEvidence open_;
  std::vector<std::unique_ptr<Component>> components_;
  std::vector<Component*> component_of_;  // per unknown; null: solved
  std::vector<Component*> supposed_;      // components in which something is supposed
};

}  // namespace renkei::tests
