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

// An insurer's agent, with files of two persons beside it that are alike but for who they are.
class TwoPersons : public AgentFolder {
 protected:
  static constexpr char kFirst[] = "01130012,12,01,1960-01-15,1";
  static constexpr char kSecond[] = "01130012,13,01,1961-02-16,2";
  static constexpr char kColumns[] = "insurer_number,number,branch,birth_date,sex";

  TwoPersons() {
    MakeAgent(
        "kind: MEMBER_KIND_INSURER\norganisation_code: \"01130012\"\n"
        "insurer_numbers: \"01130012\"\n");
    WriteBoth("roster.csv", "fiscal_year,municipality_code", "2024,062031");
    WriteBoth("exams.csv", "exam_date,waist_cm", "2024-06-20,84.5");
    WriteBoth("claims.csv", "service_month,claim_type,disease_code,days,points",
              "2024-05,outpatient,0901,2,812");
    WriteBoth("absence.csv", "start_date,end_date,cause", "2024-05-01,2024-05-20,mental");
  }
  Outcome Import(const std::vector<std::string>& names, const Environment& environment = {}) const {
    std::vector<std::string> arguments;
    for (const std::string& name : names) arguments.push_back(Path(name));
    arguments.insert(arguments.end(), {"--quiet", "--report", "json"});
    return OnAgent("import", arguments, "", environment);
  }
  Outcome Forget(const std::string& person, const std::vector<std::string>& more,
                 const Environment& environment = {}) const {
    std::vector<std::string> arguments = {"--person", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return OnAgent("forget", arguments, absl::StrCat(kColumns, "\n", person, "\n"), environment);
  }

 private:
  void WriteBoth(const std::string& name, const std::string& columns,
                 const std::string& values) const {
    Write(name, absl::StrCat(kColumns, ",", columns, "\n", kFirst, ",", values, "\n", kSecond, ",",
                             values, "\n"));
  }
};

}  // namespace renkei::tests
