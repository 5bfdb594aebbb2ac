// From the certificate of a connection to the registered identity behind it. Parsed certificates
// and registry rows are cached; a revocation empties the cache, so that it holds for open
// connections from the next call on. Thread-safe.
#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "hub/store/store.h"
#include "policy/base/mutex.h"

namespace renkei::hub::rpc {

class PeerRegistry {
 public:
  explicit PeerRegistry(store::Store& store) : store_(store) {}

  // UNAUTHENTICATED unless the leaf's key and SPIFFE id are those of one registered identity that
  // is neither revoked nor expired.
  absl::StatusOr<store::IdentityRow> Identify(absl::string_view leaf_pem, absl::Time now);

  // After every commit that changed an identity.
  void Forget();

 private:
  absl::StatusOr<store::IdentityRow> LookUp(absl::string_view leaf_pem);

  store::Store& store_;
  policy::base::Mutex mutex_;
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, store::IdentityRow> by_certificate_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace renkei::hub::rpc
