#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "hub/rounds/agreements.h"
#include "hub/rpc/services.h"
#include "policy/agreement/agreement.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::rpc {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kLargestPage = 500;

struct Cursor {
  std::string dua_id;
  uint32_t version = 0;
};

// "<dua_id>/<version>"
absl::StatusOr<Cursor> ParseCursor(const std::string& token) {
  Cursor cursor;
  if (token.empty()) return cursor;
  const std::vector<std::string> parts = absl::StrSplit(token, '/');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &cursor.version)) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                           "page_token: not one that this hub gave", "page_token", "",
                           "start from the first page");
  }
  cursor.dua_id = parts[0];
  return cursor;
}

rounds::Party PartyOf(const Caller& caller) {
  return {.role = caller.identity.role,
          .area_code = caller.identity.role == v1::ROLE_SECRETARIAT ? caller.identity.scope : "",
          .member_id = caller.identity.member_id,
          .signing_public_key = caller.identity.signing_public_key};
}

// The agent sees its own; the secretariat those that name its area.
absl::StatusOr<bool> MaySee(const Caller& caller, const store::AgreementRow& row) {
  if (caller.identity.role == v1::ROLE_MEMBER_AGENT) {
    return row.member_id == caller.identity.member_id;
  }
  RENKEI_ASSIGN_OR_RETURN(const auto agreement,
                          policy::agreement::Agreement::Parse(row.text, row.dua_id));
  return agreement.AllowsArea(caller.identity.scope);
}

}  // namespace

grpc::Status AgreementService::ProposeAgreement(grpc::ServerContext* context,
                                                const v1::ProposeAgreementRequest* request,
                                                v1::ProposeAgreementResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AgreementService.ProposeAgreement", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(const store::AgreementRow row,
                                rounds::Propose(*transaction, shared_.terms, PartyOf(caller),
                                                request->envelope(), caller.act));
        RENKEI_RETURN_IF_ERROR(transaction->Commit());
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_agreement(), rounds::ToProto(row));
        return absl::OkStatus();
      });
}

grpc::Status AgreementService::SignAgreement(grpc::ServerContext* context,
                                             const v1::SignAgreementRequest* request,
                                             v1::SignAgreementResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AgreementService.SignAgreement", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(const store::AgreementRow row,
                                rounds::Sign(*transaction, PartyOf(caller), request->dua_id(),
                                             request->version(), request->envelope(), caller.act));
        RENKEI_RETURN_IF_ERROR(transaction->Commit());
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_agreement(), rounds::ToProto(row));
        return absl::OkStatus();
      });
}

grpc::Status AgreementService::WithdrawAgreement(grpc::ServerContext* context,
                                                 const v1::WithdrawAgreementRequest* request,
                                                 v1::WithdrawAgreementResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AgreementService.WithdrawAgreement", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(const store::AgreementRow row,
                                rounds::Withdraw(*transaction, PartyOf(caller), request->dua_id(),
                                                 request->version(), caller.act));
        RENKEI_RETURN_IF_ERROR(transaction->Commit());
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_agreement(), rounds::ToProto(row));
        return absl::OkStatus();
      });
}

grpc::Status AgreementService::ListAgreements(grpc::ServerContext* context,
                                              const v1::ListAgreementsRequest* request,
                                              v1::ListAgreementsResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AgreementService.ListAgreements", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        const bool agent = caller.identity.role == v1::ROLE_MEMBER_AGENT;
        if (agent && !request->member_id().empty() &&
            request->member_id() != caller.identity.member_id.value()) {
          return base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE,
                                 "a member sees its own agreements only", "member_id", "scope",
                                 "leave member_id out");
        }
        const base::MemberId member =
            agent ? caller.identity.member_id : base::MemberId(request->member_id());
        RENKEI_ASSIGN_OR_RETURN(Cursor cursor, ParseCursor(request->page_token()));
        const int page = static_cast<int>(request->page_size() == 0
                                              ? kDefaultPage
                                              : std::min(request->page_size(), kLargestPage));
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        while (true) {
          RENKEI_ASSIGN_OR_RETURN(
              const std::vector<store::AgreementRow> rows,
              snapshot->ListAgreements(member, cursor.dua_id, cursor.version, page));
          for (const store::AgreementRow& row : rows) {
            cursor = {row.dua_id, row.version};
            RENKEI_ASSIGN_OR_RETURN(const bool visible, MaySee(caller, row));
            if (!visible) continue;
            RENKEI_ASSIGN_OR_RETURN(*response->add_agreement(), rounds::ToProto(row));
            if (response->agreement_size() == page) {
              response->set_next_page_token(absl::StrCat(cursor.dua_id, "/", cursor.version));
              return absl::OkStatus();
            }
          }
          if (static_cast<int>(rows.size()) < page) return absl::OkStatus();
        }
      });
}

}  // namespace renkei::hub::rpc
