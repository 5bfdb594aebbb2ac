// Figures of exams.csv: import and evaluation beside DuckDB. Both sides take turns on the same
// file; medians are compared. Each run of ours is a process of its own with a new store.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "policy/catalogue/catalogue.h"
#include "tests/bench/agent_run.h"
#include "tests/bench/evaluation.h"
#include "tests/bench/figure.h"
#include "tests/bench/made_data.h"
#include "tests/bench/sql_of_measure.h"

namespace renkei::tests::bench {
namespace {

namespace fs = std::filesystem;
using policy::catalogue::Catalogue;

constexpr int kFiscalYear = 2024;
constexpr int kRuns = 3;
constexpr double kMebibyte = 1048576.0;

std::string CsvOf(const Settings& settings, const std::string& name, long rows) {
  return MadeData(settings, name,
                  {"csv", "--complete", "--rows", std::to_string(rows), "--out", "@",
                   "--fiscal-year", std::to_string(kFiscalYear)});
}

nlohmann::json Duck(const Settings& settings, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"node", settings.peer + "/duckdb.mjs"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return nlohmann::json::parse(MustRun(command));
}

Measured OneRun(const Settings& settings, const Catalogue& catalogue, const std::string& csv,
                const std::vector<std::string>& ids) {
  const std::string path = settings.work + "/csv.db";
  RemoveStore(path);
  return InChild([&] {
    Measured measured;
    const auto store = OpenStore(path, catalogue);
    const double begin = Seconds(), begin_cpu = CpuSeconds();
    measured.records = Import(catalogue, *store, csv, settings.threads);
    measured.import_seconds = Seconds() - begin;
    measured.import_cpu_seconds = CpuSeconds() - begin_cpu;
    std::vector<double> times;
    for (int i = 0; i < kRuns; ++i) {
      const double start = Seconds(), start_cpu = CpuSeconds();
      const Evaluated evaluated = Evaluate(catalogue, *store, ids, kFiscalYear, settings.threads);
      times.push_back(Seconds() - start);
      measured.eval_cpu_seconds = CpuSeconds() - start_cpu;
      if (i == 0) measured.to_counts_seconds = Seconds() - begin;
      measured.rows = evaluated.rows;
      measured.counts = evaluated.counts;
    }
    measured.eval_seconds = Median(times);
    return measured;
  });
}

// The peer's counts, in the order of ours.
std::vector<int64_t> CountsOf(const nlohmann::json& group) {
  std::vector<int64_t> counts;
  for (const auto& row : group["rows"]) {
    for (const auto& value : row) counts.push_back(value.get<int64_t>());
  }
  return counts;
}

void RequireEqualCounts(const std::vector<int64_t>& ours, const std::vector<int64_t>& theirs,
                        const std::vector<std::string>& ids) {
  const size_t width = 2 + 2 * ids.size();
  int shown = 0;
  for (size_t i = 0; i < std::min(theirs.size(), ours.size()) && shown < 50; ++i) {
    if (theirs[i] == ours[i]) continue;
    std::fprintf(stderr, "bench: %s differs in group %zu: ours %ld, peer %ld\n",
                 i % width < 2 ? "key" : ids[(i % width - 2) / 2].c_str(), i / width,
                 static_cast<long>(ours[i]), static_cast<long>(theirs[i]));
    ++shown;
  }
  RequireEqual("counts of all measures, cell by cell", theirs == ours);
}

nlohmann::json DuckGroup(const Settings& settings, const Catalogue& catalogue,
                         const std::string& csv, const std::vector<std::string>& ids) {
  const std::string sql = settings.work + "/measures.sql";
  std::ofstream(sql) << SqlOfMeasures(catalogue, ids, kFiscalYear);
  std::string numbers;
  for (const auto& column : catalogue.items().columns()) {
    absl::StrAppend(&numbers, numbers.empty() ? "" : ",", column.name);
  }
  return Duck(settings, {"group", csv, sql, std::to_string(settings.threads), numbers});
}

template <typename Of>
double MedianOf(const std::vector<Measured>& runs, Of of) {
  std::vector<double> readings;
  readings.reserve(runs.size());
  for (const Measured& run : runs) readings.push_back(of(run));
  return Median(readings);
}

}  // namespace

std::vector<Figure> CsvImportAndEvaluation(const Settings& settings) {
  const std::string csv = CsvOf(settings, "exams.csv", settings.rows);
  const std::string half = CsvOf(settings, "exams_half.csv", settings.rows / 2);
  const auto catalogue = Need(Catalogue::LoadBuiltIn(), "catalogue");
  const std::vector<std::string> ids = MeasuresOfBench(*catalogue, kFiscalYear);
  const std::string threads = std::to_string(settings.threads);
  std::vector<Measured> ours, ours_half;
  std::vector<double> duck_import, duck_cpu;
  std::string version;
  for (int run = 0; run < kRuns; ++run) {
    Say(absl::StrCat("CSV, run ", run + 1, " of ", kRuns));
    const auto peer =
        Duck(settings, {"import", csv, settings.work + "/duck.db", threads, "encrypted"});
    duck_import.push_back(peer["seconds"].get<double>());
    duck_cpu.push_back(peer["cpu"].get<double>());
    version = peer["version"].get<std::string>();
    ours_half.push_back(OneRun(settings, *catalogue, half, ids));
    ours.push_back(OneRun(settings, *catalogue, csv, ids));
    RequireEqual("CSV rows imported",
                 peer["rows"].get<double>() == static_cast<double>(ours.back().records));
  }
  Say("DuckDB unencrypted, and its GROUP BY");
  const auto plain =
      Duck(settings, {"import", csv, settings.work + "/duck_plain.db", threads, "plain"});
  const auto group = DuckGroup(settings, *catalogue, csv, ids);
  for (const Measured& run : ours) RequireEqualCounts(run.counts, CountsOf(group), ids);

  const auto rows = static_cast<double>(settings.rows);
  const double csv_mb = static_cast<double>(fs::file_size(csv)) / 1e6;
  const double import_seconds = MedianOf(ours, [](const Measured& m) { return m.import_seconds; });
  const double import_cpu = MedianOf(ours, [](const Measured& m) { return m.import_cpu_seconds; });
  const double eval_seconds = MedianOf(ours, [](const Measured& m) { return m.eval_seconds; });
  const double eval_cpu = MedianOf(ours, [](const Measured& m) { return m.eval_cpu_seconds; });
  const double to_counts = MedianOf(ours, [](const Measured& m) { return m.to_counts_seconds; });
  const double half_seconds =
      MedianOf(ours_half, [](const Measured& m) { return m.to_counts_seconds; });
  const double peer_import = Median(duck_import);
  const double peer_group = group["seconds"].get<double>();
  const std::string duck = absl::StrCat("DuckDB ", version, ", ", threads, " threads");
  const std::string encrypted = absl::StrCat(duck, ", encrypted (force_mbedtls_unsafe)");

  std::vector<Figure> figures;
  Figure import;
  import.name = "agent_csv_import";
  import.unit = "rows/s";
  import.ours = rows / import_seconds;
  import.peer = rows / peer_import;
  import.peer_name = encrypted;
  import.ratio = import.ours / *import.peer;
  import.note = absl::StrFormat(
      "%.0f MB of CSV into the encrypted store; CPU time %.1f s, DuckDB's %.1f s; DuckDB "
      "unencrypted %.0f rows/s",
      csv_mb, import_cpu, Median(duck_cpu), rows / plain["seconds"].get<double>());
  figures.push_back(import);

  Figure counts;
  counts.name = "agent_csv_to_counts";
  counts.unit = "s";
  counts.ours = to_counts;
  counts.peer = peer_import;
  counts.peer_name = absl::StrCat("import alone, ", encrypted);
  counts.ratio = peer_import / to_counts;
  counts.goal = ">=1";
  counts.met = *counts.ratio >= 1;
  counts.note =
      absl::StrCat("CSV to encrypted store and ", ids.size(), " measures' counts, answers equal");
  figures.push_back(counts);

  Figure grouped = counts;
  grouped.name = "agent_csv_to_counts_grouped";
  grouped.peer = peer_import + peer_group;
  grouped.peer_name = absl::StrCat("import and GROUP BY of the same measures, ", encrypted);
  grouped.ratio = *grouped.peer / to_counts;
  grouped.goal = ">=3";
  grouped.met = *grouped.ratio >= 3;
  figures.push_back(grouped);

  Figure eval;
  eval.name = "agent_eval";
  eval.unit = "rows/s";
  eval.ours = rows / eval_seconds;
  eval.peer = rows / peer_group;
  eval.peer_name = absl::StrCat("GROUP BY over its own in-memory table, ", duck);
  eval.limit = DecryptionLimit(settings.work + "/csv.db", ColumnsRead(*catalogue, ids, kFiscalYear),
                               settings.rows, settings.threads);
  eval.limit_name = "decrypting these columns once, 2 threads";
  eval.ratio = eval.ours / *eval.peer;
  eval.goal = ">=3";
  eval.met = *eval.ratio >= 3;
  eval.note = absl::StrFormat(
      "%d measures from the encrypted store, answers equal; %.2f of the limit; CPU time %.2f s, "
      "DuckDB's %.2f s",
      ids.size(), eval.ours / *eval.limit, eval_cpu, group["cpu"].get<double>());
  figures.push_back(eval);

  Figure scaling;
  scaling.name = "agent_csv_scaling";
  scaling.unit = "times as long";
  scaling.ours = to_counts / half_seconds;
  scaling.goal = "<=2.1";
  scaling.met = scaling.ours <= 2.1;
  scaling.note = absl::StrFormat("CSV to counts of %d rows (%.2f s) against %d (%.2f s)",
                                 settings.rows, to_counts, settings.rows / 2, half_seconds);
  figures.push_back(scaling);

  Figure memory;
  memory.name = "agent_peak_rss";
  memory.unit = "MiB";
  for (const Measured& run : ours) {
    memory.ours = std::max(memory.ours, static_cast<double>(run.peak_rss_bytes) / kMebibyte);
  }
  memory.goal = "<512";
  memory.met = memory.ours < 512;
  memory.note = absl::StrCat("import and evaluation of ", settings.rows, " persons");
  figures.push_back(memory);
  return figures;
}

}  // namespace renkei::tests::bench
