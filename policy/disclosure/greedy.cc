#include "policy/disclosure/greedy.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "policy/disclosure/field.h"

namespace renkei::policy::disclosure {
namespace {

using F = GreedyField;

struct Entry {
  uint32_t variable;
  uint64_t value;
  bool operator==(const Entry&) const = default;
};
using SparseVector = std::vector<Entry>;  // variables ascend, values not 0

// A fixed pseudo-random weight per variable makes a linear fingerprint of a row.
uint64_t Weight(uint32_t variable) {
  uint64_t z = (uint64_t{variable} + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return (z ^ (z >> 31)) % F::kPrime;
}

uint64_t Fingerprint(const SparseVector& row) {
  uint64_t sum = 0;
  for (const Entry& e : row) sum = F::Add(sum, F::Multiply(e.value, Weight(e.variable)));
  return sum;
}

// Equal for proportional rows.
uint64_t NormalisedFingerprint(const SparseVector& row, uint64_t fingerprint) {
  return F::Multiply(fingerprint, F::Inverse(row.front().value));
}

struct Primary {
  SparseVector row;
  uint64_t fingerprint = 0;
  uint64_t normalised = 0;  // where it is indexed
};

bool Proportional(const SparseVector& a, const SparseVector& b) {
  if (a.size() != b.size()) return false;
  const uint64_t fa = b.front().value;
  const uint64_t fb = a.front().value;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].variable != b[i].variable ||
        F::Multiply(a[i].value, fa) != F::Multiply(b[i].value, fb)) {
      return false;
    }
  }
  return true;
}

class Elimination {
 public:
  explicit Elimination(const LinearSystem& system)
      : system_(system),
        pivot_of_(system.variables, -1),
        value_(system.variables, 0),
        seen_(system.variables, false),
        touching_(system.variables),
        touches_(system.variables, 0) {}

  GreedyResult Run();

 private:
  void KeepRow(const SparseVector& reduced);
  void AddPrimary(uint32_t cell);
  SparseVector Reduce(const Row& row);
  // target -= factor * row; reports variables that became non-zero.
  void SubtractFromPrimary(uint32_t primary, uint64_t factor, const SparseVector& row);
  void Index(uint32_t primary);
  void Unindex(uint32_t primary);
  bool WouldReveal(const SparseVector& reduced) const;

  const LinearSystem& system_;
  std::vector<int32_t> pivot_of_;  // variable -> pivot, by creation
  std::vector<SparseVector> pivots_;
  std::vector<uint32_t> pivot_variable_;
  std::vector<uint64_t> value_;
  std::vector<bool> seen_;
  std::vector<Primary> primaries_;  // reduced by all pivots
  // Variable -> primaries that have or had it, some twice, and how many have it.
  std::vector<std::vector<uint32_t>> touching_;
  std::vector<uint32_t> touches_;
  SparseVector merged_;
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> by_fingerprint_;
};

SparseVector Elimination::Reduce(const Row& row) {
  std::vector<uint32_t> touched;
  std::priority_queue<int32_t, std::vector<int32_t>, std::greater<>> waiting;
  for (const Term& t : row) {
    value_[t.variable] = F::FromInt(t.coefficient);
    seen_[t.variable] = true;
    touched.push_back(t.variable);
    if (pivot_of_[t.variable] >= 0) waiting.push(pivot_of_[t.variable]);
  }
  // A pivot row holds no variable of an earlier pivot, so creation order visits each pivot once.
  while (!waiting.empty()) {
    const int32_t p = waiting.top();
    waiting.pop();
    const uint64_t factor = value_[pivot_variable_[p]];
    if (factor == 0) continue;
    const uint64_t minus = F::Negate(factor);
    for (const Entry& e : pivots_[p]) {
      value_[e.variable] = F::Add(value_[e.variable], F::Multiply(minus, e.value));
      if (!seen_[e.variable]) {
        seen_[e.variable] = true;
        touched.push_back(e.variable);
        if (pivot_of_[e.variable] > p) waiting.push(pivot_of_[e.variable]);
      }
    }
  }
  SparseVector reduced;
  std::sort(touched.begin(), touched.end());
  for (const uint32_t v : touched) {
    if (value_[v] != 0) reduced.push_back({v, value_[v]});
    value_[v] = 0;
    seen_[v] = false;
  }
  return reduced;
}

void Elimination::Index(uint32_t primary) {
  Primary& p = primaries_[primary];
  if (p.row.empty()) return;
  p.normalised = NormalisedFingerprint(p.row, p.fingerprint);
  by_fingerprint_[p.normalised].push_back(primary);
}

void Elimination::Unindex(uint32_t primary) {
  if (primaries_[primary].row.empty()) return;
  const auto it = by_fingerprint_.find(primaries_[primary].normalised);
  std::vector<uint32_t>& same = it->second;
  same.erase(std::find(same.begin(), same.end(), primary));
  if (same.empty()) by_fingerprint_.erase(it);
}

void Elimination::AddPrimary(uint32_t cell) {
  const uint32_t primary = static_cast<uint32_t>(primaries_.size());
  Primary p{Reduce(system_.cells[cell].row)};
  p.fingerprint = Fingerprint(p.row);
  for (const Entry& e : p.row) {
    touching_[e.variable].push_back(primary);
    ++touches_[e.variable];
  }
  primaries_.push_back(std::move(p));
  Index(primary);
}

void Elimination::SubtractFromPrimary(uint32_t primary, uint64_t factor, const SparseVector& row) {
  SparseVector& target = primaries_[primary].row;
  merged_.clear();
  merged_.reserve(target.size() + row.size());
  const uint64_t minus = F::Negate(factor);
  size_t i = 0;
  size_t j = 0;
  while (i < target.size() || j < row.size()) {
    if (j == row.size() || (i < target.size() && target[i].variable < row[j].variable)) {
      merged_.push_back(target[i++]);
    } else if (i == target.size() || row[j].variable < target[i].variable) {
      merged_.push_back({row[j].variable, F::Multiply(minus, row[j].value)});
      touching_[row[j].variable].push_back(primary);
      ++touches_[row[j].variable];
      ++j;
    } else {
      const uint64_t v = F::Add(target[i].value, F::Multiply(minus, row[j].value));
      if (v != 0) {
        merged_.push_back({target[i].variable, v});
      } else {
        --touches_[target[i].variable];
      }
      ++i;
      ++j;
    }
  }
  target.swap(merged_);
}

void Elimination::KeepRow(const SparseVector& reduced) {
  // The variable that the fewest primaries touch costs the fewest updates.
  uint32_t best = 0;
  for (uint32_t i = 1; i < reduced.size(); ++i) {
    if (touches_[reduced[i].variable] < touches_[reduced[best].variable]) best = i;
  }
  const uint32_t variable = reduced[best].variable;
  const uint64_t inverse = F::Inverse(reduced[best].value);
  SparseVector pivot = reduced;
  for (Entry& e : pivot) e.value = F::Multiply(e.value, inverse);
  pivot_of_[variable] = static_cast<int32_t>(pivots_.size());
  pivot_variable_.push_back(variable);
  const uint64_t fingerprint = Fingerprint(pivot);
  // No primary has the variable again.
  const std::vector<uint32_t> touched = std::exchange(touching_[variable], {});
  for (const uint32_t primary : touched) {
    Primary& target = primaries_[primary];
    const auto at =
        std::lower_bound(target.row.begin(), target.row.end(), variable,
                         [](const Entry& e, uint32_t wanted) { return e.variable < wanted; });
    if (at == target.row.end() || at->variable != variable) continue;
    Unindex(primary);
    const uint64_t factor = at->value;
    SubtractFromPrimary(primary, factor, pivot);
    target.fingerprint = F::Add(target.fingerprint, F::Multiply(F::Negate(factor), fingerprint));
    Index(primary);
  }
  pivots_.push_back(std::move(pivot));
}

bool Elimination::WouldReveal(const SparseVector& reduced) const {
  const auto it = by_fingerprint_.find(NormalisedFingerprint(reduced, Fingerprint(reduced)));
  if (it == by_fingerprint_.end()) return false;
  return std::any_of(it->second.begin(), it->second.end(), [&](uint32_t primary) {
    return Proportional(reduced, primaries_[primary].row);
  });
}

GreedyResult Elimination::Run() {
  const std::vector<SystemCell>& cells = system_.cells;
  GreedyResult result;
  result.hidden.assign(cells.size(), true);
  for (const Row& row : system_.known) {
    const SparseVector reduced = Reduce(row);
    if (!reduced.empty()) KeepRow(reduced);
  }
  std::vector<uint32_t> order;
  for (uint32_t c = 0; c < cells.size(); ++c) {
    if (cells[c].primary) {
      AddPrimary(c);
      if (primaries_.back().row.empty()) result.unprotectable.push_back(c);
    } else if (cells[c].publishable && !cells[c].preset_hidden) {
      order.push_back(c);
    }
  }
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    // Larger magnitude first, everything else ascending.
    return std::tuple(cells[a].level, cells[b].magnitude, cells[a].tie, a) <
           std::tuple(cells[b].level, cells[a].magnitude, cells[b].tie, b);
  });
  for (const uint32_t c : order) {
    const SparseVector reduced = Reduce(cells[c].row);
    if (!reduced.empty()) {
      if (WouldReveal(reduced)) continue;
      KeepRow(reduced);
    }
    result.hidden[c] = false;
  }
  return result;
}

}  // namespace

uint32_t LogClass(int64_t count) {
  uint64_t y = static_cast<uint64_t>(count) + 1;
  int exponent = 63;
  while ((y >> 63) == 0) {
    y <<= 1;
    --exponent;
  }
  // y is the mantissa in [2^63, 2^64); squaring it three times gives three binary digits of its
  // logarithm.
  uint32_t digits = 0;
  for (int i = 0; i < 3; ++i) {
    __extension__ using Wide = unsigned __int128;
    const Wide square = static_cast<Wide>(y) * y;
    const bool carry = (square >> 127) != 0;
    y = static_cast<uint64_t>(carry ? square >> 64 : square >> 63);
    digits = digits * 2 + (carry ? 1 : 0);
  }
  return static_cast<uint32_t>(exponent) * 8 + digits;
}

GreedyResult SuppressGreedily(const LinearSystem& system) { return Elimination(system).Run(); }

}  // namespace renkei::policy::disclosure
