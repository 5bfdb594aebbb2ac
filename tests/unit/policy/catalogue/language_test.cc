// What the later nodes of the measure language accept and refuse, and what one entry stands for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/catalogue/amount_rule.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::policy::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::shared_ptr<const Catalogue>> LoadWith(const std::string& text) {
  std::vector<CatalogueFile> files =
      ReadCatalogueFolder(std::string(RENKEI_SOURCE_DIR) + "/policy/catalogue").value();
  files.erase(std::remove_if(files.begin(), files.end(),
                             [](const CatalogueFile& file) {
                               return file.name.find(".textproto") != std::string::npos;
                             }),
              files.end());
  files.push_back({"test.textproto", text});
  return Catalogue::Load(std::move(files));
}

constexpr char kFamilies[] = R"(version: "t"
family { id: "all" reads: [DATA_CATEGORY_EXAM_RESULT, DATA_CATEGORY_GUIDANCE, DATA_CATEGORY_CLAIMS,
                           DATA_CATEGORY_ABSENCE] source: "s" }
family { id: "checkup" reads: DATA_CATEGORY_EXAM_RESULT source: "s" }
condition { id: "yesterday" when { previous { fact: FACT_EXAMINED } } source: "s" }
)";

// A measure whose numerator is `numerator`; `more` joins its fields.
std::string Measure(const std::string& numerator, const std::string& more = "",
                    const std::string& family = "all") {
  return absl::StrCat(kFamilies,
                      "measure { id: \"m\" version: 1 name_ja: \"j\" name_en: \"e\" family: \"",
                      family, "\" population { fact: FACT_EXAMINED } numerator { ", numerator,
                      " } source: \"s\" ", more, " }\n");
}

std::string Refusal(const std::string& text) {
  const auto catalogue = LoadWith(text);
  EXPECT_EQ(catalogue.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(catalogue.status().message());
}

TEST(Language, AcceptsEveryNode) {
  for (const auto& [numerator, more] : std::vector<std::pair<std::string, std::string>>{
           {"sex: SEX_FEMALE", ""},
           {"ref: \"yesterday\"", ""},
           {"previous { compare { item: \"bmi\" ge { all: \"25\" } unit: \"kg/m2\" } }", ""},
           {"previous { fact: FACT_GUIDANCE_COMPLETED }", "needs_previous_guidance_file: true"},
           {"attendance { fact: FACT_EXAMINED to_years_ago: 3 at_least: 4 at_most: 4 }", ""},
           {"attendance { fact: FACT_ELIGIBLE from_years_ago: 1 to_years_ago: 31 at_most: 0 "
            "since_record: true }",
            ""},
           {"amount { amount { of: AMOUNT_OF_CLAIMS disease_code: \"0402\" } at_least: 1 }",
            "needs_claims_file: true"},
           {"amount { amount { of: AMOUNT_OF_ABSENCE_DAYS cause: ABSENCE_CAUSE_MENTAL } at_least: "
            "7 }",
            "needs_absence_file: true"},
           {"fact: FACT_INSURED_APRIL_1", ""},
           {"fact: FACT_ON_ROSTER", ""}}) {
    const auto catalogue = LoadWith(Measure(numerator, more));
    EXPECT_TRUE(catalogue.ok()) << catalogue.status();
  }
}

TEST(Language, RefusesWhatCannotBeEvaluated) {
  const struct {
    const char* numerator;
    const char* more;
    const char* message;
  } kFaults[] = {
      {"sex: SEX_BOTH", "", "a sex is SEX_MALE or SEX_FEMALE"},
      {"previous { previous { fact: FACT_EXAMINED } }", "", "cannot stand inside `previous`"},
      {"previous { attendance { fact: FACT_EXAMINED at_least: 1 at_most: 1 } }", "",
       "`attendance` cannot stand inside"},
      {"previous { amount { amount { of: AMOUNT_OF_CLAIMS } at_least: 1 } }", "",
       "`amount` cannot stand inside"},
      {"previous { ref: \"yesterday\" }", "", "itself looks at other years"},
      {"previous { ref: \"tomorrow\" }", "", "no condition is named 'tomorrow'"},
      {"previous { compare { item: \"bmi\" ge { all: \"25\" } unit: \"kg\" } }", "",
       "unit 'kg' of item 'bmi' must be"},
      {"previous { fact: FACT_GUIDANCE_STARTED }", "", "needs_previous_guidance_file must be true"},
      {"previous { fact: FACT_GUIDANCE_STARTED }", "needs_guidance_file: true",
       "needs_guidance_file must be true"},
      {"fact: FACT_EXAMINED", "needs_previous_guidance_file: true",
       "needs_previous_guidance_file must be true"},
      {"attendance { fact: FACT_ON_ROSTER at_most: 1 }", "", "FACT_EXAMINED or FACT_ELIGIBLE"},
      {"attendance { fact: FACT_EXAMINED from_years_ago: 2 to_years_ago: 1 }", "",
       "from_years_ago <= to_years_ago"},
      {"attendance { fact: FACT_EXAMINED to_years_ago: 32 }", "", "to_years_ago <= 31"},
      {"attendance { fact: FACT_EXAMINED from_years_ago: -1 }", "", "0 <= from_years_ago"},
      {"attendance { fact: FACT_EXAMINED to_years_ago: 3 at_least: 3 }", "",
       "at_least <= at_most <= 4"},
      {"attendance { fact: FACT_EXAMINED to_years_ago: 3 at_most: 5 }", "", "at_most <= 4"},
      {"amount { amount { of: AMOUNT_OF_CLAIMS } }", "needs_claims_file: true", "at_least must be"},
      {"amount { amount {} at_least: 1 }", "", "`of` must say what is summed"},
      {"amount { amount { of: AMOUNT_OF_CLAIMS } at_least: 1 }", "", "needs_claims_file must be"},
      {"amount { amount { of: AMOUNT_OF_ABSENCE_DAYS } at_least: 1 }", "",
       "needs_absence_file must be"},
      {"amount { amount { of: AMOUNT_OF_CLAIMS cause: ABSENCE_CAUSE_OTHER } at_least: 1 }", "",
       "are of absences, the amount is of claims"},
      {"amount { amount { of: AMOUNT_OF_ABSENCE_DAYS month: 4 } at_least: 1 }", "",
       "are of claims, the amount is of absences"},
      {"amount { amount { of: AMOUNT_OF_CLAIMS disease_code: \"402\" } at_least: 1 }", "",
       "not a class of 4 digits"},
      {"amount { amount { of: AMOUNT_OF_CLAIMS month: 13 } at_least: 1 }", "", "1 to 12"},
      {"amount { amount { of: AMOUNT_OF_CLAIMS claim_type: CLAIM_TYPE_UNSPECIFIED } at_least: 1 }",
       "", "repeated claim type"},
      {"amount { amount { of: AMOUNT_OF_ABSENCE_DAYS min_days: 400 } at_least: 1 }", "",
       "0 to 366 days"},
      {"fact: FACT_EXAMINED", "magnitude { item: \"bmi\" unit: \"kg/m2\" }",
       "either a numerator or a magnitude"},
  };
  for (const auto& fault : kFaults) {
    const std::string refusal = Refusal(Measure(fault.numerator, fault.more));
    EXPECT_THAT(refusal, HasSubstr(fault.message)) << fault.numerator;
    EXPECT_EQ(refusal.rfind("test.textproto:", 0), 0u) << refusal;
  }
}

TEST(Language, ConsentOfTheFamilyMustCoverClaimsAbsencesAndLastYearsGuidance) {
  EXPECT_THAT(Refusal(Measure("amount { amount { of: AMOUNT_OF_CLAIMS } at_least: 1 }",
                              "needs_claims_file: true", "checkup")),
              HasSubstr("does not read DATA_CATEGORY_CLAIMS"));
  EXPECT_THAT(Refusal(Measure("amount { amount { of: AMOUNT_OF_ABSENCE_DAYS } at_least: 1 }",
                              "needs_absence_file: true", "checkup")),
              HasSubstr("does not read DATA_CATEGORY_ABSENCE"));
  EXPECT_THAT(Refusal(Measure("previous { fact: FACT_GUIDANCE_STARTED }",
                              "needs_previous_guidance_file: true", "checkup")),
              HasSubstr("does not read DATA_CATEGORY_GUIDANCE"));
}

TEST(Language, AFamilyHasOneZeroPolicy) {
  const std::string text = Measure("fact: FACT_ELIGIBLE");
  const std::string second = absl::StrReplaceAll(text.substr(text.find("measure {")),
                                                 {{"id: \"m\"", "id: \"n\" sensitive: true"}});
  EXPECT_THAT(Refusal(text + second), HasSubstr("`sensitive` differs from another measure"));
}

TEST(Language, PopulationMayLookAtLastYearsFactsButAttendanceNeedsCertain) {
  const auto with = [](const std::string& population) {
    return absl::StrReplaceAll(
        Measure("fact: FACT_EXAMINED"),
        {{"population { fact: FACT_EXAMINED }", absl::StrCat("population { ", population, " }")}});
  };
  EXPECT_TRUE(LoadWith(with("previous { fact: FACT_EXAMINED }")).ok());
  EXPECT_TRUE(LoadWith(with("sex: SEX_MALE")).ok());
  const std::string window = "attendance { fact: FACT_EXAMINED at_least: 1 at_most: 1 }";
  EXPECT_THAT(Refusal(with(window)), HasSubstr("must be known for everybody"));
  EXPECT_TRUE(LoadWith(with(absl::StrCat("certain { ", window, " }"))).ok());
}

std::string Magnitude(const std::string& fields, const std::string& more = "") {
  return absl::StrCat(kFamilies,
                      "measure { id: \"m\" version: 1 name_ja: \"j\" name_en: \"e\" family: "
                      "\"all\" population { fact: FACT_ON_ROSTER } magnitude { ",
                      fields, " } source: \"s\" ", more, " }\n");
}

TEST(Magnitudes, HaveAUnitACapAndNoNumerator) {
  const std::string cost = "amount { of: AMOUNT_OF_COST_YEN } unit: \"yen\" cap: 1000";
  EXPECT_TRUE(LoadWith(Magnitude(cost, "needs_claims_file: true")).ok());
  EXPECT_TRUE(LoadWith(Magnitude("item: \"bmi\" unit: \"kg/m2\"")).ok());
  const struct {
    std::string fields;
    const char* more;
    const char* message;
  } kFaults[] = {
      {"amount { of: AMOUNT_OF_COST_YEN } unit: \"yen\"", "needs_claims_file: true",
       "`cap` is missing"},
      {"amount { of: AMOUNT_OF_COST_YEN } unit: \"points\" cap: 1", "", "must be 'yen'"},
      {"item: \"bmi\" unit: \"kg\"", "", "must be 'kg/m2'"},
      {"item: \"q08_smoking\"", "", "is a code, not a number"},
      {"item: \"bmi\" unit: \"kg/m2\" cap: 5", "", "are for amounts"},
      {"unit: \"yen\"", "", "is of an `amount` or an `item`"},
      {cost + " persons { compare { item: \"bmi\" ge { all: \"25\" } unit: \"kg/m2\" } }",
       "needs_claims_file: true", "must be known for everybody"},
      {cost, "needs_claims_file: true default_selected: true", "never default_selected"},
      {cost, "", "needs_claims_file must be true"},
  };
  for (const auto& fault : kFaults) {
    EXPECT_THAT(Refusal(Magnitude(fault.fields, fault.more)), HasSubstr(fault.message))
        << fault.fields;
  }
}

TEST(Amounts, SayToTheStoreWhatTheyMean) {
  v1::Amount amount;
  amount.set_of(v1::AMOUNT_OF_CLAIMS);
  EXPECT_EQ(AmountFrom(amount), (Amount{.of = AmountOf::kClaims}));
  amount.add_claim_type(v1::CLAIM_TYPE_PHARMACY);
  amount.add_claim_type(v1::CLAIM_TYPE_INPATIENT);
  amount.add_disease_code("0901");
  amount.add_disease_code("0402");
  amount.set_month(5);
  EXPECT_EQ(AmountFrom(amount), (Amount{.of = AmountOf::kClaims,
                                        .claim_types = kInpatient | kPharmacy,
                                        .disease_codes = {"0402", "0901"},
                                        .month = 5}));
  v1::Amount absence;
  absence.set_of(v1::AMOUNT_OF_ABSENCE_EPISODES);
  absence.add_cause(v1::ABSENCE_CAUSE_FEMALE_SPECIFIC);
  absence.add_cause(v1::ABSENCE_CAUSE_OTHER);
  absence.set_min_days(7);
  EXPECT_EQ(AmountFrom(absence),
            (Amount{.of = AmountOf::kAbsenceEpisodes, .causes = 65, .min_days = 7}));
}

constexpr char kCross[] = R"(cross {
  measure { id: "x" version: 2 name_ja: "j" name_en: "e" family: "checkup"
            population { fact: FACT_EXAMINED } source: "s" note: "n" }
  axis {
    value { suffix: "men" name_ja: "男" name_en: "men" when { sex: SEX_MALE } }
    value { suffix: "women" name_ja: "女" name_en: "women" when { sex: SEX_FEMALE } }
    in_population: true
  }
  axis {
    value { suffix: "old" name_ja: "高" name_en: "old" when { age { from: 65 to: 74 } } }
    value { suffix: "young" name_ja: "低" name_en: "young" when { age { from: 40 to: 64 } } }
  }
  partition: true
}
)";

std::vector<std::string> Ids(const Catalogue& catalogue) {
  std::vector<std::string> ids;
  for (const v1::Measure& measure : catalogue.definitions().measure()) ids.push_back(measure.id());
  return ids;
}

TEST(Cross, StandsForOneMeasurePerChoice) {
  const auto catalogue = LoadWith(absl::StrCat(kFamilies, kCross));
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
  EXPECT_THAT(Ids(**catalogue),
              ElementsAre("x_men_old", "x_men_young", "x_women_old", "x_women_young"));
  const v1::Measure& measure = *(*catalogue)->FindMeasure("x_women_old");
  EXPECT_EQ(measure.name_ja(), "j 女 高");
  EXPECT_EQ(measure.name_en(), "e, women, old");
  EXPECT_EQ(measure.version(), 2u);
  EXPECT_EQ(measure.numerator().age().from(), 65);
  EXPECT_EQ(measure.population().all().of_size(), 2);
  EXPECT_EQ(measure.population().all().of(1).certain().sex(), v1::SEX_FEMALE);
  const auto& relations = (*catalogue)->definitions().relation();
  ASSERT_EQ(relations.size(), 2);
  EXPECT_TRUE(relations[0].whole_population());
  EXPECT_THAT(relations[0].part(), ElementsAre("x_men_old", "x_men_young"));
  EXPECT_THAT(relations[1].part(), ElementsAre("x_women_old", "x_women_young"));
}

TEST(Cross, IsRefusedWithItsLine) {
  const auto refusal = [](const std::string& from, const std::string& to) {
    const std::string text = absl::StrReplaceAll(kCross, {{from, to}});
    EXPECT_NE(text, kCross);
    return Refusal(absl::StrCat(kFamilies, text));
  };
  EXPECT_THAT(refusal("suffix: \"men\"", "suffix: \"Men-\""), HasSubstr("needs a suffix"));
  EXPECT_EQ(refusal("suffix: \"old\" ", ""),
            "test.textproto:15: cross x: a value needs a suffix, name_ja and name_en");
  EXPECT_THAT(refusal("suffix: \"women\"", "suffix: \"men\""), HasSubstr("the id is repeated"));
  EXPECT_THAT(refusal("population { fact", "numerator { fact: FACT_EXAMINED } population { fact"),
              HasSubstr("no numerator and no magnitude"));
  EXPECT_THAT(refusal("  partition", "  axis { in_population: true }\n  partition"),
              HasSubstr("needs 1 to 32 values"));
  EXPECT_THAT(refusal("family: \"checkup\"", "family: \"none\""),
              HasSubstr("measure x_men_old: no family is named 'none'"));
}

TEST(Histogram, HasOneClassMoreThanEdges) {
  const std::string text = absl::StrCat(kFamilies, R"(histogram {
  measure { id: "h" version: 1 name_ja: "j" name_en: "e" family: "checkup"
            population { fact: FACT_EXAMINED } source: "s" }
  item: "ast_ul" unit: "U/L"
  edge: ["31", "51"]
}
)");
  const auto catalogue = LoadWith(text);
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
  EXPECT_THAT(Ids(**catalogue), ElementsAre("h_1", "h_2", "h_3"));
  EXPECT_EQ((*catalogue)->FindMeasure("h_1")->name_en(), "e, below 31");
  EXPECT_EQ((*catalogue)->FindMeasure("h_2")->name_ja(), "j 31以上51未満");
  EXPECT_EQ((*catalogue)->FindMeasure("h_3")->name_en(), "e, 51 and more");
  EXPECT_THAT((*catalogue)->definitions().relation(0).part(), ElementsAre("h_1", "h_2", "h_3"));
  EXPECT_THAT(Refusal(absl::StrReplaceAll(text, {{"[\"31\", \"51\"]", "[\"51\", \"31\"]"}})),
              HasSubstr("edge '31' is no number above the one before"));
  EXPECT_THAT(Refusal(absl::StrReplaceAll(text, {{"edge: [\"31\", \"51\"]", ""}})),
              HasSubstr("needs 1 to 32 edges"));
  EXPECT_THAT(Refusal(absl::StrReplaceAll(text, {{"U/L", "g"}})), HasSubstr("must be 'U/L'"));
  EXPECT_THAT(Refusal(absl::StrReplaceAll(text, {{"\"31\"", "\"30.5\""}})),
              HasSubstr("at most 0 decimals"));
}

constexpr char kDerived[] = R"(
standard_population { id: "w" weight: [1, 2, 3, 4, 5, 6, 7] source: "s" }
derived { id: "d" version: 1 name_ja: "j" name_en: "e" direct_rate { standard_population: "w" }
          source: "s" }
derived { id: "r" version: 1 name_ja: "j" name_en: "e"
          standardised_ratio { unstable_below_expected: 5 } source: "s" }
derived { id: "l" version: 1 name_ja: "j" name_en: "e" input: "m"
          decline { standard_population: "w" base_fiscal_year: 2008 } source: "s" }
)";

TEST(Derived, NamesItsWeightsAndInputs) {
  const std::string text = absl::StrCat(Measure("fact: FACT_ELIGIBLE"), kDerived);
  ASSERT_TRUE(LoadWith(text).ok()) << LoadWith(text).status();
  const std::pair<const char*, const char*> kFaults[][2] = {
      {{"weight: [1, 2, 3, 4, 5, 6, 7]", "weight: [1, 2]"}, {"", "needs 7 weights"}},
      {{"weight: [1,", "weight: [0,"}, {"", "a weight is 1 to"}},
      {{"direct_rate { standard_population: \"w\" }", ""}, {"", "needs a rule"}},
      {{"direct_rate { standard_population: \"w\" }", "direct_rate { standard_population: \"v\" }"},
       {"", "no standard population is named 'v'"}},
      {{"id: \"d\"", "id: \"m\""}, {"", "or that of a measure"}},
      {{"input: \"m\"", "input: \"k\""}, {"", "no measure that counts persons"}},
      {{"input: \"m\"", ""}, {"", "exactly one input"}},
      {{"base_fiscal_year: 2008", "base_fiscal_year: 1990"}, {"", "base_fiscal_year is 2008"}},
  };
  for (const auto& fault : kFaults) {
    const std::string changed = absl::StrReplaceAll(text, {{fault[0].first, fault[0].second}});
    ASSERT_NE(changed, text);
    EXPECT_THAT(Refusal(changed), HasSubstr(fault[1].second)) << fault[0].second;
  }
}

}  // namespace
}  // namespace renkei::policy::catalogue
