#include "agents/contribute/outbox.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"

namespace renkei::agents::contribute {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace sqlcipher = renkei::policy::sqlcipher;

namespace {

absl::StatusOr<crypto::Digest> DigestAt(const sqlcipher::Statement& row, int column) {
  return crypto::DigestFromBytes(base::AsText(row.Blob(column)));
}

absl::StatusOr<OutboxEntry> ReadEntry(const sqlcipher::Statement& row) {
  OutboxEntry entry;
  entry.request_id = row.Text(0);
  entry.round_id = row.Text(1);
  entry.revision = static_cast<uint32_t>(row.Int(2));
  entry.supersedes = row.Text(3);
  entry.state = static_cast<OutboxState>(row.Int(4));
  if (!entry.envelope.ParseFromString(base::ToString(row.Blob(5)))) {
    return absl::DataLossError("outbox: a stored envelope does not parse");
  }
  RENKEI_ASSIGN_OR_RETURN(entry.payload_sha256, DigestAt(row, 6));
  entry.not_after = absl::FromUnixMicros(row.Int(7));
  entry.consent_mark = row.Text(8);
  entry.attempts = row.Int(9);
  if (!row.IsNull(10)) {
    entry.receipt.emplace();
    if (!entry.receipt->ParseFromString(base::ToString(row.Blob(10)))) {
      return absl::DataLossError("outbox: a stored receipt does not parse");
    }
  }
  entry.note = row.Text(11);
  entry.approved = row.Int(12) == 1;
  entry.previewed = row.Int(13) == 1;
  entry.consent_size = static_cast<uint64_t>(row.Int(14));
  return entry;
}

}  // namespace

absl::string_view OutboxStateWord(OutboxState state) {
  switch (state) {
    case OutboxState::kPrepared:
      return "prepared";
    case OutboxState::kSent:
      return "sent";
    case OutboxState::kAcknowledged:
      return "acknowledged";
    case OutboxState::kRefused:
      return "refused";
    case OutboxState::kReplaced:
      return "replaced";
  }
  return "unknown";
}

absl::StatusOr<std::vector<OutboxEntry>> Outbox::Select(absl::string_view where,
                                                        const std::string& parameter) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement row,
      database_.Prepare(absl::StrCat(
          "SELECT request_id, round_id, revision, supersedes, state, envelope, payload_sha256,"
          " not_after, consent_mark, attempts, receipt, note, approved, previewed,"
          " consent_size FROM outbox WHERE ",
          where)));
  if (!parameter.empty()) row.Bind(1, parameter);
  std::vector<OutboxEntry> entries;
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return entries;
    RENKEI_ASSIGN_OR_RETURN(OutboxEntry entry, ReadEntry(row));
    entries.push_back(std::move(entry));
  }
}

absl::Status Outbox::Insert(const OutboxEntry& entry, absl::Time now) {
  {
    RENKEI_ASSIGN_OR_RETURN(
        sqlcipher::Statement insert,
        database_.Prepare("INSERT OR IGNORE INTO outbox (request_id, round_id, revision,"
                          " supersedes, state, envelope, payload_sha256, not_after, consent_mark,"
                          " approved, previewed, consent_size)"
                          " VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)"));
    const std::string envelope = entry.envelope.SerializeAsString();
    insert.Bind(1, entry.request_id)
        .Bind(2, entry.round_id)
        .Bind(3, static_cast<int64_t>(entry.revision))
        .Bind(4, entry.supersedes)
        .BindBlob(5, base::AsBytes(envelope))
        .BindBlob(6, entry.payload_sha256)
        .Bind(7, absl::ToUnixMicros(entry.not_after))
        .Bind(8, entry.consent_mark)
        .Bind(9, static_cast<int64_t>(entry.approved))
        .Bind(10, static_cast<int64_t>(entry.previewed))
        .Bind(11, static_cast<int64_t>(entry.consent_size));
    RENKEI_RETURN_IF_ERROR(insert.Run());
  }
  if (database_.changes() != 1) {
    return absl::AlreadyExistsError(
        absl::StrCat("outbox: request ", entry.request_id, " is there already"));
  }
  return Journal("prepared", entry, std::nullopt, "", now);
}

absl::Status Outbox::Journal(absl::string_view act, const OutboxEntry& entry,
                             std::optional<uint64_t> log_sequence, absl::string_view note,
                             absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement insert,
      database_.Prepare("INSERT INTO journal (at, act, round_id, request_id, revision,"
                        " payload_sha256, payload_bytes, log_sequence, note)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.Bind(1, absl::ToUnixMicros(now))
      .Bind(2, act)
      .Bind(3, entry.round_id)
      .Bind(4, entry.request_id)
      .Bind(5, static_cast<int64_t>(entry.revision))
      .Bind(7, static_cast<int64_t>(entry.envelope.payload().size()))
      .Bind(9, note);
  if (entry.request_id.empty()) {
    insert.BindNull(6);
  } else {
    insert.BindBlob(6, entry.payload_sha256);
  }
  if (log_sequence.has_value()) {
    insert.Bind(8, static_cast<int64_t>(*log_sequence));
  } else {
    insert.BindNull(8);
  }
  return insert.Run();
}

absl::Status Outbox::SetState(const OutboxEntry& entry, OutboxState state, absl::string_view note) {
  if (entry.state != OutboxState::kPrepared && entry.state != OutboxState::kSent) {
    return absl::FailedPreconditionError(
        absl::StrCat("outbox: request ", entry.request_id, " is ", OutboxStateWord(entry.state),
                     " and cannot become ", OutboxStateWord(state)));
  }
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement update,
      database_.Prepare("UPDATE outbox SET state = ?, note = ? WHERE request_id = ?"));
  update.Bind(1, static_cast<int64_t>(state)).Bind(2, note).Bind(3, entry.request_id);
  return update.Run();
}

absl::Status Outbox::Put(const OutboxEntry& entry, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database_));
  RENKEI_RETURN_IF_ERROR(Insert(entry, now));
  return transaction.Commit();
}

absl::Status Outbox::Replace(const std::string& old_request_id, const OutboxEntry& entry,
                             absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database_));
  RENKEI_ASSIGN_OR_RETURN(const OutboxEntry old, Find(old_request_id));
  const std::string note = absl::StrCat("by ", entry.request_id);
  RENKEI_RETURN_IF_ERROR(SetState(old, OutboxState::kReplaced, note));
  RENKEI_RETURN_IF_ERROR(Journal("replaced", old, std::nullopt, note, now));
  RENKEI_RETURN_IF_ERROR(Insert(entry, now));
  return transaction.Commit();
}

absl::Status Outbox::Approve(const std::string& request_id, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database_));
  RENKEI_ASSIGN_OR_RETURN(const OutboxEntry entry, Find(request_id));
  if (entry.approved) return transaction.Commit();
  RENKEI_RETURN_IF_ERROR(SetState(entry, OutboxState::kPrepared, entry.note));
  {
    RENKEI_ASSIGN_OR_RETURN(
        sqlcipher::Statement update,
        database_.Prepare("UPDATE outbox SET approved = 1 WHERE request_id = ?"));
    RENKEI_RETURN_IF_ERROR(update.Bind(1, request_id).Run());
  }
  RENKEI_RETURN_IF_ERROR(Journal("approved", entry, std::nullopt, "", now));
  return transaction.Commit();
}

absl::Status Outbox::SetPreviewed(const std::string& request_id) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement update,
      database_.Prepare("UPDATE outbox SET previewed = 1 WHERE request_id = ?"));
  return update.Bind(1, request_id).Run();
}

absl::Status Outbox::MarkSent(const std::string& request_id, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database_));
  RENKEI_ASSIGN_OR_RETURN(const OutboxEntry entry, Find(request_id));
  if (!entry.approved) {
    return absl::FailedPreconditionError(
        absl::StrCat("outbox: request ", request_id, " is not approved; an officer submits it"));
  }
  RENKEI_RETURN_IF_ERROR(SetState(entry, OutboxState::kSent, entry.note));
  {
    RENKEI_ASSIGN_OR_RETURN(
        sqlcipher::Statement update,
        database_.Prepare("UPDATE outbox SET attempts = attempts + 1 WHERE request_id = ?"));
    update.Bind(1, request_id);
    RENKEI_RETURN_IF_ERROR(update.Run());
  }
  if (entry.state == OutboxState::kPrepared) {
    RENKEI_RETURN_IF_ERROR(Journal("sent", entry, std::nullopt, "", now));
  }
  return transaction.Commit();
}

absl::Status Outbox::Seal(const OutboxEntry& sealed, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database_));
  RENKEI_ASSIGN_OR_RETURN(const OutboxEntry entry, Find(sealed.request_id));
  if (entry.state != OutboxState::kPrepared || entry.attempts != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("outbox: request ", entry.request_id, " is ", OutboxStateWord(entry.state),
                     "; only an entry that was never sent takes a consent checkpoint"));
  }
  {
    RENKEI_ASSIGN_OR_RETURN(
        sqlcipher::Statement update,
        database_.Prepare("UPDATE outbox SET envelope = ?, payload_sha256 = ?, consent_size = ?"
                          " WHERE request_id = ?"));
    const std::string envelope = sealed.envelope.SerializeAsString();
    update.BindBlob(1, base::AsBytes(envelope))
        .BindBlob(2, sealed.payload_sha256)
        .Bind(3, static_cast<int64_t>(sealed.consent_size))
        .Bind(4, sealed.request_id);
    RENKEI_RETURN_IF_ERROR(update.Run());
  }
  RENKEI_RETURN_IF_ERROR(Journal("sealed", sealed, std::nullopt, "", now));
  return transaction.Commit();
}

absl::Status Outbox::MarkAcknowledged(const std::string& request_id,
                                      const v1::DsseEnvelope& receipt,
                                      const v1::ReceiptStatement& statement, absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database_));
  RENKEI_ASSIGN_OR_RETURN(const OutboxEntry entry, Find(request_id));
  RENKEI_RETURN_IF_ERROR(SetState(entry, OutboxState::kAcknowledged, ""));
  {
    RENKEI_ASSIGN_OR_RETURN(
        sqlcipher::Statement update,
        database_.Prepare("UPDATE outbox SET receipt = ? WHERE request_id = ?"));
    const std::string bytes = receipt.SerializeAsString();
    update.BindBlob(1, base::AsBytes(bytes)).Bind(2, request_id);
    RENKEI_RETURN_IF_ERROR(update.Run());
  }
  RENKEI_RETURN_IF_ERROR(Journal("acknowledged", entry, statement.log_sequence(), "", now));
  return transaction.Commit();
}

absl::Status Outbox::MarkRefused(const std::string& request_id, absl::string_view note,
                                 absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database_));
  RENKEI_ASSIGN_OR_RETURN(const OutboxEntry entry, Find(request_id));
  RENKEI_RETURN_IF_ERROR(SetState(entry, OutboxState::kRefused, note));
  RENKEI_RETURN_IF_ERROR(Journal("refused", entry, std::nullopt, note, now));
  return transaction.Commit();
}

absl::Status Outbox::SetConsentMark(const std::string& request_id, absl::string_view mark) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement update,
      database_.Prepare("UPDATE outbox SET consent_mark = ? WHERE request_id = ?"));
  return update.Bind(1, mark).Bind(2, request_id).Run();
}

absl::Status Outbox::SetNote(const std::string& request_id, absl::string_view note) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Statement update,
                          database_.Prepare("UPDATE outbox SET note = ? WHERE request_id = ?"));
  return update.Bind(1, note).Bind(2, request_id).Run();
}

absl::StatusOr<OutboxEntry> Outbox::Find(const std::string& request_id) {
  RENKEI_ASSIGN_OR_RETURN(std::vector<OutboxEntry> found, Select("request_id = ?", request_id));
  if (found.empty()) {
    return absl::NotFoundError(absl::StrCat("outbox: no request ", request_id));
  }
  return std::move(found.front());
}

absl::StatusOr<std::optional<OutboxEntry>> Outbox::First(absl::string_view where,
                                                         const std::string& parameter) {
  RENKEI_ASSIGN_OR_RETURN(std::vector<OutboxEntry> found, Select(where, parameter));
  if (found.empty()) return std::optional<OutboxEntry>();
  return std::optional<OutboxEntry>(std::move(found.front()));
}

absl::StatusOr<std::vector<OutboxEntry>> Outbox::Waiting() {
  return Select("approved = 1 AND state IN (1, 2) ORDER BY rowid", "");
}

absl::StatusOr<std::optional<OutboxEntry>> Outbox::CurrentOf(const std::string& round_id) {
  return First("round_id = ? AND state IN (1, 2, 3) ORDER BY state = 3, rowid DESC LIMIT 1",
               round_id);
}

absl::StatusOr<std::optional<OutboxEntry>> Outbox::AcknowledgedOf(const std::string& round_id) {
  return First("round_id = ? AND state = 3 ORDER BY revision DESC LIMIT 1", round_id);
}

absl::StatusOr<consent::HeadsSent> Outbox::ConsentHeadsSent() {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement row,
      database_.Prepare("SELECT ifnull(max(CASE WHEN state = 3 THEN consent_size END), 0),"
                        " ifnull(max(CASE WHEN state = 3 OR attempts > 0 THEN consent_size END), 0)"
                        " FROM outbox"));
  RENKEI_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return consent::HeadsSent{};
  return consent::HeadsSent{.acknowledged = static_cast<uint64_t>(row.Int(0)),
                            .largest = static_cast<uint64_t>(row.Int(1))};
}

absl::StatusOr<bool> Outbox::HasEntry(const std::string& round_id) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<OutboxEntry> any,
                          First("round_id = ? LIMIT 1", round_id));
  return any.has_value();
}

absl::Status Outbox::Note(absl::string_view act, absl::string_view note, absl::Time now) {
  return Journal(act, OutboxEntry{.revision = 0}, std::nullopt, note, now);
}

absl::StatusOr<std::vector<JournalLine>> Outbox::Journal() {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement row,
      database_.Prepare("SELECT sequence, at, act, round_id, request_id, revision, payload_sha256,"
                        " payload_bytes, log_sequence, note FROM journal ORDER BY sequence"));
  std::vector<JournalLine> lines;
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool more, row.Step());
    if (!more) return lines;
    JournalLine line;
    line.sequence = row.Int(0);
    line.at = absl::FromUnixMicros(row.Int(1));
    line.act = row.Text(2);
    line.round_id = row.Text(3);
    line.request_id = row.Text(4);
    line.revision = static_cast<uint32_t>(row.Int(5));
    if (!row.IsNull(6)) {
      RENKEI_ASSIGN_OR_RETURN(line.payload_sha256, DigestAt(row, 6));
    }
    line.payload_bytes = row.Int(7);
    if (!row.IsNull(8)) line.log_sequence = static_cast<uint64_t>(row.Int(8));
    line.note = row.Text(9);
    lines.push_back(std::move(line));
  }
}

}  // namespace renkei::agents::contribute
