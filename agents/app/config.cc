#include "agents/app/config.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/base/text_proto.h"
#include "policy/consent/basis.h"
#include "policy/crypto/check_digit.h"
#include "policy/crypto/spiffe.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;

namespace {

constexpr size_t kMaxNameBytes = 200;
constexpr int kMaxInsurerNumbers = 100;

absl::Status Wrong(absl::string_view field, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", what));
}

absl::Status CheckAddress(absl::string_view field, absl::string_view address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  const bool has_port =
      colon != absl::string_view::npos && absl::SimpleAtoi(address.substr(colon + 1), &port);
  if (!has_port || port < 1 || port > 65535 || colon == 0) {
    return Wrong(field, "must be host:port with a port of 1 to 65535");
  }
  const absl::string_view host = address.substr(0, colon);
  const bool is_ipv6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  for (const char c : is_ipv6 ? host.substr(1, host.size() - 2) : host) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' ||
                       (is_ipv6 && c == ':');
    if (!plain) return Wrong(field, "the host may hold letters, digits, '.' and '-' only");
  }
  return absl::OkStatus();
}

absl::Status CheckName(absl::string_view name) {
  if (name.empty()) return Wrong("name", "is required");
  if (name.size() > kMaxNameBytes) return Wrong("name", "has more than 200 bytes");
  for (const char c : name) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      return Wrong("name", "must not hold control characters");
    }
  }
  return absl::OkStatus();
}

absl::Status CompleteInsurerNumbers(v1::AgentConfig& config) {
  if (config.kind() == v1::MEMBER_KIND_INSURER && config.insurer_numbers().empty()) {
    config.add_insurer_numbers(config.organisation_code());
  }
  if (config.kind() == v1::MEMBER_KIND_MUNICIPALITY && config.insurer_numbers().empty()) {
    return Wrong("insurer_numbers", "a municipality names the number of its 国保 (6 or 8 digits)");
  }
  if (config.kind() == v1::MEMBER_KIND_WORKPLACE && !config.insurer_numbers().empty()) {
    return Wrong("insurer_numbers", "a workplace insures nobody; leave the field out");
  }
  if (config.insurer_numbers_size() > kMaxInsurerNumbers) {
    return Wrong("insurer_numbers", "more than 100 numbers");
  }
  std::set<std::string> seen;
  for (int i = 0; i < config.insurer_numbers_size(); ++i) {
    std::string number = config.insurer_numbers(i);
    if (number.size() == 6) number.insert(0, "00");
    const std::string field = absl::StrCat("insurer_numbers[", i, "]");
    if (number.size() != 8 || !std::all_of(number.begin(), number.end(), [](char c) {
          return absl::ascii_isdigit(static_cast<unsigned char>(c));
        })) {
      return Wrong(field, "must have 8 digits, or 6 for 国保");
    }
    if (!crypto::InsurerNumberIsValid(number)) {
      return Wrong(field, "the check digit is wrong; compare with the register");
    }
    if (!seen.insert(number).second) return Wrong(field, "is named twice");
    config.set_insurer_numbers(i, number);
  }
  if (config.kind() == v1::MEMBER_KIND_INSURER && !seen.contains(config.organisation_code())) {
    return Wrong("insurer_numbers", "must hold the insurer's own organisation_code");
  }
  return absl::OkStatus();
}

absl::Status CompleteMunicipality(v1::AgentConfig& config) {
  if (config.kind() != v1::MEMBER_KIND_MUNICIPALITY) {
    if (config.municipality_code().empty()) return absl::OkStatus();
    return Wrong("municipality_code", "is for municipalities; leave it out");
  }
  if (config.municipality_code().empty()) {
    config.set_municipality_code(config.organisation_code());
  }
  if (!crypto::MunicipalityCodeIsValid(config.municipality_code())) {
    return Wrong("municipality_code", "must have 6 digits with a right check digit");
  }
  return absl::OkStatus();
}

absl::Status CheckTexts(const v1::AgentConfig& config) {
  for (int i = 0; i < config.accepted_texts_size(); ++i) {
    const v1::AgentConfig::AcceptedText& text = config.accepted_texts(i);
    const std::string field = absl::StrCat("accepted_texts[", i, "]");
    if (text.purpose() == v1::PURPOSE_UNSPECIFIED || !v1::Purpose_IsValid(text.purpose())) {
      return Wrong(field, "purpose is missing or unknown");
    }
    const size_t at = text.text().find('@');
    if (at == std::string::npos || at == 0 || at + 1 == text.text().size()) {
      return Wrong(field, "text must be family@version, as in consents.csv");
    }
  }
  return absl::OkStatus();
}

absl::Status Complete(v1::AgentConfig& config) {
  if (crypto::MemberKindWord(config.kind()).empty()) {
    return Wrong("kind", "is required: MEMBER_KIND_MUNICIPALITY, _INSURER or _WORKPLACE");
  }
  RENKEI_RETURN_IF_ERROR(crypto::CheckOrganisationCode(config.kind(), config.organisation_code()));
  RENKEI_RETURN_IF_ERROR(CheckName(config.name()));
  RENKEI_RETURN_IF_ERROR(CheckAddress("hub_address", config.hub_address()));
  RENKEI_RETURN_IF_ERROR(CheckAddress("enrol_address", config.enrol_address()));
  if (config.hub_address() == config.enrol_address()) {
    return Wrong("enrol_address",
                 "the hub enrols on a listener of its own; it cannot be "
                 "hub_address");
  }
  RENKEI_RETURN_IF_ERROR(CompleteInsurerNumbers(config));
  RENKEI_RETURN_IF_ERROR(CompleteMunicipality(config));
  RENKEI_RETURN_IF_ERROR(policy::consent::BasisTable::FromConfig(config).status());
  RENKEI_RETURN_IF_ERROR(CheckTexts(config));
  if (config.root_secret_file().empty()) {
    return Wrong("root_secret_file", "is required: a file of 32 random bytes on another volume");
  }
  if (config.poll_seconds() > kMaxPollSeconds) {
    return Wrong("poll_seconds", "at most 86400");
  }
  if (config.poll_seconds() == 0) config.set_poll_seconds(kDefaultPollSeconds);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::AgentConfig> ParseConfig(absl::string_view text, const std::string& file_name) {
  v1::AgentConfig config;
  RENKEI_RETURN_IF_ERROR(base::ParseTextProto(text, file_name, &config));
  if (absl::Status status = Complete(config); !status.ok()) {
    return base::Annotate(status, file_name);
  }
  return config;
}

v1::MemberKind KindOfWord(absl::string_view word) {
  for (const v1::MemberKind kind :
       {v1::MEMBER_KIND_MUNICIPALITY, v1::MEMBER_KIND_INSURER, v1::MEMBER_KIND_WORKPLACE}) {
    if (crypto::MemberKindWord(kind) == word) return kind;
  }
  return v1::MEMBER_KIND_UNSPECIFIED;
}

}  // namespace renkei::agents::app
