#include "policy/crypto/aes_ctr.h"

#include <algorithm>
#include <cstdlib>

namespace renkei::policy::crypto {
namespace {

// As in hash.cc: a key stream that could not be computed must never look like one.
void OrAbort(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

AesCtrStream::AesCtrStream(std::span<const uint8_t, kKeyBytes> key)
    : context_(EVP_CIPHER_CTX_new()) {
  const CounterBlock zeros{};
  OrAbort(context_ != nullptr && EVP_EncryptInit_ex(context_.get(), EVP_aes_256_ctr(), nullptr,
                                                    key.data(), zeros.data()) == 1);
}

void AesCtrStream::Seek(const CounterBlock& block) {
  OrAbort(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, block.data()) == 1);
}

void AesCtrStream::Fill(std::span<uint8_t> out) {
  // EVP counts bytes in an int; a part keeps far away from its limit.
  constexpr size_t kPart = size_t{1} << 24;
  std::fill(out.begin(), out.end(), uint8_t{0});
  while (!out.empty()) {
    const std::span<uint8_t> part = out.first(std::min(out.size(), kPart));
    int written = 0;
    OrAbort(EVP_EncryptUpdate(context_.get(), part.data(), &written, part.data(),
                              static_cast<int>(part.size())) == 1 &&
            static_cast<size_t>(written) == part.size());
    out = out.subspan(part.size());
  }
}

}  // namespace renkei::policy::crypto
