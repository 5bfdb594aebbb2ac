// An import of files as `import` and `consent import` ask for it.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace renkei::agents::app {

struct ImportRequest {
  std::string dir;
  std::vector<std::string> files;
  std::string as;  // kind of the CSV files; empty: detected
  std::string map;
  std::string disease_table;
  std::string language = "en";
  std::string report = "text";
  bool quiet = false;
};

// Folder, files, --quiet, --lang, --report.
void AddImportOptions(CLI::App& command, ImportRequest& request);
// Reads the files, prints their reports; the exit code.
int RunImport(const ImportRequest& request);

}  // namespace renkei::agents::app
