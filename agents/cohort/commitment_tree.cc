#include "agents/cohort/commitment_tree.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace consent = policy::consent;
namespace transparency = policy::transparency;
using policy::crypto::Digest;
using policy::sqlcipher::Statement;

namespace {

constexpr uint32_t kStoredLevel = 6;  // 2^6 = a block; hashes below it are not stored
static_assert(kLedgerBlock == uint64_t{1} << kStoredLevel);
constexpr size_t kPaddingBytes = 32;

absl::Status Broken() {
  return absl::DataLossError(
      "cohort.db: the rows of the consent ledger do not lead to its stored root; restore the "
      "newest backup of cohort.db");
}

Digest LeafOf(const Digest& commitment) {
  return transparency::LeafHash(base::AsBytes(consent::LedgerEntryJson(commitment)));
}

absl::StatusOr<Digest> DigestAt(const Statement& row, int column) {
  return policy::crypto::DigestFromBytes(base::AsText(row.Blob(column)));
}

}  // namespace

absl::StatusOr<Digest> CommitmentTree::Node(uint32_t level, uint64_t index) {
  if (level >= kStoredLevel) {
    RENKEI_ASSIGN_OR_RETURN(
        Statement read,
        database_.Prepare("SELECT hash FROM consent_nodes WHERE level = ? AND position = ?"));
    read.Bind(1, static_cast<int64_t>(level)).Bind(2, static_cast<int64_t>(index));
    RENKEI_ASSIGN_OR_RETURN(const bool found, read.Step());
    if (!found) return Broken();
    return DigestAt(read, 0);
  }
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT position, commitment FROM consent_ledger WHERE position >= ? AND "
                        "position < ? ORDER BY position"));
  const uint64_t first = index << level;
  const uint64_t end = (index + 1) << level;
  read.Bind(1, static_cast<int64_t>(first)).Bind(2, static_cast<int64_t>(end));
  transparency::Frontier part;
  for (uint64_t position = first; position < end; ++position) {
    RENKEI_ASSIGN_OR_RETURN(const bool found, read.Step());
    if (!found || read.Int(0) != static_cast<int64_t>(position)) return Broken();
    RENKEI_ASSIGN_OR_RETURN(const Digest commitment, DigestAt(read, 1));
    part.Append(LeafOf(commitment));
  }
  return part.Root();
}

absl::StatusOr<LedgerHead> CommitmentTree::Head() {
  LedgerHead head{.root = transparency::EmptyRoot()};
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT size, root FROM consent_heads ORDER BY size DESC LIMIT 1"));
  RENKEI_ASSIGN_OR_RETURN(const bool found, read.Step());
  if (!found) return head;
  head.size = static_cast<uint64_t>(read.Int(0));
  RENKEI_ASSIGN_OR_RETURN(head.root, DigestAt(read, 1));
  return head;
}

absl::StatusOr<std::vector<uint64_t>> CommitmentTree::LeavingSizes() {
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT size FROM consent_heads WHERE leaves = 1 ORDER BY size"));
  std::vector<uint64_t> sizes;
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool found, read.Step());
    if (!found) return sizes;
    sizes.push_back(static_cast<uint64_t>(read.Int(0)));
  }
}

absl::Status CommitmentTree::Load() {
  if (frontier_.has_value()) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(const LedgerHead head, Head());
  int64_t next = 0;
  {
    RENKEI_ASSIGN_OR_RETURN(
        Statement read, database_.Prepare("SELECT ifnull(max(position), -1) FROM consent_ledger"));
    RENKEI_ASSIGN_OR_RETURN(const bool found, read.Step());
    next = found ? read.Int(0) + 1 : 0;
  }
  if (next != static_cast<int64_t>(head.size)) return Broken();
  RENKEI_ASSIGN_OR_RETURN(
      std::vector<Digest> hashes,
      transparency::FrontierOf(
          head.size, [this](uint32_t level, uint64_t index) { return Node(level, index); }));
  RENKEI_ASSIGN_OR_RETURN(transparency::Frontier frontier,
                          transparency::Frontier::From(head.size, std::move(hashes)));
  if (frontier.Root() != head.root) return Broken();
  frontier_ = std::move(frontier);
  return absl::OkStatus();
}

absl::Status CommitmentTree::Append(absl::string_view record, std::optional<int64_t> sequence) {
  RENKEI_RETURN_IF_ERROR(Load());
  consent::Salt salt{};
  random_.Fill(salt);
  const Digest commitment = consent::Commit(salt, record);
  {
    RENKEI_ASSIGN_OR_RETURN(
        Statement insert,
        database_.Prepare("INSERT INTO consent_ledger(position, commitment, salt, record, "
                          "sequence) VALUES(?, ?, ?, ?, ?)"));
    insert.Bind(1, static_cast<int64_t>(frontier_->size()))
        .BindBlob(2, commitment)
        .BindBlob(3, salt)
        .BindBlob(4, base::AsBytes(record));
    if (sequence.has_value()) {
      insert.Bind(5, *sequence);
    } else {
      insert.BindNull(5);
    }
    RENKEI_RETURN_IF_ERROR(insert.Run());
  }
  has_appended_ = true;
  absl::Status status;
  frontier_->Append(LeafOf(commitment), [&](uint32_t level, uint64_t index, const Digest& hash) {
    if (level < kStoredLevel || !status.ok()) return;
    status = [&]() -> absl::Status {
      RENKEI_ASSIGN_OR_RETURN(
          Statement insert,
          database_.Prepare("INSERT INTO consent_nodes(level, position, hash) VALUES(?, ?, ?)"));
      return insert.Bind(1, static_cast<int64_t>(level))
          .Bind(2, static_cast<int64_t>(index))
          .BindBlob(3, hash)
          .Run();
    }();
  });
  return status;
}

absl::Status CommitmentTree::Pad() {
  RENKEI_RETURN_IF_ERROR(Load());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint64_t> leaving, LeavingSizes());
  const uint64_t left = leaving.empty() ? 0 : leaving.back();
  const uint64_t least = std::max(frontier_->size(), left + kLedgerBlock);
  const uint64_t wanted = (least + kLedgerBlock - 1) / kLedgerBlock * kLedgerBlock;
  while (frontier_->size() < wanted) {
    std::array<uint8_t, kPaddingBytes> bytes{};
    random_.Fill(bytes);
    RENKEI_RETURN_IF_ERROR(Append(base::AsText(bytes), std::nullopt));
  }
  return absl::OkStatus();
}

absl::Status CommitmentTree::WriteHead() {
  if (!has_appended_) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT INTO consent_heads(size, root, leaves) VALUES(?, ?, 0)"));
  return insert.Bind(1, static_cast<int64_t>(frontier_->size()))
      .BindBlob(2, frontier_->Root())
      .Run();
}

absl::Status CommitmentTree::MarkLeaving() {
  RENKEI_ASSIGN_OR_RETURN(const LedgerHead head, Head());
  RENKEI_ASSIGN_OR_RETURN(Statement update,
                          database_.Prepare("UPDATE consent_heads SET leaves = 1 WHERE size = ?"));
  return update.Bind(1, static_cast<int64_t>(head.size)).Run();
}

void CommitmentTree::Clear() {
  frontier_.reset();
  has_appended_ = false;
}

absl::StatusOr<transparency::Proof> CommitmentTree::Consistency(uint64_t old_size,
                                                                uint64_t new_size) {
  return transparency::ProveConsistency(
      old_size, new_size, [this](uint32_t level, uint64_t index) { return Node(level, index); });
}

absl::StatusOr<transparency::Proof> CommitmentTree::Inclusion(uint64_t position, uint64_t size) {
  return transparency::ProveInclusion(
      position, size, [this](uint32_t level, uint64_t index) { return Node(level, index); });
}

absl::StatusOr<std::optional<LedgerOpening>> CommitmentTree::Open(int64_t sequence) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT position, commitment, salt, record FROM consent_ledger WHERE "
                        "sequence = ?"));
  read.Bind(1, sequence);
  RENKEI_ASSIGN_OR_RETURN(const bool found, read.Step());
  if (!found) return std::optional<LedgerOpening>();
  LedgerOpening opening;
  opening.position = static_cast<uint64_t>(read.Int(0));
  RENKEI_ASSIGN_OR_RETURN(opening.commitment, DigestAt(read, 1));
  RENKEI_ASSIGN_OR_RETURN(opening.salt, DigestAt(read, 2));
  opening.record = base::ToString(read.Blob(3));
  if (consent::Commit(opening.salt, opening.record) != opening.commitment) return Broken();
  return std::optional<LedgerOpening>(std::move(opening));
}

absl::Status CommitmentTree::Erase(int64_t person) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement erase,
      database_.Prepare(
          "UPDATE consent_ledger SET salt = NULL, record = NULL, sequence = NULL "
          "WHERE sequence IN (SELECT sequence FROM consent_events WHERE person = ?)"));
  return erase.Bind(1, person).Run();
}

}  // namespace renkei::agents::cohort
