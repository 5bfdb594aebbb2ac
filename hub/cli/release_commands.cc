// renkei release make|check|group|list|show.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "hub/cli/check_render.h"
#include "hub/cli/commands.h"
#include "hub/cli/fetch_release.h"
#include "hub/cli/noise_words.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/rules/withheld_levels.h"
#include "renkei/v1/release_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace rules = renkei::policy::rules;
namespace {

struct Options {
  std::string round, layout, indicators, name, municipalities, format = "table";
  uint64_t number = 0;
};

// Protection of a large area against each of many members takes minutes; the hub allows ten.
constexpr absl::Duration kProtectDeadline = absl::Minutes(9);

void SayThatItTakesTime(const Session& session) {
  std::fprintf(
      stderr, "%s\n",
      std::string(session.Say("秘匿処理を計算中（参加団体が多いと数分かかります）",
                              "protecting the tables; with many members this takes minutes"))
          .c_str());
}

absl::Status Make(Session& session, const Options& options) {
  v1::MakeReleaseRequest request;
  request.set_round_id(options.round);
  request.set_layout(options.layout);
  SayThatItTakesTime(session);
  RENKEI_ASSIGN_OR_RETURN(const auto response,
                          (session.Call<v1::ReleaseService>(&v1::ReleaseService::Stub::MakeRelease,
                                                            request, kProtectDeadline)));
  std::printf("%s %llu  sha256 %s\n%s %s\n", std::string(session.Say("公表", "release")).c_str(),
              static_cast<unsigned long long>(response.head().number()),
              absl::BytesToHexString(response.head().sha256()).c_str(),
              std::string(session.Say("表章区分", "layout")).c_str(),
              rules::LayoutOf(response.withheld_level()).name.c_str());
  for (const std::string& line :
       {ReplacesText(response.head(), session), LaneText(response.head(), session)}) {
    if (!line.empty()) std::printf("  %s\n", line.c_str());
  }
  return absl::OkStatus();
}

absl::Status Group(Session& session, const Options& options) {
  v1::MakeGroupingRequest request;
  request.set_release_number(options.number);
  request.mutable_grouping()->set_name(options.name);
  for (const absl::string_view code :
       absl::StrSplit(options.municipalities, ',', absl::SkipWhitespace())) {
    request.mutable_grouping()->add_municipality(std::string(absl::StripAsciiWhitespace(code)));
  }
  SayThatItTakesTime(session);
  RENKEI_ASSIGN_OR_RETURN(const auto response,
                          (session.Call<v1::ReleaseService>(&v1::ReleaseService::Stub::MakeGrouping,
                                                            request, kProtectDeadline)));
  std::printf("%s %llu  sha256 %s\n%s\n", std::string(session.Say("公表", "release")).c_str(),
              static_cast<unsigned long long>(response.head().number()),
              absl::BytesToHexString(response.head().sha256()).c_str(),
              GroupingText(response.head().grouping_name(), session).c_str());
  return absl::OkStatus();
}

absl::StatusOr<v1::CheckReleaseResponse> CheckOne(Session& session, const std::string& round,
                                                  const std::string& layout) {
  v1::CheckReleaseRequest request;
  request.set_round_id(round);
  request.set_layout(layout);
  return session.Call<v1::ReleaseService>(&v1::ReleaseService::Stub::CheckRelease, request,
                                          kProtectDeadline);
}

void SayProgress(const Session& session, int number, int of, const std::string& layout) {
  std::fprintf(stderr, "%s %d/%d: %s\n",
               std::string(session.Say("表章区分を確認中", "checking layout")).c_str(), number, of,
               policy::base::Printable(layout).c_str());
}

// A call per layout: each takes as long as making the release.
absl::Status Check(Session& session, const Options& options) {
  CheckedRound round;
  for (const absl::string_view id :
       absl::StrSplit(options.indicators, ',', absl::SkipWhitespace())) {
    round.indicators.emplace_back(id);
  }
  RENKEI_ASSIGN_OR_RETURN(v1::CheckReleaseResponse first,
                          CheckOne(session, options.round, options.layout));
  for (const std::string& id : round.indicators) {
    const bool asked =
        std::any_of(first.table().begin(), first.table().end(),
                    [&](const v1::CheckedTable& table) { return table.measure().id() == id; });
    if (!asked && !first.held()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--indicator: the round does not ask for ", id));
    }
  }
  std::vector<std::string> others;
  if (options.layout.empty() && !first.fixed()) {
    for (const v1::OfferedLayout& layout : first.offered()) {
      if (layout.name() != first.layout().name()) others.push_back(layout.name());
    }
  }
  round.checks.push_back(std::move(first));
  for (const std::string& layout : others) {
    SayProgress(session, static_cast<int>(round.checks.size()) + 1,
                static_cast<int>(others.size()) + 1, layout);
    RENKEI_ASSIGN_OR_RETURN(v1::CheckReleaseResponse check,
                            CheckOne(session, options.round, layout));
    round.checks.push_back(std::move(check));
  }
  const std::string text =
      options.format == "json" ? RenderCheckJson(round) : RenderCheck(round, session);
  return WriteOut(text);
}

absl::Status List(Session& session, const Options&) {
  Table table(
      {std::string(session.Say(">番号", ">number")), std::string(session.Say("圏域", "area")),
       std::string(session.Say(">年度", ">fiscal year")), std::string(session.Say("日時", "made")),
       std::string(session.Say(">指標数", ">indicators")), "sha256",
       std::string(session.Say("置き換える公表", "replaces")),
       std::string(session.Say("市町村の組", "grouping")),
       std::string(session.Say("人数", "counts")), std::string(session.Say("状態", "state"))});
  v1::ListReleasesRequest request;
  do {
    RENKEI_ASSIGN_OR_RETURN(
        const auto response,
        (session.Call<v1::ReleaseService>(&v1::ReleaseService::Stub::ListReleases, request)));
    for (const v1::ReleaseHead& head : response.head()) {
      table.Add({std::to_string(head.number()), head.area_code(),
                 std::to_string(head.fiscal_year()), InstantText(head.created_at()),
                 std::to_string(head.indicator_size()), ShortHex(head.sha256()) + "…",
                 absl::StrJoin(head.replaces(), ", "),
                 policy::base::Printable(head.grouping_name()), LaneText(head, session),
                 RevisionText(head, session)});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

absl::Status Show(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const FetchedRelease fetched, FetchRelease(session, options.number));
  const v1::Release& release = fetched.release;
  const v1::GetReleaseResponse& response = fetched.answer;
  std::printf("%s %llu  %s %s  %s %u  %s\n", std::string(session.Say("公表", "release")).c_str(),
              static_cast<unsigned long long>(release.number()),
              policy::base::Printable(release.area_code()).c_str(),
              policy::base::Printable(release.area_name()).c_str(),
              std::string(session.Say("年度", "fiscal year")).c_str(), release.fiscal_year(),
              InstantText(release.created_at()).c_str());
  for (const std::string& line :
       {release.has_grouping()
            ? absl::StrCat(
                  GroupingText(release.grouping().name(), session), ": ",
                  policy::base::Printable(absl::StrJoin(release.grouping().municipality(), ", ")))
            : std::string(),
        ReplacesText(response.head(), session), RevisionText(response.head(), session)}) {
    if (!line.empty()) std::printf("  %s\n", line.c_str());
  }
  std::printf("  sha256     %s\n  %s %s\n  %s %s\n  %s %s\n",
              absl::BytesToHexString(response.sha256()).c_str(),
              std::string(session.Say("ラウンド  ", "round     ")).c_str(),
              policy::base::Printable(release.round_id()).c_str(),
              std::string(session.Say("方針      ", "policy    ")).c_str(),
              absl::BytesToHexString(release.policy_digest()).c_str(),
              std::string(session.Say("人口      ", "population")).c_str(),
              policy::base::Printable(release.population_edition()).c_str());
  std::printf(
      "  %s: %s\n",
      std::string(session.Say("この版で評価していない関門", "gates not evaluated yet")).c_str(),
      policy::base::Printable(absl::StrJoin(release.gates_not_evaluated(), "; ")).c_str());
  std::printf("  %s\n",
              std::string(release.two_person() ? session.Say("二人承認", "two-person rule on")
                                               : session.Say("二人承認なし、未立会",
                                                             "two-person rule off, unwitnessed"))
                  .c_str());
  std::printf("  %s\n",
              std::string(release.public_release()
                              ? session.Say("公開可", "may be public")
                              : session.Say("協議会限り", "for members of the council only"))
                  .c_str());
  const rules::OfferedLayout layout = rules::LayoutOf(release.withheld_level());
  std::printf("  %s %s\n", std::string(session.Say("表章区分", "layout")).c_str(),
              layout.name.c_str());
  if (const std::string text = RoundingText(release.rounding(), session); !text.empty()) {
    std::printf("  %s\n", text.c_str());
  }
  if (release.has_noise()) {
    std::printf(
        "  %s rho = %s\n%s", std::string(session.Say("ノイズの費用", "cost of the noise:")).c_str(),
        FractionText(release.noise().rho_numerator(), release.noise().rho_denominator()).c_str(),
        NoiseText(release.noise(), session).c_str());
  }
  const rules::WithheldLevels withheld = layout.levels();
  Table table({std::string(session.Say("指標", "indicator")),
               std::string(session.Say(">公表", ">published")),
               std::string(session.Say(">秘匿", ">hidden")),
               std::string(session.Say("損失", "loss")),
               std::string(session.Say("理由", "reasons"))});
  for (const v1::ReleaseTable& one : release.table()) {
    int published = 0, hidden = 0;
    for (const v1::ReleaseCell& cell : one.cell()) {
      if (withheld.Withholds(rules::GrainOf(cell))) continue;
      published += cell.state() == v1::CELL_STATE_PUBLISHED;
      hidden += cell.state() == v1::CELL_STATE_SUPPRESSED;
    }
    std::vector<std::string> reasons;
    for (const int reason : one.reason()) {
      reasons.push_back(ReasonText(static_cast<v1::TableReason>(reason), session));
    }
    table.Add({one.measure().id(), std::to_string(published), std::to_string(hidden),
               LossText(one.loss()), absl::StrJoin(reasons, ", ")});
  }
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

}  // namespace

void AddReleaseCommands(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* release = app.add_subcommand("release", "Check, make and read releases");
  release->require_subcommand(1);
  const auto run = [&session, &chosen, options](absl::Status (*act)(Session&, const Options&)) {
    chosen = [&session, options, act] {
      const absl::Status status = act(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  };
  CLI::App* make =
      release->add_subcommand("make", "Pool, protect and publish a closed round, once");
  make->add_option("--round", options->round, "Round id")->required();
  make->add_option("--layout", options->layout,
                   "Name of a layout that `release check` lists; default that of the series, for a "
                   "first release the finest");
  make->callback([run] { run(Make); });
  CLI::App* check = release->add_subcommand(
      "check", "Show what a release of a closed round would hide; publishes nothing");
  check->add_option("--round", options->round, "Round id")->required();
  check->add_option("--layout", options->layout,
                    "Check this layout alone; default every one that may be chosen");
  check->add_option("--indicator", options->indicators,
                    "Ids joined by commas: their places and member kinds too");
  check->add_option("--format", options->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}));
  check->callback([run] { run(Check); });
  CLI::App* group = release->add_subcommand(
      "group", "Publish a union of municipalities of a release, as a release of its own");
  group->add_option("--release", options->number, "Number of the release of a round")->required();
  group->add_option("--name", options->name, "Name of the union, for its readers")->required();
  group
      ->add_option("--municipalities", options->municipalities,
                   "6-digit codes joined by commas: two or more of the area, not all")
      ->required();
  group->callback([run] { run(Group); });
  CLI::App* list = release->add_subcommand("list", "List the releases");
  list->callback([run] { run(List); });
  CLI::App* show =
      release->add_subcommand("show", "Show what a release rests on and what it hides");
  show->add_option("--release", options->number, "Number of the release")->required();
  show->callback([run] { run(Show); });
}

}  // namespace renkei::hub::cli
