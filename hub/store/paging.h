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
// Every release and grouping, ascending by number and without bytes; likewise.
absl::Status ForEachRelease(Snapshot& snapshot,
                            absl::FunctionRef<absl::StatusOr<bool>(const ReleaseRow&)> visit);

}  // namespace renkei::hub::store
