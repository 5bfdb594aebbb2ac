// Certificates for the tests of this folder: a small deployment made in memory.
#pragma once

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "policy/base/secret.h"
#include "policy/crypto/certificate.h"
#include "policy/transport/transport.h"

namespace renkei::policy::transport {

struct Deployment {
  base::Secret root_key, issuing_key;
  crypto::CertificatePem root, issuing;
};

inline Deployment MakeDeployment() {
  Deployment out;
  out.root_key = *crypto::GenerateP256KeyPem();
  out.issuing_key = *crypto::GenerateP256KeyPem();
  const absl::Time now = absl::Now();
  out.root = *crypto::MakeRootCertificate(out.root_key, "root", now, absl::Hours(24));
  out.issuing = *crypto::MakeIssuingCertificate(out.issuing_key, out.root_key, out.root.pem,
                                                "issuing", now, absl::Hours(24));
  return out;
}

inline TlsFiles MakeTls(const Deployment& of, const std::string& spiffe_id,
                        const std::vector<std::string>& dns_names = {},
                        absl::Time now = absl::Now(), absl::Duration lifetime = absl::Hours(1)) {
  TlsFiles tls;
  tls.root_pem = of.root.pem;
  tls.key_pem = *crypto::GenerateP256KeyPem();
  const auto csr = *crypto::MakeCsrDer(tls.key_pem);
  tls.chain_pem =
      crypto::IssueLeaf(csr, of.issuing_key, of.issuing.pem, {spiffe_id, dns_names, now, lifetime})
          ->pem +
      of.issuing.pem;
  return tls;
}

}  // namespace renkei::policy::transport
