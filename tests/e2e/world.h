// A hub and its members as real processes in a temporary folder, driven only through the commands.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace renkei::tests {

struct MemberSpec {
  std::string folder;  // name of its folder, e.g. "tsuruoka"
  std::string kind;    // municipality, insurer, workplace
  std::string code;
  std::string name;
  std::vector<std::string> insurer_numbers;
  std::string municipality_code;
  std::string basis = "statute";  // or consent
  bool display = false;           // both display bits of its agreement
};

class World {
 public:
  // With `known_keys` the hub's root secret is 32 zero bytes and its deployment id is zero: ties
  // among cells are then broken the same way in every run.
  explicit World(bool known_keys = false);
  ~World();

  void StartHub(const Environment& environment = {});
  void KillHub();  // SIGKILL
  int StopHub();   // SIGTERM; exit code
  int hub_port() const { return hub_port_; }

  // init only; returns its outcome. `hub_port` 0 = the hub itself (else e.g. a proxy).
  Outcome InitMember(const MemberSpec& spec, int hub_port = 0);
  // The code as printed by `renkei member invite`.
  std::string Invite(const MemberSpec& spec);
  // init, invite, enrol, agreement proposed and signed; every step must succeed.
  void Join(const MemberSpec& spec, int hub_port = 0);
  Outcome Propose(const MemberSpec& spec);

  Outcome Agent(const std::string& folder, std::vector<std::string> arguments,
                const Environment& environment = {});
  Outcome Secretariat(std::vector<std::string> arguments);
  Outcome Operator(std::vector<std::string> arguments);
  Outcome Auditor(std::vector<std::string> arguments);

  // Opens a round and returns its id.
  std::string OpenRound(int fiscal_year, const std::string& indicators = "default");

  std::string Path(const std::string& relative) const { return dir_ + "/" + relative; }
  std::string AgentDir(const std::string& folder) const {
    return Path("members/" + folder + "/agent");
  }
  std::string Write(const std::string& relative, const std::string& content);
  const std::string& fingerprint() const { return fingerprint_; }
  std::string HubLog() const { return ReadAll(Path("hub.log")); }

 private:
  std::string dir_;
  int hub_port_;
  int enrol_port_;
  std::string fingerprint_;
  std::unique_ptr<Child> hub_;
};

// The first match of `pattern` in `text`, or empty.
std::string FirstMatch(const std::string& text, const std::string& pattern);

// Splits a CSV of the product (no quoted line breaks) into rows of fields.
std::vector<std::vector<std::string>> ParseCsv(const std::string& text);

std::string Program(const std::string& name);

}  // namespace renkei::tests
