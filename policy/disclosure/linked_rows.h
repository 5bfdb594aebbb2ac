// What relations say of the inner counts of several measures of one release (privacy 3.3): parts
// lie within a total or within everybody who is counted, or add up to it, in each inner cell.
// Inside disclosure only. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/family_counts.h"

namespace renkei::policy::disclosure {

struct LinkedRow {
  int total = -1;          // measure index; -1: everybody, who is known
  std::vector<int> parts;  // measure indices, ascending
  bool adds_up = false;
  bool zeros_are_known = false;  // to the reader of the audit: where nobody is in none of the parts
  // Per inner cell, in the order of InnerIndex, who is in none of the parts; below 0: the counts
  // contradict the relation there.
  std::vector<int64_t> rest;

  std::vector<int> measures() const;
  // Does it say nothing there?
  bool IsSilent(size_t v) const { return rest[v] < 0; }
  // May nobody else come to be in none of the parts there?
  bool IsExact(size_t v) const { return adds_up || (zeros_are_known && rest[v] == 0); }
};

// Measures that rows link, directly or by way of others.
struct LinkedGroup {
  std::vector<int> measures;  // ascending
  std::vector<LinkedRow> rows;
};

// Programs of more take minutes.
inline constexpr size_t kMostLinkedMeasures = 8;

// Of two measures or more each. Rows that others imply are left out, and of more measures there are
// only rows of some of the parts.
std::vector<LinkedGroup> LinkedGroupsOf(const FamilyCounts& family);

// Parts of at most so many measures, each with all rows among them, which may share measures: every
// row is in one, but those of more measures.
std::vector<LinkedGroup> PartsOf(const LinkedGroup& group,
                                 size_t most_measures = kMostLinkedMeasures);

// `measures`, ascending, with all that rows which add up link to them.
std::vector<int> WithWhatAddsUp(const LinkedGroup& group, std::vector<int> measures);

// The same with all that any row links to one of them.
std::vector<int> WithNeighbours(const LinkedGroup& group, const std::vector<int>& measures);

}  // namespace renkei::policy::disclosure
