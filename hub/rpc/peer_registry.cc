#include "hub/rpc/peer_registry.h"

#include <optional>
#include <string>
#include <utility>

#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/hash.h"

namespace renkei::hub::rpc {
namespace {

constexpr size_t kMostCached = 4096;

absl::Status Unknown() {
  return base::MakeError(absl::StatusCode::kUnauthenticated, v1::ERROR_REASON_UNKNOWN_IDENTITY,
                         "the client certificate belongs to no registered identity", "", "registry",
                         "enrol, or use the bundle that the hub issued");
}

}  // namespace

absl::StatusOr<store::IdentityRow> PeerRegistry::LookUp(absl::string_view leaf_pem) {
  const absl::StatusOr<crypto::LeafFacts> leaf = crypto::ReadLeaf(leaf_pem);
  if (!leaf.ok()) return Unknown();
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store_.Read());
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::IdentityRow> row,
                          snapshot->FindIdentityByKey(leaf->spki_sha256));
  if (!row.has_value() || row->spiffe_id != leaf->spiffe_id) return Unknown();
  return *std::move(row);
}

absl::StatusOr<store::IdentityRow> PeerRegistry::Identify(absl::string_view leaf_pem,
                                                          absl::Time now) {
  const std::string key = crypto::ToBytes(crypto::Sha256(base::AsBytes(leaf_pem)));
  std::optional<store::IdentityRow> row;
  uint64_t generation = 0;
  {
    base::MutexLock lock(mutex_);
    generation = generation_;
    if (const auto it = by_certificate_.find(key); it != by_certificate_.end()) row = it->second;
  }
  if (!row.has_value()) {
    RENKEI_ASSIGN_OR_RETURN(row, LookUp(leaf_pem));
    base::MutexLock lock(mutex_);
    // A row read before a revocation must not outlive it.
    if (generation == generation_) {
      if (by_certificate_.size() >= kMostCached) by_certificate_.clear();
      by_certificate_.insert_or_assign(key, *row);
    }
  }
  if (row->revoked_at.has_value()) {
    return base::MakeError(absl::StatusCode::kUnauthenticated, v1::ERROR_REASON_REVOKED,
                           "this identity was revoked", "", "registry",
                           "ask the operator of the hub for a new invitation");
  }
  if (now >= row->certificate_expires_at) {
    return base::MakeError(absl::StatusCode::kUnauthenticated, v1::ERROR_REASON_UNKNOWN_IDENTITY,
                           "the certificate has expired", "", "registry", "enrol again");
  }
  return *std::move(row);
}

void PeerRegistry::Forget() {
  base::MutexLock lock(mutex_);
  ++generation_;
  by_certificate_.clear();
}

}  // namespace renkei::hub::rpc
