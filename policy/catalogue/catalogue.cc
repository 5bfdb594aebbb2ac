#include "policy/catalogue/catalogue.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "embedded/kCatalogueFiles.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
#include "policy/base/status.h"
#include "policy/catalogue/check.h"
#include "policy/catalogue/measure_files.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::catalogue {
namespace {

constexpr size_t kMaxFileBytes = size_t{16} << 20;
constexpr size_t kMaxFiles = 200;

constexpr const char* kTables[] = {
    "items.csv",
    "codelists.csv",
    "municipalities.csv",
    "area_municipalities.csv",
    "secondary_medical_areas.csv",
    "postal_municipality.csv",
};

bool IsTable(absl::string_view name) {
  return std::find(std::begin(kTables), std::end(kTables), name) != std::end(kTables);
}
bool IsMeasureFile(absl::string_view name) { return absl::EndsWith(name, ".textproto"); }

crypto::Digest DigestOf(const std::vector<CatalogueFile>& files) {
  crypto::Sha256Stream stream;
  for (const CatalogueFile& file : files) {
    std::string head = file.name;
    head.push_back('\0');
    absl::StrAppend(&head, file.bytes.size());
    head.push_back('\0');
    stream.Update(base::AsBytes(head));
    stream.Update(base::AsBytes(file.bytes));
  }
  return stream.Finish();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Catalogue>> Catalogue::Load(std::vector<CatalogueFile> files) {
  std::sort(files.begin(), files.end(),
            [](const CatalogueFile& a, const CatalogueFile& b) { return a.name < b.name; });
  std::vector<const CatalogueFile*> measure_files;
  for (size_t i = 0; i < files.size(); ++i) {
    if (i > 0 && files[i].name == files[i - 1].name) {
      return absl::InvalidArgumentError(
          absl::StrCat("catalogue: file '", files[i].name, "' is given twice"));
    }
    if (IsMeasureFile(files[i].name)) {
      measure_files.push_back(&files[i]);
    } else if (!IsTable(files[i].name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("catalogue: '", files[i].name, "' is no file of a catalogue"));
    }
  }
  std::vector<absl::string_view> tables;
  for (const char* name : kTables) {
    const auto it = std::find_if(files.begin(), files.end(),
                                 [name](const CatalogueFile& file) { return file.name == name; });
    if (it == files.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("catalogue: ", name,
                       " is missing; a catalogue folder holds all files of the shipped one"));
    }
    tables.push_back(it->bytes);
  }
  auto catalogue = std::shared_ptr<Catalogue>(new Catalogue());
  RENKEI_ASSIGN_OR_RETURN(catalogue->items_, ItemTable::Parse(tables[0], tables[1]));
  RENKEI_ASSIGN_OR_RETURN(catalogue->areas_,
                          AreaTable::Parse(tables[2], tables[3], tables[4], tables[5]));
  RENKEI_ASSIGN_OR_RETURN(MeasureFiles measures, ParseMeasureFiles(measure_files));
  RENKEI_RETURN_IF_ERROR(CheckDefinitions(measures, catalogue->items_));
  catalogue->definitions_ = std::move(measures.merged);
  catalogue->digest_ = DigestOf(files);
  return std::shared_ptr<const Catalogue>(std::move(catalogue));
}

absl::StatusOr<std::shared_ptr<const Catalogue>> Catalogue::LoadBuiltIn() {
  std::vector<CatalogueFile> files;
  for (const base::EmbeddedFile& file : kCatalogueFiles) {
    files.push_back({file.name, std::string(file.bytes())});
  }
  return Load(std::move(files));
}

const v1::Measure* Catalogue::FindMeasure(absl::string_view id) const {
  const auto& all = definitions_.measure();
  const auto it = std::find_if(all.begin(), all.end(),
                               [id](const v1::Measure& measure) { return measure.id() == id; });
  return it == all.end() ? nullptr : &*it;
}

const v1::FamilyRule* Catalogue::FindFamily(absl::string_view id) const {
  const auto& all = definitions_.family();
  const auto it = std::find_if(all.begin(), all.end(),
                               [id](const v1::FamilyRule& family) { return family.id() == id; });
  return it == all.end() ? nullptr : &*it;
}

std::vector<std::string> Catalogue::DefaultMeasures(int fiscal_year) const {
  std::vector<std::string> ids;
  for (const v1::Measure& measure : definitions_.measure()) {
    if (measure.default_selected() && IsValidIn(measure, fiscal_year)) ids.push_back(measure.id());
  }
  return ids;
}

bool IsValidIn(const v1::Measure& measure, int fiscal_year) {
  const int64_t year = fiscal_year;
  return (measure.from_fiscal_year() == 0 || year >= int64_t{measure.from_fiscal_year()}) &&
         (measure.to_fiscal_year() == 0 || year <= int64_t{measure.to_fiscal_year()});
}

absl::StatusOr<std::vector<CatalogueFile>> ReadCatalogueFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::directory_iterator it(path, error);
  if (error) {
    return absl::NotFoundError(absl::StrCat("catalogue folder ", path, ": ", error.message()));
  }
  std::vector<CatalogueFile> files;
  for (const std::filesystem::directory_iterator end; it != end;) {
    const std::string name = it->path().filename().string();
    if (IsTable(name) || IsMeasureFile(name)) {
      if (files.size() == kMaxFiles) {
        return absl::ResourceExhaustedError(
            absl::StrCat("catalogue folder ", path, ": more than ", kMaxFiles, " files"));
      }
      RENKEI_ASSIGN_OR_RETURN(std::string bytes,
                              base::ReadFile(it->path().string(), kMaxFileBytes));
      files.push_back({name, std::move(bytes)});
    }
    it.increment(error);
    if (error) {
      return absl::UnavailableError(absl::StrCat("catalogue folder ", path, ": ", error.message()));
    }
  }
  return files;
}

}  // namespace renkei::policy::catalogue
