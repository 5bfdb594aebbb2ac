// The noise of a release's cells: noise = sampler(PRF(k_release, cell)). It depends on the key, the
// release, the law and the cell alone, so that a retry after a crash gives the same noise and no
// second look at the counts (privacy 7, R45). Who has k_release can take the noise off again: the
// caller keeps it in memory and one sealed file, and deletes both at commit.
//
//   k_noise = HKDF-SHA-256(ikm = k_release, salt = release id,
//                          info = "renkei/v1/noise/discrete_gaussian/" sigma^2 as "n/d", 32 bytes)
//   bits of a cell = AES-256-CTR(k_noise) from block  measure (4) || cell (8) || 0 (4), big-endian
//
// The law is in the key because the same bits under two laws would be two views of one noise. A
// cell has 2^36 bytes before the next one's begin; the sampler's limits are far below.
// Not thread-safe; several with the same arguments give the same noise.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/random.h"
#include "policy/base/secret.h"
#include "policy/crypto/aes_ctr.h"
#include "policy/noise/discrete_gaussian.h"

namespace renkei::policy::noise {

struct CellId {
  uint32_t measure = 0;  // place in the release's list of measures
  uint64_t cell = 0;     // place in the layout's full grid, empty cells included
};

// The bits of one cell at a time.
class CellStream final : public base::Random {
 public:
  explicit CellStream(const base::Secret& noise_key);
  // The bytes of `id` from their first one.
  void Restart(CellId id);
  void Fill(std::span<uint8_t> out) override { stream_.Fill(out); }

 private:
  crypto::AesCtrStream stream_;
};

class CellNoise {
 public:
  // k_release of 32 bytes or more and a release id that is not empty, else INVALID_ARGUMENT.
  static absl::StatusOr<CellNoise> Make(const base::Secret& release_key,
                                        absl::string_view release_id, const DiscreteGaussian& law);
  // In persons; the same for the same cell however often and in whatever order it is asked for.
  int64_t Draw(CellId id);

 private:
  CellNoise(const base::Secret& noise_key, const DiscreteGaussian& law)
      : stream_(noise_key), law_(law) {}
  CellStream stream_;
  DiscreteGaussian law_;
};

}  // namespace renkei::policy::noise
