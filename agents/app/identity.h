// Who this agent is at the hub: TLS key, statement-signing key, certificate chain, the hub's root
// and receipt key. Kept in the encrypted state database; private keys never leave it but into
// memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "policy/base/random.h"
#include "policy/base/secret.h"
#include "policy/crypto/ed25519.h"
#include "policy/sqlcipher/database.h"
#include "policy/transport/transport.h"
#include "renkei/v1/enrolment_service.pb.h"

namespace renkei::agents::app {

struct Identity {
  std::string spiffe_id;
  std::string chain_pem;
  std::string root_pem;
  std::string audience;
  std::vector<uint8_t> receipt_key;
  absl::Time expires_at;
  policy::base::Secret tls_key_pem;
  std::unique_ptr<policy::crypto::Signer> signer;

  policy::transport::TlsFiles Tls() const;
};

// Keys of an enrolment that has not been answered yet; made once, so that a repeat sends the same
// request.
struct EnrolmentKeys {
  policy::base::Secret tls_key_pem;
  std::vector<uint8_t> csr_der;
  std::unique_ptr<policy::crypto::Signer> signer;
};

class IdentityStore {
 public:
  explicit IdentityStore(policy::sqlcipher::Database& database) : database_(database) {}

  absl::StatusOr<EnrolmentKeys> LoadOrMakeKeys(policy::base::Random& random);
  // The consent ledger's own key, made when it is first asked for.
  absl::StatusOr<std::unique_ptr<policy::crypto::Signer>> LoadOrMakeConsentSigner(
      policy::base::Random& random);
  // DATA_LOSS when certificate, id and keys of the answer do not fit together.
  absl::Status Save(const v1::EnrolResponse& response);
  // FAILED_PRECONDITION before `enrol`.
  absl::StatusOr<Identity> Load();
  absl::StatusOr<bool> IsEnrolled();

 private:
  absl::StatusOr<std::optional<policy::base::Secret>> Get(const char* name);
  absl::Status Put(const char* name, std::span<const uint8_t> value);

  policy::sqlcipher::Database& database_;
};

}  // namespace renkei::agents::app
