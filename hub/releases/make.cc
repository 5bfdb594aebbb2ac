#include "hub/releases/make.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/indicators/noisy_rates.h"
#include "hub/indicators/release_tables.h"
#include "hub/releases/noise_release.h"
#include "hub/releases/stored_release.h"
#include "hub/rounds/state.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/log.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/disclosure/protect.h"
#include "policy/disclosure/release_ledger.h"
#include "policy/rules/decide.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace rules = renkei::policy::rules;
using google::protobuf::util::TimeUtil;
namespace {

constexpr char kEngineVersion[] = "renkei-hub 0.1.0";

absl::Status Record(store::Transaction& transaction, const log::Act& act, log::EntryType type,
                    const store::RoundRow& round, std::map<std::string, log::Value> objects = {}) {
  objects["area"] = round.area_code;
  objects["round_id"] = round.id.value();
  return log::Append(
             transaction, act,
             {.type = type, .objects = std::move(objects), .fiscal_year = round.fiscal_year})
      .status();
}

absl::Status RecordAlone(store::Store& store, const log::Act& act, log::EntryType type,
                         const store::RoundRow& round) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_RETURN_IF_ERROR(Record(*transaction, act, type, round));
  return transaction->Commit();
}

v1::Release Assemble(const Candidate& candidate, const rounds::Terms& terms,
                     const disclosure::ProtectedTable<disclosure::ForRelease>& table,
                     absl::Time now) {
  const SealedInputs& inputs = candidate.inputs;
  v1::Release release;
  release.set_round_id(inputs.round.id.value());
  release.set_round_digest(crypto::ToBytes(inputs.round.digest));
  release.set_area_code(inputs.round.area_code);
  release.set_area_name(
      terms.catalogue->areas().AreaName(inputs.round.area_code).value_or(std::string()));
  release.set_fiscal_year(static_cast<uint32_t>(inputs.round.fiscal_year));
  *release.mutable_created_at() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now));
  release.set_policy_digest(inputs.descriptor.policy_digest());
  release.set_catalogue_digest(inputs.descriptor.catalogue_digest());
  release.set_layout_digest(inputs.descriptor.layout_digest());
  for (const crypto::Digest& digest : inputs.agreement_digests) {
    release.add_agreement_digest(crypto::ToBytes(digest));
  }
  for (v1::ReleaseTable& released : indicators::BuildTables(table)) {
    *release.add_table() = std::move(released);
  }
  release.set_rounding(table.rounding());
  release.set_public_release(inputs.public_release);
  for (const v1::WithheldLevel level : candidate.layout.chosen.steps) {
    release.add_withheld_level(level);
  }
  for (std::string& gate : rules::GatesNotEvaluated()) {
    release.add_gates_not_evaluated(std::move(gate));
  }
  release.set_two_person(terms.two_person);
  release.set_population_edition(inputs.policy.population_edition());
  release.set_engine_version(kEngineVersion);
  return release;
}

absl::Status Hold(store::Store& store, const SealedInputs& inputs, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::RoundRow> round,
                          transaction->FindRound(inputs.round.id));
  if (!round.has_value()) return absl::InternalError("a round left the store");
  RENKEI_RETURN_IF_ERROR(CheckNothingMoved(*transaction, inputs, act.now));
  RENKEI_ASSIGN_OR_RETURN(round->state, rounds::Next(round->state, rounds::Event::kHold));
  round->held_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction->UpdateRound(*round));
  RENKEI_RETURN_IF_ERROR(Record(*transaction, act, log::EntryType::kReleaseHeld, *round));
  return transaction->Commit();
}

// What is stored as one: a release and, of the noise lane, its charge.
struct Publication {
  v1::Release release;
  std::optional<store::NoiseChargeRow> charge;
};

// Of the number that the release gets. It is made inside the transaction that stores it.
using MakePublication =
    absl::FunctionRef<absl::StatusOr<Publication>(store::Transaction&, uint64_t number)>;

absl::StatusOr<store::ReleaseRow> Publish(store::Store& store, const Candidate& candidate,
                                          const rounds::Terms& terms,
                                          MakePublication make_publication,
                                          const std::string& asked_layout, const log::Act& act) {
  const SealedInputs& inputs = candidate.inputs;
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::RoundRow> round,
                          transaction->FindRound(inputs.round.id));
  if (!round.has_value()) return absl::InternalError("a round left the store");
  if (round->state == v1::ROUND_STATE_RELEASED) {
    // Made by another call meanwhile.
    return StoredRelease(*transaction, round->release_number, asked_layout);
  }
  RENKEI_RETURN_IF_ERROR(DecideAgain(*transaction, terms, candidate, *round, act.now));
  RENKEI_RETURN_IF_ERROR(CheckNothingMoved(*transaction, inputs, act.now));
  RENKEI_ASSIGN_OR_RETURN(const uint64_t count, transaction->ReleaseCount());
  RENKEI_ASSIGN_OR_RETURN(Publication publication, make_publication(*transaction, count + 1));
  v1::Release& release = publication.release;
  release.set_number(count + 1);
  std::set<uint64_t> replaces;
  for (const v1::MeasureRef& measure : inputs.descriptor.measure()) {
    RENKEI_ASSIGN_OR_RETURN(
        const std::optional<uint64_t> before,
        transaction->FindReleaseOf(round->area_code, round->fiscal_year, measure.id()));
    if (before.has_value()) replaces.insert(*before);
  }
  for (const uint64_t number : replaces) release.add_replaces(number);

  store::ReleaseRow row;
  row.number = count + 1;
  row.round_id = round->id;
  row.area_code = round->area_code;
  row.fiscal_year = round->fiscal_year;
  row.created_at = act.now;
  row.bytes = release.SerializeAsString();
  row.sha256 = crypto::Sha256(base::AsBytes(row.bytes));
  for (const v1::MeasureRef& measure : inputs.descriptor.measure()) {
    row.indicators.push_back(measure.id());
  }
  row.replaces.assign(replaces.begin(), replaces.end());
  RENKEI_RETURN_IF_ERROR(transaction->InsertRelease(row, inputs.counted));
  if (publication.charge.has_value()) {
    RENKEI_RETURN_IF_ERROR(transaction->InsertNoiseCharge(*publication.charge));
    row.with_noise = true;
  }
  RENKEI_ASSIGN_OR_RETURN(round->state, rounds::Next(round->state, rounds::Event::kRelease));
  round->release_number = row.number;
  RENKEI_RETURN_IF_ERROR(transaction->UpdateRound(*round));
  for (const base::MemberId& member : inputs.left_out) {
    RENKEI_RETURN_IF_ERROR(
        Record(*transaction, act, log::EntryType::kContributionRejected, *round,
               {{"member", member.value()},
                {"reason", v1::ErrorReason_Name(v1::ERROR_REASON_NO_AGREEMENT)}}));
  }
  RENKEI_RETURN_IF_ERROR(Record(*transaction, act, log::EntryType::kComputeFinished, *round));
  RENKEI_ASSIGN_OR_RETURN(const crypto::Digest policy,
                          crypto::DigestFromBytes(inputs.descriptor.policy_digest()));
  RENKEI_ASSIGN_OR_RETURN(const crypto::Digest catalogue,
                          crypto::DigestFromBytes(inputs.descriptor.catalogue_digest()));
  RENKEI_RETURN_IF_ERROR(Record(*transaction, act, log::EntryType::kReleaseRecorded, *round,
                                {{"catalogue", crypto::ToHex(catalogue)},
                                 {"policy", crypto::ToHex(policy)},
                                 {"release", static_cast<int64_t>(row.number)},
                                 {"sha256", crypto::ToHex(row.sha256)}}));
  if (publication.charge.has_value()) {
    const store::NoiseChargeRow& charge = *publication.charge;
    RENKEI_RETURN_IF_ERROR(
        Record(*transaction, act, log::EntryType::kNoiseCharged, *round,
               {{"release", static_cast<int64_t>(row.number)},
                {"rho", absl::StrCat(charge.rho_numerator, "/", charge.rho_denominator)}}));
  }
  RENKEI_RETURN_IF_ERROR(transaction->Commit());
  return row;
}

absl::StatusOr<store::ReleaseRow> MakeNoisy(store::Store& store, const rounds::Terms& terms,
                                            const Surroundings& surroundings,
                                            const Candidate& candidate,
                                            const std::string& asked_layout, const log::Act& act) {
  const store::RoundRow& round = candidate.inputs.round;
  RENKEI_ASSIGN_OR_RETURN(const disclosure::ProtectRequest request,
                          RequestOf(candidate, terms, surroundings));
  RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const rules::Decision may_draw,
                          DecideDraw(*snapshot, surroundings, candidate));
  snapshot.reset();
  if (!may_draw.permitted()) {
    RENKEI_RETURN_IF_ERROR(RecordAlone(store, act, log::EntryType::kComputeDenied, round));
    return rules::ToStatus(may_draw);
  }
  RENKEI_RETURN_IF_ERROR(RecordAlone(store, act, log::EntryType::kComputeStarted, round));
  RENKEI_RETURN_IF_ERROR(base::Annotate(surroundings.anchor->Advance(store), "anchor_file"));
  absl::StatusOr<store::ReleaseRow> row = Publish(
      store, candidate, terms,
      [&](store::Transaction& transaction, uint64_t number) -> absl::StatusOr<Publication> {
        RENKEI_ASSIGN_OR_RETURN(NoisyTable noisy,
                                ChargeAndDraw(transaction, terms, surroundings, candidate.inputs,
                                              request, number, *act.random));
        v1::Release release = Assemble(candidate, terms, noisy.table, act.now);
        *release.mutable_noise() = ToProto(noisy.price);
        indicators::StateNoise(noisy.table, release.noise(), release.mutable_table());
        return Publication{std::move(release), std::move(noisy.charge)};
      },
      asked_layout, act);
  if (row.ok()) {
    EraseKeyOnceAnchored(store, surroundings, round.id);
  } else if (base::DetailOf(row.status()).rule() == "policy.noise_budget") {
    RENKEI_RETURN_IF_ERROR(RecordAlone(store, act, log::EntryType::kComputeDenied, round));
  }
  return row;
}

}  // namespace

absl::StatusOr<store::ReleaseRow> Make(store::Store& store, const rounds::Terms& terms,
                                       const Surroundings& surroundings,
                                       const base::RoundId& round_id,
                                       const std::string& layout_name, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::RoundRow> asked,
                          snapshot->FindRound(round_id));
  if (asked.has_value() && asked->state == v1::ROUND_STATE_RELEASED) {
    EraseKeyOnceAnchored(store, surroundings, round_id);
    return StoredRelease(*snapshot, asked->release_number, layout_name);
  }
  RENKEI_ASSIGN_OR_RETURN(const Candidate candidate,
                          LoadCandidate(*snapshot, terms, round_id, layout_name, act.now));
  snapshot.reset();
  const store::RoundRow& round = candidate.inputs.round;
  if (!candidate.decision.permitted()) {
    RENKEI_RETURN_IF_ERROR(RecordAlone(store, act, log::EntryType::kComputeDenied, round));
    return rules::ToStatus(candidate.decision);
  }
  if (candidate.lane == rounds::Lane::kNoise) {
    return MakeNoisy(store, terms, surroundings, candidate, layout_name, act);
  }
  RENKEI_ASSIGN_OR_RETURN(const disclosure::ProtectRequest request,
                          RequestOf(candidate, terms, surroundings));
  const absl::Status entered = disclosure::CheckAgainstLedger(request);
  if (base::DetailOf(entered).reason() == v1::ERROR_REASON_ALREADY_RELEASED) {
    RENKEI_RETURN_IF_ERROR(RecordAlone(store, act, log::EntryType::kComputeDenied, round));
    return entered;
  }
  RENKEI_RETURN_IF_ERROR(RecordAlone(store, act, log::EntryType::kComputeStarted, round));
  const base::Secret table_key =
      disclosure::DeriveTableKey(surroundings.release_root, round.area_code);
  const auto table = disclosure::Protect(request, table_key.bytes());
  if (!table.ok()) {
    const v1::ErrorReason reason = base::DetailOf(table.status()).reason();
    if (reason == v1::ERROR_REASON_HELD) RENKEI_RETURN_IF_ERROR(Hold(store, candidate.inputs, act));
    if (reason == v1::ERROR_REASON_ALREADY_RELEASED) {
      RENKEI_RETURN_IF_ERROR(RecordAlone(store, act, log::EntryType::kComputeDenied, round));
    }
    return table.status();
  }
  const auto assemble = [&](store::Transaction&, uint64_t) -> absl::StatusOr<Publication> {
    return Publication{Assemble(candidate, terms, *table, act.now), std::nullopt};
  };
  return Publish(store, candidate, terms, assemble, layout_name, act);
}

}  // namespace renkei::hub::releases
