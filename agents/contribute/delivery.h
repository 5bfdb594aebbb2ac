// Delivery: brings one outbox entry to the hub, once (trust 6, R19, R28).
//
// Before every send the consent ledger is read again, and nothing but an unchanged ledger lets an
// entry leave: after a new count or signature it is read once more. The consent checkpoint is put
// into the entry at its first send, under the same id: every seal pads the ledger, and a step of
// the ledger without a send would tell the hub that the counts were made anew (R15). When the
// counts no longer stand, or the checkpoint of what was sent, or the entry is past `not_after`, the
// hub is asked whether it knows the old id:
//   known     its receipt is stored; changed counts then go as revision + 1 that supersedes it
//   unknown   a new id with the same revision takes its place
// When the hub does not answer, nothing is changed and the entry waits. The hub comes in as
// functions, so that the state machine is tested without a network. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agents/contribute/outbox.h"
#include "renkei/v1/contribution.pb.h"
#include "renkei/v1/contribution_service.pb.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::agents::contribute {

struct HubCalls {
  std::function<absl::StatusOr<v1::DsseEnvelope>(const v1::DsseEnvelope&)> submit;
  std::function<absl::StatusOr<v1::GetSubmissionResponse>(const std::string& request_id)>
      get_submission;
};

// What the ledger says of an entry that is about to leave.
struct Recheck {
  enum class Verdict : uint8_t {
    kUnchanged,    // nothing happened since the counts were made
    kSameCounts,   // the ledger moved, the counts stand; `mark` is the new mark
    kOtherCounts,  // a counted person withdrew: the entry must not leave
  };
  Verdict verdict = Verdict::kUnchanged;
  std::string mark;
  // False: the hub has a later consent checkpoint than the entry's, or the entry has none. An
  // entry that was never sent is sealed; another is signed again as one past its time.
  bool checkpoint_stands = true;
};

struct Drafting {
  std::function<absl::StatusOr<Recheck>(const OutboxEntry&)> recheck;
  // A new signed entry with fresh counts.
  std::function<absl::StatusOr<OutboxEntry>(const std::string& round_id, uint32_t revision,
                                            const std::string& supersedes)>
      draft;
  // The same entry with a consent checkpoint of now, signed again under the same id.
  std::function<absl::StatusOr<OutboxEntry>(const OutboxEntry&)> seal;
  // The same statement under a new id and new times.
  std::function<absl::StatusOr<OutboxEntry>(const OutboxEntry&)> sign_again;
};

struct Delivery {
  enum class Outcome : uint8_t { kAcknowledged, kWaiting, kRefused };
  Outcome outcome = Outcome::kWaiting;
  std::string request_id;  // of the entry that was delivered in the end
  uint64_t log_sequence = 0;
  absl::Status cause;  // why it waits or was refused
};

// True: the same bytes may pass later (the hub is away, busy or restarting).
bool IsWorthWaitingFor(const absl::Status& status);

// Signed by `receipt_key`, and of exactly this entry; else DATA_LOSS.
absl::StatusOr<v1::ReceiptStatement> VerifyReceipt(const v1::DsseEnvelope& receipt,
                                                   std::span<const uint8_t> receipt_key,
                                                   const OutboxEntry& entry);

class Courier {
 public:
  Courier(Outbox& outbox, HubCalls hub, Drafting drafting, std::vector<uint8_t> receipt_key);

  // Errors are failures of the agent itself (database, ledger); what the hub says is in the
  // Delivery.
  absl::StatusOr<Delivery> Deliver(const std::string& request_id, absl::Time now);
  // Every waiting entry, oldest first; stops asking when the hub is away.
  absl::StatusOr<std::vector<Delivery>> Drain(absl::Time now);

 private:
  // One look at the ledger and what follows from it: a delivery, or the id of the entry that is to
  // be looked at again before it may leave.
  absl::StatusOr<std::variant<Delivery, std::string>> Look(const std::string& request_id,
                                                           absl::Time now);
  absl::StatusOr<Delivery> Send(const OutboxEntry& entry, absl::Time now);
  absl::StatusOr<Delivery> Acknowledge(const OutboxEntry& entry, const v1::DsseEnvelope& receipt,
                                       absl::Time now);

  Outbox& outbox_;
  HubCalls hub_;
  Drafting drafting_;
  std::vector<uint8_t> receipt_key_;
};

}  // namespace renkei::agents::contribute
