#include "agents/evaluate/plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "agents/evaluate/condition_compiler.h"
#include "policy/base/status.h"

namespace renkei::agents::evaluate {

using policy::catalogue::Catalogue;

absl::StatusOr<const v1::Measure*> MeasureOf(const Catalogue& catalogue,
                                             const policy::tables::MeasureVersion& wanted,
                                             policy::base::FiscalYear year) {
  const v1::Measure* measure = catalogue.FindMeasure(wanted.id);
  if (measure == nullptr || measure->version() != wanted.version) {
    return absl::InvalidArgumentError(
        absl::StrCat("measure ", wanted.id, "@", wanted.version,
                     " is not in this catalogue; hub and agent need the same one"));
  }
  if (!policy::catalogue::IsValidIn(*measure, year.first_year())) {
    return absl::InvalidArgumentError(
        absl::StrCat("measure ", wanted.id, " is not defined for fiscal year ", year.first_year()));
  }
  return measure;
}

int FamilyIndex(const Catalogue& catalogue, const v1::Measure& measure) {
  const auto& families = catalogue.definitions().family();
  int index = -1;
  for (int f = 0; f < families.size(); ++f) {
    if (families[f].id() == measure.family()) index = f;
  }
  return index;
}

absl::StatusOr<Plan> CompilePlan(const Catalogue& catalogue, const policy::tables::Layout& layout) {
  Plan plan(layout);
  ConditionCompiler compiler(catalogue, &plan);
  for (const policy::tables::MeasureVersion& wanted : layout.measures()) {
    RENKEI_ASSIGN_OR_RETURN(const v1::Measure* measure,
                            MeasureOf(catalogue, wanted, layout.fiscal_year()));
    if (measure->has_magnitude()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "measure ", wanted.id, " is a sum over persons; a table of counts has no cell for it"));
    }
    Plan::Group group;
    group.family = FamilyIndex(catalogue, *measure);
    group.population = compiler.Compile(measure->population());
    Plan::Measure compiled;
    compiled.numerator = compiler.Compile(measure->numerator());
    compiler.NoteFamily(group.population, group.family);
    compiler.NoteFamily(compiled.numerator, group.family);
    const auto it = std::find(plan.groups.begin(), plan.groups.end(), group);
    compiled.group = static_cast<int>(it - plan.groups.begin());
    if (it == plan.groups.end()) plan.groups.push_back(group);
    plan.measures.push_back(compiled);
  }
  RENKEI_RETURN_IF_ERROR(compiler.Finish());
  return plan;
}

}  // namespace renkei::agents::evaluate
