#include "agents/evaluate/clause_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/unit/agents/evaluate/rows_for_tests.h"

namespace renkei::agents::evaluate {
namespace {

using policy::base::FiscalYear;
using policy::catalogue::Catalogue;
using policy::consent::kEligibleBit;
using policy::consent::kExaminedBit;
using ::testing::ElementsAre;

const CataloguePtr& BuiltIn() {
  static const auto* const kCatalogue = new CataloguePtr(Catalogue::LoadBuiltIn().value());
  return *kCatalogue;
}

std::vector<TestPerson> SomePeople() {
  const Someone man(BuiltIn(), 0, 55);
  std::vector<TestPerson> people = {
      man.Has("sbp_mmhg", "150").Has("dbp_mmhg", "80").person(),
      man.Has("sbp_mmhg", "120").Has("dbp_mmhg", "95").person(),
      man.Has("sbp_mmhg", "120").Has("dbp_mmhg", "80").person(),
      man.Has("sbp_mmhg", "120").person(),
      man.person(),
      man.WithFacts(kEligibleBit).person(),
      man.AtAge(80).person(),
      man.person(),
  };
  people.back().outcomes.by_category.fill(policy::consent::FoldOutcome::kDenied);
  return people;
}

ClauseCounts Count(const std::string& measure, const std::vector<TestPerson>& people) {
  const ClauseProgram program =
      ClauseProgram::Compile(*BuiltIn(), measure, FiscalYear(2023)).value();
  ClauseCounts counts = program.None();
  program.Add(Admit(*BuiltIn(), FiscalYear(2023), people, program.amounts()), &counts);
  return counts;
}

TEST(ClauseCounts, SayWhomEachClauseTakesOut) {
  const ClauseCounts counts = Count("finding_bp", SomePeople());
  EXPECT_EQ(counts.persons, 7);  // one is too old
  EXPECT_EQ(counts.not_permitted, 1);
  EXPECT_THAT(counts.removed, ElementsAre(1));
  EXPECT_EQ(counts.undecided, 2);
  EXPECT_EQ(counts.n, 3);
  EXPECT_EQ(counts.k, 2);
  EXPECT_THAT(counts.part_true, ElementsAre(1, 1));
}

TEST(ClauseCounts, AddUpAndAgreeWithTheTableForEveryMeasure) {
  const std::vector<TestPerson> people = SomePeople();
  for (const v1::Measure& measure : BuiltIn()->definitions().measure()) {
    if (!policy::catalogue::IsValidIn(measure, 2023)) continue;
    const ClauseCounts counts = Count(measure.id(), people);
    EXPECT_EQ(counts.persons,
              counts.not_permitted + counts.undecided + counts.n +
                  std::accumulate(counts.removed.begin(), counts.removed.end(), int64_t{0}))
        << measure.id();
    if (measure.has_magnitude()) continue;
    const auto layout = std::make_shared<const policy::tables::Layout>(
        policy::tables::Layout::Make("0604", FiscalYear(2023), {{measure.id(), measure.version()}},
                                     {"062031"})
            .value());
    policy::tables::Cube cube(layout);
    const MeasureProgram program = MeasureProgram::Compile(*BuiltIn(), *layout).value();
    program.Evaluate(Admit(*BuiltIn(), FiscalYear(2023), people, program.amounts()), &cube);
    int64_t k = 0;
    int64_t n = 0;
    for (size_t i = 0; i < cube.counts().size(); ++i) {
      n += cube.counts()[i];
      if (i % 2 == 0) k += cube.counts()[i];
    }
    EXPECT_EQ(counts.n, n) << measure.id();
    EXPECT_EQ(counts.k, k) << measure.id();
  }
}

TEST(ClauseCounts, RefuseWhatTheCatalogueDoesNotDefine) {
  EXPECT_EQ(ClauseProgram::Compile(*BuiltIn(), "no_such", FiscalYear(2023)).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(ClauseProgram::Compile(*BuiltIn(), "q_riskdrink4", FiscalYear(2023)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace renkei::agents::evaluate
