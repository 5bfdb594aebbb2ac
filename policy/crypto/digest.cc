#include "policy/crypto/digest.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace renkei::policy::crypto {

std::string ToBytes(const Digest& digest) { return std::string(digest.begin(), digest.end()); }

std::string ToHex(const Digest& digest) { return absl::BytesToHexString(ToBytes(digest)); }

absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.size()) {
    return absl::InvalidArgumentError(absl::StrCat("a digest has 32 bytes, not ", bytes.size()));
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace renkei::policy::crypto
