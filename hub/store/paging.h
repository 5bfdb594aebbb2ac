// Lists of the store from their first row to the last, page by page.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/store/store.h"

namespace renkei::hub::store {

// Every round, ascending by id, until `visit` answers false. Errors of the store and of `visit`.
absl::Status ForEachRound(Snapshot& snapshot,
                          absl::FunctionRef<absl::StatusOr<bool>(const RoundRow&)> visit);

}  // namespace renkei::hub::store
