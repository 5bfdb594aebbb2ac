// Releases after corrections, against a reader with every version and a linear program of his own
// (A10, A27 on the cells of one table).
#include "policy/disclosure/rerelease.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "policy/disclosure/greedy.h"
#include "policy/disclosure/interval_repair.h"
#include "tests/support/version_attacker.h"
#include "tests/support/version_tables.h"

namespace renkei::policy::disclosure {
namespace {

using tests::Corrected;
using tests::FirstVersion;
using tests::Knowledge;
using tests::MadeCorrection;
using tests::MakeTable;
using tests::NationalTable;
using tests::NextVersion;
using tests::PublishedTable;
using tests::TableCounts;

constexpr ChangeRule kRule{10, 3};
constexpr uint32_t kBands = 3;

std::vector<bool> Protected(const NationalTable& table) {
  MovementPool pool(table.cells);
  const IntervalPattern pattern =
      RepairIntervals(table.cells, SuppressGreedily(table.linear).hidden, table.attackers, &pool);
  EXPECT_TRUE(pattern.left.empty() && pattern.hopeless.empty());
  return pattern.hidden;
}

// Each member of its own area; members of wide reach count in all.
std::vector<MadeCorrection> RandomCorrections(const TableCounts& counts, std::mt19937_64* random) {
  std::vector<MadeCorrection> corrections;
  TableCounts now = counts;
  const uint32_t members = 1 + static_cast<uint32_t>((*random)() % 5);
  for (uint32_t m = 0; m < members; ++m) {
    std::vector<uint32_t> areas = {m};
    if ((*random)() % 2 == 0) areas.push_back((m + 1) % static_cast<uint32_t>(counts.areas.size()));
    const int64_t persons = 1 + static_cast<int64_t>((*random)() % 60);
    const bool is_less = (*random)() % 4 == 0 && persons < 20;
    corrections.push_back(
        tests::MakeCorrection(now, m, areas, is_less ? -persons : persons, (*random)()));
    now = Corrected(now, {corrections.back()});
  }
  return corrections;
}

std::vector<uint32_t> AreasOf(const std::vector<MadeCorrection>& corrections) {
  std::vector<uint32_t> areas;
  for (const MadeCorrection& made : corrections) {
    areas.insert(areas.end(), made.areas.begin(), made.areas.end());
  }
  return areas;
}

// Differences that both versions show although rule 2 forbids it.
size_t UnsafeShown(const Version& candidate, const std::vector<bool>& before,
                   const std::vector<bool>& after) {
  size_t unsafe = 0;
  const std::vector<std::vector<Correction>> corrections = {candidate.corrections};
  ForEachCell(NetSteps(corrections), [&](uint32_t cell, std::span<const MemberStep> steps) {
    unsafe += !before[cell] && !after[cell] && IsUnsafeChange(steps, kRule);
  });
  return unsafe;
}

TEST(Rerelease, AfterAnyCorrectionsTellsAReaderOfAllVersionsNothingOrIsHeld) {
  size_t passed = 0;
  size_t held_early = 0;
  size_t held_late = 0;
  for (uint64_t seed = 0; seed < 15; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const Knowledge knowledge =
        seed % 3 == 0 ? Knowledge::kMembersAndSingletons : Knowledge::kPublic;
    TableCounts counts = tests::MakeTableCounts(seed, 6, kBands);
    std::vector<NationalTable> tables;
    tables.reserve(4);
    tables.push_back(MakeTable(counts, 0, 1, knowledge));
    std::vector<PublishedTable> published = {{&tables[0], Protected(tables[0]), {}}};
    VersionStack stack(kRule);
    ASSERT_TRUE(stack.Add(FirstVersion(counts, tables[0], published[0].hidden)).ok());
    for (int release = 0; release < 3; ++release) {
      const std::vector<MadeCorrection> corrections = RandomCorrections(counts, &random);
      const TableCounts corrected = Corrected(counts, corrections);
      tables.push_back(MakeTable(corrected, 0, 1, knowledge));
      const Version candidate = NextVersion(corrected, tables.back(), corrections, {});
      const absl::Status early = CheckCorrections(stack, candidate);
      if (corrections.size() < 3) {
        EXPECT_EQ(early.code(), absl::StatusCode::kFailedPrecondition);
      }
      const absl::StatusOr<Rereleased> made = Rerelease(stack, candidate);
      if (!made.ok()) {
        // Figures stay as published; the next candidate begins with the same counts.
        EXPECT_EQ(made.status().code(), absl::StatusCode::kFailedPrecondition)
            << made.status().message();
        (early.ok() ? held_late : held_early) += 1;
        tables.pop_back();
        continue;
      }
      EXPECT_TRUE(early.ok());
      ++passed;
      EXPECT_TRUE(VersionsHold(made->stack));
      const std::vector<bool>& before = published.back().hidden;
      EXPECT_EQ(UnsafeShown(candidate, before, made->hidden), 0u);
      for (size_t c = 0; c < before.size(); ++c) {
        if (!candidate.in_scope[c]) {
          EXPECT_EQ(made->hidden[c], before[c]);
        }
        if (candidate.hidden[c]) {
          EXPECT_TRUE(made->hidden[c]);
        }
        if (!candidate.system.cells[c].may_hide) {
          EXPECT_FALSE(made->hidden[c]);
        }
      }
      published.push_back({&tables.back(), made->hidden, AreasOf(corrections)});
      const tests::Disclosed disclosed = tests::AttackVersions(published, kBands, 1);
      EXPECT_EQ(disclosed.exact, 0u);
      EXPECT_EQ(disclosed.narrow, 0u);
      tests::VersionAttacker reader(published, kBands, 1);
      const size_t newest = published.size() - 1;
      ForEachCell(NetSteps(std::vector<std::vector<Correction>>{candidate.corrections}),
                  [&](uint32_t cell, std::span<const MemberStep> steps) {
                    if (!IsUnsafeChange(steps, kRule)) return;
                    EXPECT_FALSE(reader.OfChange(newest - 1, newest, cell).IsExact());
                  });
      counts = corrected;
      stack = made->stack;
    }
  }
  std::cout << passed << " let out, " << held_early << " held by their corrections, " << held_late
            << " for intervals\n";
  EXPECT_GE(passed, 10u);
  EXPECT_GE(held_early, 10u);
}

struct Released {
  TableCounts counts = tests::MakeTableCounts(3, 6, kBands);
  NationalTable table = MakeTable(counts, 0, 1, Knowledge::kPublic);
  VersionStack stack{kRule};
  Released() { EXPECT_TRUE(stack.Add(FirstVersion(counts, table, Protected(table))).ok()); }
  Version After(const std::vector<MadeCorrection>& corrections) const {
    const TableCounts corrected = Corrected(counts, corrections);
    return NextVersion(corrected, MakeTable(corrected, 0, 1, Knowledge::kPublic), corrections, {});
  }
  MadeCorrection Of(uint32_t member, int64_t persons) const {
    return tests::MakeCorrection(counts, member, {member}, persons, member);
  }
};

TEST(Rerelease, WithNothingChangedIsTheSame) {
  const Released released;
  const absl::StatusOr<Rereleased> again = Rerelease(released.stack, released.After({}));
  ASSERT_TRUE(again.ok()) << again.status().message();
  EXPECT_EQ(again->hidden, released.stack.HiddenIn(0));
}

TEST(Rerelease, IsTheSameTwice) {
  const Released released;
  const Version candidate =
      released.After({released.Of(0, 30), released.Of(1, 30), released.Of(2, 30)});
  const absl::StatusOr<Rereleased> one = Rerelease(released.stack, candidate);
  const absl::StatusOr<Rereleased> two = Rerelease(released.stack, candidate);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(one->hidden, two->hidden);
}

TEST(Rerelease, OfTwoMembersIsHeldHoweverMuchTheyChanged) {
  const Released released;
  EXPECT_EQ(
      CheckCorrections(released.stack, released.After({released.Of(0, 60), released.Of(1, 60)}))
          .code(),
      absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(
      CheckCorrections(released.stack,
                       released.After({released.Of(0, 60), released.Of(1, 60), released.Of(2, 60)}))
          .ok());
}

TEST(Rerelease, IsHeldWhereTheTotalWouldTellOfFewPersons) {
  const Released released;
  EXPECT_EQ(CheckCorrections(released.stack, released.After({released.Of(0, 3), released.Of(1, 3),
                                                             released.Of(2, 3)}))
                .code(),
            absl::StatusCode::kFailedPrecondition);
}

// Two corrections of three members each pass, but between the first and the last release only one
// member's figures differ.
TEST(Rerelease, IsHeldWhereOneMemberIsLeftAgainstAnOlderRelease) {
  const Released released;
  std::vector<MadeCorrection> there = {released.Of(0, 60), released.Of(1, 60), released.Of(2, 60)};
  const Version second = released.After(there);
  const absl::StatusOr<Rereleased> made = Rerelease(released.stack, second);
  ASSERT_TRUE(made.ok()) << made.status().message();
  std::vector<MadeCorrection> back = there;
  for (MadeCorrection& correction : back) {
    for (int64_t& delta : correction.inner) delta = -delta;
  }
  back[2] = tests::MakeCorrection(Corrected(released.counts, there), 2, {2}, 20, 9);
  const TableCounts last = Corrected(Corrected(released.counts, there), back);
  const Version third = NextVersion(last, MakeTable(last, 0, 1, Knowledge::kPublic), back, {});
  EXPECT_EQ(CheckCorrections(made->stack, third).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace renkei::policy::disclosure
