// Enrolment by one-time code, init and start: what is refused, what survives.
#include <sys/stat.h>

#include "hub/app/config.h"
#include "policy/crypto/check_digit.h"
#include "tests/integration/hub/hub_world.h"

namespace renkei::hub {
namespace {

using grpc::StatusCode;

constexpr v1::MemberKind kMunicipality = v1::MEMBER_KIND_MUNICIPALITY;

class Enrolment : public HubWorld {
 protected:
  void ExpectCode(const grpc::Status& status, v1::ErrorReason reason) {
    EXPECT_EQ(status.error_code(), StatusCode::UNAUTHENTICATED) << status.error_message();
    EXPECT_EQ(v1::ErrorReason_Name(ReasonOf(status)), v1::ErrorReason_Name(reason));
  }
};

TEST_F(Enrolment, AnswersTheSameRequestAgainAndNoOtherWithItsCode) {
  const std::string code = Invite(kMunicipality, "062031");
  const Agent agent = Prepare(kMunicipality, "062031", code);
  v1::EnrolResponse first, again;
  ASSERT_TRUE(SendEnrolment(agent.enrolment, &first).ok());
  EXPECT_EQ(first.spiffe_id(), "spiffe://hub.shonai.example/member/municipality/062031/agent/1");
  EXPECT_EQ(first.audience(), "hub.shonai.example/log/1");
  EXPECT_EQ(first.receipt_public_key().size(), 32u);
  ASSERT_TRUE(SendEnrolment(agent.enrolment, &again).ok());
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  const Agent thief = Prepare(kMunicipality, "062031", code);
  ExpectCode(SendEnrolment(thief.enrolment, &again), v1::ERROR_REASON_CODE_USED);
}

TEST_F(Enrolment, RefusesAnExpiredAWrongAndAForeignCode) {
  const std::string code = Invite(kMunicipality, "062031");
  v1::EnrolResponse response;
  std::string mistyped = code;
  mistyped[0] = mistyped[0] == '0' ? '1' : '0';
  ExpectCode(SendEnrolment(Prepare(kMunicipality, "062031", mistyped).enrolment, &response),
             v1::ERROR_REASON_CODE_UNKNOWN);
  ExpectCode(SendEnrolment(Prepare(kMunicipality, "062049", code).enrolment, &response),
             v1::ERROR_REASON_CODE_UNKNOWN);
  clock_.offset = absl::Hours(72) + absl::Seconds(5);
  ExpectCode(SendEnrolment(Prepare(kMunicipality, "062031", code).enrolment, &response),
             v1::ERROR_REASON_CODE_EXPIRED);
}

TEST_F(Enrolment, StopsGuessingAfterFiveTries) {
  const std::string code = Invite(kMunicipality, "062031");
  v1::EnrolResponse response;
  for (int i = 0; i < 5; ++i) {
    ExpectCode(SendEnrolment(Prepare(kMunicipality, "062031", "no code").enrolment, &response),
               v1::ERROR_REASON_CODE_UNKNOWN);
  }
  const Agent agent = Prepare(kMunicipality, "062031", code);
  EXPECT_EQ(SendEnrolment(agent.enrolment, &response).error_code(), StatusCode::RESOURCE_EXHAUSTED);
  clock_.offset = absl::Minutes(15);
  EXPECT_TRUE(SendEnrolment(agent.enrolment, &response).ok());
}

TEST_F(Enrolment, WantsProofOfBothKeys) {
  const std::string code = Invite(kMunicipality, "062031");
  Agent agent = Prepare(kMunicipality, "062031", code);
  const Agent other = Prepare(kMunicipality, "062031", code);
  v1::EnrolResponse response;
  v1::EnrolRequest request = agent.enrolment;
  request.set_signing_public_key(other.enrolment.signing_public_key());
  EXPECT_EQ(SendEnrolment(request, &response).error_code(), StatusCode::INVALID_ARGUMENT);
  request = agent.enrolment;
  request.set_csr_der(other.enrolment.csr_der());
  EXPECT_EQ(SendEnrolment(request, &response).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(SendEnrolment(agent.enrolment, &response).ok()) << "a refusal spends no code";
}

TEST_F(Enrolment, AnInsurerNumberBelongsToOneMember) {
  std::string number;
  for (int i = 6060000; number.empty(); ++i) {
    const std::string digits = "0" + std::to_string(i);
    if (crypto::InsurerNumberIsValid(digits)) number = digits;
  }
  const Agent first = Enrol(kMunicipality, "062031", {number});
  Agent second = Prepare(kMunicipality, "062049", Invite(kMunicipality, "062049"));
  second.enrolment.add_insurer_numbers(number);
  v1::EnrolResponse response;
  EXPECT_EQ(SendEnrolment(second.enrolment, &response).error_code(), StatusCode::INVALID_ARGUMENT);
  second.enrolment.set_insurer_numbers(0, "12345");
  EXPECT_EQ(SendEnrolment(second.enrolment, &response).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(Enrolment, ANewCodeReplacesTheAgentAndEndsARevocation) {
  const Agent old = Enrol(kMunicipality, "062031");
  const Agent fresh = Enrol(kMunicipality, "062031");
  EXPECT_TRUE(fresh.enrolled.spiffe_id().ends_with("/agent/2"));
  v1::ListRoundsRequest request;
  v1::ListRoundsResponse response;
  EXPECT_EQ(RENKEI_CALL(old.channel, RoundService, ListRounds, request, &response).error_code(),
            StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(RENKEI_CALL(fresh.channel, RoundService, ListRounds, request, &response).ok());
}

TEST_F(Enrolment, ANewCodeEndsTheOneBefore) {
  const std::string lost = Invite(kMunicipality, "062031");
  const std::string newest = Invite(kMunicipality, "062031");
  v1::EnrolResponse response;
  ExpectCode(SendEnrolment(Prepare(kMunicipality, "062031", lost).enrolment, &response),
             v1::ERROR_REASON_CODE_EXPIRED);
  EXPECT_TRUE(SendEnrolment(Prepare(kMunicipality, "062031", newest).enrolment, &response).ok());
  ExpectCode(SendEnrolment(Prepare(kMunicipality, "062031", lost).enrolment, &response),
             v1::ERROR_REASON_CODE_EXPIRED);
}

TEST_F(Enrolment, ACodeFromBeforeARevocationDoesNotBringTheMemberBack) {
  const Agent agent = Enrol(kMunicipality, "062031");
  const std::string stolen = Invite(kMunicipality, "062031");
  v1::RevokeMemberRequest request;
  request.set_member_id(agent.member_id());
  v1::RevokeMemberResponse revoked;
  ASSERT_TRUE(RENKEI_CALL(operator_, AdminService, RevokeMember, request, &revoked).ok());
  v1::EnrolResponse response;
  ExpectCode(SendEnrolment(Prepare(kMunicipality, "062031", stolen).enrolment, &response),
             v1::ERROR_REASON_CODE_EXPIRED);
  EXPECT_TRUE(Enrol(kMunicipality, "062031").enrolled.spiffe_id().ends_with("/agent/2"));
}

TEST_F(Enrolment, AnOperatorIssuesIdentitiesThatWorkAtOnce) {
  const base::Secret key = *crypto::GenerateP256KeyPem();
  v1::IssueIdentityRequest request;
  request.set_role(v1::ROLE_AUDITOR);
  request.set_scope("prefecture");
  request.set_person("suzuki");
  request.set_csr_der(base::ToString(*crypto::MakeCsrDer(key)));
  v1::IssueIdentityResponse response;
  ASSERT_TRUE(RENKEI_CALL(operator_, AdminService, IssueIdentity, request, &response).ok());
  const auto channel =
      transport::MakeChannel(Address(), {.root_pem = response.root_pem(),
                                         .chain_pem = response.certificate_pem(),
                                         .key_pem = base::Secret::Copy(key.bytes())});
  v1::ListEntriesRequest list;
  v1::ListEntriesResponse entries;
  EXPECT_TRUE(RENKEI_CALL(channel, AuditService, ListEntries, list, &entries).ok());
  EXPECT_EQ(RENKEI_CALL(operator_, AdminService, IssueIdentity, request, &response).error_code(),
            StatusCode::ALREADY_EXISTS);
  request.set_person("../root");
  EXPECT_EQ(RENKEI_CALL(operator_, AdminService, IssueIdentity, request, &response).error_code(),
            StatusCode::INVALID_ARGUMENT);
}

TEST_F(Enrolment, KeepsEverythingOverARestart) {
  const Agent agent = Enrol(kMunicipality, "062031");
  server_->Stop(absl::Seconds(1));
  server_.reset();
  StartServer();
  v1::ListMembersRequest request;
  v1::ListMembersResponse response;
  ASSERT_TRUE(RENKEI_CALL(operator_, AdminService, ListMembers, request, &response).ok());
  ASSERT_EQ(response.member_size(), 1);
  EXPECT_EQ(response.member(0).state(), v1::MEMBER_STATE_ENROLLED);
  EXPECT_EQ(Entries("log.started").size(), 3u);
}

TEST_F(Enrolment, ADatabaseThatWasPutBackIsNotServed) {
  server_->Stop(absl::ZeroDuration());
  server_.reset();
  fs::copy_file(Path("hub/hub.db"), Path("old.db"));
  StartServer();
  Enrol(kMunicipality, "062031");
  server_->Stop(absl::ZeroDuration());
  server_.reset();
  for (const char* file : {"hub/hub.db", "hub/hub.db-wal", "hub/hub.db-shm"}) {
    fs::remove(Path(file));
  }
  fs::copy_file(Path("old.db"), Path("hub/hub.db"));
  const auto refused = app::Server::Start(Path("hub"), clock_, random_);
  EXPECT_TRUE(absl::IsDataLoss(refused.status())) << refused.status();
}

TEST_F(Enrolment, AnAnchorThatWasWrittenMustBeThereAtTheNextStart) {
  server_->Stop(absl::ZeroDuration());
  server_.reset();
  fs::rename(Path("hub.anchor"), Path("elsewhere"));
  const auto refused = app::Server::Start(Path("hub"), clock_, random_);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_FALSE(fs::exists(Path("hub.anchor"))) << "an anchor made now would vouch for anything";
  fs::rename(Path("elsewhere"), Path("hub.anchor"));
  StartServer();
}

TEST_F(Enrolment, AnotherRootSecretOpensNothing) {
  server_->Stop(absl::ZeroDuration());
  server_.reset();
  std::ofstream(Path("hub.secret")) << std::string(32, 'x');
  const auto refused = app::Server::Start(Path("hub"), clock_, random_);
  EXPECT_TRUE(absl::IsDataLoss(refused.status())) << refused.status();
}

TEST_F(Enrolment, AnExistingHubIsNeverInitialisedAgain) {
  const auto again =
      app::Init({.dir = Path("hub"), .config_path = Path("hub.textproto")}, clock_, random_);
  EXPECT_TRUE(absl::IsFailedPrecondition(again.status())) << again.status();
  EXPECT_TRUE(fs::exists(Path("hub/operator.bundle")));
  struct stat mode {};
  ASSERT_EQ(stat(Path("hub/operator.bundle").c_str(), &mode), 0);
  EXPECT_EQ(mode.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(Path("hub.secret").c_str(), &mode), 0);
  EXPECT_EQ(mode.st_mode & 0777, 0600u);
}

TEST_F(Enrolment, TheRootSecretMayNotLieInTheDataFolder) {
  std::ofstream(Path("same.textproto"))
      << "trust_domain: \"hub.example\"\nlisten: \"127.0.0.1:0\"\nenrol_listen: \"127.0.0.1:0\"\n"
      << "dns_names: \"localhost\"\nareas: \"0604\"\nroot_secret_file: \"other/hub.secret\"\n";
  app::InitRequest request{.dir = Path("other"), .config_path = Path("same.textproto")};
  EXPECT_TRUE(absl::IsFailedPrecondition(app::Init(request, clock_, random_).status()));
  EXPECT_FALSE(fs::exists(Path("other")));
  request.insecure_same_place = true;
  EXPECT_TRUE(app::Init(request, clock_, random_).ok());
}

TEST_F(Enrolment, TheSampleConfigurationIsValid) {
  std::ofstream(Path("sample.textproto")) << app::SampleConfig();
  const auto config = app::LoadConfig(Path("sample.textproto"));
  ASSERT_TRUE(config.ok()) << config.status();
  std::ofstream(Path("sample.textproto")) << app::SampleConfig() << "no_such_field: 1\n";
  EXPECT_FALSE(app::LoadConfig(Path("sample.textproto")).ok());
  std::ofstream(Path("sample.textproto")) << app::SampleConfig() << "areas: \"604\"\n";
  EXPECT_FALSE(app::LoadConfig(Path("sample.textproto")).ok());
}

}  // namespace
}  // namespace renkei::hub
