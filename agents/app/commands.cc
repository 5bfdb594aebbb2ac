#include "agents/app/commands.h"

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "policy/base/error.h"
#include "policy/base/printable.h"
#include "renkei/v1/common.pb.h"

namespace renkei::agents::app {

void AddDirOption(CLI::App& command, std::string& dir) {
  command.add_option("--dir", dir, "Folder of the agent")->required();
}

void AddLanguageOption(CLI::App& command, std::string& language) {
  language = "ja";
  command.add_option("--language", language, "Default: ja")->check(CLI::IsMember({"ja", "en"}));
}

void AddListCommand(CLI::App& app, Action& action, const char* name, const char* description,
                    absl::Status (*list)(const ListOptions&)) {
  auto options = std::make_shared<ListOptions>();
  options->format = "table";
  CLI::App* command = app.add_subcommand(name, description);
  AddDirOption(*command, options->dir);
  command->add_option("--format", options->format)->check(CLI::IsMember({"table", "json"}));
  command->callback([options, list, &action] {
    action = [options, list] {
      const absl::Status status = list(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

std::string ErrorLine(const absl::Status& status) {
  const v1::ErrorDetail detail = policy::base::DetailOf(status);
  std::string line(status.message());
  if (line.empty()) line = absl::StatusCodeToString(status.code());
  if (absl::IsUnavailable(status) && detail.reason() == v1::ERROR_REASON_UNSPECIFIED) {
    line = absl::StrCat("the hub cannot be reached: ", line);
  }
  if (detail.reason() != v1::ERROR_REASON_UNSPECIFIED) {
    std::string name = v1::ErrorReason_Name(detail.reason());
    absl::StrAppend(&line, " [", absl::StripPrefix(name, "ERROR_REASON_"), "]");
  }
  if (!detail.would_pass().empty()) {
    absl::StrAppend(&line, "; what would pass: ", detail.would_pass());
  }
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return policy::base::Printable(line);
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "renkei-agent: %s\n", ErrorLine(status).c_str());
  return kFailure;
}

void PrintJson(const nlohmann::ordered_json& value) {
  const std::string text =
      value.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  std::fputs(text.c_str(), stdout);
}

}  // namespace renkei::agents::app
