#include "hub/releases/noise_release.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/disclosure/noisy_table.h"
#include "policy/noise/budget_ledger.h"
#include "policy/noise/cell_noise.h"
#include "policy/noise/discrete_gaussian.h"
#include "policy/noise/sensitivity.h"
#include "policy/noise/zcdp.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace noise = renkei::policy::noise;
namespace rules = renkei::policy::rules;
namespace {

std::vector<std::string> MeasuresOf(const SealedInputs& inputs) {
  std::vector<std::string> ids;
  for (const v1::MeasureRef& measure : inputs.descriptor.measure()) ids.push_back(measure.id());
  return ids;
}

rules::Decision Refuse(v1::ErrorReason reason, std::string rule, std::string message,
                       std::string would_pass) {
  return rules::Decision::Refuse({rules::Gate::kDisclosure, absl::StatusCode::kFailedPrecondition,
                                  reason, std::move(rule), std::move(message),
                                  std::move(would_pass)});
}

absl::StatusOr<noise::Rational> FractionOf(const v1::Fraction& fraction) {
  return noise::Rational::Make(static_cast<int64_t>(fraction.numerator()),
                               static_cast<int64_t>(fraction.denominator()));
}

noise::BudgetScope ScopeOf(const rounds::Terms& terms, const SealedInputs& inputs) {
  return {terms.trust_domain, base::FiscalYear(inputs.round.fiscal_year)};
}

// All that settles the noise.
crypto::Digest ContentOf(const SealedInputs& inputs, const NoisePrice& price) {
  return crypto::Sha256(base::AsBytes(
      absl::StrCat("renkei/v1/noise/release\n", crypto::ToHex(inputs.round.digest), "\n",
                   crypto::ToHex(inputs.layout->digest()), "\n", price.variance.ToString())));
}

noise::Charge ChargeOf(const rounds::Terms& terms, const SealedInputs& inputs,
                       const NoisePrice& price) {
  return {inputs.round.id.value(), ScopeOf(terms, inputs), price.rho, ContentOf(inputs, price)};
}

// What is stored was committed with its release.
absl::StatusOr<noise::BudgetLedger> LoadBudget(store::Snapshot& snapshot) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::NoiseChargeRow> stored,
                          snapshot.ListNoiseCharges());
  std::vector<noise::BudgetRow> rows;
  for (const store::NoiseChargeRow& row : stored) {
    rows.push_back({row.release_id, row.hub, row.data_year, row.rho_numerator, row.rho_denominator,
                    row.content, noise::ChargeState::kCommitted, /*noise_drawn=*/true});
  }
  return noise::BudgetLedger::FromRows(rows);
}

}  // namespace

absl::StatusOr<LaneChoice> ChooseLane(store::Snapshot& snapshot, const rounds::Terms& terms,
                                      const SealedInputs& inputs) {
  const std::vector<std::string> measures = MeasuresOf(inputs);
  const absl::StatusOr<rounds::Lane> lane =
      rounds::LaneOfRound(*terms.catalogue, inputs.policy, measures);
  if (!lane.ok()) {
    const v1::ErrorDetail detail = base::DetailOf(lane.status());
    return LaneChoice{rounds::Lane::kExact,
                      Refuse(detail.reason(), detail.rule(), std::string(lane.status().message()),
                             detail.would_pass())};
  }
  RENKEI_ASSIGN_OR_RETURN(
      const std::vector<std::string> other_lane,
      snapshot.ListIndicatorsReleased(/*with_noise=*/*lane == rounds::Lane::kExact));
  for (const std::string& released : other_lane) {
    const bool is_linked = std::any_of(measures.begin(), measures.end(), [&](const auto& id) {
      return rounds::AreLinked(*terms.catalogue, id, released);
    });
    if (!is_linked) continue;
    const bool exact = *lane == rounds::Lane::kExact;
    return LaneChoice{
        *lane,
        Refuse(
            v1::ERROR_REASON_ALREADY_RELEASED, "policy.noise",
            absl::StrCat(released, ", of the same or a linked family, was released ",
                         exact ? "with noise" : "exactly", "; a family stays in one lane for ever"),
            absl::StrCat("a policy that ", exact ? "keeps the family in" : "leaves it out of",
                         " the noise lane, and a round under it"))};
  }
  return LaneChoice{*lane, rules::Decision::Permit()};
}

absl::StatusOr<NoisePrice> PriceOf(store::Snapshot& snapshot, const rounds::Terms& terms,
                                   const SealedInputs& inputs) {
  const v1::NoiseLane& lane = inputs.policy.noise();
  NoisePrice price;
  RENKEI_ASSIGN_OR_RETURN(price.variance, FractionOf(lane.variance()));
  RENKEI_ASSIGN_OR_RETURN(price.cap, FractionOf(lane.rho_per_data_year()));
  RENKEI_ASSIGN_OR_RETURN(
      const int64_t sensitivity,
      noise::SquaredSensitivity({.measures = inputs.descriptor.measure_size(),
                                 .may_move_cell = lane.person_may_move_cell(),
                                 .councils = int64_t{lane.councils_per_person()}}));
  RENKEI_ASSIGN_OR_RETURN(price.rho, noise::RhoOfGaussian(sensitivity, price.variance));
  const noise::BudgetScope scope = ScopeOf(terms, inputs);
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::NoiseChargeRow> charges,
                          snapshot.ListNoiseCharges());
  for (const store::NoiseChargeRow& row : charges) {
    if (row.hub != scope.hub || row.data_year != scope.data_year.first_year()) continue;
    const auto cap = noise::Rational::Make(row.cap_numerator, row.cap_denominator);
    if (!cap.ok()) return absl::DataLossError("a stored noise charge has no budget");
    price.cap = std::min(price.cap, *cap);
  }
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

absl::StatusOr<rules::Decision> DecideBudget(store::Snapshot& snapshot, const rounds::Terms& terms,
                                             const SealedInputs& inputs, const NoisePrice& price) {
  RENKEI_ASSIGN_OR_RETURN(noise::BudgetLedger budget, LoadBudget(snapshot));
  return budget.Reserve(ChargeOf(terms, inputs, price), price.cap);
}

absl::StatusOr<NoisyTable> ChargeAndDraw(store::Transaction& transaction,
                                         const rounds::Terms& terms,
                                         const Surroundings& surroundings,
                                         const Candidate& candidate, uint64_t number,
                                         base::Random& random) {
  const SealedInputs& inputs = candidate.inputs;
  if (!surroundings.noise_keys.has_value()) {
    return absl::InternalError("the hub has no folder for the keys of noise releases");
  }
  RENKEI_ASSIGN_OR_RETURN(const disclosure::ProtectRequest request,
                          RequestOf(candidate, terms, surroundings));
  RENKEI_ASSIGN_OR_RETURN(const NoisePrice price, PriceOf(transaction, terms, inputs));
  RENKEI_ASSIGN_OR_RETURN(noise::BudgetLedger budget, LoadBudget(transaction));
  const noise::Charge charge = ChargeOf(terms, inputs, price);
  RENKEI_ASSIGN_OR_RETURN(const rules::Decision decision, budget.Reserve(charge, price.cap));
  RENKEI_RETURN_IF_ERROR(rules::ToStatus(decision));

  RENKEI_ASSIGN_OR_RETURN(const base::Secret key,
                          surroundings.noise_keys->TakeOrMake(inputs.round.id, random));
  RENKEI_ASSIGN_OR_RETURN(const noise::DiscreteGaussian law,
                          noise::DiscreteGaussian::Make(price.variance));
  RENKEI_ASSIGN_OR_RETURN(noise::CellNoise source,
                          noise::CellNoise::Make(key, charge.release_id, law));
  RENKEI_RETURN_IF_ERROR(budget.RecordDraw(charge.release_id));
  RENKEI_ASSIGN_OR_RETURN(auto table, disclosure::AddNoise(request, source));
  RENKEI_RETURN_IF_ERROR(budget.Commit(charge.release_id));

  store::NoiseChargeRow row;
  row.release_id = charge.release_id;
  row.number = number;
  row.hub = charge.scope.hub;
  row.data_year = charge.scope.data_year.first_year();
  row.rho_numerator = price.rho.numerator();
  row.rho_denominator = price.rho.denominator();
  row.cap_numerator = price.cap.numerator();
  row.cap_denominator = price.cap.denominator();
  row.content = charge.content;
  return NoisyTable{std::move(table), price, std::move(row)};
}

}  // namespace renkei::hub::releases
