#include "policy/disclosure/rerelease.h"

#include <algorithm>
#include <span>
#include <utility>

#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/interval_audit.h"
#include "policy/disclosure/interval_repair.h"
#include "policy/disclosure/linear_audit.h"
#include "policy/disclosure/system_part.h"

namespace renkei::policy::disclosure {
namespace {

absl::Status Held(const char* message, const char* rule) {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD, message, "",
                         rule,
                         "a later round in which min_contributors members or more bring changes");
}

absl::Status HeldForFewMembers() {
  return Held(
      "too few members have corrected since an earlier release, so every change would be theirs; "
      "the figures stay as published",
      "disclosure.correction_members");
}

absl::Status HeldForShownCell() {
  return Held(
      "what changed since an earlier release could be told from a total or zero that both show; "
      "the figures stay as published",
      "disclosure.correction_delta");
}

absl::Status HeldForIntervals() {
  return Held(
      "together with an earlier release the figures would bound protected counts; the figures stay "
      "as published",
      "disclosure.release_ledger");
}

// Does a protected cell follow from the equations? Every cell is a variable here.
bool HasExact(const CellSystem& system, const std::vector<bool>& hidden) {
  LinearSystem linear;
  std::vector<uint32_t> variable_of(system.cells.size());
  for (uint32_t c = 0; c < system.cells.size(); ++c) {
    if (!hidden[c]) continue;
    variable_of[c] = linear.variables++;
    if (!system.cells[c].is_protected) continue;
    SystemCell cell;
    cell.row = {{variable_of[c], 1}};
    cell.primary = true;
    linear.cells.push_back(std::move(cell));
  }
  for (const Row& equation : system.equations) {
    Row row;
    for (const Term& t : equation) {
      if (hidden[t.variable]) row.push_back({variable_of[t.variable], t.coefficient});
    }
    if (row.empty()) continue;
    std::sort(row.begin(), row.end(),
              [](const Term& a, const Term& b) { return a.variable < b.variable; });
    linear.known.push_back(std::move(row));
  }
  return !ExactPrimaries(linear, std::vector<bool>(linear.cells.size(), true)).empty();
}

// What was hidden stays so, and out of scope what was shown is known for ever.
void KeepHidden(const VersionStack& released, Version* candidate) {
  const std::vector<bool> before = released.HiddenIn(released.versions() - 1);
  const size_t cells = std::min({before.size(), candidate->hidden.size(),
                                 candidate->in_scope.size(), candidate->system.cells.size()});
  for (size_t c = 0; c < cells; ++c) {
    if (!candidate->in_scope[c]) {
      candidate->hidden[c] = before[c];
    } else if (before[c] && candidate->system.cells[c].may_hide) {
      candidate->hidden[c] = true;
    }
  }
}

// A difference from what readers have cannot stay unknown while both are shown.
void HideChanges(VersionStack* stack) {
  for (const VersionStack::Change& change : stack->changes()) {
    const bool may_hide = stack->system().cells[change.newer].may_hide;
    if (may_hide && !stack->hidden()[change.older]) stack->Hide(change.newer);
  }
}

// What the newest version touches, of it what is hidden or may be.
std::vector<uint32_t> Repairable(const VersionStack& stack) {
  std::vector<uint32_t> cells = stack.Touched();
  std::erase_if(cells, [&stack](uint32_t c) {
    return !stack.hidden()[c] && !stack.system().cells[c].may_hide;
  });
  return cells;
}

// Attackers of the stack that are attackers of the part, in the part's order.
std::vector<int32_t> AttackersIn(const VersionStack& stack, const SystemPart& part) {
  std::vector<bool> is_in(stack.system().cells.size(), false);
  for (const uint32_t c : part.cells) is_in[c] = true;
  std::vector<int32_t> attackers;
  for (size_t a = 0; a < stack.attackers().size(); ++a) {
    const std::vector<View>& views = stack.attackers()[a].views;
    const bool knows = std::any_of(views.begin(), views.end(),
                                   [&is_in](const View& view) { return is_in[view.cell]; });
    if (knows) attackers.push_back(static_cast<int32_t>(a));
  }
  return attackers;
}

// Hides until every need is met. Small counts leave a change little room whatever is hidden; less
// is asked of it then, but never nothing: a change must not be computed. False: that cannot be.
bool Repair(VersionStack* stack) {
  while (true) {
    const SystemPart part = SystemParts(stack->system(), stack->attackers()).Of(Repairable(*stack));
    std::vector<bool> hidden;
    for (const uint32_t c : part.cells) hidden.push_back(stack->hidden()[c]);
    MovementPool pool(part.system);
    const IntervalPattern pattern =
        RepairIntervals(part.system, std::move(hidden), part.attackers, &pool);
    if (!pattern.left.empty()) return false;
    for (size_t i = 0; i < part.cells.size(); ++i) {
      if (pattern.hidden[i]) stack->Hide(part.cells[i]);
    }
    // The repair ended with an audit in which every need has a movement that was checked in
    // integers; a cell of which no width is asked may still follow exactly.
    if (pattern.hopeless.empty()) return !HasExact(part.system, pattern.hidden);
    const std::vector<int32_t> attackers = AttackersIn(*stack, part);
    for (Violation violation : pattern.hopeless) {
      violation.need.cell = part.cells[violation.need.cell];
      if (violation.attacker != kPublic) {
        violation.attacker = attackers[static_cast<size_t>(violation.attacker)];
      }
      if (!stack->AskHalf(violation)) return false;
    }
  }
}

}  // namespace

absl::Status CheckCorrections(const VersionStack& released, const Version& candidate) {
  std::vector<std::vector<Correction>> corrections;
  for (size_t v = 1; v < released.versions(); ++v) corrections.push_back(released.CorrectionsOf(v));
  corrections.push_back(candidate.corrections);
  for (size_t older = 0; older < released.versions(); ++older) {
    const std::vector<MemberStep> steps = NetSteps(std::span(corrections).subspan(older));
    if (!steps.empty() && MembersIn(steps) < released.rule().min_members) {
      return HeldForFewMembers();
    }
    bool is_shown = false;
    ForEachCell(steps, [&](uint32_t cell, std::span<const MemberStep> of_cell) {
      if (cell >= candidate.system.cells.size() || candidate.system.cells[cell].may_hide) return;
      const bool is_told = !released.hidden()[released.CellOf(older, cell)] &&
                           IsUnsafeChange(of_cell, released.rule());
      is_shown = is_shown || is_told;
    });
    if (is_shown) return HeldForShownCell();
  }
  return absl::OkStatus();
}

absl::StatusOr<Rereleased> Rerelease(const VersionStack& released, Version candidate) {
  if (released.versions() == 0) {
    return absl::InvalidArgumentError("rerelease: nothing was released before");
  }
  RENKEI_RETURN_IF_ERROR(CheckCorrections(released, candidate));
  KeepHidden(released, &candidate);
  VersionStack stack = released;
  RENKEI_RETURN_IF_ERROR(stack.Add(candidate));
  HideChanges(&stack);

  if (!Repair(&stack)) return HeldForIntervals();
  return Rereleased{stack.HiddenIn(stack.versions() - 1), std::move(stack)};
}

bool VersionsHold(const VersionStack& stack) {
  MovementPool pool(stack.system());
  return AuditIntervals(stack.system(), stack.hidden(), stack.attackers(), &pool).empty() &&
         !HasExact(stack.system(), stack.hidden());
}

}  // namespace renkei::policy::disclosure
