#include "policy/crypto/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "policy/base/bytes.h"
#include "policy/crypto/digest.h"
#include "policy/crypto/hmac_key.h"

namespace renkei::policy::crypto {
namespace {

std::string FromHex(absl::string_view hex) { return absl::HexStringToBytes(hex); }
std::string Hex(std::span<const uint8_t> bytes) {
  return absl::BytesToHexString(base::AsText(bytes));
}

TEST(Sha256, MatchesTheVectorsOfFips180) {
  EXPECT_EQ(ToHex(Sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256(base::AsBytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, IsTheSameInPieces) {
  Sha256Stream stream;
  stream.Update(base::AsBytes("a"));
  stream.Update({});
  stream.Update(base::AsBytes("bc"));
  EXPECT_EQ(stream.Finish(), Sha256(base::AsBytes("abc")));
}

TEST(HmacSha256, MatchesRfc4231) {
  EXPECT_EQ(ToHex(HmacSha256(base::AsBytes("Jefe"), base::AsBytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const std::vector<uint8_t> long_key(131, 0xaa);
  EXPECT_EQ(ToHex(HmacSha256(long_key, base::AsBytes("Test Using Larger Than Block-Size Key - "
                                                     "Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// Around the block of 64 bytes, where padding and the shortening of long keys begin.
TEST(HmacSha256Key, IsHmacForEveryLengthOfKeyAndMessage) {
  for (size_t key_size = 0; key_size <= 130; ++key_size) {
    std::vector<uint8_t> key(key_size);
    for (size_t i = 0; i < key_size; ++i) key[i] = static_cast<uint8_t>(7 * i + 1);
    const HmacSha256Key prepared(key);
    for (size_t size = 0; size <= 130; ++size) {
      const std::vector<uint8_t> message(size, static_cast<uint8_t>(size));
      ASSERT_EQ(prepared.Of(message), HmacSha256(key, message)) << key_size << ", " << size;
    }
  }
}

TEST(HmacSha256, AcceptsAnEmptyKeyAndMessage) {
  EXPECT_EQ(ToHex(HmacSha256({}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hkdf, MatchesRfc5869) {
  const std::vector<uint8_t> ikm(22, 0x0b);
  const std::string salt = FromHex("000102030405060708090a0b0c");
  const std::string info = FromHex("f0f1f2f3f4f5f6f7f8f9");
  EXPECT_EQ(Hex(Hkdf(ikm, base::AsBytes(salt), info, 42).bytes()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(Hex(Hkdf(ikm, {}, "", 42).bytes()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, MatchesTheVectorsOfTrust71) {
  std::vector<uint8_t> root(32), salt(16);
  for (size_t i = 0; i < root.size(); ++i) root[i] = static_cast<uint8_t>(i);
  for (size_t i = 0; i < salt.size(); ++i) salt[i] = static_cast<uint8_t>(0x80 + i);
  const auto derive = [&](absl::string_view label) {
    return Hex(Hkdf(root, salt, label, 32).bytes());
  };
  EXPECT_EQ(derive("renkei/v1/db/hub/1"),
            "e108d07be963d1881b3d7be4f71ec95837bf90eb1b8f7e32ee5e047cd89cfb08");
  EXPECT_EQ(derive("renkei/v1/backup/hub/1"),
            "2a7572b65ff8d2a94bafd2d7ffd55214c5aa7dcbb96ad814462180d3ac43e53c");
  EXPECT_EQ(derive("renkei/v1/subject-pseudonym/1"),
            "b937993f2193cd621fb4afbb8fc91c289444d29da12c7376788267ea7807e311");
}

TEST(EqualConstantTime, ComparesContentAndLength) {
  EXPECT_TRUE(EqualConstantTime({}, {}));
  EXPECT_TRUE(EqualConstantTime(base::AsBytes("abc"), base::AsBytes("abc")));
  EXPECT_FALSE(EqualConstantTime(base::AsBytes("abc"), base::AsBytes("abd")));
  EXPECT_FALSE(EqualConstantTime(base::AsBytes("abc"), base::AsBytes("ab")));
}

TEST(Digest, GoesToBytesAndBack) {
  const Digest digest = Sha256(base::AsBytes("abc"));
  const auto back = DigestFromBytes(ToBytes(digest));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, digest);
}

TEST(Digest, HasExactly32Bytes) {
  for (const size_t size : {0, 31, 33, 64}) {
    EXPECT_EQ(DigestFromBytes(std::string(size, 'x')).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace renkei::policy::crypto
