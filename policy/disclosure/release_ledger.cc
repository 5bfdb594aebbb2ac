#include "policy/disclosure/release_ledger.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/ledger_system.h"

namespace renkei::policy::disclosure {
namespace {

absl::Status FewChanged() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "the members are not those of the earlier releases of the area and year, "
                         "and what differs would be the figures of few; the figures stay as "
                         "published",
                         "", "disclosure.frozen_membership",
                         "the same members, or min_contributors or more who left or joined");
}

absl::Status OtherBorders() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ALREADY_RELEASED,
                         "the area was released before of this year with other municipalities", "",
                         "release.borders", "another fiscal year");
}

absl::Status NothingNew() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ALREADY_RELEASED,
                         "the same figures were released before of this area and fiscal year", "",
                         "release.once", "a round in which something has changed");
}

int64_t MinContributors(const ProtectRequest& request) {
  int64_t most = request.policy.min_contributors();
  for (const PooledContribution& c : request.contributions) {
    most = std::max(most, c.min_contributors);
  }
  return most;
}

std::set<base::MemberId> MembersOf(const ProtectRequest& request) {
  std::set<base::MemberId> members;
  for (const PooledContribution& c : request.contributions) members.insert(c.member);
  return members;
}

bool CountsAnybody(const PooledContribution& c) {
  const auto& counts = c.cube->counts();
  return std::any_of(counts.begin(), counts.end(), [](int64_t count) { return count != 0; });
}

// Has it delivered what any of the measures reads?
bool Collects(const PooledContribution& c) {
  const std::vector<bool>& collected = c.cube->collected();
  return std::find(collected.begin(), collected.end(), true) != collected.end();
}

// Members that count persons in one release and, asked for them, none in the other.
bool AreFew(const ProtectRequest& in, const ProtectRequest& without, int64_t least) {
  std::set<base::MemberId> there;
  for (const PooledContribution& c : without.contributions) {
    if (CountsAnybody(c) || !Collects(c)) there.insert(c.member);
  }
  const auto count =
      std::count_if(in.contributions.begin(), in.contributions.end(),
                    [&](const auto& c) { return CountsAnybody(c) && !there.contains(c.member); });
  return count > 0 && count < least;
}

bool HaveSameTerms(const ProtectRequest& a, const ProtectRequest& b) {
  if (a.policy.SerializeAsString() != b.policy.SerializeAsString() ||
      a.population_persons != b.population_persons || !(a.withheld == b.withheld) ||
      MembersOf(a) != MembersOf(b)) {
    return false;
  }
  return std::all_of(a.contributions.begin(), a.contributions.end(), [&](const auto& x) {
    return std::any_of(b.contributions.begin(), b.contributions.end(), [&](const auto& y) {
      return x.member == y.member && x.kind == y.kind &&
             x.allow_insurer_type_by_municipality == y.allow_insurer_type_by_municipality &&
             x.allow_member_level_display == y.allow_member_level_display &&
             x.min_cell_persons == y.min_cell_persons && x.min_contributors == y.min_contributors &&
             x.capped == y.capped;
    });
  });
}

absl::Status CheckFits(const tables::Layout& wanted, const EarlierRelease& earlier) {
  const tables::Layout* layout = earlier.inputs.layout.get();
  if (layout == nullptr || layout->area_code() != wanted.area_code() ||
      layout->fiscal_year() != wanted.fiscal_year()) {
    return absl::InvalidArgumentError("protect: an earlier release is of another area or year");
  }
  if (layout->municipalities() != wanted.municipalities()) return OtherBorders();
  const size_t cells = ShapeOf(layout->geographies()).publishable_cells();
  const auto has_all = [&](const std::vector<std::vector<bool>>& shown, size_t size) {
    return shown.size() == layout->measures().size() &&
           std::all_of(shown.begin(), shown.end(),
                       [&](const auto& of_measure) { return of_measure.size() == size; });
  };
  const bool fits =
      has_all(earlier.shown, cells) &&
      std::all_of(earlier.unions.begin(), earlier.unions.end(),
                  [&](const ShownUnion& one) { return has_all(one.shown, kUnionCells); });
  if (!fits) return absl::InvalidArgumentError("protect: an earlier release lacks cells");
  return absl::OkStatus();
}

// Of the same counts under the same terms as the newest release of it.
bool IsAsReleased(const ProtectRequest& request, const tables::MeasureVersion& measure) {
  for (auto it = request.earlier.rbegin(); it != request.earlier.rend(); ++it) {
    const ProtectRequest& inputs = (*it)->inputs;
    for (const tables::MeasureVersion& before : inputs.layout->measures()) {
      if (before.id != measure.id) continue;
      return before.version == measure.version && HaveSameTerms(request, inputs) &&
             IsUnchanged(request, inputs, measure.id);
    }
  }
  return false;
}

}  // namespace

std::vector<PlaceSet> UnionsOf(std::span<const std::shared_ptr<const EarlierRelease>> ledger) {
  std::set<PlaceSet> sets;
  for (const auto& earlier : ledger) {
    for (const ShownUnion& one : earlier->unions) {
      sets.insert(PlacesNamed(*earlier->inputs.layout, one.municipalities));
    }
  }
  return {sets.begin(), sets.end()};
}

absl::Status CheckLedgerFits(const tables::Layout& layout,
                             std::span<const std::shared_ptr<const EarlierRelease>> ledger) {
  for (const auto& earlier : ledger) RENKEI_RETURN_IF_ERROR(CheckFits(layout, *earlier));
  return absl::OkStatus();
}

absl::Status CheckAgainstLedger(const ProtectRequest& request) {
  if (request.earlier.empty()) return absl::OkStatus();
  if (request.layout == nullptr) return absl::InvalidArgumentError("protect: no layout");
  RENKEI_RETURN_IF_ERROR(CheckLedgerFits(*request.layout, request.earlier));
  const std::vector<tables::MeasureVersion>& measures = request.layout->measures();
  if (std::all_of(measures.begin(), measures.end(),
                  [&](const auto& measure) { return IsAsReleased(request, measure); })) {
    return NothingNew();
  }
  for (const auto& earlier : request.earlier) {
    const ProtectRequest& then = earlier->inputs;
    const int64_t least = std::max(MinContributors(request), MinContributors(then));
    if (AreFew(request, then, least) || AreFew(then, request, least)) return FewChanged();
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::disclosure
