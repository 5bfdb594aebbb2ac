#include "hub/cli/policy_words.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "hub/cli/words.h"
#include "policy/rules/decide.h"

namespace renkei::hub::cli {
namespace rules = renkei::policy::rules;

std::string StateText(v1::PolicyState state, const Session& session) {
  switch (state) {
    case v1::POLICY_STATE_PROPOSED:
      return std::string(session.Say("提案中", "proposed"));
    case v1::POLICY_STATE_IN_FORCE:
      return std::string(session.Say("施行中", "in force"));
    case v1::POLICY_STATE_SUPERSEDED:
      return std::string(session.Say("旧版", "superseded"));
    case v1::POLICY_STATE_OVERTAKEN:
      return std::string(session.Say("不採用", "overtaken"));
    default:
      return "?";
  }
}

std::string DirectionText(rules::Direction direction, const Session& session) {
  switch (direction) {
    case rules::Direction::kTightens:
      return std::string(session.Say("厳しくなる", "tightens"));
    case rules::Direction::kLoosens:
      return std::string(session.Say("緩くなる", "loosens"));
    case rules::Direction::kEither:
      return std::string(session.Say("場合により異なる", "either, case by case"));
    case rules::Direction::kNeither:
      return "-";
  }
  return "?";
}

std::string WaitsFor(const v1::PolicyRecord& policy, absl::Time now, const Session& session) {
  if (!policy.two_person()) {
    return std::string(session.Say("一人の署名を待っています", "waits for a person's signature"));
  }
  std::optional<google::protobuf::Timestamp> until;
  for (const v1::PolicyRecord::Signature& signature : policy.signature()) {
    if (!signature.has_envelope()) continue;  // the hub's own
    const absl::Time end = absl::FromUnixSeconds(signature.at().seconds()) + rules::kApprovalWindow;
    if (end < now) continue;
    until.emplace().set_seconds(absl::ToUnixSeconds(end));
  }
  if (!until.has_value()) {
    return std::string(session.Say("二人の署名を待っています(72時間以内に二人とも)",
                                   "waits for two persons' signatures, within 72 hours of each "
                                   "other"));
  }
  return absl::StrCat(session.Say("もう一人の署名を待っています。期限: ",
                                  "waits for another person's signature until "),
                      InstantText(*until));
}

}  // namespace renkei::hub::cli
