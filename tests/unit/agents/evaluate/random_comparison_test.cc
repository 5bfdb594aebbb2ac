// The column-wise program against the slow one, on random persons, with the shipped catalogue and
// with random definitions.
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <set>

#include "agents/evaluate/measure_program.h"
#include "tests/unit/agents/evaluate/random_persons.h"
#include "tests/unit/agents/evaluate/reference_evaluator.h"

namespace renkei::agents::evaluate {
namespace {

using policy::base::FiscalYear;

// Families whose measures use the classifications that are coded: all but claims and absence.
bool PermitsAClassification(const Catalogue& catalogue, const policy::consent::ConsentedRows& rows,
                            size_t row) {
  for (int f = 0; f < catalogue.definitions().family_size(); ++f) {
    const std::string& id = catalogue.definitions().family(f).id();
    if ((id == "checkup" || id == "guidance") && rows.Permits(row, f)) return true;
  }
  return false;
}

void ExpectSameCounts(const CataloguePtr& catalogue, const std::vector<TestPerson>& persons,
                      FiscalYear year) {
  const auto layout = LayoutOfAll(*catalogue, year, {"062031", "062049"});
  const auto program = MeasureProgram::Compile(*catalogue, *layout);
  ASSERT_TRUE(program.ok()) << program.status();
  policy::consent::ConsentedRows rows = Admit(*catalogue, year, persons, program->amounts());
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
          PermitsAClassification(*catalogue, rows, i)) {
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
  ExpectSameCounts(catalogue, RandomPersons(*catalogue, 2000, &dice), FiscalYear(2024));
}

// Protection takes every relation as an equation between the counts of each cell.
TEST(Relations, HoldInEveryCellOfRandomPersons) {
  const CataloguePtr catalogue = Catalogue::LoadBuiltIn().value();
  Dice dice(7);
  const FiscalYear year(2024);
  const auto layout = LayoutOfAll(*catalogue, year, {"062031", "062049"});
  const MeasureProgram program = MeasureProgram::Compile(*catalogue, *layout).value();
  policy::tables::Cube cube(layout);
  for (int batch = 0; batch < 4; ++batch) {
    program.Evaluate(
        Admit(*catalogue, year, RandomPersons(*catalogue, 4000, &dice), program.amounts()), &cube);
  }
  const auto index_of = [&](const std::string& id) -> std::optional<size_t> {
    for (size_t m = 0; m < layout->measures().size(); ++m) {
      if (layout->measures()[m].id == id) return m;
    }
    return std::nullopt;
  };
  int checked = 0;
  for (const v1::Relation& relation : catalogue->definitions().relation()) {
    if (relation.part().empty() || !relation.apart().empty()) continue;
    std::vector<size_t> parts;
    for (const std::string& id : relation.part()) {
      if (const auto index = index_of(id); index.has_value()) parts.push_back(*index);
    }
    ASSERT_EQ(parts.size(), static_cast<size_t>(relation.part_size())) << relation.part(0);
    int64_t seen = 0;
    for (size_t cell = 0; cell < layout->cells_per_measure(); cell += 2) {
      const auto at = [&](size_t measure, size_t part) {
        return cube.counts()[measure * layout->cells_per_measure() + cell + part];
      };
      int64_t sum = 0;
      for (const size_t part : parts) sum += at(part, 0);
      seen += sum;
      if (relation.whole_population()) {
        for (const size_t part : parts) {
          EXPECT_EQ(sum, at(part, 0) + at(part, 1)) << layout->measures()[part].id;
        }
      } else if (relation.total().empty()) {
        int64_t n = 0;
        for (const size_t part : parts) n = std::max(n, at(part, 0) + at(part, 1));
        EXPECT_LE(sum, n) << relation.part(0);
      } else if (relation.rest_unpublished()) {
        EXPECT_LE(sum, at(*index_of(relation.total()), 0)) << relation.total();
      } else {
        EXPECT_EQ(sum, at(*index_of(relation.total()), 0)) << relation.total();
      }
    }
    checked += seen > 0 ? 1 : 0;
  }
  EXPECT_GT(checked, 60);
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
