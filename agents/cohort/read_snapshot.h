// ReadSnapshot: several statements on one state of the database.
#pragma once

#include "absl/status/status.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

// Another process may commit a file between two of the statements; a transaction keeps them on one
// state.
class ReadSnapshot {
 public:
  explicit ReadSnapshot(policy::sqlcipher::Database& database) : database_(database) {
    if (database.in_transaction()) return;
    status_ = database.Execute("BEGIN");
    is_own_ = status_.ok();
  }
  ~ReadSnapshot() {
    if (is_own_) (void)database_.Execute("ROLLBACK");
  }
  ReadSnapshot(const ReadSnapshot&) = delete;
  ReadSnapshot& operator=(const ReadSnapshot&) = delete;
  const absl::Status& status() const { return status_; }

 private:
  policy::sqlcipher::Database& database_;
  absl::Status status_;
  bool is_own_ = false;
};

}  // namespace renkei::agents::cohort
