#include "policy/disclosure/version_changes.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

namespace renkei::policy::disclosure {

std::vector<MemberStep> NetSteps(std::span<const std::vector<Correction>> corrections) {
  std::vector<MemberStep> all;
  for (const std::vector<Correction>& of_version : corrections) {
    for (const Correction& correction : of_version) {
      for (const Step& step : correction.steps) {
        all.push_back({step.cell, correction.member, step.delta});
      }
    }
  }
  std::sort(all.begin(), all.end(), [](const MemberStep& a, const MemberStep& b) {
    return std::tie(a.cell, a.member) < std::tie(b.cell, b.member);
  });
  std::vector<MemberStep> net;
  for (const MemberStep& step : all) {
    const bool is_more =
        !net.empty() && net.back().cell == step.cell && net.back().member == step.member;
    if (is_more) {
      net.back().delta += step.delta;
    } else {
      net.push_back(step);
    }
  }
  std::erase_if(net, [](const MemberStep& step) { return step.delta == 0; });
  return net;
}

int64_t MembersIn(std::span<const MemberStep> steps) {
  std::set<uint32_t> members;
  for (const MemberStep& step : steps) members.insert(step.member);
  return static_cast<int64_t>(members.size());
}

bool IsUnsafeChange(std::span<const MemberStep> of_cell, const ChangeRule& rule) {
  const auto is_few = [&rule](int64_t change) {
    return change != 0 && std::abs(change) < rule.min_cell;
  };
  int64_t total = 0;
  for (const MemberStep& step : of_cell) total += step.delta;
  if (is_few(total) || (total != 0 && std::ssize(of_cell) < rule.min_members)) return true;
  return std::any_of(of_cell.begin(), of_cell.end(),
                     [&](const MemberStep& own) { return is_few(total - own.delta); });
}

}  // namespace renkei::policy::disclosure
