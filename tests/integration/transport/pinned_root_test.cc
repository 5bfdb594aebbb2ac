#include "policy/transport/pinned_root.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "renkei/v1/enrolment_service.grpc.pb.h"
#include "tests/integration/transport/identities.h"

namespace renkei::policy::transport {
namespace {

const bool kTls13 = (RequireTls13(), true);

class Enrolment final : public v1::EnrolmentService::Service {
 public:
  grpc::Status Enrol(grpc::ServerContext*, const v1::EnrolRequest*,
                     v1::EnrolResponse* response) override {
    ++calls;
    response->set_audience("origin");
    return grpc::Status::OK;
  }
  std::atomic<int> calls = 0;
};

class PinnedRoot : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(kTls13);
    Start(true, {"127.0.0.1", "localhost"});
  }
  void TearDown() override { server_->Shutdown(); }
  void Start(bool with_root, const std::vector<std::string>& names) {
    if (server_ != nullptr) server_->Shutdown();
    TlsFiles tls = MakeTls(ours_, "spiffe://h.example/hub", names);
    if (with_root) tls.chain_pem += ours_.root.pem;
    grpc::ServerBuilder builder;
    ConfigureServer(builder, 64 << 10);
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", MakeServerCredentials(tls, false), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    port_ = std::to_string(port);
    address_ = "127.0.0.1:" + port_;
  }
  const Deployment ours_ = MakeDeployment();
  const std::string fingerprint_ = crypto::ToHex(ours_.root.sha256);
  Enrolment service_;
  std::unique_ptr<grpc::Server> server_;
  std::string port_, address_;
};

TEST_F(PinnedRoot, IsFetchedAndServesTheCall) {
  const auto root = FetchPinnedRoot(address_, fingerprint_);
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(*root, ours_.root.pem);
  const auto stub = v1::EnrolmentService::NewStub(MakeEnrolmentChannel(address_, *root));
  const auto context = MakeContext(absl::Seconds(5));
  v1::EnrolResponse response;
  EXPECT_TRUE(stub->Enrol(context.get(), {}, &response).ok());
  EXPECT_EQ(response.audience(), "origin");
}

TEST_F(PinnedRoot, FingerprintMayBeTypedAsPrinted) {
  std::vector<std::string> pairs;
  for (size_t i = 0; i < fingerprint_.size(); i += 2) pairs.push_back(fingerprint_.substr(i, 2));
  const std::string printed = absl::AsciiStrToUpper(absl::StrJoin(pairs, ":"));
  EXPECT_TRUE(FetchPinnedRoot("localhost:" + port_, printed).ok());
}

TEST_F(PinnedRoot, IsRefusedUnderAnotherFingerprintAndNothingIsSent) {
  for (const size_t i : {size_t{0}, size_t{31}, size_t{63}}) {
    std::string wrong = fingerprint_;
    wrong[i] = wrong[i] == '0' ? '1' : '0';
    const auto root = FetchPinnedRoot(address_, wrong);
    EXPECT_EQ(root.status().code(), absl::StatusCode::kUnauthenticated) << root.status();
  }
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(PinnedRoot, FingerprintMustBeComplete) {
  for (const std::string& text :
       {std::string(), fingerprint_.substr(1), fingerprint_ + "0", std::string(64, 'g')}) {
    EXPECT_EQ(FetchPinnedRoot(address_, text).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(PinnedRoot, FingerprintOfTheIssuingCaOrTheLeafIsNotARoot) {
  EXPECT_EQ(FetchPinnedRoot(address_, crypto::ToHex(ours_.issuing.sha256)).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(PinnedRoot, ServerMustPresentItsRoot) {
  Start(false, {"127.0.0.1"});
  EXPECT_EQ(FetchPinnedRoot(address_, fingerprint_).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(PinnedRoot, AForeignServerThatShowsTheRightRootIsRefused) {
  // The root certificate is public: whoever saw it can present it beside a chain of his own.
  const Deployment foreign = MakeDeployment();
  TlsFiles tls = MakeTls(foreign, "spiffe://h.example/hub", {"127.0.0.1"});
  tls.chain_pem += ours_.root.pem;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", MakeServerCredentials(tls, false), &port);
  builder.RegisterService(&service_);
  const auto server = builder.BuildAndStart();
  EXPECT_EQ(FetchPinnedRoot("127.0.0.1:" + std::to_string(port), fingerprint_).status().code(),
            absl::StatusCode::kUnauthenticated);
  server->Shutdown();
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(PinnedRoot, CertificateMustNameTheHost) {
  Start(true, {"other.example"});
  EXPECT_EQ(FetchPinnedRoot(address_, fingerprint_).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(PinnedRoot, AddressMustBeHostAndPort) {
  for (const char* address : {"", "127.0.0.1", ":443", "h:", "h:https", "[]:1"}) {
    EXPECT_EQ(FetchPinnedRoot(address, fingerprint_).status().code(),
              absl::StatusCode::kInvalidArgument)
        << address;
  }
}

TEST_F(PinnedRoot, ASilentOrClosedPeerEndsInTime) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  socklen_t size = sizeof any;
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&any), &size), 0);
  const std::string silent = "127.0.0.1:" + std::to_string(ntohs(any.sin_port));
  EXPECT_EQ(FetchPinnedRoot(silent, fingerprint_, absl::Milliseconds(200)).status().code(),
            absl::StatusCode::kUnavailable);
  close(listener);
  EXPECT_EQ(FetchPinnedRoot(silent, fingerprint_, absl::Seconds(2)).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace renkei::policy::transport
