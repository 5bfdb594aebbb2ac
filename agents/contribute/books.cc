#include "agents/contribute/books.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/status.h"

namespace renkei::agents::contribute {

namespace agreement = renkei::policy::agreement;
namespace base = renkei::policy::base;
namespace sqlcipher = renkei::policy::sqlcipher;

absl::Status RoundBook::Save(const std::string& round_id, const v1::GetRoundResponse& answer,
                             absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement insert,
      database_.Prepare(
          "INSERT OR REPLACE INTO round (round_id, bytes, policy_text, state, seen_at)"
          " VALUES (?, ?, ?, ?, ?)"));
  const std::string bytes = answer.round().SerializeAsString();
  return insert.Bind(1, round_id)
      .BindBlob(2, base::AsBytes(bytes))
      .BindBlob(3, base::AsBytes(answer.policy_text()))
      .Bind(4, static_cast<int64_t>(answer.round().state()))
      .Bind(5, absl::ToUnixMicros(now))
      .Run();
}

absl::StatusOr<v1::GetRoundResponse> RoundBook::Load(const std::string& round_id) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement row,
      database_.Prepare("SELECT bytes, policy_text FROM round WHERE round_id = ?"));
  row.Bind(1, round_id);
  RENKEI_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) {
    return absl::NotFoundError(
        absl::StrCat("round ", round_id,
                     ": this agent has not seen it; run `renkei-agent rounds` while the hub "
                     "can be reached"));
  }
  v1::GetRoundResponse answer;
  if (!answer.mutable_round()->ParseFromString(base::ToString(row.Blob(0)))) {
    return absl::DataLossError("agent.db: a stored round does not parse");
  }
  answer.set_policy_text(base::ToString(row.Blob(1)));
  return answer;
}

absl::StatusOr<std::vector<v1::Round>> RoundBook::All() {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Statement row,
                          database_.Prepare("SELECT bytes FROM round ORDER BY round_id DESC"));
  std::vector<v1::Round> rounds;
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return rounds;
    if (!rounds.emplace_back().ParseFromString(base::ToString(row.Blob(0)))) {
      return absl::DataLossError("agent.db: a stored round does not parse");
    }
  }
}

absl::Status AgreementBook::Save(const std::string& dua_id, uint32_t version,
                                 const v1::DsseEnvelope& envelope, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO agreement (dua_id, version, envelope, signed_at,"
                        " active) VALUES (?, ?, ?, ?, 0)"));
  const std::string bytes = envelope.SerializeAsString();
  RENKEI_RETURN_IF_ERROR(insert.Bind(1, dua_id)
                             .Bind(2, static_cast<int64_t>(version))
                             .BindBlob(3, base::AsBytes(bytes))
                             .Bind(4, absl::ToUnixMicros(now))
                             .Run());
  // The same version may have been signed anew, with the key of another enrolment.
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement update,
      database_.Prepare("UPDATE agreement SET envelope = ? WHERE dua_id = ? AND version = ?"));
  return update.BindBlob(1, base::AsBytes(bytes))
      .Bind(2, dua_id)
      .Bind(3, static_cast<int64_t>(version))
      .Run();
}

absl::Status AgreementBook::SetActive(const std::string& dua_id, uint32_t version,
                                      std::optional<absl::Time> ends_at) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement update,
      database_.Prepare("UPDATE agreement SET active = (version = ?1),"
                        " ends_at = CASE WHEN version = ?1 THEN ?3 END WHERE dua_id = ?2"));
  update.Bind(1, static_cast<int64_t>(version)).Bind(2, dua_id);
  if (ends_at.has_value()) {
    update.Bind(3, absl::ToUnixMicros(*ends_at));
  } else {
    update.BindNull(3);
  }
  return update.Run();
}

absl::Status AgreementBook::SetEnded(const std::string& dua_id, uint32_t version) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement update,
      database_.Prepare("UPDATE agreement SET active = 0 WHERE dua_id = ? AND version = ?"));
  return update.Bind(1, dua_id).Bind(2, static_cast<int64_t>(version)).Run();
}

absl::StatusOr<agreement::SignedAgreement> AgreementBook::For(const v1::RoundDescriptor& round,
                                                              std::span<const uint8_t> member_key,
                                                              absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Statement row,
                          database_.Prepare("SELECT envelope FROM agreement WHERE active = 1"
                                            " AND (ends_at IS NULL OR ends_at > ?)"
                                            " ORDER BY signed_at DESC, version DESC"));
  row.Bind(1, absl::ToUnixMicros(now));
  bool any = false;
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) break;
    v1::DsseEnvelope envelope;
    if (!envelope.ParseFromString(base::ToString(row.Blob(0)))) {
      return absl::DataLossError("agent.db: a stored agreement does not parse");
    }
    RENKEI_ASSIGN_OR_RETURN(agreement::SignedAgreement signed_agreement,
                            agreement::SignedAgreement::VerifyMember(envelope, member_key));
    any = true;
    const agreement::Agreement& terms = signed_agreement.agreement();
    if (terms.IsActiveAt(now) && terms.AllowsArea(round.area_code()) &&
        terms.AllowsCouncil(round.area_code()) && terms.AllowsPurpose(round.purpose()) &&
        terms.AllowsFiscalYear(base::FiscalYear(static_cast<int>(round.fiscal_year())))) {
      return signed_agreement;
    }
  }
  if (!any) {
    return base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_NO_AGREEMENT,
                           "no agreement is signed and in force", "", "agreement",
                           "run `renkei-agent agreement show`, then `agreement sign`");
  }
  return base::MakeError(
      absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_AGREEMENT_SCOPE,
      absl::StrCat("round ", round.round_id(),
                   ": no signed agreement in force covers its area, purpose and fiscal year"),
      "", "agreement", "an agreement that names area, purpose and data year of the round");
}

}  // namespace renkei::agents::contribute
