// Figures of the agent: XML import beside a bare parse, CSV import and evaluation beside DuckDB.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "agents/cohort/store.h"
#include "agents/cohort/year_scan.h"
#include "agents/evaluate/measure_program.h"
#include "nlohmann/json.hpp"
#include "policy/catalogue/catalogue.h"
#include "policy/consent/gate.h"
#include "policy/tables/cube.h"
#include "tests/bench/agent_run.h"
#include "tests/bench/figure.h"
#include "tests/bench/sql_of_measure.h"
#include "tests/support/process.h"

namespace renkei::tests::bench {
namespace {

namespace fs = std::filesystem;
using policy::catalogue::Catalogue;

constexpr int kFiscalYear = 2024;

// The measures that need examinations only, so that the peer can count them from the same table.
std::vector<std::string> ExamMeasures(const Catalogue& catalogue) {
  std::vector<std::string> ids;
  for (const std::string& id : catalogue.DefaultMeasures(kFiscalYear)) {
    const v1::Measure* measure = catalogue.FindMeasure(id);
    if (measure->family() == "checkup" && id != "checkup_rate") ids.push_back(id);
  }
  return ids;
}

// Every municipality that the seeded persons live in belongs to this area.
policy::tables::Layout LayoutOf(const Catalogue& catalogue, const std::vector<std::string>& ids) {
  std::vector<policy::tables::MeasureVersion> measures;
  for (const std::string& id : ids) measures.push_back({id, catalogue.FindMeasure(id)->version()});
  const policy::base::FiscalYear year(kFiscalYear);
  return Need(policy::tables::Layout::Make("0604", year, measures,
                                           catalogue.areas().MunicipalitiesOf("0604", year)),
              "layout");
}

std::vector<int64_t> Evaluate(const Catalogue& catalogue, agents::cohort::CohortStore& store,
                              const std::vector<std::string>& ids, long* rows) {
  const auto layout = std::make_shared<const policy::tables::Layout>(LayoutOf(catalogue, ids));
  const auto program =
      Need(agents::evaluate::MeasureProgram::Compile(catalogue, *layout), "compile");
  v1::DataUseAgreement agreement;
  agreement.add_basis()->set_basis(v1::LEGAL_BASIS_STATUTE);
  const auto gate = Need(policy::consent::ConsentGate::Make(
                             catalogue.definitions(),
                             Need(policy::consent::BasisTable::FromAgreement(agreement), "basis")),
                         "gate");
  agents::cohort::RowQuery query;
  query.fiscal_year = layout->fiscal_year();
  query.member_kind = v1::MEMBER_KIND_MUNICIPALITY;
  // Residence is not compared with the peer: everybody counts in one row.
  query.geography_of = [](const std::string&) { return std::optional<int>(0); };
  query.unknown_geography = 0;
  query.needed_columns = program.needed_columns();
  policy::tables::Cube cube(layout);
  const auto absent = policy::consent::CategoryOutcomes::AllAbsent();
  long seen = 0;
  Need(agents::cohort::ForEachBatch(
           store, query,
           [&](policy::consent::RowBatch batch,
               std::vector<agents::cohort::ConsentSubjectRef>) -> absl::Status {
             seen += static_cast<long>(batch.size());
             const std::vector<policy::consent::CategoryOutcomes> outcomes(batch.size(), absent);
             program.Evaluate(gate.Admit(std::move(batch), outcomes), &cube);
             return absl::OkStatus();
           })
           .status(),
       "evaluate");
  *rows = seen;
  std::vector<int64_t> counts;
  for (int sex = 0; sex < policy::tables::kSexes; ++sex) {
    for (int band = 0; band < policy::tables::kBands; ++band) {
      counts.push_back(sex);
      counts.push_back(band);
      for (size_t m = 0; m < ids.size(); ++m) {
        const int64_t k = cube.at(static_cast<int>(m), 0, sex, band, 0);
        counts.push_back(k + cube.at(static_cast<int>(m), 0, sex, band, 1));
        counts.push_back(k);
      }
    }
  }
  return counts;
}

nlohmann::json Duck(const Settings& settings, std::vector<std::string> arguments) {
  std::vector<std::string> command = {"node", settings.peer + "/duckdb.mjs"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return nlohmann::json::parse(MustRun(command));
}

}  // namespace

std::vector<Figure> CsvImportAndEvaluation(const Settings& settings, bool import, bool evaluation) {
  Say(absl::StrCat("making ", settings.rows, " rows of CSV"));
  const std::string csv = settings.work + "/exams.csv";
  MustRun({settings.bin + "/renkei-synth", "csv", "--complete", "--rows",
           std::to_string(settings.rows), "--out", csv, "--fiscal-year",
           std::to_string(kFiscalYear)});
  const double csv_bytes = static_cast<double>(fs::file_size(csv));
  const auto catalogue = Need(Catalogue::LoadBuiltIn(), "catalogue");
  const std::vector<std::string> ids = ExamMeasures(*catalogue);
  Say("our import and evaluation");
  const auto ours = InChild([&] {
    Measured measured;
    const auto store = OpenStore(settings.work + "/csv.db", *catalogue);
    double start = Seconds();
    measured.records = Import(*catalogue, *store, csv);
    measured.import_seconds = Seconds() - start;
    if (evaluation) {
      std::vector<double> times;
      for (int i = 0; i < 3; ++i) {
        start = Seconds();
        measured.counts = Evaluate(*catalogue, *store, ids, &measured.rows);
        times.push_back(Seconds() - start);
      }
      std::sort(times.begin(), times.end());
      measured.eval_seconds = times[1];
    }
    return measured;
  });
  std::vector<Figure> figures;
  const std::string threads = std::to_string(settings.threads);
  if (import) {
    Say("DuckDB's import");
    const auto encrypted =
        Duck(settings, {"import", csv, settings.work + "/duck.db", threads, "encrypted"});
    const auto plain =
        Duck(settings, {"import", csv, settings.work + "/duck_plain.db", threads, "plain"});
    RequireEqual("CSV rows imported",
                 encrypted["rows"].get<double>() == static_cast<double>(ours.records));
    Figure figure;
    figure.name = "agent_csv_import";
    figure.unit = "rows/s";
    figure.ours = static_cast<double>(ours.records) / ours.import_seconds;
    figure.peer = static_cast<double>(ours.records) / encrypted["seconds"].get<double>();
    figure.peer_name = absl::StrCat("DuckDB ", encrypted["version"].get<std::string>(), ", ",
                                    threads, " threads, encrypted (force_mbedtls_unsafe)");
    figure.ratio = figure.ours / *figure.peer;
    figure.note =
        absl::StrFormat("%.0f MB of CSV; DuckDB unencrypted %.0f rows/s", csv_bytes / 1e6,
                        static_cast<double>(ours.records) / plain["seconds"].get<double>());
    figures.push_back(figure);
  }
  if (evaluation) {
    Say("DuckDB's GROUP BY");
    const std::string sql = settings.work + "/measures.sql";
    FILE* out = std::fopen(sql.c_str(), "w");
    std::fputs(SqlOfMeasures(*catalogue, ids, kFiscalYear).c_str(), out);
    std::fclose(out);
    std::string numbers;
    for (const auto& column : catalogue->items().columns()) {
      absl::StrAppend(&numbers, numbers.empty() ? "" : ",", column.name);
    }
    const auto peer = Duck(settings, {"group", csv, sql, threads, numbers});
    std::vector<int64_t> theirs;
    for (const auto& row : peer["rows"]) {
      for (const auto& value : row) theirs.push_back(value.get<int64_t>());
    }
    for (size_t i = 0, width = 2 + 2 * ids.size(); i < std::min(theirs.size(), ours.counts.size());
         ++i) {
      if (theirs[i] == ours.counts[i]) continue;
      std::fprintf(stderr, "bench: %s differs in group %zu: ours %ld, peer %ld\n",
                   i % width < 2 ? "key" : ids[(i % width - 2) / 2].c_str(), i / width,
                   static_cast<long>(ours.counts[i]), static_cast<long>(theirs[i]));
    }
    RequireEqual("counts of all measures, cell by cell", theirs == ours.counts);
    Figure figure;
    figure.name = "agent_eval";
    figure.unit = "rows/s";
    figure.ours = static_cast<double>(ours.rows) / ours.eval_seconds;
    figure.peer = static_cast<double>(settings.rows) / peer["seconds"].get<double>();
    figure.peer_name =
        absl::StrCat("DuckDB GROUP BY over its own in-memory table, ", threads, " threads");
    figure.ratio = figure.ours / *figure.peer;
    figure.note = absl::StrCat(ids.size(), " measures, from the encrypted store, answers equal");
    figures.push_back(figure);
  }
  Figure memory;
  memory.name = "agent_peak_rss";
  memory.unit = "MiB";
  memory.ours = static_cast<double>(ours.peak_rss_bytes) / 1048576.0;
  memory.note = absl::StrCat("import and evaluation of ", settings.rows, " persons");
  figures.push_back(memory);
  return figures;
}

}  // namespace renkei::tests::bench
