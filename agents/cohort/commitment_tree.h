// CommitmentTree: the agent's consent ledger as an append-only tree of commitments (trust 2.5,
// R15), in tables of the cohort store. Touches the disk through the given connection; used by one
// thread, and it appends inside the caller's transaction only.
//
// A row holds the commitment and, as long as they are kept, salt and record; erasing takes salt and
// record away and leaves the digest. Hashes of whole blocks of 64 entries and of what stands above
// them are stored; those below are made again from the rows. FORMAT.md has an example.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/random.h"
#include "policy/consent/commitment.h"
#include "policy/sqlcipher/database.h"
#include "policy/transparency/frontier.h"
#include "policy/transparency/proofs.h"

namespace renkei::agents::cohort {

// Sizes that leave are multiples of a block, and so are the steps between them at the least (R15).
inline constexpr uint64_t kLedgerBlock = 64;

struct LedgerHead {
  uint64_t size = 0;
  policy::crypto::Digest root{};
};

// What lets an auditor compare an entry with the paper: SHA-256(salt || record) is the commitment.
struct LedgerOpening {
  uint64_t position = 0;  // 0-based
  policy::crypto::Digest commitment{};
  policy::consent::Salt salt{};
  std::string record;
};

class CommitmentTree {
 public:
  CommitmentTree(policy::sqlcipher::Database& database, policy::base::Random& random)
      : database_(database), random_(random) {}

  // Commits to `record` under a new salt. `sequence` is the event's; nothing for what is no event.
  // DATA_LOSS when the stored rows do not lead to the stored root.
  absl::Status Append(absl::string_view record, std::optional<int64_t> sequence);
  // Up to the next multiple of a block that lies a block or more beyond the last head that left,
  // with commitments to random bytes.
  absl::Status Pad();
  // The head of what was appended; before the commit. Does nothing when nothing was.
  absl::Status WriteHead();
  // That the present head leaves.
  absl::Status MarkLeaving();
  // Forgets what is in memory: after a commit, because others append too, and after a rollback.
  void Clear();

  // Of what is committed, and of what this transaction has appended and written the head of.
  absl::StatusOr<LedgerHead> Head();
  // Sizes of the heads that left, ascending.
  absl::StatusOr<std::vector<uint64_t>> LeavingSizes();
  absl::StatusOr<policy::transparency::Proof> Consistency(uint64_t old_size, uint64_t new_size);
  absl::StatusOr<policy::transparency::Proof> Inclusion(uint64_t position, uint64_t size);
  // Nothing when the event is unknown or erased.
  absl::StatusOr<std::optional<LedgerOpening>> Open(int64_t sequence);
  // Takes salt and record of the person's events away.
  absl::Status Erase(int64_t person);

 private:
  absl::Status Load();
  absl::StatusOr<policy::crypto::Digest> Node(uint32_t level, uint64_t index);

  policy::sqlcipher::Database& database_;
  policy::base::Random& random_;
  std::optional<policy::transparency::Frontier> frontier_;  // absent: read it first
  bool has_appended_ = false;
};

}  // namespace renkei::agents::cohort
