#include "hub/store/sql_session.h"

#include <utility>

#include "hub/store/columns.h"
#include "policy/base/status.h"
#include "spdlog/spdlog.h"

namespace renkei::hub::store {

SqlSession::SqlSession(policy::sqlcipher::Database& database,
                       std::optional<policy::sqlcipher::Transaction> transaction,
                       std::function<void()> release)
    : database_(database),
      transaction_(std::move(transaction)),
      reading_(!transaction_.has_value()),
      release_(std::move(release)) {}

SqlSession::~SqlSession() {
  transaction_.reset();
  if (reading_) {
    if (absl::Status ended = database_.Execute("COMMIT"); !ended.ok()) {
      spdlog::error("a read view did not end cleanly: code {}", static_cast<int>(ended.code()));
    }
  }
  release_();
}

absl::Status SqlSession::RunInsert(Statement& statement, absl::string_view what) {
  RENKEI_RETURN_IF_ERROR(statement.Run());
  if (database_.changes() != 1) return absl::AlreadyExistsError(absl::StrCat(what, ": key exists"));
  return absl::OkStatus();
}

absl::Status SqlSession::RunUpdate(Statement& statement, absl::string_view what) {
  RENKEI_RETURN_IF_ERROR(statement.Run());
  if (database_.changes() != 1) return absl::NotFoundError(absl::StrCat(what, ": no such key"));
  return absl::OkStatus();
}

absl::Status SqlSession::Commit() {
  if (!transaction_.has_value()) return absl::InternalError("commit of a read view");
  absl::Status committed = transaction_->Commit();
  transaction_.reset();
  return committed;
}

absl::StatusOr<LogHead> SqlSession::Head() {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT sequence, chain FROM log_entries ORDER BY sequence DESC LIMIT 1"));
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  LogHead head;
  if (!found) return head;
  head.size = static_cast<uint64_t>(query.Int(0)) + 1;
  head.chain = DigestAt(query, 1);
  return head;
}

Listed<EntryRow> SqlSession::ListEntries(uint64_t from, int limit) {
  RENKEI_ASSIGN_OR_RETURN(Statement query,
                          database_.Prepare("SELECT sequence, json, leaf, chain FROM log_entries "
                                            "WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2"));
  query.Bind(1, static_cast<int64_t>(from)).Bind(2, static_cast<int64_t>(limit));
  std::vector<EntryRow> rows;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return rows;
    rows.push_back(EntryRow{.sequence = static_cast<uint64_t>(query.Int(0)),
                            .json = BytesAt(query, 1),
                            .leaf = DigestAt(query, 2),
                            .chain = DigestAt(query, 3)});
  }
}

absl::Status SqlSession::InsertEntry(const EntryRow& row) {
  RENKEI_ASSIGN_OR_RETURN(const LogHead head, Head());
  if (row.sequence != head.size) {
    return absl::InternalError("log entry out of sequence");
  }
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO log_entries(sequence, json, leaf, chain) "
                        "VALUES(?1, ?2, ?3, ?4)"));
  insert.Bind(1, static_cast<int64_t>(row.sequence));
  BindBytes(insert, 2, row.json);
  insert.BindBlob(3, row.leaf).BindBlob(4, row.chain);
  return RunInsert(insert, "log entry");
}

}  // namespace renkei::hub::store
