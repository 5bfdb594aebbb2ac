// Token buckets per caller (trust 8). Thread-safe. Keys are registered identities or peer addresses
// with a failed enrolment; the map is bounded, and a full one forgets those that are full again.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/base/mutex.h"

namespace renkei::hub::rpc {

class TokenBuckets {
 public:
  // `per_second` tokens flow in, at most `burst` wait.
  TokenBuckets(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  // Takes a token; false when there is none.
  bool Take(absl::string_view key, absl::Time now);
  // Is there a token? Takes none.
  bool Has(absl::string_view key, absl::Time now);

 private:
  struct Bucket {
    double tokens;
    absl::Time filled_at;
  };
  Bucket& Fill(absl::string_view key, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const double per_second_;
  const double burst_;
  policy::base::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace renkei::hub::rpc
