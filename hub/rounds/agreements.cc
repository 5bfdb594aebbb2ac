#include "hub/rounds/agreements.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/rounds/proposal_checks.h"
#include "policy/agreement/agreement.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"

namespace renkei::hub::rounds {
using policy::agreement::Agreement;
namespace {

absl::Status CheckEnvelope(const v1::DsseEnvelope& envelope, const std::vector<uint8_t>& key) {
  absl::Status verified = crypto::VerifyEnvelope(envelope, crypto::kAgreementType, key);
  if (verified.ok()) return verified;
  if (envelope.payload_type() != crypto::kAgreementType) {
    return RefuseAgreement(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_WRONG_TYPE,
                           "envelope", "the signed statement is not an agreement",
                           "sign the agreement's text");
  }
  return RefuseAgreement(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SIGNATURE,
                         "envelope",
                         "the signature does not fit the text and the signer's registered key",
                         "sign the text with the key of this identity");
}

// The same denial whether or not there is such an agreement.
absl::Status NotTheirs() {
  return RefuseAgreement(
      absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE, "dua_id",
      "there is no agreement of this id and version between the caller and another",
      "list the agreements");
}

absl::Status Record(store::Transaction& transaction, const log::Act& act, log::EntryType type,
                    const store::AgreementRow& row, absl::string_view area,
                    absl::string_view envelope) {
  std::map<std::string, log::Value> objects = {{"dua_id", row.dua_id},
                                               {"member", row.member_id.value()},
                                               {"text_sha256", crypto::ToHex(row.digest)},
                                               {"version", static_cast<int64_t>(row.version)}};
  if (!area.empty()) objects["area"] = std::string(area);
  if (type == log::EntryType::kDuaNoticeGiven && row.ends_at.has_value()) {
    objects["expires_at"] =
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", *row.ends_at, absl::UTCTimeZone());
  }
  std::optional<crypto::Digest> dsse;
  if (!envelope.empty()) dsse = crypto::Sha256(base::AsBytes(envelope));
  return log::Append(transaction, act, {.type = type, .objects = std::move(objects), .dsse = dsse})
      .status();
}

std::string AreaOf(const Agreement& agreement) {
  return agreement.terms().area_size() > 0 ? agreement.terms().area(0) : "";
}

// The row of an agreement that the party is a side of.
absl::StatusOr<store::AgreementRow> RowOf(store::Snapshot& snapshot, const Party& party,
                                          const std::string& dua_id, uint32_t version,
                                          std::optional<Agreement>* agreement) {
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::AgreementRow> row,
                          snapshot.FindAgreement(dua_id, version));
  if (!row.has_value()) return NotTheirs();
  RENKEI_ASSIGN_OR_RETURN(*agreement, Agreement::Parse(row->text, "agreement"));
  if (!IsBetween(party, **agreement)) return NotTheirs();
  return *std::move(row);
}

absl::Status End(store::Transaction& transaction, store::AgreementRow* row, absl::string_view area,
                 const log::Act& act) {
  row->state = v1::AGREEMENT_STATE_ENDED;
  row->changed_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.UpdateAgreement(*row));
  return Record(transaction, act, log::EntryType::kDuaEnded, *row, area, "");
}

constexpr int kPage = 500;

// Ascending by version.
absl::StatusOr<std::vector<store::AgreementRow>> VersionsOf(store::Snapshot& snapshot,
                                                            const base::MemberId& member,
                                                            const std::string& dua_id) {
  std::vector<store::AgreementRow> versions;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(
        std::vector<store::AgreementRow> rows,
        snapshot.ListAgreements(member, dua_id, versions.empty() ? 0 : versions.back().version,
                                kPage));
    for (store::AgreementRow& row : rows) {
      if (row.dua_id != dua_id) return versions;
      versions.push_back(std::move(row));
    }
    if (rows.size() < kPage) return versions;
  }
}

// One version of an agreement is in force: the newest that was signed. Older ones, also those
// between that nobody names, end with it; none of them can be signed behind its back.
absl::Status Supersede(store::Transaction& transaction, const store::AgreementRow& by,
                       absl::string_view area, bool is_valid_now, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::AgreementRow> versions,
                          VersionsOf(transaction, by.member_id, by.dua_id));
  for (store::AgreementRow row : versions) {
    if (row.version == by.version || row.state == v1::AGREEMENT_STATE_SUPERSEDED) continue;
    const bool taken_back = row.state == v1::AGREEMENT_STATE_ENDED && !row.notice_at.has_value();
    if (taken_back) continue;
    if (row.version > by.version) {
      if (row.state == v1::AGREEMENT_STATE_PROPOSED) continue;
      return RefuseAgreement(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
                             "version", "a later version has replaced this one",
                             "sign the newest version");
    }
    if (!is_valid_now && IsInForce(row, act.now)) {
      return RefuseAgreement(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
                             "valid_from",
                             "this version is not valid yet and would end the one that is in force",
                             "sign it from its valid_from on");
    }
    row.state = v1::AGREEMENT_STATE_SUPERSEDED;
    row.changed_at = act.now;
    RENKEI_RETURN_IF_ERROR(transaction.UpdateAgreement(row));
    RENKEI_RETURN_IF_ERROR(Record(transaction, act, log::EntryType::kDuaSuperseded, row, area, ""));
  }
  return absl::OkStatus();
}

// A notice ends what was proposed before it: otherwise the other side's signature alone could bring
// the agreement back.
absl::Status EndProposals(store::Transaction& transaction, const store::AgreementRow& of,
                          absl::string_view area, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::AgreementRow> versions,
                          VersionsOf(transaction, of.member_id, of.dua_id));
  for (store::AgreementRow row : versions) {
    if (row.state != v1::AGREEMENT_STATE_PROPOSED) continue;
    RENKEI_RETURN_IF_ERROR(End(transaction, &row, area, act));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<store::AgreementRow> Propose(store::Transaction& transaction, const Terms& terms,
                                            const Party& party, const v1::DsseEnvelope& envelope,
                                            const log::Act& act) {
  RENKEI_RETURN_IF_ERROR(CheckEnvelope(envelope, party.signing_public_key));
  absl::StatusOr<Agreement> agreement = Agreement::Parse(envelope.payload(), "agreement");
  if (!agreement.ok()) {
    return RefuseAgreement(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                           "envelope.payload", agreement.status().message(),
                           "correct the file and propose it again");
  }
  RENKEI_RETURN_IF_ERROR(CheckTerms(transaction, *agreement, terms, party));
  const v1::DataUseAgreement& dua = agreement->terms();
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::AgreementRow> known,
                          transaction.FindAgreement(dua.dua_id(), dua.version()));
  if (known.has_value()) {
    if (known->digest == agreement->digest()) return *known;
    return RefuseAgreement(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_CONFLICT, "version",
                           "this id and version were proposed with other content",
                           "raise the version, or take a new id");
  }
  RENKEI_RETURN_IF_ERROR(CheckNewProposal(transaction, *agreement, party));
  store::AgreementRow row;
  row.dua_id = dua.dua_id();
  row.version = dua.version();
  row.member_id = agreement->member_id();
  row.state = v1::AGREEMENT_STATE_PROPOSED;
  row.digest = agreement->digest();
  row.text = envelope.payload();
  std::string& own =
      party.role == v1::ROLE_MEMBER_AGENT ? row.member_envelope : row.secretariat_envelope;
  own = envelope.SerializeAsString();
  row.changed_at = act.now;
  row.proposed_at = act.now;
  row.proposed_by = party.role;
  RENKEI_RETURN_IF_ERROR(transaction.InsertAgreement(row));
  RENKEI_RETURN_IF_ERROR(
      Record(transaction, act, log::EntryType::kDuaProposed, row, AreaOf(*agreement), own));
  return row;
}

absl::StatusOr<store::AgreementRow> Sign(store::Transaction& transaction, const Party& party,
                                         const std::string& dua_id, uint32_t version,
                                         const v1::DsseEnvelope& envelope, const log::Act& act) {
  std::optional<Agreement> agreement;
  RENKEI_ASSIGN_OR_RETURN(store::AgreementRow row,
                          RowOf(transaction, party, dua_id, version, &agreement));
  RENKEI_RETURN_IF_ERROR(CheckEnvelope(envelope, party.signing_public_key));
  if (envelope.payload() != row.text) {
    return RefuseAgreement(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_CONFLICT,
                           "envelope.payload", "the signed text is not the proposed text",
                           "sign the proposal's bytes");
  }
  if (row.state == v1::AGREEMENT_STATE_ACTIVE) return row;
  if (row.state == v1::AGREEMENT_STATE_ENDED) {
    return RefuseAgreement(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
                           "version", "this version was taken back or has ended",
                           "propose a new version");
  }
  if (row.state != v1::AGREEMENT_STATE_PROPOSED) {
    return RefuseAgreement(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
                           "version", "a later version has replaced this one",
                           "sign the newest version");
  }
  if (party.role == row.proposed_by) {
    return RefuseAgreement(
        absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_SIGNATURE, "envelope",
        "this side signed with its proposal; the other side's signature is missing",
        row.proposed_by == v1::ROLE_SECRETARIAT ? "the member runs `renkei-agent agreement sign`"
                                                : "the secretariat runs `renkei agreement sign`");
  }
  const std::string area = AreaOf(*agreement);
  RENKEI_RETURN_IF_ERROR(Supersede(transaction, row, area, agreement->IsActiveAt(act.now), act));
  row.state = v1::AGREEMENT_STATE_ACTIVE;
  std::string& own =
      party.role == v1::ROLE_MEMBER_AGENT ? row.member_envelope : row.secretariat_envelope;
  own = envelope.SerializeAsString();
  row.changed_at = act.now;
  row.activated_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.UpdateAgreement(row));
  RENKEI_RETURN_IF_ERROR(Record(transaction, act, log::EntryType::kDuaSigned, row, area, own));
  RENKEI_RETURN_IF_ERROR(Record(transaction, act, log::EntryType::kDuaActivated, row, area, own));
  return row;
}

absl::StatusOr<store::AgreementRow> Withdraw(store::Transaction& transaction, const Party& party,
                                             const std::string& dua_id, uint32_t version,
                                             const log::Act& act) {
  std::optional<Agreement> agreement;
  RENKEI_ASSIGN_OR_RETURN(store::AgreementRow row,
                          RowOf(transaction, party, dua_id, version, &agreement));
  const std::string area = AreaOf(*agreement);
  switch (row.state) {
    case v1::AGREEMENT_STATE_PROPOSED:
      RENKEI_RETURN_IF_ERROR(End(transaction, &row, area, act));
      return row;
    case v1::AGREEMENT_STATE_ACTIVE:
      break;
    case v1::AGREEMENT_STATE_ENDED:
      return row;
    default:
      return RefuseAgreement(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
                             "version", "a later version has replaced this one",
                             "withdraw from the newest version");
  }
  if (row.notice_at.has_value()) return row;
  RENKEI_RETURN_IF_ERROR(EndProposals(transaction, row, area, act));
  row.notice_at = act.now;
  row.notice_by = party.role;
  row.ends_at = agreement->EndOfNotice(act.now);
  row.changed_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.UpdateAgreement(row));
  RENKEI_RETURN_IF_ERROR(Record(transaction, act, log::EntryType::kDuaNoticeGiven, row, area, ""));
  if (!IsInForce(row, act.now)) RENKEI_RETURN_IF_ERROR(End(transaction, &row, area, act));
  return row;
}

absl::StatusOr<int> EndPastNotice(store::Transaction& transaction, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(std::vector<store::AgreementRow> rows,
                          transaction.ListAgreementsPastNotice(act.now, kPage));
  for (store::AgreementRow& row : rows) {
    RENKEI_ASSIGN_OR_RETURN(const Agreement agreement, Agreement::Parse(row.text, "agreement"));
    RENKEI_RETURN_IF_ERROR(End(transaction, &row, AreaOf(agreement), act));
  }
  return static_cast<int>(rows.size());
}

bool IsInForce(const store::AgreementRow& row, absl::Time now) {
  return row.state == v1::AGREEMENT_STATE_ACTIVE &&
         (!row.ends_at.has_value() || now < *row.ends_at);
}

absl::StatusOr<v1::AgreementRecord> ToProto(const store::AgreementRow& row) {
  v1::AgreementRecord record;
  record.set_dua_id(row.dua_id);
  record.set_version(row.version);
  record.set_member_id(row.member_id.value());
  record.set_state(row.state);
  record.set_digest(crypto::ToBytes(row.digest));
  if ((!row.secretariat_envelope.empty() &&
       !record.mutable_secretariat()->ParseFromString(row.secretariat_envelope)) ||
      (!row.member_envelope.empty() &&
       !record.mutable_member()->ParseFromString(row.member_envelope))) {
    return absl::DataLossError("a stored agreement cannot be read");
  }
  const auto stamp = [](absl::Time time) {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
  };
  *record.mutable_changed_at() = stamp(row.changed_at);
  if (row.proposed_at.has_value()) *record.mutable_proposed_at() = stamp(*row.proposed_at);
  record.set_proposed_by(row.proposed_by);
  if (row.activated_at.has_value()) *record.mutable_activated_at() = stamp(*row.activated_at);
  if (row.notice_at.has_value()) *record.mutable_notice_at() = stamp(*row.notice_at);
  record.set_notice_by(row.notice_by);
  if (row.ends_at.has_value()) *record.mutable_ends_at() = stamp(*row.ends_at);
  return record;
}

}  // namespace renkei::hub::rounds
