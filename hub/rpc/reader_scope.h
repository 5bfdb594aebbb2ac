// Which areas a caller reads releases of, and whether it may be shown one (gates 7-8).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hub/rpc/door.h"
#include "hub/store/store.h"

namespace renkei::hub::rpc {

// Of `areas` those that the caller reads. Secretariat: its own area. Member agent: it takes part in
// a round of the area. Auditor: every area. Linear in the rounds of the hub.
absl::StatusOr<std::set<std::string>> AreasInScope(store::Snapshot& snapshot, const Caller& caller,
                                                   const std::vector<std::string>& areas);
absl::StatusOr<bool> InScope(store::Snapshot& snapshot, const Caller& caller,
                             absl::string_view area_code);

// OK, or the refusal of rules::DecideShow.
absl::Status DecideShow(const Caller& caller, bool in_scope, bool released);

}  // namespace renkei::hub::rpc
