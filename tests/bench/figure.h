// One measured figure beside its peer or limit, and how it is printed.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace renkei::tests::bench {

struct Figure {
  std::string name;
  double ours = 0;
  std::string unit;
  std::optional<double> peer;
  std::string peer_name;
  std::optional<double> limit;
  std::string limit_name;
  std::optional<double> ratio;  // ours against the peer, so that more is better
  std::string goal;             // empty: the issue states none
  std::optional<bool> met;
  std::string note;
};

struct Settings {
  std::string bin;   // folder of the programs
  std::string peer;  // folder with duckdb.mjs, its node_modules, and the input kept between runs
  std::string work;  // temporary folder for data and stores
  long rows = 2'000'000;
  long documents = 200'000;
  int threads = 2;
};

// Progress goes to standard error.
void Say(const std::string& line);

std::string ToJson(const Figure& figure);
std::string ToTable(const std::vector<Figure>& figures);

// Median of three or more runs is the caller's business; this is one wall-clock reading in seconds.
double Seconds();

// Ends the program when the two sides do not agree: a figure for a wrong answer is worth nothing.
void RequireEqual(const std::string& what, bool equal);

std::vector<Figure> XmlImport(const Settings& settings);
std::vector<Figure> CsvImportAndEvaluation(const Settings& settings);
std::vector<Figure> DisclosureOfNationalTables();
// A hundred small tables against the optimum.
std::vector<Figure> DisclosureOptimum();
std::vector<Figure> DisclosureOfRareCondition();
std::vector<Figure> DisclosureOfPrefecture(const Settings& settings);
std::vector<Figure> DisclosureOfNation(const Settings& settings);
// After corrections of three members of a prefecture, and of one.
std::vector<Figure> DisclosureOfRerelease();
// What a council waits for.
std::vector<Figure> DisclosureOfRelease();
std::vector<Figure> HubSubmissions(const Settings& settings);
// The peer of HubSubmissions, in a process of its own; returns when it is killed.
int ServeEcho(int port, const std::string& tls_dir);
std::vector<Figure> NoiseSamples();

}  // namespace renkei::tests::bench
