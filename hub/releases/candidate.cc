#include "hub/releases/candidate.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "hub/releases/borders.h"
#include "hub/releases/noise_release.h"
#include "hub/rounds/policy_in_force.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/release_ledger.h"
#include "policy/rules/decide.h"
#include "policy/rules/policy_changes.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace rules = renkei::policy::rules;
namespace {

// From outside the sealed inputs; it may change while a release is being computed.
absl::StatusOr<bool> IsStricterPolicyInForce(store::Snapshot& snapshot, const SealedInputs& inputs,
                                             const rounds::Terms& terms) {
  RENKEI_ASSIGN_OR_RETURN(const rules::Policy in_force, rounds::PolicyInForce(snapshot, terms));
  return !rules::StricterAtRelease(inputs.policy, in_force.document()).empty();
}

rules::Decision Decide(const SealedInputs& inputs, const SeriesLayout& layout,
                       bool stricter_policy_in_force, absl::Time now) {
  rules::ReleaseRequest request;
  request.round_state = inputs.round.state;
  request.withheld = layout.chosen.levels();
  request.withheld_in_series = layout.of_series;
  request.rounding_in_series = layout.roundings_of_series;
  request.stricter_policy_in_force = stricter_policy_in_force;
  request.issued_at = inputs.issued_at;
  request.now = now;
  request.protected_and_clean = true;  // Protect itself refuses otherwise: the round is then held
  request.every_contributor_allows_member_level = !inputs.contributions.empty();
  for (const disclosure::PooledContribution& contribution : inputs.contributions) {
    request.min_contributors =
        std::max(request.min_contributors, static_cast<int>(contribution.min_contributors));
    request.every_contributor_allows_member_level &= contribution.allow_member_level_display;
  }
  return rules::DecideRelease(request, inputs.policy);
}

// What follows from the sealed inputs and from what the store has now.
struct Choice {
  SeriesLayout layout;
  rounds::Lane lane = rounds::Lane::kExact;
  rules::Decision decision;
};

absl::StatusOr<Choice> Choose(store::Snapshot& snapshot, const rounds::Terms& terms,
                              const SealedInputs& inputs, const std::string& layout_name,
                              absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(SeriesLayout layout,
                          ChooseLayout(snapshot, inputs.descriptor, inputs.policy, layout_name));
  RENKEI_ASSIGN_OR_RETURN(const bool stricter, IsStricterPolicyInForce(snapshot, inputs, terms));
  rules::Decision decision = Decide(inputs, layout, stricter, now);
  RENKEI_ASSIGN_OR_RETURN(const bool crosses, CrossesBorders(snapshot, inputs.descriptor));
  if (crosses && decision.permitted()) decision = BordersRefusal();
  RENKEI_ASSIGN_OR_RETURN(LaneChoice lane, ChooseLane(snapshot, terms, inputs));
  if (decision.permitted()) decision = std::move(lane.decision);
  return Choice{std::move(layout), lane.lane, std::move(decision)};
}

// Populations, measures and relations. Protect refuses a municipality without population, since its
// threshold would be a guess, and a measure that has left the catalogue.
void Describe(const rounds::Terms& terms, const Surroundings& surroundings,
              disclosure::ProtectRequest* request) {
  if (const auto edition =
          surroundings.population_persons.find(request->policy.population_edition());
      edition != surroundings.population_persons.end()) {
    for (const std::string& code : request->layout->municipalities()) {
      const auto it = edition->second.find(code);
      if (it != edition->second.end()) request->population_persons.insert(*it);
    }
  }
  for (const auto& measure : request->layout->measures()) {
    const v1::Measure* definition = terms.catalogue->FindMeasure(measure.id);
    if (definition != nullptr) request->measures.push_back(*definition);
  }
  const auto& relations = terms.catalogue->definitions().relation();
  request->relations = {relations.begin(), relations.end()};
}

}  // namespace

absl::StatusOr<Candidate> LoadCandidate(store::Snapshot& snapshot, const rounds::Terms& terms,
                                        const base::RoundId& round_id,
                                        const std::string& layout_name, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::RoundRow> round, snapshot.FindRound(round_id));
  if (!round.has_value()) {
    return base::MakeError(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND,
                           "no round of this id", "round_id", "", "list the rounds");
  }
  return CandidateOf(snapshot, terms, *round, layout_name, now);
}

absl::StatusOr<Candidate> CandidateOf(store::Snapshot& snapshot, const rounds::Terms& terms,
                                      const store::RoundRow& round, const std::string& layout_name,
                                      absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(SealedInputs inputs, LoadSealedInputs(snapshot, round, now));
  RENKEI_ASSIGN_OR_RETURN(Choice choice, Choose(snapshot, terms, inputs, layout_name, now));
  return Candidate{std::move(inputs), std::move(choice.layout), choice.lane,
                   std::move(choice.decision)};
}

absl::Status DecideAgain(store::Snapshot& snapshot, const rounds::Terms& terms,
                         const Candidate& candidate, const store::RoundRow& round, absl::Time now) {
  SealedInputs inputs = candidate.inputs;
  inputs.round = round;
  RENKEI_ASSIGN_OR_RETURN(const Choice choice,
                          Choose(snapshot, terms, inputs, candidate.layout.chosen.name, now));
  return rules::ToStatus(choice.decision);
}

absl::StatusOr<disclosure::ProtectRequest> RequestOf(const Candidate& candidate,
                                                     const rounds::Terms& terms,
                                                     const Surroundings& surroundings) {
  const SealedInputs& inputs = candidate.inputs;
  if (crypto::ToBytes(terms.catalogue->digest()) != inputs.descriptor.catalogue_digest()) {
    return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_CATALOGUE_STALE,
                           "the hub runs with another catalogue than the round was opened with",
                           "round_id", "round.catalogue_digest",
                           "start the hub with the round's catalogue, or open a new round");
  }
  disclosure::ProtectRequest request;
  request.layout = inputs.layout;
  request.contributions = inputs.contributions;
  request.policy = inputs.policy;
  request.withheld = candidate.layout.chosen.levels();
  Describe(terms, surroundings, &request);
  for (const SealedRelease& sealed : inputs.ledger) {
    auto earlier = std::make_shared<disclosure::EarlierRelease>();
    earlier->inputs.layout = sealed.layout;
    earlier->inputs.contributions = sealed.contributions;
    earlier->inputs.policy = sealed.policy;
    earlier->inputs.withheld = sealed.withheld;
    Describe(terms, surroundings, &earlier->inputs);
    earlier->shown = sealed.shown;
    for (const SealedGrouping& one : sealed.groupings) earlier->unions.push_back(one.shown);
    request.earlier.push_back(std::move(earlier));
  }
  return request;
}

}  // namespace renkei::hub::releases
