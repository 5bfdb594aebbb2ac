// The hub as the agent calls it: one method per RPC, deadlines inside, gRPC errors as absl::Status
// with their reason. Nothing calls into an agent. Touches the network.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/app/identity.h"
#include "agents/contribute/delivery.h"
#include "grpcpp/grpcpp.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/enrolment_service.pb.h"
#include "renkei/v1/round.pb.h"
#include "renkei/v1/round_service.pb.h"

namespace renkei::agents::app {

class HubClient {
 public:
  HubClient(const std::string& address, const Identity& identity);

  // All that the hub shows this agent; follows the pages.
  absl::StatusOr<std::vector<v1::Round>> ListRounds();
  absl::StatusOr<v1::GetRoundResponse> GetRound(const std::string& round_id);
  absl::StatusOr<std::vector<v1::AgreementRecord>> ListAgreements();
  absl::StatusOr<v1::AgreementRecord> SignAgreement(const std::string& dua_id, uint32_t version,
                                                    const v1::DsseEnvelope& envelope);
  absl::StatusOr<v1::AgreementRecord> ProposeAgreement(const v1::DsseEnvelope& envelope);
  absl::StatusOr<v1::AgreementRecord> WithdrawAgreement(const std::string& dua_id,
                                                        uint32_t version);
  // Submission, for the courier. The client must outlive them.
  contribute::HubCalls Calls();

 private:
  std::shared_ptr<grpc::Channel> channel_;
};

// Over the enrolment listener, whose root is pinned already.
absl::StatusOr<v1::EnrolResponse> CallEnrol(const std::string& address, const std::string& root_pem,
                                            const v1::EnrolRequest& request);

}  // namespace renkei::agents::app
