#include "hub/rounds/agreements.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "policy/agreement/agreement.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"

namespace renkei::hub::rounds {
using policy::agreement::Agreement;
namespace {

constexpr uint32_t kMaxThreshold = 100000;  // as for policies

absl::Status Refuse(absl::StatusCode code, v1::ErrorReason reason, absl::string_view field,
                    absl::string_view message, absl::string_view pass) {
  return base::MakeError(code, reason, message, field, "agreement", pass);
}

absl::Status CheckEnvelope(const v1::DsseEnvelope& envelope, const std::vector<uint8_t>& key) {
  absl::Status verified = crypto::VerifyEnvelope(envelope, crypto::kAgreementType, key);
  if (verified.ok()) return verified;
  if (envelope.payload_type() != crypto::kAgreementType) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_WRONG_TYPE, "envelope",
                  "the signed statement is not an agreement", "sign the agreement's text");
  }
  return Refuse(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SIGNATURE, "envelope",
                "the signature does not fit the text and the signer's registered key",
                "sign the text with the key of this identity");
}

absl::Status CheckTerms(const Agreement& agreement, const Terms& terms,
                        const Secretary& secretary) {
  const v1::DataUseAgreement& dua = agreement.terms();
  if (std::any_of(dua.area().begin(), dua.area().end(),
                  [&](const std::string& area) { return area != secretary.area_code; })) {
    return Refuse(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE, "area",
                  "the agreement names an area that is not the secretariat's own",
                  "propose it with the bundle of that area");
  }
  for (const std::string& indicator : dua.indicator()) {
    if (indicator != "*" && terms.catalogue->FindMeasure(indicator) == nullptr) {
      return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED, "indicator",
                    "the agreement names a measure that the catalogue does not have",
                    "ids are listed by `renkei indicator list`");
    }
  }
  // Larger figures would turn negative where thresholds are compared, and so ask for nothing.
  if (dua.min_cell_persons() > kMaxThreshold || dua.min_contributors() > kMaxThreshold) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_AGREEMENT_SCOPE, "terms",
                  "min_cell_persons or min_contributors is larger than 100000",
                  "name a threshold that a table can meet");
  }
  if (absl::Status tightens =
          policy::agreement::CheckOnlyTightens(agreement, terms.policy->document());
      !tightens.ok()) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_AGREEMENT_SCOPE, "terms",
                  tightens.message(), "an agreement may only tighten the policy");
  }
  return absl::OkStatus();
}

absl::Status CheckMember(store::Snapshot& snapshot, const Agreement& agreement) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::MemberRow> member,
                          snapshot.FindMember(agreement.member_id()));
  if (!member.has_value()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_NOT_FOUND, "member_code",
                  "the agreement is for an organisation that was never invited",
                  "invite the member first");
  }
  if (member->revoked_at.has_value()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVOKED, "member_code",
                  "the member was revoked", "invite the member again");
  }
  return absl::OkStatus();
}

absl::Status CheckVersions(store::Snapshot& snapshot, const Agreement& agreement) {
  const v1::DataUseAgreement& dua = agreement.terms();
  if (dua.version() == 1 && dua.supersedes_version() == 0) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::AgreementRow> earlier,
                          snapshot.FindAgreement(dua.dua_id(), dua.supersedes_version()));
  if (!earlier.has_value() || earlier->member_id != agreement.member_id() ||
      dua.supersedes_version() >= dua.version()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
                  "supersedes_version", "a later version names the version that it replaces",
                  "name an earlier version of the same member's agreement");
  }
  return absl::OkStatus();
}

absl::Status Record(store::Transaction& transaction, const log::Act& act, log::EntryType type,
                    const store::AgreementRow& row, absl::string_view area,
                    absl::string_view envelope) {
  std::map<std::string, log::Value> objects = {{"dua_id", row.dua_id},
                                               {"member", row.member_id.value()},
                                               {"text_sha256", crypto::ToHex(row.digest)},
                                               {"version", static_cast<int64_t>(row.version)}};
  if (!area.empty()) objects["area"] = std::string(area);
  std::optional<crypto::Digest> dsse;
  if (!envelope.empty()) dsse = crypto::Sha256(base::AsBytes(envelope));
  return log::Append(transaction, act, {.type = type, .objects = std::move(objects), .dsse = dsse})
      .status();
}

constexpr int kPage = 500;

// One version of an agreement is in force: the newest that was signed. Older ones, also those
// between that nobody names, end with it; none of them can be signed behind its back.
absl::Status Supersede(store::Transaction& transaction, const store::AgreementRow& by,
                       absl::string_view area, const log::Act& act) {
  uint32_t after = 0;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<store::AgreementRow> rows,
                            transaction.ListAgreements(by.member_id, by.dua_id, after, kPage));
    for (store::AgreementRow row : rows) {
      if (row.dua_id != by.dua_id) return absl::OkStatus();
      after = row.version;
      if (row.version == by.version || row.state == v1::AGREEMENT_STATE_SUPERSEDED) continue;
      if (row.version > by.version) {
        if (row.state == v1::AGREEMENT_STATE_PROPOSED) continue;
        return Refuse(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION, "version",
                      "a later version has replaced this one", "sign the newest version");
      }
      row.state = v1::AGREEMENT_STATE_SUPERSEDED;
      row.changed_at = act.now;
      RENKEI_RETURN_IF_ERROR(transaction.UpdateAgreement(row));
      RENKEI_RETURN_IF_ERROR(
          Record(transaction, act, log::EntryType::kDuaSuperseded, row, area, ""));
    }
    if (rows.size() < kPage) return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<store::AgreementRow> Propose(store::Transaction& transaction, const Terms& terms,
                                            const Secretary& secretary,
                                            const v1::DsseEnvelope& envelope, const log::Act& act) {
  RENKEI_RETURN_IF_ERROR(CheckEnvelope(envelope, secretary.signing_public_key));
  absl::StatusOr<Agreement> agreement = Agreement::Parse(envelope.payload(), "agreement");
  if (!agreement.ok()) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                  "envelope.payload", agreement.status().message(),
                  "correct the file and propose it again");
  }
  RENKEI_RETURN_IF_ERROR(CheckTerms(*agreement, terms, secretary));
  const v1::DataUseAgreement& dua = agreement->terms();
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::AgreementRow> known,
                          transaction.FindAgreement(dua.dua_id(), dua.version()));
  if (known.has_value()) {
    if (known->digest == agreement->digest()) return *known;
    return Refuse(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_CONFLICT, "version",
                  "this id and version were proposed with other content", "raise the version");
  }
  RENKEI_RETURN_IF_ERROR(CheckMember(transaction, *agreement));
  RENKEI_RETURN_IF_ERROR(CheckVersions(transaction, *agreement));
  store::AgreementRow row;
  row.dua_id = dua.dua_id();
  row.version = dua.version();
  row.member_id = agreement->member_id();
  row.state = v1::AGREEMENT_STATE_PROPOSED;
  row.digest = agreement->digest();
  row.text = envelope.payload();
  row.secretariat_envelope = envelope.SerializeAsString();
  row.changed_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.InsertAgreement(row));
  RENKEI_RETURN_IF_ERROR(Record(transaction, act, log::EntryType::kDuaProposed, row,
                                secretary.area_code, row.secretariat_envelope));
  return row;
}

absl::StatusOr<store::AgreementRow> Sign(store::Transaction& transaction, const Peer& peer,
                                         const std::string& dua_id, uint32_t version,
                                         const v1::DsseEnvelope& envelope, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::AgreementRow> row,
                          transaction.FindAgreement(dua_id, version));
  if (!row.has_value() || row->member_id != peer.member_id) {
    return Refuse(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE, "dua_id",
                  "the member has no agreement of this id and version",
                  "list the agreements that were proposed to the member");
  }
  RENKEI_RETURN_IF_ERROR(CheckEnvelope(envelope, peer.signing_public_key));
  if (envelope.payload() != row->text) {
    return Refuse(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_CONFLICT, "envelope.payload",
                  "the signed text is not the proposed text", "sign the proposal's bytes");
  }
  if (row->state == v1::AGREEMENT_STATE_ACTIVE) return *row;
  if (row->state != v1::AGREEMENT_STATE_PROPOSED) {
    return Refuse(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION, "version",
                  "a later version has replaced this one", "sign the newest version");
  }
  RENKEI_ASSIGN_OR_RETURN(const Agreement agreement, Agreement::Parse(row->text, "agreement"));
  const std::string area = agreement.terms().area_size() > 0 ? agreement.terms().area(0) : "";
  RENKEI_RETURN_IF_ERROR(Supersede(transaction, *row, area, act));
  row->state = v1::AGREEMENT_STATE_ACTIVE;
  row->member_envelope = envelope.SerializeAsString();
  row->changed_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.UpdateAgreement(*row));
  RENKEI_RETURN_IF_ERROR(
      Record(transaction, act, log::EntryType::kDuaSigned, *row, area, row->member_envelope));
  RENKEI_RETURN_IF_ERROR(
      Record(transaction, act, log::EntryType::kDuaActivated, *row, area, row->member_envelope));
  return *std::move(row);
}

absl::StatusOr<v1::AgreementRecord> ToProto(const store::AgreementRow& row) {
  v1::AgreementRecord record;
  record.set_dua_id(row.dua_id);
  record.set_version(row.version);
  record.set_member_id(row.member_id.value());
  record.set_state(row.state);
  record.set_digest(crypto::ToBytes(row.digest));
  if (!record.mutable_secretariat()->ParseFromString(row.secretariat_envelope) ||
      (!row.member_envelope.empty() &&
       !record.mutable_member()->ParseFromString(row.member_envelope))) {
    return absl::DataLossError("a stored agreement cannot be read");
  }
  *record.mutable_changed_at() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(row.changed_at));
  return record;
}

}  // namespace renkei::hub::rounds
