#include "tests/e2e/world.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace renkei::tests {
namespace {

namespace fs = std::filesystem;

constexpr char kUuid[] = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::string Program(const std::string& name) { return std::string(RENKEI_BIN_DIR) + "/" + name; }

std::string FirstMatch(const std::string& text, const std::string& pattern) {
  std::smatch match;
  return std::regex_search(text, match, std::regex(pattern)) ? match[0].str() : "";
}

std::vector<std::vector<std::string>> ParseCsv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    rows.push_back(std::move(fields));
  }
  return rows;
}

World::World(bool known_keys) : hub_port_(FreePort()), enrol_port_(FreePort()) {
  char pattern[] = "/tmp/renkei_e2e_XXXXXX";
  dir_ = mkdtemp(pattern);
  const std::string config =
      Write("hub.textproto",
            "trust_domain: \"hub.shonai.example\"\n"
            "listen: \"127.0.0.1:" +
                std::to_string(hub_port_) +
                "\"\n"
                "enrol_listen: \"127.0.0.1:" +
                std::to_string(enrol_port_) +
                "\"\n"
                "dns_names: \"localhost\"\ndns_names: \"127.0.0.1\"\nareas: \"0604\"\n"
                "root_secret_file: \"" +
                Path("hub.secret") +
                "\"\n"
                "anchor_file: \"" +
                Path("hub.anchor") +
                "\"\n"
                "writes_per_second: 50\nwrite_burst: 100\n");
  std::vector<std::string> command = {Program("renkei-hub"), "init",     "--dir",
                                      Path("hub"),           "--config", config};
  if (known_keys) {
    fs::permissions(Write("hub.secret", std::string(32, '\0')), fs::perms::owner_read);
    command.insert(command.end(), {"--deployment-id", std::string(32, '0')});
  }
  const Outcome init = RunCommand(command);
  EXPECT_EQ(init.exit_code, 0) << init.err;
  fingerprint_ = FirstMatch(init.out, "[0-9a-f]{64}");
  EXPECT_FALSE(fingerprint_.empty()) << init.out;
}

World::~World() {
  hub_.reset();
  if (!::testing::Test::HasFailure()) {
    fs::remove_all(dir_);
  } else {
    std::fprintf(stderr, "kept for inspection: %s\n", dir_.c_str());
  }
}

void World::StartHub(const Environment& environment) {
  hub_ = std::make_unique<Child>(
      std::vector<std::string>{Program("renkei-hub"), "serve", "--dir", Path("hub")},
      Path("hub.log"), environment);
  EXPECT_TRUE(WaitForPort(hub_port_, absl::Seconds(30))) << HubLog();
  EXPECT_TRUE(WaitForPort(enrol_port_, absl::Seconds(10))) << HubLog();
}

void World::KillHub() {
  hub_->Signal(SIGKILL);
  hub_->Wait();
  hub_.reset();
}

int World::StopHub() {
  hub_->Signal(SIGTERM);
  const int code = hub_->Wait();
  hub_.reset();
  return code;
}

std::string World::Write(const std::string& relative, const std::string& content) {
  const std::string path = Path(relative);
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

Outcome World::InitMember(const MemberSpec& spec, int hub_port) {
  const std::string base = "members/" + spec.folder;
  std::string config = "kind: MEMBER_KIND_" + Upper(spec.kind) + "\norganisation_code: \"" +
                       spec.code + "\"\nname: \"" + spec.name + "\"\nhub_address: \"127.0.0.1:" +
                       std::to_string(hub_port == 0 ? hub_port_ : hub_port) +
                       "\"\nenrol_address: \"127.0.0.1:" + std::to_string(enrol_port_) + "\"\n";
  for (const std::string& number : spec.insurer_numbers) {
    config += "insurer_numbers: \"" + number + "\"\n";
  }
  if (!spec.municipality_code.empty()) {
    config += "municipality_code: \"" + spec.municipality_code + "\"\n";
  }
  fs::create_directories(Path(base + "/inbox"));
  config += "basis { basis: LEGAL_BASIS_" + Upper(spec.basis) + " }\n" +
            "accepted_texts { purpose: PURPOSE_REGIONAL_PLANNING text: \"regional-health@1\" }\n" +
            "inbox: \"" + Path(base + "/inbox") + "\"\nauto_submit: true\npoll_seconds: 1\n" +
            "root_secret_file: \"" + Path(base + "/root.secret") + "\"\n";
  return RunCommand({Program("renkei-agent"), "init", "--dir", AgentDir(spec.folder), "--config",
                     Write(base + "/agent.textproto", config)});
}

std::string World::Invite(const MemberSpec& spec) {
  const Outcome invite =
      Operator({"member", "invite", "--kind", spec.kind, "--code", spec.code, "--name", spec.name});
  EXPECT_EQ(invite.exit_code, 0) << invite.err;
  return FirstMatch(invite.out, "[0-9A-Z]+(-[0-9A-Z]+)+");
}

Outcome World::Propose(const MemberSpec& spec) {
  const std::string digits = "000000000000" + spec.code;
  const std::string text =
      "dua_id: \"01890a5d-ac96-774b-bcce-" + digits.substr(digits.size() - 12) +
      "\"\nversion: 1\nmember_kind: MEMBER_KIND_" + Upper(spec.kind) + "\nmember_code: \"" +
      spec.code + "\"\nmember_name: \"" + spec.name +
      "\"\ncounterparty: \"council\"\nvalid_from: \"2020-04-01\"\nvalid_to: \"2099-04-01\"\n"
      "first_fiscal_year: 2008\nlast_fiscal_year: 2029\npurpose: PURPOSE_REGIONAL_PLANNING\n"
      "indicator: \"*\"\narea: \"0604\"\nexact_inner_cells: true\n"
      "allow_insurer_type_by_municipality: " +
      (spec.display ? "true" : "false") +
      "\nallow_member_level_display: " + (spec.display ? "true" : "false") +
      "\nbasis { basis: LEGAL_BASIS_" + Upper(spec.basis) +
      " article: \"test\" }\nhandling_rule_ref: \"v1 2020-04-01\"\nnotice_days: 90\n"
      "incident_contact_hours: 24\n";
  return Secretariat({"agreement", "propose", "--file",
                      Write("members/" + spec.folder + "/agreement.textproto", text)});
}

void World::Join(const MemberSpec& spec, int hub_port) {
  const Outcome init = InitMember(spec, hub_port);
  ASSERT_EQ(init.exit_code, 0) << init.err;
  const std::string code = Write("members/" + spec.folder + "/code", Invite(spec));
  const Outcome enrol =
      Agent(spec.folder, {"enrol", "--code", "@" + code, "--ca-fingerprint", fingerprint_});
  ASSERT_EQ(enrol.exit_code, 0) << enrol.err;
  const Outcome propose = Propose(spec);
  ASSERT_EQ(propose.exit_code, 0) << propose.err;
  const Outcome sign = Agent(spec.folder, {"agreement", "sign", "--yes"});
  ASSERT_EQ(sign.exit_code, 0) << sign.err;
}

Outcome World::Agent(const std::string& folder, std::vector<std::string> arguments,
                     const Environment& environment) {
  std::vector<std::string> command = {Program("renkei-agent"), arguments[0]};
  size_t from = 1;
  if (arguments[0] == "agreement") command.push_back(arguments[from++]);
  command.insert(command.end(), {"--dir", AgentDir(folder)});
  command.insert(command.end(), arguments.begin() + static_cast<long>(from), arguments.end());
  return RunCommand(command, environment);
}

Outcome World::Secretariat(std::vector<std::string> arguments) {
  std::vector<std::string> command = {Program("renkei"), "--bundle",
                                      Path("hub/secretariat.bundle")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunCommand(command);
}

Outcome World::Operator(std::vector<std::string> arguments) {
  std::vector<std::string> command = {Program("renkei"), "--bundle", Path("hub/operator.bundle")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunCommand(command);
}

Outcome World::Auditor(std::vector<std::string> arguments) {
  std::vector<std::string> command = {Program("renkei"), "--bundle", Path("hub/auditor.bundle")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunCommand(command);
}

std::string World::OpenRound(int fiscal_year, const std::string& indicators) {
  const Outcome open = Secretariat({"round", "open", "--area", "0604", "--fiscal-year",
                                    std::to_string(fiscal_year), "--indicators", indicators});
  EXPECT_EQ(open.exit_code, 0) << open.err;
  return FirstMatch(open.out, kUuid);
}

}  // namespace renkei::tests
