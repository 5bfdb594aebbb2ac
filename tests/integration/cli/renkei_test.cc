// The `renkei` program against a hub of canned answers over real mutual TLS: exit codes, what is
// printed, and what is asked.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "hub/identity/bundle.h"
#include "hub/identity/certificate_authority.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/files.h"
#include "policy/crypto/dsse.h"
#include "policy/transport/transport.h"
#include "renkei/v1/admin_service.grpc.pb.h"
#include "renkei/v1/agreement_service.grpc.pb.h"
#include "renkei/v1/indicator_service.grpc.pb.h"
#include "tests/support/process.h"

namespace renkei::tests {
namespace base = policy::base;
namespace crypto = policy::crypto;
namespace identity = hub::identity;
namespace transport = policy::transport;
namespace {

const bool kTls13 = (transport::RequireTls13(), true);

class Hub final : public v1::AdminService::Service,
                  public v1::AgreementService::Service,
                  public v1::IndicatorService::Service {
 public:
  explicit Hub(const identity::CertificateAuthority& ca) : ca_(ca) {}

  grpc::Status InviteMember(grpc::ServerContext*, const v1::InviteMemberRequest* request,
                            v1::InviteMemberResponse* response) override {
    invite = *request;
    if (!failure.ok()) return transport::ToGrpc(failure);
    response->set_member_id("member/municipality/062031");
    response->set_code("000G-40R4-0M30-E209-185G-R38E-1X1N");
    response->mutable_expires_at()->set_seconds(1'790'000'000);
    return grpc::Status::OK;
  }
  // Two pages of one member each.
  grpc::Status ListMembers(grpc::ServerContext*, const v1::ListMembersRequest* request,
                           v1::ListMembersResponse* response) override {
    v1::MemberRecord* member = response->add_member();
    const bool first = request->page_token().empty();
    member->set_member_id(first ? "member/insurer/01060011" : "member/municipality/062031");
    member->set_name(first ? "協会\x1b[31m" : "鶴岡市");
    member->set_state(first ? v1::MEMBER_STATE_ENROLLED : v1::MEMBER_STATE_INVITED);
    if (first) response->set_next_page_token("2");
    return grpc::Status::OK;
  }
  grpc::Status IssueIdentity(grpc::ServerContext*, const v1::IssueIdentityRequest* request,
                             v1::IssueIdentityResponse* response) override {
    const std::string id =
        "spiffe://h.example/secretariat/" + request->scope() + "/" + request->person();
    const auto chain = ca_.Issue(base::AsBytes(request->csr_der()), id, absl::Now());
    if (!chain.ok()) return transport::ToGrpc(chain.status());
    response->set_spiffe_id(id);
    response->set_certificate_pem(*chain);
    response->set_root_pem(ca_.root_pem());
    return grpc::Status::OK;
  }
  grpc::Status ListIndicators(grpc::ServerContext*, const v1::ListIndicatorsRequest*,
                              v1::ListIndicatorsResponse* response) override {
    for (const char* id : {"finding_bmi", "finding_bp"}) {
      v1::IndicatorDefinition* indicator = response->add_indicator();
      indicator->set_id(id);
      indicator->set_name_ja(std::string("有所見率 ") + id);
      indicator->set_name_en(std::string("Finding rate ") + id);
      indicator->set_family("checkup");
    }
    return grpc::Status::OK;
  }
  grpc::Status ProposeAgreement(grpc::ServerContext*, const v1::ProposeAgreementRequest* request,
                                v1::ProposeAgreementResponse* response) override {
    proposal = request->envelope();
    response->mutable_agreement()->set_dua_id("dua-1");
    return grpc::Status::OK;
  }
  grpc::Status QueryIndicators(grpc::ServerContext*, const v1::QueryIndicatorsRequest* request,
                               v1::QueryIndicatorsResponse* response) override {
    query = *request;
    v1::IndicatorRow* row = response->add_row();
    row->set_fiscal_year(request->fiscal_year());
    row->set_area_code(request->area_code());
    row->set_area_name("庄内");
    row->set_indicator("waist");
    row->set_name_ja("腹囲");
    row->set_name_en("Waist");
    row->mutable_cell()->set_state(v1::CELL_STATE_SUPPRESSED);
    row->mutable_cell()->set_sex(v1::SEX_BOTH);
    row->mutable_cell()->set_age_band("40-74");
    return grpc::Status::OK;
  }

  absl::Status failure;
  v1::InviteMemberRequest invite;
  v1::QueryIndicatorsRequest query;
  v1::DsseEnvelope proposal;

 private:
  const identity::CertificateAuthority& ca_;
};

class RenkeiProgram : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(kTls13);
    std::string folder = testing::TempDir() + "renkei-cli-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    const absl::Time now = absl::Now();
    ca_ = std::make_unique<identity::CertificateAuthority>(
        *identity::CertificateAuthority::Create(folder_ + "/ca", "h.example", now));
    hub_ = std::make_unique<Hub>(*ca_);
    const auto server = *ca_->MakeIdentity("spiffe://h.example/hub", {"127.0.0.1"}, now);
    transport::TlsFiles tls;
    tls.root_pem = ca_->root_pem();
    tls.chain_pem = server.chain_pem;
    tls.key_pem = base::Secret::Copy(server.key_pem.bytes());
    grpc::ServerBuilder builder;
    transport::ConfigureServer(builder, 1 << 20);
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", transport::MakeServerCredentials(tls, true), &port);
    builder.RegisterService(static_cast<v1::AdminService::Service*>(hub_.get()));
    builder.RegisterService(static_cast<v1::AgreementService::Service*>(hub_.get()));
    builder.RegisterService(static_cast<v1::IndicatorService::Service*>(hub_.get()));
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);

    const auto person = *ca_->MakeIdentity("spiffe://h.example/secretariat/0604/s1", {}, now);
    v1::Bundle bundle;
    bundle.set_role(v1::ROLE_SECRETARIAT);
    bundle.set_spiffe_id("spiffe://h.example/secretariat/0604/s1");
    bundle.set_hub_address("127.0.0.1:" + std::to_string(port));
    bundle.set_root_pem(ca_->root_pem());
    bundle.set_chain_pem(person.chain_pem);
    bundle.set_key_pem(base::ToString(person.key_pem.bytes()));
    bundle.set_signing_seed(std::string(32, '\x07'));
    bundle.set_audience("h.example/log/1");
    bundle_ = folder_ + "/s.bundle";
    ASSERT_TRUE(identity::WriteBundle(bundle_, bundle).ok());
  }
  void TearDown() override {
    server_->Shutdown();
    std::filesystem::remove_all(folder_);
  }
  Outcome Renkei(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {RENKEI_BIN_DIR "/renkei", "--bundle", bundle_});
    return tests::RunCommand(arguments, {{"LC_ALL", "C"}}, "", absl::Seconds(60));
  }
  static bool IsOneLine(const std::string& text) {
    return !text.empty() && text.find('\n') == text.size() - 1;
  }

  std::string folder_, bundle_;
  std::unique_ptr<identity::CertificateAuthority> ca_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(RenkeiProgram, InvitePrintsTheCodeAloneOnStandardOutput) {
  const Outcome outcome = Renkei(
      {"member", "invite", "--kind", "municipality", "--code", "062031", "--name", "鶴岡市"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "000G-40R4-0M30-E209-185G-R38E-1X1N\n");
  EXPECT_EQ(hub_->invite.kind(), v1::MEMBER_KIND_MUNICIPALITY);
  EXPECT_EQ(hub_->invite.name(), "鶴岡市");
}

TEST_F(RenkeiProgram, AFailureIsOneLineWithReasonAndAdvice) {
  hub_->failure =
      base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_ROLE,
                      "not for\nthis \x1b[2Jrole", "", "method.roles", "use the operator's bundle");
  const Outcome outcome = Renkei(
      {"member", "invite", "--kind", "municipality", "--code", "062031", "--name", "鶴岡市"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(IsOneLine(outcome.err)) << outcome.err;
  EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos);
  EXPECT_NE(outcome.err.find("method.roles"), std::string::npos);
  EXPECT_NE(outcome.err.find("use the operator's bundle"), std::string::npos);
}

TEST_F(RenkeiProgram, ListsEveryPageAndNothingDrivesTheTerminal) {
  const Outcome outcome = Renkei({"member", "list"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("member/insurer/01060011"), std::string::npos);
  EXPECT_NE(outcome.out.find("鶴岡市"), std::string::npos);
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
}

TEST_F(RenkeiProgram, ListsTheIndicatorsThatMatch) {
  const Outcome all = Renkei({"indicator", "list", "--lang", "ja"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_NE(all.out.find("有所見率 finding_bp"), std::string::npos) << all.out;
  const Outcome some = Renkei({"indicator", "list", "--match", "BMI"});
  EXPECT_NE(some.out.find("Finding rate finding_bmi"), std::string::npos) << some.out;
  EXPECT_EQ(some.out.find("finding_bp"), std::string::npos) << some.out;
  EXPECT_EQ(Renkei({"indicator", "list", "--match", "nothing"}).exit_code, 1);
}

TEST_F(RenkeiProgram, QuerySendsWhatWasAskedInEveryFormat) {
  const Outcome csv =
      Renkei({"query", "--area", "0604", "--municipality", "062031", "--member-kind", "insurer",
              "--fiscal-year", "2011", "--indicator", "waist,bmi", "--by", "sex,age2", "--release",
              "4", "--format", "csv"});
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  EXPECT_EQ(csv.out,
            "fiscal_year,area_code,area_name,municipality_code,member_kind,indicator,sex,age_band,"
            "numerator,denominator,value,ci_lower,ci_upper,state,members\n"
            "2011,0604,庄内,,all,waist,both,40-74,,,,,,suppressed,\n");
  EXPECT_EQ(hub_->query.municipality(), "062031");
  EXPECT_EQ(hub_->query.member_kind(), v1::MEMBER_KIND_INSURER);
  EXPECT_EQ(hub_->query.indicator_size(), 2);
  EXPECT_EQ(hub_->query.by(), v1::BREAKDOWN_SEX_AGE2);
  EXPECT_EQ(hub_->query.release_number(), 4u);
  const Outcome table =
      Renkei({"--lang", "ja", "query", "--area", "0604", "--fiscal-year", "2011"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_NE(table.out.find("腹囲"), std::string::npos);
  EXPECT_EQ(hub_->query.by(), v1::BREAKDOWN_UNSPECIFIED);
  EXPECT_EQ(Renkei({"query", "--area", "0604", "--fiscal-year", "2011", "--format", "json"})
                .out.substr(0, 1),
            "{");
}

TEST_F(RenkeiProgram, ProposesTheBytesOfTheFileSignedByTheBundle) {
  const std::string text = "dua_id: 'x'  # 協定\r\n";
  ASSERT_TRUE(base::WriteFileAtomically(folder_ + "/dua.textproto", text, 0644).ok());
  const Outcome outcome = Renkei({"agreement", "propose", "--file", folder_ + "/dua.textproto"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(hub_->proposal.payload(), text);
  const auto signer = *crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, 7)));
  EXPECT_TRUE(
      crypto::VerifyEnvelope(hub_->proposal, crypto::kAgreementType, signer->public_key()).ok());
}

TEST_F(RenkeiProgram, MakesABundleThatWorks) {
  const std::string out = folder_ + "/officer-2.bundle";
  const Outcome made =
      Renkei({"bundle", "make", "--role", "secretariat", "--area", "0604", "--out", out});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  struct stat facts {};
  ASSERT_EQ(stat(out.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const auto bundle = identity::ReadBundle(out);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(bundle->spiffe_id(), "spiffe://h.example/secretariat/0604/officer-2");
  const std::string own = bundle_;
  bundle_ = out;
  EXPECT_EQ(Renkei({"member", "list"}).exit_code, 0);
  bundle_ = own;
  EXPECT_EQ(
      Renkei({"bundle", "make", "--role", "secretariat", "--area", "0604", "--out", out}).exit_code,
      1);
}

TEST_F(RenkeiProgram, AWrongCommandLineIsExitCodeTwo) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"member"},
           {"nonsense"},
           {"member", "invite", "--kind", "city", "--code", "062031", "--name", "x"},
           {"member", "invite", "--kind", "municipality"},
           {"bundle", "make", "--role", "king", "--out", "x"},
           {"bundle", "make", "--role", "secretariat", "--out", "x"},
           {"query", "--area", "0604"},
           {"query", "--area", "0604", "--fiscal-year", "1999"},
           {"query", "--area", "0604", "--fiscal-year", "2011", "--by", "age"},
           {"query", "--area", "0604", "--fiscal-year", "2011", "--format", "xml"},
           {"query", "--area", "0604", "--fiscal-year", "2011", "--member-kind", "all"},
           {"--lang", "fr", "member", "list"},
           {"round", "open", "--area", "0604", "--fiscal-year", "2011", "--indicators", "default",
            "--purpose", "fun"},
           {"release", "show", "--release", "one"}}) {
    const Outcome outcome = Renkei(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.out << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
  EXPECT_EQ(tests::RunCommand({RENKEI_BIN_DIR "/renkei", "member", "list"}).exit_code, 2);
}

TEST_F(RenkeiProgram, BundleIsCheckedBeforeAnythingIsSent) {
  ASSERT_EQ(chmod(bundle_.c_str(), 0644), 0);
  const Outcome open = Renkei({"member", "list"});
  EXPECT_EQ(open.exit_code, 1);
  EXPECT_TRUE(IsOneLine(open.err)) << open.err;
  EXPECT_NE(open.err.find("chmod 600"), std::string::npos) << open.err;
  bundle_ = folder_ + "/none.bundle";
  const Outcome missing = Renkei({"member", "list"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_TRUE(IsOneLine(missing.err)) << missing.err;
}

TEST_F(RenkeiProgram, ASilentHubIsAFailureWithAdvice) {
  server_->Shutdown();
  const Outcome outcome = Renkei({"member", "list"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(IsOneLine(outcome.err)) << outcome.err;
  EXPECT_NE(outcome.err.find("is the hub running"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace renkei::tests
