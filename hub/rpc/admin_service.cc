// Enrolment and administration: the services over enrolment.h.
#include <optional>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "hub/rpc/services.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::rpc {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kLargestPage = 500;
// Five wrong codes, then one more every three minutes: 5 in 15 minutes (trust 1).
constexpr double kFailuresPerSecond = 1.0 / 180;
constexpr double kFailureBurst = 5;

std::vector<uint8_t> Bytes(const std::string& text) {
  const std::span<const uint8_t> bytes = base::AsBytes(text);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

EnrolmentService::EnrolmentService(const Shared& shared)
    : shared_(shared), failures_(kFailuresPerSecond, kFailureBurst) {}

grpc::Status EnrolmentService::Enrol(grpc::ServerContext* context, const v1::EnrolRequest* request,
                                     v1::EnrolResponse* response) {
  return shared_.door.CallUnidentified(
      "renkei.v1.EnrolmentService.Enrol", *context, *request,
      [&](const std::string& address, const log::Act& act) -> absl::Status {
        absl::Status too_many =
            base::MakeError(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_RATE_LIMIT,
                            "too many wrong enrolment codes from this address", "code",
                            "enrolment.tries", "wait 15 minutes");
        if (!failures_.Has(address, act.now)) return too_many;
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        // Again, now that there is one caller at a time: tries at once do not share a token.
        if (!failures_.Has(address, act.now)) return too_many;
        absl::StatusOr<v1::EnrolResponse> enrolled =
            rpc::Enrol(*transaction, shared_.terms, shared_.issuer, *request, act);
        if (absl::IsUnauthenticated(enrolled.status())) failures_.Take(address, act.now);
        RENKEI_RETURN_IF_ERROR(enrolled.status());
        RENKEI_RETURN_IF_ERROR(transaction->Commit());
        shared_.door.registry().Forget();
        *response = *std::move(enrolled);
        return absl::OkStatus();
      });
}

grpc::Status AdminService::InviteMember(grpc::ServerContext* context,
                                        const v1::InviteMemberRequest* request,
                                        v1::InviteMemberResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AdminService.InviteMember", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(const Invitation invitation,
                                Invite(*transaction, request->kind(), request->organisation_code(),
                                       request->name(), caller.act));
        RENKEI_RETURN_IF_ERROR(transaction->Commit());
        response->set_member_id(invitation.member.id.value());
        response->set_code(invitation.code);
        *response->mutable_expires_at() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
            absl::ToUnixMicros(invitation.expires_at));
        return absl::OkStatus();
      });
}

grpc::Status AdminService::ListMembers(grpc::ServerContext* context,
                                       const v1::ListMembersRequest* request,
                                       v1::ListMembersResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AdminService.ListMembers", *context, *request, [&](const Caller&) -> absl::Status {
        const uint32_t page =
            request->page_size() == 0 ? kDefaultPage : std::min(request->page_size(), kLargestPage);
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        RENKEI_ASSIGN_OR_RETURN(
            const std::vector<store::MemberRow> rows,
            snapshot->ListMembers(request->page_token(), static_cast<int>(page)));
        for (const store::MemberRow& row : rows) {
          RENKEI_ASSIGN_OR_RETURN(const auto identities, snapshot->ListIdentitiesOf(row.id));
          *response->add_member() = ToProto(row, identities);
        }
        if (rows.size() == page) response->set_next_page_token(rows.back().id.value());
        return absl::OkStatus();
      });
}

grpc::Status AdminService::RevokeMember(grpc::ServerContext* context,
                                        const v1::RevokeMemberRequest* request,
                                        v1::RevokeMemberResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AdminService.RevokeMember", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(const store::MemberRow member,
                                Revoke(*transaction, base::MemberId(request->member_id()),
                                       request->reason(), caller.act));
        RENKEI_RETURN_IF_ERROR(transaction->Commit());
        shared_.door.registry().Forget();
        *response->mutable_member() = ToProto(member, {});
        return absl::OkStatus();
      });
}

grpc::Status AdminService::IssueIdentity(grpc::ServerContext* context,
                                         const v1::IssueIdentityRequest* request,
                                         v1::IssueIdentityResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AdminService.IssueIdentity", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(
            const IssuedIdentity issued,
            IssuePerson(*transaction, shared_.terms, shared_.issuer,
                        {.role = request->role(),
                         .scope = request->scope(),
                         .person = request->person(),
                         .csr_der = Bytes(request->csr_der()),
                         .signing_public_key = Bytes(request->signing_public_key())},
                        caller.act));
        RENKEI_RETURN_IF_ERROR(transaction->Commit());
        shared_.door.registry().Forget();
        response->set_spiffe_id(issued.spiffe_id);
        response->set_certificate_pem(issued.certificate_pem);
        response->set_root_pem(shared_.issuer.authority.root_pem());
        return absl::OkStatus();
      });
}

}  // namespace renkei::hub::rpc
