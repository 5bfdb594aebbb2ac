// Every command that the README shows exists: its words are tried with --help.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/e2e/world.h"

namespace renkei::tests {
namespace {

TEST(Readme, EveryCommandThatItShowsAnswersHelp) {
  std::istringstream lines(ReadAll(std::string(RENKEI_SOURCE_DIR) + "/README.md"));
  int tried = 0;
  bool in_block = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) in_block = !in_block;
    if (!in_block) continue;
    std::istringstream words(line);
    std::string program;
    words >> program;
    if (program == "bash") {
      std::string script;
      words >> script;
      const Outcome help =
          RunCommand({"bash", std::string(RENKEI_SOURCE_DIR) + "/" + script, "--help"});
      EXPECT_EQ(help.exit_code, 0) << line;
      ++tried;
    }
    if (program != "renkei" && program != "renkei-agent" && program != "renkei-hub") continue;
    std::vector<std::string> command = {Program(program)};
    for (std::string word; words >> word && isalpha(static_cast<unsigned char>(word[0]));) {
      command.push_back(word);
    }
    command.push_back("--help");
    EXPECT_EQ(RunCommand(command).exit_code, 0) << line;
    ++tried;
  }
  EXPECT_GE(tried, 8) << "the test must have found the commands";
}

}  // namespace
}  // namespace renkei::tests
