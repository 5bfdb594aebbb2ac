#include "hub/app/data_folder.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"

namespace renkei::hub::app {
namespace base = renkei::policy::base;
namespace {

constexpr size_t kIdBytes = 16;

}  // namespace

std::string ConfigPath(const std::string& dir) { return dir + "/hub.textproto"; }
std::string DeploymentIdPath(const std::string& dir) { return dir + "/deployment_id"; }
std::string DatabasePath(const std::string& dir) { return dir + "/hub.db"; }
std::string LockPath(const std::string& dir) { return dir + "/hub.lock"; }
std::string NoiseKeysPath(const std::string& dir) { return dir + "/noise_keys"; }
std::string CaPath(const std::string& dir) { return dir + "/ca"; }
std::string BundlePath(const std::string& dir, absl::string_view role) {
  return absl::StrCat(dir, "/", role, ".bundle");
}

absl::StatusOr<std::vector<uint8_t>> ReadDeploymentId(const std::string& dir) {
  const absl::StatusOr<std::string> text = base::ReadFile(DeploymentIdPath(dir), 256);
  const std::string hex =
      text.ok() ? std::string(absl::StripAsciiWhitespace(*text)) : std::string();
  if (hex.size() != 2 * kIdBytes ||
      hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return absl::DataLossError(
        absl::StrCat(DeploymentIdPath(dir),
                     ": missing or not 32 hex digits; without it no key can be derived. "
                     "Restore the file from backup"));
  }
  const std::string bytes = absl::HexStringToBytes(hex);
  const auto view = base::AsBytes(bytes);
  return std::vector<uint8_t>(view.begin(), view.end());
}

base::Secret DeriveKey(const base::Secret& root, const std::vector<uint8_t>& deployment_id,
                       absl::string_view label) {
  return policy::crypto::Hkdf(root.bytes(), deployment_id, label, 32);
}

}  // namespace renkei::hub::app
