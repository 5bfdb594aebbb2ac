#include "hub/rpc/token_bucket.h"

#include <algorithm>

namespace renkei::hub::rpc {
namespace {

constexpr size_t kMostKeys = 10000;
// The one bucket of all newcomers while so many keys are in use.
constexpr absl::string_view kEverybodyElse = "";

}  // namespace

TokenBuckets::Bucket& TokenBuckets::Fill(absl::string_view key, absl::Time now) {
  const auto level = [&](const Bucket& bucket) {
    // A clock that was set back must not take tokens away.
    const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - bucket.filled_at));
    return std::min(burst_, bucket.tokens + seconds * per_second_);
  };
  if (buckets_.size() >= kMostKeys && !buckets_.contains(key)) {
    absl::erase_if(buckets_, [&](const auto& entry) { return level(entry.second) >= burst_; });
    if (buckets_.size() >= kMostKeys) key = kEverybodyElse;
  }
  Bucket& bucket = buckets_.try_emplace(key, Bucket{burst_, now}).first->second;
  bucket.tokens = level(bucket);
  bucket.filled_at = now;
  return bucket;
}

bool TokenBuckets::Take(absl::string_view key, absl::Time now) {
  policy::base::MutexLock lock(mutex_);
  Bucket& bucket = Fill(key, now);
  if (bucket.tokens < 1.0) return false;
  bucket.tokens -= 1.0;
  return true;
}

bool TokenBuckets::Has(absl::string_view key, absl::Time now) {
  policy::base::MutexLock lock(mutex_);
  return Fill(key, now).tokens >= 1.0;
}

}  // namespace renkei::hub::rpc
