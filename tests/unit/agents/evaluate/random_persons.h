// Random persons whose values lie around the thresholds that a catalogue names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "policy/catalogue/catalogue.h"
#include "tests/unit/agents/evaluate/random_definitions.h"
#include "tests/unit/agents/evaluate/rows_for_tests.h"

namespace renkei::agents::evaluate {

using policy::catalogue::Catalogue;
using policy::catalogue::CodedValue;
using policy::catalogue::ItemColumn;
using policy::catalogue::ValueState;

// Thresholds that the definitions of a catalogue name, by column: values are drawn around them.
inline void CollectThresholds(const google::protobuf::Message& message, const Catalogue& catalogue,
                              std::map<int, std::vector<int>>* thresholds) {
  if (message.GetDescriptor() == v1::Comparison::descriptor()) {
    v1::Comparison compare;
    compare.CopyFrom(message);
    const int column = catalogue.items().ColumnOf(compare.item()).value();
    const int decimals = catalogue.items().columns()[static_cast<size_t>(column)].decimals;
    for (const v1::Threshold* t : {&compare.ge(), &compare.gt(), &compare.le(), &compare.lt()}) {
      for (const std::string& text : {t->all(), t->male(), t->female()}) {
        if (const auto x = policy::catalogue::ParseScaled(text, decimals); x.has_value()) {
          (*thresholds)[column].push_back(*x);
        }
      }
    }
    return;
  }
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  const auto* reflection = message.GetReflection();
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      CollectThresholds(reflection->GetMessage(message, field), catalogue, thresholds);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      CollectThresholds(reflection->GetRepeatedMessage(message, field, i), catalogue, thresholds);
    }
  }
}

inline std::vector<TestPerson> RandomPersons(const Catalogue& catalogue, size_t count, Dice* dice) {
  std::map<int, std::vector<int>> thresholds;
  CollectThresholds(catalogue.definitions(), catalogue, &thresholds);
  const auto column_of = [&](const char* name) { return catalogue.items().ColumnOf(name).value(); };
  thresholds[column_of("height_cm")] = {1600};
  thresholds[column_of("weight_kg")] = {640};
  thresholds[column_of("hba1c_jds_pct")] = {52, 61};
  const std::vector<ValueState> states = {
      ValueState::kAbsent,    ValueState::kNotDone,    ValueState::kUnmeasurable,
      ValueState::kInvalid,   ValueState::kValid,      ValueState::kMarkedHigh,
      ValueState::kMarkedLow, ValueState::kAboveRange, ValueState::kBelowRange};
  const std::vector<ItemColumn>& columns = catalogue.items().columns();
  std::vector<TestPerson> persons(count);
  const int years_on_record = dice->Roll(1, 6);
  const auto fill = [&](std::map<int, policy::catalogue::ItemValue>* items) {
    const int completeness = dice->Roll(2, 12);
    for (size_t c = 0; c < columns.size(); ++c) {
      const auto known = thresholds.find(static_cast<int>(c));
      if (!columns[c].is_coded && known == thresholds.end()) continue;
      if (dice->Roll(0, completeness) == 0) continue;
      policy::catalogue::ItemValue value;
      value.state = dice->Roll(0, 5) == 0 ? dice->Pick(states) : ValueState::kValid;
      if (columns[c].is_coded) {
        const int list = dice->Roll(0, static_cast<int>(columns[c].lists.size()) - 1);
        const std::vector<int>& codes = columns[c].lists[static_cast<size_t>(list)].codes;
        const int code = codes.empty() ? dice->Roll(1, 5) : dice->Pick(codes);
        value.value = dice->Roll(0, 50) == 0 ? CodedValue(7, 1) : CodedValue(list, code);
      } else {
        value.value = dice->Pick(known->second) + dice->Roll(-2, 2);
      }
      (*items)[static_cast<int>(c)] = value;
    }
  };
  for (TestPerson& person : persons) {
    person.sex = static_cast<uint8_t>(dice->Roll(0, 20) == 0 ? 2 : dice->Roll(0, 1));
    person.age = static_cast<int16_t>(dice->Roll(38, 76));
    person.geography = static_cast<int16_t>(dice->Roll(-1, 3));
    person.facts = static_cast<uint8_t>(dice->Roll(0, 127));
    person.facts_before = static_cast<uint8_t>(dice->Roll(0, 3) == 0 ? 0 : dice->Roll(0, 127));
    person.years_on_record = years_on_record;
    person.examined_years = static_cast<uint32_t>(dice->Roll(0, 255));
    person.eligible_years = static_cast<uint32_t>(dice->Roll(0, 1) == 0 ? 255 : dice->Roll(0, 255));
    const int spread = dice->Roll(0, 6);
    person.amount = [spread](const policy::catalogue::Amount& amount) -> int64_t {
      return (spread * 7 + amount.month + amount.min_days * 3 + static_cast<int>(amount.of)) % 4;
    };
    for (auto& outcome : person.outcomes.by_category) {
      outcome = dice->Roll(0, 9) == 0 ? policy::consent::FoldOutcome::kDenied
                                      : policy::consent::FoldOutcome::kGranted;
    }
    fill(&person.items);
    if (person.facts_before != 0) fill(&person.items_before);
  }
  return persons;
}

}  // namespace renkei::agents::evaluate
