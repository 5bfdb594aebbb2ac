#include "hub/rounds/accept.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/rounds/agreements.h"
#include "hub/rounds/consent_checkpoint.h"
#include "hub/rounds/open.h"
#include "hub/rounds/policy_in_force.h"
#include "hub/rounds/statement_checks.h"
#include "hub/rounds/strict_message.h"
#include "policy/agreement/agreement.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"
#include "policy/rules/decide.h"

namespace renkei::hub::rounds {
namespace rules = renkei::policy::rules;
using google::protobuf::util::TimeUtil;
using policy::agreement::Agreement;
using policy::rules::CheckpointStanding;
using v1::ContributionStatement;
namespace {

absl::Status Denied(v1::ErrorReason reason, absl::string_view field, absl::string_view message,
                    absl::string_view pass) {
  return base::MakeError(absl::StatusCode::kPermissionDenied, reason, message, field,
                         "contribution", pass);
}

absl::Status BadSignature() {
  return Denied(v1::ERROR_REASON_SIGNATURE, "envelope",
                "the signature does not fit the bytes and the issuer's registered key",
                "send the bytes exactly as they were signed by the enrolled agent");
}

// Signature, type, audience, issuer, form: all that needs no round. The key belongs to `iss`; bytes
// that cannot be read are held against the peer's key, so that a changed byte is always a bad
// signature.
absl::StatusOr<ContributionStatement> Identify(store::Store& store, const Terms& terms,
                                               const Peer& peer, const v1::DsseEnvelope& envelope) {
  ContributionStatement statement;
  const bool readable = statement.ParseFromString(envelope.payload());
  std::vector<uint8_t> key = peer.signing_public_key;
  if (readable && statement.iss() != peer.spiffe_id) {
    RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store.Read());
    RENKEI_ASSIGN_OR_RETURN(const std::optional<store::IdentityRow> issuer,
                            snapshot->FindIdentity(statement.iss()));
    if (!issuer.has_value() || issuer->signing_public_key.empty()) return BadSignature();
    key = issuer->signing_public_key;
  }
  if (!crypto::VerifyEnvelope(envelope, envelope.payload_type(), key).ok()) return BadSignature();
  if (envelope.payload_type() != crypto::kContributionType) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_WRONG_TYPE,
                           "the signed statement is not a contribution", "envelope.payload_type",
                           "contribution", crypto::kContributionType);
  }
  if (!readable) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                           "the contribution cannot be read", "envelope.payload", "contribution",
                           "prepare the contribution again");
  }
  if (statement.aud() != terms.audience) {
    return Denied(v1::ERROR_REASON_WRONG_AUDIENCE, "aud",
                  "the contribution is meant for another hub",
                  "send it to the hub that opened the round");
  }
  if (statement.iss() != peer.spiffe_id) {
    return Denied(v1::ERROR_REASON_WRONG_ISSUER, "iss",
                  "the contribution was signed by another member than the one that sends it",
                  "each member sends its own contribution");
  }
  RENKEI_RETURN_IF_ERROR(RefuseUnknown(statement));
  RENKEI_RETURN_IF_ERROR(CheckForm(statement));
  return statement;
}

absl::Status Conflict(absl::string_view message) {
  return base::MakeError(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_CONFLICT, message,
                         "request_id", "contribution",
                         "a correction is a new request id with revision + 1 and supersedes");
}

// Names of what arrived, for its entry.
struct Arrival {
  const ContributionStatement& statement;
  const Peer& peer;
  crypto::Digest payload;
  crypto::Digest envelope;
  int fiscal_year = 0;    // known with the round
  std::string area_code;  // known with the round
};

// Entries name envelopes, never payloads: a payload is counts and what the entry says beside, so
// that its digest would confirm a guess at the counts; the envelope's covers the signature too
// (R12).
absl::Status RecordConflict(store::Transaction& transaction, const log::Act& act,
                            const Arrival& arrival, const store::ContributionRow& known) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ContributionRow> whole,
                          transaction.FindContribution(known.iss, known.request_id));
  if (!whole.has_value()) return absl::InternalError("a contribution left the store");
  RENKEI_RETURN_IF_ERROR(
      log::Append(transaction, act,
                  {.type = log::EntryType::kContributionConflict,
                   .objects = {{"known_dsse",
                                crypto::ToHex(crypto::Sha256(base::AsBytes(whole->envelope)))},
                               {"request_id", arrival.statement.request_id()},
                               {"round_id", arrival.statement.round_id()}},
                   .dsse = arrival.envelope})
          .status());
  return transaction.Commit();
}

// Refusals are entries too; the reason is left out where it depends on the counts (R36).
absl::Status RecordRejection(store::Store& store, const log::Act& act, const Peer& peer,
                             const absl::Status& refusal) {
  const v1::ErrorReason reason = base::DetailOf(refusal).reason();
  std::map<std::string, log::Value> objects = {{"member", peer.member_id.value()}};
  if (reason != v1::ERROR_REASON_IMPLAUSIBLE && reason != v1::ERROR_REASON_UNSPECIFIED) {
    objects["reason"] = v1::ErrorReason_Name(reason);
  }
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_RETURN_IF_ERROR(
      log::Append(*transaction, act,
                  {.type = log::EntryType::kContributionRejected, .objects = std::move(objects)})
          .status());
  return transaction->Commit();
}

absl::StatusOr<store::RoundRow> RoundOf(store::Snapshot& snapshot, const ContributionStatement& s,
                                        const Peer& peer, const log::Act& act,
                                        v1::RoundDescriptor* descriptor) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::RoundRow> round,
                          snapshot.FindRound(base::RoundId(s.round_id())));
  bool takes_part = false;
  if (round.has_value()) {
    RENKEI_ASSIGN_OR_RETURN(*descriptor, DescriptorOf(*round));
    takes_part = std::find(descriptor->member().begin(), descriptor->member().end(),
                           peer.member_id.value()) != descriptor->member().end();
  }
  if (!takes_part) {
    // The same answer whether or not there is such a round.
    return Denied(v1::ERROR_REASON_NOT_IN_ROUND, "round_id",
                  "the member takes part in no round of this id",
                  "list the rounds that the member takes part in");
  }
  if (round->state != v1::ROUND_STATE_OPEN || act.now >= round->deadline) {
    return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ROUND_CLOSED,
                           "the round is closed", "round_id", "round.state",
                           "the figures can enter the next round");
  }
  return *round;
}

absl::Status Decide(store::Snapshot& snapshot, const Terms& terms, const ContributionStatement& s,
                    const Peer& peer, const v1::RoundDescriptor& descriptor,
                    CheckpointStanding consent, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::AgreementRow> row,
                          snapshot.FindAgreement(s.dua_id(), s.dua_version()));
  std::optional<Agreement> agreement;
  if (row.has_value() && IsInForce(*row, act.now) && row->member_id == peer.member_id &&
      crypto::ToBytes(row->digest) == s.dua_digest()) {
    RENKEI_ASSIGN_OR_RETURN(agreement, Agreement::Parse(row->text, row->dua_id));
  }
  rules::ComputeRequest request;
  request.agreement = agreement.has_value() ? &*agreement : nullptr;
  request.member = peer.member_id;
  request.purpose = descriptor.purpose();
  for (const v1::MeasureRef& measure : descriptor.measure())
    request.measures.push_back(measure.id());
  request.area_code = descriptor.area_code();
  request.fiscal_year = base::FiscalYear(static_cast<int>(descriptor.fiscal_year()));
  request.signature_verified = true;
  request.layout_matches = s.layout_digest() == descriptor.layout_digest();
  request.issued_at = ToTime(s.issued_at());
  request.not_after = ToTime(s.not_after());
  request.received_at = act.now;
  request.consent_checkpoint = consent;
  request.consent_made_at = ToTime(s.consent_checkpoint().made_at());
  RENKEI_ASSIGN_OR_RETURN(request.policy_of_round,
                          crypto::DigestFromBytes(descriptor.policy_digest()));
  const absl::StatusOr<crypto::Digest> named = crypto::DigestFromBytes(s.policy_digest());
  if (named.ok()) request.policy_named = *named;
  RENKEI_ASSIGN_OR_RETURN(request.policy_approvals,
                          ApprovalsOf(snapshot, terms, request.policy_of_round));
  request.two_person = terms.two_person;
  RENKEI_ASSIGN_OR_RETURN(const rules::Policy policy, PolicyOf(snapshot, request.policy_of_round));
  return rules::ToStatus(rules::DecideCompute(request, policy.document()));
}

absl::Status CheckRevision(store::Snapshot& snapshot, const ContributionStatement& s,
                           const Peer& peer) {
  if (s.revision() == 1) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(
      const std::optional<store::ContributionRow> previous,
      snapshot.FindRevision(base::RoundId(s.round_id()), peer.member_id, s.revision() - 1));
  if (!previous.has_value() || previous->request_id != s.supersedes()) {
    return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
                           "supersedes does not name the member's previous revision", "supersedes",
                           "contribution.revision", "name the request id of revision - 1");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::DsseEnvelope> Store(store::Transaction& transaction,
                                       const crypto::Signer& receipt_key, const Arrival& arrival,
                                       const std::string& envelope, const log::Act& act) {
  const ContributionStatement& s = arrival.statement;
  RENKEI_ASSIGN_OR_RETURN(const uint64_t sequence,
                          log::Append(transaction, act,
                                      {.type = log::EntryType::kContributionAccepted,
                                       .objects = {{"area", arrival.area_code},
                                                   {"member", arrival.peer.member_id.value()},
                                                   {"request_id", s.request_id()},
                                                   {"revision", static_cast<int64_t>(s.revision())},
                                                   {"round_id", s.round_id()}},
                                       .fiscal_year = arrival.fiscal_year,
                                       .dsse = arrival.envelope}));
  v1::ReceiptStatement receipt;
  receipt.set_request_id(s.request_id());
  receipt.set_payload_sha256(crypto::ToBytes(arrival.payload));
  receipt.set_log_sequence(sequence);
  *receipt.mutable_accepted_at() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(act.now));
  receipt.set_round_id(s.round_id());
  receipt.set_revision(s.revision());
  const v1::DsseEnvelope signed_receipt =
      crypto::SignEnvelope(crypto::kReceiptType, receipt.SerializeAsString(), receipt_key);
  store::ContributionRow row;
  row.iss = s.iss();
  row.request_id = s.request_id();
  row.round_id = base::RoundId(s.round_id());
  row.member_id = arrival.peer.member_id;
  row.revision = s.revision();
  row.issued_at = ToTime(s.issued_at());
  row.accepted_at = act.now;
  row.envelope = envelope;
  row.payload_digest = arrival.payload;
  row.receipt = signed_receipt.SerializeAsString();
  row.log_sequence = sequence;
  RENKEI_RETURN_IF_ERROR(transaction.InsertContribution(row));
  RENKEI_RETURN_IF_ERROR(transaction.Commit());
  return signed_receipt;
}

// Everything under the writer's lock. A refusal leaves nothing behind but, for a conflict, its
// entry.
absl::StatusOr<v1::DsseEnvelope> Take(store::Store& store, const Terms& terms,
                                      const crypto::Signer& receipt_key, Arrival arrival,
                                      const std::string& envelope, const log::Act& act) {
  const ContributionStatement& s = arrival.statement;
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ContributionRow> known,
                          transaction->FindContribution(s.iss(), s.request_id()));
  if (known.has_value()) {
    if (known->payload_digest != arrival.payload) {
      RENKEI_RETURN_IF_ERROR(RecordConflict(*transaction, act, arrival, *known));
      return Conflict("this request id was used for other content");
    }
    v1::DsseEnvelope receipt;
    if (!receipt.ParseFromString(known->receipt)) {
      return absl::DataLossError("a stored receipt cannot be read");
    }
    return receipt;
  }
  v1::RoundDescriptor descriptor;
  RENKEI_ASSIGN_OR_RETURN(const store::RoundRow round,
                          RoundOf(*transaction, s, arrival.peer, act, &descriptor));
  arrival.fiscal_year = round.fiscal_year;
  arrival.area_code = round.area_code;
  RENKEI_ASSIGN_OR_RETURN(
      CheckedCheckpoint consent,
      CheckConsentCheckpoint(*transaction, terms.trust_domain, arrival.peer.member_id,
                             arrival.peer.spiffe_id, s.consent_checkpoint(), act.now));
  RENKEI_RETURN_IF_ERROR(
      Decide(*transaction, terms, s, arrival.peer, descriptor, consent.standing, act));
  RENKEI_RETURN_IF_ERROR(CheckFrozen(s, descriptor, crypto::ToBytes(round.digest)));
  RENKEI_ASSIGN_OR_RETURN(
      const std::optional<store::ContributionRow> revised,
      transaction->FindRevision(round.id, arrival.peer.member_id, s.revision()));
  if (revised.has_value()) {
    RENKEI_RETURN_IF_ERROR(RecordConflict(*transaction, act, arrival, *revised));
    return Conflict("this revision was accepted before under another request id");
  }
  RENKEI_RETURN_IF_ERROR(CheckRevision(*transaction, s, arrival.peer));
  if (s.member_kind() != arrival.peer.kind) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_IMPLAUSIBLE,
                           "member_kind: a member fills cells of its own kind only", "member_kind",
                           "contribution", "prepare the contribution again");
  }
  RENKEI_ASSIGN_OR_RETURN(const policy::tables::Layout layout, LayoutOf(descriptor));
  RENKEI_RETURN_IF_ERROR(CubeOf(s, layout).status());
  if (consent.row.has_value()) {
    RENKEI_RETURN_IF_ERROR(transaction->InsertConsentCheckpoint(*consent.row));
  }
  if (consent.standing == CheckpointStanding::kRestarts) {
    RENKEI_RETURN_IF_ERROR(log::Append(*transaction, act,
                                       {.type = log::EntryType::kConsentLedgerRestarted,
                                        .objects = {{"member", arrival.peer.member_id.value()},
                                                    {"request_id", s.request_id()}},
                                        .dsse = arrival.envelope})
                               .status());
  }
  return Store(*transaction, receipt_key, arrival, envelope, act);
}

bool IsRefusal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<v1::DsseEnvelope> Accept(store::Store& store, const Terms& terms,
                                        const crypto::Signer& receipt_key, const Peer& peer,
                                        const v1::DsseEnvelope& envelope, const log::Act& act) {
  absl::StatusOr<v1::DsseEnvelope> answer = [&]() -> absl::StatusOr<v1::DsseEnvelope> {
    RENKEI_ASSIGN_OR_RETURN(const ContributionStatement statement,
                            Identify(store, terms, peer, envelope));
    const std::string bytes = envelope.SerializeAsString();
    return Take(store, terms, receipt_key,
                {.statement = statement,
                 .peer = peer,
                 .payload = crypto::Sha256(base::AsBytes(envelope.payload())),
                 .envelope = crypto::Sha256(base::AsBytes(bytes))},
                bytes, act);
  }();
  if (IsRefusal(answer.status())) {
    RENKEI_RETURN_IF_ERROR(RecordRejection(store, act, peer, answer.status()));
  }
  return answer;
}

absl::StatusOr<ContributionStatement> StatementOf(const store::ContributionRow& row) {
  v1::DsseEnvelope envelope;
  ContributionStatement statement;
  if (!envelope.ParseFromString(row.envelope) || !statement.ParseFromString(envelope.payload()) ||
      crypto::Sha256(base::AsBytes(envelope.payload())) != row.payload_digest) {
    return absl::DataLossError("a stored contribution does not fit its digest");
  }
  return statement;
}

}  // namespace renkei::hub::rounds
