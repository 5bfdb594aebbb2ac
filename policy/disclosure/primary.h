// Primary suppression: the rules of R3 to R7 on pooled counts. Inside disclosure only. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/place_sets.h"
#include "policy/rules/policy_document.h"
#include "policy/rules/withheld_levels.h"

namespace renkei::policy::disclosure {

// Bits of why a cell is primary; 0 = it is not.
inline constexpr uint8_t kSmallCount = 1;
inline constexpr uint8_t kFewMembers = 2;
inline constexpr uint8_t kNoAgreement = 4;
inline constexpr uint8_t kPopulation = 8;

struct Judgement {
  Count count;
  int contributors = 0;  // members with n > 0 (R3)
  uint8_t reasons = 0;
  bool structurally_empty = false;
  bool collected =
      true;  // false: members of the kind take part, but none has collected the measure
};

// Publishable slices first, then differences, then sets of places with what is between them.
struct TableShape {
  std::vector<Slice> slices;
  size_t publishable = 0;
  std::vector<PlaceSet> sets;
  size_t first_of_sets = 0;
  size_t cells() const { return slices.size() * kGroupsPerSlice; }
  size_t publishable_cells() const { return publishable * kGroupsPerSlice; }
  // Slice of a set: of all kinds, then of each.
  size_t SliceOfSet(size_t set, size_t kind_slice) const {
    return first_of_sets + set * kSlicesPerSet + kind_slice;
  }
};
// `sets`: that groupings show, and that follow from them; each once.
TableShape ShapeOf(int geographies, std::vector<PlaceSet> sets = {});

constexpr size_t CellIndex(size_t slice, int sex_group, int age_group) {
  return (slice * kSexGroups.size() + static_cast<size_t>(sex_group)) * kAgeGroups.size() +
         static_cast<size_t>(age_group);
}

// Of a cell: the indices of its slice, sexes and ages.
constexpr size_t SliceOfCell(size_t cell) { return cell / kGroupsPerSlice; }
constexpr int SexGroupOfCell(size_t cell) {
  return static_cast<int>(cell / kAgeGroups.size() % kSexGroups.size());
}
constexpr int AgeGroupOfCell(size_t cell) { return static_cast<int>(cell % kAgeGroups.size()); }
constexpr const SexGroup& SexesOfCell(size_t cell) {
  return kSexGroups[cell / kAgeGroups.size() % kSexGroups.size()];
}
constexpr const AgeGroup& AgesOfCell(size_t cell) { return kAgeGroups[cell % kAgeGroups.size()]; }
// The cell of the same slice and sexes, and of another age group.
constexpr size_t AtAgeGroup(size_t cell, int age_group) {
  return cell - cell % kAgeGroups.size() + static_cast<size_t>(age_group);
}

// Half-open.
struct SliceRange {
  size_t from = 0;
  size_t to = 0;
};

// Visits every cell with the indices of its slice, sexes and ages.
template <typename Visit>
void ForEachCell(const SliceRange& slices, Visit visit) {
  for (size_t slice = slices.from; slice < slices.to; ++slice) {
    for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
      for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) visit(slice, s, a);
    }
  }
}

// Of a publishable cell, or of a set's: as fine as a municipality.
rules::Grain GrainOf(const TableShape& shape, size_t cell);

// Flags up to the end of the range: the cells of it that are withheld as whole levels.
std::vector<bool> WithheldCells(const FamilyCounts& family, const TableShape& shape,
                                const SliceRange& slices);

// Every cell and difference of a measure, in the order of CellIndex.
std::vector<Judgement> JudgeMeasure(const FamilyCounts& family, const TableShape& shape,
                                    int measure);

// The judgements of every measure and every rest of a family, by block.
std::vector<std::vector<Judgement>> JudgeFamily(const FamilyCounts& family,
                                                const TableShape& shape);

// What a sum of cells of a block may show at least: the strictest of its age groups.
rules::CellThreshold ThresholdOfCells(const FamilyCounts& family, int block, const Slice& slice,
                                      int sex_group, std::span<const int> age_groups);

// A municipality's people by type of insurer; a municipality's own insured are a type (privacy 2).
bool CrossesInsurerType(const Slice& slice);

// Reasons of a sum of cells of a measure that is none of the shape's; the age groups share nobody.
uint8_t ReasonsOfCells(const FamilyCounts& family, int measure, const Slice& slice, int sex_group,
                       std::span<const int> age_groups);

// t of a sum of cells: the strictest that a municipality's population asks for (R6).
int64_t MinCellOf(const FamilyCounts& family, std::span<const int> blocks, const Slice& slice,
                  int sex_group, std::span<const int> age_groups);

// Are the blocks together, which share nobody, few persons in a cell, to everybody or to a
// contributor who subtracts his own?
bool IsSmallSum(const FamilyCounts& family, std::span<const int> blocks, const Slice& slice,
                int sex_group, int age_group);

// Is the rest of a relation few persons in such a cell, to everybody or to a contributor who
// subtracts his own (R4)?
bool IsSmallRest(const FamilyCounts& family, const RelationBlock& relation, const Slice& slice,
                 int sex_group, int age_group);

// The rest of a relation: a class of persons that is never printed, primary when it is small.
std::vector<Judgement> JudgeRest(const FamilyCounts& family, const TableShape& shape,
                                 const RelationBlock& relation);

}  // namespace renkei::policy::disclosure
