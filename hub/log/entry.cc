#include "hub/log/entry.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"

namespace renkei::hub::log {
namespace crypto = renkei::policy::crypto;
namespace {

constexpr size_t kMaxEntryBytes = 60 * 1024;
constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

// What `o` may name. Ids, digests, versions and settings; nothing that depends on a count.
constexpr std::array<absl::string_view, 28> kObjectKeys = {"area",         "catalogue",
                                                           "code_hash",    "dua_id",
                                                           "expires_at",   "known_dsse",
                                                           "layout",       "log",
                                                           "member",       "method",
                                                           "policy",       "policy_id",
                                                           "reason",       "release",
                                                           "request_id",   "revision",
                                                           "rho",          "role",
                                                           "round_digest", "round_id",
                                                           "scope",        "sha256",
                                                           "sign_pk",      "spiffe",
                                                           "text_sha256",  "tls_spki_sha256",
                                                           "two_person",   "version"};

absl::Status AppendText(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) {
      return absl::InvalidArgumentError("log entry: text must be printable ASCII");
    }
    if (c == '"' || c == '\\') out->push_back('\\');
    out->push_back(c);
  }
  out->push_back('"');
  return absl::OkStatus();
}

absl::Status AppendInteger(int64_t value, std::string* out) {
  if (value > kMaxSafeInteger || value < -kMaxSafeInteger) {
    return absl::InvalidArgumentError("log entry: a number must lie within +-(2^53 - 1)");
  }
  absl::StrAppend(out, value);
  return absl::OkStatus();
}

absl::Status AppendValue(const Value& value, std::string* out) {
  if (const auto* text = std::get_if<std::string>(&value)) return AppendText(*text, out);
  if (const auto* number = std::get_if<int64_t>(&value)) return AppendInteger(*number, out);
  out->append(std::get<bool>(value) ? "true" : "false");
  return absl::OkStatus();
}

}  // namespace

absl::string_view WordOf(EntryType type) {
  switch (type) {
    case EntryType::kLogStarted:
      return "log.started";
    case EntryType::kIdentityCodeIssued:
      return "identity.code_issued";
    case EntryType::kIdentityEnrolled:
      return "identity.enrolled";
    case EntryType::kIdentityRevoked:
      return "identity.revoked";
    case EntryType::kDuaProposed:
      return "dua.proposed";
    case EntryType::kDuaSigned:
      return "dua.signed";
    case EntryType::kDuaActivated:
      return "dua.activated";
    case EntryType::kDuaSuperseded:
      return "dua.superseded";
    case EntryType::kDuaNoticeGiven:
      return "dua.notice_given";
    case EntryType::kDuaEnded:
      return "dua.ended";
    case EntryType::kPolicyProposed:
      return "policy.proposed";
    case EntryType::kPolicyApproved:
      return "policy.approved";
    case EntryType::kRoundOpened:
      return "round.opened";
    case EntryType::kRoundClosed:
      return "round.closed";
    case EntryType::kRoundFailed:
      return "round.failed";
    case EntryType::kContributionAccepted:
      return "contribution.accepted";
    case EntryType::kContributionRejected:
      return "contribution.rejected";
    case EntryType::kContributionConflict:
      return "contribution.conflict";
    case EntryType::kConsentLedgerRestarted:
      return "consent.ledger_restarted";
    case EntryType::kComputeStarted:
      return "compute.started";
    case EntryType::kComputeDenied:
      return "compute.denied";
    case EntryType::kComputeFinished:
      return "compute.finished";
    case EntryType::kReleaseChecked:
      return "release.checked";
    case EntryType::kReleaseRecorded:
      return "release.recorded";
    case EntryType::kReleaseHeld:
      return "release.held";
    case EntryType::kGroupingAdmitted:
      return "grouping.admitted";
    case EntryType::kGroupingRefused:
      return "grouping.refused";
    case EntryType::kNoiseCharged:
      return "noise.charged";
    case EntryType::kAccessDenied:
      return "access.denied";
  }
  return "";
}

absl::StatusOr<std::string> CanonicalJson(const Entry& entry) {
  std::string json = "{\"by\":";
  RENKEI_RETURN_IF_ERROR(AppendText(entry.by, &json));
  if (entry.dsse.has_value())
    absl::StrAppend(&json, ",\"dsse\":\"", crypto::ToHex(*entry.dsse), "\"");
  if (entry.fiscal_year.has_value()) absl::StrAppend(&json, ",\"fy\":", *entry.fiscal_year);
  json.append(",\"o\":{");
  bool first = true;
  // A std::map of ASCII keys is in the order of RFC 8785 already.
  for (const auto& [key, value] : entry.objects) {
    if (!std::binary_search(kObjectKeys.begin(), kObjectKeys.end(), absl::string_view(key))) {
      return absl::InvalidArgumentError(
          absl::StrCat("log entry: \"", key, "\" is no object that an entry may name"));
    }
    if (!first) json.push_back(',');
    first = false;
    RENKEI_RETURN_IF_ERROR(AppendText(key, &json));
    json.push_back(':');
    RENKEI_RETURN_IF_ERROR(AppendValue(value, &json));
  }
  json.push_back('}');
  if (entry.clock_offset_ms.has_value())
    absl::StrAppend(&json, ",\"off_ms\":", *entry.clock_offset_ms);
  absl::StrAppend(&json, ",\"t\":\"", WordOf(entry.type), "\",\"ts\":\"",
                  absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", entry.at, absl::UTCTimeZone()),
                  "\",\"v\":1}");
  if (json.size() > kMaxEntryBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("log entry: larger than ", kMaxEntryBytes, " bytes"));
  }
  return json;
}

crypto::Digest LeafHash(absl::string_view json) {
  constexpr uint8_t kLeafPrefix[] = {0x00};
  crypto::Sha256Stream hash;
  hash.Update(kLeafPrefix);
  hash.Update(policy::base::AsBytes(json));
  return hash.Finish();
}

}  // namespace renkei::hub::log
