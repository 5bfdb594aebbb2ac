#include "policy/crypto/aes_ctr.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "policy/base/bytes.h"

namespace renkei::policy::crypto {
namespace {

template <typename Bytes>
Bytes FromHex(absl::string_view hex) {
  const std::string text = absl::HexStringToBytes(hex);
  Bytes bytes{};
  std::copy(text.begin(), text.end(), bytes.begin());
  return bytes;
}

AesCtrStream Stream() {
  return AesCtrStream(FromHex<std::array<uint8_t, 32>>(
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"));
}

const auto kFirstBlock = FromHex<AesCtrStream::CounterBlock>("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

// CTR-AES256.Encrypt: the output blocks that are added to the plaintext.
TEST(AesCtrStream, MatchesSp80038aF55) {
  AesCtrStream stream = Stream();
  stream.Seek(kFirstBlock);
  std::vector<uint8_t> bytes(64);
  stream.Fill(bytes);
  EXPECT_EQ(absl::BytesToHexString(base::AsText(bytes)),
            "0bdf7df1591716335e9a8b15c860c502"
            "5a6e699d536119065433863c8f657b94"
            "1bc12c9c01610d5d0d8bd6a3378eca62"
            "2956e1c8693536b1bee99c73a31576b6");
}

TEST(AesCtrStream, IsTheSameInPartsAndAfterASecondSeek) {
  AesCtrStream whole = Stream(), parts = Stream();
  std::vector<uint8_t> expected(200), seen(200);
  whole.Seek(kFirstBlock);
  whole.Fill(expected);
  for (const size_t size : {1, 3, 16, 17, 64, 199}) {
    parts.Seek(kFirstBlock);
    for (size_t at = 0; at < seen.size(); at += size) {
      parts.Fill(std::span(seen).subspan(at, std::min(size, seen.size() - at)));
    }
    EXPECT_EQ(seen, expected) << size;
  }
}

TEST(AesCtrStream, StartsAtZerosWithoutASeek) {
  AesCtrStream fresh = Stream(), sought = Stream();
  std::vector<uint8_t> a(32), b(32);
  fresh.Fill(a);
  sought.Seek({});
  sought.Fill(b);
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace renkei::policy::crypto
