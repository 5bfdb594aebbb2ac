#include "policy/crypto/certificate.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <string>

#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"
#include "policy/crypto/openssl_ptr.h"

namespace renkei::policy::crypto {
namespace {

constexpr char kAgent[] = "spiffe://h.example/member/municipality/062031/agent/1";

X509Ptr Parse(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

class Certificates : public testing::Test {
 protected:
  void SetUp() override {
    root_key_ = *GenerateP256KeyPem();
    issuing_key_ = *GenerateP256KeyPem();
    leaf_key_ = *GenerateP256KeyPem();
    root_ = *MakeRootCertificate(root_key_, "root", now_, absl::Hours(24 * 3650));
    issuing_ = *MakeIssuingCertificate(issuing_key_, root_key_, root_.pem, "issuing", now_,
                                       absl::Hours(24 * 730));
    csr_ = *MakeCsrDer(leaf_key_);
  }
  absl::StatusOr<CertificatePem> Issue(const LeafRequest& request) {
    return IssueLeaf(csr_, issuing_key_, issuing_.pem, request);
  }
  LeafRequest Request() { return {kAgent, {}, now_, absl::Hours(24 * 30)}; }

  // X509_V_OK or the reason, at time `at`, for TLS servers or clients.
  int Verify(const std::string& leaf, int purpose, absl::Time at, const std::string& issuing,
             const std::string& root) {
    const X509Ptr leaf_cert = Parse(leaf), issuing_cert = Parse(issuing), root_cert = Parse(root);
    X509_STORE* store = X509_STORE_new();
    X509_STORE_add_cert(store, root_cert.get());
    STACK_OF(X509)* untrusted = sk_X509_new_null();
    sk_X509_push(untrusted, issuing_cert.get());
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, leaf_cert.get(), untrusted);
    X509_STORE_CTX_set_purpose(context, purpose);
    X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT);
    X509_STORE_CTX_set_time(context, 0, absl::ToTimeT(at));
    X509_verify_cert(context);
    const int error = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    sk_X509_free(untrusted);
    X509_STORE_free(store);
    return error;
  }
  int Verify(const std::string& leaf, int purpose, absl::Time at) {
    return Verify(leaf, purpose, at, issuing_.pem, root_.pem);
  }

  // A leaf with any subject alternative names, as a careless or hostile CA would sign it.
  std::string LeafWithNames(const char* names) {
    const X509Ptr issuer = Parse(issuing_.pem);
    const std::span<const uint8_t> text = issuing_key_.bytes();
    const BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const PkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    const X509Ptr leaf = Parse(Issue(Request())->pem);
    X509_EXTENSION_free(
        X509_delete_ext(leaf.get(), X509_get_ext_by_NID(leaf.get(), NID_subject_alt_name, -1)));
    if (names != nullptr) {
      X509_EXTENSION* extension =
          X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
      X509_add_ext(leaf.get(), extension, -1);
      X509_EXTENSION_free(extension);
    }
    X509_sign(leaf.get(), key.get(), EVP_sha256());
    const BioPtr out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), leaf.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<size_t>(size));
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'790'000'000);
  base::Secret root_key_, issuing_key_, leaf_key_;
  CertificatePem root_, issuing_;
  std::vector<uint8_t> csr_;
};

TEST_F(Certificates, LeafVerifiesUpToTheRootAsServerAndClient) {
  LeafRequest request = Request();
  request.dns_names = {"hub.example", "127.0.0.1", "::1"};
  const auto leaf = Issue(request);
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  EXPECT_EQ(Verify(leaf->pem, X509_PURPOSE_SSL_SERVER, now_), X509_V_OK);
  EXPECT_EQ(Verify(leaf->pem, X509_PURPOSE_SSL_CLIENT, now_), X509_V_OK);
  const X509Ptr parsed = Parse(leaf->pem);
  EXPECT_EQ(X509_check_host(parsed.get(), "hub.example", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(parsed.get(), "other.example", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(parsed.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(parsed.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(parsed.get(), "127.0.0.2", 0), 0);
}

TEST_F(Certificates, LeafIsValidFromFiveMinutesBeforeUntilItsEnd) {
  const auto leaf = Issue(Request());
  ASSERT_TRUE(leaf.ok());
  const auto at = [&](absl::Duration d) {
    return Verify(leaf->pem, X509_PURPOSE_SSL_CLIENT, now_ + d);
  };
  EXPECT_EQ(at(-absl::Minutes(4)), X509_V_OK);
  EXPECT_NE(at(-absl::Minutes(6)), X509_V_OK);
  EXPECT_EQ(at(absl::Hours(24 * 30) - absl::Seconds(1)), X509_V_OK);
  EXPECT_EQ(at(absl::Hours(24 * 30) + absl::Seconds(1)), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_F(Certificates, LeafOfAnotherRootDoesNotVerify) {
  const auto leaf = Issue(Request());
  const auto other = MakeRootCertificate(leaf_key_, "root", now_, absl::Hours(24));
  ASSERT_TRUE(other.ok());
  EXPECT_NE(Verify(leaf->pem, X509_PURPOSE_SSL_CLIENT, now_, issuing_.pem, other->pem), X509_V_OK);
}

TEST_F(Certificates, LeafCannotIssue) {
  const auto leaf = Issue(Request());
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(IssueLeaf(csr_, leaf_key_, leaf->pem, Request()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(Certificates, IssuingCaCannotMakeAnotherCaThatVerifies) {
  const base::Secret third_key = *GenerateP256KeyPem();
  const auto third =
      MakeIssuingCertificate(third_key, issuing_key_, issuing_.pem, "third", now_, absl::Hours(24));
  ASSERT_TRUE(third.ok());
  const auto leaf = IssueLeaf(csr_, third_key, third->pem, Request());
  ASSERT_TRUE(leaf.ok());
  // Even with the path complete, pathlen 0 of the issuing certificate forbids it.
  EXPECT_NE(Verify(leaf->pem, X509_PURPOSE_SSL_CLIENT, now_, third->pem, issuing_.pem), X509_V_OK);
}

TEST_F(Certificates, LeafDoesNotOutliveItsIssuer) {
  LeafRequest request = Request();
  request.lifetime = absl::Hours(24 * 3650);
  const auto leaf = Issue(request);
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(ReadLeaf(leaf->pem)->not_after, now_ + absl::Hours(24 * 730));
}

TEST_F(Certificates, ExpiredIssuerIsRefused) {
  LeafRequest request = Request();
  request.now = now_ + absl::Hours(24 * 731);
  EXPECT_EQ(Issue(request).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(Certificates, IssuerKeyMustFitItsCertificate) {
  EXPECT_EQ(IssueLeaf(csr_, root_key_, issuing_.pem, Request()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(Certificates, KeyIsComparedWithItsCertificate) {
  const auto leaf = Issue(Request());
  EXPECT_TRUE(CheckKeyOf(leaf->pem + issuing_.pem, leaf_key_).ok());
  EXPECT_EQ(CheckKeyOf(leaf->pem, issuing_key_).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckKeyOf("", leaf_key_).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(Certificates, IssuerIsRecognisedByItsSignature) {
  EXPECT_TRUE(CheckIssuedBy(issuing_.pem, root_.pem).ok());
  EXPECT_TRUE(CheckIssuedBy(root_.pem, root_.pem).ok());
  EXPECT_FALSE(CheckIssuedBy(root_.pem, issuing_.pem).ok());
  // Same name, other key.
  const auto other = MakeRootCertificate(leaf_key_, "root", now_, absl::Hours(24));
  EXPECT_FALSE(CheckIssuedBy(issuing_.pem, other->pem).ok());
}

TEST_F(Certificates, LeafFactsAreReadBack) {
  const auto leaf = Issue(Request());
  const auto facts = ReadLeaf(leaf->pem + issuing_.pem);
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->spiffe_id, kAgent);
  EXPECT_EQ(facts->not_after, now_ + absl::Hours(24 * 30));
  const X509Ptr parsed = Parse(leaf->pem);
  uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(X509_get0_pubkey(parsed.get()), &der);
  EXPECT_EQ(facts->spki_sha256, Sha256({der, static_cast<size_t>(size)}));
  OPENSSL_free(der);
}

TEST_F(Certificates, TwoLeavesOfOneKeyShareTheSpkiDigestButNotTheSerial) {
  const auto a = Issue(Request()), b = Issue(Request());
  EXPECT_EQ(ReadLeaf(a->pem)->spki_sha256, ReadLeaf(b->pem)->spki_sha256);
  EXPECT_NE(a->sha256, b->sha256);
}

TEST_F(Certificates, ReadLeafWantsExactlyOneSpiffeUri) {
  EXPECT_TRUE(ReadLeaf(LeafWithNames("URI:spiffe://h.example/operator/o")).ok());
  EXPECT_TRUE(ReadLeaf(LeafWithNames("DNS:x.example,URI:spiffe://h.example/operator/o")).ok());
  for (const char* names :
       {"URI:spiffe://h.example/operator/o,URI:spiffe://h.example/operator/p",
        "URI:spiffe://h.example/operator/o,URI:https://h.example/", "URI:https://h.example/",
        "DNS:h.example", "URI:spiffe://H.example/operator/o",
        "URI:spiffe://h.example/operator/o/"}) {
    EXPECT_EQ(ReadLeaf(LeafWithNames(names)).status().code(), absl::StatusCode::kInvalidArgument)
        << names;
  }
  EXPECT_FALSE(ReadLeaf(LeafWithNames(nullptr)).ok());
  EXPECT_FALSE(ReadLeaf(root_.pem).ok());
  EXPECT_FALSE(ReadLeaf("").ok());
}

TEST_F(Certificates, RequestWithBrokenSelfSignatureIsRefused) {
  csr_.back() ^= 1;
  EXPECT_EQ(Issue(Request()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(Certificates, RequestIsExactlyOnePkcs10) {
  for (const std::vector<uint8_t>& bytes :
       {std::vector<uint8_t>{}, std::vector<uint8_t>{0x30, 0x00},
        std::vector<uint8_t>(csr_.begin(), csr_.end() - 1), std::vector<uint8_t>(9000, 0x30)}) {
    EXPECT_EQ(IssueLeaf(bytes, issuing_key_, issuing_.pem, Request()).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  csr_.push_back(0);
  EXPECT_FALSE(Issue(Request()).ok());
}

std::vector<uint8_t> CsrOf(EVP_PKEY* key, const EVP_MD* hash) {
  const X509ReqPtr csr(X509_REQ_new());
  X509_REQ_set_pubkey(csr.get(), key);
  EXPECT_GT(X509_REQ_sign(csr.get(), key, hash), 0);
  std::vector<uint8_t> der(static_cast<size_t>(i2d_X509_REQ(csr.get(), nullptr)));
  uint8_t* out = der.data();
  i2d_X509_REQ(csr.get(), &out);
  return der;
}

TEST_F(Certificates, RequestWithAnotherKindOfKeyIsRefused) {
  const PkeyPtr rsa(EVP_RSA_gen(2048));
  const PkeyPtr p384(EVP_EC_gen("P-384"));
  const PkeyPtr k1(EVP_EC_gen("secp256k1"));
  const PkeyPtr ed(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  for (const auto& csr : {CsrOf(rsa.get(), EVP_sha256()), CsrOf(p384.get(), EVP_sha256()),
                          CsrOf(k1.get(), EVP_sha256()), CsrOf(ed.get(), nullptr)}) {
    const absl::Status status = IssueLeaf(csr, issuing_key_, issuing_.pem, Request()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find("P-256"), absl::string_view::npos) << status;
  }
}

TEST_F(Certificates, RequestWithExplicitCurveParametersIsRefused) {
  const PkeyPtr key(EVP_EC_gen("P-256"));
  EVP_PKEY_set_utf8_string_param(key.get(), "encoding", "explicit");
  EXPECT_EQ(IssueLeaf(CsrOf(key.get(), EVP_sha256()), issuing_key_, issuing_.pem, Request())
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(Certificates, NamesThatAreNoNamesAreRefused) {
  LeafRequest request = Request();
  request.spiffe_id = "spiffe://h.example/operator/o,DNS:evil.example";
  EXPECT_FALSE(Issue(request).ok());
  for (const char* name : {"", "a b", "*.example", "evil,URI:x", "-x", "山.example"}) {
    request = Request();
    request.dns_names = {name};
    EXPECT_EQ(Issue(request).status().code(), absl::StatusCode::kInvalidArgument) << name;
  }
  request = Request();
  request.lifetime = -absl::Hours(1);
  EXPECT_FALSE(Issue(request).ok());
}

TEST_F(Certificates, Sha256IsThatOfTheDer) {
  const auto digest = CertificateSha256(root_.pem);
  ASSERT_TRUE(digest.ok());
  EXPECT_EQ(*digest, root_.sha256);
  EXPECT_EQ(*CertificateSha256(root_.pem + issuing_.pem), root_.sha256);
  EXPECT_NE(*CertificateSha256(issuing_.pem), root_.sha256);
  EXPECT_FALSE(
      CertificateSha256("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").ok());
}

TEST_F(Certificates, EncryptedOrForeignKeysAreRefusedWithoutAsking) {
  const std::string encrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGj\n-----END ENCRYPTED PRIVATE KEY-----\n";
  EXPECT_EQ(MakeCsrDer(base::Secret::Copy(base::AsBytes(encrypted))).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MakeCsrDer(base::Secret()).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace renkei::policy::crypto
