// Hashes of a log's tree (RFC 6962 2.1): leaves and nodes have prefixes of their own, so that no
// node passes for a leaf. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "policy/crypto/digest.h"

namespace renkei::policy::transparency {

using crypto::Digest;

// SHA-256(00 || entry).
Digest LeafHash(std::span<const uint8_t> entry);
// SHA-256(01 || left || right).
Digest NodeHash(const Digest& left, const Digest& right);
// Root of the tree without entries: SHA-256 of nothing.
Digest EmptyRoot();

}  // namespace renkei::policy::transparency
