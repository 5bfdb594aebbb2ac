// Indicators: views over the cells of releases, and sums of them over the areas of a region.
#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/indicators/region_sums.h"
#include "hub/indicators/view.h"
#include "hub/releases/newest.h"
#include "hub/releases/revision.h"
#include "hub/releases/stored_release.h"
#include "hub/rpc/reader_scope.h"
#include "hub/rpc/services.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::rpc {
namespace {

// A year that no release is of, where the number is none that a year has.
int YearOf(uint32_t fiscal_year) {
  return static_cast<int>(std::min<uint32_t>(fiscal_year, 1'000'000));
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

void SetIndicator(const std::string& id, const policy::catalogue::Catalogue& catalogue,
                  v1::IndicatorRow* row) {
  row->set_indicator(id);
  if (const v1::Measure* measure = catalogue.FindMeasure(id)) {
    row->set_name_ja(measure->name_ja());
    row->set_name_en(measure->name_en());
  }
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
    SetIndicator(shown.indicator, catalogue, row);
    *row->mutable_cell() = std::move(shown.cell);
  }
  return absl::OkStatus();
}

// A prefecture or the nation (JIS: 00), as the catalogue knows it.
struct Region {
  std::string code;
  std::string name;
  std::vector<std::string> areas;  // ascending
};

absl::StatusOr<Region> RegionOf(const v1::QueryRegionRequest& request, int year,
                                const policy::catalogue::AreaTable& areas) {
  const base::FiscalYear fiscal_year(year);
  if (request.nation() && request.prefecture_code().empty()) {
    return Region{.code = "00", .name = "全国", .areas = areas.AllAreas(fiscal_year)};
  }
  const auto name = areas.PrefectureName(request.prefecture_code());
  if (request.nation() || !name.has_value()) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                           "a region is one prefecture of the catalogue, or the nation",
                           "prefecture_code", "query.region", "2 digits, 01 to 47, or the nation");
  }
  return Region{.code = request.prefecture_code(),
                .name = *name,
                .areas = areas.AreasOfPrefecture(request.prefecture_code(), fiscal_year)};
}

absl::Status NothingReleased(absl::string_view what, absl::string_view field) {
  return base::MakeError(
      absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND,
      absl::StrCat(what,
                   " was released of this fiscal year in the region's areas that are open to "
                   "the reader"),
      field, "release.exists", "another fiscal year or indicator, or release a round first");
}

// The indicators in the order of the request.
absl::StatusOr<std::vector<indicators::IndicatorSum>> AsAsked(
    const v1::QueryRegionRequest& request, std::vector<indicators::IndicatorSum> sums) {
  if (request.indicator().empty()) {
    if (sums.empty()) return NothingReleased("nothing", "fiscal_year");
    return sums;
  }
  std::vector<indicators::IndicatorSum> asked;
  for (const std::string& id : request.indicator()) {
    const auto sum = std::find_if(sums.begin(), sums.end(), [&](const auto& candidate) {
      return candidate.composition.measure().id() == id;
    });
    if (sum == sums.end()) {
      return NothingReleased(absl::StrCat("no indicator '", id, "'"), "indicator");
    }
    asked.push_back(*sum);
  }
  return asked;
}

// What DecideShow lets the reader have of each area, added up.
struct ReadableSums {
  std::set<std::string> in_scope;
  std::vector<indicators::IndicatorSum> sums;
};

absl::StatusOr<ReadableSums> SumReadable(store::Snapshot& snapshot, const Caller& caller,
                                         const v1::QueryRegionRequest& request, int year,
                                         const std::vector<std::string>& areas) {
  RENKEI_ASSIGN_OR_RETURN(const indicators::Breakdown by, BreakdownOf(request.by()));
  ReadableSums readable;
  RENKEI_ASSIGN_OR_RETURN(readable.in_scope, AreasInScope(snapshot, caller, areas));
  RENKEI_RETURN_IF_ERROR(DecideShow(caller, !readable.in_scope.empty(), /*released=*/true));
  const std::vector<std::string> wanted(request.indicator().begin(), request.indicator().end());
  indicators::RegionSums sums(request.member_kind(), by);
  for (const std::string& area : readable.in_scope) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<releases::NewestRelease> newest,
                            releases::NewestReleases(snapshot, area, year, wanted));
    for (const releases::NewestRelease& release : newest) {
      RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ReleaseRow> row,
                              snapshot.FindRelease(release.number));
      RENKEI_RETURN_IF_ERROR(DecideShow(caller, /*in_scope=*/true, row.has_value()));
      RENKEI_ASSIGN_OR_RETURN(const v1::Release shown, releases::ReleaseOf(*row));
      RENKEI_RETURN_IF_ERROR(sums.Add(shown, release.indicators));
    }
  }
  RENKEI_ASSIGN_OR_RETURN(readable.sums, AsAsked(request, sums.Sums()));
  return readable;
}

// A part for every area of the region, those without a release included.
v1::RegionIndicator Complete(const v1::RegionIndicator& composition,
                             const std::vector<std::string>& areas,
                             const std::set<std::string>& in_scope) {
  v1::RegionIndicator out = composition;
  out.clear_part();
  for (const std::string& area : areas) {
    const auto part =
        std::find_if(composition.part().begin(), composition.part().end(),
                     [&](const v1::RegionPart& given) { return given.area_code() == area; });
    if (part != composition.part().end()) {
      *out.add_part() = *part;
      continue;
    }
    v1::RegionPart* without = out.add_part();
    without->set_area_code(area);
    without->set_standing(in_scope.count(area) != 0 ? v1::AREA_STANDING_NOT_RELEASED
                                                    : v1::AREA_STANDING_NOT_READABLE);
  }
  return out;
}

void AddRegionRows(const Region& region, const v1::QueryRegionRequest& request,
                   const indicators::IndicatorSum& sum,
                   const policy::catalogue::Catalogue& catalogue,
                   v1::QueryRegionResponse* response) {
  for (const v1::ReleaseCell& cell : sum.cells) {
    v1::IndicatorRow* row = response->add_row();
    row->set_fiscal_year(request.fiscal_year());
    row->set_area_code(region.code);
    row->set_area_name(region.name);
    SetIndicator(sum.composition.measure().id(), catalogue, row);
    *row->mutable_cell() = cell;
  }
}

}  // namespace

grpc::Status IndicatorService::QueryRegion(grpc::ServerContext* context,
                                           const v1::QueryRegionRequest* request,
                                           v1::QueryRegionResponse* response) {
  return shared_.door.Call(
      "renkei.v1.IndicatorService.QueryRegion", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        const policy::catalogue::Catalogue& catalogue = *shared_.terms.catalogue;
        const int year = YearOf(request->fiscal_year());
        RENKEI_ASSIGN_OR_RETURN(const Region region, RegionOf(*request, year, catalogue.areas()));
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        RENKEI_ASSIGN_OR_RETURN(const ReadableSums readable,
                                SumReadable(*snapshot, caller, *request, year, region.areas));
        std::set<std::string> added;
        for (const indicators::IndicatorSum& sum : readable.sums) {
          AddRegionRows(region, *request, sum, catalogue, response);
          v1::RegionIndicator* indicator = response->add_indicator();
          *indicator = Complete(sum.composition, region.areas, readable.in_scope);
          for (const v1::RegionPart& part : indicator->part()) {
            if (part.standing() == v1::AREA_STANDING_ADDED) added.insert(part.area_code());
          }
        }
        if (response->row().empty()) {
          return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_NOT_FOUND,
                                 "all that was released has noise, and noisy figures are not added",
                                 "indicator", "release.noise", "ask for one area");
        }
        releases::Revisions revisions(*snapshot, caller.act.now);
        for (const std::string& code : region.areas) {
          v1::RegionArea* area = response->add_area();
          area->set_area_code(code);
          area->set_area_name(catalogue.areas().AreaName(code).value_or(""));
          if (added.count(code) == 0) continue;
          RENKEI_ASSIGN_OR_RETURN(const bool under_revision, revisions.IsUnderRevision(code, year));
          area->set_under_revision(under_revision);
        }
        return absl::OkStatus();
      });
}

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
        const int year = YearOf(request->fiscal_year());
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

}  // namespace renkei::hub::rpc
