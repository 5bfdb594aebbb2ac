#include "tests/bench/made_data.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tests/bench/agent_run.h"

namespace renkei::tests::bench {

namespace fs = std::filesystem;

std::string MadeData(const Settings& settings, const std::string& name,
                     std::vector<std::string> arguments) {
  const std::string folder = settings.peer + "/data";
  fs::create_directories(folder);
  const std::string path = absl::StrCat(folder, "/", name);
  const std::string program = settings.bin + "/renkei-synth";
  const std::string command =
      absl::StrCat(fs::file_size(program), " ", absl::StrJoin(arguments, " "));
  const std::string note = path + ".made";
  std::stringstream made;
  made << std::ifstream(note).rdbuf();
  if (made.str() == command && fs::exists(path)) return path;
  Say(absl::StrCat("making ", name));
  fs::remove(note);
  for (std::string& argument : arguments) {
    if (absl::StartsWith(argument, "@")) argument = path + argument.substr(1);
  }
  arguments.insert(arguments.begin(), program);
  MustRun(arguments);
  std::ofstream(note) << command;
  return path;
}

}  // namespace renkei::tests::bench
