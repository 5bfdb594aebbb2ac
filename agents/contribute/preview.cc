#include "agents/contribute/preview.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/tables/rates.h"
#include "policy/tables/structurally_empty.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::agents::contribute {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace tables = renkei::policy::tables;

namespace {

constexpr char kWholeArea[] = "area";

struct Span {
  int first;
  int last;  // inclusive
  const char* label;
};

// Rows of one sex, in reading order.
std::vector<Span> AgeRows(PreviewBreakdown by) {
  std::vector<Span> rows;
  if (by != PreviewBreakdown::kTotal) {
    for (int band = 0; band < tables::kBands; ++band) {
      rows.push_back({band, band, tables::kBandLabels[static_cast<size_t>(band)]});
    }
  }
  if (by == PreviewBreakdown::kSexAge2) {
    rows.push_back({0, 4, "40-64"});
    rows.push_back({5, 6, "65-74"});
  }
  rows.push_back({0, tables::kBands - 1, "40-74"});
  return rows;
}

std::vector<Span> SexRows(PreviewBreakdown by) {
  if (by == PreviewBreakdown::kTotal) return {{0, 1, "both"}};
  return {{0, 0, "male"}, {1, 1, "female"}, {0, 1, "both"}};
}

bool IsSmall(int64_t count, uint32_t threshold) {
  return count > 0 && count < static_cast<int64_t>(threshold);
}

class Reader {
 public:
  Reader(const v1::ContributionStatement& statement, const tables::Layout& layout)
      : statement_(statement), layout_(layout) {}

  // Every range is inclusive.
  PreviewRow Sum(int measure, const Span& geographies, const Span& sexes, const Span& ages) const {
    PreviewRow row;
    for (int g = geographies.first; g <= geographies.last; ++g) {
      for (int s = sexes.first; s <= sexes.last; ++s) {
        for (int b = ages.first; b <= ages.last; ++b) {
          const int64_t numerator = At(layout_.Index(measure, g, s, b, 0));
          row.numerator += numerator;
          row.denominator += numerator + At(layout_.Index(measure, g, s, b, 1));
        }
      }
    }
    return row;
  }

 private:
  int64_t At(size_t index) const {
    return static_cast<int64_t>(statement_.count(static_cast<int>(index)));
  }
  const v1::ContributionStatement& statement_;
  const tables::Layout& layout_;
};

absl::Status CheckOfThisRound(const v1::ContributionStatement& statement,
                              const RoundQuestion& question) {
  const tables::Layout& layout = *question.layout;
  if (statement.round_id() != question.descriptor.round_id() ||
      statement.layout_digest() != crypto::ToBytes(layout.digest()) ||
      static_cast<size_t>(statement.count_size()) != layout.size() ||
      static_cast<size_t>(statement.collected_size()) != layout.measures().size()) {
    return absl::InvalidArgumentError("preview: the statement is not of this round");
  }
  for (const uint64_t count : statement.count()) {
    if (count >= static_cast<uint64_t>(tables::kMaxCount)) {
      return absl::InvalidArgumentError("preview: a count is above the limit of 2^40");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int>> ChosenMeasures(const tables::Layout& layout,
                                                const std::vector<std::string>& wanted) {
  std::vector<int> chosen;
  for (size_t m = 0; m < layout.measures().size(); ++m) {
    if (wanted.empty() ||
        std::find(wanted.begin(), wanted.end(), layout.measures()[m].id) != wanted.end()) {
      chosen.push_back(static_cast<int>(m));
    }
  }
  for (const std::string& id : wanted) {
    const bool known =
        std::any_of(layout.measures().begin(), layout.measures().end(),
                    [&](const tables::MeasureVersion& measure) { return measure.id == id; });
    if (!known) {
      return absl::InvalidArgumentError(
          absl::StrCat("--indicator ", id, ": the round does not ask for it; see `rounds`"));
    }
  }
  return chosen;
}

struct Place {
  std::string label;
  Span geographies;
};

absl::StatusOr<std::vector<Place>> ChosenPlaces(const tables::Layout& layout,
                                                const v1::ContributionStatement& statement,
                                                const std::vector<std::string>& wanted) {
  std::vector<Place> places;
  const Reader reader(statement, layout);
  const auto label_of = [&](int g) {
    return g == layout.unknown_geography() ? std::string(tables::kUnknownMunicipality)
                                           : layout.municipalities()[static_cast<size_t>(g)];
  };
  if (wanted.empty()) {
    for (int g = 0; g < layout.geographies(); ++g) {
      int64_t persons = 0;
      for (size_t m = 0; m < layout.measures().size(); ++m) {
        persons += reader.Sum(static_cast<int>(m), {g, g, ""}, {0, 1, ""}, {0, 6, ""}).denominator;
      }
      if (persons > 0) places.push_back({label_of(g), {g, g, ""}});
    }
    places.push_back({kWholeArea, {0, layout.geographies() - 1, ""}});
    return places;
  }
  for (const std::string& code : wanted) {
    if (code == kWholeArea) {
      places.push_back({code, {0, layout.geographies() - 1, ""}});
      continue;
    }
    const std::optional<int> geography = layout.GeographyOf(code);
    if (!geography.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--municipality ", code, ": not in area ", layout.area_code(),
                       "; give a 6-digit code of the area, unknown, or area"));
    }
    places.push_back({label_of(*geography), {*geography, *geography, ""}});
  }
  return places;
}

}  // namespace

absl::StatusOr<Preview> MakePreview(const v1::DsseEnvelope& envelope, const RoundQuestion& question,
                                    const policy::catalogue::Catalogue& catalogue,
                                    const PreviewRequest& request) {
  Preview preview;
  if (!preview.statement.ParseFromString(envelope.payload())) {
    return absl::InvalidArgumentError("preview: the statement does not parse");
  }
  RENKEI_RETURN_IF_ERROR(CheckOfThisRound(preview.statement, question));
  const tables::Layout& layout = *question.layout;
  preview.payload_sha256 = crypto::Sha256(base::AsBytes(envelope.payload()));
  preview.payload_bytes = envelope.payload().size();
  preview.envelope_bytes = envelope.ByteSizeLong();
  preview.area_name = catalogue.areas().AreaName(layout.area_code()).value_or("");
  preview.fiscal_year = question.descriptor.fiscal_year();
  preview.purpose = question.descriptor.purpose();
  preview.policy = question.policy;
  preview.threshold = std::max(question.policy.min_cell_persons(), request.min_cell_persons);

  RENKEI_ASSIGN_OR_RETURN(const std::vector<int> measures,
                          ChosenMeasures(layout, request.indicators));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<Place> places,
                          ChosenPlaces(layout, preview.statement, request.municipalities));
  const Reader reader(preview.statement, layout);
  for (const int m : measures) {
    const std::string& id = layout.measures()[static_cast<size_t>(m)].id;
    const v1::Measure* measure = catalogue.FindMeasure(id);
    const bool collected = preview.statement.collected(m);
    preview.indicators.push_back({.id = id,
                                  .name_ja = measure == nullptr ? "" : measure->name_ja(),
                                  .name_en = measure == nullptr ? "" : measure->name_en(),
                                  .collected = collected});
    for (const Place& place : places) {
      for (const Span& sexes : SexRows(request.by)) {
        for (const Span& ages : AgeRows(request.by)) {
          PreviewRow row = reader.Sum(m, place.geographies, sexes, ages);
          row.municipality = place.label;
          row.indicator = id;
          row.sex = sexes.label;
          row.age_band = ages.label;
          row.value_tenths = tables::PercentTenths(row.numerator, row.denominator);
          row.collected = collected;
          row.leaves = place.geographies.first == place.geographies.last &&
                       sexes.first == sexes.last && ages.first == ages.last;
          row.never_as_is = IsSmall(row.numerator, preview.threshold) ||
                            IsSmall(row.denominator - row.numerator, preview.threshold) ||
                            IsSmall(row.denominator, preview.threshold);
          row.structurally_empty =
              measure != nullptr && tables::IsStructurallyEmpty(*measure, ages.first, ages.last);
          preview.rows.push_back(std::move(row));
        }
      }
    }
  }
  return preview;
}

}  // namespace renkei::agents::contribute
