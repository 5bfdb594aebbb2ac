#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "hub/identity/bundle.h"
#include "hub/identity/certificate_authority.h"
#include "hub/identity/enrolment_code.h"
#include "hub/identity/possession.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/files.h"
#include "policy/crypto/enrolment_proof.h"
#include "policy/crypto/hash.h"

namespace renkei::hub::identity {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace {

constexpr char kAgent[] = "spiffe://h.example/member/insurer/01130012/agent/1";
constexpr char kSecretariat[] = "spiffe://h.example/secretariat/0604/s1";

mode_t ModeOf(const std::string& path) {
  struct stat facts {};
  EXPECT_EQ(stat(path.c_str(), &facts), 0) << path;
  return facts.st_mode & 0777;
}

class Identity : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "renkei-identity-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  CertificateAuthority MakeCa() {
    return *CertificateAuthority::Create(folder_ + "/ca", "h.example", now_);
  }

  v1::Bundle MakeBundle(const CertificateAuthority& ca) {
    const KeyedCertificate keyed = *ca.MakeIdentity(kSecretariat, {}, now_);
    v1::Bundle bundle;
    bundle.set_role(v1::ROLE_SECRETARIAT);
    bundle.set_spiffe_id(kSecretariat);
    bundle.set_hub_address("127.0.0.1:7443");
    bundle.set_root_pem(ca.root_pem());
    bundle.set_chain_pem(keyed.chain_pem);
    bundle.set_key_pem(base::ToString(keyed.key_pem.bytes()));
    bundle.set_signing_seed(std::string(32, '\x01'));
    bundle.set_audience("h.example/log/1");
    return bundle;
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'790'000'000);
  std::string folder_;
};

TEST_F(Identity, CaIsLoadedAsItWasCreated) {
  const CertificateAuthority made = MakeCa();
  const auto loaded = CertificateAuthority::Load(folder_ + "/ca");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->fingerprint(), made.fingerprint());
  EXPECT_EQ(loaded->fingerprint(), crypto::ToHex(*crypto::CertificateSha256(made.root_pem())));
  EXPECT_EQ(loaded->issuing_pem(), made.issuing_pem());
  EXPECT_TRUE(crypto::CheckIssuedBy(made.issuing_pem(), made.root_pem()).ok());
}

TEST_F(Identity, CaKeysAreTheOwnersAlone) {
  (void)umask(0);
  MakeCa();
  EXPECT_EQ(ModeOf(folder_ + "/ca/issuing.key"), 0600u);
  EXPECT_EQ(ModeOf(folder_ + "/ca/" + kRootKeyFile), 0600u);
  EXPECT_EQ(ModeOf(folder_ + "/ca/root-offline"), 0700u);
}

TEST_F(Identity, CaIsNeverMadeTwice) {
  const std::string fingerprint = MakeCa().fingerprint();
  EXPECT_EQ(CertificateAuthority::Create(folder_ + "/ca", "h.example", now_).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(CertificateAuthority::Load(folder_ + "/ca")->fingerprint(), fingerprint);
}

TEST_F(Identity, CaWorksWhenTheRootKeyIsAway) {
  MakeCa();
  std::filesystem::remove_all(folder_ + "/ca/root-offline");
  const auto ca = CertificateAuthority::Load(folder_ + "/ca");
  ASSERT_TRUE(ca.ok()) << ca.status();
  EXPECT_TRUE(ca->MakeIdentity("spiffe://h.example/hub", {"localhost"}, now_).ok());
}

TEST_F(Identity, CaOfMixedFilesIsRefused) {
  MakeCa();
  ASSERT_TRUE(CertificateAuthority::Create(folder_ + "/other", "h.example", now_).ok());
  for (const char* file : {"/issuing.key", "/root.pem", "/issuing.pem"}) {
    std::filesystem::copy_file(folder_ + "/ca" + file, folder_ + "/kept");
    std::filesystem::copy_file(folder_ + "/other" + file, folder_ + "/ca" + file,
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(CertificateAuthority::Load(folder_ + "/ca").status().code(),
              absl::StatusCode::kDataLoss)
        << file;
    std::filesystem::rename(folder_ + "/kept", folder_ + "/ca" + file);
  }
  EXPECT_TRUE(CertificateAuthority::Load(folder_ + "/ca").ok());
}

TEST_F(Identity, CaWithAReadableKeyIsRefused) {
  MakeCa();
  ASSERT_EQ(chmod((folder_ + "/ca/issuing.key").c_str(), 0640), 0);
  EXPECT_EQ(CertificateAuthority::Load(folder_ + "/ca").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(Identity, LeafNamesItsOwnerForTwelveMonths) {
  const CertificateAuthority ca = MakeCa();
  const base::Secret key = *crypto::GenerateP256KeyPem();
  const auto chain = ca.Issue(*crypto::MakeCsrDer(key), kAgent, now_);
  ASSERT_TRUE(chain.ok()) << chain.status();
  const auto facts = crypto::ReadLeaf(*chain);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->spiffe_id, kAgent);
  EXPECT_EQ(facts->not_after, now_ + absl::Hours(24 * 365));
  EXPECT_TRUE(crypto::CheckKeyOf(*chain, key).ok());
  EXPECT_TRUE(crypto::CheckIssuedBy(*chain, ca.issuing_pem()).ok());
}

TEST_F(Identity, BundleComesBackAsItWasWritten) {
  const CertificateAuthority ca = MakeCa();
  const v1::Bundle bundle = MakeBundle(ca);
  const std::string path = folder_ + "/s.bundle";
  (void)umask(0);
  ASSERT_TRUE(WriteBundle(path, bundle).ok());
  EXPECT_EQ(ModeOf(path), 0600u);
  const auto back = ReadBundle(path);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->SerializeAsString(), bundle.SerializeAsString());
  EXPECT_EQ(WriteBundle(path, bundle).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(Identity, BundleThatOthersCanReadIsRefused) {
  const std::string path = folder_ + "/s.bundle";
  ASSERT_TRUE(WriteBundle(path, MakeBundle(MakeCa())).ok());
  ASSERT_EQ(chmod(path.c_str(), 0604), 0);
  EXPECT_EQ(ReadBundle(path).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(Identity, BundleMustBeCompleteAndFitTogether) {
  const CertificateAuthority ca = MakeCa();
  const v1::Bundle good = MakeBundle(ca);
  std::vector<v1::Bundle> bad(9, good);
  bad[0].clear_role();
  bad[1].set_role(v1::ROLE_OPERATOR);
  bad[2].set_spiffe_id("spiffe://h.example/secretariat/0604/s2");
  bad[3].clear_hub_address();
  bad[4].clear_root_pem();
  bad[5].clear_chain_pem();
  bad[6].set_key_pem(base::ToString(crypto::GenerateP256KeyPem()->bytes()));
  bad[7].clear_key_pem();
  bad[8].set_signing_seed("short");
  for (size_t i = 0; i < bad.size(); ++i) {
    EXPECT_EQ(WriteBundle(folder_ + "/bad.bundle", bad[i]).code(),
              absl::StatusCode::kInvalidArgument)
        << i;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/bad.bundle"));
}

TEST_F(Identity, FaultyBundleIsRefusedWithoutQuotingIt) {
  const std::string path = folder_ + "/s.bundle";
  for (const char* text : {"", "role: ROLE_SECRETARIAT MIGHSECRET", "unknown: 'MIGHSECRET'",
                           "key_pem: 'MIGHSECRET'", "\x01\xff"}) {
    ASSERT_TRUE(base::WriteFileAtomically(path, text, 0600).ok());
    const absl::Status status = ReadBundle(path).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_EQ(status.message().find("MIGHSECRET"), absl::string_view::npos) << status;
  }
}

TEST_F(Identity, WipedBundleHoldsNoSecret) {
  v1::Bundle bundle = MakeBundle(MakeCa());
  WipeBundle(&bundle);
  EXPECT_TRUE(bundle.key_pem().empty());
  EXPECT_TRUE(bundle.signing_seed().empty());
}

class CountingRandom final : public base::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = next_++;
  }

 private:
  uint8_t next_ = 0;
};

TEST(EnrolmentCode, IsHashedByItsCanonicalText) {
  CountingRandom random;
  const std::string first = MakeEnrolmentCode(random);
  const std::string second = MakeEnrolmentCode(random);
  EXPECT_NE(first, second);
  const auto hash = HashEnrolmentCode(first);
  ASSERT_TRUE(hash.ok());
  EXPECT_EQ(*hash, crypto::Sha256(base::AsBytes(first)));
  EXPECT_TRUE(EnrolmentCodeFits(" " + first + "\n", *hash));
  EXPECT_FALSE(EnrolmentCodeFits(second, *hash));
  EXPECT_FALSE(EnrolmentCodeFits("", *hash));
}

TEST(EnrolmentCode, LivesFor72HoursHalfOpen) {
  const absl::Time issued = absl::FromUnixSeconds(1'790'000'000);
  EXPECT_TRUE(EnrolmentCodeIsCurrent(issued, issued));
  EXPECT_TRUE(EnrolmentCodeIsCurrent(issued, issued + absl::Hours(72) - absl::Nanoseconds(1)));
  EXPECT_FALSE(EnrolmentCodeIsCurrent(issued, issued + absl::Hours(72)));
  EXPECT_FALSE(EnrolmentCodeIsCurrent(issued, issued - absl::Nanoseconds(1)));
}

TEST(Possession, IsProvenForBothKeys) {
  CountingRandom random;
  const auto signer = *crypto::MakeEd25519Signer(crypto::GenerateEd25519Seed(random));
  const std::vector<uint8_t> csr = *crypto::MakeCsrDer(*crypto::GenerateP256KeyPem());
  v1::EnrolRequest good;
  good.set_code(MakeEnrolmentCode(random));
  good.set_csr_der(base::ToString(csr));
  good.set_signing_public_key(base::ToString(signer->public_key()));
  good.set_signing_proof(base::ToString(crypto::MakeEnrolmentProof(good.code(), csr, *signer)));
  EXPECT_TRUE(VerifyPossession(good).ok());

  std::vector<std::pair<v1::EnrolRequest, std::string>> bad(6, {good, "signing_proof"});
  bad[0].first.set_code(MakeEnrolmentCode(random));
  bad[1].first.set_csr_der(base::ToString(*crypto::MakeCsrDer(*crypto::GenerateP256KeyPem())));
  bad[2].first.set_signing_public_key(std::string(32, 'x'));
  bad[3].first.clear_signing_proof();
  bad[4] = {good, "csr_der"};
  bad[4].first.mutable_csr_der()->back() ^= 1;
  bad[5] = {good, "csr_der"};
  bad[5].first.clear_csr_der();
  for (const auto& [request, field] : bad) {
    const absl::Status status = VerifyPossession(request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(base::DetailOf(status).field(), field);
    EXPECT_EQ(base::DetailOf(status).reason(), v1::ERROR_REASON_SIGNATURE);
  }
}

}  // namespace
}  // namespace renkei::hub::identity
