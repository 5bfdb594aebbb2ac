// The text-proto files of the catalogue, parsed and merged in the order of their names, together
// with the place of every definition.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/catalogue/catalogue.h"
#include "policy/catalogue/place.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::catalogue {

struct MeasureFiles {
  v1::Catalogue merged;
  // places.x[i] belongs to merged.x(i).
  std::vector<Place> pairing, derivation, condition, classification, measure, relation, family,
      cross, histogram, derived, standard_population;
  std::vector<std::unique_ptr<Place::Tree>> trees;  // what the places point into
};

// `files` ordered by name. INVALID_ARGUMENT with file and line; two different versions are refused.
// The measures and relations of crosses and histograms stand behind the written ones.
absl::StatusOr<MeasureFiles> ParseMeasureFiles(const std::vector<const CatalogueFile*>& files);

}  // namespace renkei::policy::catalogue
