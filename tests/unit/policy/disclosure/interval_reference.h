// The slow and obvious reference of the interval audit: every table that a reader could believe in,
// by trying every value. Small random tables: rows x columns with margins, random shown cells,
// random attackers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "policy/disclosure/interval_audit.h"

namespace renkei::policy::disclosure {

struct Interval {
  int64_t low = std::numeric_limits<int64_t>::max();
  int64_t high = std::numeric_limits<int64_t>::min();
};

// Of each cell, over all tables with the same shown and known cells; by trying every value.
class Enumeration {
 public:
  Enumeration(const CellSystem& system, std::vector<bool> open)
      : system_(system),
        open_(std::move(open)),
        value_(system.cells.size()),
        intervals_(system.cells.size()) {
    for (size_t c = 0; c < value_.size(); ++c) value_[c] = system.cells[c].value;
    for (uint32_t c = 0; c < open_.size(); ++c) {
      if (open_[c]) order_.push_back(c);
    }
    last_of_.resize(system.cells.size());
    for (uint32_t e = 0; e < system.equations.size(); ++e) {
      int64_t last = -1;
      for (const Term& t : system.equations[e]) {
        if (open_[t.variable]) last = std::max<int64_t>(last, t.variable);
      }
      if (last >= 0) last_of_[static_cast<size_t>(last)].push_back(e);
    }
  }

  const std::vector<Interval>& Run() {
    Try(0);
    return intervals_;
  }

 private:
  void Try(size_t position) {
    if (position == order_.size()) {
      for (const uint32_t c : order_) {
        intervals_[c].low = std::min(intervals_[c].low, value_[c]);
        intervals_[c].high = std::max(intervals_[c].high, value_[c]);
      }
      return;
    }
    const uint32_t c = order_[position];
    if (!last_of_[c].empty()) {
      // The equation that ends here leaves one value.
      const Row& row = system_.equations[last_of_[c].front()];
      int64_t sum = 0;
      int64_t coefficient = 0;
      for (const Term& t : row) {
        if (t.variable == c) {
          coefficient = t.coefficient;
        } else {
          sum += t.coefficient * value_[t.variable];
        }
      }
      if (sum % coefficient == 0) Assign(position, -sum / coefficient);
      return;
    }
    for (int64_t v = system_.cells[c].floor; v <= system_.cells[c].cap; ++v) Assign(position, v);
  }
  void Assign(size_t position, int64_t v) {
    const uint32_t c = order_[position];
    if (v < system_.cells[c].floor || v > system_.cells[c].cap) return;
    value_[c] = v;
    const bool holds = std::all_of(last_of_[c].begin(), last_of_[c].end(), [this](uint32_t e) {
      int64_t sum = 0;
      for (const Term& t : system_.equations[e]) sum += t.coefficient * value_[t.variable];
      return sum == 0;
    });
    if (holds) Try(position + 1);
  }

  const CellSystem& system_;
  std::vector<bool> open_;
  std::vector<int64_t> value_;
  std::vector<Interval> intervals_;
  std::vector<uint32_t> order_;
  std::vector<std::vector<uint32_t>> last_of_;
};

// A total and the parts that add up to it, in this order; nothing is asked of any.
inline CellSystem TotalAndParts(std::initializer_list<int64_t> values) {
  CellSystem system;
  Row row;
  for (const int64_t value : values) {
    row.push_back({static_cast<uint32_t>(system.cells.size()), row.empty() ? -1 : 1});
    IntervalCell& cell = system.cells.emplace_back();
    cell.value = cell.need_low = cell.need_high = value;
    cell.floor = 1;
  }
  system.equations = {row};
  return system;
}

inline constexpr int64_t kSmall = 4;  // counts of 1..3 are protected

// rows x columns with margins; floor 1 where zeros are shown.
inline CellSystem RandomTable(uint64_t seed) {
  std::mt19937_64 random(seed);
  const uint32_t rows = 2 + static_cast<uint32_t>(random() % 2);
  const uint32_t columns = 2 + static_cast<uint32_t>(random() % 2);
  const int64_t floor = static_cast<int64_t>(random() % 2);
  const auto index = [&](uint32_t r, uint32_t c) { return r * (columns + 1) + c; };
  CellSystem system;
  system.cells.resize((rows + 1) * (columns + 1));
  for (uint32_t r = 0; r < rows; ++r) {
    for (uint32_t c = 0; c < columns; ++c) {
      const int64_t x = random() % 5 == 0 ? 0 : static_cast<int64_t>(random() % 7);
      system.cells[index(r, c)].value = x;
      system.cells[index(r, columns)].value += x;
      system.cells[index(rows, c)].value += x;
      system.cells[index(rows, columns)].value += x;
    }
  }
  for (IntervalCell& cell : system.cells) {
    cell.floor = std::min(floor, cell.value);
    cell.cap = cell.value + 1 + static_cast<int64_t>(random() % 8);
    cell.is_protected = cell.value > 0 && cell.value < kSmall;
    cell.need_low = cell.is_protected ? std::max<int64_t>(cell.floor, 1) : cell.value;
    cell.need_high = cell.is_protected ? std::min(cell.cap, kSmall - 1) : cell.value;
    cell.may_hide = cell.value > 0;
    cell.cost = 1 + static_cast<double>(cell.value);
  }
  for (uint32_t r = 0; r <= rows; ++r) {
    Row row = {{index(r, columns), -1}};
    for (uint32_t c = 0; c < columns; ++c) row.push_back({index(r, c), 1});
    system.equations.push_back(row);
  }
  for (uint32_t c = 0; c <= columns; ++c) {
    Row row = {{index(rows, c), -1}};
    for (uint32_t r = 0; r < rows; ++r) row.push_back({index(r, c), 1});
    system.equations.push_back(row);
  }
  return system;
}

inline std::vector<bool> RandomPattern(const CellSystem& system, uint64_t seed) {
  std::mt19937_64 random(seed * 31 + 7);
  std::vector<bool> hidden;
  for (const IntervalCell& cell : system.cells) {
    hidden.push_back(cell.is_protected || (cell.may_hide && random() % 3 == 0));
  }
  return hidden;
}

inline std::vector<Attacker> RandomAttackers(const CellSystem& system, uint64_t seed) {
  std::mt19937_64 random(seed * 17 + 3);
  std::vector<Attacker> attackers(2);
  for (Attacker& attacker : attackers) {
    for (uint32_t c = 0; c < system.cells.size(); ++c) {
      const IntervalCell& cell = system.cells[c];
      if (random() % 6 == 0) {
        attacker.views.push_back(KnownCell(c, cell.value));
      } else if (random() % 4 == 0 && cell.value > cell.floor) {
        // A part of it is his.
        const int64_t own = cell.floor + 1;
        attacker.views.push_back({c, own, cell.cap, std::max(own, cell.need_low), cell.need_high});
      }
    }
  }
  return attackers;
}

inline std::vector<Violation> TrueViolations(const CellSystem& system,
                                             const std::vector<bool>& hidden,
                                             const std::vector<Attacker>& attackers) {
  std::vector<Violation> violations;
  for (int32_t a = kPublic; a < static_cast<int32_t>(attackers.size()); ++a) {
    std::vector<bool> open = hidden;
    CellSystem seen = system;
    if (a >= 0) {
      for (const View& view : attackers[static_cast<size_t>(a)].views) {
        IntervalCell& cell = seen.cells[view.cell];
        if (view.floor == view.cap) open[view.cell] = false;
        cell.floor = view.floor;
        cell.cap = view.cap;
        cell.need_low = view.need_low;
        cell.need_high = view.need_high;
      }
    }
    const std::vector<Interval> intervals = Enumeration(seen, open).Run();
    for (uint32_t c = 0; c < system.cells.size(); ++c) {
      const IntervalCell& cell = seen.cells[c];
      if (!open[c] || !cell.is_protected) continue;
      if (intervals[c].low > cell.need_low) {
        violations.push_back({{c, cell.need_low - cell.value}, a});
      }
      if (intervals[c].high < cell.need_high) {
        violations.push_back({{c, cell.need_high - cell.value}, a});
      }
    }
  }
  return violations;
}

inline bool Has(const std::vector<Violation>& list, const Violation& violation) {
  return std::find(list.begin(), list.end(), violation) != list.end();
}

// Against an attacker who knows nothing where the need is, the public's violation stands for his.
inline bool IsNamed(const std::vector<Violation>& list, const Violation& violation) {
  return Has(list, violation) || Has(list, {violation.need, kPublic});
}

}  // namespace renkei::policy::disclosure
