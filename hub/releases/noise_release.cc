#include "hub/releases/noise_release.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/releases/noise_differences.h"
#include "hub/releases/noise_price.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/log.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/disclosure/noisy_table.h"
#include "policy/noise/budget_ledger.h"
#include "policy/noise/cell_noise.h"
#include "policy/noise/discrete_gaussian.h"

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

absl::StatusOr<rules::Decision> DecideDraw(store::Snapshot& snapshot,
                                           const Surroundings& surroundings,
                                           const Candidate& candidate) {
  if (surroundings.anchor == nullptr) {
    return Refuse(v1::ERROR_REASON_STORAGE, "anchor_file",
                  "without an anchor file a database that was put back would draw the noise of a "
                  "release a second time, unnoticed",
                  "an anchor_file in the hub's configuration, on another volume than its database");
  }
  int64_t min_cell = 0;
  for (const disclosure::PooledContribution& c : candidate.inputs.contributions) {
    min_cell = std::max(min_cell, c.min_cell_persons);
  }
  RENKEI_ASSIGN_OR_RETURN(const noise::Rational variance,
                          VarianceOf(candidate.inputs.policy.noise()));
  RENKEI_ASSIGN_OR_RETURN(const noise::Rational least,
                          noise::Rational::Make(min_cell * min_cell, 4));
  if (variance < least) {
    return Refuse(v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.min_cell_persons",
                  "a member's agreement asks for larger smallest cells than the policy's noise "
                  "protects",
                  "a policy with a noise.variance of at least min_cell_persons^2 / 4 of every "
                  "agreement, or a round without the member");
  }
  return DecideDifferences(snapshot, surroundings, candidate);
}

absl::StatusOr<rules::Decision> DecideBudget(store::Snapshot& snapshot, const rounds::Terms& terms,
                                             const SealedInputs& inputs, const NoisePrice& price) {
  RENKEI_ASSIGN_OR_RETURN(noise::BudgetLedger budget, LoadBudget(snapshot));
  return budget.Reserve(ChargeOf(terms, inputs, price), price.cap);
}

absl::StatusOr<NoisyTable> ChargeAndDraw(store::Transaction& transaction,
                                         const rounds::Terms& terms,
                                         const Surroundings& surroundings,
                                         const SealedInputs& inputs,
                                         const disclosure::ProtectRequest& request, uint64_t number,
                                         base::Random& random) {
  if (!surroundings.noise_keys.has_value()) {
    return absl::InternalError("the hub has no folder for the keys of noise releases");
  }
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

void EraseKeyOnceAnchored(store::Store& store, const Surroundings& surroundings,
                          const base::RoundId& round) {
  const std::optional<NoiseKeys>& keys = surroundings.noise_keys;
  if (surroundings.anchor == nullptr || !keys.has_value() || !keys->Has(round)) return;
  absl::Status erased = surroundings.anchor->Advance(store);
  if (erased.ok()) erased = keys->Erase(round);
  if (!erased.ok()) {
    spdlog::error("the key of a noise release could not be deleted: code {}",
                  static_cast<int>(erased.code()));
  }
}

}  // namespace renkei::hub::releases
