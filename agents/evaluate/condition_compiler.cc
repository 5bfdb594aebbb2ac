#include "agents/evaluate/condition_compiler.h"

#include <algorithm>

#include "agents/evaluate/classification_table.h"
#include "policy/base/status.h"
#include "policy/catalogue/amount_rule.h"
#include "policy/catalogue/decimal.h"
#include "policy/consent/rows.h"

namespace renkei::agents::evaluate {

using policy::catalogue::Catalogue;
using policy::catalogue::CodedValue;
using policy::catalogue::CodeList;

namespace {

uint8_t FactBitOf(v1::Fact fact) {
  switch (fact) {
    case v1::FACT_ELIGIBLE:
      return policy::consent::kEligibleBit;
    case v1::FACT_EXAMINED:
      return policy::consent::kExaminedBit;
    case v1::FACT_GUIDANCE_STARTED:
      return policy::consent::kGuidanceStartedBit;
    case v1::FACT_GUIDANCE_COMPLETED:
      return policy::consent::kGuidanceCompletedBit;
    case v1::FACT_INSURED_APRIL_1:
      return policy::consent::kInsuredApril1Bit;
    case v1::FACT_ON_ROSTER:
      return policy::consent::kOnRosterBit;
    default:
      return 0;
  }
}

}  // namespace

ConditionCompiler::ConditionCompiler(const Catalogue& catalogue, Plan* plan)
    : catalogue_(catalogue), plan_(*plan) {
  for (const auto& c : catalogue.definitions().condition()) conditions_[c.id()] = &c;
  for (const auto& c : catalogue.definitions().classification()) classifications_[c.id()] = &c;
}

int ConditionCompiler::Compile(const v1::Condition& condition) {
  if (condition.node_case() == v1::Condition::kRef) return CompileRef(condition.ref());
  if (condition.node_case() == v1::Condition::kPrevious) {
    plan_.reads_previous = true;
    in_previous_ = true;
    const int slot = Compile(condition.previous());
    in_previous_ = false;
    return slot;
  }
  const std::string key = condition.SerializeAsString();
  if (const auto it = year().slot_of.find(key); it != year().slot_of.end()) return it->second;
  const int slot = Add(MakeStep(condition));
  year().slot_of[key] = slot;
  return slot;
}

int ConditionCompiler::AmountIndex(const v1::Amount& amount) {
  const policy::catalogue::Amount wanted = policy::catalogue::AmountFrom(amount);
  const auto it = std::find(plan_.amounts.begin(), plan_.amounts.end(), wanted);
  const int index = static_cast<int>(it - plan_.amounts.begin());
  if (it == plan_.amounts.end()) plan_.amounts.push_back(wanted);
  return index;
}

void ConditionCompiler::NoteFamily(int slot, int family) {
  std::set<int> seen;
  NoteFamily(slot, family, &seen);
}

void ConditionCompiler::NoteFamily(int slot, int family, std::set<int>* seen) {
  if (!seen->insert(slot).second) return;
  for (Plan::Coded& coded : plan_.coded) {
    if (coded.slot == slot) coded.families |= uint32_t{1} << family;
  }
  for (const int input : plan_.steps[static_cast<size_t>(slot)].inputs) {
    NoteFamily(input, family, seen);
  }
}

absl::Status ConditionCompiler::FinishYear(const Year& year, PlanColumns* columns) {
  std::set<int> needed(year.column_ids.begin(), year.column_ids.end());
  for (const v1::Derivation& derivation : catalogue_.definitions().derivation()) {
    if (!needed.contains(catalogue_.items().ColumnOf(derivation.item()).value())) continue;
    RENKEI_ASSIGN_OR_RETURN(const DerivedColumn derived,
                            DerivedColumn::Make(derivation, catalogue_.items()));
    columns->derived.push_back(derived);
  }
  for (const DerivedColumn& derived : columns->derived) {
    needed.insert(derived.first_source());
    if (derived.second_source() >= 0) needed.insert(derived.second_source());
  }
  columns->items.assign(needed.begin(), needed.end());
  return absl::OkStatus();
}

absl::Status ConditionCompiler::Finish() {
  RENKEI_RETURN_IF_ERROR(FinishYear(now_, &plan_.columns));
  RENKEI_RETURN_IF_ERROR(FinishYear(before_, &plan_.previous));
  const auto position = [](const PlanColumns& columns, int item) {
    return static_cast<int>(std::lower_bound(columns.items.begin(), columns.items.end(), item) -
                            columns.items.begin());
  };
  for (Step& step : plan_.steps) {
    if (step.column < 0) continue;
    const Year& of = step.previous ? before_ : now_;
    step.column = position(step.previous ? plan_.previous : plan_.columns,
                           of.column_ids[static_cast<size_t>(step.column)]);
  }
  return absl::OkStatus();
}

int ConditionCompiler::FinalColumn(int id) const {
  const std::vector<int>& items = plan_.columns.items;
  const int item = now_.column_ids[static_cast<size_t>(id)];
  return static_cast<int>(std::lower_bound(items.begin(), items.end(), item) - items.begin());
}

int ConditionCompiler::Add(Step step) {
  plan_.steps.push_back(std::move(step));
  return static_cast<int>(plan_.steps.size()) - 1;
}

int ConditionCompiler::ColumnId(const std::string& item) {
  std::vector<int>& ids = year().column_ids;
  const int id = catalogue_.items().ColumnOf(item).value();
  const auto it = std::find(ids.begin(), ids.end(), id);
  if (it != ids.end()) return static_cast<int>(it - ids.begin());
  ids.push_back(id);
  return static_cast<int>(ids.size()) - 1;
}

const policy::catalogue::ItemColumn& ConditionCompiler::Item(const std::string& item) const {
  return catalogue_.items()
      .columns()[static_cast<size_t>(catalogue_.items().ColumnOf(item).value())];
}

int ConditionCompiler::CompileRef(const std::string& id) {
  return Compile(conditions_.at(id)->when());
}

void ConditionCompiler::CompileParts(const google::protobuf::RepeatedPtrField<v1::Condition>& parts,
                                     Step* step) {
  for (const v1::Condition& part : parts) step->inputs.push_back(Compile(part));
}

Step ConditionCompiler::MakeStep(const v1::Condition& condition) {
  Step step;
  step.previous = in_previous_;
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
    case v1::Condition::kSex:
      step.kind = StepKind::kSex;
      step.sex = condition.sex() == v1::SEX_FEMALE ? 1 : 0;
      return step;
    case v1::Condition::kAttendance:
      return MakeAttendance(condition.attendance());
    case v1::Condition::kAmount:
      step.kind = StepKind::kAmount;
      step.amount = AmountIndex(condition.amount().amount());
      step.at_least_amount = condition.amount().at_least();
      return step;
    case v1::Condition::kRef:
    case v1::Condition::kPrevious:
    case v1::Condition::NODE_NOT_SET:
      break;
  }
  // Not reached after the catalogue's check; a fact that nobody has counts nobody.
  step.kind = StepKind::kFact;
  return step;
}

Step ConditionCompiler::MakeComparison(const v1::Comparison& compare) {
  Step step;
  step.kind = StepKind::kCompare;
  step.previous = in_previous_;
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

Step ConditionCompiler::MakeCodeMatch(const v1::CodeIn& code) {
  Step step;
  step.kind = StepKind::kCode;
  step.previous = in_previous_;
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

Step ConditionCompiler::MakeAttendance(const v1::AttendanceIn& attendance) {
  plan_.reads_attendance = true;
  Step step;
  step.kind = StepKind::kAttendance;
  step.fact = FactBitOf(attendance.fact());
  for (int ago = attendance.from_years_ago(); ago <= attendance.to_years_ago(); ++ago) {
    step.window |= uint32_t{1} << ago;
  }
  step.from = attendance.at_least();
  step.to = attendance.at_most();
  step.since_record = attendance.since_record();
  return step;
}

// Class slot.
int ConditionCompiler::CompileClassification(const std::string& id) {
  const v1::Classification& classification = *classifications_.at(id);
  if (const auto it = year().class_slot.find(id); it != year().class_slot.end()) return it->second;
  const int slot = AddClassification(classification);
  year().class_slot[id] = slot;
  return slot;
}

int ConditionCompiler::AddClassification(const v1::Classification& classification) {
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
  coded.previous = in_previous_;
  coded.inputs = {computed};
  coded.column = ColumnId(classification.coded_item());
  coded.table.assign(static_cast<size_t>(CodedValue(1, 0)) + 1, 0);
  coded.table.back() = kNoCode;
  for (const int code : classification.coded_known()) {
    coded.table[static_cast<size_t>(code)] = static_cast<uint8_t>(code);
  }
  for (const v1::ImpossibleCode& impossible : classification.coded_impossible()) {
    coded.impossible.push_back({impossible.code(), impossible.age().from(), impossible.age().to()});
  }
  const int slot = Add(std::move(coded));
  // Disagreements are reported of the own year only.
  if (!in_previous_) plan_.coded.push_back({classification.id(), slot, 0});
  return slot;
}

}  // namespace renkei::agents::evaluate
