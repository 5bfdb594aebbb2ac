#include "policy/disclosure/ledger_pattern.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/complementary.h"
#include "policy/disclosure/delta_rests.h"
#include "policy/disclosure/denominators.h"
#include "policy/disclosure/ledger_rests.h"
#include "policy/disclosure/linear_audit.h"

namespace renkei::policy::disclosure {
namespace {

absl::Status Held() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "what changed since an earlier release of the area and year could be told "
                         "from the two; the figures stay as published",
                         "", "disclosure.release_ledger",
                         "a later round in which min_contributors members or more bring changes");
}

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
    if (cell.primary) system.cells.push_back(std::move(cell));
  }
  return system;
}

// Who must not compute a primary: what he knows without being told, and by his own changes.
struct Reader {
  const std::vector<bool>* drops;
  const std::vector<Row>* own_changes;
};

LinearSystem CellSystem(const StackedSystem& stack, const Reader& reader,
                        const std::vector<bool>& hidden) {
  LinearSystem system = SystemOf(stack, stack.primaries, true, *reader.drops, {}, hidden);
  for (const Row& row : *reader.own_changes) {
    Row known = Without(row, *reader.drops);
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

// Of the primaries that follow those that the candidate tells: what earlier releases and the
// equations tell without it, no hiding takes back (it is hidden, and no reason to hold).
void LeaveOutWhatIsTold(const std::vector<uint32_t>& exact, LinearSystem* system) {
  if (exact.empty()) return;
  for (const uint32_t c : ExactPrimaries(*system, std::vector<bool>(system->cells.size(), true))) {
    system->cells[c].primary = false;
  }
}

absl::StatusOr<std::vector<bool>> HideFrom(const Reader& reader, const StackedSystem& stack,
                                           std::vector<bool> hidden) {
  LinearSystem system = CellSystem(stack, reader, hidden);
  const std::vector<uint32_t> exact = ExactPrimaries(system, Extended(hidden, system));
  LeaveOutWhatIsTold(exact, &system);
  const bool is_clean = std::none_of(exact.begin(), exact.end(),
                                     [&](uint32_t c) { return bool{system.cells[c].primary}; });
  return is_clean ? std::move(hidden) : Complemented(stack, system);
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

std::shared_ptr<const ProtectRequest> Sorted(const ProtectRequest& request) {
  auto sorted = std::make_shared<ProtectRequest>(request);
  sorted->earlier.clear();
  std::sort(sorted->contributions.begin(), sorted->contributions.end(),
            [](const auto& a, const auto& b) { return a.member < b.member; });
  return sorted;
}

std::vector<bool> FlagsOf(const StackedSystem& stack, const Pattern& hidden) {
  std::vector<bool> flags;
  for (const StackedSystem::Candidate& c : stack.candidates) {
    flags.push_back(hidden[c.measure][c.index]);
  }
  return flags;
}

absl::Status HideIn(const StackedSystem& stack, Pattern* hidden) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<bool> flags,
                          HideStacked(stack, FlagsOf(stack, *hidden)));
  for (size_t i = 0; i < flags.size(); ++i) {
    const StackedSystem::Candidate& c = stack.candidates[i];
    if (flags[i]) (*hidden)[c.measure][c.index] = true;
  }
  return absl::OkStatus();
}

constexpr size_t kTotal = CellIndex(0, kSexGroups.size() - 1, kAgeGroups.size() - 1);

}  // namespace

absl::StatusOr<std::vector<bool>> HideStacked(const StackedSystem& stack,
                                              std::vector<bool> hidden) {
  if (!stack.deltas.empty()) {
    RENKEI_ASSIGN_OR_RETURN(hidden, Complemented(stack, SystemOf(stack, stack.deltas, false,
                                                                 stack.nobody, {}, hidden)));
  }
  const bool has_cells =
      !stack.primaries.empty() ||
      std::any_of(stack.candidates.begin(), stack.candidates.end(),
                  [](const StackedSystem::Candidate& c) { return c.cell.primary; });
  if (has_cells) {
    const std::vector<Row> nothing;
    std::vector<const std::vector<Row>*> knows = {&nothing};
    for (const std::vector<Row>& of_member : stack.own_changes) knows.push_back(&of_member);
    for (const std::vector<Row>* own_changes : knows) {
      for (const std::vector<bool>* drops : {&stack.known_zeros, &stack.known_empty}) {
        RENKEI_ASSIGN_OR_RETURN(hidden, HideFrom({drops, own_changes}, stack, std::move(hidden)));
      }
    }
  }
  for (const Figure figure : kFigures) {
    if (stack.deltas_of[static_cast<size_t>(figure)].empty()) continue;
    RENKEI_ASSIGN_OR_RETURN(hidden, HideTold(stack, figure, std::move(hidden)));
  }
  return hidden;
}

absl::StatusOr<LedgerPattern> LedgerPattern::Make(const ProtectRequest& request,
                                                  const TableShape& shape,
                                                  std::span<const uint8_t> table_key) {
  LedgerPattern out;
  out.shape_ = shape;
  if (request.earlier.empty()) return out;
  RENKEI_RETURN_IF_ERROR(CheckAgainstLedger(request));
  for (const auto& earlier : request.earlier) {
    out.owned_.push_back(Sorted(earlier->inputs));
    out.shown_.push_back(earlier->shown);
  }
  out.owned_.push_back(Sorted(request));
  for (const auto& owned : out.owned_) out.releases_.push_back(owned.get());
  for (const std::set<std::string>& group : LinkedGroups(out.releases_)) {
    Group made;
    RENKEI_ASSIGN_OR_RETURN(made.views, ViewsOf(out.releases_, shape, group));
    made.stack = Stack(out.releases_, out.shown_, made.views, shape, table_key);
    out.groups_.push_back(std::move(made));
  }
  std::vector<DenominatorGroup> groups;
  for (const Group& group : out.groups_) groups.push_back({&group.views, &group.stack});
  RENKEI_ASSIGN_OR_RETURN(out.denominators_,
                          StackDenominators(out.releases_, out.shown_, groups, shape));
  return out;
}

bool LedgerPattern::WasShown(size_t release, const std::string& measure, size_t cell) const {
  const auto& measures = releases_[release]->layout->measures();
  for (size_t m = 0; m < measures.size(); ++m) {
    if (measures[m].id == measure) return shown_[release][m][cell];
  }
  return false;
}

void LedgerPattern::KeepHiddenOf(const LedgerView& newest, size_t measure, const Group& group,
                                 Pattern* hidden) const {
  const std::string& id = releases_.back()->layout->measures()[measure].id;
  const int now = newest.MeasureIndex(id);
  if (now < 0) return;
  for (auto view = group.views.rbegin(); view != group.views.rend(); ++view) {
    const int then = view->MeasureIndex(id);
    if (view->release + 1 == releases_.size() || then < 0 ||
        view->made_by[static_cast<size_t>(then)] != view->release) {
      continue;
    }
    const auto& was = view->judgements[static_cast<size_t>(then)];
    const auto& is = newest.judgements[static_cast<size_t>(now)];
    const bool same =
        IsUnchanged(*releases_[view->release], *releases_.back(), id) &&
        std::equal(was.begin(), was.end(), is.begin(), is.end(),
                   [](const auto& a, const auto& b) { return a.reasons == b.reasons; });
    if (!same) return;
    // What the layout or a cap of then withheld was not hidden for its counts.
    rules::WithheldLevels withheld = releases_[view->release]->withheld;
    withheld.Add(view->family.capped);
    std::vector<bool>& flags = (*hidden)[measure];
    for (size_t c = 0; c < flags.size(); ++c) {
      if (!WasShown(view->release, id, c) && !withheld.Withholds(GrainOf(shape_, c))) {
        flags[c] = true;
      }
    }
    return;
  }
}

void LedgerPattern::KeepHidden(Pattern* hidden) const {
  for (const Group& group : groups_) {
    for (size_t m = 0; m < hidden->size(); ++m) {
      KeepHiddenOf(group.views.back(), m, group, hidden);
    }
  }
}

// What relations hide together when the two measures are of different releases.
absl::Status LedgerPattern::HideTogether(const LedgerView& newest, Pattern* hidden) const {
  const auto& measures = newest.request->layout->measures();
  const auto in_candidate = [&](int measure) {
    const auto& own = releases_.back()->layout->measures();
    const std::string& id = measures[static_cast<size_t>(measure)].id;
    const auto at = std::find_if(own.begin(), own.end(), [&](const auto& m) { return m.id == id; });
    return at == own.end() ? -1 : static_cast<int>(at - own.begin());
  };
  for (const auto& tie : newest.family.ties) {
    const int from = in_candidate(tie.from);
    const int to = in_candidate(tie.to);
    if ((from < 0) == (to < 0)) continue;  // of one release: protect.cc, now or then
    const int carried = from < 0 ? tie.from : tie.to;
    const auto m = static_cast<size_t>(carried);
    for (size_t c = 0; c < hidden->front().size(); ++c) {
      const bool carried_shown = WasShown(newest.made_by[m], measures[m].id, c);
      if (from < 0 && !carried_shown) (*hidden)[static_cast<size_t>(to)][c] = true;
      if (from >= 0 && carried_shown && (*hidden)[static_cast<size_t>(from)][c]) return Held();
    }
  }
  return absl::OkStatus();
}

// A pattern decides which changes follow, and so what they leave.
absl::Status LedgerPattern::HideGroup(Group* group, Pattern* hidden) const {
  const DeltaRests of_changes(group->views, shape_, group->stack);
  const LedgerRests of_cells(group->views, shape_, group->stack);
  const auto add = [](std::vector<Row> found, std::vector<Row>* rows) {
    const size_t known = rows->size();
    for (Row& rest : found) {
      const bool is_new = std::find(rows->begin(), rows->end(), rest) == rows->end();
      if (is_new) rows->push_back(std::move(rest));
    }
    return rows->size() > known;
  };
  for (bool has_more = true; has_more;) {
    RENKEI_RETURN_IF_ERROR(HideIn(group->stack, hidden));
    const std::vector<bool> flags = FlagsOf(group->stack, *hidden);
    has_more = add(of_changes.Find(flags), &group->stack.deltas);
    has_more |= add(of_cells.Find(flags), &group->stack.primaries);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LedgerPattern::Hide(Pattern* hidden) {
  if (groups_.empty()) return false;
  if (alone_.empty()) alone_ = *hidden;
  const Pattern before = *hidden;
  for (Group& group : groups_) {
    RENKEI_RETURN_IF_ERROR(HideTogether(group.views.back(), hidden));
    if (group.stack.earlier.empty()) continue;  // never released: protected by itself
    RENKEI_RETURN_IF_ERROR(HideGroup(&group, hidden));
  }
  RENKEI_RETURN_IF_ERROR(HideIn(denominators_, hidden));
  for (size_t m = 0; m < hidden->size(); ++m) {
    if (!(*hidden)[m][kTotal] || alone_[m][kTotal]) continue;
    const std::string& id = releases_.back()->layout->measures()[m].id;
    for (size_t r = 0; r + 1 < releases_.size(); ++r) {
      if (WasShown(r, id, kTotal)) return Held();
    }
  }
  return *hidden != before;
}

}  // namespace renkei::policy::disclosure
