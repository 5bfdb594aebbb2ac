#include "policy/disclosure/hidden_components.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// Groups of cells; each is named by its least.
class Groups {
 public:
  explicit Groups(size_t cells) : root_(cells) { std::iota(root_.begin(), root_.end(), 0u); }
  uint32_t Find(uint32_t c) {
    while (root_[c] != c) c = root_[c] = root_[root_[c]];
    return c;
  }
  // Joins the hidden cells of a row, and `with`.
  void Join(const Row& row, const std::vector<bool>& hidden, int64_t with) {
    for (const Term& t : row) {
      if (!hidden[t.variable]) continue;
      const uint32_t r = Find(t.variable);
      if (with >= 0) {
        const uint32_t f = Find(static_cast<uint32_t>(with));
        root_[std::max(f, r)] = std::min(f, r);
      } else {
        with = r;
      }
    }
  }

 private:
  std::vector<uint32_t> root_;
};

// The hidden cells of a row, over their positions.
Row HiddenPart(const Row& row, const std::vector<bool>& hidden,
               const std::vector<uint32_t>& position_of) {
  Row part;
  for (const Term& t : row) {
    if (hidden[t.variable]) part.push_back({position_of[t.variable], t.coefficient});
  }
  return part;
}

}  // namespace

HiddenComponents ComponentsOf(const CellSystem& system, const std::vector<bool>& hidden) {
  const size_t cells = system.cells.size();
  std::vector<bool> is_sum(cells);
  Groups groups(cells);
  for (const Row& equation : system.equations) groups.Join(equation, hidden, -1);
  for (const Sum& sum : system.sums) {
    is_sum[sum.cell] = true;
    if (!hidden[sum.cell]) {
      groups.Join(sum.parts, hidden, -1);
    } else if (system.cells[sum.cell].is_protected) {
      groups.Join(sum.parts, hidden, sum.cell);
    }
  }
  HiddenComponents out;
  out.component_of.assign(cells, -1);
  std::vector<int32_t> component_of_root(cells, -1);
  std::vector<uint32_t> position_of(cells, 0);
  for (uint32_t c = 0; c < cells; ++c) {
    if (!hidden[c] || (is_sum[c] && !system.cells[c].is_protected)) continue;
    int32_t& component = component_of_root[groups.Find(c)];
    if (component < 0) {
      component = static_cast<int32_t>(out.components.size());
      out.components.emplace_back();
    }
    out.component_of[c] = component;
    if (is_sum[c]) continue;
    std::vector<uint32_t>& list = out.components[static_cast<size_t>(component)].cells;
    position_of[c] = static_cast<uint32_t>(list.size());
    list.push_back(c);
  }
  const auto add_row = [&](const Row& row) {
    const auto first = std::find_if(row.begin(), row.end(),
                                    [&hidden](const Term& t) { return hidden[t.variable]; });
    if (first == row.end()) return;
    const auto component = static_cast<size_t>(out.component_of[first->variable]);
    out.components[component].rows.push_back(HiddenPart(row, hidden, position_of));
  };
  for (const Row& equation : system.equations) add_row(equation);
  for (const Sum& sum : system.sums) {
    if (!hidden[sum.cell]) {
      add_row(sum.parts);
    } else if (out.component_of[sum.cell] >= 0) {
      const auto component = static_cast<size_t>(out.component_of[sum.cell]);
      out.components[component].sums.push_back(
          {sum.cell, HiddenPart(sum.parts, hidden, position_of)});
    }
  }
  for (HiddenComponent& component : out.components) {
    std::sort(component.sums.begin(), component.sums.end(),
              [](const Sum& l, const Sum& r) { return l.cell < r.cell; });
  }
  return out;
}

}  // namespace renkei::policy::disclosure
