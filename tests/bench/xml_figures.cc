// XML import beside a bare parse of the same documents, unzipped before.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pugixml.hpp"
#include "tests/bench/agent_run.h"
#include "tests/bench/figure.h"
#include "tests/bench/made_data.h"

namespace renkei::tests::bench {
namespace {

namespace fs = std::filesystem;
using policy::catalogue::Catalogue;

constexpr int kArchives = 2;
constexpr int kRuns = 3;

Measured BareParse(const std::vector<std::string>& paths, int threads) {
  return InChild([&paths, threads] {
    Measured measured;
    std::atomic<size_t> next = 0;
    std::atomic<long> parsed = 0;
    const double start = Seconds(), start_cpu = CpuSeconds();
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        for (size_t at = next++; at < paths.size(); at = next++) {
          pugi::xml_document document;
          if (document.load_file(paths[at].c_str())) ++parsed;
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    measured.records = parsed;
    measured.import_seconds = Seconds() - start;
    measured.import_cpu_seconds = CpuSeconds() - start_cpu;
    return measured;
  });
}

Measured ImportArchives(const Settings& settings, const Catalogue& catalogue,
                        const std::vector<std::string>& zips) {
  const std::string path = settings.work + "/xml.db";
  RemoveStore(path);
  return InChild([&] {
    Measured measured;
    const auto store = OpenStore(path, catalogue);
    const double start = Seconds(), start_cpu = CpuSeconds();
    for (const std::string& zip : zips) {
      measured.records += Import(catalogue, *store, zip, settings.threads);
    }
    measured.import_seconds = Seconds() - start;
    measured.import_cpu_seconds = CpuSeconds() - start_cpu;
    return measured;
  });
}

double MedianSeconds(const std::vector<Measured>& runs) {
  std::vector<double> seconds;
  seconds.reserve(runs.size());
  for (const Measured& run : runs) seconds.push_back(run.import_seconds);
  return Median(seconds);
}

}  // namespace

std::vector<Figure> XmlImport(const Settings& settings) {
  const long each = settings.documents / kArchives;
  std::vector<std::string> zips, paths;
  uint64_t bytes = 0;
  for (int i = 0; i < kArchives; ++i) {
    const std::string zip =
        MadeData(settings, absl::StrCat("0610310005_00060038_202505100_", i + 1, ".zip"),
                 {"xml", "--documents", std::to_string(each), "--first", std::to_string(i * each),
                  "--out-zip", "@", "--files-dir", "@.files", "--fiscal-year", "2024"});
    zips.push_back(zip);
    for (const auto& entry : fs::recursive_directory_iterator(zip + ".files")) {
      if (entry.path().extension() != ".xml") continue;
      paths.push_back(entry.path());
      bytes += entry.file_size();
    }
  }
  std::sort(paths.begin(), paths.end());
  const auto catalogue = Need(Catalogue::LoadBuiltIn(), "catalogue");
  std::vector<Measured> peer, ours, ours_half;
  for (int run = 0; run < kRuns; ++run) {
    Say(absl::StrCat("XML, run ", run + 1, " of ", kRuns));
    // Read once before, so that the peer is measured with its files in memory.
    (void)BareParse(paths, settings.threads);
    peer.push_back(BareParse(paths, settings.threads));
    ours_half.push_back(ImportArchives(settings, *catalogue, {zips[0]}));
    ours.push_back(ImportArchives(settings, *catalogue, zips));
  }
  const Measured alone = BareParse(paths, 1);
  const auto documents = static_cast<double>(paths.size());
  RequireEqual("XML documents imported", ours[0].records == static_cast<long>(paths.size()) &&
                                             peer[0].records == ours[0].records);
  const double seconds = MedianSeconds(ours);

  Figure import;
  import.name = "agent_xml_import";
  import.unit = "documents/s";
  import.ours = documents / seconds;
  import.peer = documents / MedianSeconds(peer);
  import.peer_name =
      absl::StrCat("bare pugixml parse of the unzipped files, ", settings.threads, " threads");
  import.ratio = import.ours / *import.peer;
  import.goal = ">=0.7";
  import.met = *import.ratio >= 0.7;
  import.note = absl::StrFormat(
      "%d archives, %d threads, unzip and encrypted store included, %.0f MB/s of XML; CPU time "
      "%.1f s, the bare parse's %.1f s; against the bare parse on one thread (%.0f documents/s) "
      "%.2f",
      kArchives, settings.threads, static_cast<double>(bytes) / 1e6 / seconds,
      ours[0].import_cpu_seconds, peer[0].import_cpu_seconds, documents / alone.import_seconds,
      import.ours / (documents / alone.import_seconds));

  Figure scaling;
  scaling.name = "agent_xml_scaling";
  scaling.unit = "times as long";
  scaling.ours = seconds / MedianSeconds(ours_half);
  scaling.goal = "<=2.1";
  scaling.met = scaling.ours <= 2.1;
  scaling.note = absl::StrCat(settings.documents, " documents against ", each);

  Figure memory;
  memory.name = "agent_xml_peak_rss";
  memory.unit = "MiB";
  for (const Measured& run : ours) {
    memory.ours = std::max(memory.ours, static_cast<double>(run.peak_rss_bytes) / 1048576.0);
  }
  memory.goal = "<512";
  memory.met = memory.ours < 512;
  memory.note = absl::StrCat("import of ", settings.documents, " documents");
  return {import, scaling, memory};
}

}  // namespace renkei::tests::bench
