// renkei policy check|diff|propose|approve|show (R21, R22). A document is checked and compared
// here, by the library that the hub uses too; what it would change for rounds under way the hub
// says.
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "hub/cli/commands.h"
#include "hub/cli/policy_words.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"
#include "policy/rules/policy_changes.h"
#include "policy/rules/policy_document.h"
#include "renkei/v1/policy_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace rules = renkei::policy::rules;
namespace {

struct Options {
  std::string file, id, digest, from, to;
  uint32_t version = 0;
  bool history = false;
  bool yes = false;
};

std::string HexOf(absl::string_view digest) { return absl::BytesToHexString(digest); }

// Reads the file and names every fault that it has, one line each.
absl::StatusOr<std::string> ReadChecked(const std::string& file) {
  RENKEI_ASSIGN_OR_RETURN(std::string text,
                          policy::base::ReadFile(file, rules::kMaxPolicyTextBytes));
  const std::vector<std::string> faults = rules::Policy::Faults(text, file);
  if (faults.empty()) return text;
  for (size_t i = 0; i + 1 < faults.size(); ++i) {
    std::fprintf(stderr, "renkei: %s\n", policy::base::Printable(faults[i]).c_str());
  }
  return absl::InvalidArgumentError(faults.back());
}

// Visits the hub's policies, newest first, until `visit` returns false.
absl::Status ForEach(Session& session, const std::function<bool(const v1::PolicyRecord&)>& visit) {
  v1::ListPoliciesRequest request;
  do {
    RENKEI_ASSIGN_OR_RETURN(
        const auto response,
        (session.Call<v1::PolicyService>(&v1::PolicyService::Stub::ListPolicies, request)));
    for (const v1::PolicyRecord& policy : response.policy()) {
      if (!visit(policy)) return absl::OkStatus();
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::StatusOr<v1::PolicyRecord> Find(Session& session,
                                      const std::function<bool(const v1::PolicyRecord&)>& wanted,
                                      const std::string& what) {
  std::optional<v1::PolicyRecord> found;
  bool several = false;
  RENKEI_RETURN_IF_ERROR(ForEach(session, [&](const v1::PolicyRecord& policy) {
    if (!wanted(policy)) return true;
    several = found.has_value();
    if (!several) found = policy;
    return !several;
  }));
  if (several) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " names several policies; give more digits of the digest"));
  }
  if (!found.has_value()) {
    return absl::NotFoundError(
        absl::StrCat("the hub has no policy ", what, "; see `renkei policy show --history`"));
  }
  // What is signed or compared are the bytes that the digest names.
  if (policy::crypto::ToBytes(policy::crypto::Sha256(policy::base::AsBytes(found->text()))) !=
      found->digest()) {
    return absl::DataLossError("the policy's digest does not fit its text");
  }
  return *std::move(found);
}

bool IsInForce(const v1::PolicyRecord& policy) {
  return policy.state() == v1::POLICY_STATE_IN_FORCE;
}

bool HasDigest(const v1::PolicyRecord& policy, const std::string& hex) {
  return absl::StartsWith(HexOf(policy.digest()), hex);
}

// By --digest, or by --policy and --version; nullopt when neither was given.
std::optional<std::function<bool(const v1::PolicyRecord&)>> Chosen(const Options& options) {
  if (!options.digest.empty()) {
    return [hex = options.digest](const v1::PolicyRecord& p) { return HasDigest(p, hex); };
  }
  if (options.id.empty()) return std::nullopt;
  return [id = options.id, version = options.version](const v1::PolicyRecord& p) {
    return p.id() == id && p.version() == version;
  };
}

std::string NameOf(const Options& options) {
  return options.digest.empty() ? absl::StrCat(options.id, " version ", options.version)
                                : options.digest;
}

void PrintOne(const v1::PolicyRecord& policy, const Session& session) {
  std::printf("%s %u  %s  sha256 %s\n", policy::base::Printable(policy.id()).c_str(),
              policy.version(), StateText(policy.state(), session).c_str(),
              HexOf(policy.digest()).c_str());
  std::printf("  %s %s\n", std::string(session.Say("提案", "proposed")).c_str(),
              InstantText(policy.proposed_at()).c_str());
  for (const v1::PolicyRecord::Signature& signature : policy.signature()) {
    std::printf("  %s %s %s%s\n", std::string(session.Say("署名", "signed")).c_str(),
                InstantText(signature.at()).c_str(),
                policy::base::Printable(signature.who()).c_str(),
                signature.has_envelope()
                    ? ""
                    : std::string(session.Say("(設定ファイルによる初期の方針)",
                                              " (initial policy of the configuration)"))
                          .c_str());
  }
  if (policy.has_in_force_at()) {
    std::printf("  %s %s\n", std::string(session.Say("施行", "in force from")).c_str(),
                InstantText(policy.in_force_at()).c_str());
  } else if (policy.state() == v1::POLICY_STATE_PROPOSED) {
    std::printf("  %s\n", WaitsFor(policy, absl::Now(), session).c_str());
  }
  std::printf("  %s\n", std::string(policy.two_person()
                                        ? session.Say("二人承認", "two-person rule on")
                                        : session.Say("一人承認(二人承認は無効)",
                                                      "one person is enough (two-person rule off)"))
                            .c_str());
}

absl::Status Check(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::string text, ReadChecked(options.file));
  v1::CheckPolicyRequest request;
  request.set_policy_text(text);
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::PolicyService>(&v1::PolicyService::Stub::CheckPolicy, request)));
  const policy::crypto::Digest digest = policy::crypto::Sha256(policy::base::AsBytes(text));
  std::printf("%s: %s  sha256 %s\n", options.file.c_str(),
              std::string(session.Say("誤りはありません", "no fault found")).c_str(),
              policy::crypto::ToHex(digest).c_str());
  if (response.round().empty()) {
    std::printf("%s\n",
                std::string(session.Say("影響を受けるラウンドはありません(公表前のものがない)",
                                        "no round is under way, so none is affected"))
                    .c_str());
    return absl::OkStatus();
  }
  Table table({std::string(session.Say("ラウンド", "round")),
               std::string(session.Say("圏域", "area")), std::string(session.Say(">年度", ">year")),
               std::string(session.Say("状態", "state")),
               std::string(session.Say("この方針が施行されると", "once this is in force"))});
  for (const v1::CheckPolicyResponse::RoundEffect& round : response.round()) {
    const std::vector<std::string> fields(round.field().begin(), round.field().end());
    const std::string effect =
        round.blocks_release()
            ? absl::StrCat(session.Say("公表できなくなる: ", "no release any more: "),
                           absl::StrJoin(fields, ", "))
            : std::string(session.Say("変わらない", "no change"));
    table.Add({round.round_id(), round.area_code(), absl::StrCat(round.fiscal_year()),
               StateText(round.state(), session), effect});
  }
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

absl::StatusOr<rules::Policy> ParseRecord(const v1::PolicyRecord& record) {
  return rules::Policy::Parse(record.text(),
                              absl::StrCat(record.id(), " version ", record.version()));
}

// --from and --to name a digest's first digits or, with --policy, a version.
absl::StatusOr<rules::Policy> Named(Session& session, const Options& options,
                                    const std::string& name) {
  const auto wanted = [&](const v1::PolicyRecord& p) {
    if (!options.id.empty()) return p.id() == options.id && absl::StrCat(p.version()) == name;
    return HasDigest(p, name);
  };
  RENKEI_ASSIGN_OR_RETURN(const v1::PolicyRecord record, Find(session, wanted, name));
  return ParseRecord(record);
}

absl::StatusOr<rules::Policy> InForce(Session& session) {
  RENKEI_ASSIGN_OR_RETURN(const v1::PolicyRecord record, Find(session, IsInForce, "in force"));
  return ParseRecord(record);
}

absl::Status Diff(Session& session, const Options& options) {
  absl::StatusOr<rules::Policy> from =
      options.from.empty() ? InForce(session) : Named(session, options, options.from);
  RENKEI_RETURN_IF_ERROR(from.status());
  const auto other = [&]() -> absl::StatusOr<rules::Policy> {
    if (options.file.empty()) {
      return options.to.empty() ? InForce(session) : Named(session, options, options.to);
    }
    RENKEI_ASSIGN_OR_RETURN(const std::string text, ReadChecked(options.file));
    return rules::Policy::Parse(text, options.file);
  };
  const absl::StatusOr<rules::Policy> to = other();
  RENKEI_RETURN_IF_ERROR(to.status());
  const std::vector<rules::PolicyChange> changes =
      rules::ComparePolicies(from->document(), to->document());
  if (changes.empty()) {
    std::printf("%s\n", std::string(session.Say("違いはありません", "no difference")).c_str());
    return absl::OkStatus();
  }
  Table table({std::string(session.Say("項目", "field")), std::string(session.Say("前", "from")),
               std::string(session.Say("後", "to")), std::string(session.Say("向き", "effect"))});
  for (const rules::PolicyChange& change : changes) {
    table.Add({change.field, change.from, change.to, DirectionText(change.direction, session)});
  }
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

absl::Status Propose(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(std::string text, ReadChecked(options.file));
  v1::ProposePolicyRequest request;
  RENKEI_ASSIGN_OR_RETURN(*request.mutable_envelope(),
                          session.Sign(policy::crypto::kPolicyType, std::move(text)));
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::PolicyService>(&v1::PolicyService::Stub::ProposePolicy, request)));
  PrintOne(response.policy(), session);
  return absl::OkStatus();
}

absl::Status Approve(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const v1::PolicyRecord record,
                          Find(session, *Chosen(options), NameOf(options)));
  RENKEI_ASSIGN_OR_RETURN(const rules::Policy parsed, ParseRecord(record));
  PrintOne(record, session);
  std::printf("%s\n", policy::base::Printable(parsed.text(), true).c_str());
  RENKEI_RETURN_IF_ERROR(
      session.Confirm(options.yes, session.Say("この方針に署名しますか?", "Sign this policy?")));
  v1::ApprovePolicyRequest request;
  request.set_digest(record.digest());
  RENKEI_ASSIGN_OR_RETURN(*request.mutable_envelope(),
                          session.Sign(policy::crypto::kPolicyType, parsed.text()));
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::PolicyService>(&v1::PolicyService::Stub::ApprovePolicy, request)));
  PrintOne(response.policy(), session);
  return absl::OkStatus();
}

absl::Status Show(Session& session, const Options& options) {
  const auto chosen = Chosen(options);
  if (options.history) {
    return ForEach(session, [&](const v1::PolicyRecord& policy) {
      if (options.id.empty() || policy.id() == options.id) PrintOne(policy, session);
      return true;
    });
  }
  absl::StatusOr<v1::PolicyRecord> record = chosen.has_value()
                                                ? Find(session, *chosen, NameOf(options))
                                                : Find(session, IsInForce, "in force");
  RENKEI_RETURN_IF_ERROR(record.status());
  PrintOne(*record, session);
  std::printf("%s\n", policy::base::Printable(record->text(), true).c_str());
  return absl::OkStatus();
}

void AddChoice(CLI::App& command, Options& options) {
  CLI::Option* id = command.add_option("--policy", options.id, "id of the policy");
  CLI::Option* version =
      command.add_option("--version", options.version, "Version of the policy")->needs(id);
  command.add_option("--digest", options.digest, "SHA-256 of the text, or its first digits")
      ->excludes(id)
      ->excludes(version)
      ->check([](const std::string& text) {
        const bool hex = text.size() >= 6 && text.size() <= 64 &&
                         text.find_first_not_of("0123456789abcdef") == std::string::npos;
        return hex ? std::string() : std::string("must be 6 to 64 lower-case hex digits");
      });
}

}  // namespace

void AddPolicyCommands(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* policy = app.add_subcommand("policy", "What may be counted and shown");
  policy->require_subcommand(1);
  const auto run = [&session, &chosen, options](absl::Status (*act)(Session&, const Options&)) {
    chosen = [&session, options, act] {
      const absl::Status status = act(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  };

  CLI::App* check = policy->add_subcommand(
      "check", "Name every fault of a file, and what it would change for rounds under way");
  check->add_option("--file", options->file, "Text-proto file of the policy")->required();
  check->callback([run] { run(Check); });

  CLI::App* diff = policy->add_subcommand(
      "diff",
      "Compare a file with the policy in force, or two policies; which way each change goes");
  CLI::Option* file = diff->add_option("--file", options->file, "Text-proto file of a policy");
  diff->add_option("--policy", options->id, "id, when --from and --to are versions");
  CLI::Option* from =
      diff->add_option("--from", options->from, "Version or digest; default: the one in force");
  CLI::Option* to = diff->add_option("--to", options->to, "Version or digest")->excludes(file);
  diff->callback([run, file, from, to] {
    if (file->count() + from->count() + to->count() == 0) {
      throw CLI::RequiredError("--file, --from or --to");
    }
    run(Diff);
  });

  CLI::App* propose = policy->add_subcommand("propose", "Sign a policy's text and send it");
  propose->add_option("--file", options->file, "Text-proto file of the policy")->required();
  propose->callback([run] { run(Propose); });

  CLI::App* approve =
      policy->add_subcommand("approve", "Sign what another person of the secretariat proposed");
  AddChoice(*approve, *options);
  approve->add_flag("--yes", options->yes, "Do not ask for confirmation");
  approve->callback([run, options] {
    const bool named = !options->digest.empty() || (!options->id.empty() && options->version != 0);
    if (!named) throw CLI::RequiredError("--policy and --version, or --digest");
    run(Approve);
  });

  CLI::App* show = policy->add_subcommand("show", "Print the policy in force, or another");
  AddChoice(*show, *options);
  show->add_flag("--history", options->history, "Every policy: state, signatures, from when");
  show->callback([run, options] {
    if (!options->history && !options->id.empty() && options->version == 0) {
      throw CLI::RequiredError("--version with --policy");
    }
    run(Show);
  });
}

}  // namespace renkei::hub::cli
