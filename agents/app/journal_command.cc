// renkei-agent journal: what left this member, when, and with which receipt.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "nlohmann/json.hpp"
#include "policy/base/clock.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/crypto/digest.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;

namespace {

nlohmann::ordered_json Json(const contribute::JournalLine& line) {
  nlohmann::ordered_json out;
  out["sequence"] = line.sequence;
  out["at"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", line.at, absl::UTCTimeZone());
  out["act"] = absl::AsciiStrToUpper(line.act);
  if (!line.request_id.empty()) {
    out["round_id"] = line.round_id;
    out["request_id"] = line.request_id;
    out["revision"] = line.revision;
  }
  if (line.payload_sha256.has_value()) {
    out["payload_bytes"] = line.payload_bytes;
    out["payload_sha256"] = policy::crypto::ToHex(*line.payload_sha256);
  }
  if (line.log_sequence.has_value()) out["receipt_log_sequence"] = *line.log_sequence;
  if (!line.note.empty()) out["note"] = line.note;
  return out;
}

std::string Row(const contribute::JournalLine& line) {
  std::string out = absl::StrFormat("%4d  %s  %-16s", line.sequence,
                                    absl::FormatTime("%Y-%m-%d %H:%M:%S JST", line.at, base::Jst()),
                                    absl::AsciiStrToUpper(line.act));
  if (!line.request_id.empty()) {
    absl::StrAppend(&out, "  round ", line.round_id, "  request ", line.request_id, "  revision ",
                    line.revision);
  }
  if (line.payload_sha256.has_value()) {
    absl::StrAppend(&out, "  ", line.payload_bytes, " bytes  SHA-256 ",
                    policy::crypto::ToHex(*line.payload_sha256));
  }
  if (line.log_sequence.has_value()) {
    absl::StrAppend(&out, "  receipt: log entry ", *line.log_sequence);
  }
  if (!line.note.empty()) absl::StrAppend(&out, "  ", line.note);
  return out;
}

absl::Status Show(const ListOptions& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<contribute::JournalLine> lines,
                          agent->outbox().Journal());
  if (options.format == "json") {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const contribute::JournalLine& line : lines) list.push_back(Json(line));
    PrintJson(list);
    return absl::OkStatus();
  }
  for (const contribute::JournalLine& line : lines) {
    std::printf("%s\n", policy::base::Printable(Row(line)).c_str());
  }
  if (lines.empty()) std::fputs("nothing has left yet\n", stdout);
  return absl::OkStatus();
}

}  // namespace

void AddJournalCommand(CLI::App& app, Action& action) {
  AddListCommand(app, action, "journal", "List what left this member, when, and with which receipt",
                 Show);
}

}  // namespace renkei::agents::app
