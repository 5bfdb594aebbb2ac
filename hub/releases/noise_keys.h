// The keys that noise is drawn from (privacy 7, R45): 32 random bytes of a round, from just before
// the first draw until its release is stored. A crash in between finds the key again and so draws
// the same noise. Whoever has the key of a release can take its noise off: the file is sealed under
// the hub's root secret, lies apart from the database so that no backup takes it along, and is
// deleted at commit; what a file system keeps of a deleted file still needs the root secret.
// Touches the disk. Thread-safe as far as the store's one writer is: keys are made inside its
// transactions.
//
//   FOLDER/<round id>.key   0600: Seal(key = HKDF of the root secret, bound = round id, 32 bytes)
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/store/store.h"
#include "policy/base/random.h"
#include "policy/base/secret.h"
#include "policy/base/strong_id.h"

namespace renkei::hub::releases {

class NoiseKeys {
 public:
  // `sealing_key` has 32 bytes. The folder is made with the first key.
  NoiseKeys(std::string folder, base::Secret sealing_key)
      : folder_(std::move(folder)), sealing_key_(std::move(sealing_key)) {}

  // The round's key; a new one is on the disk before it is returned. DATA_LOSS when the file was
  // changed: with another key a second noise of the same counts might come to light.
  absl::StatusOr<base::Secret> TakeOrMake(const base::RoundId& round, base::Random& random) const;
  // OK also when there is none.
  absl::Status Erase(const base::RoundId& round) const;
  // Erases what a process that ended too early left behind: keys of rounds that are no longer
  // closed, and files that are no keys. Number of files.
  absl::StatusOr<int> EraseSettled(store::Snapshot& snapshot) const;

 private:
  std::string PathOf(const base::RoundId& round) const;

  const std::string folder_;
  const base::Secret sealing_key_;
};

}  // namespace renkei::hub::releases
