#include "policy/disclosure/primary.h"

#include <algorithm>
#include <utility>

#include "policy/rules/policy_document.h"

namespace renkei::policy::disclosure {
namespace {

bool IsSmall(int64_t count, int64_t min_cell) { return count > 0 && count < min_cell; }

// The one geography that holds all of a cell's persons; -1 when none or several do.
int OnlyGeography(const FamilyCounts& family, const Block& block, const Slice& slice, int sex,
                  int age) {
  int only = -1;
  for (int g = 0; g < family.geographies; ++g) {
    uint8_t kinds = 0;
    for (int k = 0; k < kKinds; ++k) {
      if (slice.Contains(g, k)) kinds = static_cast<uint8_t>(kinds | 1 << k);
    }
    if (kinds == 0) continue;
    const Slice one{Slice::Scope::kOne, g, kinds, false};
    for (size_t i = 0; i < family.kind_of.size(); ++i) {
      if (block.Of(i, family.kind_of[i], one, sex, age).n == 0) continue;
      if (only >= 0) return -1;
      only = g;
      break;
    }
  }
  return only;
}

// A set of municipalities is as strict as the strictest in it. Its population is that of all.
rules::CellThreshold ThresholdOfSet(const FamilyCounts& family, const Slice& slice) {
  const tables::Layout& layout = *family.request->layout;
  rules::CellThreshold out{false, family.min_cell};
  int64_t population = 0;
  for (int g = 0; g < family.geographies; ++g) {
    if (slice.selected[static_cast<size_t>(g)] == 0) continue;
    if (g == layout.unknown_geography()) return {false, out.min_cell};
    const int64_t persons =
        family.request->population_persons.at(layout.municipalities()[static_cast<size_t>(g)]);
    out.min_cell = std::max(
        out.min_cell, rules::ThresholdOfMunicipality(family.request->policy, persons).min_cell);
    population += persons;
  }
  out.hide = rules::ThresholdOfMunicipality(family.request->policy, population).hide;
  return out;
}

// R6: a municipality has the threshold of its population; so has a margin that differs from it by
// nothing.
rules::CellThreshold ThresholdOf(const FamilyCounts& family, const Block& block, const Slice& slice,
                                 int sex, int age) {
  if (slice.scope == Slice::Scope::kSelected) return ThresholdOfSet(family, slice);
  rules::CellThreshold out{false, family.min_cell};
  const int g = slice.scope == Slice::Scope::kOne ? slice.geography
                                                  : OnlyGeography(family, block, slice, sex, age);
  const tables::Layout& layout = *family.request->layout;
  if (g < 0 || g == layout.unknown_geography()) return out;
  const std::string& code = layout.municipalities()[static_cast<size_t>(g)];
  const rules::CellThreshold band = rules::ThresholdOfMunicipality(
      family.request->policy, family.request->population_persons.at(code));
  return {band.hide, std::max(out.min_cell, band.min_cell)};
}

// The members' shares of one cell.
struct Shares {
  Count total;
  std::vector<Count> of_contributor;
  bool all_allow_display = true;
  bool all_insurers_allow_cross = true;
};

Shares SharesOfSum(const FamilyCounts& family, std::span<const Block* const> blocks,
                   const Slice& slice, int sex, std::span<const int> ages) {
  Shares out;
  for (size_t i = 0; i < family.kind_of.size(); ++i) {
    Count own;
    for (const Block* block : blocks) {
      for (const int age : ages) own = own + block->Of(i, family.kind_of[i], slice, sex, age);
    }
    out.total = out.total + own;
    if (own.n == 0) continue;
    out.of_contributor.push_back(own);
    const PooledContribution& c = family.request->contributions[i];
    out.all_allow_display = out.all_allow_display && c.allow_member_level_display;
    if (c.kind != v1::MEMBER_KIND_WORKPLACE && !c.allow_insurer_type_by_municipality) {
      out.all_insurers_allow_cross = false;
    }
  }
  return out;
}

Shares SharesOf(const FamilyCounts& family, const Block& block, const Slice& slice, int sex,
                int age) {
  const Block* const blocks[] = {&block};
  return SharesOfSum(family, blocks, slice, sex, std::span(&age, 1));
}

// Is a class of `x` small, to everybody or to a contributor that takes off its own people?
bool IsSmallToSomebody(const Shares& shares, int64_t t) {
  return IsSmall(shares.total.x, t) ||
         std::any_of(shares.of_contributor.begin(), shares.of_contributor.end(),
                     [&](const Count& own) { return IsSmall(shares.total.x - own.x, t); });
}

bool HasSmallDifference(const FamilyCounts& family, int measure, const Slice& slice, int sex,
                        std::span<const int> ages, int64_t min_cell) {
  return std::any_of(
      family.differences.begin(), family.differences.end(), [&](const Difference& difference) {
        const Block* const blocks[] = {&difference.block};
        return difference.total == measure &&
               IsSmallToSomebody(SharesOfSum(family, blocks, slice, sex, ages), min_cell);
      });
}

uint8_t ReasonsOf(const FamilyCounts& family, const Shares& shares,
                  const rules::CellThreshold& threshold, const Slice& slice, bool sensitive) {
  uint8_t reasons = 0;
  if (threshold.hide) reasons |= kPopulation;
  const Count& total = shares.total;
  if (total.n == 0) return reasons;
  const int64_t t = threshold.min_cell;
  const int64_t y = total.n - total.x;
  if (IsSmall(total.x, t) || IsSmall(y, t)) reasons |= kSmallCount;
  if (sensitive && (total.x == 0 || y == 0)) reasons |= kSmallCount;  // R7
  for (const Count& own : shares.of_contributor) {
    // R4: what one contributor sees after subtracting its own.
    if (IsSmall(total.x - own.x, t) || IsSmall(y - (own.n - own.x), t)) reasons |= kSmallCount;
  }
  if (static_cast<int64_t>(shares.of_contributor.size()) < family.min_contributors &&
      !shares.all_allow_display) {
    reasons |= kFewMembers;
  }
  if (CrossesInsurerType(slice) && !shares.all_insurers_allow_cross) reasons |= kNoAgreement;
  return reasons;
}

bool IsCollected(const FamilyCounts& family, const Slice& slice, int measure) {
  bool any_member = false;
  for (size_t i = 0; i < family.kind_of.size(); ++i) {
    if ((slice.kinds >> family.kind_of[i] & 1) == 0) continue;
    any_member = true;
    if (family.request->contributions[i].cube->collected()[static_cast<size_t>(measure)]) {
      return true;
    }
  }
  return !any_member;
}

struct CellAddress {
  const Slice* slice;
  int sex;
  int age;
};

bool IsWithinCell(const CellAddress& inner, const CellAddress& outer, int geographies) {
  const auto within = [](const auto& a, const auto& b) { return b.from <= a.from && a.to <= b.to; };
  return within(kSexGroups[static_cast<size_t>(inner.sex)],
                kSexGroups[static_cast<size_t>(outer.sex)]) &&
         within(kAgeGroups[static_cast<size_t>(inner.age)],
                kAgeGroups[static_cast<size_t>(outer.age)]) &&
         IsWithin(*inner.slice, *outer.slice, geographies);
}

// A margin of 100 % tells that every cell in it is full too, the small ones included: it is primary
// with them. (A margin of 0 tells only zeros, which the zero policy shows.)
void SpreadToFullMargins(const TableShape& shape, int geographies, std::vector<Judgement>* cells) {
  std::vector<CellAddress> small;
  std::vector<size_t> full;
  std::vector<CellAddress> address(shape.cells());
  for (size_t slice = 0; slice < shape.slices.size(); ++slice) {
    for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
      for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
        const size_t c = CellIndex(slice, s, a);
        address[c] = {&shape.slices[slice], s, a};
        const Judgement& j = (*cells)[c];
        if (j.count.n == 0 || j.count.x != j.count.n) continue;
        if (j.reasons & kSmallCount) {
          small.push_back(address[c]);
        } else {
          full.push_back(c);
        }
      }
    }
  }
  for (const size_t c : full) {
    if (std::any_of(small.begin(), small.end(), [&](const CellAddress& inner) {
          return IsWithinCell(inner, address[c], geographies);
        })) {
      (*cells)[c].reasons |= kSmallCount;
    }
  }
}

}  // namespace

TableShape ShapeOf(int geographies, std::vector<PlaceSet> sets) {
  TableShape shape;
  shape.slices = PublishableSlices(geographies);
  shape.publishable = shape.slices.size();
  const std::vector<Slice> differences = DifferenceSlices(geographies);
  shape.slices.insert(shape.slices.end(), differences.begin(), differences.end());
  shape.first_of_sets = shape.slices.size();
  const std::vector<Slice> of_sets = SlicesOfSets(sets, geographies);
  shape.slices.insert(shape.slices.end(), of_sets.begin(), of_sets.end());
  shape.sets = std::move(sets);
  return shape;
}

static_assert(kAgeGroups[0].level == static_cast<uint32_t>(rules::AgeGrain::kFiveYears) &&
              kAgeGroups[7].level == static_cast<uint32_t>(rules::AgeGrain::kTwoBands) &&
              kAgeGroups[9].level == static_cast<uint32_t>(rules::AgeGrain::kAllAges));

rules::Grain GrainOf(const TableShape& shape, size_t cell) {
  const Slice& slice = shape.slices[SliceOfCell(cell)];
  const SexGroup& sex = SexesOfCell(cell);
  rules::Grain grain;
  grain.of_municipality =
      slice.scope == Slice::Scope::kOne || slice.scope == Slice::Scope::kSelected;
  grain.of_kind = slice.kinds != kAllKinds;
  grain.of_sex = sex.level > 0;
  grain.age = static_cast<rules::AgeGrain>(AgesOfCell(cell).level);
  return grain;
}

std::vector<bool> WithheldCells(const FamilyCounts& family, const TableShape& shape,
                                const SliceRange& slices) {
  rules::WithheldLevels levels = family.request->withheld;
  levels.Add(family.capped);
  std::vector<bool> withheld(slices.to * kGroupsPerSlice);
  for (size_t c = slices.from * kGroupsPerSlice; c < withheld.size(); ++c) {
    withheld[c] = levels.Withholds(GrainOf(shape, c));
  }
  return withheld;
}

std::vector<Judgement> JudgeMeasure(const FamilyCounts& family, const TableShape& shape,
                                    int measure) {
  const Block& block = family.blocks[static_cast<size_t>(measure)];
  const bool sensitive = family.attributes[static_cast<size_t>(measure)]->sensitive();
  const std::array<bool, 7>& empty = family.structurally_empty[static_cast<size_t>(measure)];
  std::vector<Judgement> cells(shape.cells());
  for (size_t slice = 0; slice < shape.slices.size(); ++slice) {
    const bool collected = IsCollected(family, shape.slices[slice], measure);
    for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
      for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
        Judgement& j = cells[CellIndex(slice, s, a)];
        const AgeGroup& age = kAgeGroups[static_cast<size_t>(a)];
        j.structurally_empty = std::all_of(empty.begin() + age.from, empty.begin() + age.to + 1,
                                           [](bool band) { return band; });
        j.collected = collected;
        const Shares shares = SharesOf(family, block, shape.slices[slice], s, a);
        j.count = shares.total;
        j.contributors = static_cast<int>(shares.of_contributor.size());
        // Nobody can be in it, whatever the counts are: nothing to protect.
        if (j.structurally_empty || !collected) continue;
        const rules::CellThreshold threshold =
            ThresholdOf(family, block, shape.slices[slice], s, a);
        j.reasons = ReasonsOf(family, shares, threshold, shape.slices[slice], sensitive);
        if (HasSmallDifference(family, measure, shape.slices[slice], s, std::span(&a, 1),
                               threshold.min_cell)) {
          j.reasons |= kSmallCount;
        }
      }
    }
  }
  SpreadToFullMargins(shape, family.geographies, &cells);
  return cells;
}

std::vector<std::vector<Judgement>> JudgeFamily(const FamilyCounts& family,
                                                const TableShape& shape) {
  std::vector<std::vector<Judgement>> judgements(family.blocks.size());
  for (size_t m = 0; m < family.attributes.size(); ++m) {
    judgements[m] = JudgeMeasure(family, shape, static_cast<int>(m));
  }
  for (const RelationBlock& relation : family.relations) {
    if (relation.rest >= 0) {
      judgements[static_cast<size_t>(relation.rest)] = JudgeRest(family, shape, relation);
    }
  }
  return judgements;
}

rules::CellThreshold ThresholdOfCells(const FamilyCounts& family, int block, const Slice& slice,
                                      int sex_group, std::span<const int> age_groups) {
  rules::CellThreshold threshold;
  for (const int age : age_groups) {
    const rules::CellThreshold one =
        ThresholdOf(family, family.blocks[static_cast<size_t>(block)], slice, sex_group, age);
    threshold.hide = threshold.hide || one.hide;
    threshold.min_cell = std::max(threshold.min_cell, one.min_cell);
  }
  return threshold;
}

bool CrossesInsurerType(const Slice& slice) {
  // A union of municipalities is as far below the area as each of them.
  const bool is_below_area =
      slice.scope == Slice::Scope::kOne || slice.scope == Slice::Scope::kSelected;
  return is_below_area && (slice.kinds == 1 || slice.kinds == 2);
}

uint8_t ReasonsOfCells(const FamilyCounts& family, int measure, const Slice& slice, int sex_group,
                       std::span<const int> age_groups) {
  const Block& block = family.blocks[static_cast<size_t>(measure)];
  const Block* const blocks[] = {&block};
  const rules::CellThreshold threshold =
      ThresholdOfCells(family, measure, slice, sex_group, age_groups);
  const uint8_t reasons =
      HasSmallDifference(family, measure, slice, sex_group, age_groups, threshold.min_cell)
          ? kSmallCount
          : uint8_t{0};
  return reasons | ReasonsOf(family, SharesOfSum(family, blocks, slice, sex_group, age_groups),
                             threshold, slice,
                             family.attributes[static_cast<size_t>(measure)]->sensitive());
}

int64_t MinCellOf(const FamilyCounts& family, std::span<const int> blocks, const Slice& slice,
                  int sex_group, std::span<const int> age_groups) {
  int64_t min_cell = family.min_cell;
  for (const int block : blocks) {
    for (const int age : age_groups) {
      min_cell = std::max(min_cell, ThresholdOf(family, family.blocks[static_cast<size_t>(block)],
                                                slice, sex_group, age)
                                        .min_cell);
    }
  }
  return min_cell;
}

bool IsSmallSum(const FamilyCounts& family, std::span<const int> blocks, const Slice& slice,
                int sex_group, int age_group) {
  std::vector<const Block*> summed;
  for (const int block : blocks) summed.push_back(&family.blocks[static_cast<size_t>(block)]);
  const int64_t min_cell = MinCellOf(family, blocks, slice, sex_group, std::span(&age_group, 1));
  return IsSmallToSomebody(SharesOfSum(family, summed, slice, sex_group, std::span(&age_group, 1)),
                           min_cell);
}

bool IsSmallRest(const FamilyCounts& family, const RelationBlock& relation, const Slice& slice,
                 int sex_group, int age_group) {
  const Block& block = family.blocks[static_cast<size_t>(relation.rest)];
  const Shares shares = SharesOf(family, block, slice, sex_group, age_group);
  if (shares.total.n == 0) return false;
  const int64_t t = ThresholdOf(family, block, slice, sex_group, age_group).min_cell;
  const bool hides_zeros = family.HidesZeroRests(relation);
  const auto is_few = [&](int64_t x) { return IsSmall(x, t) || (hides_zeros && x == 0); };
  const bool has_others = shares.of_contributor.size() > 1;
  return is_few(shares.total.x) || std::any_of(shares.of_contributor.begin(),
                                               shares.of_contributor.end(), [&](const Count& own) {
                                                 const int64_t others = shares.total.x - own.x;
                                                 return has_others ? is_few(others)
                                                                   : IsSmall(others, t);
                                               });
}

std::vector<Judgement> JudgeRest(const FamilyCounts& family, const TableShape& shape,
                                 const RelationBlock& relation) {
  const Block& block = family.blocks[static_cast<size_t>(relation.rest)];
  std::vector<Judgement> cells(shape.cells());
  for (size_t slice = 0; slice < shape.slices.size(); ++slice) {
    for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
      for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
        Judgement& j = cells[CellIndex(slice, s, a)];
        j.count = SharesOf(family, block, shape.slices[slice], s, a).total;
        if (IsSmallRest(family, relation, shape.slices[slice], s, a)) j.reasons |= kSmallCount;
      }
    }
  }
  return cells;
}

}  // namespace renkei::policy::disclosure
