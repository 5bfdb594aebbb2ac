// Outbox: signed contributions on their way to the hub, and the journal of what left, when, with
// which receipt. Every change of state and its journal line are one transaction of the agent's
// database.
//
//   PREPARED -> SENT -> ACKNOWLEDGED          the hub's receipt is stored
//        |       |----> REFUSED               the hub answered with a refusal
//        `-------'----> REPLACED              never known to the hub; signed again under another id
//        (R28)
//
// A prepared entry leaves only once it is approved: by an officer's `submit`, or by `auto_submit`
// (R28). SENT is written before the first byte leaves: after a crash the same bytes go again under
// the same id, and the hub answers with the stored receipt. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agents/consent/checkpoint.h"
#include "policy/crypto/digest.h"
#include "policy/sqlcipher/database.h"
#include "renkei/v1/contribution.pb.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::agents::contribute {

inline constexpr uint32_t kMaxRevision = 3;  // a member may revise twice (R13)

enum class OutboxState : uint8_t {
  kPrepared = 1,
  kSent = 2,
  kAcknowledged = 3,
  kRefused = 4,
  kReplaced = 5
};
absl::string_view OutboxStateWord(OutboxState state);

struct OutboxEntry {
  std::string request_id;
  std::string round_id;
  uint32_t revision = 1;
  std::string supersedes;  // request id of the previous revision, or empty
  OutboxState state = OutboxState::kPrepared;
  v1::DsseEnvelope envelope;  // exactly what is sent
  policy::crypto::Digest payload_sha256{};
  absl::Time not_after;
  std::string consent_mark;   // state of the consent ledger that the counts rest on
  uint64_t consent_size = 0;  // entries that its consent checkpoint names; 0 = it carries none
  bool approved = false;      // may leave
  bool previewed = false;     // an officer has seen exactly these counts
  int64_t attempts = 0;
  std::optional<v1::DsseEnvelope> receipt;
  std::string note;  // of a refusal or the last failed attempt
};

struct JournalLine {
  int64_t sequence = 0;
  absl::Time at;
  std::string act;  // prepared, sealed, sent, acknowledged, refused, replaced, agreement signed...
  std::string round_id;
  std::string request_id;
  uint32_t revision = 0;
  std::optional<policy::crypto::Digest> payload_sha256;
  int64_t payload_bytes = 0;
  std::optional<uint64_t> log_sequence;
  std::string note;
};

class Outbox {
 public:
  // The database has the tables of state_schema.h and outlives this.
  explicit Outbox(policy::sqlcipher::Database& database) : database_(database) {}

  // ALREADY_EXISTS for a known request id.
  absl::Status Put(const OutboxEntry& entry, absl::Time now);
  // Ends `old` as REPLACED and puts `entry`, in one transaction.
  absl::Status Replace(const std::string& old_request_id, const OutboxEntry& entry, absl::Time now);

  absl::Status Approve(const std::string& request_id, absl::Time now);
  absl::Status SetPreviewed(const std::string& request_id);
  // FAILED_PRECONDITION before approval. Counts the attempt; journals the first one.
  absl::Status MarkSent(const std::string& request_id, absl::Time now);
  absl::Status MarkAcknowledged(const std::string& request_id, const v1::DsseEnvelope& receipt,
                                const v1::ReceiptStatement& statement, absl::Time now);
  absl::Status MarkRefused(const std::string& request_id, absl::string_view note, absl::Time now);
  // The consent checkpoint that the entry leaves with: takes over the envelope, its digest and
  // consent_size of `sealed`, an entry of the same request id and counts; what an officer saw and
  // approved stays. FAILED_PRECONDITION unless the entry is PREPARED and was never attempted: what
  // was sent once is never changed.
  absl::Status Seal(const OutboxEntry& sealed, absl::Time now);
  // The consent ledger moved, but the counts rest unchanged.
  absl::Status SetConsentMark(const std::string& request_id, absl::string_view mark);
  // Last failed attempt; the state stays.
  absl::Status SetNote(const std::string& request_id, absl::string_view note);

  absl::StatusOr<OutboxEntry> Find(const std::string& request_id);
  // Approved, PREPARED or SENT, oldest first.
  absl::StatusOr<std::vector<OutboxEntry>> Waiting();
  // The newest entry of the round that is neither refused nor replaced: a draft or a waiting entry
  // stands before an acknowledged one.
  absl::StatusOr<std::optional<OutboxEntry>> CurrentOf(const std::string& round_id);
  absl::StatusOr<std::optional<OutboxEntry>> AcknowledgedOf(const std::string& round_id);
  // What was refused or replaced after it was sent counts as sent: the hub may have taken it.
  absl::StatusOr<consent::HeadsSent> ConsentHeadsSent();
  // Any entry at all, refused and replaced ones included.
  absl::StatusOr<bool> HasEntry(const std::string& round_id);

  // Acts that are not the outbox's own (enrolment, agreements).
  absl::Status Note(absl::string_view act, absl::string_view note, absl::Time now);
  absl::StatusOr<std::vector<JournalLine>> Journal();

 private:
  absl::StatusOr<std::vector<OutboxEntry>> Select(absl::string_view where,
                                                  const std::string& parameter);
  absl::Status Insert(const OutboxEntry& entry, absl::Time now);
  absl::Status Journal(absl::string_view act, const OutboxEntry& entry,
                       std::optional<uint64_t> log_sequence, absl::string_view note,
                       absl::Time now);
  absl::StatusOr<std::optional<OutboxEntry>> First(absl::string_view where,
                                                   const std::string& parameter);
  absl::Status SetState(const OutboxEntry& entry, OutboxState state, absl::string_view note);

  policy::sqlcipher::Database& database_;
};

}  // namespace renkei::agents::contribute
