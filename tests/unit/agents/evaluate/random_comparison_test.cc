// The column-wise program against the slow one, on random persons, with the shipped catalogue and
// with random definitions.
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "agents/evaluate/measure_program.h"
#include "tests/unit/agents/evaluate/reference_evaluator.h"
#include "tests/unit/agents/evaluate/rows_for_tests.h"

namespace renkei::agents::evaluate {
namespace {

using policy::base::FiscalYear;
using policy::catalogue::Catalogue;
using policy::catalogue::CodedValue;
using policy::catalogue::ItemColumn;
using policy::catalogue::ValueState;

class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  int Roll(int from, int to) { return std::uniform_int_distribution<int>(from, to)(engine_); }
  template <typename T>
  T Pick(const std::vector<T>& of) {
    return of[static_cast<size_t>(Roll(0, static_cast<int>(of.size()) - 1))];
  }

 private:
  std::mt19937 engine_;
};

// Thresholds that the definitions of a catalogue name, by column: values are drawn around them.
void CollectThresholds(const google::protobuf::Message& message, const Catalogue& catalogue,
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

std::vector<TestPerson> RandomPersons(const Catalogue& catalogue, size_t count, Dice* dice) {
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
  for (TestPerson& person : persons) {
    person.sex = static_cast<uint8_t>(dice->Roll(0, 20) == 0 ? 2 : dice->Roll(0, 1));
    person.age = static_cast<int16_t>(dice->Roll(38, 76));
    person.geography = static_cast<int16_t>(dice->Roll(-1, 3));
    person.facts = static_cast<uint8_t>(dice->Roll(0, 31));
    for (auto& outcome : person.outcomes.by_category) {
      outcome = dice->Roll(0, 9) == 0 ? policy::consent::FoldOutcome::kDenied
                                      : policy::consent::FoldOutcome::kGranted;
    }
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
      person.items[static_cast<int>(c)] = value;
    }
  }
  return persons;
}

void ExpectSameCounts(const CataloguePtr& catalogue, const std::vector<TestPerson>& persons,
                      FiscalYear year) {
  const auto layout = LayoutOfAll(*catalogue, year, {"062031", "062049"});
  const auto program = MeasureProgram::Compile(*catalogue, *layout);
  ASSERT_TRUE(program.ok()) << program.status();
  policy::consent::ConsentedRows rows = Admit(*catalogue, year, persons);
  policy::tables::Cube cube(layout);
  program->Evaluate(rows, &cube);
  std::vector<Disagreement> disagreements = program->NoDisagreements();
  program->AddDisagreements(rows, &disagreements);

  policy::tables::Cube expected(layout);
  std::map<std::string, int64_t> expected_disagreements;
  for (size_t i = 0; i < persons.size(); ++i) {
    const TestPerson& person = persons[i];
    if (person.geography < 0 || person.geography > 2 || person.sex > 1 || person.age < 40 ||
        person.age > 74) {
      continue;
    }
    const ReferenceEvaluator reference(*catalogue, person);
    for (size_t m = 0; m < layout->measures().size(); ++m) {
      const v1::Measure& measure = *catalogue->FindMeasure(layout->measures()[m].id);
      int family = -1;
      for (int f = 0; f < catalogue->definitions().family_size(); ++f) {
        if (catalogue->definitions().family(f).id() == measure.family()) family = f;
      }
      if (!rows.Permits(i, family) || reference.Of(measure.population()) != true) continue;
      const auto truth = reference.Of(measure.numerator());
      if (!truth.has_value()) continue;
      ++expected.counts()[layout->Index(static_cast<int>(m), person.geography, person.sex,
                                        (person.age - 40) / 5, *truth ? 0 : 1)];
    }
    for (const v1::Classification& c : catalogue->definitions().classification()) {
      const auto delivered = reference.Delivered(c);
      if (delivered.has_value() && *delivered != reference.Recomputed(c) &&
          (rows.Permits(i, 0) || rows.Permits(i, 1))) {
        ++expected_disagreements[c.id()];
      }
    }
  }
  for (size_t m = 0; m < layout->measures().size(); ++m) {
    const auto from = static_cast<std::ptrdiff_t>(m * layout->cells_per_measure());
    const auto to = from + static_cast<std::ptrdiff_t>(layout->cells_per_measure());
    EXPECT_EQ(
        std::vector<int64_t>(cube.counts().begin() + from, cube.counts().begin() + to),
        std::vector<int64_t>(expected.counts().begin() + from, expected.counts().begin() + to))
        << layout->measures()[m].id << "\n"
        << catalogue->FindMeasure(layout->measures()[m].id)->DebugString();
  }
  for (const Disagreement& d : disagreements) {
    EXPECT_EQ(d.persons, expected_disagreements[d.classification]) << d.classification;
    EXPECT_GT(d.persons, 0) << d.classification;
  }
}

TEST(MeasureProgram, CountsLikeTheSlowEvaluatorWithTheShippedCatalogue) {
  const CataloguePtr catalogue = Catalogue::LoadBuiltIn().value();
  Dice dice(20261122);
  ExpectSameCounts(catalogue, RandomPersons(*catalogue, 6000, &dice), FiscalYear(2023));
}

// A random condition over a few items; `depth` bounds the nesting.
v1::Condition RandomCondition(Dice* dice, int depth) {
  v1::Condition c;
  const auto fill = [&](google::protobuf::RepeatedPtrField<v1::Condition>* parts, int count) {
    for (int i = 0; i < count; ++i) *parts->Add() = RandomCondition(dice, depth - 1);
  };
  const int parts = dice->Roll(1, 4);
  switch (dice->Roll(depth > 0 ? 0 : 9, 15)) {
    case 0:
      fill(c.mutable_all()->mutable_of(), parts);
      return c;
    case 1:
      fill(c.mutable_any()->mutable_of(), parts);
      return c;
    case 2:
      fill(c.mutable_any_measured()->mutable_of(), parts);
      return c;
    case 3:
      fill(c.mutable_first_measured()->mutable_of(), parts);
      return c;
    case 4:
      *c.mutable_not_() = RandomCondition(dice, depth - 1);
      return c;
    case 5:
      fill(c.mutable_at_least()->mutable_of(), parts);
      c.mutable_at_least()->set_count(dice->Roll(1, parts));
      return c;
    case 6:
      *c.mutable_certain() = RandomCondition(dice, depth - 1);
      return c;
    case 7:
    case 8:
      *c.mutable_guarded()->mutable_value() = RandomCondition(dice, depth - 1);
      *c.mutable_guarded()->mutable_invalid_when() = RandomCondition(dice, depth - 1);
      return c;
    case 9: {
      v1::CodeIn* code = c.mutable_code();
      code->set_item("q08_smoking");
      v1::CodeIn::List* now = code->add_list();
      now->set_oid("1.2.392.200119.6.24060");
      now->add_code(dice->Roll(1, 3));
      v1::CodeIn::List* before = code->add_list();
      before->set_oid("1.2.392.200119.6.2003");
      if (dice->Roll(0, 1) == 0) {
        before->set_not_applicable(true);
      } else {
        before->add_code(dice->Roll(1, 2));
      }
      return c;
    }
    case 10:
      c.set_measured(dice->Pick(std::vector<std::string>{"bmi", "q08_smoking", "fpg_mgdl"}));
      return c;
    case 11: {
      const int from = dice->Roll(35, 70);
      c.mutable_age()->set_from(from);
      c.mutable_age()->set_to(from + dice->Roll(0, 20));
      return c;
    }
    case 12:
      c.set_fact(dice->Roll(0, 1) == 0 ? v1::FACT_ELIGIBLE : v1::FACT_EXAMINED);
      return c;
    default: {
      struct Item {
        std::string name, unit, threshold;
      };
      const Item item = dice->Pick(std::vector<Item>{{"waist_cm", "cm", "85.0"},
                                                     {"bmi", "kg/m2", "25.0"},
                                                     {"fpg_mgdl", "mg/dL", "100"},
                                                     {"hba1c_ngsp_pct", "%", "5.6"}});
      v1::Comparison* compare = c.mutable_compare();
      compare->set_item(item.name);
      compare->set_unit(item.unit);
      v1::Threshold threshold;
      threshold.set_all(item.threshold);
      if (item.name == "waist_cm") {
        threshold.clear_all();
        threshold.set_male("85.0");
        threshold.set_female("90");
      }
      switch (dice->Roll(0, 3)) {
        case 0:
          *compare->mutable_ge() = threshold;
          break;
        case 1:
          *compare->mutable_gt() = threshold;
          break;
        case 2:
          *compare->mutable_le() = threshold;
          break;
        default:
          *compare->mutable_lt() = threshold;
      }
      return c;
    }
  }
}

v1::Catalogue RandomDefinitions(Dice* dice) {
  v1::Catalogue all;
  for (int i = 0; i < 8; ++i) {
    v1::NamedCondition* condition = all.add_condition();
    condition->set_id(absl::StrCat("r_condition_", i));
    *condition->mutable_when() = RandomCondition(dice, 2);
    condition->set_source("random");
  }
  for (int i = 0; i < 2; ++i) {
    v1::Classification* c = all.add_classification();
    c->set_id(absl::StrCat("r_class_", i));
    c->set_source("random");
    for (int n = 0; n < 8; ++n) c->add_input(absl::StrCat("r_condition_", n));
    const int rows = dice->Roll(1, 6);
    for (int r = 0; r < rows; ++r) {
      v1::Classification::Row* row = c->add_row();
      for (int n = 0; n < 8; ++n) {
        switch (dice->Roll(0, 7)) {
          case 0:
            row->add_true_input(c->input(n));
            break;
          case 1:
            row->add_false_input(c->input(n));
            break;
          case 2:
          case 3:
            row->mutable_count()->add_of(c->input(n));
            break;
          default:
            break;
        }
      }
      if (row->has_count())
        row->mutable_count()->set_at_least(dice->Roll(1, row->count().of_size()));
      if (row->true_input().empty() && row->false_input().empty() && !row->has_count()) {
        row->add_true_input(c->input(0));
      }
      row->set_class_(dice->Roll(1, 3));
    }
    c->set_otherwise(dice->Roll(1, 3));
  }
  for (int i = 0; i < 30; ++i) {
    v1::Measure* m = all.add_measure();
    m->set_id(absl::StrCat("r_measure_", i));
    m->set_version(1);
    m->set_name_ja("r");
    m->set_name_en("r");
    m->set_family("checkup");
    m->set_source("random");
    *m->mutable_population()->mutable_certain() = RandomCondition(dice, 1);
    if (i < 6) {
      const v1::Classification& c = all.classification(i % 2);
      m->mutable_numerator()->mutable_class_()->set_classification(c.id());
      m->mutable_numerator()->mutable_class_()->add_is(c.otherwise());
    } else {
      *m->mutable_numerator() = RandomCondition(dice, 4);
    }
  }
  return all;
}

TEST(MeasureProgram, CountsLikeTheSlowEvaluatorWithRandomDefinitions) {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    Dice dice(seed);
    std::string text;
    ASSERT_TRUE(google::protobuf::TextFormat::PrintToString(RandomDefinitions(&dice), &text));
    auto files =
        policy::catalogue::ReadCatalogueFolder(std::string(RENKEI_SOURCE_DIR) + "/policy/catalogue")
            .value();
    files.push_back({"random.textproto", text});
    const auto catalogue = Catalogue::Load(std::move(files));
    ASSERT_TRUE(catalogue.ok()) << catalogue.status();
    ExpectSameCounts(*catalogue, RandomPersons(**catalogue, 1500, &dice), FiscalYear(2020));
  }
}

}  // namespace
}  // namespace renkei::agents::evaluate
