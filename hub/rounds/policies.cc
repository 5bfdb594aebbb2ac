#include "hub/rounds/policies.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/rounds/lanes.h"
#include "hub/rounds/policy_in_force.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"
#include "policy/rules/decide.h"

namespace renkei::hub::rounds {
namespace rules = renkei::policy::rules;
namespace {

absl::Status Refuse(absl::StatusCode code, v1::ErrorReason reason, absl::string_view field,
                    absl::string_view message, absl::string_view pass) {
  return base::MakeError(code, reason, message, field, "policy", pass);
}

absl::Status CheckEnvelope(const v1::DsseEnvelope& envelope, const std::vector<uint8_t>& key) {
  if (envelope.payload_type() != crypto::kPolicyType) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_WRONG_TYPE, "envelope",
                  "the signed statement is not a policy", "sign the policy's text");
  }
  if (crypto::VerifyEnvelope(envelope, crypto::kPolicyType, key).ok()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SIGNATURE, "envelope",
                "the signature does not fit the text and the signer's registered key",
                "sign the text with the key of this identity");
}

google::protobuf::Timestamp Stamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

absl::StatusOr<uint64_t> Record(store::Transaction& transaction, const Terms& terms,
                                const log::Act& act, log::EntryType type,
                                const store::PolicyRow& row, absl::string_view envelope) {
  std::optional<crypto::Digest> dsse;
  if (!envelope.empty()) dsse = crypto::Sha256(base::AsBytes(envelope));
  return log::Append(transaction, act,
                     {.type = type,
                      .objects = {{"policy", crypto::ToHex(row.digest)},
                                  {"policy_id", row.id},
                                  {"two_person", terms.two_person},
                                  {"version", static_cast<int64_t>(row.version)}},
                      .dsse = dsse});
}

absl::Status CheckVersion(store::Snapshot& snapshot, const v1::PolicyDocument& document) {
  RENKEI_ASSIGN_OR_RETURN(const store::PolicyVersions versions,
                          snapshot.FindPolicyVersions(document.id()));
  const uint64_t next = uint64_t{versions.proposed} + 1;
  if (document.version() == next) return absl::OkStatus();
  const std::string pass = absl::StrCat("version: ", next);
  if (document.version() == versions.proposed) {
    return Refuse(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_CONFLICT, "version",
                  "this id and version were proposed with other content", pass);
  }
  return Refuse(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION, "version",
                "versions of an id begin with 1 and rise by one", pass);
}

absl::Status PutSignature(store::Transaction& transaction, const store::PolicyRow& row,
                          const std::vector<uint8_t>& key, std::string envelope,
                          const log::Act& act, bool again) {
  store::PolicySignatureRow signature{.digest = row.digest,
                                      .spiffe_id = act.who,
                                      .public_key = key,
                                      .envelope = std::move(envelope),
                                      .signed_at = act.now};
  return again ? transaction.UpdatePolicySignature(signature)
               : transaction.InsertPolicySignature(signature);
}

// Whether this identity has signed before: a person whose signature does not count any more,
// because nobody followed in time, may sign again. One key never counts for two persons.
absl::StatusOr<bool> SignedBefore(const std::vector<store::PolicySignatureRow>& signatures,
                                  const std::vector<uint8_t>& key, const log::Act& act) {
  bool before = false;
  for (const store::PolicySignatureRow& signature : signatures) {
    if (signature.spiffe_id == act.who) before = true;
    if (signature.public_key == key && PersonOf(signature.spiffe_id) != PersonOf(act.who)) {
      return Refuse(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SIGNATURE, "envelope",
                    "this key has signed the policy for another person",
                    "each person signs with a key of his or her own");
    }
  }
  return before;
}

// Whether a signature of this person counts as of now.
bool HasSigned(const std::vector<store::PolicySignatureRow>& signatures, const log::Act& act,
               absl::Time since) {
  return std::any_of(signatures.begin(), signatures.end(),
                     [&](const store::PolicySignatureRow& signature) {
                       return !signature.envelope.empty() && signature.signed_at >= since &&
                              PersonOf(signature.spiffe_id) == PersonOf(act.who);
                     });
}

absl::StatusOr<v1::PolicyState> StateOf(store::Snapshot& snapshot, const store::PolicyRow& row,
                                        const std::optional<store::PolicyRow>& in_force) {
  if (in_force.has_value() && in_force->digest == row.digest) return v1::POLICY_STATE_IN_FORCE;
  if (row.in_force_sequence.has_value()) return v1::POLICY_STATE_SUPERSEDED;
  RENKEI_ASSIGN_OR_RETURN(const store::PolicyVersions versions,
                          snapshot.FindPolicyVersions(row.id));
  return versions.in_force > row.version ? v1::POLICY_STATE_OVERTAKEN : v1::POLICY_STATE_PROPOSED;
}

}  // namespace

absl::StatusOr<store::PolicyRow> ProposePolicy(store::Transaction& transaction, const Terms& terms,
                                               const std::vector<uint8_t>& signing_public_key,
                                               const v1::DsseEnvelope& envelope,
                                               const log::Act& act) {
  RENKEI_RETURN_IF_ERROR(CheckEnvelope(envelope, signing_public_key));
  const absl::StatusOr<rules::Policy> policy = rules::Policy::Parse(envelope.payload(), "policy");
  if (!policy.ok()) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                  "envelope.payload", policy.status().message(),
                  "correct the file; `renkei policy check` names every fault");
  }
  const v1::PolicyDocument& document = policy->document();
  const auto& editions = terms.population_editions;
  if (std::find(editions.begin(), editions.end(), document.population_edition()) ==
      editions.end()) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                  "population_edition", "the hub has no populations of this edition",
                  absl::StrCat("name ", editions.empty() ? "" : editions.back()));
  }
  if (document.has_noise()) {
    RENKEI_RETURN_IF_ERROR(CheckNoiseFamilies(*terms.catalogue, document));
  }
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> known,
                          transaction.FindPolicy(policy->digest()));
  if (known.has_value() && !known->id.empty()) return *known;
  RENKEI_RETURN_IF_ERROR(CheckVersion(transaction, document));
  store::PolicyRow row;
  row.digest = policy->digest();
  row.text = policy->text();
  row.loaded_at = act.now;
  row.id = document.id();
  row.version = document.version();
  const std::string bytes = envelope.SerializeAsString();
  RENKEI_ASSIGN_OR_RETURN(
      row.proposed_sequence,
      Record(transaction, terms, act, log::EntryType::kPolicyProposed, row, bytes));
  if (ApprovalsNeeded(terms) == 1) {
    RENKEI_ASSIGN_OR_RETURN(
        row.in_force_sequence,
        Record(transaction, terms, act, log::EntryType::kPolicyApproved, row, bytes));
    row.in_force_at = act.now;
  }
  RENKEI_RETURN_IF_ERROR(transaction.InsertPolicy(row));
  RENKEI_RETURN_IF_ERROR(
      PutSignature(transaction, row, signing_public_key, bytes, act, /*again=*/false));
  return row;
}

absl::StatusOr<store::PolicyRow> ApprovePolicy(store::Transaction& transaction, const Terms& terms,
                                               const std::vector<uint8_t>& signing_public_key,
                                               const crypto::Digest& digest,
                                               const v1::DsseEnvelope& envelope,
                                               const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::PolicyRow> row, transaction.FindPolicy(digest));
  if (!row.has_value() || row->id.empty()) {
    return Refuse(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND, "digest",
                  "no policy of this digest was proposed", "see `renkei policy show --history`");
  }
  RENKEI_RETURN_IF_ERROR(CheckEnvelope(envelope, signing_public_key));
  if (envelope.payload() != row->text) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_CONFLICT, "envelope.payload",
                  "the signed text is not the proposed text", "sign the proposal's bytes");
  }
  const bool in_force = row->in_force_sequence.has_value();
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> standing,
                          transaction.FindPolicyInForce());
  RENKEI_ASSIGN_OR_RETURN(const v1::PolicyState state, StateOf(transaction, *row, standing));
  if (state == v1::POLICY_STATE_OVERTAKEN) {
    return Refuse(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION, "version",
                  "a later version of this policy is or was in force", "propose a new version");
  }
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::PolicySignatureRow> signatures,
                          transaction.ListPolicySignatures(digest));
  RENKEI_ASSIGN_OR_RETURN(const bool signed_before,
                          SignedBefore(signatures, signing_public_key, act));
  // What was approved by enough stays so; a signature that came too early for that is made again.
  RENKEI_ASSIGN_OR_RETURN(const int approvals, ApprovalsOf(transaction, terms, digest));
  const bool enough = in_force && approvals >= ApprovalsNeeded(terms);
  const absl::Time since = enough ? absl::InfinitePast() : act.now - rules::kApprovalWindow;
  if (HasSigned(signatures, act, since)) return *std::move(row);
  const std::string bytes = envelope.SerializeAsString();
  RENKEI_RETURN_IF_ERROR(
      PutSignature(transaction, *row, signing_public_key, bytes, act, signed_before));
  RENKEI_ASSIGN_OR_RETURN(
      const uint64_t sequence,
      Record(transaction, terms, act, log::EntryType::kPolicyApproved, *row, bytes));
  RENKEI_ASSIGN_OR_RETURN(const int approvals_now, ApprovalsOf(transaction, terms, digest));
  if (!in_force && approvals_now >= ApprovalsNeeded(terms)) {
    row->in_force_at = act.now;
    row->in_force_sequence = sequence;
    RENKEI_RETURN_IF_ERROR(transaction.UpdatePolicy(*row));
  }
  return *std::move(row);
}

absl::Status AdoptInitialPolicy(store::Transaction& transaction, const Terms& terms,
                                const rules::Policy& policy, bool configured, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(
      const std::vector<store::PolicyRow> history,
      transaction.ListPolicies(std::numeric_limits<uint64_t>::max(), /*limit=*/1));
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::PolicyRow> known,
                          transaction.FindPolicy(policy.digest()));
  if (!history.empty()) {
    if (known.has_value() || !configured) return absl::OkStatus();
    return absl::FailedPreconditionError(
        "policy_file: names another policy than the hub was started with first; policies are "
        "changed by `renkei policy propose`, so put the old file back or leave policy_file empty");
  }
  store::PolicyRow row;
  row.digest = policy.digest();
  row.text = policy.text();
  row.loaded_at = known.has_value() ? known->loaded_at : act.now;
  row.id = policy.document().id();
  row.version = policy.document().version();
  if (known.has_value()) {
    // A database of the first schema: its entries are there, and one person was enough then.
    row.in_force_at = known->loaded_at;
    row.in_force_sequence = 0;
    RENKEI_RETURN_IF_ERROR(transaction.UpdatePolicy(row));
    return PutSignature(transaction, row, {}, "", act, /*again=*/false);
  }
  RENKEI_ASSIGN_OR_RETURN(row.proposed_sequence, Record(transaction, terms, act,
                                                        log::EntryType::kPolicyProposed, row, ""));
  if (!terms.two_person) {
    RENKEI_ASSIGN_OR_RETURN(
        row.in_force_sequence,
        Record(transaction, terms, act, log::EntryType::kPolicyApproved, row, ""));
    row.in_force_at = act.now;
  }
  RENKEI_RETURN_IF_ERROR(transaction.InsertPolicy(row));
  if (terms.two_person) return absl::OkStatus();
  return PutSignature(transaction, row, {}, "", act, /*again=*/false);
}

absl::StatusOr<v1::PolicyRecord> ToProto(store::Snapshot& snapshot, const Terms& terms,
                                         const store::PolicyRow& row,
                                         const std::optional<store::PolicyRow>& in_force) {
  v1::PolicyRecord record;
  record.set_id(row.id);
  record.set_version(row.version);
  record.set_digest(crypto::ToBytes(row.digest));
  record.set_text(row.text);
  RENKEI_ASSIGN_OR_RETURN(const v1::PolicyState state, StateOf(snapshot, row, in_force));
  record.set_state(state);
  *record.mutable_proposed_at() = Stamp(row.loaded_at);
  if (row.in_force_at.has_value()) *record.mutable_in_force_at() = Stamp(*row.in_force_at);
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::PolicySignatureRow> signatures,
                          snapshot.ListPolicySignatures(row.digest));
  for (const store::PolicySignatureRow& signature : signatures) {
    v1::PolicyRecord::Signature* out = record.add_signature();
    out->set_who(signature.spiffe_id);
    *out->mutable_at() = Stamp(signature.signed_at);
    if (!signature.envelope.empty() &&
        !out->mutable_envelope()->ParseFromString(signature.envelope)) {
      return absl::DataLossError("a stored policy signature cannot be read");
    }
  }
  record.set_two_person(terms.two_person);
  return record;
}

}  // namespace renkei::hub::rounds
