#include "policy/transparency/hashing.h"

#include <algorithm>
#include <array>

#include "policy/crypto/hash.h"

namespace renkei::policy::transparency {

Digest LeafHash(std::span<const uint8_t> entry) {
  constexpr std::array<uint8_t, 1> kLeaf = {0x00};
  crypto::Sha256Stream stream;
  stream.Update(kLeaf);
  stream.Update(entry);
  return stream.Finish();
}

Digest NodeHash(const Digest& left, const Digest& right) {
  std::array<uint8_t, 65> bytes{};
  bytes[0] = 0x01;
  std::copy(left.begin(), left.end(), bytes.begin() + 1);
  std::copy(right.begin(), right.end(), bytes.begin() + 33);
  return crypto::Sha256(bytes);
}

Digest EmptyRoot() { return crypto::Sha256({}); }

}  // namespace renkei::policy::transparency
