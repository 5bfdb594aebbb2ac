// The thin services: each method checks scope, calls a room, fills the answer. Thread-safe; what
// they share outlives them.
#pragma once

#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "hub/releases/make.h"
#include "hub/rounds/terms.h"
#include "hub/rpc/door.h"
#include "hub/rpc/enrolment.h"
#include "hub/store/store.h"
#include "policy/crypto/ed25519.h"
#include "renkei/v1/admin_service.grpc.pb.h"
#include "renkei/v1/agreement_service.grpc.pb.h"
#include "renkei/v1/audit_service.grpc.pb.h"
#include "renkei/v1/contribution_service.grpc.pb.h"
#include "renkei/v1/enrolment_service.grpc.pb.h"
#include "renkei/v1/indicator_service.grpc.pb.h"
#include "renkei/v1/policy_service.grpc.pb.h"
#include "renkei/v1/release_service.grpc.pb.h"
#include "renkei/v1/round_service.grpc.pb.h"

namespace renkei::hub::rpc {

// Collaborators of every service.
struct Shared {
  store::Store& store;
  Door& door;
  const rounds::Terms& terms;
  const Issuer& issuer;
  const crypto::Signer& receipt_key;
  const releases::Surroundings& surroundings;
};

// In each service: a method RPC(Name) of the generated base class.
#define RENKEI_RPC(Name)                                                            \
  grpc::Status Name(grpc::ServerContext* context, const v1::Name##Request* request, \
                    v1::Name##Response* response) override

class EnrolmentService final : public v1::EnrolmentService::Service {
 public:
  explicit EnrolmentService(const Shared& shared);
  RENKEI_RPC(Enrol);

 private:
  const Shared& shared_;
  TokenBuckets failures_;
};

class AgreementService final : public v1::AgreementService::Service {
 public:
  explicit AgreementService(const Shared& shared) : shared_(shared) {}
  RENKEI_RPC(ProposeAgreement);
  RENKEI_RPC(SignAgreement);
  RENKEI_RPC(WithdrawAgreement);
  RENKEI_RPC(ListAgreements);

 private:
  const Shared& shared_;
};

class PolicyService final : public v1::PolicyService::Service {
 public:
  explicit PolicyService(const Shared& shared) : shared_(shared) {}
  RENKEI_RPC(ProposePolicy);
  RENKEI_RPC(ApprovePolicy);
  RENKEI_RPC(ListPolicies);
  RENKEI_RPC(CheckPolicy);

 private:
  const Shared& shared_;
};

class RoundService final : public v1::RoundService::Service {
 public:
  explicit RoundService(const Shared& shared) : shared_(shared) {}
  RENKEI_RPC(OpenRound);
  RENKEI_RPC(CloseRound);
  RENKEI_RPC(ListRounds);
  RENKEI_RPC(GetRound);

 private:
  const Shared& shared_;
};

class ContributionService final : public v1::ContributionService::Service {
 public:
  explicit ContributionService(const Shared& shared) : shared_(shared) {}
  RENKEI_RPC(SubmitContribution);
  RENKEI_RPC(GetSubmission);

 private:
  const Shared& shared_;
};

class IndicatorService final : public v1::IndicatorService::Service {
 public:
  explicit IndicatorService(const Shared& shared) : shared_(shared) {}
  RENKEI_RPC(QueryIndicators);
  RENKEI_RPC(QueryRegion);
  RENKEI_RPC(ListIndicators);

 private:
  const Shared& shared_;
};

class ReleaseService final : public v1::ReleaseService::Service {
 public:
  explicit ReleaseService(const Shared& shared) : shared_(shared) {}
  RENKEI_RPC(MakeRelease);
  RENKEI_RPC(CheckRelease);
  RENKEI_RPC(MakeGrouping);
  RENKEI_RPC(ListReleases);
  RENKEI_RPC(GetRelease);

 private:
  const Shared& shared_;
};

class AuditService final : public v1::AuditService::Service {
 public:
  explicit AuditService(const Shared& shared) : shared_(shared) {}
  RENKEI_RPC(ListEntries);

 private:
  const Shared& shared_;
};

class AdminService final : public v1::AdminService::Service {
 public:
  explicit AdminService(const Shared& shared) : shared_(shared) {}
  RENKEI_RPC(InviteMember);
  RENKEI_RPC(ListMembers);
  RENKEI_RPC(RevokeMember);
  RENKEI_RPC(IssueIdentity);

 private:
  const Shared& shared_;
};

#undef RENKEI_RPC

// Full names of all of them; what CheckMethodTable is asked about.
std::vector<std::string> ServedServices();

}  // namespace renkei::hub::rpc
