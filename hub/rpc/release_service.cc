// Releases, and the indicators that are views over them.
#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/indicators/view.h"
#include "hub/releases/check.h"
#include "hub/releases/grouping.h"
#include "hub/releases/revision.h"
#include "hub/releases/stored_release.h"
#include "hub/rounds/open.h"
#include "hub/rpc/services.h"
#include "hub/store/paging.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/rules/decide.h"

namespace renkei::hub::rpc {
namespace rules = renkei::policy::rules;
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kLargestPage = 500;

// Secretariat: its own area. Member agent: it takes part in a round of the area. Auditor: every
// area.
absl::StatusOr<bool> InScope(store::Snapshot& snapshot, const Caller& caller,
                             absl::string_view area_code) {
  if (caller.identity.role != v1::ROLE_MEMBER_AGENT) return CheckArea(caller, area_code).ok();
  bool takes_part = false;
  RENKEI_RETURN_IF_ERROR(
      store::ForEachRound(snapshot, [&](const store::RoundRow& row) -> absl::StatusOr<bool> {
        if (row.area_code != area_code) return true;
        RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor descriptor, rounds::DescriptorOf(row));
        takes_part = std::find(descriptor.member().begin(), descriptor.member().end(),
                               caller.identity.member_id.value()) != descriptor.member().end();
        return !takes_part;
      }));
  return takes_part;
}

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

absl::Status DecideShow(const Caller& caller, bool in_scope, bool released) {
  return rules::ToStatus(rules::DecideShow(
      {.role = caller.identity.role, .in_scope = in_scope, .released = released}));
}

absl::StatusOr<v1::ReleaseHead> HeadFor(releases::Revisions& revisions,
                                        const store::ReleaseRow& row) {
  v1::ReleaseHead head = releases::HeadOf(row);
  RENKEI_ASSIGN_OR_RETURN(const bool under_revision,
                          revisions.IsUnderRevision(row.area_code, row.fiscal_year));
  head.set_under_revision(under_revision);
  return head;
}

// The newest release of the asked indicators where they have the same one, else of the area and
// year; 0 when there is none.
absl::StatusOr<uint64_t> NewestFor(store::Snapshot& snapshot,
                                   const v1::QueryIndicatorsRequest& request, int year) {
  std::set<uint64_t> of_asked;
  for (const std::string& indicator : request.indicator()) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<uint64_t> number,
                            snapshot.FindReleaseOf(request.area_code(), year, indicator));
    of_asked.insert(number.value_or(0));
  }
  if (of_asked.size() == 1 && *of_asked.begin() != 0) return *of_asked.begin();
  RENKEI_ASSIGN_OR_RETURN(const std::optional<uint64_t> newest,
                          snapshot.NewestRelease(request.area_code(), year));
  return newest.value_or(0);
}

absl::StatusOr<indicators::Breakdown> BreakdownOf(v1::Breakdown by) {
  switch (by) {
    case v1::BREAKDOWN_UNSPECIFIED:
      return indicators::Breakdown::kNone;
    case v1::BREAKDOWN_SEX_AGE:
      return indicators::Breakdown::kSexAge;
    case v1::BREAKDOWN_SEX_AGE2:
      return indicators::Breakdown::kSexAge2;
    default:
      return absl::InvalidArgumentError("by: an unknown breakdown");
  }
}

// Of a grouping with its name, so that nobody takes it for the area.
std::string PlaceName(const v1::Release& release) {
  if (!release.has_grouping()) return release.area_name();
  return absl::StrCat(release.area_name(), " [", release.grouping().name(), "]");
}

absl::Status AddRows(const v1::QueryIndicatorsRequest& request, const v1::Release& release,
                     const policy::catalogue::Catalogue& catalogue,
                     v1::QueryIndicatorsResponse* response) {
  indicators::ViewQuery query;
  query.municipality = request.municipality();
  query.member_kind = request.member_kind();
  query.indicators = {request.indicator().begin(), request.indicator().end()};
  RENKEI_ASSIGN_OR_RETURN(query.by, BreakdownOf(request.by()));
  RENKEI_ASSIGN_OR_RETURN(std::vector<indicators::ViewRow> rows,
                          indicators::ViewRelease(release, query));
  for (indicators::ViewRow& shown : rows) {
    v1::IndicatorRow* row = response->add_row();
    row->set_fiscal_year(release.fiscal_year());
    row->set_area_code(release.area_code());
    row->set_area_name(PlaceName(release));
    row->set_indicator(shown.indicator);
    if (const v1::Measure* measure = catalogue.FindMeasure(shown.indicator)) {
      row->set_name_ja(measure->name_ja());
      row->set_name_en(measure->name_en());
    }
    *row->mutable_cell() = std::move(shown.cell);
  }
  return absl::OkStatus();
}

}  // namespace

grpc::Status IndicatorService::QueryIndicators(grpc::ServerContext* context,
                                               const v1::QueryIndicatorsRequest* request,
                                               v1::QueryIndicatorsResponse* response) {
  return shared_.door.Call(
      "renkei.v1.IndicatorService.QueryIndicators", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        RENKEI_ASSIGN_OR_RETURN(const bool in_scope,
                                InScope(*snapshot, caller, request->area_code()));
        RENKEI_RETURN_IF_ERROR(DecideShow(caller, in_scope, /*released=*/true));
        const int year = static_cast<int>(std::min<uint32_t>(request->fiscal_year(), 1'000'000));
        uint64_t number = request->release_number();
        if (number == 0) {
          RENKEI_ASSIGN_OR_RETURN(number, NewestFor(*snapshot, *request, year));
        }
        RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ReleaseRow> row,
                                snapshot->FindRelease(number));
        const bool released =
            row.has_value() && row->area_code == request->area_code() && row->fiscal_year == year;
        RENKEI_RETURN_IF_ERROR(DecideShow(caller, in_scope, released));
        RENKEI_ASSIGN_OR_RETURN(const v1::Release release, releases::ReleaseOf(*row));
        RENKEI_RETURN_IF_ERROR(AddRows(*request, release, *shared_.terms.catalogue, response));
        response->set_release_number(row->number);
        response->set_release_sha256(crypto::ToBytes(row->sha256));
        if (release.has_noise()) *response->mutable_noise() = release.noise();
        response->set_rounding(release.rounding());
        return absl::OkStatus();
      });
}

grpc::Status IndicatorService::ListIndicators(grpc::ServerContext* context,
                                              const v1::ListIndicatorsRequest* request,
                                              v1::ListIndicatorsResponse* response) {
  return shared_.door.Call("renkei.v1.IndicatorService.ListIndicators", *context, *request,
                           [&](const Caller&) -> absl::Status {
                             const auto& catalogue = *shared_.terms.catalogue;
                             for (const v1::Measure& measure : catalogue.definitions().measure()) {
                               v1::IndicatorDefinition* definition = response->add_indicator();
                               definition->set_id(measure.id());
                               definition->set_version(measure.version());
                               definition->set_name_ja(measure.name_ja());
                               definition->set_name_en(measure.name_en());
                               definition->set_family(measure.family());
                               definition->set_source(measure.source());
                             }
                             response->set_catalogue_digest(crypto::ToBytes(catalogue.digest()));
                             return absl::OkStatus();
                           });
}

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
