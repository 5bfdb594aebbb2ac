// Unions of municipalities as releases of their own (privacy 5.4, I8, A11): what is admitted, what
// is hidden in them, and trackers that find nothing.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "policy/base/error.h"
#include "policy/disclosure/place_sets.h"
#include "policy/disclosure/protect_union.h"
#include "tests/unit/policy/disclosure/grouping_attack.h"

namespace renkei::policy::disclosure {
namespace {

constexpr uint64_t kSeed = 20110604;

std::vector<uint8_t> Key() { return std::vector<uint8_t>(32, 7); }

UnionRequest Asking(const std::vector<std::shared_ptr<const EarlierRelease>>& ledger, size_t of,
                    std::vector<std::string> municipalities) {
  return {ledger, of, std::move(municipalities)};
}

// Five municipalities with four members each; the counts of the third place are small.
Region Steady(int64_t third = 4) {
  Region region(5);
  for (int i = 0; i < 4; ++i) {
    region.AddMember(v1::MEMBER_KIND_MUNICIPALITY, [&](int place, int, int) {
      return std::pair<int64_t, int64_t>(place == 2 ? third : 40 + 7 * place, 200);
    });
  }
  return region;
}

const ProtectedCell& TotalOf(const ProtectedTable<ForRelease>& table) {
  for (const ProtectedCell& cell : table.measures()[0].cells) {
    if (cell.member_kind == v1::MEMBER_KIND_UNSPECIFIED && cell.sex == v1::SEX_BOTH &&
        std::string(cell.age_band) == "40-74") {
      return cell;
    }
  }
  return table.measures()[0].cells[0];
}

TEST(Grouping, ShowsTheSumsOfItsMunicipalitiesAndNothingElse) {
  const Region region = Steady(40);
  const auto ledger = std::vector{region.Released()};
  const auto table = ProtectUnion(Asking(ledger, 0, region.Codes({0, 1, 3})), Key());
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_EQ(table->measures()[0].cells.size(), kUnionCells);
  for (const ProtectedCell& cell : table->measures()[0].cells) EXPECT_EQ(cell.municipality, "");
  EXPECT_EQ(TotalOf(*table).state, v1::CELL_STATE_PUBLISHED);
  EXPECT_EQ(TotalOf(*table).numerator, 4 * 14 * (40 + 47 + 61));
  EXPECT_EQ(TotalOf(*table).denominator, 4 * 14 * 3 * 200);
}

TEST(Grouping, IsTwoOrMoreMunicipalitiesOfTheAreaAndNotAll) {
  const Region region = Steady();
  const auto ledger = std::vector{region.Released()};
  const std::vector<std::vector<std::string>> bad = {{},
                                                     region.Codes({1}),
                                                     region.Codes({0, 1, 2, 3, 4}),
                                                     {"062031", "062031"},
                                                     {"062031", "999999"},
                                                     {"062031", "unknown"}};
  for (const auto& municipalities : bad) {
    const auto table = ProtectUnion(Asking(ledger, 0, municipalities), Key());
    EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument) << table.status();
  }
}

TEST(Grouping, OfAnAreaAndYearThereAreAtMostTwenty) {
  const Region region = Steady(40);
  auto release = std::make_shared<EarlierRelease>(*region.Released());
  for (size_t i = 0; i < kMostUnions; ++i) {
    release->unions.push_back({region.Codes({0, 1}), {std::vector<bool>(kUnionCells)}});
  }
  const std::vector<std::shared_ptr<const EarlierRelease>> ledger = {release};
  EXPECT_EQ(ProtectUnion(Asking(ledger, 0, region.Codes({1, 3})), Key()).status().code(),
            absl::StatusCode::kResourceExhausted);
  release->unions.pop_back();
  EXPECT_TRUE(ProtectUnion(Asking(ledger, 0, region.Codes({1, 3})), Key()).ok());
  EXPECT_EQ(base::DetailOf(ProtectUnion(Asking(ledger, 0, region.Codes({0, 1})), Key()).status())
                .reason(),
            v1::ERROR_REASON_ALREADY_RELEASED);
}

// The third place has 3 persons with the finding; the fourth is hidden with it.
TEST(Grouping, TwoThatDifferByASmallMunicipalityAreNotBothShown) {
  Region region(5);
  for (int i = 0; i < 4; ++i) {
    region.AddMember(v1::MEMBER_KIND_MUNICIPALITY, [&](int place, int sex, int band) {
      const bool has_few = i == 0 && sex == 0 && band == 0;
      const int64_t x = place == 2 ? (has_few ? 3 : 0) : place == 3 ? 20 : 60;
      return std::pair<int64_t, int64_t>(x, 200);
    });
  }
  std::vector<std::shared_ptr<const EarlierRelease>> ledger = {region.Released()};
  const auto first = ProtectUnion(Asking(ledger, 0, region.Codes({0, 1})), Key());
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(TotalOf(*first).state, v1::CELL_STATE_PUBLISHED);
  ledger = {WithUnion(*ledger[0], region.Codes({0, 1}), *first)};
  const auto second = ProtectUnion(Asking(ledger, 0, region.Codes({0, 1, 2})), Key());
  EXPECT_EQ(base::DetailOf(second.status()).reason(), v1::ERROR_REASON_HELD) << second.status();
  EXPECT_EQ(second.status().message().find('3'), std::string::npos) << "no figure";
}

TEST(Grouping, ALayoutOrAnAgreementWithoutMunicipalitiesShowsNoUnion) {
  const Region region = Steady(40);
  auto release = std::make_shared<EarlierRelease>(*region.Released());
  release->inputs.withheld.Add(v1::WITHHELD_LEVEL_MUNICIPALITY);
  std::vector<std::shared_ptr<const EarlierRelease>> ledger = {release};
  EXPECT_EQ(base::DetailOf(ProtectUnion(Asking(ledger, 0, region.Codes({0, 1})), Key()).status())
                .reason(),
            v1::ERROR_REASON_LAYOUT_MISMATCH);
  release = std::make_shared<EarlierRelease>(*region.Released());
  release->inputs.withheld.Add(v1::WITHHELD_LEVEL_SEX);
  ledger = {release};
  const auto table = ProtectUnion(Asking(ledger, 0, region.Codes({0, 1})), Key());
  ASSERT_TRUE(table.ok()) << table.status();
  for (const ProtectedCell& cell : table->measures()[0].cells) {
    if (cell.sex == v1::SEX_BOTH) continue;
    EXPECT_EQ(cell.state, v1::CELL_STATE_SUPPRESSED);
  }
}

TEST(Grouping, OfARoundedReleaseThereIsNone) {
  const Region region = Steady(40);
  auto release = std::make_shared<EarlierRelease>(*region.Released());
  release->inputs.policy.set_rounding(v1::ROUNDING_UP_10);
  const std::vector<std::shared_ptr<const EarlierRelease>> ledger = {release};
  const auto table = ProtectUnion(Asking(ledger, 0, region.Codes({0, 1})), Key());
  EXPECT_EQ(base::DetailOf(table.status()).reason(), v1::ERROR_REASON_LAYOUT_MISMATCH);
}

TEST(Grouping, HasTheStrictestThresholdInIt) {
  // 15 persons with the finding in each cell of the union: enough for 10, not for 20.
  for (const int64_t population : {int64_t{120000}, int64_t{12000}}) {
    Region region(5);
    region.request().population_persons["064262"] = population;
    for (int i = 0; i < 5; ++i) {
      region.AddMember(v1::MEMBER_KIND_MUNICIPALITY, [&](int place, int, int) {
        return std::pair<int64_t, int64_t>(place == 1 || place == 2 ? 3 : 100, 300);
      });
    }
    const auto ledger = std::vector{region.Released()};
    const auto table = ProtectUnion(Asking(ledger, 0, region.Codes({1, 2})), Key());
    ASSERT_TRUE(table.ok()) << table.status();
    const bool shows_bands = std::any_of(
        table->measures()[0].cells.begin(), table->measures()[0].cells.end(),
        [](const ProtectedCell& cell) {
          return cell.member_kind == v1::MEMBER_KIND_UNSPECIFIED && cell.sex == v1::SEX_MALE &&
                 std::string(cell.age_band) == "40-44" && cell.state == v1::CELL_STATE_PUBLISHED;
        });
    // 2 places x 5 members x 3 persons = 30 of both; with one place of 12,000 people it needs 20.
    EXPECT_TRUE(shows_bands || population == 12000);
  }
}

TEST(Grouping, MunicipalitiesOfFewPeopleTogetherAreShownOnlyWhenTheyAreEnough) {
  for (const int64_t population : {int64_t{1500}, int64_t{900}}) {
    Region region(5);
    for (const std::string& code : region.Codes({1, 2})) {
      region.request().population_persons[code] = population;
    }
    for (int i = 0; i < 4; ++i) {
      region.AddMember(v1::MEMBER_KIND_MUNICIPALITY,
                       [](int, int, int) { return std::pair<int64_t, int64_t>(30, 60); });
    }
    const auto ledger = std::vector{region.Released()};
    const auto table = ProtectUnion(Asking(ledger, 0, region.Codes({1, 2})), Key());
    EXPECT_EQ(table.ok(), population == 1500) << table.status();
  }
}

TEST(PlaceSpan, FindsEverySmallestSumThatFollows) {
  std::mt19937_64 random(kSeed);
  for (int trial = 0; trial < 300; ++trial) {
    const int places = 3 + static_cast<int>(random() % 5);
    PlaceSpan span(places);
    DenseSpan reference(static_cast<uint32_t>(places), kReferencePrimes[0]);
    const size_t sets = 1 + random() % 5;
    for (size_t i = 0; i < sets; ++i) {
      PlaceSet set;
      Row row;
      for (int p = 0; p < places; ++p) {
        if (random() % 2 == 0) continue;
        set.push_back(p);
        row.push_back({static_cast<uint32_t>(p), 1});
      }
      span.Add(set);
      reference.Add(row);
    }
    std::set<PlaceSet> expected;
    for (uint32_t choice = 1; choice < uint32_t{1} << places; ++choice) {
      PlaceSet set;
      Row row;
      for (int p = 0; p < places; ++p) {
        if ((choice >> p & 1) == 0) continue;
        set.push_back(p);
        row.push_back({static_cast<uint32_t>(p), 1});
      }
      EXPECT_EQ(span.Contains(set), reference.Contains(row));
      if (reference.Contains(row)) expected.insert(set);
    }
    std::set<PlaceSet> smallest;
    for (const PlaceSet& set : expected) {
      const bool holds_one =
          std::any_of(expected.begin(), expected.end(), [&](const PlaceSet& other) {
            return other.size() < set.size() &&
                   std::includes(set.begin(), set.end(), other.begin(), other.end());
          });
      if (!holds_one) smallest.insert(set);
    }
    const auto found = span.SmallestSums();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(std::set<PlaceSet>(found->begin(), found->end()), smallest) << "trial " << trial;
  }
}

}  // namespace
}  // namespace renkei::policy::disclosure
