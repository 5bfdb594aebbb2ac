#include "policy/catalogue/wording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "policy/catalogue/named_sources.h"

namespace renkei::policy::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Catalogue& BuiltIn() {
  static const auto* const kCatalogue =
      new std::shared_ptr<const Catalogue>(Catalogue::LoadBuiltIn().value());
  return **kCatalogue;
}

std::string Described(const char* id, Language language) {
  return absl::StrJoin(DescribeMeasure(*BuiltIn().FindMeasure(id), BuiltIn(), language), "\n");
}

TEST(Wording, SaysWhomAMeasureCounts) {
  EXPECT_THAT(
      DescribeMeasure(*BuiltIn().FindMeasure("finding_waist"), BuiltIn(), Language::kEnglish),
      ElementsAre("finding_waist@1  Finding rate: waist", "Fiscal years: 2008 to now",
                  "Needs permission for: EXAM_RESULT, QUESTIONNAIRE (checkup)",
                  "Whom it counts:", "  examined in the fiscal year",
                  "With the finding (only whoever is known enters n):",
                  "  waist_cm >= 85.0 (male) / 90.0 (female) cm",
                  "Source: 標準的な健診・保健指導プログラム 令和6年度版 (draft); Shiseido data "
                  "health plan 2015 p.21",
                  "Certainty, note: verified"));
  EXPECT_THAT(Described("finding_waist", Language::kJapanese),
              HasSubstr("腹囲(実測) (waist_cm) >= 85.0（男性） / 90.0（女性） cm"));
}

TEST(Wording, StatesEveryThresholdBehindAClassificationWithItsSource) {
  const std::string text = Described("improve_rate", Language::kEnglish);
  for (const char* expected :
       {"in the fiscal year before:", "health_map gives class 6, 7", "sbp_mmhg >= 130 mm[Hg]",
        "sbp_mmhg >= 140 mm[Hg]", "hdl_mgdl <= 34 mg/dL", "q01_med_bp: code 1 of list",
        "bp_referral: definitions 4"}) {
    EXPECT_THAT(text, HasSubstr(expected));
  }
}

TEST(Wording, SumsSayWhatIsAddedUpToWhichCapAndWhatDivides) {
  const std::string text = Described("absence_rate_mental", Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("absence episodes (cause MENTAL; 7 days and more)"));
  EXPECT_THAT(text, HasSubstr("at most, per person: 52 episodes"));
  EXPECT_THAT(text, HasSubstr("Persons that divide it:\n  insured on 1 April"));
}

TEST(Wording, HasWordsForEveryNodeOfEveryMeasureInBothLanguages) {
  for (const Language language : {Language::kJapanese, Language::kEnglish}) {
    for (const v1::Measure& measure : BuiltIn().definitions().measure()) {
      for (const std::string& line : DescribeMeasure(measure, BuiltIn(), language)) {
        EXPECT_NE(line.find_first_not_of(' '), std::string::npos) << measure.id();
        EXPECT_EQ(line.find("unknown fact"), std::string::npos) << measure.id();
      }
    }
    for (const v1::DerivedIndicator& derived : BuiltIn().definitions().derived()) {
      EXPECT_EQ(DescribeDerived(derived, language).size(), 5u);
    }
  }
}

TEST(NamedSources, FollowReferencesAndClassificationsOnce) {
  const auto sources = SourcesOf(*BuiltIn().FindMeasure("mets_rate"), BuiltIn());
  std::vector<std::string> ids;
  for (const NamedSource& source : sources) ids.push_back(source.id);
  EXPECT_THAT(ids, ElementsAre("metabolic", "waist_high", "mets_lipid", "hdl_guidance",
                               "drug_lipid_yes", "mets_pressure", "bp_guidance", "drug_bp_yes",
                               "mets_glucose", "drug_glucose_yes"));
  EXPECT_EQ(sources.front().condition, nullptr);
}

}  // namespace
}  // namespace renkei::policy::catalogue
