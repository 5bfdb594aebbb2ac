#include "policy/rules/withheld_levels.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace renkei::policy::rules {
namespace {

constexpr v1::WithheldLevel kLevels[] = {v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY,
                                         v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS,
                                         v1::WITHHELD_LEVEL_AGE_BANDS,
                                         v1::WITHHELD_LEVEL_SEX,
                                         v1::WITHHELD_LEVEL_MEMBER_KIND,
                                         v1::WITHHELD_LEVEL_MUNICIPALITY};

constexpr uint32_t BitOf(v1::WithheldLevel level) { return uint32_t{1} << level; }

}  // namespace

Grain GrainOf(const v1::ReleaseCell& cell) {
  const std::string& age = cell.age_band();
  Grain grain;
  grain.of_municipality = !cell.municipality().empty();
  grain.of_kind = cell.member_kind() != v1::MEMBER_KIND_UNSPECIFIED;
  grain.of_sex = cell.sex() != v1::SEX_BOTH;
  grain.age = age == "40-74"                     ? AgeGrain::kAllAges
              : age == "40-64" || age == "65-74" ? AgeGrain::kTwoBands
                                                 : AgeGrain::kFiveYears;
  return grain;
}

void WithheldLevels::Add(v1::WithheldLevel level) {
  switch (level) {
    case v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY:
    case v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS:
    case v1::WITHHELD_LEVEL_SEX:
      bits_ |= BitOf(level);
      return;
    case v1::WITHHELD_LEVEL_AGE_BANDS:
      bits_ |= BitOf(level) | BitOf(v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS);
      return;
    case v1::WITHHELD_LEVEL_MEMBER_KIND:
    case v1::WITHHELD_LEVEL_MUNICIPALITY:
      bits_ |= BitOf(level) | BitOf(v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY);
      return;
    default:
      for (const v1::WithheldLevel known : kLevels) bits_ |= BitOf(known);
  }
}

bool WithheldLevels::Has(v1::WithheldLevel level) const {
  return v1::WithheldLevel_IsValid(level) && (bits_ & BitOf(level)) != 0;
}

bool WithheldLevels::Withholds(const Grain& grain) const {
  if (grain.of_municipality && Has(v1::WITHHELD_LEVEL_MUNICIPALITY)) return true;
  if (grain.of_kind && Has(v1::WITHHELD_LEVEL_MEMBER_KIND)) return true;
  if (grain.of_municipality && grain.of_kind && Has(v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY)) {
    return true;
  }
  if (grain.of_sex && Has(v1::WITHHELD_LEVEL_SEX)) return true;
  switch (grain.age) {
    case AgeGrain::kAllAges:
      return false;
    case AgeGrain::kTwoBands:
      return Has(v1::WITHHELD_LEVEL_AGE_BANDS);
    case AgeGrain::kFiveYears:
      return Has(v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS);
  }
  return true;
}

std::string WithheldLevels::Describe() const {
  std::string words;
  for (const v1::WithheldLevel level : kLevels) {
    if (Has(level)) absl::StrAppend(&words, words.empty() ? "without " : ", ", LevelWord(level));
  }
  return words.empty() ? "full" : words;
}

WithheldLevels CapsOf(const v1::DataUseAgreement& terms) {
  WithheldLevels caps;
  if (terms.finest_geography() >= v1::FINEST_GEOGRAPHY_AREA) {
    caps.Add(v1::WITHHELD_LEVEL_MUNICIPALITY);
  }
  if (terms.finest_age() >= v1::FINEST_AGE_TWO_BANDS) caps.Add(v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS);
  if (terms.finest_age() >= v1::FINEST_AGE_ALL) caps.Add(v1::WITHHELD_LEVEL_AGE_BANDS);
  return caps;
}

WithheldLevels OfferedLayout::levels() const {
  WithheldLevels levels;
  for (const v1::WithheldLevel step : steps) levels.Add(step);
  return levels;
}

OfferedLayout MakeOfferedLayout(std::vector<v1::WithheldLevel> steps) {
  std::string name = steps.empty() ? "full" : absl::StrCat("no_", LevelWord(steps.back()));
  return {std::move(name), std::move(steps)};
}

OfferedLayout LayoutOf(const google::protobuf::RepeatedField<int>& withheld_levels) {
  std::vector<v1::WithheldLevel> steps;
  for (const int level : withheld_levels) steps.push_back(static_cast<v1::WithheldLevel>(level));
  return MakeOfferedLayout(std::move(steps));
}

std::vector<OfferedLayout> LayoutsOf(const v1::PolicyDocument& policy) {
  std::vector<OfferedLayout> layouts = {MakeOfferedLayout({})};
  for (const int step : policy.ladder()) {
    std::vector<v1::WithheldLevel> steps = layouts.back().steps;
    steps.push_back(static_cast<v1::WithheldLevel>(step));
    layouts.push_back(MakeOfferedLayout(std::move(steps)));
  }
  return layouts;
}

std::string LevelWord(v1::WithheldLevel level) {
  if (level == v1::WITHHELD_LEVEL_UNSPECIFIED || !v1::WithheldLevel_IsValid(level)) return "?";
  return absl::AsciiStrToLower(v1::WithheldLevel_Name(level).substr(sizeof("WITHHELD_LEVEL_") - 1));
}

}  // namespace renkei::policy::rules
