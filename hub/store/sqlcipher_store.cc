#include "hub/store/sqlcipher_store.h"

#include <mutex>
#include <utility>

#include "hub/store/schema.h"
#include "hub/store/sql_session.h"
#include "policy/base/status.h"

namespace renkei::hub::store {
namespace sqlcipher = renkei::policy::sqlcipher;
namespace {

// More than the gRPC threads that can wait at once would only keep descriptors open.
constexpr size_t kMostIdleReaders = 16;

}  // namespace

SqlcipherStore::SqlcipherStore(std::string path, base::Secret key,
                               std::unique_ptr<sqlcipher::Database> writer)
    : path_(std::move(path)), key_(std::move(key)), writer_(std::move(writer)) {}

absl::StatusOr<std::unique_ptr<SqlcipherStore>> SqlcipherStore::Open(const std::string& path,
                                                                     const base::Secret& key) {
  RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<sqlcipher::Database> writer,
                          sqlcipher::Database::Open(path, key));
  RENKEI_RETURN_IF_ERROR(writer->Migrate(Migrations()));
  return std::unique_ptr<SqlcipherStore>(
      new SqlcipherStore(path, base::Secret::Copy(key.bytes()), std::move(writer)));
}

absl::StatusOr<std::unique_ptr<Snapshot>> SqlcipherStore::Read() {
  std::unique_ptr<sqlcipher::Database> reader;
  {
    base::MutexLock lock(pool_mutex_);
    if (!idle_readers_.empty()) {
      reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
    }
  }
  if (reader == nullptr) {
    sqlcipher::Database::Options options;
    options.create = false;
    options.read_only = true;
    RENKEI_ASSIGN_OR_RETURN(reader, sqlcipher::Database::Open(path_, key_, options));
  }
  RENKEI_RETURN_IF_ERROR(reader->Execute("BEGIN"));
  sqlcipher::Database& connection = *reader;
  // std::function must be copyable: the connection travels in a shared box.
  auto box = std::make_shared<std::unique_ptr<sqlcipher::Database>>(std::move(reader));
  return std::unique_ptr<Snapshot>(std::make_unique<SqlSession>(
      connection, std::nullopt, [this, box] { GiveBack(std::move(*box)); }));
}

absl::StatusOr<std::unique_ptr<Transaction>> SqlcipherStore::Write() {
  auto lock = std::make_shared<std::unique_lock<std::mutex>>(writer_mutex_.native());
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(*writer_));
  return std::unique_ptr<Transaction>(
      std::make_unique<SqlSession>(*writer_, std::move(transaction), [lock] { lock->unlock(); }));
}

void SqlcipherStore::GiveBack(std::unique_ptr<sqlcipher::Database> reader) {
  base::MutexLock lock(pool_mutex_);
  if (idle_readers_.size() < kMostIdleReaders) idle_readers_.push_back(std::move(reader));
}

}  // namespace renkei::hub::store
