// CohortStore: consent events and their ledger.
#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "agents/cohort/event_blob.h"
#include "agents/cohort/person_rows.h"
#include "agents/cohort/read_snapshot.h"
#include "agents/cohort/record_checks.h"
#include "agents/cohort/store_state.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace sqlcipher = policy::sqlcipher;
namespace transparency = policy::transparency;
using sqlcipher::Statement;

namespace {

// The part of the pseudonym that the store keeps, as its bytes lie there.
std::string HexOf(const PersonIndex::Prefix& prefix) {
  std::string bytes(sizeof(prefix), '\0');
  std::memcpy(bytes.data(), prefix.data(), sizeof(prefix));
  return absl::BytesToHexString(bytes);
}

}  // namespace

absl::Status CohortStore::State::Ledger(const policy::consent::Event& event, int64_t sequence,
                                        uint32_t person, const std::string& collection_method) {
  const absl::Time now = clock.Now();
  return tree.Append(policy::consent::RecordJson(
                         event, {.record_id = base::MakeUuidV7(absl::ToUnixMillis(now), random),
                                 .event_seq = sequence,
                                 .pii_principal_id = HexOf(persons.index().prefix(person)),
                                 .recorded_at = now,
                                 .collection_method = collection_method}),
                     sequence);
}

absl::Status CohortStore::State::CompleteLedger() {
  constexpr char kCompleteSql[] = "SELECT value FROM meta WHERE name = 'ledger_complete'";
  RENKEI_ASSIGN_OR_RETURN(int64_t complete, Scalar(kCompleteSql));
  if (complete != 0) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction write, sqlcipher::Transaction::Begin(*database));
  // Another process may have done it between the look and the lock.
  RENKEI_ASSIGN_OR_RETURN(complete, Scalar(kCompleteSql));
  if (complete != 0) return absl::OkStatus();
  const absl::Status status = [&]() -> absl::Status {
    RENKEI_ASSIGN_OR_RETURN(
        Statement read,
        database->Prepare(
            "SELECT sequence, person, content FROM consent_events ORDER BY sequence"));
    for (;;) {
      RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
      if (!row) break;
      RENKEI_RETURN_IF_ERROR(Refresh());
      RENKEI_ASSIGN_OR_RETURN(const policy::consent::Event event, DecodeEvent(read.Blob(2)));
      const int64_t person = read.Int(1);
      if (person < 1 || person > static_cast<int64_t>(persons.index().size())) {
        return absl::DataLossError("cohort store: a consent event is of no person");
      }
      RENKEI_RETURN_IF_ERROR(Ledger(event, read.Int(0), static_cast<uint32_t>(person), ""));
    }
    RENKEI_RETURN_IF_ERROR(tree.WriteHead());
    return AddToMeta("ledger_complete", 1);
  }();
  tree.Clear();
  RENKEI_RETURN_IF_ERROR(status);
  return write.Commit();
}

absl::StatusOr<PutOutcome> CohortStore::PutConsent(const ConsentRecord& record) {
  State& s = *state_;
  RENKEI_RETURN_IF_ERROR(s.RequireFile());
  RENKEI_RETURN_IF_ERROR(CheckDay(record.person.birth_date, "birth_date"));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> content, EncodeEvent(record.event));
  RENKEI_ASSIGN_OR_RETURN(const State::FoundPerson person, s.FindOrAdd(record.person, false));
  RENKEI_RETURN_IF_ERROR(s.statements->insert_event.Bind(1, person.id)
                             .BindBlob(2, content)
                             .Bind(3, s.next_sequence)
                             .Bind(4, person.word)
                             .Run());
  if (s.database->changes() == 0) return PutOutcome::kUnchanged;
  RENKEI_RETURN_IF_ERROR(
      s.Ledger(record.event, s.next_sequence, person.id, record.collection_method));
  ++s.next_sequence;
  return PutOutcome::kNew;
}

absl::StatusOr<int64_t> CohortStore::ConsentVersion() { return state_->Scalar(kConsentVersionSql); }

absl::Status CohortStore::ForEachConsentEvent(
    absl::FunctionRef<absl::Status(const StoredEvent&)> visit) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      state_->database->Prepare(
          "SELECT person, content, sequence, word FROM consent_events ORDER BY person"));
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return absl::OkStatus();
    StoredEvent stored;
    stored.person = read.Int(0);
    stored.sequence = read.Int(2);
    stored.birth_date = BirthDateOf(static_cast<PersonWord>(read.Int(3)));
    RENKEI_ASSIGN_OR_RETURN(stored.event, DecodeEvent(read.Blob(1)));
    RENKEI_RETURN_IF_ERROR(visit(stored));
  }
}

absl::StatusOr<std::vector<CohortStore::StoredEvent>> CohortStore::ConsentEventsOf(
    const Person& person) {
  const ReadSnapshot snapshot(*state_->database);
  RENKEI_RETURN_IF_ERROR(snapshot.status());
  RENKEI_RETURN_IF_ERROR(state_->Refresh());
  RENKEI_ASSIGN_OR_RETURN(const FoundRows found, FindRows(state_->persons, person));
  std::vector<StoredEvent> events;
  for (const uint32_t id : found.ids) {
    RENKEI_ASSIGN_OR_RETURN(
        Statement read, state_->database->Prepare(
                            "SELECT content, sequence, word FROM consent_events WHERE person = ?"));
    read.Bind(1, id);
    for (;;) {
      RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
      if (!row) break;
      StoredEvent& stored = events.emplace_back();
      stored.person = id;
      stored.sequence = read.Int(1);
      stored.birth_date = BirthDateOf(static_cast<PersonWord>(read.Int(2)));
      RENKEI_ASSIGN_OR_RETURN(stored.event, DecodeEvent(read.Blob(0)));
    }
  }
  std::sort(events.begin(), events.end(),
            [](const StoredEvent& a, const StoredEvent& b) { return a.sequence < b.sequence; });
  return events;
}

absl::StatusOr<LedgerHead> CohortStore::ConsentLedgerHead() { return state_->tree.Head(); }

absl::StatusOr<std::vector<uint64_t>> CohortStore::ConsentLeavingSizes() {
  return state_->tree.LeavingSizes();
}

absl::StatusOr<LedgerHead> CohortStore::SealConsentLedger() {
  State& s = *state_;
  if (s.transaction.has_value()) {
    return absl::FailedPreconditionError("cohort store: a file is open");
  }
  absl::StatusOr<LedgerHead> head = [&]() -> absl::StatusOr<LedgerHead> {
    RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction write,
                            sqlcipher::Transaction::Begin(*s.database));
    RENKEI_RETURN_IF_ERROR(s.tree.Pad());
    RENKEI_RETURN_IF_ERROR(s.tree.WriteHead());
    RENKEI_RETURN_IF_ERROR(s.tree.MarkLeaving());
    RENKEI_ASSIGN_OR_RETURN(const LedgerHead sealed, s.tree.Head());
    RENKEI_RETURN_IF_ERROR(write.Commit());
    return sealed;
  }();
  s.tree.Clear();
  return head;
}

absl::StatusOr<transparency::Proof> CohortStore::ConsentConsistency(uint64_t old_size,
                                                                    uint64_t new_size) {
  return state_->tree.Consistency(old_size, new_size);
}

absl::StatusOr<transparency::Proof> CohortStore::ConsentInclusion(uint64_t position,
                                                                  uint64_t size) {
  return state_->tree.Inclusion(position, size);
}

absl::StatusOr<std::optional<LedgerOpening>> CohortStore::OpenConsentEvent(int64_t sequence) {
  return state_->tree.Open(sequence);
}

}  // namespace renkei::agents::cohort
