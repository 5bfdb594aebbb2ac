// The agent's working folder D: what is where, who may open it, and the keys derived from the root
// secret.
//
//   D/agent.textproto  configuration as given to `init`
//   D/deployment.id    16 random bytes, hex
//   D/agent.db         identity, rounds, outbox, journal
//   D/cohort.db        persons and consent events
//   D/processing/      files being imported
//   D/quarantine/      rejected files and lists
//   D/done/            imported files (keep_inputs)
//   D/keys/            root secret, demo only
//   D/*.lock           one daemon, one sender
//
// Folders 0700, files 0600. Both databases are SQLCipher under keys derived from the root secret
// (HKDF, renkei/v1/db/<name>/1); the private keys of the identity lie inside agent.db.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/base/random.h"
#include "policy/base/secret.h"
#include "policy/sqlcipher/database.h"
#include "renkei/v1/config.pb.h"

namespace renkei::agents::app {

class Workspace {
 public:
  // Makes folder, deployment id, root secret (when its file is missing) and the state database.
  // Idempotent for the same configuration; ALREADY_EXISTS for another one. A root secret inside the
  // folder is refused without `insecure_same_place` (R26).
  static absl::StatusOr<Workspace> Create(const std::string& dir, const std::string& config_file,
                                          bool insecure_same_place, policy::base::Random& random);
  // NOT_FOUND before `init`.
  static absl::StatusOr<Workspace> Open(const std::string& dir);

  const std::string& dir() const { return dir_; }
  const v1::AgentConfig& config() const { return config_; }
  // Absolute, or relative to the folder; empty when no inbox is configured.
  std::string inbox() const;
  std::string Path(const std::string& name) const { return dir_ + "/" + name; }

  // HKDF of the root secret, 32 bytes.
  policy::base::Secret Derive(const std::string& label) const;
  absl::StatusOr<std::unique_ptr<policy::sqlcipher::Database>> OpenState() const;

 private:
  Workspace() = default;
  static absl::StatusOr<Workspace> Load(const std::string& dir, const std::string& config_text);

  std::string dir_;
  v1::AgentConfig config_;
  policy::base::Secret root_secret_;
  std::string deployment_id_;  // 16 bytes
};

}  // namespace renkei::agents::app
