// renkei indicator list.
#include <cstdio>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "hub/cli/commands.h"
#include "hub/cli/table.h"
#include "policy/base/status.h"
#include "renkei/v1/indicator_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace {

struct Options {
  std::string match;
};

bool Matches(const v1::IndicatorDefinition& indicator, const std::string& text) {
  const std::string wanted = absl::AsciiStrToLower(text);
  const auto has = [&](const std::string& where) {
    return absl::StrContains(absl::AsciiStrToLower(where), wanted);
  };
  return has(indicator.id()) || has(indicator.name_en()) || has(indicator.name_ja());
}

absl::Status List(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const auto response, (session.Call<v1::IndicatorService>(
                                                   &v1::IndicatorService::Stub::ListIndicators,
                                                   v1::ListIndicatorsRequest())));
  Table table({"id", std::string(session.Say("指標", "indicator")),
               std::string(session.Say("同意の区分", "family")),
               std::string(session.Say("出典", "source"))});
  bool any = false;
  for (const v1::IndicatorDefinition& indicator : response.indicator()) {
    if (!Matches(indicator, options.match)) continue;
    any = true;
    table.Add({indicator.id(), std::string(session.Say(indicator.name_ja(), indicator.name_en())),
               indicator.family(), indicator.source()});
  }
  if (!any) return absl::NotFoundError("no indicator matches; try without --match");
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

}  // namespace

void AddIndicatorCommands(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* indicator = app.add_subcommand("indicator", "What can be asked for");
  indicator->require_subcommand(1);
  CLI::App* list = indicator->add_subcommand("list", "List the indicators of the hub's catalogue");
  list->add_option("--match", options->match, "Only ids and names that contain this text");
  list->callback([&session, &chosen, options] {
    chosen = [&session, options] {
      const absl::Status status = List(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  });
}

}  // namespace renkei::hub::cli
