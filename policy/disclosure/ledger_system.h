// Everything that readers have of some linked measures, and would have with the candidate, as one
// linear system (privacy 5.2): inner counts of every release as variables, one variable for two
// releases where no member's counts in the inner cell changed (readers are taken to know which
// did); shown cells as equations; what must not follow as rows. Inside disclosure only. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "policy/disclosure/deltas.h"
#include "policy/disclosure/family_system.h"
#include "policy/disclosure/ledger_variables.h"
#include "policy/disclosure/ledger_views.h"
#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

// A candidate that is a union of places of a release, out of the same counts.
struct GroupingOf {
  size_t release = 0;
  size_t set = 0;  // of the shape
};

struct StackedSystem {
  struct Shown {
    Row row;
    Count count;
    size_t release = 0;
    std::string id;    // of the measure
    size_t index = 0;  // CellIndex
  };
  struct Candidate {
    SystemCell cell;  // the row complete
    Count count;
    std::string id;
    size_t measure = 0;  // of the candidate's layout
    size_t index = 0;
  };
  uint32_t variables = 0;
  std::vector<Row> equations;  // among measures
  std::vector<Shown> earlier;
  std::vector<Candidate> candidates;
  // Sums of persons, and differences of releases, that must not follow and are no candidate's cell.
  std::vector<Row> primaries;
  std::vector<Row> deltas;
  // The same of sets of places. What earlier releases alone tell of them is no candidate's fault,
  // and left out.
  std::vector<Row> set_primaries;
  std::vector<Row> set_deltas;
  // Of all differences, by figure: a shown margin of none of a figure tells it of each inner cell
  // too.
  std::array<std::vector<Row>, kFigures.size()> deltas_of;
  std::array<std::vector<Row>, kFigures.size()> set_deltas_of;
  bool is_grouping = false;  // the candidates are of a union: earlier releases stay as they are
  std::vector<OwnChanges> own_changes;
  // View -> measure -> publishable cell, shown or not.
  std::vector<std::vector<std::vector<Row>>> rows;
  // Variables of a measure as a release made it: by place, kind, sex and band.
  std::map<MadeMeasure, std::vector<uint32_t>> inner_of;
  std::map<LedgerVariables::RestOf, std::vector<uint32_t>> rests_of;  // the same of rests
  // Per variable: known to such a reader in some release (ReaderKnows); nobody can be in it.
  std::vector<bool> known_zeros;
  std::vector<bool> known_empty;
  std::vector<bool> nobody;
};

// `shown[r]`: what readers were shown of earlier release r, as EarlierRelease says, and after its
// publishable cells those of the shape's sets; `views`: of one group. For a grouping every release
// is an earlier one.
StackedSystem Stack(Releases releases, std::span<const std::vector<std::vector<bool>>> shown,
                    const std::vector<LedgerView>& views, const TableShape& shape,
                    std::span<const uint8_t> table_key,
                    std::optional<GroupingOf> grouping = std::nullopt);

// Any order in which equal rows stand side by side.
struct RowLess {
  bool operator()(const Row& a, const Row& b) const {
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(), [](const Term& x, const Term& y) {
          return std::tie(x.variable, x.coefficient) < std::tie(y.variable, y.coefficient);
        });
  }
};

}  // namespace renkei::policy::disclosure
