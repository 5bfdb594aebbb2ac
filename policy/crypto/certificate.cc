#include "policy/crypto/certificate.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/crypto/openssl_ptr.h"
#include "policy/crypto/pem.h"
#include "policy/crypto/spiffe.h"

namespace renkei::policy::crypto {
namespace {

constexpr absl::Duration kBackdate = absl::Minutes(5);  // members' clocks may be behind
constexpr size_t kMaxCsrBytes = 8192;

absl::StatusOr<absl::Time> NotAfterOf(const X509* certificate) {
  std::tm civil{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &civil) != 1) {
    return absl::InvalidArgumentError("the certificate's end of validity cannot be read");
  }
  return absl::FromTM(civil, absl::UTCTimeZone());
}

bool SetValidity(X509* certificate, absl::Time from, absl::Time to) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), absl::ToTimeT(from)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), absl::ToTimeT(to)) != nullptr;
}

// 127 random bits: positive, at most 16 bytes of the 20 that RFC 5280 allows.
bool SetRandomSerial(X509* certificate) {
  const std::unique_ptr<BIGNUM, OpenSslFree<BN_free>> number(BN_new());
  return number != nullptr &&
         BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetSubjectName(X509* certificate, absl::string_view common_name) {
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

// `value` in OpenSSL's configuration syntax: constants of this file only, never a caller's text.
bool AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, OpenSslFree<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool PushName(GENERAL_NAMES* names, int type, int string_type, absl::string_view value) {
  std::unique_ptr<GENERAL_NAME, OpenSslFree<GENERAL_NAME_free>> name(GENERAL_NAME_new());
  ASN1_STRING* text = ASN1_STRING_type_new(string_type);
  if (name == nullptr || text == nullptr ||
      ASN1_STRING_set(text, value.data(), static_cast<int>(value.size())) != 1) {
    ASN1_STRING_free(text);
    return false;
  }
  GENERAL_NAME_set0_value(name.get(), type, text);
  if (sk_GENERAL_NAME_push(names, name.get()) <= 0) return false;
  (void)name.release();
  return true;
}

bool AddSubjectNames(X509* certificate, const LeafRequest& request) {
  const GeneralNamesPtr names(sk_GENERAL_NAME_new_null());
  if (names == nullptr || !PushName(names.get(), GEN_URI, V_ASN1_IA5STRING, request.spiffe_id)) {
    return false;
  }
  for (const std::string& name : request.dns_names) {
    std::array<char, 16> address;
    bool pushed = false;
    if (inet_pton(AF_INET, name.c_str(), address.data()) == 1) {
      pushed = PushName(names.get(), GEN_IPADD, V_ASN1_OCTET_STRING,
                        absl::string_view(address.data(), 4));
    } else if (inet_pton(AF_INET6, name.c_str(), address.data()) == 1) {
      pushed = PushName(names.get(), GEN_IPADD, V_ASN1_OCTET_STRING,
                        absl::string_view(address.data(), 16));
    } else {
      pushed = PushName(names.get(), GEN_DNS, V_ASN1_IA5STRING, name);
    }
    if (!pushed) return false;
  }
  // Critical because the subject is empty (RFC 5280 4.2.1.6).
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 1, X509V3_ADD_DEFAULT) ==
         1;
}

bool IsHostName(absl::string_view name) {
  if (name.empty() || name.size() > 253 || name.front() == '.' || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':';
  });
}

absl::StatusOr<X509Ptr> NewCertificate(EVP_PKEY* subject_key, absl::Time from, absl::Time to) {
  if (to <= from) return absl::InvalidArgumentError("the certificate's lifetime must be positive");
  X509Ptr certificate(X509_new());
  if (certificate == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !SetRandomSerial(certificate.get()) || !SetValidity(certificate.get(), from, to) ||
      X509_set_pubkey(certificate.get(), subject_key) != 1) {
    return OpenSslError("prepare a certificate");
  }
  return certificate;
}

struct Issuer {
  PkeyPtr key;
  X509Ptr certificate;
};

absl::StatusOr<Issuer> ReadIssuer(const base::Secret& key_pem, absl::string_view pem,
                                  absl::Time now) {
  Issuer issuer;
  RENKEI_ASSIGN_OR_RETURN(issuer.key, ReadKey(key_pem));
  RENKEI_ASSIGN_OR_RETURN(issuer.certificate, ReadCertificate(pem));
  if (X509_check_private_key(issuer.certificate.get(), issuer.key.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the issuer's key does not belong to its certificate");
  }
  if (X509_check_ca(issuer.certificate.get()) != 1) {
    return absl::InvalidArgumentError("the issuer's certificate is not a CA certificate");
  }
  RENKEI_ASSIGN_OR_RETURN(const absl::Time end, NotAfterOf(issuer.certificate.get()));
  if (end <= now) {
    return absl::FailedPreconditionError(
        "the issuer's certificate has expired; renew the issuing CA");
  }
  return issuer;
}

absl::StatusOr<CertificatePem> SignCertificate(X509* certificate, const Issuer& issuer) {
  if (X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get())) != 1 ||
      !AddExtension(certificate, issuer.certificate.get(), NID_subject_key_identifier, "hash") ||
      !AddExtension(certificate, issuer.certificate.get(), NID_authority_key_identifier,
                    "keyid:always") ||
      X509_sign(certificate, issuer.key.get(), EVP_sha256()) <= 0) {
    return OpenSslError("sign a certificate");
  }
  return ToPem(certificate);
}

absl::StatusOr<PkeyPtr> ReadCsrKey(std::span<const uint8_t> csr_der) {
  if (csr_der.empty() || csr_der.size() > kMaxCsrBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("csr_der: ", csr_der.size(), " bytes; the limit is ", kMaxCsrBytes));
  }
  const uint8_t* cursor = csr_der.data();
  const X509ReqPtr csr(d2i_X509_REQ(nullptr, &cursor, static_cast<long>(csr_der.size())));
  if (csr == nullptr || cursor != csr_der.data() + csr_der.size()) {
    ERR_clear_error();
    return absl::InvalidArgumentError("csr_der: not a PKCS#10 request in DER");
  }
  PkeyPtr key(X509_REQ_get_pubkey(csr.get()));
  if (!IsNamedP256(key.get())) {
    ERR_clear_error();
    return absl::InvalidArgumentError("csr_der: the key must be on the named curve P-256");
  }
  if (X509_REQ_verify(csr.get(), key.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("csr_der: the self-signature does not fit the key");
  }
  return key;
}

}  // namespace

absl::StatusOr<base::Secret> GenerateP256KeyPem() {
  const PkeyPtr key(EVP_EC_gen("P-256"));
  // The secure-memory BIO is wiped when it is freed.
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  if (key == nullptr || bio == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return OpenSslError("make a P-256 key");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return base::Secret::Copy({reinterpret_cast<const uint8_t*>(text), static_cast<size_t>(size)});
}

absl::StatusOr<std::vector<uint8_t>> MakeCsrDer(const base::Secret& key_pem) {
  RENKEI_ASSIGN_OR_RETURN(const PkeyPtr key, ReadKey(key_pem));
  const X509ReqPtr csr(X509_REQ_new());
  if (csr == nullptr || X509_REQ_set_version(csr.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_pubkey(csr.get(), key.get()) != 1 ||
      X509_REQ_sign(csr.get(), key.get(), EVP_sha256()) <= 0) {
    return OpenSslError("make a certificate request");
  }
  const int size = i2d_X509_REQ(csr.get(), nullptr);
  if (size <= 0) return OpenSslError("write a certificate request");
  std::vector<uint8_t> der(static_cast<size_t>(size));
  uint8_t* out = der.data();
  i2d_X509_REQ(csr.get(), &out);
  return der;
}

absl::StatusOr<CertificatePem> MakeRootCertificate(const base::Secret& key_pem,
                                                   absl::string_view common_name, absl::Time now,
                                                   absl::Duration lifetime) {
  Issuer self;
  RENKEI_ASSIGN_OR_RETURN(self.key, ReadKey(key_pem));
  RENKEI_ASSIGN_OR_RETURN(self.certificate,
                          NewCertificate(self.key.get(), now - kBackdate, now + lifetime));
  X509* root = self.certificate.get();
  if (!SetSubjectName(root, common_name) ||
      !AddExtension(root, root, NID_basic_constraints, "critical,CA:TRUE") ||
      !AddExtension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign")) {
    return OpenSslError("prepare the root certificate");
  }
  return SignCertificate(root, self);
}

absl::StatusOr<CertificatePem> MakeIssuingCertificate(const base::Secret& key_pem,
                                                      const base::Secret& root_key_pem,
                                                      absl::string_view root_pem,
                                                      absl::string_view common_name, absl::Time now,
                                                      absl::Duration lifetime) {
  RENKEI_ASSIGN_OR_RETURN(const PkeyPtr key, ReadKey(key_pem));
  RENKEI_ASSIGN_OR_RETURN(const Issuer root, ReadIssuer(root_key_pem, root_pem, now));
  RENKEI_ASSIGN_OR_RETURN(const absl::Time root_end, NotAfterOf(root.certificate.get()));
  RENKEI_ASSIGN_OR_RETURN(
      const X509Ptr certificate,
      NewCertificate(key.get(), now - kBackdate, std::min(now + lifetime, root_end)));
  X509* issuing = certificate.get();
  if (!SetSubjectName(issuing, common_name) ||
      !AddExtension(issuing, root.certificate.get(), NID_basic_constraints,
                    "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(issuing, root.certificate.get(), NID_key_usage,
                    "critical,keyCertSign,cRLSign")) {
    return OpenSslError("prepare the issuing certificate");
  }
  return SignCertificate(issuing, root);
}

absl::StatusOr<CertificatePem> IssueLeaf(std::span<const uint8_t> csr_der,
                                         const base::Secret& issuing_key_pem,
                                         absl::string_view issuing_pem,
                                         const LeafRequest& request) {
  RENKEI_RETURN_IF_ERROR(ParseSpiffeId(request.spiffe_id).status());
  for (const std::string& name : request.dns_names) {
    if (!IsHostName(name)) {
      return absl::InvalidArgumentError("dns_names: neither a host name nor an IP address");
    }
  }
  RENKEI_ASSIGN_OR_RETURN(const PkeyPtr key, ReadCsrKey(csr_der));
  RENKEI_ASSIGN_OR_RETURN(const Issuer issuer,
                          ReadIssuer(issuing_key_pem, issuing_pem, request.now));
  RENKEI_ASSIGN_OR_RETURN(const absl::Time issuer_end, NotAfterOf(issuer.certificate.get()));
  RENKEI_ASSIGN_OR_RETURN(const X509Ptr certificate,
                          NewCertificate(key.get(), request.now - kBackdate,
                                         std::min(request.now + request.lifetime, issuer_end)));
  X509* leaf = certificate.get();
  if (!AddExtension(leaf, issuer.certificate.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(leaf, issuer.certificate.get(), NID_key_usage, "critical,digitalSignature") ||
      !AddExtension(leaf, issuer.certificate.get(), NID_ext_key_usage, "serverAuth,clientAuth") ||
      !AddSubjectNames(leaf, request)) {
    return OpenSslError("prepare a leaf certificate");
  }
  return SignCertificate(leaf, issuer);
}

absl::Status CheckKeyOf(absl::string_view pem, const base::Secret& key_pem) {
  RENKEI_ASSIGN_OR_RETURN(const X509Ptr certificate, ReadCertificate(pem));
  RENKEI_ASSIGN_OR_RETURN(const PkeyPtr key, ReadKey(key_pem));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the key does not belong to the certificate");
  }
  return absl::OkStatus();
}

absl::Status CheckIssuedBy(absl::string_view pem, absl::string_view issuer_pem) {
  RENKEI_ASSIGN_OR_RETURN(const X509Ptr certificate, ReadCertificate(pem));
  RENKEI_ASSIGN_OR_RETURN(const X509Ptr issuer, ReadCertificate(issuer_pem));
  if (X509_check_issued(issuer.get(), certificate.get()) != X509_V_OK ||
      X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the certificate was not issued by that CA");
  }
  return absl::OkStatus();
}

absl::Status CheckCsr(std::span<const uint8_t> csr_der) { return ReadCsrKey(csr_der).status(); }

absl::StatusOr<LeafFacts> ReadLeaf(absl::string_view pem) {
  RENKEI_ASSIGN_OR_RETURN(const X509Ptr certificate, ReadCertificate(pem));
  if (X509_check_ca(certificate.get()) != 0) {
    return absl::InvalidArgumentError("the certificate is a CA's, not a leaf");
  }
  const GeneralNamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  LeafFacts facts;
  int uris = 0;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    ++uris;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    facts.spiffe_id.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                           static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  if (uris != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("the certificate must carry exactly one URI name, not ", uris));
  }
  RENKEI_RETURN_IF_ERROR(ParseSpiffeId(facts.spiffe_id).status());
  uint8_t* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &der);
  if (size <= 0) return OpenSslError("write a public key");
  facts.spki_sha256 = Sha256({der, static_cast<size_t>(size)});
  OPENSSL_free(der);
  RENKEI_ASSIGN_OR_RETURN(facts.not_after, NotAfterOf(certificate.get()));
  return facts;
}

absl::StatusOr<Digest> CertificateSha256(absl::string_view pem) {
  RENKEI_ASSIGN_OR_RETURN(const X509Ptr certificate, ReadCertificate(pem));
  return Sha256(DerOf(certificate.get()));
}

}  // namespace renkei::policy::crypto
