// Linear systems of a family: measures that share equations are stacked (privacy 3.3). Inside
// disclosure only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/linear_system.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

// Measures that relations link, with the relations among them.
struct Component {
  std::vector<int> measures;
  std::vector<const RelationBlock*> relations;
};
std::vector<Component> LinkedComponents(const FamilyCounts& family);

// What the reader is assumed to know without being told.
enum class ReaderKnows {
  // Every zero and every full cell, whether shown or not: for the protection of counts above zero,
  // since a
  // margin of zero shows all zeros below it.
  kZeros,
  // Only that nobody is where nobody can be: so that no hidden cell, a zero included, is exact
  // (R10).
  kEmptyCells,
  // Nothing: rows keep every variable.
  kNothing,
};

// What the shown cells of a pattern give together, as a difference, and must not follow: the sum of
// the blocks (measures or rests, which share nobody) over the age groups (likewise).
struct Remainder {
  std::vector<int> blocks;
  Slice slice;
  int sex_group = 0;
  std::vector<int> age_groups;
  bool operator==(const Remainder&) const = default;
};

// Visits every inner cell of a sum with its place, kind, sex and band.
template <typename Visit>
void ForEachInner(const Remainder& sum, int geographies, Visit visit) {
  const SexGroup& sex = kSexGroups[static_cast<size_t>(sum.sex_group)];
  for (const int group : sum.age_groups) {
    const AgeGroup& age = kAgeGroups[static_cast<size_t>(group)];
    for (int g = 0; g < geographies; ++g) {
      for (int k = 0; k < kKinds; ++k) {
        if (!sum.slice.Contains(g, k)) continue;
        for (int s = sex.from; s <= sex.to; ++s) {
          for (int b = age.from; b <= age.to; ++b) visit(g, k, s, b);
        }
      }
    }
  }
}

// PRF of a cell under the table's key: breaks ties and shakes costs, the same for a series (R11).
uint64_t TieOfCell(const FamilyCounts& family, int measure, const Slice& slice, const SexGroup& sex,
                   const AgeGroup& age, std::span<const uint8_t> table_key);

struct ComponentSystem {
  LinearSystem system;
  // Publishable cells come first: component measure p, cell c is at p * publishable_cells + c.
  size_t cells_per_measure = 0;
};

// Blocks of a component in the order of its variables: measures, then rests. Each has
// VariablesOfBlock of them, by geography, kind, sex and band.
std::vector<int> BlocksOf(const Component& component);
inline uint32_t VariablesOfBlock(int geographies) {
  return static_cast<uint32_t>(geographies * kKinds * tables::kSexes * tables::kBands);
}

// Per variable: is it known to such a reader?
std::vector<bool> KnownVariables(const FamilyCounts& family, const Component& component,
                                 const std::vector<std::vector<Judgement>>& judgements,
                                 ReaderKnows knows);

// `judgements[b]` belongs to block b. `hidden` presets the publishable cells, empty for none.
ComponentSystem BuildSystem(const FamilyCounts& family, const TableShape& shape,
                            const Component& component,
                            const std::vector<std::vector<Judgement>>& judgements,
                            ReaderKnows knows, std::span<const uint8_t> table_key,
                            const std::vector<bool>& hidden, std::span<const Remainder> remainders);

}  // namespace renkei::policy::disclosure
