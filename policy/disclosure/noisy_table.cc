#include "policy/disclosure/noisy_table.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/disclosure/axes.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/loss.h"
#include "policy/disclosure/noisy_places.h"
#include "policy/disclosure/primary.h"
#include "policy/tables/structurally_empty.h"

namespace renkei::policy::disclosure {
namespace {

using tables::kBands;
using tables::kParts;
using tables::kSexes;

// Of one measure: [geography][kind][sex][band][part].
class Grid {
 public:
  explicit Grid(int geographies)
      : counts_(static_cast<size_t>(geographies) * kKinds * kSexes * kBands * kParts) {}
  static size_t Index(int geography, int kind, int sex, int band, int part) {
    return static_cast<size_t>(
        (((geography * kKinds + kind) * kSexes + sex) * kBands + band) * kParts + part);
  }
  int64_t& At(int geography, int kind, int sex, int band, int part) {
    return counts_[Index(geography, kind, sex, band, part)];
  }
  int64_t At(int geography, int kind, int sex, int band, int part) const {
    return counts_[Index(geography, kind, sex, band, part)];
  }
  size_t size() const { return counts_.size(); }
  int64_t& operator[](size_t index) { return counts_[index]; }

 private:
  std::vector<int64_t> counts_;
};

// Members of each kind that delivered a measure, and those that take part.
struct Kinds {
  std::array<int, kKinds> members{};
  std::array<int, kKinds> delivering{};
  std::array<bool, kKinds> all_allow_display{true, true, true};
  bool all_insurers_allow_cross = true;
};

Kinds KindsOf(const ProtectRequest& request, size_t measure) {
  Kinds out;
  for (const PooledContribution& c : request.contributions) {
    const auto kind = static_cast<size_t>(KindIndex(c.kind));
    ++out.members[kind];
    if (!c.cube->collected()[measure]) continue;
    ++out.delivering[kind];
    out.all_allow_display[kind] = out.all_allow_display[kind] && c.allow_member_level_display;
    if (c.kind != v1::MEMBER_KIND_WORKPLACE && !c.allow_insurer_type_by_municipality) {
      out.all_insurers_allow_cross = false;
    }
  }
  return out;
}

rules::WithheldLevels CapsOfAll(const ProtectRequest& request) {
  rules::WithheldLevels caps;
  for (const PooledContribution& c : request.contributions) caps.Add(c.capped);
  return caps;
}

// What does not depend on counts. Plausibility of each contribution was tested when it came in.
absl::StatusOr<std::vector<const v1::Measure*>> CheckRequest(const ProtectRequest& request) {
  if (request.layout == nullptr) return absl::InvalidArgumentError("noise: no layout");
  std::set<base::MemberId> seen;
  for (const PooledContribution& c : request.contributions) {
    if (KindIndex(c.kind) < 0 || c.member.empty() || !seen.insert(c.member).second) {
      return absl::InvalidArgumentError(
          "noise: a member or its kind is missing, or it comes twice");
    }
    if (c.cube == nullptr || !(c.cube->layout() == *request.layout)) {
      return absl::InvalidArgumentError("noise: a contribution has another layout");
    }
  }
  for (const std::string& code : request.layout->municipalities()) {
    if (!request.population_persons.contains(code)) {
      return absl::InvalidArgumentError(
          absl::StrCat("noise: no population of municipality ", code, " in the edition"));
    }
  }
  std::vector<const v1::Measure*> measures;
  for (const tables::MeasureVersion& wanted : request.layout->measures()) {
    const auto found = std::find_if(
        request.measures.begin(), request.measures.end(),
        [&](const v1::Measure& m) { return m.id() == wanted.id && m.version() == wanted.version; });
    if (found == request.measures.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("noise: measure ", wanted.id, "@", wanted.version, " is not described"));
    }
    measures.push_back(&*found);
  }
  return measures;
}

// The cells of a measure, shown or hidden, without numbers.
ProtectedMeasure PatternOf(const ProtectRequest& request, const NoisyPlaces& places,
                           const v1::Measure& definition, size_t measure) {
  const tables::Layout& layout = *request.layout;
  const TableShape shape = ShapeOf(layout.geographies());
  const Kinds kinds = KindsOf(request, measure);
  const rules::WithheldLevels caps = CapsOfAll(request);
  const rules::WithheldLevels few = LevelsOfFewMembers(request, measure);
  const bool all_of_few = IsOfFewMembers(request, measure);
  ProtectedMeasure out;
  out.measure = layout.measures()[measure];
  std::set<v1::TableReason> reasons;
  for (size_t c = 0; c < shape.publishable_cells(); ++c) {
    const Slice& slice = shape.slices[SliceOfCell(c)];
    const SexGroup& sex = SexesOfCell(c);
    const AgeGroup& ages = AgesOfCell(c);
    ProtectedCell cell;
    cell.municipality = GeographyLabel(slice, layout);
    cell.member_kind = KindOf(slice);
    cell.sex = sex.sex;
    cell.age_band = ages.label;
    cell.state = v1::CELL_STATE_PUBLISHED;
    int members = 0;
    int delivering = 0;
    for (size_t k = 0; k < kKinds; ++k) {
      if ((slice.kinds >> k & 1) == 0) continue;
      members += kinds.members[k];
      if (kinds.delivering[k] > 0) ++delivering;
    }
    const rules::Grain grain = GrainOf(shape, c);
    cell.withheld = request.withheld.Withholds(grain);
    if (members > 0 && delivering == 0) {
      cell.state = v1::CELL_STATE_NOT_COLLECTED;
    } else if (tables::IsStructurallyEmpty(definition, ages.from, ages.to)) {
      cell.structurally_empty = true;
    } else {
      std::set<v1::TableReason> own;
      if (caps.Withholds(grain)) own.insert(v1::TABLE_REASON_AGREEMENT);
      if (all_of_few || few.Withholds(grain)) own.insert(v1::TABLE_REASON_TOO_FEW_MEMBERS);
      if (places.IsHidden(slice)) own.insert(v1::TABLE_REASON_POPULATION);
      if (cell.withheld || !own.empty()) {
        cell.state = v1::CELL_STATE_SUPPRESSED;
        if (!cell.withheld) reasons.merge(own);
      } else {
        const int geographies = slice.scope == Slice::Scope::kWhole ? layout.geographies() : 1;
        cell.noisy_inner_cells =
            geographies * delivering * (sex.to - sex.from + 1) * (ages.to - ages.from + 1);
      }
    }
    out.cells.push_back(std::move(cell));
  }
  out.reasons.assign(reasons.begin(), reasons.end());
  return out;
}

}  // namespace

int64_t MinContributorsOf(const ProtectRequest& request) {
  auto least = int64_t{request.policy.min_contributors()};
  for (const PooledContribution& c : request.contributions) {
    least = std::max(least, c.min_contributors);
  }
  return least;
}

bool IsOfFewMembers(const ProtectRequest& request, size_t measure) {
  const Kinds kinds = KindsOf(request, measure);
  const auto& agree = kinds.all_allow_display;
  return std::accumulate(kinds.delivering.begin(), kinds.delivering.end(), 0) <
             MinContributorsOf(request) &&
         !std::all_of(agree.begin(), agree.end(), [](bool kind_agrees) { return kind_agrees; });
}

rules::WithheldLevels LevelsOfFewMembers(const ProtectRequest& request, size_t measure) {
  const Kinds kinds = KindsOf(request, measure);
  const int64_t enough = MinContributorsOf(request);
  const auto [municipalities, insurers, workplaces] = kinds.delivering;
  const auto [own_agree, insurers_agree, workplaces_agree] = kinds.all_allow_display;
  const bool all_agree = own_agree && insurers_agree && workplaces_agree;
  const auto suffices = [enough](int members, bool agree) {
    return members == 0 || members >= enough || agree;
  };
  const bool outside_suffices =
      suffices(insurers, insurers_agree) && suffices(workplaces, workplaces_agree);
  rules::WithheldLevels levels;
  if (!all_agree && insurers + workplaces < enough) levels.Add(v1::WITHHELD_LEVEL_MUNICIPALITY);
  if (!suffices(municipalities, own_agree) || !outside_suffices) {
    levels.Add(v1::WITHHELD_LEVEL_MEMBER_KIND);
  }
  if ((municipalities > 0 && !own_agree) || !outside_suffices || !kinds.all_insurers_allow_cross) {
    levels.Add(v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY);
  }
  return levels;
}

rules::WithheldLevels WithheldLevelsOf(const ProtectRequest& request, size_t measure) {
  rules::WithheldLevels all = request.withheld;
  all.Add(CapsOfAll(request));
  all.Add(LevelsOfFewMembers(request, measure));
  return all;
}

absl::StatusOr<std::vector<ProtectedMeasure>> NoisePattern(const ProtectRequest& request) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<const v1::Measure*> measures, CheckRequest(request));
  const NoisyPlaces places(request);
  std::vector<ProtectedMeasure> out;
  for (size_t m = 0; m < measures.size(); ++m) {
    out.push_back(PatternOf(request, places, *measures[m], m));
  }
  return out;
}

class NoisyTableMaker {
 public:
  static ProtectedTable<ForRelease> Make(const ProtectRequest& request,
                                         std::vector<ProtectedMeasure> measures,
                                         std::vector<Grid> noisy) {
    const NoisyPlaces places(request);
    for (size_t m = 0; m < measures.size(); ++m) {
      AddCounts(request, m, &noisy[m]);
      Fill(request.layout->geographies(), places, noisy[m], &measures[m]);
    }
    return ProtectedTable<ForRelease>(request.layout, std::move(measures),
                                      v1::ROUNDING_UNSPECIFIED);
  }

 private:
  static void AddCounts(const ProtectRequest& request, size_t measure, Grid* grid) {
    const int m = static_cast<int>(measure);
    for (const PooledContribution& c : request.contributions) {
      for (int g = 0; g < request.layout->geographies(); ++g) {
        for (int s = 0; s < kSexes; ++s) {
          for (int b = 0; b < kBands; ++b) {
            for (int p = 0; p < kParts; ++p) {
              grid->At(g, KindIndex(c.kind), s, b, p) += c.cube->at(m, g, s, b, p);
            }
          }
        }
      }
    }
  }

  static void Fill(int geographies, const NoisyPlaces& places, const Grid& grid,
                   ProtectedMeasure* measure) {
    const std::vector<Slice> slices = PublishableSlices(geographies);
    // Of what the layout has, by the noisy numerators.
    int64_t lost = 0;
    int64_t total = 0;
    bool any_of_few_persons = false;
    for (size_t slice = 0; slice < slices.size(); ++slice) {
      const int64_t least = places.MinPersonsOf(slices[slice]);
      for (size_t s = 0; s < kSexGroups.size(); ++s) {
        for (size_t a = 0; a < kAgeGroups.size(); ++a) {
          ProtectedCell& cell =
              measure->cells[CellIndex(slice, static_cast<int>(s), static_cast<int>(a))];
          const int64_t with = Sum(geographies, grid, slices[slice], s, a, 0);
          const int64_t x = std::max<int64_t>(with, 0);
          // n is the sum before anything was cut.
          const int64_t n = with + Sum(geographies, grid, slices[slice], s, a, 1);
          if (cell.noisy_inner_cells > 0 && n < least) {
            cell.state = v1::CELL_STATE_SUPPRESSED;
            cell.noisy_inner_cells = 0;
            any_of_few_persons = true;
          }
          const bool hidden = cell.state == v1::CELL_STATE_SUPPRESSED;
          if (!cell.withheld) total += x;
          if (!cell.withheld && hidden) lost += x;
          if (cell.noisy_inner_cells == 0) continue;
          cell.denominator = n;
          cell.numerator = std::min(x, n);
        }
      }
    }
    if (any_of_few_persons) {
      measure->reasons.insert(measure->reasons.begin(), v1::TABLE_REASON_SMALL_COUNTS);
    }
    measure->loss = LossOf(lost, total);
  }

  static int64_t Sum(int geographies, const Grid& grid, const Slice& slice, size_t sex, size_t ages,
                     int part) {
    int64_t sum = 0;
    const int first = slice.scope == Slice::Scope::kWhole ? 0 : slice.geography;
    const int last = slice.scope == Slice::Scope::kWhole ? geographies - 1 : slice.geography;
    for (int g = first; g <= last; ++g) {
      for (int k = 0; k < kKinds; ++k) {
        if (!slice.Contains(g, k)) continue;
        for (int s = kSexGroups[sex].from; s <= kSexGroups[sex].to; ++s) {
          for (int b = kAgeGroups[ages].from; b <= kAgeGroups[ages].to; ++b) {
            sum += grid.At(g, k, s, b, part);
          }
        }
      }
    }
    return sum;
  }
};

absl::StatusOr<ProtectedTable<ForRelease>> AddNoise(const ProtectRequest& request,
                                                    noise::CellNoise& noise) {
  RENKEI_ASSIGN_OR_RETURN(std::vector<ProtectedMeasure> pattern, NoisePattern(request));
  std::vector<Grid> noisy;
  for (size_t m = 0; m < pattern.size(); ++m) {
    const Kinds kinds = KindsOf(request, m);
    Grid& grid = noisy.emplace_back(request.layout->geographies());
    for (size_t i = 0; i < grid.size(); ++i) {
      const size_t kind = i / (kSexes * kBands * kParts) % kKinds;
      if (kinds.delivering[kind] == 0) continue;
      grid[i] = noise.Draw({.measure = static_cast<uint32_t>(m), .cell = i});
    }
  }
  return NoisyTableMaker::Make(request, std::move(pattern), std::move(noisy));
}

}  // namespace renkei::policy::disclosure
