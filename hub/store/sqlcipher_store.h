// The store over one SQLCipher file: one writer connection behind a lock, readers from a pool.
// Thread-safe. Touches the disk.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "hub/store/store.h"
#include "policy/base/mutex.h"
#include "policy/base/secret.h"
#include "policy/sqlcipher/database.h"

namespace renkei::hub::store {

class SqlcipherStore final : public Store {
 public:
  // Creates the file when it is absent and brings the schema up to date. DATA_LOSS when the key
  // does not fit or a page was changed.
  static absl::StatusOr<std::unique_ptr<SqlcipherStore>> Open(const std::string& path,
                                                              const base::Secret& key);

  absl::StatusOr<std::unique_ptr<Snapshot>> Read() override;
  absl::StatusOr<std::unique_ptr<Transaction>> Write() override;

 private:
  SqlcipherStore(std::string path, base::Secret key,
                 std::unique_ptr<policy::sqlcipher::Database> writer);
  void GiveBack(std::unique_ptr<policy::sqlcipher::Database> reader);

  const std::string path_;
  const base::Secret key_;
  base::Mutex writer_mutex_;  // held for as long as a Transaction lives
  std::unique_ptr<policy::sqlcipher::Database> writer_;
  base::Mutex pool_mutex_;
  std::vector<std::unique_ptr<policy::sqlcipher::Database>> idle_readers_
      ABSL_GUARDED_BY(pool_mutex_);
};

}  // namespace renkei::hub::store
