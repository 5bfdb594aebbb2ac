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
#include "policy/base/clock.h"
#include "policy/base/status.h"
#include "policy/crypto/digest.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;

namespace {

struct Options {
  std::string dir;
  std::string format = "table";
};

std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

std::string Json(const contribute::JournalLine& line) {
  std::string out =
      absl::StrCat("{\"sequence\": ", line.sequence, ", \"at\": \"",
                   absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", line.at, absl::UTCTimeZone()),
                   "\", \"act\": \"", absl::AsciiStrToUpper(line.act), "\"");
  if (!line.request_id.empty()) {
    absl::StrAppend(&out, ", \"round_id\": \"", line.round_id, "\", \"request_id\": \"",
                    line.request_id, "\", \"revision\": ", line.revision);
  }
  if (line.payload_sha256.has_value()) {
    absl::StrAppend(&out, ", \"payload_bytes\": ", line.payload_bytes, ", \"payload_sha256\": \"",
                    policy::crypto::ToHex(*line.payload_sha256), "\"");
  }
  if (line.log_sequence.has_value()) {
    absl::StrAppend(&out, ", \"receipt_log_sequence\": ", *line.log_sequence);
  }
  if (!line.note.empty()) absl::StrAppend(&out, ", \"note\": \"", Escaped(line.note), "\"");
  return out + "}";
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

absl::Status Show(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<contribute::JournalLine> lines,
                          agent->outbox().Journal());
  const bool json = options.format == "json";
  if (json) std::fputs("[", stdout);
  const char* separator = "";
  for (const contribute::JournalLine& line : lines) {
    std::printf("%s%s%s", json ? separator : "", json ? "\n" : "",
                Printable(json ? Json(line) : Row(line)).c_str());
    if (!json) std::fputs("\n", stdout);
    separator = ",";
  }
  if (json) std::fputs("\n]\n", stdout);
  if (!json && lines.empty()) std::fputs("nothing has left yet\n", stdout);
  return absl::OkStatus();
}

}  // namespace

void AddJournalCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("journal", "List what left this member, when, and with which receipt");
  AddDirOption(*command, options->dir);
  command->add_option("--format", options->format)->check(CLI::IsMember({"table", "json"}));
  command->callback([options, &action] {
    action = [options] {
      const absl::Status status = Show(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
