// Attacks that need every table of whole numbers: integer programming (A4), and minimality (A24),
// where the reader replays the protection on every table that fits what is shown and drops those
// that would have been shown otherwise.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "policy/disclosure/greedy.h"
#include "policy/disclosure/interval_refine.h"
#include "policy/disclosure/interval_repair.h"
#include "tests/support/national_evidence.h"

namespace renkei::policy::disclosure {
namespace {

using tests::Evidence;
using tests::Knowledge;
using tests::NationalTable;
using tests::TableCounts;
using tests::Target;

// Nothing: the release would be held.
std::optional<std::vector<bool>> Protected(const NationalTable& table) {
  MovementPool pool(table.cells);
  IntervalPattern pattern =
      RepairIntervals(table.cells, SuppressGreedily(table.linear).hidden, table.attackers, &pool);
  if (!pattern.left.empty() || !pattern.hopeless.empty()) return std::nullopt;
  return RefineIntervals(table.cells, std::move(pattern.hidden), table.attackers);
}

// A4. Of 13 areas and 6 bands: 294 cells.
TEST(AttackOnSmallTables, WholeNumbersBoundNoSmallCount) {
  size_t narrow_of_greedy = 0;
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const TableCounts counts =
        seed < 4 ? tests::MakeTableCounts(seed, 6, 3) : tests::MakeTableCounts(seed, 13, 6);
    const NationalTable table = tests::MakeTable(counts, 0, 1, Knowledge::kPublic);
    const auto hidden = Protected(table);
    ASSERT_TRUE(hidden.has_value()) << "seed " << seed;
    const auto narrow = [&](const std::vector<bool>& pattern) {
      tests::IntervalAttacker attacker(tests::SeenOf(table, counts, pattern, {}));
      size_t found = 0;
      for (const Target& target : tests::SmallCells(table, counts, 1)) {
        const tests::Range range = attacker.WholeRangeOf(target.sum);
        found += range.low > target.low || range.high < target.high;
      }
      return found;
    };
    EXPECT_EQ(narrow(*hidden), 0u) << "seed " << seed;
    narrow_of_greedy += narrow(SuppressGreedily(table.linear).hidden);
  }
  EXPECT_GT(narrow_of_greedy, 10u);
}

// Every table of whole numbers that fits, at most `most` of them; coefficients are 1.
class Tables {
 public:
  Tables(const Evidence& evidence, size_t most)
      : evidence_(evidence), open_(tests::SolveLines(evidence)), most_(most) {
    for (uint32_t u = 0; u < open_.solved.size(); ++u) {
      value_.push_back(open_.solved[u].value_or(0));
      if (!open_.solved[u].has_value()) order_.push_back(u);
    }
    sums_of_.resize(value_.size());
    for (const Evidence::Seen& seen : open_.sums) {
      for (const auto& term : seen.sum) sums_of_[term.first].push_back(left_.size());
      left_.push_back(seen.range);
      open_terms_.push_back(seen.sum.size());
    }
  }
  const std::vector<std::vector<int64_t>>& Run() {
    Try(0);
    return found_;
  }

 private:
  void Try(size_t position) {
    if (found_.size() >= most_) return;
    if (position == order_.size()) {
      found_.push_back(value_);
      return;
    }
    const uint32_t u = order_[position];
    int64_t low = std::max<int64_t>(evidence_.unknowns[u].low, 1);  // zeros are shown
    int64_t high = evidence_.unknowns[u].high;
    for (const size_t s : sums_of_[u]) {
      const auto others = static_cast<int64_t>(open_terms_[s]) - 1;
      high = std::min(high, left_[s].high - others);
      if (others == 0) low = std::max(low, left_[s].low);
    }
    for (int64_t v = low; v <= high; ++v) {
      value_[u] = v;
      Take(u, v);
      Try(position + 1);
      Take(u, -v);
    }
  }
  void Take(uint32_t u, int64_t v) {
    for (const size_t s : sums_of_[u]) {
      left_[s].low -= v;
      if (left_[s].high < tests::kEndless / 2) left_[s].high -= v;
      v > 0 ? --open_terms_[s] : ++open_terms_[s];
    }
  }

  const Evidence& evidence_;
  tests::OpenEvidence open_;
  size_t most_;
  std::vector<uint32_t> order_;
  std::vector<int64_t> value_;
  std::vector<std::vector<size_t>> sums_of_;
  std::vector<tests::Range> left_;
  std::vector<size_t> open_terms_;
  std::vector<std::vector<int64_t>> found_;
};

// A24. The key is sealed: the reader gives each table the share of the keys he tries that show the
// same cells.
TEST(AttackOnSmallTables, ReplayingTheProtectionLeavesSeveralValuesOfEverySmallCount) {
  const char* full = std::getenv("RENKEI_FULL");
  const bool is_full = full != nullptr && std::string(full) == "1";
  const uint8_t keys = is_full ? 8 : 5;
  const size_t most_tables = is_full ? 120 : 40;
  const size_t most_attacked = is_full ? 15 : 4;
  size_t attacked = 0, targets = 0, dropped = 0, tables = 0;
  double of_truth = 0, before = 0;
  for (uint64_t seed = 0; seed < 200 && attacked < most_attacked; ++seed) {
    const TableCounts counts = tests::MakeTableCounts(seed, 3, 3);
    const NationalTable table = tests::MakeTable(counts, 200, 1, Knowledge::kPublic);
    ASSERT_LE(table.cells.cells.size(), 60u);
    const auto small = tests::SmallCells(table, counts, 1);
    const auto hidden = Protected(table);
    if (small.empty() || !hidden.has_value()) continue;
    const Evidence seen = tests::SeenOf(table, counts, *hidden, {});
    const std::vector<std::vector<int64_t>> fitting = Tables(seen, most_tables).Run();
    ASSERT_FALSE(fitting.empty());
    if (fitting.size() >= most_tables) continue;
    ++attacked;
    tables += fitting.size();
    std::vector<double> weight;
    for (const std::vector<int64_t>& inner : fitting) {
      TableCounts candidate = counts;
      candidate.inner = inner;
      size_t alike = 0;
      for (uint8_t key = 0; key < keys; ++key) {
        alike += Protected(tests::MakeTable(candidate, key, 1, Knowledge::kPublic)) == hidden;
      }
      weight.push_back(static_cast<double>(alike) / keys);
      dropped += alike == 0;
    }
    for (const Target& target : small) {
      std::map<int64_t, double> posterior, prior;
      double all = 0;
      int64_t truth = 0;
      for (const auto& term : target.sum) truth += counts.inner[term.first];
      for (size_t t = 0; t < fitting.size(); ++t) {
        int64_t value = 0;
        for (const auto& term : target.sum) value += fitting[t][term.first];
        prior[value] += 1.0 / static_cast<double>(fitting.size());
        if (weight[t] > 0) posterior[value] += weight[t];
        all += weight[t];
      }
      EXPECT_GE(posterior.size(), 2u) << "seed " << seed << ": " << truth;
      ++targets;
      if (all > 0) of_truth += posterior[truth] / all;
      before += prior[truth];
    }
  }
  std::printf(
      "%zu tables attacked, %zu small counts, %zu tables fit, %zu never shown so; the true "
      "value has %.2f of the belief on average, without replay %.2f\n",
      attacked, targets, tables, dropped, of_truth / static_cast<double>(targets),
      before / static_cast<double>(targets));
  EXPECT_EQ(attacked, most_attacked);
}

}  // namespace
}  // namespace renkei::policy::disclosure
