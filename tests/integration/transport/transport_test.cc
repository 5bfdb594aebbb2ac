#include "policy/transport/transport.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/files.h"
#include "policy/crypto/openssl_ptr.h"
#include "renkei/v1/indicator_service.grpc.pb.h"
#include "tests/integration/transport/identities.h"

namespace renkei::policy::transport {
namespace {

// gRPC reads its cipher list once; as in every main, this comes first.
const bool kTls13 = (RequireTls13(), true);

class Indicators final : public v1::IndicatorService::Service {
 public:
  grpc::Status ListIndicators(grpc::ServerContext* context, const v1::ListIndicatorsRequest*,
                              v1::ListIndicatorsResponse* response) override {
    ++calls;
    peer.clear();
    for (const auto& value : context->auth_context()->FindPropertyValues("x509_pem_cert")) {
      peer = std::string(value.data(), value.size());
    }
    if (!answer.ok()) return ToGrpc(answer);
    response->add_indicator()->set_id("waist");
    response->set_catalogue_digest(std::string(answer_bytes, 'x'));
    return grpc::Status::OK;
  }
  grpc::Status QueryIndicators(grpc::ServerContext*, const v1::QueryIndicatorsRequest*,
                               v1::QueryIndicatorsResponse*) override {
    ++calls;
    return grpc::Status::OK;
  }
  int calls = 0;
  std::string peer;
  absl::Status answer;
  size_t answer_bytes = 0;
};

class Transport : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(kTls13);
    StartServer(MakeTls(ours_, "spiffe://h.example/hub", {"127.0.0.1", "localhost"}));
  }
  void TearDown() override {
    if (server_ != nullptr) server_->Shutdown();
  }
  void StartServer(const TlsFiles& tls) {
    grpc::ServerBuilder builder;
    ConfigureServer(builder, 1 << 20);
    builder.AddListeningPort("127.0.0.1:0", MakeServerCredentials(tls, true), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    address_ = "127.0.0.1:" + std::to_string(port_);
  }
  absl::Status Call(const std::shared_ptr<grpc::Channel>& channel) {
    const auto stub = v1::IndicatorService::NewStub(channel);
    const auto context = MakeContext(absl::Seconds(5));
    return FromGrpc(stub->ListIndicators(context.get(), {}, &response_));
  }
  TlsFiles Client() { return MakeTls(ours_, "spiffe://h.example/operator/o1"); }

  // Output of s_client; its exit code in *code.
  std::string SClient(const std::string& flags, int* code) {
    std::string folder = testing::TempDir() + "renkei-tls-XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    const TlsFiles client = Client();
    EXPECT_TRUE(base::WriteFileAtomically(folder + "/c.pem", client.chain_pem, 0600).ok());
    EXPECT_TRUE(
        base::WriteFileAtomically(folder + "/c.key", base::ToString(client.key_pem.bytes()), 0600)
            .ok());
    EXPECT_TRUE(base::WriteFileAtomically(folder + "/ca.pem", client.root_pem, 0600).ok());
    const std::string command = "openssl s_client -connect " + address_ + " " + flags +
                                " -alpn h2 -verify_return_error -cert " + folder + "/c.pem -key " +
                                folder + "/c.key -CAfile " + folder + "/ca.pem </dev/null 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    std::string out;
    std::array<char, 4096> buffer;
    while (size_t n = fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), n);
    *code = WEXITSTATUS(pclose(pipe));
    std::filesystem::remove_all(folder);
    return out;
  }

  const Deployment ours_ = MakeDeployment();
  Indicators service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::string address_;
  v1::ListIndicatorsResponse response_;
};

TEST_F(Transport, CarriesACallAndShowsTheClientsCertificate) {
  const TlsFiles client = Client();
  const absl::Status status = Call(MakeChannel(address_, client));
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(response_.indicator(0).id(), "waist");
  const auto facts = crypto::ReadLeaf(service_.peer);
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->spiffe_id, "spiffe://h.example/operator/o1");
  EXPECT_EQ(facts->spki_sha256, crypto::ReadLeaf(client.chain_pem)->spki_sha256);
}

TEST_F(Transport, RefusesAClientOfAnotherCa) {
  const Deployment foreign = MakeDeployment();
  TlsFiles client = MakeTls(foreign, "spiffe://h.example/operator/o1");
  client.root_pem = ours_.root.pem;
  EXPECT_EQ(Call(MakeChannel(address_, client)).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(Transport, RefusesAClientWithoutCertificate) {
  EXPECT_EQ(Call(MakeEnrolmentChannel(address_, ours_.root.pem)).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(Transport, RefusesAnExpiredClientCertificate) {
  const TlsFiles client = MakeTls(ours_, "spiffe://h.example/operator/o1", {},
                                  absl::Now() - absl::Hours(2), absl::Hours(1));
  EXPECT_EQ(Call(MakeChannel(address_, client)).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(Transport, ClientRefusesAServerOfAnotherCa) {
  TlsFiles client = Client();
  client.root_pem = MakeDeployment().root.pem;
  EXPECT_EQ(Call(MakeChannel(address_, client)).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(Transport, ClientRefusesAServerOfAnotherName) {
  server_->Shutdown();
  StartServer(MakeTls(ours_, "spiffe://h.example/hub", {"other.example"}));
  EXPECT_EQ(Call(MakeChannel(address_, Client())).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(Transport, SpeaksTls13Only) {
  int code = 0;
  const std::string old = SClient("-tls1_2", &code);
  EXPECT_EQ(code, 1) << old;
  EXPECT_NE(old.find("Cipher is (NONE)"), std::string::npos) << old;
  const std::string current = SClient("-tls1_3", &code);
  // Its exit code depends on who closes first; gRPC drops a connection without an HTTP/2 preface.
  EXPECT_NE(current.find("Verify return code: 0 (ok)"), std::string::npos) << current;
  EXPECT_NE(current.find("New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384"), std::string::npos)
      << current;
  EXPECT_NE(current.find("ALPN protocol: h2"), std::string::npos) << current;
}

TEST_F(Transport, CarriesErrorsWithTheirReason) {
  service_.answer = base::MakeError(absl::StatusCode::kFailedPrecondition,
                                    v1::ERROR_REASON_ROUND_CLOSED, "the round is closed ― 終了",
                                    "round_id", "round.state", "wait for the next round");
  const absl::Status status = Call(MakeChannel(address_, Client()));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "the round is closed ― 終了");
  const v1::ErrorDetail detail = base::DetailOf(status);
  EXPECT_EQ(detail.reason(), v1::ERROR_REASON_ROUND_CLOSED);
  EXPECT_EQ(detail.field(), "round_id");
  EXPECT_EQ(detail.rule(), "round.state");
  EXPECT_EQ(detail.would_pass(), "wait for the next round");
}

TEST_F(Transport, CarriesAnErrorOfAnyLength) {
  std::string message(1999, 'x');
  message += "山山山";
  service_.answer = absl::InternalError(message);
  const absl::Status status = Call(MakeChannel(address_, Client()));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(status.message(), std::string(1999, 'x'));
}

TEST_F(Transport, AnswersOfSeveralMegabytesPass) {
  service_.answer_bytes = 8 << 20;
  const absl::Status status = Call(MakeChannel(address_, Client()));
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(Transport, RefusesARequestOverTheLimit) {
  const auto stub = v1::IndicatorService::NewStub(MakeChannel(address_, Client()));
  const auto context = MakeContext(absl::Seconds(5));
  v1::QueryIndicatorsRequest request;
  request.set_area_code(std::string(2 << 20, '0'));
  v1::QueryIndicatorsResponse response;
  EXPECT_EQ(stub->QueryIndicators(context.get(), request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(Transport, RefusesCompressedRequests) {
  const auto stub = v1::IndicatorService::NewStub(MakeChannel(address_, Client()));
  const auto context = MakeContext(absl::Seconds(5));
  context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::QueryIndicatorsRequest request;
  request.set_area_code(std::string(100 << 10, '0'));
  v1::QueryIndicatorsResponse response;
  EXPECT_FALSE(stub->QueryIndicators(context.get(), request, &response).ok());
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(Transport, TwoServersDoNotShareAPort) {
  grpc::ServerBuilder builder;
  ConfigureServer(builder, 1 << 20);
  int port = 0;
  builder.AddListeningPort(
      address_, MakeServerCredentials(MakeTls(ours_, "spiffe://h.example/hub"), true), &port);
  Indicators other;
  builder.RegisterService(&other);
  EXPECT_EQ(builder.BuildAndStart(), nullptr);
}

TEST_F(Transport, RefusesAnRsaServerKeyAndAForeignOne) {
  const crypto::PkeyPtr rsa(EVP_RSA_gen(2048));
  const crypto::BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), rsa.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  TlsFiles tls = MakeTls(ours_, "spiffe://h.example/hub");
  EXPECT_TRUE(CheckServerKey(tls).ok());
  tls.key_pem = base::Secret::Copy({reinterpret_cast<uint8_t*>(text), static_cast<size_t>(size)});
  EXPECT_EQ(CheckServerKey(tls).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MakeServerCredentials(tls, true), nullptr);
  tls.key_pem = *crypto::GenerateP256KeyPem();
  EXPECT_EQ(MakeServerCredentials(tls, true), nullptr);
}

TEST(StatusConversion, KeepsEveryCode) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "x");
    EXPECT_EQ(FromGrpc(ToGrpc(status)).code(), status.code());
  }
  EXPECT_TRUE(FromGrpc(ToGrpc(absl::OkStatus())).ok());
}

}  // namespace
}  // namespace renkei::policy::transport
