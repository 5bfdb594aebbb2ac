#include "policy/catalogue/measure_files.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/base/text_proto.h"
#include "policy/catalogue/generate.h"

namespace renkei::policy::catalogue {
namespace {

std::unique_ptr<Place::Tree> LocationsOf(const std::string& text) {
  auto tree = std::make_unique<Place::Tree>();
  google::protobuf::TextFormat::Parser parser;
  parser.WriteLocationsTo(tree.get());
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  v1::Catalogue ignored;
  (void)parser.Parse(&input, &ignored);  // ParseTextProto has accepted the same bytes
  return tree;
}

template <typename Messages>
void AddPlaces(const Messages& messages, const Place& top, const char* field,
               std::vector<Place>* places) {
  for (int i = 0; i < messages.size(); ++i) places->push_back(top.In(field, i));
}

}  // namespace

absl::StatusOr<MeasureFiles> ParseMeasureFiles(const std::vector<const CatalogueFile*>& files) {
  MeasureFiles out;
  for (const CatalogueFile* file : files) {
    v1::Catalogue part;
    RENKEI_RETURN_IF_ERROR(base::ParseTextProto(file->bytes, file->name, &part));
    out.trees.push_back(LocationsOf(file->bytes));
    const Place top(file->name, v1::Catalogue::descriptor(), out.trees.back().get());
    if (!part.version().empty() && !out.merged.version().empty() &&
        part.version() != out.merged.version()) {
      return top.In("version").Error("another file of the catalogue states another version");
    }
    AddPlaces(part.pairing(), top, "pairing", &out.pairing);
    AddPlaces(part.derivation(), top, "derivation", &out.derivation);
    AddPlaces(part.condition(), top, "condition", &out.condition);
    AddPlaces(part.classification(), top, "classification", &out.classification);
    AddPlaces(part.measure(), top, "measure", &out.measure);
    AddPlaces(part.relation(), top, "relation", &out.relation);
    AddPlaces(part.family(), top, "family", &out.family);
    AddPlaces(part.cross(), top, "cross", &out.cross);
    AddPlaces(part.histogram(), top, "histogram", &out.histogram);
    AddPlaces(part.derived(), top, "derived", &out.derived);
    AddPlaces(part.standard_population(), top, "standard_population", &out.standard_population);
    out.merged.MergeFrom(part);
  }
  if (out.merged.version().empty()) {
    return absl::InvalidArgumentError("catalogue: no file states the version");
  }
  RENKEI_RETURN_IF_ERROR(Generate(&out));
  return out;
}

}  // namespace renkei::policy::catalogue
