#include "policy/disclosure/stacked_hiding.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/complementary.h"
#include "policy/disclosure/linear_audit.h"

namespace renkei::policy::disclosure {
namespace {

Row Without(const Row& row, const std::vector<bool>& drops) {
  Row out;
  for (const Term& t : row) {
    if (!drops[t.variable]) out.push_back(t);
  }
  return out;
}

// The stack as one reader has it. `drops`: variables that he knows and that are left out of every
// row; `told`: those that he has concluded; `rows`: what must not follow beside the candidates'
// primaries, which count with `protects_cells`.
LinearSystem SystemOf(const StackedSystem& stack, const std::vector<Row>& rows, bool protects_cells,
                      const std::vector<bool>& drops, const std::vector<bool>& told,
                      const std::vector<bool>& hidden) {
  LinearSystem system;
  system.variables = stack.variables;
  const auto reduced = [&](const Row& row) { return Without(row, drops); };
  const auto add_known = [&](Row row) {
    if (!row.empty()) system.known.push_back(std::move(row));
  };
  for (uint32_t v = 0; v < told.size(); ++v) {
    if (told[v]) add_known(reduced({{v, 1}}));
  }
  for (const Row& row : stack.equations) add_known(reduced(row));
  for (const StackedSystem::Shown& shown : stack.earlier) add_known(reduced(shown.row));
  for (size_t c = 0; c < stack.candidates.size(); ++c) {
    SystemCell cell = stack.candidates[c].cell;
    cell.row = reduced(cell.row);
    cell.primary = protects_cells && cell.primary && !cell.row.empty();
    cell.preset_hidden = hidden[c];
    system.cells.push_back(std::move(cell));
  }
  for (const Row& row : rows) {
    SystemCell cell;
    cell.row = reduced(row);
    cell.primary = !cell.row.empty();
    cell.publishable = false;
    system.cells.push_back(std::move(cell));
  }
  return system;
}

// Who must not compute a primary: what he knows of inner counts, with the candidates and by earlier
// releases alone, and by his own changes.
struct Reader {
  const std::vector<bool>* now;
  const std::vector<bool>* before;
  const std::vector<Row>* own_changes;
};

LinearSystem CellSystem(const StackedSystem& stack, const std::vector<bool>& drops,
                        const std::vector<Row>& own_changes, const std::vector<bool>& hidden) {
  std::vector<Row> rows = stack.primaries;
  rows.insert(rows.end(), stack.set_primaries.begin(), stack.set_primaries.end());
  LinearSystem system = SystemOf(stack, rows, true, drops, {}, hidden);
  for (const Row& row : own_changes) {
    Row known = Without(row, drops);
    if (!known.empty()) system.known.push_back(std::move(known));
  }
  return system;
}

// Inner counts that a shown margin of none of the figure tells.
std::vector<bool> ToldBy(const StackedSystem& stack, Figure figure,
                         const std::vector<bool>& hidden) {
  std::vector<bool> told(stack.variables);
  const auto tell = [&](const Row& row) {
    for (const Term& t : row) told[t.variable] = true;
  };
  for (const StackedSystem::Shown& shown : stack.earlier) {
    if (FigureOf(shown.count, figure) == 0) tell(shown.row);
  }
  for (size_t c = 0; c < stack.candidates.size(); ++c) {
    const StackedSystem::Candidate& candidate = stack.candidates[c];
    if (!hidden[c] && FigureOf(candidate.count, figure) == 0) tell(candidate.cell.row);
  }
  return told;
}

LinearSystem DeltaSystem(const StackedSystem& stack, Figure figure,
                         const std::vector<bool>& told_by, const std::vector<bool>& hidden) {
  return SystemOf(stack, stack.deltas_of[static_cast<size_t>(figure)], false, stack.nobody,
                  ToldBy(stack, figure, told_by), hidden);
}

std::vector<bool> Extended(std::vector<bool> hidden, const LinearSystem& system) {
  hidden.resize(system.cells.size(), true);
  return hidden;
}

absl::StatusOr<std::vector<bool>> Complemented(const StackedSystem& stack,
                                               const LinearSystem& system) {
  RENKEI_ASSIGN_OR_RETURN(std::vector<bool> hidden, SuppressComplementary(system));
  hidden.resize(stack.candidates.size());
  return hidden;
}

// Hides the margins that tell what a difference consists of; other cells where there are none.
absl::StatusOr<std::vector<bool>> HideTold(const StackedSystem& stack, Figure figure,
                                           std::vector<bool> hidden) {
  // By what earlier releases have told already, one pass; then by what the candidate tells.
  const std::vector<bool> none(hidden.size(), true);
  RENKEI_ASSIGN_OR_RETURN(hidden, Complemented(stack, DeltaSystem(stack, figure, none, hidden)));
  while (true) {
    const LinearSystem system = DeltaSystem(stack, figure, hidden, hidden);
    const std::vector<uint32_t> exact = ExactPrimaries(system, Extended(hidden, system));
    if (exact.empty()) return hidden;
    std::vector<bool> is_in(stack.variables);
    for (const uint32_t e : exact) {
      for (const Term& t : system.cells[e].row) is_in[t.variable] = true;
    }
    bool hid_more = false;
    for (size_t c = 0; c < stack.candidates.size(); ++c) {
      const Row& row = stack.candidates[c].cell.row;
      const bool tells =
          !hidden[c] && FigureOf(stack.candidates[c].count, figure) == 0 &&
          std::any_of(row.begin(), row.end(), [&](const Term& t) { return is_in[t.variable]; });
      if (!tells) continue;
      hidden[c] = true;
      hid_more = true;
    }
    if (hid_more) continue;
    RENKEI_ASSIGN_OR_RETURN(hidden, HideUntilClean(system, Extended(hidden, system)));
    hidden.resize(stack.candidates.size());
  }
}

// Of the primaries that follow those that the candidates tell: what earlier releases and the
// equations tell without them, no hiding takes back (it is hidden, and no reason to hold).
absl::StatusOr<std::vector<bool>> HideFrom(const Reader& reader, const StackedSystem& stack,
                                           std::vector<bool> hidden) {
  LinearSystem system = CellSystem(stack, *reader.now, *reader.own_changes, hidden);
  const std::vector<uint32_t> exact = ExactPrimaries(system, Extended(hidden, system));
  if (exact.empty()) return hidden;
  const LinearSystem before = CellSystem(stack, *reader.before, *reader.own_changes, hidden);
  for (const uint32_t c : ExactPrimaries(before, std::vector<bool>(before.cells.size(), true))) {
    system.cells[c].primary = false;
  }
  const bool is_clean = std::none_of(exact.begin(), exact.end(),
                                     [&](uint32_t c) { return bool{system.cells[c].primary}; });
  return is_clean ? std::move(hidden) : Complemented(stack, system);
}

}  // namespace

absl::Status HeldByLedger() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "what changed since an earlier release of the area and year could be told "
                         "from the two; the figures stay as published",
                         "", "disclosure.release_ledger",
                         "a later round in which min_contributors members or more bring changes");
}

std::vector<bool> ToldZeros(const StackedSystem& stack, const std::vector<bool>& hidden) {
  std::vector<bool> told = stack.known_empty;
  for (const Figure figure : {Figure::kWith, Figure::kWithout}) {
    const std::vector<bool> by_figure = ToldBy(stack, figure, hidden);
    for (size_t v = 0; v < told.size(); ++v) told[v] = told[v] || by_figure[v];
  }
  return told;
}

void LeaveOutTold(const StackedSystem& stack, std::optional<Figure> figure,
                  std::vector<Row>* rows) {
  if (rows->empty()) return;
  const size_t first = stack.candidates.size();
  const std::vector<bool> hidden(first, true);
  const std::vector<bool> told =
      figure.has_value() ? ToldBy(stack, *figure, hidden) : std::vector<bool>();
  const LinearSystem system = SystemOf(stack, *rows, false, stack.nobody, told, hidden);
  const std::vector<uint32_t> exact = ExactPrimaries(system, Extended(hidden, system));
  for (auto c = exact.rbegin(); c != exact.rend(); ++c) {
    if (*c >= first) rows->erase(rows->begin() + static_cast<std::ptrdiff_t>(*c - first));
  }
}

void AddSetDeltas(StackedSystem* stack) {
  const auto add = [&](std::vector<Row>* more, std::vector<Row>* to, std::optional<Figure> figure) {
    if (stack->is_grouping) LeaveOutTold(*stack, figure, to);
    LeaveOutTold(*stack, figure, more);
    to->insert(to->end(), more->begin(), more->end());
    more->clear();
  };
  add(&stack->set_deltas, &stack->deltas, std::nullopt);
  for (const Figure figure : kFigures) {
    const auto f = static_cast<size_t>(figure);
    add(&stack->set_deltas_of[f], &stack->deltas_of[f], figure);
  }
}

absl::StatusOr<std::vector<bool>> HideStacked(const StackedSystem& stack,
                                              std::vector<bool> hidden) {
  if (!stack.deltas.empty()) {
    RENKEI_ASSIGN_OR_RETURN(hidden, Complemented(stack, SystemOf(stack, stack.deltas, false,
                                                                 stack.nobody, {}, hidden)));
  }
  const bool has_cells =
      !stack.primaries.empty() || !stack.set_primaries.empty() ||
      std::any_of(stack.candidates.begin(), stack.candidates.end(),
                  [](const StackedSystem::Candidate& c) { return c.cell.primary; });
  if (has_cells) {
    const std::vector<bool> nothing_shown(stack.candidates.size(), true);
    const std::vector<bool> told_now = ToldZeros(stack, hidden);
    const std::vector<bool> told_before = ToldZeros(stack, nothing_shown);
    const std::vector<Row> nothing;
    std::vector<const std::vector<Row>*> knows = {&nothing};
    for (const OwnChanges& of_member : stack.own_changes) knows.push_back(&of_member.rows);
    for (const std::vector<Row>* own : knows) {
      std::vector<Reader> readers = {{&stack.known_zeros, &stack.known_zeros, own},
                                     {&stack.known_empty, &stack.known_empty, own}};
      if (!stack.set_primaries.empty() || stack.is_grouping) {
        readers.push_back({&told_now, &told_before, own});
      }
      for (const Reader& reader : readers) {
        RENKEI_ASSIGN_OR_RETURN(hidden, HideFrom(reader, stack, std::move(hidden)));
      }
    }
  }
  for (const Figure figure : kFigures) {
    if (stack.deltas_of[static_cast<size_t>(figure)].empty()) continue;
    RENKEI_ASSIGN_OR_RETURN(hidden, HideTold(stack, figure, std::move(hidden)));
  }
  return hidden;
}

}  // namespace renkei::policy::disclosure
