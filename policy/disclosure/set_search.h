// What the shown cells of releases and groupings give together (privacy 5.4): sets of places whose
// sums follow, by whatever way, and of such a set's line the bands or classes that are left. What
// is found is judged like a cell. Inside disclosure only. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/echelon.h"
#include "policy/disclosure/ledger_system.h"
#include "policy/disclosure/place_sets.h"

namespace renkei::policy::disclosure {

class SetSearch {
 public:
  // Of one group. `hidden`: per candidate of the stack; `knows`: variables that the reader knows.
  // The references outlive it.
  SetSearch(const std::vector<LedgerView>& views, const TableShape& shape,
            const StackedSystem& stack, const std::vector<bool>& hidden,
            const std::vector<bool>& knows);

  // Sets that are none of the shape's, no single place and not the area: of every choice of kinds,
  // sex and age those that follow and hold no smaller one that does; the same of what changed
  // between two releases. FAILED_PRECONDITION, reason HELD, when too many unions overlap to look at
  // what follows.
  absl::StatusOr<std::vector<PlaceSet>> NewSets() const;

  // Rows that must not follow: of the shape's sets, each place and the area the hidden bands of an
  // age margin together, the hidden classes of a total.
  std::vector<Row> Rests() const;

 private:
  static constexpr size_t kLines = kSlicesPerSet * kGroupsPerSlice;
  using Residual = std::vector<uint64_t>;
  // A set of places with the first of its slices by kind.
  struct Summed {
    PlaceSet places;
    size_t first_slice;
  };

  // What the rows leave of the inner counts of some releases, dense over the variables that are
  // left of any: by release, place, kind, sex and band.
  std::vector<std::vector<Residual>> Dense(const std::vector<MadeMeasure>& releases) const;
  Residual LineResidual(const std::vector<Residual>& inner, int place, size_t line) const;
  // Combinations of the places whose residuals vanish.
  PlaceSpan Vanishing(const std::vector<Residual>& of_places) const;
  bool Follows(const MadeMeasure& of, const PlaceSet& set, size_t kind_slice, int sex,
               int age) const;
  void AddCell(const MadeMeasure& of, const PlaceSet& set, size_t kind_slice, int sex, int age,
               int32_t sign, Row* row) const;
  std::vector<Summed> AllSums() const;
  void BandsOf(const LedgerView& view, int measure, const Summed& sum,
               std::vector<Row>* rests) const;
  void ClassesOf(const LedgerView& view, const RelationBlock& relation, const Summed& sum,
                 std::vector<Row>* rests) const;

  const std::vector<LedgerView>& views_;
  const TableShape& shape_;
  const StackedSystem& stack_;
  int places_;
  // By place, kind, sex and band.
  std::map<MadeMeasure, std::vector<std::vector<Echelon::Entry>>> inner_;
  std::map<MadeMeasure, std::vector<PlaceSpan>> lines_;  // by kinds, sex and age
};

}  // namespace renkei::policy::disclosure
