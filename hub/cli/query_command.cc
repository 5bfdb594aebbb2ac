// renkei query: a view over published cells of an area, or their sums over a region.
#include <cstdio>
#include <memory>

#include "absl/strings/str_split.h"
#include "hub/cli/commands.h"
#include "hub/cli/query_render.h"
#include "hub/cli/region_render.h"
#include "hub/cli/words.h"
#include "policy/base/status.h"
#include "renkei/v1/indicator_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace {

struct Options {
  std::string area, prefecture, municipality, member_kind, indicators, by, format = "table";
  bool nation = false;
  uint32_t fiscal_year = 0;
  uint64_t release = 0;
};

// What an area and a region are asked alike.
template <typename Request>
absl::StatusOr<Request> RequestFor(const Options& options) {
  Request request;
  if (!options.member_kind.empty()) {
    RENKEI_ASSIGN_OR_RETURN(const v1::MemberKind kind, MemberKindFromWord(options.member_kind));
    request.set_member_kind(kind);
  }
  request.set_fiscal_year(options.fiscal_year);
  for (const absl::string_view id :
       absl::StrSplit(options.indicators, ',', absl::SkipWhitespace())) {
    request.add_indicator(std::string(id));
  }
  if (options.by == "sex,age") request.set_by(v1::BREAKDOWN_SEX_AGE);
  if (options.by == "sex,age2") request.set_by(v1::BREAKDOWN_SEX_AGE2);
  return request;
}

absl::Status QueryRegion(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(v1::QueryRegionRequest request,
                          RequestFor<v1::QueryRegionRequest>(options));
  request.set_prefecture_code(options.prefecture);
  request.set_nation(options.nation);
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::IndicatorService>(&v1::IndicatorService::Stub::QueryRegion, request)));
  if (options.format == "csv") {
    std::fputs(RegionNotes(response, session).c_str(), stderr);
    return WriteOut(RenderCsv(response));
  }
  return WriteOut(options.format == "json" ? RenderJson(response) : RenderTable(response, session));
}

absl::Status QueryArea(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(v1::QueryIndicatorsRequest request,
                          RequestFor<v1::QueryIndicatorsRequest>(options));
  request.set_area_code(options.area);
  request.set_municipality(options.municipality);
  request.set_release_number(options.release);
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::IndicatorService>(&v1::IndicatorService::Stub::QueryIndicators, request)));
  if (options.format == "csv") {
    // Its columns are a contract and have no room for it.
    if (const std::string note = RoundingText(response.rounding(), session); !note.empty()) {
      std::fprintf(stderr, "%s\n", note.c_str());
    }
    return WriteOut(RenderCsv(response));
  }
  return WriteOut(options.format == "json" ? RenderJson(response) : RenderTable(response, session));
}

}  // namespace

void AddQueryCommand(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* query = app.add_subcommand("query", "Ask for published indicators");
  CLI::Option_group* place = query->add_option_group("place");
  CLI::Option* area =
      place->add_option("--area", options->area, "Secondary medical area, 4 digits");
  place->add_option("--prefecture", options->prefecture,
                    "Prefecture, 2 digits: the sum over its areas that you may read");
  place->add_flag("--nation", options->nation, "The sum over all areas that you may read");
  place->require_option(1);
  query
      ->add_option("--municipality", options->municipality,
                   "Municipality of the area, 6 digits, or unknown; default the whole area")
      ->needs(area);
  query
      ->add_option("--member-kind", options->member_kind,
                   "municipality, insurer or workplace; default all together")
      ->check(CLI::IsMember({"municipality", "insurer", "workplace"}));
  query
      ->add_option("--fiscal-year", options->fiscal_year, "April to March, named by its first year")
      ->required()
      ->check(CLI::Range(2008, 2100));
  query->add_option("--indicator", options->indicators,
                    "Ids joined by commas; default every released one");
  query
      ->add_option("--by", options->by,
                   "sex,age (seven bands and the total) or sex,age2 (and 40-64, 65-74)")
      ->check(CLI::IsMember({"sex,age", "sex,age2"}));
  query->add_option("--format", options->format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}));
  query->add_option("--release", options->release, "Number of a release; default the newest")
      ->needs(area);
  query->callback([&session, &chosen, options, area] {
    chosen = [&session, options, of_area = area->count() > 0] {
      const absl::Status status =
          of_area ? QueryArea(session, *options) : QueryRegion(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  });
}

}  // namespace renkei::hub::cli
