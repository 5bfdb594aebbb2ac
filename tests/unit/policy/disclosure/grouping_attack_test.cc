// A11: trackers on groupings. Random unions of random areas and a greedy tracker (A, A with b, the
// area less A), each asked with all that were admitted before. 300 unions; 10^4 with RENKEI_FULL=1.
#include "tests/unit/policy/disclosure/grouping_attack.h"

#include <gtest/gtest.h>

#include <random>

#include "policy/base/error.h"
#include "policy/disclosure/protect_union.h"
#include "tests/support/full_run.h"

namespace renkei::policy::disclosure {
namespace {

constexpr size_t kAsked = 12;  // of one area

Region RandomRegion(std::mt19937_64* random, size_t municipalities) {
  const auto below = [&](uint64_t limit) { return (*random)() % limit; };
  Region region(municipalities);
  const uint64_t scale = 12 + below(120);
  std::vector<uint64_t> size;
  for (size_t g = 0; g < municipalities; ++g) size.push_back(below(4) == 0 ? 3 : 1 + below(scale));
  const size_t members = 4 + below(6);
  for (size_t i = 0; i < members; ++i) {
    // As in life most kinds have several members, and one place may have few.
    const auto kind = static_cast<v1::MemberKind>(1 + below(3));
    region.AddMember(
        kind,
        [&](int place, int, int) {
          const uint64_t n = below(5) == 0 ? 0 : below(3 * size[static_cast<size_t>(place)] + 1);
          return std::pair<int64_t, int64_t>(below(n + 1), n);
        },
        /*member_level=*/below(3) == 0);
  }
  return region;
}

// What a tracker asks next: at random, or a set that it has asked with one place more or less, or
// the rest of the area.
std::vector<int> NextSet(std::mt19937_64* random, size_t municipalities, bool greedy,
                         const std::vector<std::vector<int>>& asked) {
  std::vector<bool> in(municipalities);
  if (greedy && !asked.empty()) {
    for (const int g : asked[(*random)() % asked.size()]) in[static_cast<size_t>(g)] = true;
    const uint64_t turn = (*random)() % 3;
    if (turn == 2) in.flip();
    const size_t at = (*random)() % municipalities;
    if (turn < 2) in[at] = !in[at];
  } else {
    for (size_t g = 0; g < municipalities; ++g) in[g] = (*random)() % 2 == 0;
  }
  std::vector<int> set;
  for (size_t g = 0; g < municipalities; ++g) {
    if (in[g]) set.push_back(static_cast<int>(g));
  }
  return set;
}

struct Outcome {
  size_t asked = 0;
  size_t admitted = 0;
  size_t refused = 0;
  Tracker::Tally tally;
};

// Without the joint check a union is protected by itself, as if nothing else had been shown.
std::vector<std::shared_ptr<const EarlierRelease>> Known(const EarlierRelease& release,
                                                         bool joint_check) {
  auto known = std::make_shared<EarlierRelease>(release);
  if (!joint_check) {
    known->unions.clear();
    for (auto& cells : known->shown) cells.assign(cells.size(), false);
  }
  return {known};
}

Outcome Attack(uint64_t seed, bool joint_check) {
  std::mt19937_64 random(seed);
  const size_t municipalities = 3 + random() % 2;
  std::shared_ptr<const EarlierRelease> release = RandomRegion(&random, municipalities).Released();
  const bool greedy = seed % 2 == 0;
  Outcome out;
  std::vector<std::vector<int>> asked;
  for (size_t i = 0; i < kAsked; ++i) {
    const std::vector<int> set = NextSet(&random, municipalities, greedy, asked);
    std::vector<std::string> codes;
    for (const int g : set) {
      codes.push_back(release->inputs.layout->municipalities()[static_cast<size_t>(g)]);
    }
    const auto table =
        ProtectUnion({Known(*release, joint_check), 0, codes}, std::vector<uint8_t>(32, 7));
    ++out.asked;
    if (table.status().code() == absl::StatusCode::kInvalidArgument) continue;
    asked.push_back(set);
    if (!table.ok()) {
      EXPECT_EQ(table.status().code(), absl::StatusCode::kFailedPrecondition) << table.status();
      ++out.refused;
      continue;
    }
    ++out.admitted;
    release = WithUnion(*release, codes, *table);
  }
  out.tally = Tracker(*release).Run();
  return out;
}

constexpr uint64_t kParts = 4;

class TrackersOnGroupings : public testing::TestWithParam<uint64_t> {};

TEST_P(TrackersOnGroupings, GiveNoFewPersonsAndNoFewMembersAway) {
  const uint64_t unions = tests::IsFullRun() ? 10000 : 300;
  const uint64_t areas = unions / kAsked / kParts + 1;
  Outcome sum;
  for (uint64_t i = 0; i < areas; ++i) {
    const uint64_t seed = GetParam() * areas + i;
    const Outcome out = Attack(seed, /*joint_check=*/true);
    EXPECT_EQ(out.tally.exact, 0u) << "seed " << seed;
    EXPECT_EQ(out.tally.rests, 0u) << "seed " << seed;
    sum.asked += out.asked;
    sum.admitted += out.admitted;
    sum.refused += out.refused;
    sum.tally.unsafe += out.tally.unsafe;
  }
  std::printf("%zu unions asked: %zu admitted, %zu refused; %zu sums of few\n", sum.asked,
              sum.admitted, sum.refused, sum.tally.unsafe);
  EXPECT_GT(sum.admitted, areas);
  EXPECT_GT(sum.tally.unsafe, 100 * areas);
}

INSTANTIATE_TEST_SUITE_P(All, TrackersOnGroupings, testing::Range(uint64_t{0}, kParts));

// An area where a margin and some bands followed of two kinds together, and so what these leave.
TEST(TrackersOnGroupings, GiveNoHiddenBandsOfTwoKindsAway) {
  EXPECT_EQ(Attack(541, /*joint_check=*/true).tally.rests, 0u);
}

// Mutation: without the joint check the tracker succeeds.
TEST(TrackersOnGroupings, WithoutTheJointCheckFewPersonsFollow) {
  size_t exact = 0;
  for (uint64_t seed = 0; seed < 4; ++seed) exact += Attack(seed, false).tally.exact;
  EXPECT_GT(exact, 100u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
