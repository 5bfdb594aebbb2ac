#include "hub/releases/noise_keys.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
#include "policy/base/status.h"
#include "policy/crypto/aead.h"

namespace renkei::hub::releases {
namespace fs = std::filesystem;
namespace crypto = renkei::policy::crypto;
namespace {

constexpr size_t kKeyBytes = 32;
constexpr char kExtension[] = ".key";

// OK also when the file is gone; its name must not come back after a power cut.
absl::Status Remove(const std::string& path) {
  std::error_code error;
  const bool removed = fs::remove(path, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot delete the key of a release: ", error.message()));
  }
  return removed ? base::SyncFolderOf(path) : absl::OkStatus();
}

}  // namespace

std::string NoiseKeys::PathOf(const base::RoundId& round) const {
  return absl::StrCat(folder_, "/", round.value(), kExtension);
}

absl::StatusOr<base::Secret> NoiseKeys::TakeOrMake(const base::RoundId& round,
                                                   base::Random& random) const {
  if (!base::IsUuidV7(round.value())) return absl::InternalError("a round has no id of its kind");
  const auto sealing_key = sealing_key_.bytes().first<kKeyBytes>();
  const auto bound = base::AsBytes(round.value());
  const absl::StatusOr<base::Secret> sealed =
      base::ReadPrivateFile(PathOf(round), kKeyBytes + crypto::kAeadOverheadBytes);
  if (sealed.ok()) {
    absl::StatusOr<base::Secret> key = crypto::Unseal(sealing_key, bound, sealed->bytes());
    if (key.ok() && key->bytes().size() == kKeyBytes) return key;
    return absl::DataLossError(
        absl::StrCat(PathOf(round), ": the sealed key of a release was changed"));
  }
  if (!absl::IsNotFound(sealed.status())) return sealed.status();
  RENKEI_RETURN_IF_ERROR(base::MakePrivateDirectory(folder_));
  base::Secret key(kKeyBytes);
  random.Fill(key.mutable_bytes());
  RENKEI_RETURN_IF_ERROR(base::WriteFileAtomically(
      PathOf(round), base::AsText(crypto::Seal(sealing_key, bound, key.bytes(), random)), 0600));
  return key;
}

absl::Status NoiseKeys::Erase(const base::RoundId& round) const { return Remove(PathOf(round)); }

absl::StatusOr<int> NoiseKeys::EraseSettled(store::Snapshot& snapshot) const {
  std::error_code error;
  if (!fs::exists(folder_, error)) return 0;
  std::vector<std::string> settled;
  for (const fs::directory_entry& file : fs::directory_iterator(folder_, error)) {
    bool is_pending = false;
    if (file.path().extension() == kExtension) {
      RENKEI_ASSIGN_OR_RETURN(const std::optional<store::RoundRow> round,
                              snapshot.FindRound(base::RoundId(file.path().stem().string())));
      is_pending = round.has_value() && round->state == v1::ROUND_STATE_CLOSED;
    }
    if (!is_pending) settled.push_back(file.path().string());
  }
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot read ", folder_, ": ", error.message()));
  }
  for (const std::string& path : settled) RENKEI_RETURN_IF_ERROR(Remove(path));
  return static_cast<int>(settled.size());
}

}  // namespace renkei::hub::releases
