#include "policy/disclosure/movement_bounds.h"

#include <algorithm>

namespace renkei::policy::disclosure {
namespace {

// Long chains of equations tighten one unit a pass; the linear program does the rest.
constexpr int kMaxPasses = 16;

int64_t FloorDivide(int64_t a, int64_t b) {
  const int64_t q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

// A sum of bounds of which some are not known.
struct Sum {
  int64_t known = 0;
  int unknown = 0;
};

class Propagation {
 public:
  Propagation(std::vector<MovementBounds>* bounds, const std::vector<Row>& rows)
      : bounds_(*bounds), rows_(rows) {}

  void Run() {
    for (int pass = 0; pass < kMaxPasses; ++pass) {
      bool changed = false;
      for (const Row& row : rows_) changed = Tighten(row) || changed;
      if (!changed) return;
    }
  }

 private:
  // The least (or the greatest) that a term can be.
  void AddTerm(const Term& t, bool least, Sum* sum) const {
    const MovementBounds& b = bounds_[t.variable];
    const int64_t end = (t.coefficient > 0) == least ? b.lower : b.upper;
    if (end <= -kNoCap || end >= kNoCap) {
      ++sum->unknown;
    } else {
      sum->known += t.coefficient * end;
    }
  }

  // The sums are taken once: bounds that were tightened meanwhile only make them too wide.
  bool Tighten(const Row& row) {
    Sum least;
    Sum greatest;
    for (const Term& t : row) {
      AddTerm(t, true, &least);
      AddTerm(t, false, &greatest);
    }
    bool changed = false;
    for (const Term& t : row) {
      Sum own_least;
      Sum own_greatest;
      AddTerm(t, true, &own_least);
      AddTerm(t, false, &own_greatest);
      // coefficient * y = -(sum of the others), which lies between -greatest and -least of them.
      const bool has_high = least.unknown == own_least.unknown;
      const bool has_low = greatest.unknown == own_greatest.unknown;
      const int64_t high = -(least.known - own_least.known);
      const int64_t low = -(greatest.known - own_greatest.known);
      MovementBounds& b = bounds_[t.variable];
      const int64_t a = t.coefficient;
      const bool gives_upper = a > 0 ? has_high : has_low;
      const bool gives_lower = a > 0 ? has_low : has_high;
      if (gives_upper) {
        const int64_t upper = FloorDivide(a > 0 ? high : low, a);
        if (upper < b.upper) {
          b.upper = std::max<int64_t>(upper, 0);
          changed = true;
        }
      }
      if (gives_lower) {
        const int64_t lower = -FloorDivide(-(a > 0 ? low : high), a);
        if (lower > b.lower) {
          b.lower = std::min<int64_t>(lower, 0);
          changed = true;
        }
      }
    }
    return changed;
  }

  std::vector<MovementBounds>& bounds_;
  const std::vector<Row>& rows_;
};

}  // namespace

std::vector<MovementBounds> PropagateBounds(const CellSystem& system,
                                            const std::vector<uint32_t>& cells,
                                            const std::vector<Row>& rows) {
  std::vector<MovementBounds> bounds;
  bounds.reserve(cells.size());
  for (const uint32_t c : cells) {
    const IntervalCell& cell = system.cells[c];
    bounds.push_back({cell.floor <= -kNoCap ? -kNoCap : cell.floor - cell.value,
                      cell.cap >= kNoCap ? kNoCap : cell.cap - cell.value});
  }
  Propagation(&bounds, rows).Run();
  return bounds;
}

}  // namespace renkei::policy::disclosure
