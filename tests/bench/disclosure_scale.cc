// Disclosure control at the size of a prefecture and of the nation, and of a rare condition against
// those who know more. Tables of different measures are independent: two threads take them in turn,
// and the patterns are the same with one.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/bench/disclosure_run.h"
#include "tests/support/flags.h"

namespace renkei::tests::bench {
namespace {

// Calls `run` with 0 to count - 1, on so many threads.
void ForEach(size_t count, int threads, const std::function<void(size_t)>& run) {
  std::atomic<size_t> next = 0;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (size_t i = next++; i < count; i = next++) run(i);
    });
  }
  for (std::thread& worker : workers) worker.join();
}

// From here on the peak is counted anew; where the kernel refuses, it is the whole run's.
void ResetPeakMemory() { std::ofstream("/proc/self/clear_refs") << "5"; }

double PeakMemoryMib() {
  std::ifstream in("/proc/self/status");
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
  }
  return 0;
}

// What one table came to; the table itself is not kept.
struct TableResult {
  std::vector<bool> hidden;
  size_t cells = 0;
  size_t bands = 0;
  double value = 0;
  double hidden_value = 0;
  bool is_held = false;
};

TableResult ResultOf(const Laddered& laddered) {
  TableResult result;
  result.hidden = laddered.repaired.hidden;
  result.cells = result.hidden.size();
  result.bands = laddered.sizes.size();
  result.is_held = laddered.repaired.is_held;
  for (size_t c = 0; c < result.cells; ++c) {
    const double value = static_cast<double>(laddered.table.cells.cells[c].value);
    result.value += value;
    if (result.hidden[c]) result.hidden_value += value;
  }
  return result;
}

struct Sum {
  size_t cells = 0;
  int64_t hidden = 0;
  size_t collapsed = 0;
  size_t held = 0;
  double hidden_value = 0;  // share of all counts

  Sum(const std::vector<TableResult>& results, size_t bands) {
    double value = 0;
    double of_hidden = 0;
    for (const TableResult& result : results) {
      cells += result.cells;
      hidden += CountOf(result.hidden);
      collapsed += result.bands < bands;
      held += result.is_held;
      value += result.value;
      of_hidden += result.hidden_value;
    }
    hidden_value = value > 0 ? of_hidden / value : 0;
  }
};

Figure OfNation(const char* name, Knowledge knowledge, const char* whom, double goal_seconds,
                int threads) {
  Say(absl::StrCat("disclosure: a fiscal year of the nation, ", whom));
  const std::vector<NationalTotals> totals = ReadNationalTotals();
  std::vector<TableResult> results(totals.size());
  ResetPeakMemory();
  const double start = Seconds();
  ForEach(totals.size(), threads, [&](size_t i) {
    results[i] = ResultOf(ProtectAlongLadder(SpreadOverAreas(totals[i], i, /*with_kinds=*/true),
                                             knowledge, Shape::kFull));
  });
  const double seconds = Seconds() - start;
  const double memory = PeakMemoryMib();
  const Sum sum(results, 7);
  return MakeFigure(
      name, seconds, "s", absl::StrFormat("<=%.0f, <=2 GiB", goal_seconds),
      seconds <= goal_seconds && memory <= 2048 && sum.held == 0, "",
      absl::StrFormat(
          "%d measures with NDB totals of FY2021 over invented areas, a member per area "
          "and kind, %s; %d cells, %d hidden (%.2f %% of the counted value), %d measures "
          "collapsed, %d held; %d threads, tables made, protected and audited anew; peak "
          "%.0f MiB",
          totals.size(), whom, sum.cells, sum.hidden, 100 * sum.hidden_value, sum.collapsed,
          sum.held, threads, memory));
}

}  // namespace

std::vector<Figure> DisclosureOfRareCondition() {
  Say("disclosure: a rare condition against members and singletons");
  constexpr double kMostSeconds = 600;
  const double start = Seconds();
  const Laddered laddered = ProtectAlongLadder(
      ReadTableCounts("disclosure_rare.csv"), Knowledge::kMembersAndSingletons, Shape::kSevenBands);
  const double seconds = Seconds() - start;
  const Repaired& repaired = laddered.repaired;
  const double hidden = static_cast<double>(CountOf(repaired.hidden));
  return {MakeFigure(
      "disclosure_rare_known", hidden, "cells", "solved or held in <=600 s, 0 violations",
      seconds <= kMostSeconds && (repaired.is_held || repaired.violations == 0), "",
      absl::StrFormat("%s; of %d cells, 7 bands collapsed to %d (%s of five years), against every "
                      "area's only member and the one person of a cell, %d violations, %.2f s",
                      repaired.is_held ? "HOLD, nothing is released" : "solved",
                      repaired.hidden.size(), laddered.sizes.size(),
                      absl::StrJoin(laddered.sizes, "+"), repaired.violations, seconds))};
}

std::vector<Figure> DisclosureOfPrefecture(const Settings& settings) {
  Say("disclosure: a prefecture");
  constexpr size_t kMeasures = 64;
  std::vector<TableCounts> counts;
  // From 2 to 60 % of the people.
  for (uint32_t i = 0; i < kMeasures; ++i) counts.push_back(MakePrefecture(i, 20 + i * 580 / 63));
  std::vector<TableResult> results[2];
  double seconds = 0;
  for (const int threads : {1, settings.threads}) {
    std::vector<TableResult>& of_run = results[threads == 1 ? 0 : 1];
    of_run.resize(kMeasures);
    const double start = Seconds();
    ForEach(kMeasures, threads, [&](size_t i) {
      of_run[i] = ResultOf(ProtectAlongLadder(counts[i], Knowledge::kPublic, Shape::kSevenBands));
    });
    seconds = Seconds() - start;
  }
  for (size_t i = 0; i < kMeasures; ++i) {
    RequireEqual("disclosure_prefecture: one thread and several",
                 results[0][i].hidden == results[1][i].hidden);
  }
  const Sum sum(results[1], 8);
  return {MakeFigure(
      "disclosure_prefecture", seconds, "s", "<=3", seconds <= 3 && sum.held == 0, "",
      absl::StrFormat(
          "7 areas, 35 municipalities, 8 bands, %d measures: %d cells, %d hidden, %d "
          "measures collapsed, %d held; %d threads, the same patterns with one; protected "
          "and audited anew",
          kMeasures, sum.cells, sum.hidden, sum.collapsed, sum.held, settings.threads))};
}

std::vector<Figure> DisclosureOfNation(const Settings& settings) {
  return {OfNation("disclosure_national", Knowledge::kSingletons, "public and singletons", 180,
                   settings.threads),
          OfNation("disclosure_national_members", Knowledge::kMembersAndSingletons,
                   "public, members and singletons", 900, settings.threads)};
}

}  // namespace renkei::tests::bench
