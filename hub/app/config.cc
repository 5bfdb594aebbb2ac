#include "hub/app/config.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "policy/base/files.h"
#include "policy/base/status.h"
#include "policy/base/text_proto.h"
#include "policy/crypto/spiffe.h"

namespace renkei::hub::app {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace fs = std::filesystem;
namespace {

constexpr size_t kMaxConfigBytes = 1 << 20;

absl::Status Wrong(const std::string& file, const std::string& field, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(file, ": ", field, ": ", what));
}

absl::Status CheckAddress(const std::string& file, const std::string& field,
                          const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port < 0 || port > 65535) {
    return Wrong(file, field, "must be host:port, e.g. \"0.0.0.0:7443\"");
  }
  return absl::OkStatus();
}

absl::Status CheckAreas(const std::string& file, const v1::HubConfig& config) {
  std::set<std::string> seen;
  for (const std::string& area : config.areas()) {
    const bool digits = area.size() == 4 && std::all_of(area.begin(), area.end(), [](char c) {
                          return absl::ascii_isdigit(static_cast<unsigned char>(c));
                        });
    if (!digits || !seen.insert(area).second) {
      return Wrong(file, "areas", "each is a 4-digit secondary medical area, named once");
    }
  }
  return seen.empty() ? Wrong(file, "areas", "at least one secondary medical area, e.g. \"0604\"")
                      : absl::OkStatus();
}

void Resolve(const fs::path& folder, std::string* path) {
  if (!path->empty()) *path = (folder / *path).lexically_normal().string();
}

}  // namespace

absl::StatusOr<v1::HubConfig> LoadConfig(const std::string& path) {
  RENKEI_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxConfigBytes));
  v1::HubConfig config;
  RENKEI_RETURN_IF_ERROR(base::ParseTextProto(text, path, &config));
  if (!crypto::ParseSpiffeId(absl::StrCat("spiffe://", config.trust_domain(), "/hub")).ok()) {
    return Wrong(path, "trust_domain",
                 "lower-case letters, digits, dots, hyphens, e.g. "
                 "\"hub.yamagata.example\"");
  }
  RENKEI_RETURN_IF_ERROR(CheckAddress(path, "listen", config.listen()));
  RENKEI_RETURN_IF_ERROR(CheckAddress(path, "enrol_listen", config.enrol_listen()));
  if (config.listen() == config.enrol_listen() && !config.listen().ends_with(":0")) {
    return Wrong(path, "enrol_listen",
                 "must be another port than listen: it asks for no client "
                 "certificate");
  }
  if (config.dns_names().empty()) {
    return Wrong(path, "dns_names",
                 "name at least one host name or address of the hub: agents "
                 "compare it with the hub's certificate");
  }
  RENKEI_RETURN_IF_ERROR(CheckAreas(path, config));
  if (config.root_secret_file().empty()) {
    return Wrong(path, "root_secret_file", "is required; a path outside the data folder");
  }
  std::error_code error;
  const fs::path folder = fs::absolute(path, error).parent_path();
  Resolve(folder, config.mutable_policy_file());
  Resolve(folder, config.mutable_root_secret_file());
  Resolve(folder, config.mutable_anchor_file());
  Resolve(folder, config.mutable_catalogue_dir());
  return config;
}

std::string SampleConfig() {
  return R"(# Configuration of renkei-hub. Relative paths start from this file's folder.

# The name that every identity of this hub carries: spiffe://<trust_domain>/...
trust_domain: "hub.yamagata.example"

# Agents and people connect here, with the certificate that the hub gave them (mutual TLS 1.3).
listen: "0.0.0.0:7443"
# New members connect here, with a one-time code (TLS 1.3, no client certificate).
enrol_listen: "0.0.0.0:7444"
# Host names and addresses of this machine, as agents write them.
dns_names: "hub.yamagata.example"

# Secondary medical areas that this hub serves, 4 digits each.
areas: "0604"

# Thresholds for what may be shown, at the first start; empty: the policy that ships with Renkei.
# Later ones are proposed and approved with `renkei policy`.
policy_file: ""

# true: a policy is in force once two persons of the secretariat have signed it, the first one too
# (the second bundle: `renkei bundle make --role secretariat`). The choice is in the log.
two_person: false

# 32 random bytes from which the database key is derived; made by init when there is no such file.
# Keep it on another volume than the data folder, and keep a copy on paper: without it all is lost.
root_secret_file: "/etc/renkei/hub.secret"

# The newest head of the log, kept on another volume: a database that was put back is found at start.
anchor_file: "/var/lib/renkei-anchor/hub.anchor"

# Folder with an own catalogue of measures; empty: the built-in one.
catalogue_dir: ""

# Writes of one member: this many per second (0 = 1), with a burst of so many (0 = 5).
writes_per_second: 0
write_burst: 0
)";
}

std::string OriginOf(const v1::HubConfig& config) {
  return absl::StrCat(config.trust_domain(), "/log/1");
}

absl::Status RefuseInside(const std::string& folder, const std::string& path,
                          const std::string& field) {
  if (path.empty()) return absl::OkStatus();
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(fs::absolute(path, error), error);
  const fs::path outer = fs::weakly_canonical(fs::absolute(folder, error), error);
  const auto [end, ignored] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  // A folder written with a trailing slash ends in an empty component.
  if (end == outer.end() || end->empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(field, ": ", path,
                     " lies inside the data folder, so that one stolen disk holds both; use "
                     "another volume, or --insecure-same-place for a trial"));
  }
  return absl::OkStatus();
}

}  // namespace renkei::hub::app
