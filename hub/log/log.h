// Append: the only door into the hub's log. An entry is written in the transaction of the act that
// it records, so neither exists without the other. Thread-safe (no state but the store's).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "hub/log/entry.h"
#include "hub/store/store.h"
#include "policy/base/random.h"

namespace renkei::hub::log {

// Sequence of the new entry: 0-based, without gaps.
absl::StatusOr<uint64_t> Append(store::Transaction& transaction, const Entry& entry);

// Who acts and when; every accountable act of the hub is given one.
struct Act {
  std::string who;  // SPIFFE id
  absl::Time now;
  base::Random* random = nullptr;  // not null; draws pseudonyms and round ids
  std::optional<int> clock_offset_ms;
};

struct About {
  EntryType type = EntryType::kLogStarted;
  std::map<std::string, Value> objects;
  std::optional<int> fiscal_year;
  std::optional<crypto::Digest> dsse;
};

// Append with the actor's pseudonym and the act's time filled in.
absl::StatusOr<uint64_t> Append(store::Transaction& transaction, const Act& act, About about);

// Who acts, as an entry says it (R36): agents and the hub by their SPIFFE id, a person by role,
// scope and a pseudonym that is drawn once per person and calendar year (UTC). The register stays
// in the store.
absl::StatusOr<std::string> ActorOf(store::Transaction& transaction, absl::string_view spiffe_id,
                                    absl::Time now, base::Random& random);

// SHA-256(previous || leaf): the running digest that the anchor file keeps until the Merkle log
// exists.
crypto::Digest ChainHash(const crypto::Digest& previous, const crypto::Digest& leaf);

// Every entry from the first: gapless, leaf and chain recomputed. DATA_LOSS names the first bad
// one.
absl::Status VerifyEntries(store::Snapshot& snapshot);

}  // namespace renkei::hub::log
