#include "policy/crypto/dsse.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "policy/base/bytes.h"
#include "policy/crypto/enrolment_proof.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::crypto {
namespace {

constexpr char kType[] = "http://example.com/HelloWorld";

std::unique_ptr<Signer> SignerOf(absl::string_view seed_hex) {
  const std::string seed = absl::HexStringToBytes(seed_hex);
  return *MakeEd25519Signer(base::Secret::Copy(base::AsBytes(seed)));
}
std::unique_ptr<Signer> Seed42() {
  return *MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, 0x42)));
}
std::string Hex(std::span<const uint8_t> bytes) {
  return absl::BytesToHexString(base::AsText(bytes));
}

TEST(Ed25519, MatchesRfc8032) {
  const auto first = SignerOf("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  EXPECT_EQ(Hex(first->public_key()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(
      Hex(first->Sign({})),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
      "1cf9b46bd25bf5f0595bbe24655141438e7a100b");
  const auto third = SignerOf("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
  const std::string message = absl::HexStringToBytes("af82");
  EXPECT_EQ(
      Hex(third->Sign(base::AsBytes(message))),
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760"
      "984dc6594a7c15e9716ed28dc027beceea1ec40a");
}

TEST(Ed25519, RefusesAChangedMessageSignatureAndKey) {
  const auto signer = Seed42();
  const std::vector<uint8_t> message = {1, 2, 3};
  const std::vector<uint8_t> signature = signer->Sign(message);
  EXPECT_TRUE(VerifyEd25519(signer->public_key(), message, signature).ok());
  for (size_t i = 0; i < signature.size(); ++i) {
    std::vector<uint8_t> changed = signature;
    changed[i] ^= 1;
    EXPECT_EQ(VerifyEd25519(signer->public_key(), message, changed).code(),
              absl::StatusCode::kPermissionDenied)
        << i;
  }
  EXPECT_EQ(VerifyEd25519(signer->public_key(), std::vector<uint8_t>{1, 2, 4}, signature).code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(VerifyEd25519(std::vector<uint8_t>(32, 0), message, signature).code(),
            absl::StatusCode::kPermissionDenied);
}

TEST(Ed25519, RefusesWrongSizes) {
  const auto signer = Seed42();
  const std::vector<uint8_t> signature = signer->Sign({});
  EXPECT_EQ(VerifyEd25519(std::vector<uint8_t>(31), {}, signature).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(VerifyEd25519(signer->public_key(), {}, std::vector<uint8_t>(63)).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MakeEd25519Signer(base::Secret(31)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MakeEd25519Signer(base::Secret()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Dsse, MatchesTheVectorOfTrust6) {
  EXPECT_EQ(
      Hex(PreAuthEncoding(kType, "hello world")),
      "44535345763120323920687474703a2f2f6578616d706c652e636f6d2f48656c6c6f576f726c642031312068"
      "656c6c6f20776f726c64");
  const v1::DsseEnvelope envelope = SignEnvelope(kType, "hello world", *Seed42());
  ASSERT_EQ(envelope.signatures_size(), 1);
  EXPECT_EQ(envelope.signatures(0).keyid(),
            "3097e2dee2cb4a34b53840cdb705aed71067c36f68db0e0f559c3f3fa043315f");
  EXPECT_EQ(
      absl::Base64Escape(envelope.signatures(0).sig()),
      "gu0YmKDm+NBct538JRPoF8w9omdCCXshZ7v5DYgA2hjMAkor7xp54fh/7H77cS8PF4NkdMkph2F6Rjg9o5qrDw==");
  EXPECT_TRUE(VerifyEnvelope(envelope, kType, Seed42()->public_key()).ok());
}

TEST(Dsse, RefusesAnotherTypeThanTheReceiverExpects) {
  const auto signer = Seed42();
  const v1::DsseEnvelope envelope = SignEnvelope(kAgreementType, "x", *signer);
  EXPECT_EQ(VerifyEnvelope(envelope, kContributionType, signer->public_key()).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Dsse, RefusesASignatureMovedToAnotherType) {
  const auto signer = Seed42();
  v1::DsseEnvelope envelope = SignEnvelope(kAgreementType, "x", *signer);
  envelope.set_payload_type(kContributionType);
  EXPECT_EQ(VerifyEnvelope(envelope, kContributionType, signer->public_key()).code(),
            absl::StatusCode::kPermissionDenied);
}

TEST(Dsse, RefusesEveryChangedByteOfThePayload) {
  const auto signer = Seed42();
  const v1::DsseEnvelope good = SignEnvelope(kContributionType, std::string(40, 'p'), *signer);
  for (size_t i = 0; i < good.payload().size(); ++i) {
    v1::DsseEnvelope bad = good;
    (*bad.mutable_payload())[i] ^= 0x20;
    EXPECT_EQ(VerifyEnvelope(bad, kContributionType, signer->public_key()).code(),
              absl::StatusCode::kPermissionDenied);
  }
}

TEST(Dsse, WantsExactlyOneSignatureOf64Bytes) {
  const auto signer = Seed42();
  v1::DsseEnvelope none = SignEnvelope(kContributionType, "x", *signer);
  v1::DsseEnvelope two = none;
  *two.add_signatures() = none.signatures(0);
  v1::DsseEnvelope cut = none;
  cut.mutable_signatures(0)->mutable_sig()->pop_back();
  none.clear_signatures();
  for (const v1::DsseEnvelope& envelope : {none, two, cut}) {
    EXPECT_EQ(VerifyEnvelope(envelope, kContributionType, signer->public_key()).code(),
              absl::StatusCode::kPermissionDenied);
  }
}

TEST(Dsse, NeverTrustsTheKeyId) {
  const auto signer = Seed42();
  const auto other = SignerOf("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  v1::DsseEnvelope envelope = SignEnvelope(kContributionType, "x", *other);
  envelope.mutable_signatures(0)->set_keyid(ToHex(Sha256(signer->public_key())));
  EXPECT_EQ(VerifyEnvelope(envelope, kContributionType, signer->public_key()).code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(VerifyEnvelope(envelope, kContributionType, other->public_key()).ok());
}

TEST(EnrolmentProof, BindsCodeAndRequest) {
  const auto signer = Seed42();
  const std::vector<uint8_t> csr = {0x30, 1, 2, 3};
  const std::vector<uint8_t> other_csr = {0x30, 1, 2, 4};
  const auto proof = MakeEnrolmentProof("CODE", csr, *signer);
  EXPECT_TRUE(VerifyEnrolmentProof("CODE", csr, signer->public_key(), proof).ok());
  EXPECT_FALSE(VerifyEnrolmentProof("CODF", csr, signer->public_key(), proof).ok());
  EXPECT_FALSE(VerifyEnrolmentProof("CODE", other_csr, signer->public_key(), proof).ok());
  EXPECT_FALSE(VerifyEnrolmentProof("CODE", csr, std::vector<uint8_t>(32, 9), proof).ok());
  EXPECT_FALSE(VerifyEnrolmentProof("CODE", csr, signer->public_key(), {}).ok());
}

TEST(EnrolmentProof, SignsLabelDigestOfTheCodeAndRequest) {
  const std::vector<uint8_t> csr = {0xAB};
  const Digest digest = Sha256(base::AsBytes("abc"));
  EXPECT_EQ(base::ToString(EnrolmentProofMessage("abc", csr)),
            "renkei/v1/enrol" + ToBytes(digest) + "\xAB");
}

}  // namespace
}  // namespace renkei::policy::crypto
