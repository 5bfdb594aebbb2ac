#include "hub/indicators/region_sums.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "hub/indicators/shown_counts.h"

namespace renkei::hub::indicators {
namespace {

v1::ReleaseCell Cell(v1::CellState state, int64_t k = 0, int64_t n = 0, v1::Sex sex = v1::SEX_BOTH,
                     const std::string& age = "40-74") {
  v1::ReleaseCell cell;
  cell.set_sex(sex);
  cell.set_age_band(age);
  cell.set_state(state);
  ShowCounts(k, n, &cell);
  if (n > 0) cell.set_members(v1::MEMBERS_CLASS_5_9);
  return cell;
}
v1::ReleaseCell Shown(int64_t k, int64_t n) { return Cell(v1::CELL_STATE_PUBLISHED, k, n); }
v1::ReleaseCell Hidden() { return Cell(v1::CELL_STATE_SUPPRESSED); }
v1::ReleaseCell Empty() {
  v1::ReleaseCell cell = Shown(0, 0);
  cell.set_structurally_empty(true);
  return cell;
}
std::string Bytes(const v1::ReleaseCell& cell) { return cell.SerializeAsString(); }

v1::ReleaseCell Sum(const v1::ReleaseCell& a, const v1::ReleaseCell& b) {
  const auto sum = SumOf(a, b), swapped = SumOf(b, a);
  EXPECT_TRUE(sum.ok() && swapped.ok()) << sum.status() << swapped.status();
  EXPECT_EQ(Bytes(*sum), Bytes(*swapped));
  return *sum;
}

TEST(SumOf, AddsCountsAndComputesTheRateOfTheSum) {
  v1::ReleaseCell expected = Shown(40, 300);
  expected.clear_members();
  EXPECT_EQ(Bytes(Sum(Shown(10, 100), Shown(30, 200))), Bytes(expected));
  EXPECT_EQ(expected.value_tenths(), 133u) << "and not the mean of 10.0 and 15.0";
  EXPECT_GT(expected.ci_upper_tenths(), 133u);
}

TEST(SumOf, WhatOneAreaHidesIsHiddenToTheByte) {
  EXPECT_EQ(Bytes(Sum(Hidden(), Shown(30, 200))), Bytes(Hidden()));
  EXPECT_EQ(Bytes(Sum(Hidden(), Shown(0, 0))), Bytes(Hidden()));
  EXPECT_EQ(Bytes(Sum(Hidden(), Empty())), Bytes(Hidden()));
  EXPECT_EQ(Bytes(Sum(Hidden(), Hidden())), Bytes(Hidden()));
}

TEST(SumOf, ZeroNobodyAndNobodyPossibleStayApart) {
  const v1::ReleaseCell zero = Sum(Shown(0, 40), Shown(0, 60));
  EXPECT_EQ(zero.denominator(), 100u);
  EXPECT_EQ(zero.value_tenths(), 0u);
  EXPECT_GT(zero.ci_upper_tenths(), 0u);
  EXPECT_EQ(Bytes(Sum(Shown(0, 0), Shown(0, 0))), Bytes(Shown(0, 0)));
  EXPECT_EQ(Bytes(Sum(Empty(), Shown(0, 0))), Bytes(Shown(0, 0)));
  EXPECT_EQ(Bytes(Sum(Empty(), Empty())), Bytes(Empty()));
  v1::ReleaseCell shown = Shown(10, 100);
  shown.clear_members();
  EXPECT_EQ(Bytes(Sum(Shown(0, 0), Shown(10, 100))), Bytes(shown));
  EXPECT_EQ(Bytes(Sum(Empty(), Shown(10, 100))), Bytes(shown));
}

TEST(SumOf, RefusesWhatIsNoSum) {
  const v1::ReleaseCell shown = Shown(10, 100);
  for (const v1::CellState state : {v1::CELL_STATE_NOT_COLLECTED, v1::CELL_STATE_UNSPECIFIED}) {
    EXPECT_EQ(SumOf(shown, Cell(state)).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(SumOf(Cell(state), Hidden()).status().code(), absl::StatusCode::kDataLoss);
  }
  v1::ReleaseCell other[4] = {shown, shown, shown, shown};
  other[0].set_sex(v1::SEX_MALE);
  other[1].set_age_band("40-44");
  other[2].set_member_kind(v1::MEMBER_KIND_INSURER);
  other[3].set_municipality("062031");
  for (const v1::ReleaseCell& cell : other) {
    EXPECT_EQ(SumOf(shown, cell).status().code(), absl::StatusCode::kDataLoss);
  }
  constexpr int64_t kHalf = int64_t{1} << 39;
  EXPECT_TRUE(SumOf(Shown(1, kHalf), Shown(1, kHalf - 1)).ok());
  EXPECT_EQ(SumOf(Shown(1, kHalf), Shown(1, kHalf)).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// A table with the cells of the area and of unknown residence, of all kinds and of insurers.
v1::ReleaseTable* AddTable(const std::string& id, uint32_t version, v1::Release* release) {
  v1::ReleaseTable* table = release->add_table();
  table->mutable_measure()->set_id(id);
  table->mutable_measure()->set_version(version);
  for (const char* place : {"", "unknown"}) {
    for (const v1::MemberKind kind : {v1::MEMBER_KIND_UNSPECIFIED, v1::MEMBER_KIND_INSURER}) {
      for (const v1::Sex sex : {v1::SEX_MALE, v1::SEX_FEMALE, v1::SEX_BOTH}) {
        for (const char* age : {"40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74",
                                "40-64", "65-74", "40-74"}) {
          v1::ReleaseCell* cell = table->add_cell();
          *cell = place[0] == '\0' ? Cell(v1::CELL_STATE_PUBLISHED, 20, 100, sex, age)
                                   : Cell(v1::CELL_STATE_PUBLISHED, 0, 0, sex, age);
          cell->set_municipality(place);
          cell->set_member_kind(kind);
        }
      }
    }
  }
  return table;
}
v1::Release ReleaseFor(const std::string& area, uint64_t number, uint32_t version = 1) {
  v1::Release release;
  release.set_area_code(area);
  release.set_number(number);
  AddTable("waist", version, &release);
  return release;
}
void SetState(v1::CellState state, const std::string& place, v1::Release* release) {
  for (v1::ReleaseCell& cell : *release->mutable_table(0)->mutable_cell()) {
    if (cell.municipality() != place) continue;
    v1::ReleaseCell bare = Cell(state, 0, 0, cell.sex(), cell.age_band());
    bare.set_municipality(place);
    bare.set_member_kind(cell.member_kind());
    cell = bare;
  }
}

IndicatorSum SumsOf(const std::vector<v1::Release>& releases,
                    v1::MemberKind kind = v1::MEMBER_KIND_UNSPECIFIED,
                    Breakdown by = Breakdown::kNone) {
  RegionSums sums(kind, by);
  for (const v1::Release& release : releases) {
    const absl::Status added = sums.Add(release, {"waist"});
    EXPECT_TRUE(added.ok()) << added;
  }
  EXPECT_EQ(sums.Sums().size(), 1u);
  return sums.Sums()[0];
}
std::vector<v1::AreaStanding> Standings(const IndicatorSum& sum) {
  std::vector<v1::AreaStanding> standings;
  for (const v1::RegionPart& part : sum.composition.part()) standings.push_back(part.standing());
  return standings;
}
using Expected = std::vector<v1::AreaStanding>;

TEST(RegionSums, NamesReleaseAndRoundingOfEveryArea) {
  std::vector<v1::Release> releases = {ReleaseFor("0601", 4), ReleaseFor("0604", 9)};
  releases[1].set_rounding(v1::ROUNDING_UP_10);
  const IndicatorSum sum = SumsOf(releases);
  ASSERT_EQ(Standings(sum), (Expected{v1::AREA_STANDING_ADDED, v1::AREA_STANDING_ADDED}));
  EXPECT_EQ(sum.composition.measure().id(), "waist");
  EXPECT_EQ(sum.composition.part(0).area_code(), "0601");
  EXPECT_EQ(sum.composition.part(0).release_number(), 4u);
  EXPECT_EQ(sum.composition.part(0).rounding(), v1::ROUNDING_UNSPECIFIED);
  EXPECT_EQ(sum.composition.part(1).release_number(), 9u);
  EXPECT_EQ(sum.composition.part(1).rounding(), v1::ROUNDING_UP_10);
  ASSERT_EQ(sum.cells.size(), 1u);
  EXPECT_EQ(sum.cells[0].numerator(), 40u);
  EXPECT_EQ(sum.cells[0].denominator(), 200u);
}

TEST(RegionSums, OneAreaAloneHasNoMembersEither) {
  const IndicatorSum sum = SumsOf({ReleaseFor("0601", 4)}, v1::MEMBER_KIND_INSURER);
  EXPECT_EQ(sum.cells[0].denominator(), 100u);
  EXPECT_EQ(sum.cells[0].member_kind(), v1::MEMBER_KIND_INSURER);
  EXPECT_EQ(sum.cells[0].members(), v1::MEMBERS_CLASS_UNSPECIFIED);
  EXPECT_FALSE(sum.cells[0].structurally_empty());
}

TEST(RegionSums, LeavesAreasOutThatHaveNotCollected) {
  v1::Release without = ReleaseFor("0602", 5, /*version=*/2);
  SetState(v1::CELL_STATE_NOT_COLLECTED, "", &without);
  const IndicatorSum sum = SumsOf({ReleaseFor("0601", 4), without});
  EXPECT_EQ(Standings(sum), (Expected{v1::AREA_STANDING_ADDED, v1::AREA_STANDING_NOT_COLLECTED}))
      << "and its newer definition makes nothing old";
  EXPECT_EQ(sum.cells[0].denominator(), 100u);
  const IndicatorSum nothing = SumsOf({without, without});
  EXPECT_EQ(nothing.cells[0].state(), v1::CELL_STATE_NOT_COLLECTED);
  EXPECT_EQ(nothing.composition.measure().version(), 2u);
}

TEST(RegionSums, AddNoCountsOfTwoDefinitions) {
  for (const bool newest_first : {true, false}) {
    std::vector<v1::Release> releases = {ReleaseFor("0601", 4, 1), ReleaseFor("0602", 5, 2)};
    if (newest_first) std::swap(releases[0], releases[1]);
    const IndicatorSum sum = SumsOf(releases);
    Expected expected = {v1::AREA_STANDING_OTHER_VERSION, v1::AREA_STANDING_ADDED};
    if (newest_first) std::swap(expected[0], expected[1]);
    EXPECT_EQ(Standings(sum), expected);
    EXPECT_EQ(sum.composition.measure().version(), 2u);
    EXPECT_EQ(sum.cells[0].denominator(), 100u);
  }
}

TEST(RegionSums, NeverAddNoise) {
  v1::Release noisy = ReleaseFor("0602", 5);
  noisy.mutable_noise()->set_variance_numerator(60);
  const IndicatorSum sum = SumsOf({ReleaseFor("0601", 4), noisy});
  EXPECT_EQ(Standings(sum), (Expected{v1::AREA_STANDING_ADDED, v1::AREA_STANDING_WITH_NOISE}));
  EXPECT_EQ(sum.cells[0].denominator(), 100u);
  EXPECT_TRUE(SumsOf({noisy, noisy}).cells.empty());
}

TEST(RegionSums, SayWhenPersonsOfUnknownResidenceMayCountTwice) {
  v1::Release some = ReleaseFor("0602", 5), hidden = ReleaseFor("0603", 6);
  SetState(v1::CELL_STATE_SUPPRESSED, "unknown", &hidden);
  for (v1::ReleaseCell& cell : *some.mutable_table(0)->mutable_cell()) {
    if (cell.municipality() == "unknown") ShowCounts(10, 30, &cell);
  }
  const v1::Release none = ReleaseFor("0601", 4);
  EXPECT_FALSE(SumsOf({none, none}).composition.may_count_twice());
  EXPECT_FALSE(SumsOf({none, some}).composition.may_count_twice()) << "in one area only";
  EXPECT_TRUE(SumsOf({some, some}).composition.may_count_twice());
  EXPECT_TRUE(SumsOf({some, hidden}).composition.may_count_twice());
}

TEST(RegionSums, KeepTheOrderOfTheFirstRelease) {
  v1::Release release = ReleaseFor("0601", 4);
  AddTable("bmi", 1, &release);
  AddTable("smoking", 1, &release);
  RegionSums sums(v1::MEMBER_KIND_UNSPECIFIED, Breakdown::kNone);
  ASSERT_TRUE(sums.Add(release, {"smoking", "waist"}).ok());
  ASSERT_TRUE(sums.Add(release, {"bmi"}).ok());
  std::vector<std::string> ids;
  for (const IndicatorSum& sum : sums.Sums()) ids.push_back(sum.composition.measure().id());
  EXPECT_EQ(ids, (std::vector<std::string>{"waist", "smoking", "bmi"}));
  EXPECT_EQ(sums.Add(release, {"waist", "liver"}).code(), absl::StatusCode::kDataLoss);
}

TEST(RegionSums, OfRandomReleasesAreWhatAReaderAddsUp) {
  std::mt19937_64 random(20260401);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<v1::Release> releases;
    for (uint64_t area = 1; area <= 1 + random() % 5; ++area) {
      releases.push_back(ReleaseFor("060" + std::to_string(area), area));
      for (v1::ReleaseCell& cell : *releases.back().mutable_table(0)->mutable_cell()) {
        const int64_t n = static_cast<int64_t>(random() % 3 * (random() % 400));
        const int64_t k = n == 0 ? 0 : static_cast<int64_t>(random() % (n + 1));
        const v1::CellState state =
            random() % 4 == 0 ? v1::CELL_STATE_SUPPRESSED : v1::CELL_STATE_PUBLISHED;
        v1::ReleaseCell drawn =
            Cell(state, state == v1::CELL_STATE_SUPPRESSED ? 0 : k,
                 state == v1::CELL_STATE_SUPPRESSED ? 0 : n, cell.sex(), cell.age_band());
        drawn.set_municipality(cell.municipality());
        drawn.set_member_kind(cell.member_kind());
        cell = drawn;
      }
    }
    const IndicatorSum sum = SumsOf(releases, v1::MEMBER_KIND_INSURER, Breakdown::kSexAge2);
    ASSERT_EQ(sum.cells.size(), 30u);
    for (const v1::ReleaseCell& cell : sum.cells) {
      std::optional<std::pair<int64_t, int64_t>> counts = {{0, 0}};
      for (const v1::Release& release : releases) {
        for (const v1::ReleaseCell& part : release.table(0).cell()) {
          if (!part.municipality().empty() || part.member_kind() != v1::MEMBER_KIND_INSURER ||
              part.sex() != cell.sex() || part.age_band() != cell.age_band()) {
            continue;
          }
          if (part.state() == v1::CELL_STATE_SUPPRESSED) counts.reset();
          if (!counts.has_value()) break;
          counts->first += static_cast<int64_t>(part.numerator());
          counts->second += static_cast<int64_t>(part.denominator());
        }
        if (!counts.has_value()) break;
      }
      v1::ReleaseCell expected =
          counts.has_value() ? Cell(v1::CELL_STATE_PUBLISHED, counts->first, counts->second,
                                    cell.sex(), cell.age_band())
                             : Cell(v1::CELL_STATE_SUPPRESSED, 0, 0, cell.sex(), cell.age_band());
      expected.set_member_kind(v1::MEMBER_KIND_INSURER);
      expected.clear_members();
      EXPECT_EQ(Bytes(cell), Bytes(expected)) << "trial " << trial;
    }
  }
}

}  // namespace
}  // namespace renkei::hub::indicators
