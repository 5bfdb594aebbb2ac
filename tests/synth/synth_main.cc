// renkei-synth: invented persons for the demo, the tests and the benches.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "policy/base/fiscal_year.h"
#include "tests/synth/bench_files.h"
#include "tests/synth/demo.h"
#include "tests/synth/table.h"

namespace {

using namespace renkei::tests::synth;

int Fail(const absl::Status& status) {
  std::cerr << "renkei-synth: " << status.message() << "\n";
  return 1;
}

int RunDemo(const std::string& out, const Table& table, const DemoOptions& options) {
  const auto written = WriteDemo(out, table, options);
  if (!written.ok()) return Fail(written.status());
  std::cout << "seed " << options.seed << "\n";
  for (const WrittenMember& m : *written) {
    std::cout << m.folder << ": " << m.rows << " on the roster, " << m.eligible << " eligible, "
              << m.examined << " of them examined, " << m.documents << " examinations\n";
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("renkei-synth: invented persons for the demo, the tests and the benches");
  app.require_subcommand(1);
  std::string fixture = "tests/golden/data/tsuruoka_table5_counts.csv";
  app.add_option("--fixture", fixture, "the published table of counts")->capture_default_str();

  DemoOptions demo;
  std::string out, consents_until;
  CLI::App* demo_command = app.add_subcommand("demo", "files of the nine members, FY2011");
  demo_command->fallthrough();
  demo_command->add_option("--out", out, "a new or empty folder")->required();
  demo_command->add_option("--seed", demo.seed)->capture_default_str();
  demo_command
      ->add_option("--scale", demo.scale_permille, "size of all members but tsuruoka, in per mille")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  demo_command->add_option("--only", demo.only, "these folders only")->delimiter(',');
  demo_command->add_option("--consents-until", consents_until,
                           "consent events lie in the 200 days before; default 2026-04-01");

  BenchOptions bench;
  const auto bench_options = [&bench](CLI::App* command, const char* count_flag) {
    command->fallthrough();
    command->add_option(count_flag, bench.count)->required();
    command->add_option("--seed", bench.seed)->capture_default_str();
    command->add_option("--first", bench.first, "index of the first person")->capture_default_str();
    command->add_option("--fiscal-year", bench.fiscal_year)
        ->check(CLI::Range(2008, 2029))
        ->capture_default_str();
  };
  bool complete = false;
  CLI::App* csv_command = app.add_subcommand("csv", "an exams.csv, one examination per person");
  bench_options(csv_command, "--rows");
  csv_command->add_option("--out", out, "file, - for standard output")->required();
  csv_command->add_flag("--complete", complete,
                        "every item that an indicator reads is there and in range");
  CLI::App* roster_command = app.add_subcommand("roster", "the roster of the same persons");
  bench_options(roster_command, "--rows");
  roster_command->add_option("--out", out, "file, - for standard output")->required();
  std::string out_zip, files_dir;
  CLI::App* xml_command = app.add_subcommand("xml", "an archive of hc08 documents of them");
  bench_options(xml_command, "--documents");
  xml_command->add_option("--out-zip", out_zip, "the archive")->required();
  xml_command->add_option("--files-dir", files_dir, "also as plain files");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }

  const auto table = LoadTable(fixture);
  if (!table.ok()) return Fail(table.status());
  if (*demo_command) {
    if (!consents_until.empty()) {
      const auto day = renkei::policy::base::ParseDay(consents_until);
      if (!day) {
        std::cerr << "renkei-synth: --consents-until must be YYYY-MM-DD\n";
        return 2;
      }
      demo.consents_until = *day;
    }
    return RunDemo(out, *table, demo);
  }
  if (complete) bench.completeness = renkei::tests::synth::Completeness::kEveryIndicatorItem;
  const absl::Status status = *csv_command ? WriteBenchExams(out, *table, bench)
                              : *roster_command
                                  ? WriteBenchRoster(out, *table, bench)
                                  : WriteBenchArchive(out_zip, files_dir, *table, bench);
  if (!status.ok()) return Fail(status);
  std::cerr << "seed " << bench.seed << "\n";
  return 0;
}
