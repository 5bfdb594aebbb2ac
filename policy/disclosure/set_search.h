// What the shown cells of releases and groupings give together (privacy 5.4): sets of places whose
// sums follow, by whatever way, and of such a set's line the bands or classes that are left. What
// is found is judged like a cell. Inside disclosure only. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "policy/disclosure/echelon.h"
#include "policy/disclosure/ledger_system.h"
#include "policy/disclosure/place_sets.h"

namespace renkei::policy::disclosure {

class SetSearch {
 public:
  // Of one group. `hidden`: per candidate of the stack; `knows`: variables that the reader knows;
  // `own_changes`: rows that it knows. Views, shape and stack outlive it.
  SetSearch(const std::vector<LedgerView>& views, const TableShape& shape,
            const StackedSystem& stack, const std::vector<bool>& hidden,
            const std::vector<bool>& knows, const std::vector<Row>& own_changes);

  // Sets that are none of the shape's, no single place and not the area: of every choice of kinds,
  // sex and age those that follow and hold no smaller one that does; the same of the rests of
  // relations, of margins together with their bands or classes, and of what changed between two
  // releases. FAILED_PRECONDITION, reason HELD, when too
  // many unions overlap to look at what follows.
  absl::StatusOr<std::vector<PlaceSet>> NewSets() const;

  // Rows that must not follow: of the shape's sets, each place and the area the hidden bands of an
  // age margin together, the hidden classes of a total.
  std::vector<Row> Rests() const;
  // The same of what changed between two releases: the hidden bands of an age margin together.
  std::vector<Row> ChangeRests() const;

 private:
  static constexpr size_t kLines = kSlicesPerSet * kGroupsPerSlice;
  using Residual = std::vector<uint64_t>;
  // What the rows leave of inner counts: by place, kind, sex and band.
  using Inner = std::vector<std::vector<Echelon::Entry>>;
  // What changed of a measure that two releases made.
  struct Change {
    MadeMeasure then, now;
    std::vector<PlaceSpan> lines;
  };
  // The area, a place or a set of the shape.
  struct Summed {
    PlaceSet places;
    std::optional<size_t> set;
  };

  // By kinds, sex and age the places whose sums follow, of one release or of what changed since
  // `then`.
  std::vector<PlaceSpan> LinesOf(const Inner& now, const Inner* then) const;
  static Residual LineResidual(const std::vector<Residual>& inner, int place, size_t line);
  // Of margins and totals where parts of them follow as well, the bands or classes.
  std::vector<PlaceSpan> SpansTogether() const;
  bool Follows(const MadeMeasure& of, const PlaceSet& set, size_t kind_slice, int sex,
               int age) const;
  void AddCell(const MadeMeasure& of, const PlaceSet& set, size_t kind_slice, int sex, int age,
               int32_t sign, Row* row) const;
  std::vector<Summed> AllSums() const;
  Slice SliceOf(const Summed& sum, size_t kind_slice) const;
  // Of an age margin that follows the bands that do not, where they are two or more and not all.
  void ForEachHiddenBands(
      const std::vector<PlaceSpan>& lines, const Summed& sum,
      absl::FunctionRef<void(size_t kinds, int sex, const std::vector<int>& bands)> visit) const;
  void BandsOf(const LedgerView& view, int measure, const Summed& sum,
               std::vector<Row>* rests) const;
  void ClassesOf(const LedgerView& view, const RelationBlock& relation, const Summed& sum,
                 std::vector<Row>* rests) const;

  const std::vector<LedgerView>& views_;
  const TableShape& shape_;
  const StackedSystem& stack_;
  int places_;
  std::map<MadeMeasure, std::vector<PlaceSpan>> lines_;
  std::vector<std::vector<PlaceSpan>> lines_of_rests_;
  std::vector<Change> changes_;
};

}  // namespace renkei::policy::disclosure
