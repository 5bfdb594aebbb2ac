// Tables of the noise lane: noise on every inner cell, sums of noisy cells, and nothing hidden for
// a count's sake.
#include "policy/disclosure/noisy_table.h"

#include <map>
#include <tuple>

#include "policy/disclosure/axes.h"
#include "tests/unit/policy/disclosure/family_fixture.h"

namespace renkei::policy::disclosure {
namespace {

constexpr v1::MemberKind kAll = v1::MEMBER_KIND_UNSPECIFIED;
constexpr v1::MemberKind kInsurer = v1::MEMBER_KIND_INSURER;

noise::CellNoise Noise(uint8_t key = 1) {
  return *noise::CellNoise::Make(base::Secret::Copy(std::vector<uint8_t>(32, key)), "release",
                                 *noise::DiscreteGaussian::Make(*noise::Rational::Make(60, 1)));
}

ProtectedTable<ForRelease> Noisy(const Family& family, uint8_t key = 1) {
  noise::CellNoise source = Noise(key);
  auto table = AddNoise(family.request(), source);
  EXPECT_TRUE(table.ok()) << table.status();
  return *std::move(table);
}

// Four insurers and four workplaces that agree to everything; x of n in every inner cell.
Family Eight(int64_t x, int64_t n) {
  Family family;
  for (int i = 0; i < 8; ++i) {
    Family::Fill(family.AddMember(i % 2 == 0 ? kInsurer : v1::MEMBER_KIND_WORKPLACE, true), 0, x,
                 n);
  }
  return family;
}

// By place, kind, sex and age.
using CellKey = std::tuple<std::string, int, int, std::string>;
std::map<CellKey, ProtectedCell> CellsOf(const ProtectedTable<ForRelease>& table) {
  std::map<CellKey, ProtectedCell> cells;
  for (const ProtectedCell& cell : table.measures()[0].cells) {
    cells[{cell.municipality, cell.member_kind, cell.sex, cell.age_band}] = cell;
  }
  return cells;
}

TEST(NoisyTable, AnInnerCellIsItsCountAndTheNoiseOfItsPlaceInTheFullGrid) {
  const auto cells = CellsOf(Noisy(Eight(500, 1000)));
  noise::CellNoise source = Noise();
  int64_t index = 0;
  for (int g = 0; g < 4; ++g) {
    const std::string place = g == 3 ? "unknown" : kMunicipalities[g];
    for (int k = 0; k < kKinds; ++k) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b, index += 2) {
          if (k == 0) continue;  // no municipality takes part
          const int64_t count = g == 3 ? 0 : 4 * 500;
          const int64_t x = count + source.Draw({0, static_cast<uint64_t>(index)});
          const int64_t n = x + count + source.Draw({0, static_cast<uint64_t>(index) + 1});
          const ProtectedCell& cell =
              cells.at({place, k + 1, s + 1, tables::kBandLabels[static_cast<size_t>(b)]});
          EXPECT_EQ(cell.denominator, std::max<int64_t>(n, 0));
          EXPECT_EQ(cell.numerator, std::clamp<int64_t>(x, 0, cell.denominator));
          EXPECT_EQ(cell.noisy_inner_cells, 1);
        }
      }
    }
  }
}

TEST(NoisyTable, EveryMarginIsTheSumOfItsNoisyCells) {
  const auto cells = CellsOf(Noisy(Eight(500, 1000)));
  for (const v1::MemberKind kind : {kAll, kInsurer, v1::MEMBER_KIND_WORKPLACE}) {
    int64_t x = 0, n = 0;
    int inner = 0;
    for (const char* place : kMunicipalities) {
      for (const v1::Sex sex : {v1::SEX_MALE, v1::SEX_FEMALE}) {
        for (const char* band : tables::kBandLabels) {
          const ProtectedCell& cell = cells.at({place, kind, sex, band});
          x += cell.numerator;
          n += cell.denominator;
          inner += cell.noisy_inner_cells;
        }
      }
    }
    const ProtectedCell& area = cells.at({"", kind, v1::SEX_BOTH, "40-74"});
    // The row of unknown places is counted in: it holds nobody, and noise of its own.
    EXPECT_EQ(area.noisy_inner_cells, inner / 3 * 4);
    EXPECT_LT(std::abs(area.numerator - x), 7 * 41);
    EXPECT_NE(area.numerator, x) << "the noise of the unknown row is missing";
    for (const char* place : kMunicipalities) {
      const ProtectedCell& both = cells.at({place, kind, v1::SEX_BOTH, "40-64"});
      int64_t parts = 0;
      for (const v1::Sex sex : {v1::SEX_MALE, v1::SEX_FEMALE}) {
        for (int b = 0; b < 5; ++b) {
          parts +=
              cells.at({place, kind, sex, tables::kBandLabels[static_cast<size_t>(b)]}).numerator;
        }
      }
      EXPECT_EQ(both.numerator, parts);
    }
  }
  for (const char* place : kMunicipalities) {
    EXPECT_EQ(cells.at({place, kAll, v1::SEX_BOTH, "40-74"}).denominator,
              cells.at({place, kInsurer, v1::SEX_BOTH, "40-74"}).denominator +
                  cells.at({place, v1::MEMBER_KIND_WORKPLACE, v1::SEX_BOTH, "40-74"}).denominator);
  }
}

TEST(NoisyTable, NoiseDoesNotDependOnCounts) {
  const auto few = CellsOf(Noisy(Eight(500, 1000)));
  const auto many = CellsOf(Noisy(Eight(700, 3000)));
  for (const auto& [key, cell] : few) {
    if (std::get<0>(key) == "unknown" || cell.noisy_inner_cells == 0) continue;
    const int64_t per_inner =
        std::get<0>(key).empty() ? cell.noisy_inner_cells / 4 * 3 : cell.noisy_inner_cells;
    EXPECT_EQ(many.at(key).numerator - cell.numerator, per_inner * 4 * 200);
    EXPECT_EQ(many.at(key).denominator - cell.denominator, per_inner * 4 * 2000);
  }
}

TEST(NoisyTable, WhatIsHiddenAndWhatItSaysBesideNumbersDoesNotDependOnCounts) {
  const auto nobody = Noisy(Eight(0, 0));
  Family one = Eight(0, 0);
  Family::Set(one.cubes()[0].get(), 0, 0, 0, 0, 1, 1);
  for (const auto& other : {Noisy(one), Noisy(Eight(3, 3)), Noisy(Eight(9000, 10000))}) {
    EXPECT_EQ(other.measures()[0].reasons, nobody.measures()[0].reasons);
    for (size_t c = 0; c < nobody.measures()[0].cells.size(); ++c) {
      const ProtectedCell& a = nobody.measures()[0].cells[c];
      const ProtectedCell& b = other.measures()[0].cells[c];
      EXPECT_EQ(a.state, b.state);
      EXPECT_EQ(a.noisy_inner_cells, b.noisy_inner_cells);
      EXPECT_EQ(b.members, v1::MEMBERS_CLASS_UNSPECIFIED);
    }
  }
}

TEST(NoisyTable, NumbersAreCutToTheirRangeOnlyWhereTheyAreShown) {
  const auto cells = CellsOf(Noisy(Eight(0, 0)));
  int64_t sum_of_shown = 0;
  for (const auto& [key, cell] : cells) {
    EXPECT_GE(cell.numerator, 0);
    EXPECT_LE(cell.numerator, cell.denominator);
    if (std::get<0>(key).empty() || std::get<1>(key) == kAll || std::get<2>(key) == v1::SEX_BOTH ||
        cell.noisy_inner_cells != 1) {
      continue;
    }
    sum_of_shown += cell.denominator;
  }
  // Cut cells add up to about 112 x 2 x 6 persons that are not there; the sum of the noise to +-
  // 200.
  EXPECT_LT(cells.at({"", kAll, v1::SEX_BOTH, "40-74"}).denominator, 600);
  EXPECT_GT(sum_of_shown, 400);
}

TEST(NoisyTable, TheSameKeyGivesTheSameTableAndAnotherKeyAnother) {
  const Family family = Eight(500, 1000);
  const auto first = CellsOf(Noisy(family));
  const auto again = CellsOf(Noisy(family));
  const auto other = CellsOf(Noisy(family, 2));
  int same = 0;
  for (const auto& [key, cell] : first) {
    EXPECT_EQ(again.at(key).numerator, cell.numerator);
    same += cell.noisy_inner_cells > 0 && other.at(key).numerator == cell.numerator;
  }
  EXPECT_LT(same, 60);
}

TEST(NoisyTable, ThePatternIsThatOfTheTable) {
  const Family family = Eight(500, 1000);
  const auto pattern = NoisePattern(family.request());
  ASSERT_TRUE(pattern.ok());
  const auto table = Noisy(family);
  for (size_t c = 0; c < table.measures()[0].cells.size(); ++c) {
    EXPECT_EQ((*pattern)[0].cells[c].state, table.measures()[0].cells[c].state);
    EXPECT_EQ((*pattern)[0].cells[c].numerator, 0);
  }
}

TEST(NoisyTable, MunicipalitiesUnderTheBandThatHidesShowNothing) {
  Family family = Eight(500, 1000);
  family.request().population_persons[kMunicipalities[1]] = 1999;
  const auto table = Noisy(family);
  for (const ProtectedCell& cell : table.measures()[0].cells) {
    const bool hidden = cell.municipality == kMunicipalities[1];
    if (cell.member_kind != v1::MEMBER_KIND_MUNICIPALITY) {
      EXPECT_EQ(cell.state == v1::CELL_STATE_SUPPRESSED, hidden);
    }
    if (hidden) {
      EXPECT_EQ(cell.denominator, 0);
    }
  }
  EXPECT_EQ(table.measures()[0].reasons, std::vector<v1::TableReason>{v1::TABLE_REASON_POPULATION});
  EXPECT_EQ(table.measures()[0].loss, v1::LOSS_CLASS_5_20);
}

TEST(NoisyTable, WhatNoMemberOfAKindDeliversIsNotCollected) {
  Family family = Eight(500, 1000);
  for (size_t i = 0; i < 8; i += 2) {
    family.cubes()[i]->collected()[0] = false;
    Family::Fill(family.cubes()[i].get(), 0, 0, 0);
  }
  const auto cells = CellsOf(Noisy(family));
  EXPECT_EQ(cells.at({"", kInsurer, v1::SEX_BOTH, "40-74"}).state, v1::CELL_STATE_NOT_COLLECTED);
  EXPECT_EQ(cells.at({"", kAll, v1::SEX_BOTH, "40-74"}).noisy_inner_cells, 4 * 14)
      << "nobody is in the insurers' cells, and no noise either";
}

std::string LevelsOf(const Family& family) {
  return LevelsOfFewMembers(family.request(), 0).Describe();
}

TEST(NoisyTable, LevelsWhereAFigureCouldBeOfFewMembersAreWithheldWhole) {
  const auto levels_of = [](int municipalities, int insurers, int workplaces, bool cross,
                            bool member_level) {
    Family family;
    const auto add = [&](int count, v1::MemberKind kind) {
      for (int i = 0; i < count; ++i) family.AddMember(kind, cross, member_level);
    };
    add(municipalities, v1::MEMBER_KIND_MUNICIPALITY);
    add(insurers, kInsurer);
    add(workplaces, v1::MEMBER_KIND_WORKPLACE);
    return LevelsOf(family);
  };
  const std::string none = rules::WithheldLevels().Describe();
  EXPECT_EQ(levels_of(0, 3, 3, true, false), none);
  EXPECT_EQ(levels_of(0, 3, 0, true, false), none);
  EXPECT_NE(levels_of(0, 3, 3, false, false), none) << "insurer type by municipality";
  EXPECT_NE(levels_of(3, 3, 3, true, false), none) << "a municipality's own insured";
  EXPECT_EQ(levels_of(3, 3, 3, true, true), none);
  const auto withholds = [](const std::string& levels, const char* word) {
    return levels.find(word) != std::string::npos;
  };
  EXPECT_TRUE(withholds(levels_of(5, 0, 0, true, false), "municipality"));
  EXPECT_FALSE(withholds(levels_of(5, 0, 0, true, false), "member_kind"))
      << "five members in the area: " << levels_of(5, 0, 0, true, false);
  EXPECT_TRUE(withholds(levels_of(5, 2, 0, true, false), "member_kind"));
  EXPECT_TRUE(withholds(levels_of(5, 2, 0, true, false), "municipality"));
  EXPECT_EQ(levels_of(5, 2, 0, true, true), none);
}

}  // namespace
}  // namespace renkei::policy::disclosure
