#include "policy/transport/transport.h"

#include <cstdlib>

#include "absl/base/internal/sysinfo.h"
#include "absl/strings/cord.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/crypto/certificate.h"

namespace renkei::policy::transport {
namespace {

// Both rows of trust 8 change together: a client that pings more often than the server allows gets
// GOAWAY.
constexpr int kKeepaliveTimeMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kMinPingIntervalMs = 30'000;
constexpr size_t kMaxMessageTextBytes = 2000;  // status text shares the 8 KiB of metadata

// gRPC 1.51 asks what became of a connect() by errno, but may wait for a lock in between, which can
// leave another error there: a good connection is given up. Abseil's first wait does when it counts
// processors under /sys, in a bare chroot; counted before, it never looks again. Whatever else may,
// and a hub that is just starting, deserve a second try.
void CountProcessors() { (void)absl::base_internal::NumCPUs(); }
constexpr int kFirstRetryMs = 100;
constexpr absl::Duration kPatience = absl::Milliseconds(500);

std::shared_ptr<grpc::Channel> Connected(std::shared_ptr<grpc::Channel> channel) {
  // Not connected in time: the first call says why.
  (void)channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kPatience));
  return channel;
}

grpc::ChannelArguments ClientArguments() {
  CountProcessors();
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstRetryMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  // The default of two pings without data would leave a dead hub unseen.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  arguments.SetCompressionAlgorithm(GRPC_COMPRESS_NONE);
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1 << GRPC_COMPRESS_NONE);
  // Configuration is a file: neither a proxy of the environment nor a silent second send.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 10'000);
  return arguments;
}

// A status text is at most so long, cut between characters.
absl::string_view Shortened(absl::string_view text) {
  if (text.size() <= kMaxMessageTextBytes) return text;
  size_t end = kMaxMessageTextBytes;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

void RequireTls13() {
  // gRPC 1.51 has no minimum version. The one TLS 1.2 suite left needs an RSA certificate, which no
  // server here has, so that only TLS 1.3 finds a common suite.
  (void)setenv("GRPC_SSL_CIPHER_SUITES", "ECDHE-RSA-AES256-GCM-SHA384", 1);
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const TlsFiles& tls) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = tls.root_pem;
  options.pem_cert_chain = tls.chain_pem;
  options.pem_private_key = base::ToString(tls.key_pem.bytes());
  return Connected(
      grpc::CreateCustomChannel(address, grpc::SslCredentials(options), ClientArguments()));
}

std::shared_ptr<grpc::Channel> MakeEnrolmentChannel(const std::string& address,
                                                    const std::string& root_pem) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = root_pem;
  return Connected(
      grpc::CreateCustomChannel(address, grpc::SslCredentials(options), ClientArguments()));
}

absl::Status CheckServerKey(const TlsFiles& tls) {
  return crypto::CheckKeyOf(tls.chain_pem, tls.key_pem);
}

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const TlsFiles& tls,
                                                               bool require_client_certificate) {
  if (!CheckServerKey(tls).ok()) return nullptr;
  grpc::SslServerCredentialsOptions options(
      require_client_certificate ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                 : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  options.pem_root_certs = tls.root_pem;
  options.pem_key_cert_pairs.push_back({base::ToString(tls.key_pem.bytes()), tls.chain_pem});
  return grpc::SslServerCredentials(options);
}

void ConfigureServer(grpc::ServerBuilder& builder, int max_message_bytes) {
  builder.SetMaxReceiveMessageSize(max_message_bytes);
  builder.SetMaxSendMessageSize(kMaxAnswerBytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 16);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8 << 10);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 5 * 60'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 30 * 60'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60'000);
  // A second hub on the same port must fail to start, not share it.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  grpc::ResourceQuota quota("renkei");
  quota.Resize(256u << 20).SetMaxThreads(64);
  builder.SetResourceQuota(quota);
}

std::unique_ptr<grpc::ClientContext> MakeContext(absl::Duration deadline) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(deadline));
  return context;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const absl::string_view message = Shortened(status.message());
  const v1::ErrorDetail detail = base::DetailOf(status);
  // The two libraries share their code numbers by design.
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(message),
                      detail.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status out(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  v1::ErrorDetail detail;
  if (!status.error_details().empty() && detail.ParseFromString(status.error_details())) {
    base::AttachDetail(detail, &out);
  }
  return out;
}

}  // namespace renkei::policy::transport
