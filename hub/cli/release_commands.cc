// renkei release make|list|show.
#include <cstdio>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/cli/commands.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "renkei/v1/release_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace {

struct Options {
  std::string round;
  uint64_t number = 0;
};

std::string ReasonText(int reason, const Session& session) {
  switch (reason) {
    case v1::TABLE_REASON_SMALL_COUNTS:
      return std::string(session.Say("少数", "small counts"));
    case v1::TABLE_REASON_TOO_FEW_MEMBERS:
      return std::string(session.Say("団体数不足", "too few members"));
    case v1::TABLE_REASON_AGREEMENT:
      return std::string(session.Say("協定", "agreement"));
    case v1::TABLE_REASON_POPULATION:
      return std::string(session.Say("人口規模", "population"));
    default:
      return "?";
  }
}

std::string LossText(v1::LossClass loss) {
  switch (loss) {
    case v1::LOSS_CLASS_BELOW_1:
      return "< 1 %";
    case v1::LOSS_CLASS_1_5:
      return "1-5 %";
    case v1::LOSS_CLASS_5_20:
      return "5-20 %";
    case v1::LOSS_CLASS_ABOVE_20:
      return "> 20 %";
    default:
      return "?";
  }
}

absl::Status Make(Session& session, const Options& options) {
  v1::MakeReleaseRequest request;
  request.set_round_id(options.round);
  // Protection of a large area takes longer than a question.
  RENKEI_ASSIGN_OR_RETURN(const auto response,
                          (session.Call<v1::ReleaseService>(&v1::ReleaseService::Stub::MakeRelease,
                                                            request, absl::Minutes(5))));
  std::printf("%s %llu  sha256 %s\n", std::string(session.Say("公表", "release")).c_str(),
              static_cast<unsigned long long>(response.head().number()),
              absl::BytesToHexString(response.head().sha256()).c_str());
  return absl::OkStatus();
}

absl::Status List(Session& session, const Options&) {
  Table table(
      {std::string(session.Say(">番号", ">number")), std::string(session.Say("圏域", "area")),
       std::string(session.Say(">年度", ">fiscal year")), std::string(session.Say("日時", "made")),
       std::string(session.Say(">指標数", ">indicators")), "sha256"});
  v1::ListReleasesRequest request;
  do {
    RENKEI_ASSIGN_OR_RETURN(
        const auto response,
        (session.Call<v1::ReleaseService>(&v1::ReleaseService::Stub::ListReleases, request)));
    for (const v1::ReleaseHead& head : response.head()) {
      table.Add({std::to_string(head.number()), head.area_code(),
                 std::to_string(head.fiscal_year()), InstantText(head.created_at()),
                 std::to_string(head.indicator_size()), ShortHex(head.sha256()) + "…"});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

absl::Status Show(Session& session, const Options& options) {
  v1::GetReleaseRequest request;
  request.set_number(options.number);
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::ReleaseService>(&v1::ReleaseService::Stub::GetRelease, request)));
  v1::Release release;
  if (!release.ParseFromString(response.release_bytes())) {
    return absl::DataLossError("the hub's release cannot be read");
  }
  std::printf("%s %llu  %s %s  %s %u  %s\n", std::string(session.Say("公表", "release")).c_str(),
              static_cast<unsigned long long>(release.number()),
              policy::base::Printable(release.area_code()).c_str(),
              policy::base::Printable(release.area_name()).c_str(),
              std::string(session.Say("年度", "fiscal year")).c_str(), release.fiscal_year(),
              InstantText(release.created_at()).c_str());
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
  Table table({std::string(session.Say("指標", "indicator")),
               std::string(session.Say(">公表", ">published")),
               std::string(session.Say(">秘匿", ">hidden")),
               std::string(session.Say("損失", "loss")),
               std::string(session.Say("理由", "reasons"))});
  for (const v1::ReleaseTable& one : release.table()) {
    int published = 0, hidden = 0;
    for (const v1::ReleaseCell& cell : one.cell()) {
      published += cell.state() == v1::CELL_STATE_PUBLISHED;
      hidden += cell.state() == v1::CELL_STATE_SUPPRESSED;
    }
    std::vector<std::string> reasons;
    for (const int reason : one.reason()) reasons.push_back(ReasonText(reason, session));
    table.Add({one.measure().id(), std::to_string(published), std::to_string(hidden),
               LossText(one.loss()), absl::StrJoin(reasons, ", ")});
  }
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

}  // namespace

void AddReleaseCommands(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* release = app.add_subcommand("release", "Make and read releases");
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
  make->callback([run] { run(Make); });
  CLI::App* list = release->add_subcommand("list", "List the releases");
  list->callback([run] { run(List); });
  CLI::App* show =
      release->add_subcommand("show", "Show what a release rests on and what it hides");
  show->add_option("--release", options->number, "Number of the release")->required();
  show->callback([run] { run(Show); });
}

}  // namespace renkei::hub::cli
