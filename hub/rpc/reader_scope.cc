#include "hub/rpc/reader_scope.h"

#include <algorithm>

#include "hub/rounds/open.h"
#include "hub/store/paging.h"
#include "policy/base/status.h"
#include "policy/rules/decide.h"

namespace renkei::hub::rpc {
namespace rules = renkei::policy::rules;

absl::StatusOr<std::set<std::string>> AreasInScope(store::Snapshot& snapshot, const Caller& caller,
                                                   const std::vector<std::string>& areas) {
  std::set<std::string> in_scope;
  if (caller.identity.role != v1::ROLE_MEMBER_AGENT) {
    for (const std::string& area : areas) {
      if (CheckArea(caller, area).ok()) in_scope.insert(area);
    }
    return in_scope;
  }
  std::set<std::string> open(areas.begin(), areas.end());
  RENKEI_RETURN_IF_ERROR(
      store::ForEachRound(snapshot, [&](const store::RoundRow& row) -> absl::StatusOr<bool> {
        if (open.count(row.area_code) == 0) return true;
        RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor descriptor, rounds::DescriptorOf(row));
        if (std::find(descriptor.member().begin(), descriptor.member().end(),
                      caller.identity.member_id.value()) != descriptor.member().end()) {
          in_scope.insert(row.area_code);
          open.erase(row.area_code);
        }
        return !open.empty();
      }));
  return in_scope;
}

absl::StatusOr<bool> InScope(store::Snapshot& snapshot, const Caller& caller,
                             absl::string_view area_code) {
  RENKEI_ASSIGN_OR_RETURN(const std::set<std::string> in_scope,
                          AreasInScope(snapshot, caller, {std::string(area_code)}));
  return !in_scope.empty();
}

absl::Status DecideShow(const Caller& caller, bool in_scope, bool released) {
  return rules::ToStatus(rules::DecideShow(
      {.role = caller.identity.role, .in_scope = in_scope, .released = released}));
}

}  // namespace renkei::hub::rpc
