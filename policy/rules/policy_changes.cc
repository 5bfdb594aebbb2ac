#include "policy/rules/policy_changes.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/rules/policy_document.h"
#include "policy/rules/withheld_levels.h"

namespace renkei::policy::rules {
namespace {

class Comparison {
 public:
  void Text(const char* field, const std::string& from, const std::string& to, Direction direction,
            bool binds_release) {
    if (from != to) changes_.push_back({field, from, to, direction, binds_release});
  }
  // A figure of which more is stricter, or less.
  void Figure(const char* field, uint32_t from, uint32_t to, bool more_is_stricter,
              bool binds_release) {
    const bool tightens = (to > from) == more_is_stricter;
    Text(field, absl::StrCat(from), absl::StrCat(to),
         tightens ? Direction::kTightens : Direction::kLoosens, binds_release);
  }
  void Flag(const char* field, bool from, bool to, bool binds_release) {
    Text(field, from ? "true" : "false", to ? "true" : "false",
         to ? Direction::kTightens : Direction::kLoosens, binds_release);
  }
  void Bands(const v1::PolicyDocument& from, const v1::PolicyDocument& to);
  void Rounding(v1::Rounding from, v1::Rounding to);
  void Noise(const v1::NoiseLane& from, const v1::NoiseLane& to);
  std::vector<PolicyChange> Take() { return std::move(changes_); }

 private:
  std::vector<PolicyChange> changes_;
};

std::string WordOf(const CellThreshold& threshold) {
  return threshold.hide ? "hide" : absl::StrCat(threshold.min_cell);
}

// Thresholds are constant between the bands' ends. Municipalities above every band have the
// document's min_cell_persons, which is a field of its own.
void Comparison::Bands(const v1::PolicyDocument& from, const v1::PolicyDocument& to) {
  std::set<int64_t> ends = {0};
  for (const v1::PolicyDocument* policy : {&from, &to}) {
    for (const auto& band : policy->population_band()) ends.insert(band.below_persons());
  }
  for (auto begin = ends.begin(); std::next(begin) != ends.end(); ++begin) {
    const CellThreshold before = ThresholdOfMunicipality(from, *begin);
    const CellThreshold after = ThresholdOfMunicipality(to, *begin);
    const bool same =
        before.hide == after.hide && (before.hide || before.min_cell == after.min_cell);
    if (same) continue;
    const bool tightens = !before.hide && (after.hide || after.min_cell > before.min_cell);
    changes_.push_back({absl::StrCat("population_band[", *begin, "..", *std::next(begin) - 1, "]"),
                        WordOf(before), WordOf(after),
                        tightens ? Direction::kTightens : Direction::kLoosens, true});
  }
}

// Any rounding shows less than exact counts; of two, each shows what the other does not.
void Comparison::Rounding(v1::Rounding from, v1::Rounding to) {
  const Direction direction = from == v1::ROUNDING_UNSPECIFIED ? Direction::kTightens
                              : to == v1::ROUNDING_UNSPECIFIED ? Direction::kLoosens
                                                               : Direction::kEither;
  Text("rounding", std::string(RoundingWord(from)), std::string(RoundingWord(to)), direction, true);
}

// Of checked documents, whose terms are at most 2^40. An absent fraction is 0.
bool IsLess(const v1::Fraction& a, const v1::Fraction& b) {
  __extension__ using Wide = unsigned __int128;
  const auto below = [](const v1::Fraction& f) { return std::max<uint64_t>(f.denominator(), 1); };
  return Wide{a.numerator()} * below(b) < Wide{b.numerator()} * below(a);
}

std::string TextOf(const v1::Fraction& fraction) {
  if (fraction.numerator() == 0) return "-";
  const uint64_t common = std::gcd(fraction.numerator(), fraction.denominator());
  return absl::StrCat(fraction.numerator() / common, "/", fraction.denominator() / common);
}

std::string FamiliesText(const v1::NoiseLane& lane) {
  const std::set<std::string> families(lane.family().begin(), lane.family().end());
  return families.empty() ? "-" : absl::StrJoin(families, ", ");
}

// Noise and suppression hide different things, so that a family that changes lanes is not told more
// or less of as such. Where one document has no lane the other fields neither tighten nor loosen.
void Comparison::Noise(const v1::NoiseLane& from, const v1::NoiseLane& to) {
  Text("noise.family", FamiliesText(from), FamiliesText(to), Direction::kEither, true);
  const bool both = !from.family().empty() && !to.family().empty();
  const auto add = [&](const char* field, const std::string& before, const std::string& after,
                       bool tightens) {
    Text(field, before, after,
         !both      ? Direction::kNeither
         : tightens ? Direction::kTightens
                    : Direction::kLoosens,
         both);
  };
  add("noise.variance", TextOf(from.variance()), TextOf(to.variance()),
      IsLess(from.variance(), to.variance()));
  add("noise.rho_per_data_year", TextOf(from.rho_per_data_year()), TextOf(to.rho_per_data_year()),
      IsLess(to.rho_per_data_year(), from.rho_per_data_year()));
  add("noise.person_may_move_cell", from.person_may_move_cell() ? "true" : "false",
      to.person_may_move_cell() ? "true" : "false", to.person_may_move_cell());
  add("noise.councils_per_person", absl::StrCat(from.councils_per_person()),
      absl::StrCat(to.councils_per_person()),
      to.councils_per_person() > from.councils_per_person());
}

std::string LadderText(const v1::PolicyDocument& policy) {
  std::vector<std::string> words;
  for (const int step : policy.ladder()) {
    words.push_back(LevelWord(static_cast<v1::WithheldLevel>(step)));
  }
  return words.empty() ? "-" : absl::StrJoin(words, ", ");
}

}  // namespace

std::vector<PolicyChange> ComparePolicies(const v1::PolicyDocument& from,
                                          const v1::PolicyDocument& to) {
  Comparison c;
  c.Text("id", from.id(), to.id(), Direction::kNeither, false);
  c.Text("version", absl::StrCat(from.version()), absl::StrCat(to.version()), Direction::kNeither,
         false);
  c.Text("source", from.source(), to.source(), Direction::kNeither, false);
  c.Figure("min_cell_persons", from.min_cell_persons(), to.min_cell_persons(), true, true);
  c.Bands(from, to);
  c.Text("population_edition", from.population_edition(), to.population_edition(),
         Direction::kEither, true);
  c.Figure("min_contributors", from.min_contributors(), to.min_contributors(), true, true);
  c.Figure("colluders", from.colluders(), to.colluders(), true, true);
  c.Flag("audit_denominators", from.audit_denominators(), to.audit_denominators(), true);
  c.Flag("insurer_by_municipality_needs_agreement", from.insurer_by_municipality_needs_agreement(),
         to.insurer_by_municipality_needs_agreement(), true);
  c.Flag("member_level_needs_agreement", from.member_level_needs_agreement(),
         to.member_level_needs_agreement(), true);
  c.Figure("consent_checkpoint_max_age_days", from.consent_checkpoint_max_age_days(),
           to.consent_checkpoint_max_age_days(), false, false);
  c.Figure("release_within_days", from.release_within_days(), to.release_within_days(), false,
           true);
  c.Figure("contribution_max_age_days", from.contribution_max_age_days(),
           to.contribution_max_age_days(), false, false);
  // Coarser layouts are there to be chosen: with more or fewer of them as much may be shown.
  c.Text("ladder", LadderText(from), LadderText(to), Direction::kNeither, false);
  c.Rounding(from.rounding(), to.rounding());
  c.Noise(from.noise(), to.noise());
  return c.Take();
}

std::vector<PolicyChange> StricterAtRelease(const v1::PolicyDocument& from,
                                            const v1::PolicyDocument& to) {
  std::vector<PolicyChange> stricter;
  for (PolicyChange& change : ComparePolicies(from, to)) {
    const bool may_tighten =
        change.direction == Direction::kTightens || change.direction == Direction::kEither;
    if (may_tighten && change.binds_release) stricter.push_back(std::move(change));
  }
  return stricter;
}

}  // namespace renkei::policy::rules
