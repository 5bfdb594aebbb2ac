#include "policy/disclosure/small_counts.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"
#include "policy/disclosure/inner_equations.h"

namespace renkei::policy::disclosure {
namespace {

constexpr int kSweeps = 2;  // the second mends what the first could not foresee
constexpr int kMaxTriesPerGroup = 5000;

// How far the sums that are cells of the table have moved, by quantity.
class Deviations {
 public:
  Deviations(const TableShape& shape, int geographies, size_t quantities)
      : cells_of_(InnerIndex(geographies, 0, 0, 0)),
        moved_(quantities, std::vector<int64_t>(shape.publishable_cells())) {
    for (size_t slice = 0; slice < shape.publishable; ++slice) {
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
          AddCell(shape.slices[slice], geographies, s, a, CellIndex(slice, s, a));
        }
      }
    }
  }

  // What the sum of squares grows by when an inner count moves by `by`.
  int64_t CostOf(int quantity, size_t inner, int64_t by) const {
    const std::vector<int64_t>& moved = moved_[static_cast<size_t>(quantity)];
    int64_t cost = 0;
    for (const size_t cell : cells_of_[inner]) cost += by * (2 * moved[cell] + by);
    return cost;
  }
  void Move(int quantity, size_t inner, int64_t by) {
    if (by == 0) return;
    for (const size_t cell : cells_of_[inner]) moved_[static_cast<size_t>(quantity)][cell] += by;
  }

 private:
  void AddCell(const Slice& slice, int geographies, int sex_group, int age_group, size_t cell) {
    const SexGroup& sex = kSexGroups[static_cast<size_t>(sex_group)];
    const AgeGroup& age = kAgeGroups[static_cast<size_t>(age_group)];
    for (int g = 0; g < geographies; ++g) {
      for (int k = 0; k < kKinds; ++k) {
        if (!slice.Contains(g, k)) continue;
        for (int s = sex.from; s <= sex.to; ++s) {
          for (int b = age.from; b <= age.to; ++b) {
            cells_of_[InnerIndex(g, k, s, b)].push_back(cell);
          }
        }
      }
    }
  }

  std::vector<std::vector<size_t>> cells_of_;  // by inner cell
  std::vector<std::vector<int64_t>> moved_;    // quantity -> publishable cell
};

// The counts of one inner cell, changed together.
class CellSearch {
 public:
  CellSearch(const InnerEquations& equations, const Deviations& deviations, size_t cell, int64_t t,
             bool prefers_less)
      : equations_(equations),
        deviations_(deviations),
        cell_(cell),
        t_(t),
        prefers_less_(prefers_less),
        is_set_(equations.counts.size()),
        value_(equations.counts.size()) {}

  // By quantity.
  std::vector<int64_t> Run() {
    for (const std::vector<int>& group : equations_.groups) {
      tries_left_ = kMaxTriesPerGroup;
      if (!Solve(group, 0)) return std::vector<int64_t>(value_.size());
    }
    return std::move(value_);
  }

 private:
  int64_t Exact(int quantity) const {
    return equations_.counts[static_cast<size_t>(quantity)][cell_];
  }
  bool IsSet(int quantity) const { return is_set_[static_cast<size_t>(quantity)]; }
  int64_t Value(int quantity) const { return value_[static_cast<size_t>(quantity)]; }

  bool Solve(const std::vector<int>& group, size_t at) {
    if (at == group.size()) return true;
    const int64_t exact = Exact(group[at]);
    if (IsPermitted(group[at], exact) && Try(group, at, exact)) return true;
    const std::vector<int64_t> others = OtherValues(group[at]);
    return std::any_of(others.begin(), others.end(),
                       [&](int64_t value) { return Try(group, at, value); });
  }

  bool Try(const std::vector<int>& group, size_t at, int64_t value) {
    if (--tries_left_ < 0) return false;
    const auto q = static_cast<size_t>(group[at]);
    is_set_[q] = true;
    value_[q] = value;
    if (Solve(group, at + 1)) return true;
    is_set_[q] = false;
    return false;
  }

  // What a share leaves when `quantity`, one of it, is `value`, of those that have a value.
  struct Rest {
    bool is_bound = false;
    int64_t exact = 0;
    int64_t now = 0;
  };
  Rest RestOf(const Share& share, int quantity, int64_t value) const {
    Rest rest;
    int64_t all_parts = 0;
    rest.exact = Exact(share.whole);
    rest.now = share.whole == quantity ? value : Value(share.whole);
    for (const int part : share.parts) {
      all_parts += Exact(part);
      if (part != quantity && !IsSet(part)) continue;
      rest.exact -= Exact(part);
      rest.now -= part == quantity ? value : Value(part);
    }
    const bool is_kept = all_parts <= Exact(share.whole);
    rest.is_bound = is_kept && (share.whole == quantity || IsSet(share.whole));
    return rest;
  }

  bool Fits(int64_t exact, int64_t now) const {
    return exact == 0 ? now == 0 : now == 0 || now >= t_;
  }

  bool IsPermitted(int quantity, int64_t value) const {
    const auto& in = equations_.shares_of[static_cast<size_t>(quantity)];
    return Fits(Exact(quantity), value) && std::all_of(in.begin(), in.end(), [&](int s) {
             const Rest rest = RestOf(equations_.shares[static_cast<size_t>(s)], quantity, value);
             return !rest.is_bound || Fits(rest.exact, rest.now);
           });
  }

  // Permitted values but the exact one: the nearest below and above, the better first; then the
  // others, for when the choice of one leaves another without any.
  std::vector<int64_t> OtherValues(int quantity) const {
    const int64_t exact = Exact(quantity);
    // Permitted values are intervals; these are their ends.
    std::set<int64_t> ends = {0, t_};
    for (const int s : equations_.shares_of[static_cast<size_t>(quantity)]) {
      const Share& share = equations_.shares[static_cast<size_t>(s)];
      const Rest rest = RestOf(share, quantity, 0);
      if (!rest.is_bound) continue;
      const bool is_whole = share.whole == quantity;
      ends.insert(is_whole ? -rest.now : rest.now);
      ends.insert(is_whole ? -rest.now + t_ : rest.now - t_);
    }
    ends.erase(exact);
    std::erase_if(ends, [&](int64_t value) { return !IsPermitted(quantity, value); });
    std::vector<int64_t> values;
    const auto above = ends.upper_bound(exact);
    if (above != ends.begin()) values.push_back(*std::prev(above));
    if (above != ends.end()) values.push_back(*above);
    if (values.size() == 2) {
      const int64_t less = deviations_.CostOf(quantity, cell_, values[0] - exact);
      const int64_t more = deviations_.CostOf(quantity, cell_, values[1] - exact);
      if (more < less || (more == less && !prefers_less_)) std::swap(values[0], values[1]);
    }
    for (const int64_t value : values) ends.erase(value);
    values.insert(values.end(), ends.begin(), ends.end());
    return values;
  }

  const InnerEquations& equations_;
  const Deviations& deviations_;
  const size_t cell_;
  const int64_t t_;
  const bool prefers_less_;
  std::vector<bool> is_set_;
  std::vector<int64_t> value_;
  int tries_left_ = 0;
};

struct InnerCell {
  size_t index = 0;
  int64_t t = 0;
  crypto::Digest prf{};
};

// In an order that only the key knows.
std::vector<InnerCell> InnerCells(const FamilyCounts& family, std::span<const uint8_t> table_key) {
  std::vector<InnerCell> cells;
  for (int g = 0; g < family.geographies; ++g) {
    for (int k = 0; k < kKinds; ++k) {
      const Slice slice{Slice::Scope::kOne, g, static_cast<uint8_t>(1 << k), true, {}};
      const std::string name = SliceName(slice, *family.request->layout);
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) {
          cells.push_back({InnerIndex(g, k, s, b),
                           ThresholdOfCells(family, 0, slice, s, std::span(&b, 1)).min_cell,
                           crypto::HmacSha256(table_key, base::AsBytes(absl::StrCat(
                                                             "renkei/v1/disclosure/small-count|",
                                                             name, "|", s, "|", b)))});
        }
      }
    }
  }
  std::sort(cells.begin(), cells.end(),
            [](const InnerCell& a, const InnerCell& b) { return a.prf < b.prf; });
  return cells;
}

}  // namespace

std::vector<Block> ChangeSmallCounts(const FamilyCounts& family, const TableShape& shape,
                                     std::span<const uint8_t> table_key) {
  const InnerEquations equations = InnerEquationsOf(family);
  const int quantities = static_cast<int>(equations.counts.size());
  std::vector<std::vector<int64_t>> values = equations.counts;
  Deviations deviations(shape, family.geographies, equations.counts.size());
  const std::vector<InnerCell> cells = InnerCells(family, table_key);
  const auto move_to = [&](int q, size_t cell, int64_t value) {
    int64_t& now = values[static_cast<size_t>(q)][cell];
    deviations.Move(q, cell, value - now);
    now = value;
  };
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (const InnerCell& cell : cells) {
      for (int q = 0; q < quantities; ++q) {
        move_to(q, cell.index, equations.counts[static_cast<size_t>(q)][cell.index]);
      }
      const std::vector<int64_t> changed =
          CellSearch(equations, deviations, cell.index, cell.t, (cell.prf.back() & 1) != 0).Run();
      for (int q = 0; q < quantities; ++q) {
        move_to(q, cell.index, changed[static_cast<size_t>(q)]);
      }
    }
  }
  std::vector<Block> blocks;
  for (size_t m = 0; m < equations.numerator_of.size(); ++m) {
    const auto& x = values[static_cast<size_t>(equations.numerator_of[m])];
    const auto& n = values[static_cast<size_t>(equations.denominator_of[m])];
    Block block(kKinds, family.geographies);
    for (int g = 0; g < family.geographies; ++g) {
      for (int k = 0; k < kKinds; ++k) {
        for (int s = 0; s < tables::kSexes; ++s) {
          for (int b = 0; b < tables::kBands; ++b) {
            const size_t c = InnerIndex(g, k, s, b);
            block.Add(static_cast<size_t>(k), g, s, b, {x[c], n[c]});
          }
        }
      }
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace renkei::policy::disclosure
