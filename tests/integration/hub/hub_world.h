// A hub in this process, on 127.0.0.1 with real mutual TLS and a temporary folder, and people and
// agents that talk to it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/app/data_folder.h"
#include "hub/app/init.h"
#include "hub/app/server.h"
#include "hub/identity/bundle.h"
#include "policy/base/bytes.h"
#include "policy/base/clock.h"
#include "policy/base/error.h"
#include "policy/base/random.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/enrolment_proof.h"
#include "policy/crypto/hash.h"
#include "policy/tables/layout.h"
#include "policy/transport/transport.h"
#include "renkei/v1/admin_service.grpc.pb.h"
#include "renkei/v1/agreement_service.grpc.pb.h"
#include "renkei/v1/audit_service.grpc.pb.h"
#include "renkei/v1/contribution.pb.h"
#include "renkei/v1/contribution_service.grpc.pb.h"
#include "renkei/v1/enrolment_service.grpc.pb.h"
#include "renkei/v1/indicator_service.grpc.pb.h"
#include "renkei/v1/release_service.grpc.pb.h"
#include "renkei/v1/round_service.grpc.pb.h"
#include "tests/integration/hub/consent_seal.h"

namespace renkei::hub {

namespace base = policy::base;
namespace crypto = policy::crypto;
namespace fs = std::filesystem;
namespace transport = policy::transport;

// gRPC reads the cipher list once, before its first call.
inline const bool kTls13Required = (transport::RequireTls13(), true);

// The machine's clock, moved by the test.
class MovedClock final : public base::Clock {
 public:
  absl::Time Now() override { return absl::Now() + offset; }
  absl::Duration offset = absl::ZeroDuration();
};

inline google::protobuf::Timestamp Stamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

inline v1::ErrorReason ReasonOf(const grpc::Status& status) {
  return base::DetailOf(transport::FromGrpc(status)).reason();
}

// A call with a deadline.
#define RENKEI_CALL(channel, Service, Method, request, response)                      \
  [&] {                                                                               \
    const auto stub = ::renkei::v1::Service::NewStub(channel);                        \
    const auto context = ::renkei::policy::transport::MakeContext(absl::Seconds(30)); \
    return stub->Method(context.get(), request, response);                            \
  }()

// An organisation's side: its keys, its certificate, its channel.
struct Agent {
  v1::MemberKind kind = v1::MEMBER_KIND_MUNICIPALITY;
  std::string code;
  std::vector<std::string> insurer_numbers;
  base::Secret key_pem;
  std::unique_ptr<crypto::Signer> signer;
  v1::EnrolRequest enrolment;
  v1::EnrolResponse enrolled;
  std::shared_ptr<grpc::Channel> channel;
  v1::AgreementRecord agreement;

  std::string member_id() const {
    return absl::StrCat("member/", kind == v1::MEMBER_KIND_INSURER ? "insurer/" : "municipality/",
                        code);
  }
};

class HubWorld : public testing::Test {
 protected:
  // Lines that the configuration of `init` has beside the usual ones.
  virtual std::string MoreConfig() { return ""; }

  void SetUp() override {
    char pattern[] = "/tmp/renkei_hub_XXXXXX";
    dir_ = mkdtemp(pattern);
    WriteConfig(MoreConfig());
    const auto report =
        app::Init({.dir = Path("hub"), .config_path = Path("hub.textproto")}, clock_, random_);
    ASSERT_TRUE(report.ok()) << report.status();
    fingerprint_ = report->ca_fingerprint;
    StartServer();
  }
  void TearDown() override {
    operator_.reset();
    secretariat_.reset();
    auditor_.reset();
    server_.reset();
    fs::remove_all(dir_);
  }

  std::string Path(const std::string& name) const { return dir_ + "/" + name; }

  void WriteConfig(const std::string& more) {
    std::ofstream(Path("hub.textproto"))
        << "trust_domain: \"hub.shonai.example\"\n"
        << "listen: \"127.0.0.1:0\"\nenrol_listen: \"127.0.0.1:0\"\n"
        << "dns_names: \"127.0.0.1\"\nareas: \"0604\"\nareas: \"0602\"\n"
        << "root_secret_file: \"" << Path("hub.secret") << "\"\n"
        << "anchor_file: \"" << Path("hub.anchor") << "\"\n"
        << "writes_per_second: 1000\nwrite_burst: 1000\n"
        << more;
  }

  void StartServer() {
    auto server = app::Server::Start(Path("hub"), clock_, random_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    operator_ = BundleChannel("operator", &operator_bundle_);
    secretariat_ = BundleChannel("secretariat", &secretariat_bundle_);
    auditor_ = BundleChannel("auditor", &auditor_bundle_);
  }
  std::string Address() const { return absl::StrCat("127.0.0.1:", server_->port()); }

  std::shared_ptr<grpc::Channel> BundleChannel(const std::string& role, v1::Bundle* bundle) {
    auto read = identity::ReadBundle(app::BundlePath(Path("hub"), role));
    EXPECT_TRUE(read.ok()) << read.status();
    *bundle = *std::move(read);
    return transport::MakeChannel(
        Address(), {.root_pem = bundle->root_pem(),
                    .chain_pem = bundle->chain_pem(),
                    .key_pem = base::Secret::Copy(base::AsBytes(bundle->key_pem()))});
  }

  std::string Invite(v1::MemberKind kind, const std::string& code) {
    v1::InviteMemberRequest request;
    request.set_kind(kind);
    request.set_organisation_code(code);
    request.set_name("会員 " + code);
    v1::InviteMemberResponse response;
    const grpc::Status status =
        RENKEI_CALL(operator_, AdminService, InviteMember, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.code();
  }

  // Fresh keys and the request that proves them.
  Agent Prepare(v1::MemberKind kind, const std::string& organisation, const std::string& code) {
    Agent agent;
    agent.kind = kind;
    agent.code = organisation;
    agent.key_pem = *crypto::GenerateP256KeyPem();
    agent.signer = *crypto::MakeEd25519Signer(crypto::GenerateEd25519Seed(random_));
    const std::vector<uint8_t> csr = *crypto::MakeCsrDer(agent.key_pem);
    v1::EnrolRequest& request = agent.enrolment;
    request.set_code(code);
    request.set_kind(kind);
    request.set_organisation_code(organisation);
    request.set_name("会員 " + organisation);
    request.set_csr_der(base::ToString(csr));
    request.set_signing_public_key(base::ToString(agent.signer->public_key()));
    request.set_signing_proof(base::ToString(crypto::MakeEnrolmentProof(code, csr, *agent.signer)));
    return agent;
  }

  grpc::Status SendEnrolment(const v1::EnrolRequest& request, v1::EnrolResponse* response) {
    const auto channel = transport::MakeEnrolmentChannel(
        absl::StrCat("127.0.0.1:", server_->enrol_port()), operator_bundle_.root_pem());
    return RENKEI_CALL(channel, EnrolmentService, Enrol, request, response);
  }

  Agent Enrol(v1::MemberKind kind, const std::string& organisation,
              const std::vector<std::string>& insurer_numbers = {}) {
    Agent agent = Prepare(kind, organisation, Invite(kind, organisation));
    for (const std::string& number : insurer_numbers) {
      agent.enrolment.add_insurer_numbers(number);
    }
    const grpc::Status status = SendEnrolment(agent.enrolment, &agent.enrolled);
    EXPECT_TRUE(status.ok()) << status.error_message();
    Connect(&agent);
    return agent;
  }
  void Connect(Agent* agent) {
    agent->channel =
        transport::MakeChannel(Address(), {.root_pem = agent->enrolled.root_pem(),
                                           .chain_pem = agent->enrolled.certificate_pem(),
                                           .key_pem = base::Secret::Copy(agent->key_pem.bytes())});
  }

  static std::string AgreementText(const Agent& agent, int number,
                                   const std::string& indicator = "*",
                                   const std::string& more = "") {
    return absl::StrCat(
        "dua_id: \"01890a5d-ac96-774b-bcce-b302099a800", number,
        "\"\nversion: 1\nmember_kind: ", v1::MemberKind_Name(agent.kind), "\nmember_code: \"",
        agent.code,
        "\"\nmember_name: \"会員\"\ncounterparty: \"庄内地域・職域連携推進協議会\"\n"
        "valid_from: \"2020-04-01\"\nvalid_to: \"2099-04-01\"\nfirst_fiscal_year: 2008\n"
        "last_fiscal_year: 2030\npurpose: PURPOSE_REGIONAL_PLANNING\nindicator: \"",
        indicator,
        "\"\narea: \"0604\"\nexact_inner_cells: true\n"
        "basis { basis: LEGAL_BASIS_STATUTE article: \"高齢者の医療の確保に関する法律 第20条\" }\n"
        "incident_contact_hours: 24\n",
        more);
  }

  std::unique_ptr<crypto::Signer> SecretariatSigner() {
    return *crypto::MakeEd25519Signer(
        base::Secret::Copy(base::AsBytes(secretariat_bundle_.signing_seed())));
  }

  grpc::Status Propose(const std::string& text, v1::ProposeAgreementResponse* response) {
    const auto signer = SecretariatSigner();
    v1::ProposeAgreementRequest request;
    *request.mutable_envelope() = crypto::SignEnvelope(crypto::kAgreementType, text, *signer);
    return RENKEI_CALL(secretariat_, AgreementService, ProposeAgreement, request, response);
  }

  grpc::Status Sign(const Agent& agent, const v1::AgreementRecord& proposed,
                    v1::SignAgreementResponse* response) {
    v1::SignAgreementRequest request;
    request.set_dua_id(proposed.dua_id());
    request.set_version(proposed.version());
    *request.mutable_envelope() = crypto::SignEnvelope(
        crypto::kAgreementType, proposed.secretariat().payload(), *agent.signer);
    return RENKEI_CALL(agent.channel, AgreementService, SignAgreement, request, response);
  }

  void Agree(Agent* agent, int number, const std::string& indicator = "*",
             const std::string& more = "") {
    AgreeOn(agent, AgreementText(*agent, number, indicator, more));
  }
  void AgreeOn(Agent* agent, const std::string& text) {
    v1::ProposeAgreementResponse proposed;
    grpc::Status status = Propose(text, &proposed);
    ASSERT_TRUE(status.ok()) << status.error_message();
    v1::SignAgreementResponse answer;
    status = Sign(*agent, proposed.agreement(), &answer);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(answer.agreement().state(), v1::AGREEMENT_STATE_ACTIVE);
    agent->agreement = answer.agreement();
  }

  grpc::Status Open(const std::vector<std::string>& indicators, v1::Round* round,
                    uint32_t fiscal_year = 2011) {
    v1::OpenRoundRequest request;
    request.set_area_code("0604");
    request.set_fiscal_year(fiscal_year);
    for (const std::string& indicator : indicators) request.add_indicator(indicator);
    v1::OpenRoundResponse response;
    const grpc::Status status =
        RENKEI_CALL(secretariat_, RoundService, OpenRound, request, &response);
    *round = response.round();
    return status;
  }
  v1::Round OpenRound(const std::vector<std::string>& indicators = {"finding_bmi"},
                      uint32_t fiscal_year = 2011) {
    v1::Round round;
    const grpc::Status status = Open(indicators, &round, fiscal_year);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return round;
  }
  static v1::RoundDescriptor DescriptorOf(const v1::Round& round) {
    v1::RoundDescriptor descriptor;
    EXPECT_TRUE(descriptor.ParseFromString(round.descriptor_bytes()));
    return descriptor;
  }

  // A consent ledger of `size` entries of its own, with the proof from each of `earlier`.
  void SealConsents(const Agent& agent, uint64_t size, v1::ContributionStatement* s,
                    const std::vector<uint64_t>& earlier = {}, const std::string& entry = "entry",
                    const crypto::Signer* signer = nullptr) {
    SealLedger(agent.member_id(), signer == nullptr ? *agent.signer : *signer, size, earlier, entry,
               s);
  }

  // 200 with and 300 without in every cell.
  v1::ContributionStatement StatementFor(const Agent& agent, const v1::Round& round) {
    const v1::RoundDescriptor d = DescriptorOf(round);
    v1::ContributionStatement s;
    s.set_aud(d.audience());
    s.set_iss(agent.enrolled.spiffe_id());
    s.set_request_id(base::MakeUuidV7(absl::ToUnixMillis(clock_.Now()), random_));
    s.set_round_id(d.round_id());
    s.set_round_digest(round.descriptor_digest());
    *s.mutable_issued_at() = Stamp(clock_.Now());
    *s.mutable_not_after() = Stamp(clock_.Now() + absl::Hours(24));
    s.set_revision(1);
    s.set_dua_id(agent.agreement.dua_id());
    s.set_dua_version(agent.agreement.version());
    s.set_dua_digest(agent.agreement.digest());
    s.set_policy_digest(d.policy_digest());
    s.set_catalogue_digest(d.catalogue_digest());
    s.set_layout_digest(d.layout_digest());
    *s.mutable_insurer_number() = d.insurer_number();
    s.set_member_kind(agent.kind);
    SealConsents(agent, 64, &s);
    const int cells = (d.municipality_size() + 1) * policy::tables::kSexes * policy::tables::kBands;
    for (int m = 0; m < d.measure_size(); ++m) {
      s.add_collected(true);
      for (int cell = 0; cell < cells; ++cell) {
        s.add_count(200);
        s.add_count(300);
      }
    }
    return s;
  }

  grpc::Status Send(const Agent& sender, const v1::DsseEnvelope& envelope,
                    v1::SubmitContributionResponse* response = nullptr) {
    v1::SubmitContributionRequest request;
    *request.mutable_envelope() = envelope;
    v1::SubmitContributionResponse unused;
    return RENKEI_CALL(sender.channel, ContributionService, SubmitContribution, request,
                       response == nullptr ? &unused : response);
  }
  static v1::DsseEnvelope Seal(const Agent& agent, const v1::ContributionStatement& statement) {
    return crypto::SignEnvelope(crypto::kContributionType, statement.SerializeAsString(),
                                *agent.signer);
  }
  grpc::Status Submit(const Agent& agent, const v1::ContributionStatement& statement,
                      v1::SubmitContributionResponse* response = nullptr) {
    return Send(agent, Seal(agent, statement), response);
  }

  grpc::Status Close(const v1::Round& round) {
    v1::CloseRoundRequest request;
    request.set_round_id(DescriptorOf(round).round_id());
    v1::CloseRoundResponse response;
    return RENKEI_CALL(secretariat_, RoundService, CloseRound, request, &response);
  }
  grpc::Status MakeRelease(const v1::Round& round, v1::ReleaseHead* head = nullptr) {
    v1::MakeReleaseRequest request;
    request.set_round_id(DescriptorOf(round).round_id());
    v1::MakeReleaseResponse response;
    const grpc::Status status =
        RENKEI_CALL(secretariat_, ReleaseService, MakeRelease, request, &response);
    if (head != nullptr) *head = response.head();
    return status;
  }

  v1::Release ReadRelease(uint64_t number) {
    v1::GetReleaseRequest request;
    request.set_number(number);
    v1::GetReleaseResponse response;
    const grpc::Status status =
        RENKEI_CALL(secretariat_, ReleaseService, GetRelease, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    v1::Release release;
    EXPECT_TRUE(release.ParseFromString(response.release_bytes()));
    return release;
  }

  // Entries of the log whose type is `type`, as JSON.
  std::vector<std::string> Entries(const std::string& type) {
    v1::ListEntriesRequest request;
    request.set_page_size(1000);
    v1::ListEntriesResponse response;
    const grpc::Status status =
        RENKEI_CALL(auditor_, AuditService, ListEntries, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> found;
    for (const v1::LogEntry& entry : response.entry()) {
      if (entry.json().find("\"t\":\"" + type + "\"") != std::string::npos) {
        found.push_back(entry.json());
      }
    }
    return found;
  }

  std::string dir_;
  std::string fingerprint_;
  MovedClock clock_;
  base::SystemRandom random_;
  std::unique_ptr<app::Server> server_;
  v1::Bundle operator_bundle_, secretariat_bundle_, auditor_bundle_;
  std::shared_ptr<grpc::Channel> operator_, secretariat_, auditor_;
};

}  // namespace renkei::hub
