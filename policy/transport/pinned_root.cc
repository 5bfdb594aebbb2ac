#include "policy/transport/pinned_root.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/digest.h"
#include "policy/crypto/hash.h"
#include "policy/crypto/openssl_ptr.h"

namespace renkei::policy::transport {
namespace {

using crypto::OpenSslFree;
using ContextPtr = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;
using StorePtr = std::unique_ptr<X509_STORE, OpenSslFree<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, OpenSslFree<X509_STORE_CTX_free>>;

constexpr int kMaxChain = 8;

struct Address {
  std::string host, port;
};

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || colon + 1 == text.size() || colon == 0) {
    return absl::InvalidArgumentError("the hub's address must be host:port");
  }
  absl::string_view host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const absl::string_view port = text.substr(colon + 1);
  for (const char c : port) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      return absl::InvalidArgumentError("the hub's address must be host:port, the port a number");
    }
  }
  if (host.empty()) return absl::InvalidArgumentError("the hub's address must be host:port");
  return Address{std::string(host), std::string(port)};
}

absl::StatusOr<crypto::Digest> ParseFingerprint(absl::string_view text) {
  std::string hex;
  for (const char c : text) {
    if (c == ':' || c == ' ' || c == '-') continue;
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
      return absl::InvalidArgumentError("the CA fingerprint must be 64 hex digits");
    }
    hex.push_back(c);
  }
  if (hex.size() != 64) {
    return absl::InvalidArgumentError(
        absl::StrCat("the CA fingerprint must be 64 hex digits, not ", hex.size()));
  }
  return crypto::DigestFromBytes(absl::HexStringToBytes(hex));
}

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) (void)close(fd_);
  }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  Socket(const Socket&) = delete;
  int get() const { return fd_; }
  // False at the deadline.
  bool Wait(short events, absl::Time deadline) const {
    for (;;) {
      const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
      if (left <= 0) return false;
      pollfd entry{fd_, events, 0};
      const int ready = poll(&entry, 1, static_cast<int>(left));
      if (ready > 0) return true;
      if (ready == 0 || errno != EINTR) return false;
    }
  }

 private:
  int fd_;
};

absl::StatusOr<Socket> Connect(const Address& address, absl::Time deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
      error != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot resolve the hub's address ", address.host, ": ", gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, OpenSslFree<freeaddrinfo>> list(found);
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    Socket socket(::socket(entry->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) continue;
    if (connect(socket.get(), entry->ai_addr, entry->ai_addrlen) != 0) {
      if (errno != EINPROGRESS || !socket.Wait(POLLOUT, deadline)) continue;
      int error = 0;
      socklen_t size = sizeof error;
      if (getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        continue;
      }
    }
    return socket;
  }
  return absl::UnavailableError(absl::StrCat("no connection to the hub at ", address.host, ":",
                                             address.port,
                                             "; check the address and that the hub is running"));
}

// Moves handshake bytes between memory and the socket, so that a closed socket raises no signal.
absl::Status Shake(SSL* ssl, const Socket& socket, absl::Time deadline) {
  std::array<char, 16384> buffer;
  for (;;) {
    const int result = SSL_do_handshake(ssl);
    const int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, result);
    int pending = 0;
    while ((pending = BIO_read(SSL_get_wbio(ssl), buffer.data(), buffer.size())) > 0) {
      for (int sent = 0; sent < pending;) {
        const ssize_t n = send(socket.get(), buffer.data() + sent,
                               static_cast<size_t>(pending - sent), MSG_NOSIGNAL);
        if (n > 0) {
          sent += static_cast<int>(n);
        } else if ((errno != EAGAIN && errno != EINTR) || !socket.Wait(POLLOUT, deadline)) {
          return absl::UnavailableError("the connection broke during the TLS handshake");
        }
      }
    }
    if (error == SSL_ERROR_NONE) return absl::OkStatus();
    if (error != SSL_ERROR_WANT_READ) {
      ERR_clear_error();
      return absl::UnavailableError("the peer does not speak TLS 1.3");
    }
    if (!socket.Wait(POLLIN, deadline)) {
      return absl::UnavailableError("no answer during the TLS handshake");
    }
    const ssize_t n = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (n > 0) {
      BIO_write(SSL_get_rbio(ssl), buffer.data(), static_cast<int>(n));
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      return absl::UnavailableError("the peer closed the connection; is this the enrolment port?");
    }
  }
}

X509* FindPinned(STACK_OF(X509) * chain, const crypto::Digest& pinned) {
  X509* match = nullptr;
  for (int i = 0; i < sk_X509_num(chain) && i < kMaxChain; ++i) {
    X509* certificate = sk_X509_value(chain, i);
    crypto::Digest digest{};
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) continue;
    if (crypto::EqualConstantTime(digest, pinned)) match = certificate;
  }
  return match;
}

absl::Status VerifyChain(STACK_OF(X509) * chain, X509* root, const std::string& host) {
  const StorePtr store(X509_STORE_new());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (store == nullptr || context == nullptr || X509_STORE_add_cert(store.get(), root) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), sk_X509_value(chain, 0), chain) != 1) {
    return absl::InternalError("OpenSSL could not prepare the verification");
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_depth(parameters, kMaxChain);
  if (X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER) != 1 ||
      (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) != 1 &&
       X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) != 1)) {
    return absl::InternalError("OpenSSL could not prepare the verification");
  }
  const bool ok = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (ok) return absl::OkStatus();
  return absl::UnauthenticatedError(
      absl::StrCat("the hub's certificate does not verify: ",
                   X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())),
                   "; nothing was sent"));
}

absl::StatusOr<std::string> ToPem(X509* certificate) {
  const crypto::BioPtr bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_X509(bio.get(), certificate) != 1) {
    return absl::InternalError("OpenSSL could not write the root certificate");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

}  // namespace

absl::StatusOr<std::string> FetchPinnedRoot(const std::string& host_port,
                                            absl::string_view sha256_hex, absl::Duration timeout) {
  RENKEI_ASSIGN_OR_RETURN(const crypto::Digest pinned, ParseFingerprint(sha256_hex));
  RENKEI_ASSIGN_OR_RETURN(const Address address, ParseAddress(host_port));
  const absl::Time deadline = absl::Now() + timeout;
  const ContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1) {
    return absl::InternalError("OpenSSL could not make a TLS 1.3 client");
  }
  // Any chain is read here; what counts is decided below, before a byte of ours is sent.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  const SslPtr ssl(SSL_new(context.get()));
  BIO* incoming = BIO_new(BIO_s_mem());
  BIO* outgoing = BIO_new(BIO_s_mem());
  if (ssl == nullptr || incoming == nullptr || outgoing == nullptr) {
    BIO_free(incoming);
    BIO_free(outgoing);
    return absl::InternalError("OpenSSL could not make a TLS 1.3 client");
  }
  BIO_set_mem_eof_return(incoming, -1);
  SSL_set_bio(ssl.get(), incoming, outgoing);
  static constexpr std::array<uint8_t, 3> kHttp2 = {2, 'h', '2'};
  SSL_set_alpn_protos(ssl.get(), kHttp2.data(), kHttp2.size());
  in6_addr ignored;
  if (inet_pton(AF_INET, address.host.c_str(), &ignored) != 1 &&
      inet_pton(AF_INET6, address.host.c_str(), &ignored) != 1) {
    SSL_set_tlsext_host_name(ssl.get(), address.host.c_str());
  }
  SSL_set_connect_state(ssl.get());
  RENKEI_ASSIGN_OR_RETURN(const Socket socket, Connect(address, deadline));
  RENKEI_RETURN_IF_ERROR(
      base::Annotate(Shake(ssl.get(), socket, deadline), absl::StrCat("hub at ", host_port)));
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl.get());
  X509* root = chain == nullptr ? nullptr : FindPinned(chain, pinned);
  if (root == nullptr) {
    return absl::UnauthenticatedError(absl::StrCat(
        "the hub at ", host_port,
        " does not present the CA of the given fingerprint; nothing was "
        "sent; compare the fingerprint with the letter and ask the secretariat by telephone"));
  }
  RENKEI_RETURN_IF_ERROR(VerifyChain(chain, root, address.host));
  return ToPem(root);
}

}  // namespace renkei::policy::transport
