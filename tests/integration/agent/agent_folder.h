// A temporary folder with an initialised agent in it, and the program to run on it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/process.h"

namespace renkei::tests {

class AgentFolder : public ::testing::Test {
 protected:
  AgentFolder() {
    char pattern[] = "/tmp/renkei-agent-XXXXXX";
    dir_ = mkdtemp(pattern);
  }
  ~AgentFolder() override { std::filesystem::remove_all(dir_); }

  std::string Path(const std::string& name) const { return absl::StrCat(dir_, "/", name); }
  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }
  static Outcome Agent(std::vector<std::string> arguments, const std::string& input = "",
                       const Environment& environment = {}) {
    arguments.insert(arguments.begin(), std::string(RENKEI_BIN_DIR) + "/renkei-agent");
    return RunCommand(arguments, environment, input);
  }
  // Runs `command` on the folder's agent.
  Outcome OnAgent(const std::string& command, const std::vector<std::string>& more,
                  const std::string& input = "", const Environment& environment = {}) const {
    std::vector<std::string> arguments = {command, "--dir", Path("agent")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Agent(arguments, input, environment);
  }
  // An agent without a hub. `kind_and_more` is configuration text.
  void MakeAgent(const std::string& kind_and_more) const {
    const std::string config =
        Write("agent.textproto",
              absl::StrCat(kind_and_more,
                           "name: \"member\"\nhub_address: \"127.0.0.1:1\"\n"
                           "enrol_address: \"127.0.0.1:2\"\nroot_secret_file: \"",
                           Path("root.secret"), "\"\ninbox: \"", Path("inbox"), "\"\n"));
    const Outcome made = Agent({"init", "--dir", Path("agent"), "--config", config});
    EXPECT_EQ(made.exit_code, 0) << made.err;
  }

  std::string dir_;
};

}  // namespace renkei::tests
