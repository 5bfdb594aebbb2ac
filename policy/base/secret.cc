#include "policy/base/secret.h"

#include <openssl/crypto.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace renkei::policy::base {

Secret::Secret(size_t size) : bytes_(size) {
  // Locking may fail under a small RLIMIT_MEMLOCK; core dumps are off in any case.
  if (size > 0) (void)mlock(bytes_.data(), size);
}

Secret Secret::Copy(std::span<const uint8_t> bytes) {
  Secret out(bytes.size());
  std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
  return out;
}

Secret::~Secret() { Wipe(); }

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

void Secret::Wipe() {
  if (bytes_.empty()) return;
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
  (void)munlock(bytes_.data(), bytes_.size());
  bytes_.clear();
}

void ForbidCoreDumps() {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
  (void)prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace renkei::policy::base
