#include "policy/noise/cell_noise.h"

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"
#include "policy/noise/bit_source.h"

namespace renkei::policy::noise {
namespace {

constexpr size_t kKeyBytes = crypto::AesCtrStream::kKeyBytes;

}  // namespace

CellStream::CellStream(const base::Secret& noise_key)
    : stream_(noise_key.bytes().first<kKeyBytes>()) {}

void CellStream::Restart(CellId id) {
  crypto::AesCtrStream::CounterBlock block{};
  for (size_t i = 0; i < 4; ++i) block[i] = static_cast<uint8_t>(id.measure >> (8 * (3 - i)));
  for (size_t i = 0; i < 8; ++i) block[4 + i] = static_cast<uint8_t>(id.cell >> (8 * (7 - i)));
  stream_.Seek(block);
}

absl::StatusOr<CellNoise> CellNoise::Make(const base::Secret& release_key,
                                          absl::string_view release_id,
                                          const DiscreteGaussian& law) {
  if (release_key.bytes().size() < kKeyBytes) {
    return absl::InvalidArgumentError("the key of a release has at least 32 bytes");
  }
  if (release_id.empty()) return absl::InvalidArgumentError("a release has an id");
  return CellNoise(crypto::Hkdf(release_key.bytes(), base::AsBytes(release_id),
                                absl::StrCat("renkei/v1/noise/discrete_gaussian/",
                                             law.sigma_squared().ToString()),
                                kKeyBytes),
                   law);
}

int64_t CellNoise::Draw(CellId id) {
  stream_.Restart(id);
  BitSource bits(stream_);
  return law_.Draw(bits);
}

}  // namespace renkei::policy::noise
