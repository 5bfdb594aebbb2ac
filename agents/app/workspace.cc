#include "agents/app/workspace.h"

#include <array>
#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "agents/app/config.h"
#include "agents/contribute/state_schema.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace fs = std::filesystem;
namespace sqlcipher = renkei::policy::sqlcipher;

namespace {

constexpr size_t kMaxConfigBytes = 1 << 20;
constexpr size_t kRootSecretBytes = 32;
constexpr size_t kDeploymentIdBytes = 16;

std::string Absolute(const std::string& path, const std::string& relative_to) {
  return fs::path(path).is_absolute() ? path
                                      : (fs::path(relative_to) / path).lexically_normal().string();
}

// Links are followed, so that a link cannot smuggle the secret beside the data.
bool IsInside(const std::string& path, const std::string& dir) {
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(path, error);
  const fs::path outer = fs::weakly_canonical(dir, error);
  const fs::path relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

absl::Status MakeSecretFile(const std::string& path, base::Random& random) {
  std::error_code error;
  if (fs::exists(path, error)) return absl::OkStatus();
  base::Secret secret(kRootSecretBytes);
  random.Fill(secret.mutable_bytes());
  if (const fs::path folder = fs::path(path).parent_path();
      !folder.empty() && !fs::exists(folder, error)) {
    RENKEI_RETURN_IF_ERROR(base::MakePrivateDirectory(folder.string()));
  }
  return base::Annotate(base::WriteFileAtomically(path, base::AsText(secret.bytes()), 0600),
                        "root_secret_file");
}

}  // namespace

std::string Workspace::inbox() const {
  return config_.inbox().empty() ? "" : Absolute(config_.inbox(), dir_);
}

base::Secret Workspace::Derive(const std::string& label) const {
  return crypto::Hkdf(root_secret_.bytes(), base::AsBytes(deployment_id_), label, 32);
}

absl::StatusOr<std::unique_ptr<sqlcipher::Database>> Workspace::OpenState() const {
  absl::StatusOr<std::unique_ptr<sqlcipher::Database>> database =
      sqlcipher::Database::Open(Path("agent.db"), Derive("renkei/v1/db/agent/1"));
  if (!database.ok()) return base::Annotate(database.status(), "agent.db");
  RENKEI_RETURN_IF_ERROR(
      base::Annotate((*database)->Migrate(contribute::kStateMigrations), "agent.db"));
  return database;
}

absl::StatusOr<Workspace> Workspace::Load(const std::string& dir, const std::string& config_text) {
  Workspace workspace;
  workspace.dir_ = dir;
  RENKEI_ASSIGN_OR_RETURN(workspace.config_, ParseConfig(config_text, dir + "/agent.textproto"));
  RENKEI_ASSIGN_OR_RETURN(const std::string hex, base::ReadFile(dir + "/deployment.id", 64));
  workspace.deployment_id_ = absl::HexStringToBytes(std::string(absl::StripSuffix(hex, "\n")));
  if (workspace.deployment_id_.size() != kDeploymentIdBytes) {
    return absl::DataLossError("deployment.id: must hold 32 hex digits; restore it from a backup");
  }
  absl::StatusOr<base::Secret> root =
      base::ReadSecretFile(Absolute(workspace.config_.root_secret_file(), dir), kRootSecretBytes);
  if (!root.ok()) return base::Annotate(root.status(), "root_secret_file");
  workspace.root_secret_ = *std::move(root);
  return workspace;
}

absl::StatusOr<Workspace> Workspace::Create(const std::string& dir, const std::string& config_file,
                                            bool insecure_same_place, base::Random& random) {
  RENKEI_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(config_file, kMaxConfigBytes));
  RENKEI_ASSIGN_OR_RETURN(const v1::AgentConfig config, ParseConfig(text, config_file));
  const std::string secret_file = Absolute(config.root_secret_file(), dir);
  if (IsInside(secret_file, dir) && !insecure_same_place) {
    return absl::InvalidArgumentError(
        absl::StrCat("root_secret_file: lies inside ", dir,
                     "; a stolen folder would open itself. Name a path on another volume, or pass "
                     "--insecure-same-place for a trial"));
  }
  std::error_code error;
  if (fs::exists(dir + "/agent.textproto", error)) {
    RENKEI_ASSIGN_OR_RETURN(const std::string old,
                            base::ReadFile(dir + "/agent.textproto", kMaxConfigBytes));
    if (old != text) {
      return absl::AlreadyExistsError(
          absl::StrCat(dir,
                       ": is an agent with another configuration; choose another --dir, or edit "
                       "agent.textproto there"));
    }
  }
  RENKEI_RETURN_IF_ERROR(base::MakePrivateDirectory(dir));
  for (const char* folder : {"keys", "processing", "quarantine", "done", "reports"}) {
    RENKEI_RETURN_IF_ERROR(base::MakePrivateDirectory(absl::StrCat(dir, "/", folder)));
  }
  RENKEI_RETURN_IF_ERROR(MakeSecretFile(secret_file, random));
  if (!fs::exists(dir + "/deployment.id", error)) {
    std::array<uint8_t, kDeploymentIdBytes> id{};
    random.Fill(id);
    RENKEI_RETURN_IF_ERROR(base::WriteFileAtomically(
        dir + "/deployment.id", absl::StrCat(absl::BytesToHexString(base::AsText(id)), "\n"),
        0600));
  }
  RENKEI_ASSIGN_OR_RETURN(Workspace workspace, Load(dir, text));
  RENKEI_RETURN_IF_ERROR(workspace.OpenState().status());
  if (const std::string inbox = workspace.inbox(); !inbox.empty() && !fs::exists(inbox, error)) {
    RENKEI_RETURN_IF_ERROR(base::MakePrivateDirectory(inbox));
  }
  // Last: the configuration's presence says that everything else is there.
  RENKEI_RETURN_IF_ERROR(base::WriteFileAtomically(dir + "/agent.textproto", text, 0600));
  return workspace;
}

absl::StatusOr<Workspace> Workspace::Open(const std::string& dir) {
  absl::StatusOr<std::string> text = base::ReadFile(dir + "/agent.textproto", kMaxConfigBytes);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(absl::StrCat(
        dir, ": no agent here; make one with `renkei-agent init --dir ", dir, " --config F`"));
  }
  if (!text.ok()) return text.status();
  return Load(dir, *text);
}

}  // namespace renkei::agents::app
