#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "hub/rpc/method_table.h"
#include "hub/rpc/services.h"
#include "policy/base/status.h"

namespace renkei::hub::rpc {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kLargestPage = 1000;

}  // namespace

grpc::Status AuditService::ListEntries(grpc::ServerContext* context,
                                       const v1::ListEntriesRequest* request,
                                       v1::ListEntriesResponse* response) {
  return shared_.door.Call(
      "renkei.v1.AuditService.ListEntries", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        const int page = static_cast<int>(request->page_size() == 0
                                              ? kDefaultPage
                                              : std::min(request->page_size(), kLargestPage));
        // Canonical JSON has one spelling, so that the member can be found as text.
        const std::string own_area = absl::StrCat("\"area\":\"", caller.identity.scope, "\"");
        const bool all = caller.identity.role == v1::ROLE_AUDITOR;
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        RENKEI_ASSIGN_OR_RETURN(const store::LogHead head, snapshot->Head());
        response->set_size(head.size);
        uint64_t from = request->from_sequence();
        while (from < head.size) {
          RENKEI_ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows,
                                  snapshot->ListEntries(from, page));
          if (rows.empty()) break;
          for (const store::EntryRow& row : rows) {
            from = row.sequence + 1;
            if (!all && !absl::StrContains(row.json, own_area)) continue;
            v1::LogEntry* entry = response->add_entry();
            entry->set_sequence(row.sequence);
            entry->set_json(row.json);
            entry->set_leaf_hash(crypto::ToBytes(row.leaf));
            if (response->entry_size() == page) return absl::OkStatus();
          }
        }
        return absl::OkStatus();
      });
}

std::vector<std::string> ServedServices() {
  // By a message of each file: its descriptor is then part of the program whatever else is linked.
  std::vector<std::string> names;
  for (const auto* message :
       {v1::EnrolRequest::descriptor(), v1::ProposeAgreementRequest::descriptor(),
        v1::ProposePolicyRequest::descriptor(), v1::OpenRoundRequest::descriptor(),
        v1::SubmitContributionRequest::descriptor(), v1::QueryIndicatorsRequest::descriptor(),
        v1::MakeReleaseRequest::descriptor(), v1::ListEntriesRequest::descriptor(),
        v1::InviteMemberRequest::descriptor()}) {
    const auto* file = message->file();
    for (int i = 0; i < file->service_count(); ++i) names.push_back(file->service(i)->full_name());
  }
  return names;
}

}  // namespace renkei::hub::rpc
