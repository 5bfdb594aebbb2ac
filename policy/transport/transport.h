// gRPC as hub, agents and CLI use it: mutual TLS 1.3, the limits of trust 8, errors with a reason.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "policy/base/secret.h"
#include "renkei/v1/common.pb.h"

namespace renkei::policy::transport {

// What a client accepts as an answer: a release travels whole.
inline constexpr int kMaxAnswerBytes = 16 << 20;

// Sets the cipher list that leaves TLS 1.2 without a common suite; first call of every main, before
// any gRPC call (trust 8).
void RequireTls13();

struct TlsFiles {
  std::string root_pem;
  std::string chain_pem;  // own leaf, then the issuing CA
  base::Secret key_pem;
};

// Client channel with keepalive, message limits and without compression. `address` is host:port.
// Waits up to half a second for the connection; without one the first call fails.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const TlsFiles& tls);
// Server-authenticated only (enrolment): the root must already be pinned by the caller.
std::shared_ptr<grpc::Channel> MakeEnrolmentChannel(const std::string& address,
                                                    const std::string& root_pem);

// Null when CheckServerKey refuses. With `require_client_certificate` a certificate of the root is
// asked for, required and verified. An enrolment listener's chain_pem ends with the root, which
// agents pin.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const TlsFiles& tls,
                                                               bool require_client_certificate);
// INVALID_ARGUMENT unless the key is P-256 and that of the chain's leaf: an RSA key would re-open
// TLS 1.2.
absl::Status CheckServerKey(const TlsFiles& tls);
// Limits of trust 8 on a server; max_message_bytes covers the largest method.
void ConfigureServer(grpc::ServerBuilder& builder, int max_message_bytes);

// A call context with a deadline.
std::unique_ptr<grpc::ClientContext> MakeContext(absl::Duration deadline);

// absl::Status <-> grpc::Status; the ErrorDetail (policy/base/error.h) travels serialised in
// grpc::Status::error_details.
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace renkei::policy::transport
