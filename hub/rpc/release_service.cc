// Releases: made, checked, listed, read.
#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/releases/check.h"
#include "hub/releases/grouping.h"
#include "hub/releases/revision.h"
#include "hub/releases/stored_release.h"
#include "hub/rpc/reader_scope.h"
#include "hub/rpc/services.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::rpc {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kLargestPage = 500;

// Is the round of the caller's area? The same denial whether or not there is such a round.
absl::Status CheckRoundArea(store::Store& store, const Caller& caller, const base::RoundId& id) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::RoundRow> round, snapshot->FindRound(id));
  return CheckArea(caller, round.has_value() ? round->area_code : std::string());
}

absl::Status CheckReleaseArea(store::Store& store, const Caller& caller, uint64_t number) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ReleaseRow> row,
                          snapshot->FindRelease(number));
  return CheckArea(caller, row.has_value() ? row->area_code : std::string());
}

absl::StatusOr<v1::ReleaseHead> HeadFor(releases::Revisions& revisions,
                                        const store::ReleaseRow& row) {
  v1::ReleaseHead head = releases::HeadOf(row);
  RENKEI_ASSIGN_OR_RETURN(const bool under_revision,
                          revisions.IsUnderRevision(row.area_code, row.fiscal_year));
  head.set_under_revision(under_revision);
  return head;
}

}  // namespace

grpc::Status ReleaseService::MakeRelease(grpc::ServerContext* context,
                                         const v1::MakeReleaseRequest* request,
                                         v1::MakeReleaseResponse* response) {
  return shared_.door.Call(
      "renkei.v1.ReleaseService.MakeRelease", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        const base::RoundId id(request->round_id());
        RENKEI_RETURN_IF_ERROR(CheckRoundArea(shared_.store, caller, id));
        RENKEI_ASSIGN_OR_RETURN(const store::ReleaseRow row,
                                releases::Make(shared_.store, shared_.terms, shared_.surroundings,
                                               id, request->layout(), caller.act));
        RENKEI_ASSIGN_OR_RETURN(const v1::Release release, releases::ReleaseOf(row));
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        releases::Revisions revisions(*snapshot, caller.act.now);
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_head(), HeadFor(revisions, row));
        *response->mutable_withheld_level() = release.withheld_level();
        return absl::OkStatus();
      });
}

grpc::Status ReleaseService::CheckRelease(grpc::ServerContext* context,
                                          const v1::CheckReleaseRequest* request,
                                          v1::CheckReleaseResponse* response) {
  return shared_.door.Call("renkei.v1.ReleaseService.CheckRelease", *context, *request,
                           [&](const Caller& caller) -> absl::Status {
                             const base::RoundId id(request->round_id());
                             RENKEI_RETURN_IF_ERROR(CheckRoundArea(shared_.store, caller, id));
                             RENKEI_ASSIGN_OR_RETURN(
                                 *response,
                                 releases::Check(shared_.store, shared_.terms, shared_.surroundings,
                                                 id, request->layout(), caller.act));
                             return absl::OkStatus();
                           });
}

grpc::Status ReleaseService::MakeGrouping(grpc::ServerContext* context,
                                          const v1::MakeGroupingRequest* request,
                                          v1::MakeGroupingResponse* response) {
  return shared_.door.Call(
      "renkei.v1.ReleaseService.MakeGrouping", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_RETURN_IF_ERROR(CheckReleaseArea(shared_.store, caller, request->release_number()));
        RENKEI_ASSIGN_OR_RETURN(
            const store::ReleaseRow row,
            releases::MakeGrouping(shared_.store, shared_.terms, shared_.surroundings,
                                   request->release_number(), request->grouping(), caller.act));
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        releases::Revisions revisions(*snapshot, caller.act.now);
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_head(), HeadFor(revisions, row));
        return absl::OkStatus();
      });
}

grpc::Status ReleaseService::ListReleases(grpc::ServerContext* context,
                                          const v1::ListReleasesRequest* request,
                                          v1::ListReleasesResponse* response) {
  return shared_.door.Call(
      "renkei.v1.ReleaseService.ListReleases", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        uint64_t after = 0;
        if (!request->page_token().empty() && !absl::SimpleAtoi(request->page_token(), &after)) {
          return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                                 "page_token: not one that this hub gave", "page_token", "",
                                 "start from the first page");
        }
        const int page = static_cast<int>(request->page_size() == 0
                                              ? kDefaultPage
                                              : std::min(request->page_size(), kLargestPage));
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        releases::Revisions revisions(*snapshot, caller.act.now);
        while (true) {
          RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ReleaseRow> rows,
                                  snapshot->ListReleases(after, page));
          for (const store::ReleaseRow& row : rows) {
            after = row.number;
            RENKEI_ASSIGN_OR_RETURN(const bool in_scope, InScope(*snapshot, caller, row.area_code));
            if (!in_scope) continue;
            RENKEI_ASSIGN_OR_RETURN(*response->add_head(), HeadFor(revisions, row));
            if (response->head_size() == page) {
              response->set_next_page_token(absl::StrCat(after));
              return absl::OkStatus();
            }
          }
          if (static_cast<int>(rows.size()) < page) return absl::OkStatus();
        }
      });
}

grpc::Status ReleaseService::GetRelease(grpc::ServerContext* context,
                                        const v1::GetReleaseRequest* request,
                                        v1::GetReleaseResponse* response) {
  return shared_.door.Call(
      "renkei.v1.ReleaseService.GetRelease", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ReleaseRow> row,
                                snapshot->FindRelease(request->number()));
        RENKEI_ASSIGN_OR_RETURN(
            const bool in_scope,
            InScope(*snapshot, caller, row.has_value() ? row->area_code : std::string()));
        RENKEI_RETURN_IF_ERROR(DecideShow(caller, in_scope, row.has_value()));
        RENKEI_RETURN_IF_ERROR(releases::ReleaseOf(*row).status());
        response->set_release_bytes(row->bytes);
        response->set_sha256(crypto::ToBytes(row->sha256));
        releases::Revisions revisions(*snapshot, caller.act.now);
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_head(), HeadFor(revisions, *row));
        return absl::OkStatus();
      });
}

}  // namespace renkei::hub::rpc
