// What lies where in the hub's data folder, and the keys derived from the root secret (trust 7.1).
// Touches the disk.
//
//   hub.textproto   configuration as checked by init, with absolute paths
//   deployment_id   16 random bytes in hex: the salt of every derived key
//   hub.db          SQLCipher: everything the hub remembers, and the receipt key
//   hub.lock        one running hub
//   ca/             certificate authority (hub/identity)
//   noise_keys/     keys of noise releases that are being made (hub/releases); leave it out of
//   backups
//   *.bundle        identities for operator, secretariat and auditor, to be handed out
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/secret.h"

namespace renkei::hub::app {

inline constexpr char kDatabaseKeyLabel[] = "renkei/v1/db/hub/1";
inline constexpr char kReleaseRootLabel[] = "renkei/v1/release/1";
inline constexpr char kNoiseKeysLabel[] = "renkei/v1/noise-keys/1";
inline constexpr char kReceiptSeedName[] = "receipt-signing-seed";

std::string ConfigPath(const std::string& dir);
std::string DeploymentIdPath(const std::string& dir);
std::string DatabasePath(const std::string& dir);
std::string LockPath(const std::string& dir);
std::string NoiseKeysPath(const std::string& dir);
std::string CaPath(const std::string& dir);
std::string BundlePath(const std::string& dir, absl::string_view role);

// 16 bytes. DATA_LOSS when the file is gone or faulty: no key could be derived again.
absl::StatusOr<std::vector<uint8_t>> ReadDeploymentId(const std::string& dir);

// HKDF(root secret, deployment id, label), 32 bytes.
policy::base::Secret DeriveKey(const policy::base::Secret& root,
                               const std::vector<uint8_t>& deployment_id, absl::string_view label);

}  // namespace renkei::hub::app
