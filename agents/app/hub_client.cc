#include "agents/app/hub_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "policy/base/status.h"
#include "policy/transport/transport.h"
#include "renkei/v1/agreement_service.grpc.pb.h"
#include "renkei/v1/contribution_service.grpc.pb.h"
#include "renkei/v1/enrolment_service.grpc.pb.h"
#include "renkei/v1/round_service.grpc.pb.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;
namespace transport = renkei::policy::transport;

namespace {

constexpr absl::Duration kDeadline = absl::Seconds(20);
// A listing that goes on for ever is a broken hub, not a long list.
constexpr int kMaxPages = 1000;

template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              const Request& request) {
  const std::unique_ptr<grpc::ClientContext> context = transport::MakeContext(kDeadline);
  Response response;
  const grpc::Status status = (stub.*method)(context.get(), request, &response);
  if (!status.ok()) return transport::FromGrpc(status);
  return response;
}

}  // namespace

HubClient::HubClient(const std::string& address, const Identity& identity)
    : channel_(transport::MakeChannel(address, identity.Tls())) {}

absl::StatusOr<std::vector<v1::Round>> HubClient::ListRounds() {
  v1::RoundService::Stub stub(channel_);
  std::vector<v1::Round> rounds;
  v1::ListRoundsRequest request;
  for (int page = 0; page < kMaxPages; ++page) {
    RENKEI_ASSIGN_OR_RETURN(v1::ListRoundsResponse response,
                            Call(stub, &v1::RoundService::Stub::ListRounds, request));
    for (v1::Round& round : *response.mutable_round()) rounds.push_back(std::move(round));
    if (response.next_page_token().empty()) return rounds;
    request.set_page_token(response.next_page_token());
  }
  return absl::ResourceExhaustedError("hub: more than 1000 pages of rounds");
}

absl::StatusOr<v1::GetRoundResponse> HubClient::GetRound(const std::string& round_id) {
  v1::RoundService::Stub stub(channel_);
  v1::GetRoundRequest request;
  request.set_round_id(round_id);
  return Call(stub, &v1::RoundService::Stub::GetRound, request);
}

absl::StatusOr<std::vector<v1::AgreementRecord>> HubClient::ListAgreements() {
  v1::AgreementService::Stub stub(channel_);
  std::vector<v1::AgreementRecord> records;
  v1::ListAgreementsRequest request;
  for (int page = 0; page < kMaxPages; ++page) {
    RENKEI_ASSIGN_OR_RETURN(v1::ListAgreementsResponse response,
                            Call(stub, &v1::AgreementService::Stub::ListAgreements, request));
    for (v1::AgreementRecord& record : *response.mutable_agreement()) {
      records.push_back(std::move(record));
    }
    if (response.next_page_token().empty()) return records;
    request.set_page_token(response.next_page_token());
  }
  return absl::ResourceExhaustedError("hub: more than 1000 pages of agreements");
}

absl::StatusOr<v1::AgreementRecord> HubClient::SignAgreement(const std::string& dua_id,
                                                             uint32_t version,
                                                             const v1::DsseEnvelope& envelope) {
  v1::AgreementService::Stub stub(channel_);
  v1::SignAgreementRequest request;
  request.set_dua_id(dua_id);
  request.set_version(version);
  *request.mutable_envelope() = envelope;
  RENKEI_ASSIGN_OR_RETURN(v1::SignAgreementResponse response,
                          Call(stub, &v1::AgreementService::Stub::SignAgreement, request));
  return std::move(*response.mutable_agreement());
}

absl::StatusOr<v1::AgreementRecord> HubClient::ProposeAgreement(const v1::DsseEnvelope& envelope) {
  v1::AgreementService::Stub stub(channel_);
  v1::ProposeAgreementRequest request;
  *request.mutable_envelope() = envelope;
  RENKEI_ASSIGN_OR_RETURN(v1::ProposeAgreementResponse response,
                          Call(stub, &v1::AgreementService::Stub::ProposeAgreement, request));
  return std::move(*response.mutable_agreement());
}

absl::StatusOr<v1::AgreementRecord> HubClient::WithdrawAgreement(const std::string& dua_id,
                                                                 uint32_t version) {
  v1::AgreementService::Stub stub(channel_);
  v1::WithdrawAgreementRequest request;
  request.set_dua_id(dua_id);
  request.set_version(version);
  RENKEI_ASSIGN_OR_RETURN(v1::WithdrawAgreementResponse response,
                          Call(stub, &v1::AgreementService::Stub::WithdrawAgreement, request));
  return std::move(*response.mutable_agreement());
}

contribute::HubCalls HubClient::Calls() {
  contribute::HubCalls calls;
  calls.submit = [this](const v1::DsseEnvelope& envelope) -> absl::StatusOr<v1::DsseEnvelope> {
    v1::ContributionService::Stub stub(channel_);
    v1::SubmitContributionRequest request;
    *request.mutable_envelope() = envelope;
    RENKEI_ASSIGN_OR_RETURN(
        v1::SubmitContributionResponse response,
        Call(stub, &v1::ContributionService::Stub::SubmitContribution, request));
    return std::move(*response.mutable_receipt());
  };
  calls.get_submission = [this](const std::string& request_id) {
    v1::ContributionService::Stub stub(channel_);
    v1::GetSubmissionRequest request;
    request.set_request_id(request_id);
    return Call(stub, &v1::ContributionService::Stub::GetSubmission, request);
  };
  return calls;
}

absl::StatusOr<v1::EnrolResponse> CallEnrol(const std::string& address, const std::string& root_pem,
                                            const v1::EnrolRequest& request) {
  v1::EnrolmentService::Stub stub(transport::MakeEnrolmentChannel(address, root_pem));
  return Call(stub, &v1::EnrolmentService::Stub::Enrol, request);
}

}  // namespace renkei::agents::app
