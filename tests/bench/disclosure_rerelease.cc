// A release of the national table after corrections, beside the time that protecting it anew takes:
// of three members of one prefecture, which is let out, and of one, which is held.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "policy/disclosure/greedy.h"
#include "policy/disclosure/interval_repair.h"
#include "policy/disclosure/rerelease.h"
#include "tests/bench/disclosure_run.h"
#include "tests/support/flags.h"
#include "tests/support/version_attacker.h"
#include "tests/support/version_tables.h"

namespace renkei::tests::bench {
namespace {

using namespace policy::disclosure;  // NOLINT: the figures are about nothing else

constexpr ChangeRule kRule{10, 3};
constexpr int64_t kPersons = 60;  // that a member's correction adds
constexpr size_t kMembers = 3;

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::vector<bool> ProtectAnew(const NationalTable& table) {
  MovementPool pool(table.cells);
  IntervalPattern pattern =
      RepairIntervals(table.cells, SuppressGreedily(table.linear).hidden, table.attackers, &pool);
  RequireEqual("disclosure_rerelease: the table is protected",
               pattern.left.empty() && pattern.hopeless.empty());
  return std::move(pattern.hidden);
}

struct Times {
  std::vector<double> anew;
  std::vector<double> passed;
  std::vector<double> held;
  int64_t hidden = 0;  // further cells, of all releases
  size_t told = 0;     // primaries that a reader of both versions has exactly or too narrowly
};

// One prefecture: its first three members, then the first of them alone.
void Measure(const TableCounts& counts, const NationalTable& table, const VersionStack& released,
             const std::vector<uint32_t>& areas, Times* times) {
  std::vector<MadeCorrection> corrections;
  const std::vector<uint32_t> corrected_areas(areas.begin(), areas.begin() + kMembers);
  for (const uint32_t area : corrected_areas) {
    corrections.push_back(MakeCorrection(counts, area, {area}, kPersons, area));
  }
  const std::vector<bool> before = released.HiddenIn(0);
  for (const bool is_held : {true, false}) {
    const std::vector<MadeCorrection> made =
        is_held ? std::vector<MadeCorrection>{corrections[0]} : corrections;
    const TableCounts corrected = Corrected(counts, made);
    const NationalTable now = MakeTable(corrected, 0, /*floor=*/1, Knowledge::kPublic);
    const Version candidate = NextVersion(corrected, now, made, {});
    double start = Seconds();
    const absl::StatusOr<Rereleased> result = Rerelease(released, candidate);
    (is_held ? times->held : times->passed).push_back(Seconds() - start);
    RequireEqual("disclosure_rerelease: three members pass, one does not", result.ok() != is_held);
    if (is_held) continue;
    times->hidden += CountOf(result->hidden) - CountOf(before);
    const Disclosed disclosed = AttackVersions(
        {{&table, before, {}}, {&now, result->hidden, corrected_areas}}, counts.bands, 1);
    times->told += disclosed.exact + disclosed.narrow + !VersionsHold(result->stack);
    start = Seconds();
    ProtectAnew(now);
    times->anew.push_back(Seconds() - start);
  }
}

}  // namespace

std::vector<Figure> DisclosureOfRerelease() {
  Say("disclosure: releases after corrections");
  const TableCounts counts = ReadTableCounts("disclosure_common.csv");
  const NationalTable table = MakeTable(counts, 0, /*floor=*/1, Knowledge::kPublic);
  VersionStack released(kRule);
  RequireEqual("disclosure_rerelease: the first release",
               released.Add(FirstVersion(counts, table, ProtectAnew(table))).ok());
  Times times;
  for (const auto& [prefecture, areas] : counts.prefectures) {
    if (areas.size() >= kMembers) Measure(counts, table, released, areas, &times);
  }
  const double anew = Median(times.anew);
  const double passed = Median(times.passed);
  const double held = Median(times.held);
  const std::string peer = "the same table protected anew (greedy step and repair), same run";
  const auto share = [anew, &peer](const char* name, double seconds, const char* goal, double most,
                                   bool holds, const std::string& note) {
    Figure figure =
        MakeFigure(name, seconds, "s", goal, holds && seconds <= most * anew, peer, note);
    figure.peer = anew;
    figure.ratio = anew / seconds;
    return figure;
  };
  return {
      share("disclosure_rerelease", passed, "a tenth of the full time", 0.1, times.told == 0,
            absl::StrFormat(
                "corrections of three members of one prefecture, let out; median of "
                "%d prefectures, slowest %.3f s; %.0f further cells hidden; %d told "
                "to a reader of both releases",
                times.passed.size(), *std::max_element(times.passed.begin(), times.passed.end()),
                static_cast<double>(times.hidden) / static_cast<double>(times.passed.size()),
                times.told)),
      share("disclosure_rerelease_refused", held, "a twentieth of the full time", 0.05, true,
            "the correction of one member, held")};
}

}  // namespace renkei::tests::bench
