#include "agents/evaluate/clause_counts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "agents/evaluate/chunk.h"
#include "agents/evaluate/condition_compiler.h"
#include "agents/evaluate/plan.h"
#include "policy/base/status.h"

namespace renkei::agents::evaluate {

struct ClausePlan {
  explicit ClausePlan(policy::tables::Layout layout) : plan(std::move(layout)) {}
  Plan plan;
  int family = -1;
  int numerator = -1;  // slot; -1: a magnitude
  std::vector<v1::Condition> clauses;
  std::vector<int> clause_slots;
  std::vector<v1::Condition> parts;
  std::vector<int> part_slots;
};

namespace {

using policy::catalogue::Catalogue;
using policy::consent::ConsentedRows;

// A named condition that is itself an AND falls apart into its parts; its definition is followed.
void SplitClauses(const v1::Condition& condition, const Catalogue& catalogue,
                  std::vector<v1::Condition>* out) {
  if (condition.has_all()) {
    for (const v1::Condition& part : condition.all().of()) SplitClauses(part, catalogue, out);
    return;
  }
  if (condition.has_ref()) {
    for (const v1::NamedCondition& named : catalogue.definitions().condition()) {
      if (named.id() == condition.ref() && named.when().has_all()) {
        return SplitClauses(named.when(), catalogue, out);
      }
    }
  }
  out->push_back(condition);
}

std::vector<v1::Condition> PartsOf(const v1::Condition& numerator, const Catalogue& catalogue) {
  const v1::Condition* condition = &numerator;
  for (const v1::NamedCondition& named : catalogue.definitions().condition()) {
    if (numerator.has_ref() && named.id() == numerator.ref()) condition = &named.when();
  }
  const auto list = [](const v1::ConditionList& of) {
    return std::vector<v1::Condition>(of.of().begin(), of.of().end());
  };
  switch (condition->node_case()) {
    case v1::Condition::kAny:
      return list(condition->any());
    case v1::Condition::kAll:
      return list(condition->all());
    case v1::Condition::kAnyMeasured:
      return list(condition->any_measured());
    case v1::Condition::kFirstMeasured:
      return list(condition->first_measured());
    default:
      return {};
  }
}

}  // namespace

absl::StatusOr<ClauseProgram> ClauseProgram::Compile(const Catalogue& catalogue,
                                                     const std::string& measure,
                                                     policy::base::FiscalYear year) {
  const v1::Measure* found = catalogue.FindMeasure(measure);
  if (found == nullptr) {
    return absl::NotFoundError(absl::StrCat("no measure is named '", measure, "'"));
  }
  const policy::tables::MeasureVersion version{found->id(), found->version()};
  RENKEI_RETURN_IF_ERROR(MeasureOf(catalogue, version, year).status());
  // Any area: everybody has geography 0.
  RENKEI_ASSIGN_OR_RETURN(policy::tables::Layout layout,
                          policy::tables::Layout::Make("0000", year, {version}, {}));
  auto plan = std::make_shared<ClausePlan>(std::move(layout));
  ConditionCompiler compiler(catalogue, &plan->plan);
  plan->family = FamilyIndex(catalogue, *found);
  SplitClauses(found->population(), catalogue, &plan->clauses);
  for (const v1::Condition& clause : plan->clauses) {
    plan->clause_slots.push_back(compiler.Compile(clause));
  }
  if (!found->has_magnitude()) {
    plan->numerator = compiler.Compile(found->numerator());
    plan->parts = PartsOf(found->numerator(), catalogue);
    for (const v1::Condition& part : plan->parts) {
      plan->part_slots.push_back(compiler.Compile(part));
    }
  }
  RENKEI_RETURN_IF_ERROR(compiler.Finish());
  return ClauseProgram(std::move(plan));
}

const std::vector<v1::Condition>& ClauseProgram::clauses() const { return plan_->clauses; }
const std::vector<v1::Condition>& ClauseProgram::parts() const { return plan_->parts; }
const std::vector<int>& ClauseProgram::needed_columns() const { return plan_->plan.columns.items; }
const std::vector<int>& ClauseProgram::previous_columns() const {
  return plan_->plan.previous.items;
}
bool ClauseProgram::reads_previous() const { return plan_->plan.reads_previous; }
bool ClauseProgram::reads_attendance() const { return plan_->plan.reads_attendance; }
const std::vector<policy::catalogue::Amount>& ClauseProgram::amounts() const {
  return plan_->plan.amounts;
}

ClauseCounts ClauseProgram::None() const {
  ClauseCounts none;
  none.removed.resize(plan_->clauses.size());
  none.part_true.resize(plan_->parts.size());
  return none;
}

void ClauseProgram::Add(const ConsentedRows& rows, ClauseCounts* counts) const {
  const ClausePlan& plan = *plan_;
  const size_t total = std::min(CompleteRows(rows.rows()), rows.families().size());
  Chunk chunk(plan.plan);
  for (size_t begin = 0; begin < total; begin += kChunkRows) {
    chunk.Run(rows.rows(), begin, std::min(kChunkRows, total - begin));
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (chunk.counted()[i] == 0) continue;
      ++counts->persons;
      if (!rows.Permits(begin + i, plan.family)) {
        ++counts->not_permitted;
        continue;
      }
      const auto removing = std::find_if(plan.clause_slots.begin(), plan.clause_slots.end(),
                                         [&](int slot) { return chunk.slot(slot)[i] != kTrue; });
      if (removing != plan.clause_slots.end()) {
        ++counts->removed[static_cast<size_t>(removing - plan.clause_slots.begin())];
        continue;
      }
      if (plan.numerator >= 0 && chunk.slot(plan.numerator)[i] == kUnknown) {
        ++counts->undecided;
        continue;
      }
      ++counts->n;
      if (plan.numerator >= 0 && chunk.slot(plan.numerator)[i] == kTrue) ++counts->k;
      for (size_t p = 0; p < plan.part_slots.size(); ++p) {
        if (chunk.slot(plan.part_slots[p])[i] == kTrue) ++counts->part_true[p];
      }
    }
  }
}

}  // namespace renkei::agents::evaluate
