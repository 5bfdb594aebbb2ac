// Seeded random releases of up to 300 cells, one in four of a sensitive measure, judged by row
// reduction and by linear programs over what is shown (T15): no hidden small count follows, and no
// interval of one, or of what tables leave of each other, is narrower than the policy says. Tables
// of the common condition's size likewise. 10,000 and 50 with RENKEI_FULL=1.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "policy/disclosure/greedy.h"
#include "policy/disclosure/interval_refine.h"
#include "policy/disclosure/interval_repair.h"
#include "tests/support/national_evidence.h"
#include "tests/unit/policy/disclosure/released_evidence.h"

namespace renkei::policy::disclosure {
namespace {

using tests::Knowledge;
using tests::NationalTable;
using tests::TableCounts;

constexpr size_t kMostCells = 300;

bool IsFull() {
  const char* full = std::getenv("RENKEI_FULL");
  return full != nullptr && std::string(full) == "1";
}

// Cells of a layout in which somebody can be counted.
size_t CellsOf(const rules::WithheldLevels& withheld, size_t places, size_t kinds) {
  size_t cells = 0;
  for (const bool of_place : {false, true}) {
    for (const bool of_kind : {false, true}) {
      for (const bool of_sex : {false, true}) {
        for (const auto& [age, groups] : {std::pair{rules::AgeGrain::kAllAges, size_t{1}},
                                          {rules::AgeGrain::kTwoBands, size_t{2}},
                                          {rules::AgeGrain::kFiveYears, size_t{7}}}) {
          if (withheld.Withholds({of_place, of_kind, of_sex, age})) continue;
          cells += (of_place ? places : 1) * (of_kind ? kinds : 1) * (of_sex ? 2 : 1) * groups;
        }
      }
    }
  }
  return cells;
}

Family RandomFamily(uint64_t seed) {
  std::mt19937_64 random(seed);
  const size_t municipalities = 1 + random() % 3;
  const size_t kinds = 1 + random() % 3;
  Family family({"m"}, municipalities);
  family.request().measures[0].set_sensitive(seed % 4 == 3);
  const std::vector<rules::OfferedLayout> layouts =
      rules::LayoutsOf(rules::Policy::Default()->document());
  size_t layout = random() % layouts.size();
  while (CellsOf(layouts[layout].levels(), municipalities + 1, kinds) > kMostCells) {
    layout = (layout + 1) % layouts.size();
  }
  family.request().withheld = layouts[layout].levels();
  const int members = 3 + static_cast<int>(random() % 6);
  const uint64_t scale = uint64_t{20} << random() % 6;
  const uint64_t with_in_ten = 1 + random() % 9;
  const uint64_t empty_in_ten = random() % 4;
  for (int i = 0; i < members; ++i) {
    tables::Cube* cube = family.AddMember(static_cast<v1::MemberKind>(1 + random() % kinds),
                                          random() % 2 == 0, random() % 3 == 0);
    for (int g = 0; g <= static_cast<int>(municipalities); ++g) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) {
          if (random() % 10 < empty_in_ten) continue;
          const auto n = static_cast<int64_t>(random() % scale);
          const auto most = static_cast<int64_t>(static_cast<uint64_t>(n) * with_in_ten / 10);
          const int64_t x = random() % 4 == 0
                                ? 0
                                : static_cast<int64_t>(random() % static_cast<uint64_t>(most + 1));
          Family::Set(cube, 0, g, s, b, x, n);
        }
      }
    }
  }
  return family;
}

struct Judged {
  size_t small = 0;      // hidden cells and sums of few persons
  size_t recovered = 0;  // of them
  size_t shown = 0;
  size_t targets = 0;  // intervals
  size_t narrow = 0;
  size_t without = 0;  // recovered were only small cells hidden
};

// The public, each member, and some of those who are alone in a cell: who know all zeros and full
// cells, and who do not.
std::vector<ReaderOfARelease> Readers(const ReleasedEvidence& evidence, size_t members) {
  constexpr size_t kPersons = 4;
  const std::vector<int> alone = evidence.CellsOfOnePerson();
  std::vector<ReaderOfARelease> readers;
  for (const bool knows : {true, false}) {
    const ReaderOfARelease anybody{.knows_zeros = knows, .bounds_hidden_cells = knows};
    readers.push_back(anybody);
    for (size_t i = 0; i < members; ++i) {
      readers.push_back(anybody);
      readers.back().member = static_cast<int>(i);
    }
    for (size_t i = 0; i < std::min(kPersons, alone.size()); ++i) {
      readers.push_back(anybody);
      readers.back().alone_in = alone[i * alone.size() / std::min(kPersons, alone.size())];
    }
  }
  return readers;
}

void CountIntervals(const ReleasedEvidence& evidence, const ReaderOfARelease& reader,
                    Judged* judged) {
  std::vector<tests::Target> targets = evidence.SmallCells(reader);
  const std::vector<tests::Target> derived = evidence.SmallDerived(reader);
  targets.insert(targets.end(), derived.begin(), derived.end());
  judged->targets += targets.size();
  judged->narrow += tests::CountNarrow(evidence.For(reader), targets);
}

Judged Judge(const Family& family) {
  Judged judged;
  const auto table = family.Run();
  EXPECT_TRUE(table.ok()) << table.status();
  if (!table.ok()) return judged;
  ProtectedMeasure released = table->measures()[0];
  const ReleasedEvidence evidence(family.request(), released);
  for (size_t c = 0; c < evidence.size(); ++c) {
    if (evidence.IsHidden(c)) continue;
    const int64_t x = evidence.CountOf(evidence.sum(c));
    const int64_t without = evidence.PersonsOf(evidence.sum(c)) - x;
    judged.shown += evidence.cell(c).denominator > 0;
    const int64_t fewest = evidence.is_sensitive() ? 0 : 1;
    const bool is_few = (x >= fewest && x < 10) || (without >= fewest && without < 10);
    judged.recovered += is_few && x + without > 0;
  }
  const std::vector<tests::UnknownSum> small = evidence.SmallSums();
  judged.small = small.size();
  for (const bool knows_zeros : {false, true}) {
    const auto follow = tests::FollowFrom(evidence.For({.knows_zeros = knows_zeros}), small);
    judged.recovered += static_cast<size_t>(std::count(follow.begin(), follow.end(), true));
  }
  for (const ReaderOfARelease& reader : Readers(evidence, family.cubes().size())) {
    CountIntervals(evidence, reader, &judged);
  }
  // Mutation: every cell shown that is not small itself.
  for (size_t c = 0; c < evidence.size(); ++c) {
    const int64_t x = evidence.CountOf(evidence.sum(c));
    const int64_t without = evidence.PersonsOf(evidence.sum(c)) - x;
    if ((x == 0 || x >= 10) && (without == 0 || without >= 10)) {
      released.cells[c].state = v1::CELL_STATE_PUBLISHED;
    }
  }
  const ReleasedEvidence open(family.request(), released);
  const auto follow = tests::FollowFrom(open.For({}), open.SmallSums());
  judged.without += static_cast<size_t>(std::count(follow.begin(), follow.end(), true));
  return judged;
}

constexpr uint64_t kParts = 8;

class PartOfTheReleases : public testing::TestWithParam<uint64_t> {};

TEST_P(PartOfTheReleases, GivesNoSmallCountAndNoNarrowIntervalAway) {
  const uint64_t releases = (IsFull() ? 10000 : 320) / kParts;
  Judged sum;
  for (uint64_t i = 0; i < releases; ++i) {
    const uint64_t seed = GetParam() * releases + i;
    const Judged judged = Judge(RandomFamily(seed));
    EXPECT_EQ(judged.recovered, 0u) << "seed " << seed;
    EXPECT_EQ(judged.narrow, 0u) << "seed " << seed;
    sum.small += judged.small;
    sum.shown += judged.shown;
    sum.targets += judged.targets;
    sum.without += judged.without;
  }
  std::printf("%zu releases: %zu shown cells, %zu small sums, %zu intervals; %zu would follow\n",
              static_cast<size_t>(releases), sum.shown, sum.small, sum.targets, sum.without);
  EXPECT_GT(sum.small, 40 * releases);
  EXPECT_GT(sum.shown, 5 * releases);
  EXPECT_GT(sum.without, releases);
}

INSTANTIATE_TEST_SUITE_P(All, PartOfTheReleases, testing::Range(uint64_t{0}, kParts));

// Mutation: a policy that does not ask for members' intervals lets members find narrow ones, and
// nobody else.
TEST(ReleasesForTrustedMembers, LetMembersBoundCountsAndNobodyElse) {
  Judged of_members, of_others;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Family family = RandomFamily(seed);
    family.request().policy.set_audit_member_intervals(false);
    const auto table = family.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    const ReleasedEvidence evidence(family.request(), table->measures()[0]);
    for (const ReaderOfARelease& reader : Readers(evidence, family.cubes().size())) {
      CountIntervals(evidence, reader, reader.member < 0 ? &of_others : &of_members);
    }
  }
  std::printf("%zu of %zu intervals narrow for members\n", of_members.narrow, of_members.targets);
  EXPECT_GT(of_members.narrow, 40u);
  EXPECT_EQ(of_others.narrow, 0u);
}

// Tables of the national shape.

std::vector<bool> Protected(const NationalTable& table, bool* is_held) {
  MovementPool pool(table.cells);
  IntervalPattern pattern =
      RepairIntervals(table.cells, SuppressGreedily(table.linear).hidden, table.attackers, &pool);
  *is_held = !pattern.left.empty() || !pattern.hopeless.empty();
  return RefineIntervals(table.cells, std::move(pattern.hidden), table.attackers);
}

// One to three prefectures of two to five areas, up to 300 cells.
TableCounts RandomCounts(uint64_t seed) {
  std::mt19937_64 random(seed);
  TableCounts counts;
  const size_t prefectures = 1 + random() % 3;
  const size_t areas_of_each = 2 + random() % 4;
  const size_t places = prefectures * (areas_of_each + 1) + static_cast<size_t>(prefectures > 1);
  counts.bands =
      static_cast<uint32_t>(std::min<size_t>(2 + random() % 5, kMostCells / (3 * places) - 1));
  counts.bands_under_65 = counts.bands;
  const uint64_t most = uint64_t{12} << random() % 4;
  for (uint32_t p = 0; p < prefectures; ++p) {
    for (size_t a = 0; a < areas_of_each; ++a) {
      counts.prefectures[absl::StrCat("P", p)].push_back(
          static_cast<uint32_t>(counts.areas.size()));
      counts.areas.push_back(absl::StrCat("A", counts.areas.size()));
      for (uint32_t i = 0; i < 2 * counts.bands; ++i) {
        const auto x = random() % 6 == 0 ? 0 : static_cast<int64_t>(random() % most);
        counts.inner.push_back(x);
        counts.persons.push_back(x + 100 + static_cast<int64_t>(random() % 400));
      }
    }
  }
  return counts;
}

TEST_P(PartOfTheReleases, OfTablesOfAreasNeither) {
  const uint64_t tables = (IsFull() ? 10000 : 80) / kParts;
  size_t small = 0, held = 0, narrow_of_greedy = 0;
  for (uint64_t i = 0; i < tables; ++i) {
    const uint64_t seed = GetParam() * tables + i;
    const TableCounts counts = RandomCounts(seed);
    const NationalTable table = tests::MakeTable(counts, 0, 1, Knowledge::kPublic);
    ASSERT_LE(table.cells.cells.size(), kMostCells);
    bool is_held = false;
    const std::vector<bool> hidden = Protected(table, &is_held);
    held += is_held;
    if (is_held) continue;
    const auto targets = tests::SmallCells(table, counts, 1);
    small += targets.size();
    EXPECT_EQ(tests::CountNarrow(tests::SeenOf(table, counts, hidden, {}), targets), 0u)
        << "seed " << seed;
    const std::vector<bool> greedy = SuppressGreedily(table.linear).hidden;
    narrow_of_greedy += tests::CountNarrow(tests::SeenOf(table, counts, greedy, {}), targets);
  }
  std::printf("%zu tables, %zu held: %zu small cells, %zu narrow after the greedy step\n",
              static_cast<size_t>(tables), held, small, narrow_of_greedy);
  EXPECT_LT(held * 4, tables);
  EXPECT_GT(small, 5 * tables);
  EXPECT_GT(narrow_of_greedy, tables / 4);
}

// The common condition's people; of each area another share has the finding.
TableCounts LikeTheCommonTable(uint64_t seed) {
  std::mt19937_64 random(seed);
  TableCounts counts = tests::ReadTableCounts("disclosure_common.csv");
  for (size_t line = 0; line < counts.inner.size(); line += counts.bands) {
    const double share = 0.02 + static_cast<double>(random() % 60) / 1000;
    for (size_t v = line; v < line + counts.bands; ++v) {
      std::binomial_distribution<int64_t> with(counts.persons[v], share);
      counts.inner[v] = with(random);
    }
  }
  return counts;
}

TEST(ReleasesOfTheCommonSize, GiveNoSmallCountAndNoNarrowIntervalAway) {
  const uint64_t tables = IsFull() ? 50 : 2;
  for (uint64_t seed = 0; seed < tables; ++seed) {
    const TableCounts counts = LikeTheCommonTable(seed);
    const NationalTable table = tests::MakeTable(counts, 0, 1, Knowledge::kPublic);
    ASSERT_EQ(table.cells.cells.size(), 9192u);
    bool is_held = false;
    const std::vector<bool> hidden = Protected(table, &is_held);
    EXPECT_FALSE(is_held) << "seed " << seed;
    const auto targets = tests::SmallCells(table, counts, 1);
    EXPECT_GT(targets.size(), 500u);
    EXPECT_EQ(tests::CountNarrow(tests::SeenOf(table, counts, hidden, {}), targets), 0u)
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace renkei::policy::disclosure
