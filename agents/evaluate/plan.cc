#include "agents/evaluate/plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "agents/evaluate/classification_table.h"
#include "policy/base/status.h"
#include "policy/catalogue/decimal.h"
#include "policy/consent/rows.h"

namespace renkei::agents::evaluate {
namespace {

using policy::catalogue::Catalogue;
using policy::catalogue::CodedValue;
using policy::catalogue::CodeList;
using policy::catalogue::ItemColumn;

// The catalogue's check has passed: every name exists and nothing refers to itself.
class Compiler {
 public:
  Compiler(const Catalogue& catalogue, Plan* plan) : catalogue_(catalogue), plan_(*plan) {
    for (const auto& c : catalogue.definitions().condition()) conditions_[c.id()] = &c;
    for (const auto& c : catalogue.definitions().classification()) classifications_[c.id()] = &c;
  }

  // Slot of a condition; equal conditions share one.
  int Compile(const v1::Condition& condition) {
    if (condition.node_case() == v1::Condition::kRef) return CompileRef(condition.ref());
    const std::string key = condition.SerializeAsString();
    if (const auto it = slot_of_.find(key); it != slot_of_.end()) return it->second;
    const int slot = Add(MakeStep(condition));
    slot_of_[key] = slot;
    return slot;
  }

  // The coded classifications that `slot` depends on are used by the family.
  void NoteFamily(int slot, int family) {
    std::set<int> seen;
    NoteFamily(slot, family, &seen);
  }

  // Column positions get their final order; derivations of needed targets join in.
  absl::Status FinishColumns() {
    std::set<int> needed(column_ids_.begin(), column_ids_.end());
    for (const v1::Derivation& derivation : catalogue_.definitions().derivation()) {
      if (!needed.contains(catalogue_.items().ColumnOf(derivation.item()).value())) continue;
      RENKEI_ASSIGN_OR_RETURN(const DerivedColumn derived,
                              DerivedColumn::Make(derivation, catalogue_.items()));
      plan_.derived.push_back(derived);
    }
    for (const DerivedColumn& derived : plan_.derived) {
      needed.insert(derived.first_source());
      if (derived.second_source() >= 0) needed.insert(derived.second_source());
    }
    plan_.columns.assign(needed.begin(), needed.end());
    for (Step& step : plan_.steps) {
      if (step.column >= 0) step.column = PositionOf(column_ids_[static_cast<size_t>(step.column)]);
    }
    return absl::OkStatus();
  }

 private:
  void NoteFamily(int slot, int family, std::set<int>* seen) {
    if (!seen->insert(slot).second) return;
    for (Plan::Coded& coded : plan_.coded) {
      if (coded.slot == slot) coded.families |= uint32_t{1} << family;
    }
    for (const int input : plan_.steps[static_cast<size_t>(slot)].inputs) {
      NoteFamily(input, family, seen);
    }
  }

  int Add(Step step) {
    plan_.steps.push_back(std::move(step));
    return static_cast<int>(plan_.steps.size()) - 1;
  }

  int PositionOf(int item) const {
    return static_cast<int>(std::lower_bound(plan_.columns.begin(), plan_.columns.end(), item) -
                            plan_.columns.begin());
  }

  int ColumnId(const std::string& item) {
    const int id = catalogue_.items().ColumnOf(item).value();
    const auto it = std::find(column_ids_.begin(), column_ids_.end(), id);
    if (it != column_ids_.end()) return static_cast<int>(it - column_ids_.begin());
    column_ids_.push_back(id);
    return static_cast<int>(column_ids_.size()) - 1;
  }

  const ItemColumn& Item(const std::string& item) const {
    return catalogue_.items()
        .columns()[static_cast<size_t>(catalogue_.items().ColumnOf(item).value())];
  }

  int CompileRef(const std::string& id) {
    const v1::NamedCondition& named = *conditions_.at(id);
    return Compile(named.when());
  }

  void CompileParts(const google::protobuf::RepeatedPtrField<v1::Condition>& parts, Step* step) {
    for (const v1::Condition& part : parts) step->inputs.push_back(Compile(part));
  }

  Step MakeStep(const v1::Condition& condition) {
    Step step;
    switch (condition.node_case()) {
      case v1::Condition::kCompare:
        return MakeComparison(condition.compare());
      case v1::Condition::kCode:
        return MakeCodeMatch(condition.code());
      case v1::Condition::kAll:
        step.kind = StepKind::kAll;
        CompileParts(condition.all().of(), &step);
        return step;
      case v1::Condition::kAny:
        step.kind = StepKind::kAny;
        CompileParts(condition.any().of(), &step);
        return step;
      case v1::Condition::kAnyMeasured:
        step.kind = StepKind::kAnyMeasured;
        CompileParts(condition.any_measured().of(), &step);
        return step;
      case v1::Condition::kFirstMeasured:
        step.kind = StepKind::kFirstMeasured;
        CompileParts(condition.first_measured().of(), &step);
        return step;
      case v1::Condition::kNot:
        step.kind = StepKind::kNot;
        step.inputs = {Compile(condition.not_())};
        return step;
      case v1::Condition::kCertain:
        step.kind = StepKind::kCertain;
        step.inputs = {Compile(condition.certain())};
        return step;
      case v1::Condition::kGuarded: {
        step.kind = StepKind::kGuarded;
        const int value = Compile(condition.guarded().value());
        step.inputs = {value, Compile(condition.guarded().invalid_when())};
        return step;
      }
      case v1::Condition::kClass:
        step.kind = StepKind::kClassIs;
        step.inputs = {CompileClassification(condition.class_().classification())};
        step.codes.assign(condition.class_().is().begin(), condition.class_().is().end());
        return step;
      case v1::Condition::kAtLeast:
        step.kind = StepKind::kAtLeast;
        step.at_least = condition.at_least().count();
        CompileParts(condition.at_least().of(), &step);
        return step;
      case v1::Condition::kAge:
        step.kind = StepKind::kAge;
        step.from = condition.age().from();
        step.to = condition.age().to();
        return step;
      case v1::Condition::kFact:
        step.kind = StepKind::kFact;
        step.fact = FactBitOf(condition.fact());
        return step;
      case v1::Condition::kMeasured:
        step.kind = StepKind::kMeasured;
        step.column = ColumnId(condition.measured());
        return step;
      case v1::Condition::kRef:
      case v1::Condition::NODE_NOT_SET:
        break;
    }
    // Not reached after the catalogue's check; a fact that nobody has counts nobody.
    step.kind = StepKind::kFact;
    return step;
  }

  static uint8_t FactBitOf(v1::Fact fact) {
    switch (fact) {
      case v1::FACT_ELIGIBLE:
        return policy::consent::kEligibleBit;
      case v1::FACT_EXAMINED:
        return policy::consent::kExaminedBit;
      case v1::FACT_GUIDANCE_STARTED:
        return policy::consent::kGuidanceStartedBit;
      case v1::FACT_GUIDANCE_COMPLETED:
        return policy::consent::kGuidanceCompletedBit;
      default:
        return 0;
    }
  }

  Step MakeComparison(const v1::Comparison& compare) {
    Step step;
    step.kind = StepKind::kCompare;
    step.column = ColumnId(compare.item());
    const v1::Threshold* threshold = &compare.ge();
    int32_t beyond = 0;  // x > t is x >= t + 1 on integers
    switch (compare.threshold_case()) {
      case v1::Comparison::kGe:
        break;
      case v1::Comparison::kGt:
        threshold = &compare.gt();
        beyond = 1;
        break;
      case v1::Comparison::kLt:
        threshold = &compare.lt();
        step.negated = true;
        break;
      case v1::Comparison::kLe:
        threshold = &compare.le();
        step.negated = true;
        beyond = 1;
        break;
      case v1::Comparison::THRESHOLD_NOT_SET:
        break;
    }
    const int decimals = Item(compare.item()).decimals;
    const auto scaled = [decimals, beyond](const std::string& text) {
      return policy::catalogue::ParseScaled(text, decimals).value() + beyond;
    };
    const bool by_sex = threshold->all().empty();
    step.male = scaled(by_sex ? threshold->male() : threshold->all());
    step.female = scaled(by_sex ? threshold->female() : threshold->all());
    return step;
  }

  Step MakeCodeMatch(const v1::CodeIn& code) {
    Step step;
    step.kind = StepKind::kCode;
    step.column = ColumnId(code.item());
    const std::vector<CodeList>& lists = Item(code.item()).lists;
    step.code_limit = CodedValue(static_cast<int>(lists.size()), 0);
    for (const v1::CodeIn::List& list : code.list()) {
      const auto it = std::find_if(lists.begin(), lists.end(),
                                   [&](const CodeList& known) { return known.oid == list.oid(); });
      const int ordinal = static_cast<int>(it - lists.begin());
      if (list.not_applicable()) step.not_applicable.push_back(ordinal);
      for (const int value : list.code()) step.codes.push_back(CodedValue(ordinal, value));
    }
    return step;
  }

  // Class slot.
  int CompileClassification(const std::string& id) {
    const v1::Classification& classification = *classifications_.at(id);
    if (const auto it = class_slot_.find(id); it != class_slot_.end()) return it->second;
    const int slot = AddClassification(classification);
    class_slot_[id] = slot;
    return slot;
  }

  int AddClassification(const v1::Classification& classification) {
    Step step;
    step.kind = StepKind::kClassify;
    for (const std::string& input : classification.input()) {
      step.inputs.push_back(CompileRef(input));
    }
    step.table = BuildClassTable(classification);
    const int computed = Add(std::move(step));
    if (classification.coded_item().empty()) return computed;
    Step coded;
    coded.kind = StepKind::kPreferCode;
    coded.inputs = {computed};
    coded.column = ColumnId(classification.coded_item());
    coded.table.assign(static_cast<size_t>(CodedValue(1, 0)) + 1, 0);
    coded.table.back() = kNoCode;
    for (const int code : classification.coded_known()) {
      coded.table[static_cast<size_t>(code)] = static_cast<uint8_t>(code);
    }
    for (const v1::ImpossibleCode& impossible : classification.coded_impossible()) {
      coded.impossible.push_back(
          {impossible.code(), impossible.age().from(), impossible.age().to()});
    }
    const int slot = Add(std::move(coded));
    plan_.coded.push_back({classification.id(), slot, 0});
    return slot;
  }

  const Catalogue& catalogue_;
  Plan& plan_;
  absl::flat_hash_map<std::string, const v1::NamedCondition*> conditions_;
  absl::flat_hash_map<std::string, const v1::Classification*> classifications_;
  absl::flat_hash_map<std::string, int> slot_of_;     // by serialised condition
  absl::flat_hash_map<std::string, int> class_slot_;  // by classification id
  std::vector<int> column_ids_;                       // Step::column points here until finished
};

absl::StatusOr<const v1::Measure*> FindMeasure(const Catalogue& catalogue,
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

}  // namespace

absl::StatusOr<Plan> CompilePlan(const Catalogue& catalogue, const policy::tables::Layout& layout) {
  Plan plan{.layout = layout,
            .steps = {},
            .measures = {},
            .groups = {},
            .coded = {},
            .columns = {},
            .derived = {}};
  Compiler compiler(catalogue, &plan);
  const auto& families = catalogue.definitions().family();
  for (const policy::tables::MeasureVersion& wanted : layout.measures()) {
    RENKEI_ASSIGN_OR_RETURN(const v1::Measure* measure,
                            FindMeasure(catalogue, wanted, layout.fiscal_year()));
    Plan::Group group;
    for (int f = 0; f < families.size(); ++f) {
      if (families[f].id() == measure->family()) group.family = f;
    }
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
  RENKEI_RETURN_IF_ERROR(compiler.FinishColumns());
  return plan;
}

}  // namespace renkei::agents::evaluate
