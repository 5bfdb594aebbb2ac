// How an agent learns the hub's root certificate before it trusts anything (trust 5.2, R23): it
// reads the chain that the enrolment listener presents and compares the root with the fingerprint
// of the letter. Touches the network; nothing but a TLS 1.3 handshake is sent.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace renkei::policy::transport {

// `host_port` is host:port or [IPv6]:port; `sha256_hex` has 64 hex digits, colons and spaces
// between them are allowed. The root's PEM, if a certificate of the chain has that SHA-256 over its
// DER, and the chain verifies up to it for this host.
//   INVALID_ARGUMENT  address or fingerprint malformed
//   UNAVAILABLE       no TLS 1.3 connection within `timeout`
//   UNAUTHENTICATED   other fingerprint, or the chain does not verify
absl::StatusOr<std::string> FetchPinnedRoot(const std::string& host_port,
                                            absl::string_view sha256_hex,
                                            absl::Duration timeout = absl::Seconds(10));

}  // namespace renkei::policy::transport
