// The watched folder (R29): a file is taken when its size is stable, moved to D/processing,
// imported, and then deleted or kept in D/done; what is rejected whole goes to D/quarantine.
// Nothing is ever written beside the input. Touches the disk; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace renkei::agents::app {

enum class InboxVerdict : uint8_t {
  kTaken,     // imported, wholly or partly
  kRejected,  // nothing of it is kept
  kRetry,     // not the file's fault (full disk): tried again later
};

class Inbox {
 public:
  struct Folders {
    std::string inbox;  // empty: none
    std::string processing;
    std::string quarantine;
    std::string done;
    bool keep_inputs = false;
  };
  using Import = std::function<InboxVerdict(const std::string& path)>;

  explicit Inbox(Folders folders) : folders_(std::move(folders)) {}

  // One look: takes what has not changed since the previous look at least `kSettle` ago, and
  // finishes what an earlier process left in D/processing. Returns the number of files imported or
  // rejected. Hidden files, folders, links and names that end in .part, .tmp or ~ are left alone.
  absl::StatusOr<int> Look(absl::Time now, const Import& import);

  static constexpr absl::Duration kSettle = absl::Seconds(1);
  static constexpr absl::Duration kRetryAfter = absl::Minutes(1);

 private:
  struct Seen {
    uint64_t size = 0;
    int64_t changed_ns = 0;
    absl::Time since;
  };
  absl::Status TakeSettled(absl::Time now);
  absl::Status Finish(const std::string& path, InboxVerdict verdict, absl::Time now);

  Folders folders_;
  std::map<std::string, Seen> seen_;
  std::map<std::string, absl::Time> retry_at_;
};

}  // namespace renkei::agents::app
