// XML import beside a bare parse of the same documents.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pugixml.hpp"
#include "tests/bench/agent_run.h"
#include "tests/bench/figure.h"

namespace renkei::tests::bench {

namespace fs = std::filesystem;
using policy::catalogue::Catalogue;

std::vector<Figure> XmlImport(const Settings& settings) {
  Say(absl::StrCat("making ", settings.documents, " XML documents"));
  const std::string zip = settings.work + "/0610310005_00060038_202505100_1.zip";
  const std::string files = settings.work + "/xml";
  MustRun({settings.bin + "/renkei-synth", "xml", "--documents", std::to_string(settings.documents),
           "--out-zip", zip, "--files-dir", files, "--fiscal-year", "2024"});
  uint64_t bytes = 0;
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(files)) {
    if (entry.path().extension() != ".xml") continue;
    paths.push_back(entry.path());
    bytes += entry.file_size();
  }
  const auto peer = InChild([&paths] {
    Measured measured;
    const double start = Seconds();
    for (const std::string& path : paths) {
      pugi::xml_document document;
      measured.records += document.load_file(path.c_str()) ? 1 : 0;
    }
    measured.import_seconds = Seconds() - start;
    return measured;
  });
  const auto ours = InChild([&settings, &zip] {
    Measured measured;
    const auto catalogue = Need(Catalogue::LoadBuiltIn(), "catalogue");
    const auto store = OpenStore(settings.work + "/xml.db", *catalogue);
    const double start = Seconds();
    measured.records = Import(*catalogue, *store, zip);
    measured.import_seconds = Seconds() - start;
    return measured;
  });
  RequireEqual("XML documents imported", ours.records >= settings.documents);
  Figure figure;
  figure.name = "agent_xml_import";
  figure.unit = "documents/s";
  figure.ours = static_cast<double>(settings.documents) / ours.import_seconds;
  figure.peer = static_cast<double>(peer.records) / peer.import_seconds;
  figure.peer_name = "bare pugixml parse of the unzipped files";
  figure.ratio = figure.ours / *figure.peer;
  figure.note =
      absl::StrFormat("%.0f MB/s of XML, unzip and encrypted store included; peak RSS %.0f MiB",
                      static_cast<double>(bytes) / 1e6 / ours.import_seconds,
                      static_cast<double>(ours.peak_rss_bytes) / 1048576.0);
  fs::remove_all(files);
  return {figure};
}

}  // namespace renkei::tests::bench
