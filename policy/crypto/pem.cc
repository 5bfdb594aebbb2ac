#include "policy/crypto/pem.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <climits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::crypto {
namespace {

// Never asks the terminal for a passphrase.
int NoPassphrase(char*, int, int, void*) { return 0; }

BioPtr ReadBio(absl::string_view text) {
  if (text.size() > INT_MAX) return nullptr;
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

}  // namespace

absl::Status OpenSslError(absl::string_view what) {
  // The queue can hold file names and offsets only, but is of no use to a reader: dropped.
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("OpenSSL could not ", what));
}

absl::StatusOr<X509Ptr> ReadCertificate(absl::string_view pem) {
  const BioPtr bio = ReadBio(pem);
  X509Ptr certificate(
      bio == nullptr ? nullptr : PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
  if (certificate == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError("no PEM certificate found");
  }
  return certificate;
}

bool IsNamedP256(EVP_PKEY* key) {
  if (key == nullptr || EVP_PKEY_is_a(key, "EC") != 1) return false;
  std::array<char, 64> text;
  size_t size = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, text.data(), text.size(),
                                     &size) != 1 ||
      absl::string_view(text.data(), size) != "prime256v1") {
    return false;
  }
  // Explicit curve parameters can describe another curve under a good name (CVE-2020-0601).
  return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, text.data(), text.size(),
                                        &size) == 1 &&
         absl::string_view(text.data(), size) == OSSL_PKEY_EC_ENCODING_GROUP;
}

absl::StatusOr<PkeyPtr> ReadKey(const base::Secret& key_pem) {
  const std::span<const uint8_t> bytes = key_pem.bytes();
  const BioPtr bio =
      ReadBio(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  PkeyPtr key(bio == nullptr ? nullptr
                             : PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError("no unencrypted PEM private key found");
  }
  if (!IsNamedP256(key.get())) return absl::InvalidArgumentError("the key is not a P-256 key");
  return key;
}

std::vector<uint8_t> DerOf(X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  std::vector<uint8_t> der(size > 0 ? static_cast<size_t>(size) : 0);
  if (!der.empty()) {
    uint8_t* out = der.data();
    i2d_X509(certificate, &out);
  }
  return der;
}

absl::StatusOr<CertificatePem> ToPem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_X509(bio.get(), certificate) != 1) {
    return OpenSslError("write a certificate");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return CertificatePem{.pem = std::string(text, static_cast<size_t>(size)),
                        .sha256 = Sha256(DerOf(certificate))};
}

}  // namespace renkei::policy::crypto
