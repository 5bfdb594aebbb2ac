// Which candidates of a stack are hidden, so that nothing of it follows that must not. Inside
// disclosure only. Pure.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/disclosure/ledger_system.h"

namespace renkei::policy::disclosure {

// FAILED_PRECONDITION, reason HELD: what changed could be told from several releases.
absl::Status HeldByLedger();

// Per variable: told by a margin of nobody or of everybody, in earlier releases or among the
// candidates that are not hidden; or nobody can be in it.
std::vector<bool> ToldZeros(const StackedSystem& stack, const std::vector<bool>& hidden);

// Takes out of `rows` what earlier releases tell without any candidate, also by their margins of
// none of the figure.
void LeaveOutTold(const StackedSystem& stack, std::optional<Figure> figure, std::vector<Row>* rows);

// Joins the differences of sets to the others, without what earlier releases tell of them by
// themselves; for a grouping without what they tell of any.
void AddSetDeltas(StackedSystem* stack);

// Hidden flag per candidate of the stack, on top of `hidden`, so that neither a primary of any
// release nor an unsafe difference of two follows. FAILED_PRECONDITION, reason HELD, when hiding
// cannot help.
absl::StatusOr<std::vector<bool>> HideStacked(const StackedSystem& stack, std::vector<bool> hidden);

}  // namespace renkei::policy::disclosure
