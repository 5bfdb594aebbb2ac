#include "policy/disclosure/linked_rows.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

template <typename Visit>
void ForEachInnerCell(const FamilyCounts& family, Visit visit) {
  for (int g = 0; g < family.geographies; ++g) {
    for (int k = 0; k < kKinds; ++k) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) visit(g, k, s, b);
      }
    }
  }
}

// A row, and what its parts lie within: per inner cell, persons.
struct BoundRow {
  LinkedRow row;
  std::vector<int64_t> whole;
};

BoundRow Bind(const FamilyCounts& family, LinkedRow row, std::vector<int64_t> whole) {
  std::sort(row.parts.begin(), row.parts.end());
  row.rest = whole;
  for (const int part : row.parts) {
    size_t v = 0;
    ForEachInnerCell(family, [&](int g, int k, int s, int b) {
      row.rest[v++] -= PooledInner(family, part, g, k, s, b).x;
    });
  }
  for (int64_t& rest : row.rest) {
    if (rest < 0 || (row.adds_up && rest != 0)) rest = -1;
  }
  return {std::move(row), std::move(whole)};
}

BoundRow RowOf(const FamilyCounts& family, const RelationBlock& relation) {
  std::vector<int64_t> whole;
  ForEachInnerCell(family, [&](int g, int k, int s, int b) {
    whole.push_back(relation.total >= 0 ? PooledInner(family, relation.total, g, k, s, b).x
                                        : PooledInner(family, relation.rest, g, k, s, b).n);
  });
  return Bind(
      family,
      {relation.total, relation.parts, relation.rest < 0, !family.HidesZeroRests(relation), {}},
      std::move(whole));
}

BoundRow RowOf(const FamilyCounts& family, const std::vector<int>& classes) {
  std::vector<int64_t> whole;
  ForEachInnerCell(family, [&](int g, int k, int s, int b) {
    whole.push_back(PooledInner(family, classes.front(), g, k, s, b).n);
  });
  return Bind(family, {-1, classes, true, false, {}}, std::move(whole));
}

// Does the row of as many parts or more say at least as much, in every inner cell?
bool IsImplied(const BoundRow& bound, const BoundRow& by_bound) {
  const LinkedRow& row = bound.row;
  const LinkedRow& by = by_bound.row;
  if (&row == &by || row.total != by.total) return false;
  const bool has_same_parts = row.parts == by.parts;
  if (has_same_parts && row.adds_up == by.adds_up && row.zeros_are_known == by.zeros_are_known &&
      row.rest == by.rest && bound.whole == by_bound.whole) {
    return &by < &row;
  }
  if (!std::includes(by.parts.begin(), by.parts.end(), row.parts.begin(), row.parts.end())) {
    return false;
  }
  for (size_t v = 0; v < row.rest.size(); ++v) {
    if (row.IsSilent(v)) continue;
    if (by.IsSilent(v) || by_bound.whole[v] > bound.whole[v]) return false;
    // Of more parts the others could make up for what changes in these.
    if (row.IsExact(v) && !(by.IsExact(v) && has_same_parts)) return false;
  }
  return true;
}

// A row of too many measures says less, of some of the parts at a time.
void Add(const FamilyCounts& family, BoundRow bound, std::vector<BoundRow>* rows) {
  const LinkedRow& row = bound.row;
  if (row.measures().size() <= kMostLinkedMeasures) {
    rows->push_back(std::move(bound));
    return;
  }
  const size_t most = kMostLinkedMeasures - (row.total >= 0 ? 1 : 0);
  const size_t times = (row.parts.size() + most - 1) / most;
  for (size_t i = 0; i < times; ++i) {
    const auto at = [&](size_t share) {
      return row.parts.begin() + static_cast<std::ptrdiff_t>(row.parts.size() * share / times);
    };
    rows->push_back(
        Bind(family, {row.total, {at(i), at(i + 1)}, false, row.zeros_are_known, {}}, bound.whole));
  }
}

std::vector<BoundRow> RowsOf(const FamilyCounts& family) {
  std::vector<BoundRow> rows;
  for (const std::vector<int>& classes : family.whole_populations) {
    Add(family, RowOf(family, classes), &rows);
  }
  for (const RelationBlock& relation : family.relations) {
    Add(family, RowOf(family, relation), &rows);
  }
  return rows;
}

bool Touches(const LinkedRow& row, const std::vector<int>& measures) {
  const std::vector<int> own = row.measures();
  return std::any_of(own.begin(), own.end(), [&](int measure) {
    return std::binary_search(measures.begin(), measures.end(), measure);
  });
}

void Join(const LinkedRow& row, std::vector<int>* measures) {
  const std::vector<int> own = row.measures();
  measures->insert(measures->end(), own.begin(), own.end());
  std::sort(measures->begin(), measures->end());
  measures->erase(std::unique(measures->begin(), measures->end()), measures->end());
}

}  // namespace

std::vector<int> LinkedRow::measures() const {
  std::vector<int> all = parts;
  if (total >= 0) all.push_back(total);
  return all;
}

std::vector<LinkedGroup> LinkedGroupsOf(const FamilyCounts& family) {
  std::vector<BoundRow> rows = RowsOf(family);
  std::vector<bool> is_implied(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    is_implied[r] = std::any_of(rows.begin(), rows.end(),
                                [&](const BoundRow& by) { return IsImplied(rows[r], by); });
  }
  std::vector<int> root(family.attributes.size());
  std::iota(root.begin(), root.end(), 0);
  const auto find = [&root](int m) {
    while (root[static_cast<size_t>(m)] != m) m = root[static_cast<size_t>(m)];
    return m;
  };
  for (const BoundRow& bound : rows) {
    const std::vector<int> measures = bound.row.measures();
    for (const int m : measures) {
      const int a = find(m), b = find(measures.front());
      root[static_cast<size_t>(std::max(a, b))] = std::min(a, b);
    }
  }
  std::vector<LinkedGroup> groups;
  std::vector<int> group_of(root.size(), -1);
  for (size_t r = 0; r < rows.size(); ++r) {
    if (is_implied[r]) continue;
    int& group = group_of[static_cast<size_t>(find(rows[r].row.parts.front()))];
    if (group < 0) {
      group = static_cast<int>(groups.size());
      groups.emplace_back();
    }
    LinkedGroup& of_row = groups[static_cast<size_t>(group)];
    Join(rows[r].row, &of_row.measures);
    of_row.rows.push_back(std::move(rows[r].row));
  }
  return groups;
}

std::vector<LinkedGroup> PartsOf(const LinkedGroup& group, size_t most_measures) {
  std::vector<LinkedGroup> parts;
  std::vector<bool> is_in_one(group.rows.size());
  for (size_t first = 0; first < group.rows.size(); ++first) {
    LinkedGroup part{group.rows[first].measures(), {}};
    std::sort(part.measures.begin(), part.measures.end());
    if (is_in_one[first] || part.measures.size() > most_measures) continue;
    for (size_t before = 0; before != part.measures.size();) {
      before = part.measures.size();
      for (const LinkedRow& row : group.rows) {
        if (!Touches(row, part.measures)) continue;
        std::vector<int> wider = part.measures;
        Join(row, &wider);
        if (wider.size() <= most_measures) part.measures = std::move(wider);
      }
    }
    for (size_t r = 0; r < group.rows.size(); ++r) {
      std::vector<int> with_row = part.measures;
      Join(group.rows[r], &with_row);
      if (with_row != part.measures) continue;
      part.rows.push_back(group.rows[r]);
      is_in_one[r] = true;
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<int> WithWhatAddsUp(const LinkedGroup& group, std::vector<int> measures) {
  for (size_t before = 0; before != measures.size();) {
    before = measures.size();
    for (const LinkedRow& row : group.rows) {
      if (row.adds_up && Touches(row, measures)) Join(row, &measures);
    }
  }
  return measures;
}

std::vector<int> WithNeighbours(const LinkedGroup& group, const std::vector<int>& measures) {
  std::vector<int> wider = measures;
  for (const LinkedRow& row : group.rows) {
    if (Touches(row, measures)) Join(row, &wider);
  }
  return WithWhatAddsUp(group, std::move(wider));
}

}  // namespace renkei::policy::disclosure
