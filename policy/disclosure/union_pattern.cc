#include "policy/disclosure/union_pattern.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::policy::disclosure {
namespace {

absl::Status Malformed(absl::string_view message) {
  return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED, message,
                         "grouping.municipality", "grouping.municipality",
                         "two or more municipalities of the area, and not all of them");
}

absl::Status TooMany() {
  return base::MakeError(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_TOO_LARGE,
                         absl::StrCat("the area and fiscal year have ", kMostUnions,
                                      " groupings already; there may be no more"),
                         "grouping", "grouping.limit", "one of the groupings that there are");
}

absl::Status Known() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ALREADY_RELEASED,
                         "these municipalities were grouped before of this release",
                         "grouping.municipality", "grouping.once", "the grouping that there is");
}

absl::Status Withheld() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LAYOUT_MISMATCH,
                         "the release shows no municipality, and so no union of some",
                         "release_number", "release.layout",
                         "a release whose layout and agreements let municipalities be shown");
}

absl::Status Rounded() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LAYOUT_MISMATCH,
                         "the release is rounded; unions are made of exact counts",
                         "release_number", "grouping.release", "a release of exact counts");
}

absl::Status NothingLeft() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "together with what is released of the area and year, nothing of this "
                         "union could be shown",
                         "grouping.municipality", "disclosure.grouping", "other municipalities");
}

absl::Status CheckRequest(const UnionRequest& request) {
  if (request.of >= request.ledger.size()) {
    return absl::InvalidArgumentError("protect: the ledger has no such release");
  }
  const ProtectRequest& inputs = request.ledger[request.of]->inputs;
  if (inputs.policy.rounding() != v1::ROUNDING_UNSPECIFIED) return Rounded();
  const tables::Layout& layout = *inputs.layout;
  RENKEI_RETURN_IF_ERROR(CheckLedgerFits(layout, request.ledger));
  const PlaceSet set = PlacesNamed(layout, request.municipalities);
  const bool names_all = set.size() == request.municipalities.size() &&
                         std::adjacent_find(set.begin(), set.end()) == set.end();
  if (!names_all) return Malformed("a municipality is named twice, or is none of the area");
  if (std::binary_search(set.begin(), set.end(), layout.unknown_geography())) {
    return Malformed("persons of unknown municipality cannot be part of a union");
  }
  if (set.size() < 2) return Malformed("a union has two or more municipalities");
  if (set.size() == layout.municipalities().size()) {
    return Malformed("all municipalities are the area, which is released");
  }
  size_t unions = 0;
  for (const auto& earlier : request.ledger) unions += earlier->unions.size();
  if (unions >= kMostUnions) return TooMany();
  for (const ShownUnion& one : request.ledger[request.of]->unions) {
    if (PlacesNamed(layout, one.municipalities) == set) return Known();
  }
  return absl::OkStatus();
}

// Of a measure: the sexes and ages of all kinds together, both and all ages.
size_t TotalOf(const TableShape& shape, size_t set) {
  return CellIndex(shape.SliceOfSet(set, 0), static_cast<int>(kSexGroups.size()) - 1,
                   static_cast<int>(kAgeGroups.size()) - 1);
}

bool HidesTotals(const Pattern& hidden, size_t total) {
  return std::all_of(hidden.begin(), hidden.end(),
                     [&](const std::vector<bool>& of_measure) { return of_measure[total]; });
}

}  // namespace

absl::StatusOr<UnionPattern> HideUnionCells(const UnionRequest& request,
                                            std::span<const uint8_t> table_key) {
  RENKEI_RETURN_IF_ERROR(CheckRequest(request));
  const ProtectRequest& inputs = request.ledger[request.of]->inputs;
  UnionPattern made;
  RENKEI_ASSIGN_OR_RETURN(made.family, PoolFamily(inputs));
  const PlaceSet wanted = PlacesNamed(*inputs.layout, request.municipalities);
  std::vector<PlaceSet> sets = UnionsOf(request.ledger);
  if (std::find(sets.begin(), sets.end(), wanted) == sets.end()) sets.push_back(wanted);
  while (true) {
    made.shape = ShapeOf(made.family.geographies, sets);
    made.set = static_cast<size_t>(std::find(sets.begin(), sets.end(), wanted) - sets.begin());
    made.judgements = JudgeFamily(made.family, made.shape);
    const size_t first = made.shape.SliceOfSet(made.set, 0);
    const size_t total = TotalOf(made.shape, made.set);
    std::vector<bool> withheld =
        WithheldCells(made.family, made.shape, {first, first + kKinds + 1});
    if (withheld[total]) return Withheld();
    withheld.resize(made.shape.cells());
    made.hidden.assign(made.family.attributes.size(), withheld);
    for (size_t m = 0; m < made.hidden.size(); ++m) {
      for (size_t c = first * kGroupsPerSlice; c < (first + kKinds + 1) * kGroupsPerSlice; ++c) {
        if (made.judgements[m][c].reasons != 0) made.hidden[m][c] = true;
      }
    }
    RENKEI_ASSIGN_OR_RETURN(
        LedgerPattern ledger,
        LedgerPattern::MakeForUnion(request.ledger, {request.of, made.set}, made.shape, table_key));
    const absl::Status hidden = ledger.HideUnion(&made.hidden);
    // R12: whether hiding could not help, or left nothing, would tell of counts.
    if (base::DetailOf(hidden).reason() == v1::ERROR_REASON_HELD ||
        (hidden.ok() && HidesTotals(made.hidden, total))) {
      return NothingLeft();
    }
    RENKEI_RETURN_IF_ERROR(hidden);
    RENKEI_ASSIGN_OR_RETURN(const bool found, ledger.FindSets(made.hidden, &sets));
    if (!found) return made;
  }
}

}  // namespace renkei::policy::disclosure
