#include "tests/synth/bench_files.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "policy/base/fiscal_year.h"
#include "tests/synth/archive.h"
#include "tests/synth/csv_files.h"
#include "tests/synth/people.h"

namespace renkei::tests::synth {
namespace {

namespace fs = std::filesystem;

absl::Status WriteLines(const std::string& path, const std::string& header, const Table& table,
                        const BenchOptions& options,
                        const std::function<void(const Person&, std::string*)>& append) {
  std::ofstream file;
  if (path != "-") file.open(path, std::ios::binary | std::ios::trunc);
  std::ostream& out = path == "-" ? std::cout : file;
  std::string buffer = header;
  for (uint64_t i = 0; i < options.count; ++i) {
    append(BenchPerson(table, options.fiscal_year, options.seed, options.first + i,
                       options.completeness),
           &buffer);
    if (buffer.size() > (1 << 20)) {
      out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      buffer.clear();
    }
  }
  out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  out.flush();
  if (!out) return absl::UnavailableError(absl::StrCat(path, ": cannot write"));
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteBenchExams(const std::string& out, const Table& table,
                             const BenchOptions& options) {
  const CsvStyle style;
  return WriteLines(out, ExamsHeader(style), table, options,
                    [&style](const Person& person, std::string* text) {
                      AppendExamRow(person, "010", style, text);
                    });
}

absl::Status WriteBenchRoster(const std::string& out, const Table& table,
                              const BenchOptions& options) {
  const CsvStyle style;
  return WriteLines(out, RosterHeader(style), table, options,
                    [&](const Person& person, std::string* text) {
                      AppendRosterRow(person, options.fiscal_year, style, text);
                    });
}

absl::Status WriteBenchArchive(const std::string& out_zip, const std::string& files_dir,
                               const Table& table, const BenchOptions& options) {
  if (options.count < 1 || options.count > 999'999) {
    return absl::InvalidArgumentError("--documents must be between 1 and 999999");
  }
  const Provenance provenance{"0610310005", absl::CivilDay(options.fiscal_year + 1, 5, 10)};
  const Hc08Writer writer(policy::base::PeriodOf(policy::base::FiscalYear(options.fiscal_year)),
                          provenance);
  std::vector<Person> people;
  for (uint64_t i = 0; i < options.count; ++i) {
    people.push_back(BenchPerson(table, options.fiscal_year, options.seed, options.first + i,
                                 options.completeness));
  }
  std::vector<const Person*> pointers;
  for (const Person& person : people) pointers.push_back(&person);
  const std::string stem = fs::path(out_zip).stem().string();
  const std::vector<ArchiveFile> files = MakeArchive(stem, writer, provenance, 0, pointers);
  if (!files_dir.empty()) {
    std::error_code error;
    fs::create_directories(files_dir, error);
    if (error) return absl::UnavailableError(absl::StrCat(files_dir, ": ", error.message()));
    for (const ArchiveFile& file : files) {
      if (file.name.find("/DATA/") == std::string::npos) continue;
      const std::string path =
          absl::StrCat(files_dir, "/", fs::path(file.name).filename().string());
      std::ofstream out(path, std::ios::binary | std::ios::trunc);
      out.write(file.content.data(), static_cast<std::streamsize>(file.content.size()));
      out.close();
      if (!out) return absl::UnavailableError(absl::StrCat(path, ": cannot write"));
    }
  }
  return WriteZip(out_zip, files);
}

}  // namespace renkei::tests::synth
