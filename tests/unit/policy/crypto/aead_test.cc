#include "policy/crypto/aead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/escaping.h"
#include "policy/base/bytes.h"

namespace renkei::policy::crypto {
namespace {

class Zeros final : public base::Random {
 public:
  void Fill(std::span<uint8_t> out) override { std::fill(out.begin(), out.end(), uint8_t{0}); }
};

using Key = std::array<uint8_t, kAeadKeyBytes>;

// The GCM specification of McGrew and Viega, test case 14.
TEST(Aead, MatchesThePublishedVectorOfAes256Gcm) {
  Zeros zeros;
  const std::vector<uint8_t> sealed = Seal(Key{}, {}, std::vector<uint8_t>(16), zeros);
  EXPECT_EQ(absl::BytesToHexString(base::AsText(std::span(sealed).subspan(12))),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
}

TEST(Aead, OpensWhatWasSealedAndNothingThatWasChanged) {
  base::SystemRandom random;
  Key key{};
  key[3] = 7;
  const auto bound = base::AsBytes("round");
  const auto message = base::AsBytes("thirty-two bytes, or a few fewer");
  std::vector<uint8_t> sealed = Seal(key, bound, message, random);
  ASSERT_EQ(sealed.size(), message.size() + kAeadOverheadBytes);
  EXPECT_EQ(base::AsText(Unseal(key, bound, sealed)->bytes()), base::AsText(message));
  EXPECT_NE(sealed, Seal(key, bound, message, random)) << "a nonce came twice";
  for (size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    sealed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_TRUE(absl::IsDataLoss(Unseal(key, bound, sealed).status())) << bit;
    sealed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
  EXPECT_FALSE(Unseal(key, base::AsBytes("other"), sealed).ok());
  EXPECT_FALSE(Unseal(Key{}, bound, sealed).ok());
  for (const size_t size : {size_t{0}, kAeadOverheadBytes - 1, sealed.size() - 1}) {
    EXPECT_FALSE(Unseal(key, bound, std::span(sealed).first(size)).ok()) << size;
  }
}

}  // namespace
}  // namespace renkei::policy::crypto
