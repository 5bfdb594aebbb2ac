#include "agents/contribute/delivery.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "renkei/v1/common.pb.h"

namespace renkei::agents::contribute {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;

namespace {

// Looks at an entry before it is left for the next time.
constexpr int kMaxLooks = 6;

Delivery Waiting(const OutboxEntry& entry, absl::Status cause) {
  return {.outcome = Delivery::Outcome::kWaiting,
          .request_id = entry.request_id,
          .cause = std::move(cause)};
}

// One line for the journal; a hub's message is text from outside and is cut.
std::string NoteOf(const absl::Status& status) {
  const v1::ErrorDetail detail = base::DetailOf(status);
  std::string note = absl::StrCat(absl::StatusCodeToString(status.code()), " ",
                                  v1::ErrorReason_Name(detail.reason()), ": ", status.message());
  for (char& c : note) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  constexpr size_t kMaxNoteBytes = 500;
  if (note.size() > kMaxNoteBytes) note.resize(kMaxNoteBytes);
  return note;
}

}  // namespace

bool IsWorthWaitingFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnimplemented:
      return false;
    case absl::StatusCode::kResourceExhausted:
      return base::DetailOf(status).reason() != v1::ERROR_REASON_TOO_LARGE;
    default:
      return true;
  }
}

absl::StatusOr<v1::ReceiptStatement> VerifyReceipt(const v1::DsseEnvelope& receipt,
                                                   std::span<const uint8_t> receipt_key,
                                                   const OutboxEntry& entry) {
  const absl::Status signature = crypto::VerifyEnvelope(receipt, crypto::kReceiptType, receipt_key);
  if (!signature.ok()) {
    return absl::DataLossError(
        absl::StrCat("receipt: not signed by the hub that this agent enrolled with (",
                     signature.message(), ")"));
  }
  v1::ReceiptStatement statement;
  if (!statement.ParseFromString(receipt.payload())) {
    return absl::DataLossError("receipt: the payload does not parse");
  }
  if (statement.request_id() != entry.request_id || statement.round_id() != entry.round_id ||
      statement.revision() != entry.revision ||
      statement.payload_sha256() != crypto::ToBytes(entry.payload_sha256)) {
    return absl::DataLossError(
        absl::StrCat("receipt: is not of request ", entry.request_id, " or not of its bytes"));
  }
  return statement;
}

Courier::Courier(Outbox& outbox, HubCalls hub, Drafting drafting, std::vector<uint8_t> receipt_key)
    : outbox_(outbox),
      hub_(std::move(hub)),
      drafting_(std::move(drafting)),
      receipt_key_(std::move(receipt_key)) {}

absl::StatusOr<Delivery> Courier::Acknowledge(const OutboxEntry& entry,
                                              const v1::DsseEnvelope& receipt, absl::Time now) {
  const absl::StatusOr<v1::ReceiptStatement> statement =
      VerifyReceipt(receipt, receipt_key_, entry);
  if (!statement.ok()) {
    // Whoever answered is not believed: the entry waits for an answer that verifies.
    RENKEI_RETURN_IF_ERROR(outbox_.SetNote(entry.request_id, NoteOf(statement.status())));
    return Waiting(entry, statement.status());
  }
  RENKEI_RETURN_IF_ERROR(outbox_.MarkAcknowledged(entry.request_id, receipt, *statement, now));
  return Delivery{.outcome = Delivery::Outcome::kAcknowledged,
                  .request_id = entry.request_id,
                  .log_sequence = statement->log_sequence(),
                  .cause = absl::OkStatus()};
}

absl::StatusOr<Delivery> Courier::Send(const OutboxEntry& entry, absl::Time now) {
  RENKEI_RETURN_IF_ERROR(outbox_.MarkSent(entry.request_id, now));
  const absl::StatusOr<v1::DsseEnvelope> receipt = hub_.submit(entry.envelope);
  if (receipt.ok()) return Acknowledge(entry, *receipt, now);
  if (IsWorthWaitingFor(receipt.status())) {
    RENKEI_RETURN_IF_ERROR(outbox_.SetNote(entry.request_id, NoteOf(receipt.status())));
    return Waiting(entry, receipt.status());
  }
  RENKEI_RETURN_IF_ERROR(outbox_.MarkRefused(entry.request_id, NoteOf(receipt.status()), now));
  return Delivery{.outcome = Delivery::Outcome::kRefused,
                  .request_id = entry.request_id,
                  .cause = receipt.status()};
}

absl::StatusOr<std::variant<Delivery, std::string>> Courier::Look(const std::string& request_id,
                                                                  absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(const OutboxEntry entry, outbox_.Find(request_id));
  if (entry.state != OutboxState::kPrepared && entry.state != OutboxState::kSent) {
    return absl::FailedPreconditionError(absl::StrCat("outbox: request ", request_id, " is ",
                                                      OutboxStateWord(entry.state),
                                                      ", nothing to deliver"));
  }
  if (!entry.approved) {
    return absl::FailedPreconditionError(
        absl::StrCat("outbox: request ", request_id, " is not approved; an officer submits it"));
  }
  RENKEI_ASSIGN_OR_RETURN(const Recheck recheck, drafting_.recheck(entry));
  const bool counts_stand = recheck.verdict != Recheck::Verdict::kOtherCounts;
  if (recheck.verdict == Recheck::Verdict::kSameCounts) {
    RENKEI_RETURN_IF_ERROR(outbox_.SetConsentMark(request_id, recheck.mark));
    return request_id;
  }
  if (counts_stand && now < entry.not_after) {
    if (recheck.checkpoint_stands) return Send(entry, now);
    if (entry.state == OutboxState::kPrepared) {
      RENKEI_ASSIGN_OR_RETURN(const OutboxEntry sealed, drafting_.seal(entry));
      RENKEI_RETURN_IF_ERROR(outbox_.Seal(sealed, now));
      return request_id;
    }
  }

  bool known = false;
  if (entry.state == OutboxState::kSent) {
    const absl::StatusOr<v1::GetSubmissionResponse> answer = hub_.get_submission(request_id);
    if (!answer.ok()) {
      RENKEI_RETURN_IF_ERROR(outbox_.SetNote(request_id, NoteOf(answer.status())));
      return Waiting(entry, answer.status());
    }
    known = answer->known();
    if (known) {
      RENKEI_ASSIGN_OR_RETURN(Delivery delivery, Acknowledge(entry, answer->receipt(), now));
      if (counts_stand || delivery.outcome != Delivery::Outcome::kAcknowledged) return delivery;
    }
  }
  if (known && entry.revision >= kMaxRevision) {
    // The hub holds the last revision that it takes; the withdrawal takes effect in the next
    // release.
    return Delivery{.outcome = Delivery::Outcome::kAcknowledged,
                    .request_id = request_id,
                    .cause = absl::OkStatus()};
  }
  OutboxEntry next;
  if (known) {
    RENKEI_ASSIGN_OR_RETURN(next, drafting_.draft(entry.round_id, entry.revision + 1, request_id));
    next.approved = true;
    RENKEI_RETURN_IF_ERROR(outbox_.Put(next, now));
  } else {
    if (counts_stand) {
      RENKEI_ASSIGN_OR_RETURN(next, drafting_.sign_again(entry));
    } else {
      RENKEI_ASSIGN_OR_RETURN(next,
                              drafting_.draft(entry.round_id, entry.revision, entry.supersedes));
    }
    next.approved = true;
    RENKEI_RETURN_IF_ERROR(outbox_.Replace(request_id, next, now));
  }
  return next.request_id;
}

absl::StatusOr<Delivery> Courier::Deliver(const std::string& request_id, absl::Time now) {
  std::string next = request_id;
  for (int looks = 0; looks < kMaxLooks; ++looks) {
    RENKEI_ASSIGN_OR_RETURN(auto seen, Look(next, now));
    if (Delivery* const delivery = std::get_if<Delivery>(&seen)) return std::move(*delivery);
    next = std::get<std::string>(std::move(seen));
  }
  return Delivery{
      .outcome = Delivery::Outcome::kWaiting,
      .request_id = next,
      .cause = absl::AbortedError("the consent ledger changes while the entry is made ready")};
}

absl::StatusOr<std::vector<Delivery>> Courier::Drain(absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<OutboxEntry> waiting, outbox_.Waiting());
  std::vector<Delivery> deliveries;
  for (const OutboxEntry& entry : waiting) {
    absl::StatusOr<Delivery> attempt = Deliver(entry.request_id, now);
    // One round that cannot be drafted again must not hold up the others.
    Delivery delivery = attempt.ok() ? *std::move(attempt) : Waiting(entry, attempt.status());
    const bool hub_is_away =
        delivery.outcome == Delivery::Outcome::kWaiting && absl::IsUnavailable(delivery.cause);
    deliveries.push_back(std::move(delivery));
    if (hub_is_away) break;
  }
  return deliveries;
}

}  // namespace renkei::agents::contribute
