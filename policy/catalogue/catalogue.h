// The loaded catalogue: items, areas, families, measures; checked as a whole. Immutable,
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/catalogue/areas.h"
#include "policy/catalogue/items.h"
#include "policy/crypto/digest.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::catalogue {

struct CatalogueFile {
  std::string name;  // base name, e.g. findings.textproto, items.csv
  std::string bytes;
};

class Catalogue {
 public:
  // Every *.textproto is merged; items.csv, codelists.csv and the four area files
  // are required. INVALID_ARGUMENT names file and line (or file and id): unknown item, unit,
  // reference cycle, missing source, more than 10 inputs, unknown family, duplicate id, threshold
  // that is no number...
  static absl::StatusOr<std::shared_ptr<const Catalogue>> Load(std::vector<CatalogueFile> files);
  // The catalogue inside the program.
  static absl::StatusOr<std::shared_ptr<const Catalogue>> LoadBuiltIn();

  const ItemTable& items() const { return items_; }
  const AreaTable& areas() const { return areas_; }
  const v1::Catalogue& definitions() const { return definitions_; }
  base::AgeRule age_rule() const {
    return definitions_.legal_age() ? base::AgeRule::kLegal : base::AgeRule::kPlain;
  }
  // nullptr when unknown.
  const v1::Measure* FindMeasure(absl::string_view id) const;
  const v1::FamilyRule* FindFamily(absl::string_view id) const;
  // Ids of the measures with default_selected that are valid in the year, in catalogue order.
  std::vector<std::string> DefaultMeasures(int fiscal_year) const;
  // SHA-256 over "name\0length\0bytes" of all files, ordered by name.
  const crypto::Digest& digest() const { return digest_; }

 private:
  Catalogue() = default;
  ItemTable items_;
  AreaTable areas_;
  v1::Catalogue definitions_;
  crypto::Digest digest_{};
};

// The year lies in the measure's period of validity.
bool IsValidIn(const v1::Measure& measure, int fiscal_year);

// Files of a folder (catalogue_dir); touches the disk, called by app folders.
absl::StatusOr<std::vector<CatalogueFile>> ReadCatalogueFolder(const std::string& path);

}  // namespace renkei::policy::catalogue
