// The `renkei` program against a hub of canned answers over real mutual TLS.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
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
#include "policy/crypto/hash.h"
#include "policy/transport/transport.h"
#include "renkei/v1/admin_service.grpc.pb.h"
#include "renkei/v1/agreement_service.grpc.pb.h"
#include "renkei/v1/indicator_service.grpc.pb.h"
#include "renkei/v1/policy_service.grpc.pb.h"
#include "renkei/v1/release_service.grpc.pb.h"
#include "tests/support/process.h"

namespace renkei::tests {
namespace base = policy::base;
namespace crypto = policy::crypto;
namespace identity = hub::identity;
namespace transport = policy::transport;

inline const bool kTls13 = (transport::RequireTls13(), true);

class CannedHub final : public v1::AdminService::Service,
                        public v1::AgreementService::Service,
                        public v1::IndicatorService::Service,
                        public v1::PolicyService::Service,
                        public v1::ReleaseService::Service {
 public:
  explicit CannedHub(const identity::CertificateAuthority& ca) : ca_(ca) {}

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
  grpc::Status ListAgreements(grpc::ServerContext*, const v1::ListAgreementsRequest*,
                              v1::ListAgreementsResponse* response) override {
    for (const v1::AgreementRecord& record : agreements) *response->add_agreement() = record;
    return grpc::Status::OK;
  }
  grpc::Status SignAgreement(grpc::ServerContext*, const v1::SignAgreementRequest* request,
                             v1::SignAgreementResponse*) override {
    signature = request->envelope();
    return grpc::Status::OK;
  }
  // One policy on each page, newest first.
  grpc::Status ListPolicies(grpc::ServerContext*, const v1::ListPoliciesRequest* request,
                            v1::ListPoliciesResponse* response) override {
    const size_t page = request->page_token().empty() ? 0 : std::stoul(request->page_token());
    if (page < policies.size()) *response->add_policy() = policies[page];
    if (page + 1 < policies.size()) response->set_next_page_token(std::to_string(page + 1));
    return grpc::Status::OK;
  }
  grpc::Status ApprovePolicy(grpc::ServerContext*, const v1::ApprovePolicyRequest* request,
                             v1::ApprovePolicyResponse*) override {
    signature = request->envelope();
    return grpc::Status::OK;
  }
  grpc::Status CheckPolicy(grpc::ServerContext*, const v1::CheckPolicyRequest* request,
                           v1::CheckPolicyResponse*) override {
    checked = request->policy_text();
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

  // Two areas, one of them not released.
  grpc::Status QueryRegion(grpc::ServerContext*, const v1::QueryRegionRequest* request,
                           v1::QueryRegionResponse* response) override {
    region = *request;
    if (!failure.ok()) return transport::ToGrpc(failure);
    v1::RegionIndicator* indicator = response->add_indicator();
    indicator->mutable_measure()->set_id("waist");
    for (const char* code : {"0602", "0604"}) {
      response->add_area()->set_area_code(code);
      v1::RegionPart* part = indicator->add_part();
      part->set_area_code(code);
      part->set_standing(v1::AREA_STANDING_NOT_RELEASED);
    }
    indicator->mutable_part(1)->set_standing(v1::AREA_STANDING_ADDED);
    v1::IndicatorRow* row = response->add_row();
    row->set_fiscal_year(request->fiscal_year());
    row->set_area_code("06");
    row->set_area_name("山形県");
    row->set_indicator("waist");
    row->mutable_cell()->set_state(v1::CELL_STATE_SUPPRESSED);
    row->mutable_cell()->set_sex(v1::SEX_BOTH);
    row->mutable_cell()->set_age_band("40-74");
    return grpc::Status::OK;
  }

  // Two layouts; the coarser loses less.
  grpc::Status CheckRelease(grpc::ServerContext*, const v1::CheckReleaseRequest* request,
                            v1::CheckReleaseResponse* response) override {
    checks.push_back(*request);
    response->set_area_code("0604");
    response->set_area_name("庄内");
    response->set_fiscal_year(2011);
    response->set_fixed(fixed);
    response->add_offered()->set_name("full");
    v1::OfferedLayout* coarse = response->add_offered();
    coarse->set_name("no_sex");
    coarse->add_withheld_level(v1::WITHHELD_LEVEL_SEX);
    const bool is_coarse = request->layout() == "no_sex";
    *response->mutable_layout() = response->offered(is_coarse ? 1 : 0);
    v1::CheckedTable* table = response->add_table();
    table->mutable_measure()->set_id("waist");
    table->set_name_ja("腹囲");
    table->set_name_en("Waist");
    table->set_loss(is_coarse ? v1::LOSS_CLASS_BELOW_1 : v1::LOSS_CLASS_5_20);
    table->add_reason(v1::TABLE_REASON_POPULATION);
    v1::CheckedSlice* slice = table->add_slice();
    slice->set_state(v1::SLICE_STATE_PARTLY_PROTECTED);
    return grpc::Status::OK;
  }
  grpc::Status MakeRelease(grpc::ServerContext*, const v1::MakeReleaseRequest* request,
                           v1::MakeReleaseResponse* response) override {
    make = *request;
    response->mutable_head()->set_number(4);
    response->add_withheld_level(v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS);
    response->add_withheld_level(v1::WITHHELD_LEVEL_SEX);
    return grpc::Status::OK;
  }

  grpc::Status MakeGrouping(grpc::ServerContext*, const v1::MakeGroupingRequest* request,
                            v1::MakeGroupingResponse* response) override {
    group = *request;
    response->mutable_head()->set_number(5);
    response->mutable_head()->set_grouping_name(request->grouping().name());
    return grpc::Status::OK;
  }

  absl::Status failure;
  v1::InviteMemberRequest invite;
  v1::QueryIndicatorsRequest query;
  v1::QueryRegionRequest region;
  v1::DsseEnvelope proposal, signature;
  std::vector<v1::AgreementRecord> agreements;
  std::vector<v1::PolicyRecord> policies;
  std::string checked;
  std::vector<v1::CheckReleaseRequest> checks;
  v1::MakeReleaseRequest make;
  v1::MakeGroupingRequest group;
  bool fixed = false;

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
    hub_ = std::make_unique<CannedHub>(*ca_);
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
    builder.RegisterService(static_cast<v1::PolicyService::Service*>(hub_.get()));
    builder.RegisterService(static_cast<v1::ReleaseService::Service*>(hub_.get()));
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
  std::unique_ptr<CannedHub> hub_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace renkei::tests
