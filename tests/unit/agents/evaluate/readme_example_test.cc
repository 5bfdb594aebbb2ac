// The worked example of agents/evaluate/README.md, run; the README must show exactly these lines.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/base/files.h"
#include "tests/unit/agents/evaluate/rows_for_tests.h"

namespace renkei::agents::evaluate {
namespace {

namespace catalogue = policy::catalogue;
namespace consent = policy::consent;
namespace tables = policy::tables;
using policy::base::FiscalYear;
using policy::catalogue::ValueState;

absl::Status Example(int64_t* k, int64_t* n) {
  // README begins
  const auto definitions = catalogue::Catalogue::LoadBuiltIn().value();
  const auto layout = std::make_shared<const tables::Layout>(
      tables::Layout::Make("0604", FiscalYear(2023), {{"finding_bp", 1}}, {"062031"}).value());
  const auto program = MeasureProgram::Compile(*definitions, *layout).value();

  consent::RowBatch batch;  // two men of 52 in the first municipality: 150/80 and 120/80
  batch.fiscal_year = FiscalYear(2023);
  batch.subject.resize(2);
  batch.sex = {0, 0};
  batch.age = {52, 52};
  batch.geography = {0, 0};
  batch.facts = {consent::kExaminedBit, consent::kExaminedBit};
  batch.items.resize(definitions->items().columns().size());
  const auto column = [&](const char* item) {
    return static_cast<size_t>(definitions->items().ColumnOf(item).value());
  };
  batch.items[column("sbp_mmhg")] = {{150, 120}, {ValueState::kValid, ValueState::kValid}};
  batch.items[column("dbp_mmhg")] = {{80, 80}, {ValueState::kValid, ValueState::kValid}};

  consent::CategoryOutcomes granted;
  granted.by_category.fill(consent::FoldOutcome::kGranted);
  const auto gate =
      consent::ConsentGate::Make(definitions->definitions(), consent::BasisTable()).value();
  tables::Cube cube(layout);
  Counter counter = program.StartCounting();  // one per thread
  counter.Add(gate.Admit(std::move(batch), std::vector{granted, granted}));
  counter.MoveInto(&cube);
  // Measure 0, municipality 0, men, 50-54: one of two.
  *k = cube.at(0, 0, 0, 2, 0);
  *n = *k + cube.at(0, 0, 0, 2, 1);
  // README ends
  return absl::OkStatus();
}

TEST(ReadmeExample, CountsOneOfTwo) {
  int64_t k = 0;
  int64_t n = 0;
  ASSERT_TRUE(Example(&k, &n).ok());
  EXPECT_EQ(k, 1);
  EXPECT_EQ(n, 2);
}

TEST(ReadmeExample, StandsInTheReadmeAsItRuns) {
  const std::string root = RENKEI_SOURCE_DIR;
  const std::string source =
      policy::base::ReadFile(root + "/tests/unit/agents/evaluate/readme_example_test.cc", 1 << 20)
          .value();
  const std::string readme =
      policy::base::ReadFile(root + "/agents/evaluate/README.md", 1 << 20).value();
  const std::string begins = std::string("// README ") + "begins\n";
  const size_t from = source.find(begins) + begins.size();
  const size_t to = source.find(std::string("  // README ") + "ends");
  ASSERT_NE(to, std::string::npos);
  for (const absl::string_view line : absl::StrSplit(source.substr(from, to - from), '\n')) {
    const std::string text(line.size() > 2 ? line.substr(2) : absl::string_view());
    EXPECT_NE(readme.find(text + "\n"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace renkei::agents::evaluate
