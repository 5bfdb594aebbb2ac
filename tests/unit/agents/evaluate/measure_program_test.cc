#include "agents/evaluate/measure_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <type_traits>

#include "tests/unit/agents/evaluate/rows_for_tests.h"

namespace renkei::agents::evaluate {
namespace {

using policy::base::FiscalYear;
using policy::catalogue::Catalogue;
using policy::catalogue::ValueState;
using policy::consent::ConsentedRows;
using policy::consent::RowBatch;
using policy::tables::Cube;
using policy::tables::Layout;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// The privacy boundary is a type (architecture, rule 5): rows that have not passed the gate do not
// compile, and nobody but the gate makes consented ones.
static_assert(std::is_invocable_v<decltype(&MeasureProgram::Evaluate), const MeasureProgram&,
                                  const ConsentedRows&, Cube*>);
static_assert(!std::is_invocable_v<decltype(&MeasureProgram::Evaluate), const MeasureProgram&,
                                   const RowBatch&, Cube*>);
static_assert(!std::is_constructible_v<ConsentedRows, RowBatch, std::vector<uint32_t>>);
static_assert(!std::is_convertible_v<RowBatch, ConsentedRows>);

const CataloguePtr& BuiltIn() {
  static const auto* const kCatalogue = new CataloguePtr(Catalogue::LoadBuiltIn().value());
  return *kCatalogue;
}

int64_t Total(const Cube& cube) {
  return std::accumulate(cube.counts().begin(), cube.counts().end(), int64_t{0});
}

std::shared_ptr<const Layout> WaistLayout() {
  return std::make_shared<const Layout>(
      Layout::Make("0604", FiscalYear(2023), {{"finding_waist", 1}}, {"062031"}).value());
}

TestPerson WithWaist(const char* cm) {
  return Someone(BuiltIn(), 0, 52).Has("waist_cm", cm).person();
}

Cube CountWaist(const std::vector<TestPerson>& persons) {
  Cube cube(WaistLayout());
  MeasureProgram::Compile(*BuiltIn(), cube.layout())
      .value()
      .Evaluate(Admit(*BuiltIn(), FiscalYear(2023), persons), &cube);
  return cube;
}

TEST(MeasureProgram, PutsAPersonIntoTheCellOfPlaceSexAndBand) {
  TestPerson person = WithWaist("85.0");
  person.sex = 0;
  person.age = 54;
  person.geography = 1;  // unknown residence
  const Cube cube = CountWaist({person});
  EXPECT_EQ(cube.at(0, 1, 0, 2, 0), 1);
  EXPECT_EQ(Total(cube), 1);
}

TEST(MeasureProgram, SkipsPersonsOutsideThePlacesSexesAndAges) {
  std::vector<TestPerson> persons(8, WithWaist("90.0"));
  persons[0].geography = -1;
  persons[1].geography = 2;
  persons[2].geography = INT16_MAX;
  persons[3].sex = 2;
  persons[4].age = 39;
  persons[5].age = 75;
  persons[6].age = -1;
  persons[7].facts = policy::consent::kEligibleBit;  // not examined
  EXPECT_EQ(Total(CountWaist(persons)), 0);
  persons[7].age = 40;
  persons[7].facts = policy::consent::kExaminedBit;
  EXPECT_EQ(Total(CountWaist(persons)), 1);
}

TEST(MeasureProgram, CountsNobodyWhoDeniesACategoryOfTheFamily) {
  std::vector<TestPerson> persons(3, WithWaist("90.0"));
  persons[0].outcomes.by_category[v1::DATA_CATEGORY_QUESTIONNAIRE] =
      policy::consent::FoldOutcome::kDenied;
  persons[1].outcomes.by_category[v1::DATA_CATEGORY_EXAM_RESULT] =
      policy::consent::FoldOutcome::kAbsent;
  persons[2].outcomes.by_category[v1::DATA_CATEGORY_GUIDANCE] =
      policy::consent::FoldOutcome::kDenied;  // another family's
  EXPECT_EQ(Total(CountWaist(persons)), 1);
}

TEST(MeasureProgram, AddsToWhatTheCubeHolds) {
  const auto program = MeasureProgram::Compile(*BuiltIn(), *WaistLayout()).value();
  Cube cube(WaistLayout());
  const auto rows = Admit(*BuiltIn(), FiscalYear(2023),
                          {WithWaist("84.9"), WithWaist("85.0"), WithWaist("85.1")});
  program.Evaluate(rows, &cube);
  program.Evaluate(rows, &cube);
  EXPECT_EQ(cube.at(0, 0, 0, 2, 0), 4);
  EXPECT_EQ(cube.at(0, 0, 0, 2, 1), 2);
}

TEST(MeasureProgram, CountsEveryRowOfABatchThatIsNoMultipleOfTheChunk) {
  for (const size_t rows :
       {size_t{0}, size_t{1}, size_t{1023}, size_t{1024}, size_t{1025}, size_t{5000}}) {
    EXPECT_EQ(Total(CountWaist(std::vector<TestPerson>(rows, WithWaist("85.0")))),
              static_cast<int64_t>(rows));
  }
}

TEST(MeasureProgram, CountsNothingOfAColumnThatIsShorterThanTheRows) {
  RowBatch batch = BatchOf(*BuiltIn(), FiscalYear(2023), {WithWaist("85.0"), WithWaist("85.0")});
  batch.items[static_cast<size_t>(*BuiltIn()->items().ColumnOf("waist_cm"))].state.pop_back();
  const auto gate =
      policy::consent::ConsentGate::Make(BuiltIn()->definitions(), policy::consent::BasisTable())
          .value();
  const std::vector<policy::consent::CategoryOutcomes> outcomes(2, TestPerson::AllGranted());
  Cube cube(WaistLayout());
  MeasureProgram::Compile(*BuiltIn(), cube.layout())
      .value()
      .Evaluate(gate.Admit(std::move(batch), outcomes), &cube);
  EXPECT_EQ(Total(cube), 0);
}

TEST(MeasureProgram, NeedsOnlyTheColumnsThatItsMeasuresRead) {
  const auto column = [](const char* name) { return BuiltIn()->items().ColumnOf(name).value(); };
  const auto waist = MeasureProgram::Compile(*BuiltIn(), *WaistLayout()).value();
  EXPECT_EQ(waist.needed_columns(), std::vector<int>{column("waist_cm")});
  const Layout bmi =
      Layout::Make("0604", FiscalYear(2023), {{"finding_bmi", 1}}, {"062031"}).value();
  const auto needed = MeasureProgram::Compile(*BuiltIn(), bmi).value().needed_columns();
  EXPECT_THAT(needed, Contains(column("weight_kg")));
  EXPECT_THAT(needed, Contains(column("height_cm")));
  EXPECT_EQ(needed.size(), 3u);
  const Layout rate =
      Layout::Make("0604", FiscalYear(2023), {{"checkup_rate", 1}}, {"062031"}).value();
  EXPECT_TRUE(MeasureProgram::Compile(*BuiltIn(), rate).value().needed_columns().empty());
  const auto all = MeasureProgram::Compile(*BuiltIn(), *LayoutOfAll(*BuiltIn(), FiscalYear(2023)));
  EXPECT_THAT(all->needed_columns(), Not(Contains(column("hematocrit_pct"))));
  EXPECT_TRUE(std::is_sorted(all->needed_columns().begin(), all->needed_columns().end()));
}

TEST(MeasureProgram, RefusesAMeasureThatTheCatalogueDoesNotHave) {
  const auto refusal = [](const char* id, uint32_t version, int year) {
    const Layout layout =
        Layout::Make("0604", FiscalYear(year), {{id, version}}, {"062031"}).value();
    const absl::Status status = MeasureProgram::Compile(*BuiltIn(), layout).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(refusal("finding_nose", 1, 2023),
              HasSubstr("finding_nose@1 is not in this catalogue"));
  EXPECT_THAT(refusal("finding_waist", 2, 2023), HasSubstr("finding_waist@2 is not in this"));
  EXPECT_THAT(refusal("finding_waist", 1, 2007), HasSubstr("not defined for fiscal year 2007"));
}

TEST(MeasureProgramDeathTest, EndsTheProcessOnACubeOfAnotherLayout) {
  const auto program = MeasureProgram::Compile(*BuiltIn(), *WaistLayout()).value();
  Cube other(LayoutOfAll(*BuiltIn(), FiscalYear(2023)));
  const auto rows = Admit(*BuiltIn(), FiscalYear(2023), {WithWaist("85.0")});
  EXPECT_DEATH(program.Evaluate(rows, &other), "");
}

TEST(Disagreements, CountPersonsWhoseCodeIsNotWhatTheValuesSay) {
  const auto layout = LayoutOfAll(*BuiltIn(), FiscalYear(2023));
  const auto program = MeasureProgram::Compile(*BuiltIn(), *layout).value();
  // Waist below the limit, nothing else: level 3 and judgement 3 whatever is missing but BMI.
  const Someone thin = Someone(BuiltIn(), 0, 50).Has("waist_cm", "80.0").Has("bmi", "22.0");
  TestPerson denied = thin.Answers("guidance_level", 1).person();
  denied.outcomes.by_category[v1::DATA_CATEGORY_EXAM_RESULT] =
      policy::consent::FoldOutcome::kDenied;
  const auto rows =
      Admit(*BuiltIn(), FiscalYear(2023),
            {thin.person(), thin.Answers("guidance_level", 3).person(),
             thin.Answers("guidance_level", 4).person(),
             thin.Answers("guidance_level", 2).Answers("metabolic_judgement", 1).person(), denied});
  auto counts = program.NoDisagreements();
  ASSERT_EQ(counts.size(), 2u);
  program.AddDisagreements(rows, &counts);
  for (const Disagreement& count : counts) {
    EXPECT_EQ(count.persons, count.classification == "tiering" ? 2 : 1) << count.classification;
  }
}

}  // namespace
}  // namespace renkei::agents::evaluate
