#include "hub/releases/noise_price.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "hub/rounds/lanes.h"
#include "hub/rounds/open.h"
#include "hub/rounds/policy_in_force.h"
#include "hub/store/paging.h"
#include "policy/base/status.h"
#include "policy/noise/sensitivity.h"
#include "policy/noise/zcdp.h"

namespace renkei::hub::releases {
namespace noise = renkei::policy::noise;
namespace rules = renkei::policy::rules;
namespace {

absl::StatusOr<noise::Rational> FractionOf(const v1::Fraction& fraction) {
  return noise::Rational::Make(static_cast<int64_t>(fraction.numerator()),
                               static_cast<int64_t>(fraction.denominator()));
}

// What the policies of a data year's noise rounds say together.
struct YearTerms {
  noise::Rational cap;
  bool may_move_cell = false;
  int64_t councils = 0;

  absl::Status Tighten(const v1::NoiseLane& lane) {
    RENKEI_ASSIGN_OR_RETURN(const noise::Rational other, FractionOf(lane.rho_per_data_year()));
    cap = std::min(cap, other);
    may_move_cell = may_move_cell || lane.person_may_move_cell();
    councils = std::max(councils, int64_t{lane.councils_per_person()});
    return absl::OkStatus();
  }
};

bool HasNoise(const rounds::Terms& terms, const v1::PolicyDocument& policy,
              const v1::RoundDescriptor& round) {
  return std::any_of(round.measure().begin(), round.measure().end(), [&](const auto& measure) {
    return rounds::LaneOf(*terms.catalogue, policy, measure.id()) == rounds::Lane::kNoise;
  });
}

absl::StatusOr<YearTerms> TermsOfYear(store::Snapshot& snapshot, const rounds::Terms& terms,
                                      const SealedInputs& inputs) {
  YearTerms year;
  RENKEI_ASSIGN_OR_RETURN(year.cap, FractionOf(inputs.policy.noise().rho_per_data_year()));
  RENKEI_RETURN_IF_ERROR(year.Tighten(inputs.policy.noise()));
  std::map<std::string, rules::Policy> known;  // by digest; rounds share policies
  const auto tighten = [&](const store::RoundRow& row) -> absl::StatusOr<bool> {
    if (row.fiscal_year != inputs.round.fiscal_year) return true;
    RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor round, rounds::DescriptorOf(row));
    auto it = known.find(round.policy_digest());
    if (it == known.end()) {
      RENKEI_ASSIGN_OR_RETURN(const crypto::Digest digest,
                              crypto::DigestFromBytes(round.policy_digest()));
      RENKEI_ASSIGN_OR_RETURN(rules::Policy policy, rounds::PolicyOf(snapshot, digest));
      it = known.emplace(round.policy_digest(), std::move(policy)).first;
    }
    const v1::PolicyDocument& policy = it->second.document();
    if (!HasNoise(terms, policy, round)) return true;
    RENKEI_RETURN_IF_ERROR(year.Tighten(policy.noise()));
    return true;
  };
  RENKEI_RETURN_IF_ERROR(store::ForEachRound(snapshot, tighten));
  return year;
}

}  // namespace

absl::StatusOr<noise::Rational> VarianceOf(const v1::NoiseLane& lane) {
  return FractionOf(lane.variance());
}

absl::StatusOr<NoisePrice> PriceOf(store::Snapshot& snapshot, const rounds::Terms& terms,
                                   const SealedInputs& inputs) {
  RENKEI_ASSIGN_OR_RETURN(const YearTerms year, TermsOfYear(snapshot, terms, inputs));
  std::set<v1::MemberKind> kinds;
  for (const auto& contribution : inputs.contributions) kinds.insert(contribution.kind);
  NoisePrice price;
  price.cap = year.cap;
  RENKEI_ASSIGN_OR_RETURN(price.variance, VarianceOf(inputs.policy.noise()));
  RENKEI_ASSIGN_OR_RETURN(
      const int64_t sensitivity,
      noise::SquaredSensitivity({.measures = inputs.descriptor.measure_size(),
                                 .may_move_cell = year.may_move_cell,
                                 .councils = year.councils,
                                 .member_kinds = static_cast<int64_t>(kinds.size())}));
  RENKEI_ASSIGN_OR_RETURN(price.rho, noise::RhoOfGaussian(sensitivity, price.variance));
  return price;
}

v1::NoiseTerms ToProto(const NoisePrice& price) {
  v1::NoiseTerms terms;
  terms.set_variance_numerator(static_cast<uint64_t>(price.variance.numerator()));
  terms.set_variance_denominator(static_cast<uint64_t>(price.variance.denominator()));
  terms.set_rho_numerator(static_cast<uint64_t>(price.rho.numerator()));
  terms.set_rho_denominator(static_cast<uint64_t>(price.rho.denominator()));
  return terms;
}

}  // namespace renkei::hub::releases
