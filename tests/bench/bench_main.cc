// renkei-bench: every figure of the README, beside its peer or limit, in one run. See
// tests/bench.sh.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "CLI/CLI.hpp"
#include "policy/transport/transport.h"
#include "tests/bench/figure.h"

int main(int argc, char** argv) {
  using renkei::tests::bench::Figure;
  renkei::policy::transport::RequireTls13();
  renkei::tests::bench::Settings settings;
  std::string only;
  bool json = false;
  CLI::App app("Measures Renkei beside its peers");
  app.add_option("--bin", settings.bin, "folder of the programs")->required();
  app.add_option("--peer", settings.peer, "folder of the peer")->required();
  app.add_option("--only", only, "one figure, or those whose names begin so");
  app.add_option("--rows", settings.rows, "persons of the CSV and evaluation figures");
  app.add_option("--documents", settings.documents, "XML documents");
  app.add_flag("--json", json, "one line per figure");
  int echo_port = 0;
  std::string echo_tls;
  app.add_option("--echo-port", echo_port, "serve the echo that hub_submit is compared with")
      ->group("");
  app.add_option("--echo-tls", echo_tls, "folder with the echo's certificate")->group("");
  CLI11_PARSE(app, argc, argv);
  if (echo_port != 0) return renkei::tests::bench::ServeEcho(echo_port, echo_tls);

  char pattern[] = "/tmp/renkei_bench_XXXXXX";
  settings.work = mkdtemp(pattern);
  // A name, or the first words of several: "disclosure".
  const auto wants = [&only](const std::string& name) {
    return only.empty() || only == name || name.starts_with(only + "_");
  };
  std::vector<Figure> figures;
  const auto add = [&figures, &wants](std::vector<Figure> more) {
    for (Figure& figure : more) {
      if (wants(figure.name)) figures.push_back(std::move(figure));
    }
  };
  const auto wants_any = [&wants](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), wants);
  };
  if (wants_any({"agent_xml_import", "agent_xml_scaling", "agent_xml_peak_rss"})) {
    add(XmlImport(settings));
  }
  if (wants_any({"agent_csv_import", "agent_csv_to_counts", "agent_csv_to_counts_grouped",
                 "agent_eval", "agent_csv_scaling", "agent_peak_rss"})) {
    add(CsvImportAndEvaluation(settings));
  }
  if (wants("hub_submit") || wants("hub_peak_rss")) add(HubSubmissions(settings));
  if (wants("noise_rate")) add(renkei::tests::bench::NoiseSamples());
  if (wants("disclosure_optimum")) add(renkei::tests::bench::DisclosureOptimum());
  if (wants("disclosure_rare_known")) add(renkei::tests::bench::DisclosureOfRareCondition());
  if (wants("disclosure_prefecture")) add(renkei::tests::bench::DisclosureOfPrefecture(settings));
  if (wants_any({"disclosure_national", "disclosure_national_members"})) {
    add(renkei::tests::bench::DisclosureOfNation(settings));
  }
  if (wants("disclosure_release")) add(renkei::tests::bench::DisclosureOfRelease());
  if (wants_any({"disclosure_rerelease", "disclosure_rerelease_refused"})) {
    add(renkei::tests::bench::DisclosureOfRerelease());
  }
  if (wants_any({"disclosure_greedy", "disclosure_greedy_rare", "disclosure_cells",
                 "disclosure_cells_rare", "disclosure_audit", "disclosure_audit_rare",
                 "disclosure_intervals", "disclosure_intervals_rare",
                 "disclosure_intervals_members", "disclosure_intervals_singletons",
                 "disclosure_intervals_full7", "disclosure_refined"})) {
    add(renkei::tests::bench::DisclosureOfNationalTables());
  }
  std::filesystem::remove_all(settings.work);
  if (figures.empty()) {
    std::fprintf(stderr, "renkei-bench: no figure is called '%s'\n", only.c_str());
    return 2;
  }
  if (json) {
    for (const Figure& figure : figures) std::printf("%s\n", ToJson(figure).c_str());
  } else {
    std::printf("%s", ToTable(figures).c_str());
  }
  return 0;
}
