// Standardised ratios of the four areas of 山形県 against the nation, FY2021, from the NDB's own
// tables (tests/golden/data): every row of the calculated reference, hidden cells included. That
// reference also uses national sums that lack a few hidden cells; here they are unknown, and the
// band is left out.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "hub/indicators/standardised.h"
#include "hub/reference/ndb_counts.h"

namespace renkei::hub::indicators {
namespace {

using reference::NdbCounts;
using reference::NdbLine;

std::string Golden(const std::string& name) {
  std::ifstream file(std::string(RENKEI_SOURCE_DIR) + "/tests/golden/data/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

NdbCounts Table(const std::string& name) {
  auto counts = NdbCounts::Parse(Golden(name), name, reference::NdbItems::Load().value(),
                                 {"0601", "0602", "0603", "0604"});
  EXPECT_TRUE(counts.ok()) << counts.status();
  return *std::move(counts);
}

// Classes ascend in their order from the highest value or "yes"; the first `classes_in_k` are k.
struct Indicator {
  const char* item;
  int classes;
  int classes_in_k;
};
const std::map<std::string, Indicator> kIndicators = {
    {"Q08_yes", {"Q08", 2, 1}},       {"BMI_ge25", {"BMI", 7, 4}},
    {"WAIST_ge_85", {"WAIST", 3, 2}}, {"SBP_ge140", {"SBP", 6, 3}},
    {"HBA1C_ge6.5", {"HBA1C", 6, 3}}, {"LDL_ge140", {"LDL", 6, 3}},
    {"Q01_yes", {"Q01", 2, 1}}};

// k and n of a band; nullopt when a class of it is hidden.
std::optional<Stratum> BandOf(const NdbCounts& counts, const std::string& place,
                              const Indicator& indicator, v1::Sex sex, size_t band) {
  Stratum stratum;
  for (int c = 1; c <= indicator.classes; ++c) {
    const NdbLine* line = counts.Find(2021, place, indicator.item, c, sex);
    if (line == nullptr || !line->bands[band]) return std::nullopt;
    stratum.n += *line->bands[band];
    if (c <= indicator.classes_in_k) stratum.k += *line->bands[band];
  }
  return stratum;
}

TEST(NdbRatio, MeetsEveryRowOfTheReferenceWhoseNationalSumsAreWhole) {
  const NdbCounts areas = Table("ndb_yamagata_fy2021.csv"), nation = Table("ndb_nation_fy2021.csv");
  int rows = 0, rows_with_hidden = 0, rows_with_partial_nation = 0;
  for (const std::string& line : std::vector<std::string>(
           absl::StrSplit(Golden("golden_ratio_fy2021.csv"), '\n', absl::SkipEmpty()))) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    ASSERT_EQ(cells.size(), 10u);
    if (cells[0] == "fiscal_year") continue;
    SCOPED_TRACE(line);
    const Indicator& indicator = kIndicators.at(cells[3]);
    const v1::Sex sex = cells[4] == "male" ? v1::SEX_MALE : v1::SEX_FEMALE;
    std::vector<ReferredStratum> strata;
    int64_t examinees = 0;
    int hidden = 0, hidden_in_nation_alone = 0;
    for (size_t band = 0; band < 7; ++band) {
      const auto own = BandOf(areas, cells[1], indicator, sex, band);
      const auto all = BandOf(nation, "", indicator, sex, band);
      hidden_in_nation_alone += own && !all;
      hidden += !own;
      if (!own || !all) continue;
      examinees += own->n;
      strata.push_back({*own, static_cast<double>(all->k) / static_cast<double>(all->n)});
    }
    ++rows;
    rows_with_hidden += hidden > 0;
    EXPECT_EQ(std::to_string(hidden), cells[9]);
    if (hidden_in_nation_alone > 0) {
      ++rows_with_partial_nation;
      continue;
    }
    EXPECT_EQ(std::to_string(examinees), cells[5]);
    const auto ratio = StandardiseIndirectly(strata, 5);
    if (cells[8].empty() || hidden == 7) {
      EXPECT_FALSE(ratio.has_value());
      continue;
    }
    ASSERT_TRUE(ratio.has_value());
    EXPECT_EQ(std::to_string(ratio->observed), cells[6]);
    double expected = 0, printed = 0;
    ASSERT_TRUE(absl::SimpleAtod(cells[7], &expected) && absl::SimpleAtod(cells[8], &printed));
    EXPECT_EQ(RoundHalfAway(ratio->expected, 3), RoundHalfAway(expected, 3));
    EXPECT_EQ(RoundHalfAway(ratio->ratio, 2), RoundHalfAway(printed, 2));
  }
  EXPECT_EQ(rows, 56);
  EXPECT_EQ(rows_with_hidden, 20);
  EXPECT_EQ(rows_with_partial_nation, 2);  // SBP_ge140 of women, two areas
}

}  // namespace
}  // namespace renkei::hub::indicators
