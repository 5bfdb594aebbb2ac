#include "policy/catalogue/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/base/files.h"

namespace renkei::policy::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::vector<CatalogueFile> ShippedFiles() {
  return ReadCatalogueFolder(std::string(RENKEI_SOURCE_DIR) + "/policy/catalogue").value();
}

// The shipped tables with one measure file of the test's own.
absl::StatusOr<std::shared_ptr<const Catalogue>> LoadWith(const std::string& text) {
  std::vector<CatalogueFile> files = ShippedFiles();
  files.erase(std::remove_if(files.begin(), files.end(),
                             [](const CatalogueFile& file) {
                               return file.name.find(".textproto") != std::string::npos;
                             }),
              files.end());
  files.push_back({"test.textproto", text});
  return Catalogue::Load(std::move(files));
}

constexpr char kGood[] = R"(version: "t"
family { id: "checkup" reads: DATA_CATEGORY_EXAM_RESULT source: "s" }
condition {
  id: "high"
  when { compare { item: "waist_cm" ge { male: "85.0" female: "90.0" } unit: "cm" } }
  source: "s"
}
classification {
  id: "level"
  coded_item: "guidance_level"
  coded_known: [1, 2]
  input: "high"
  row { true_input: "high" class: 1 }
  otherwise: 2
  source: "s"
}
measure {
  id: "m" version: 1 name_ja: "j" name_en: "e" family: "checkup"
  population { fact: FACT_EXAMINED }
  numerator { class { classification: "level" is: 1 } }
  source: "s"
}
)";

std::string Refusal(const std::string& text) {
  const auto catalogue = LoadWith(text);
  EXPECT_EQ(catalogue.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(catalogue.status().message());
}

// The good file with `from` replaced.
std::string RefusalOf(const std::string& from, const std::string& to) {
  const std::string text = absl::StrReplaceAll(kGood, {{from, to}});
  EXPECT_NE(text, kGood) << from;
  return Refusal(text);
}

TEST(BuiltInCatalogue, SelectsTheIndicatorsOfTheFirstVersion) {
  const auto catalogue = Catalogue::LoadBuiltIn();
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
  EXPECT_THAT(
      (*catalogue)->DefaultMeasures(2011),
      UnorderedElementsAre("checkup_rate", "guidance_target_rate", "guidance_active_rate",
                           "guidance_motiv_rate", "tier_medicated", "mets_rate", "premets_rate",
                           "finding_waist", "finding_bmi", "finding_bp", "finding_bp_ref",
                           "finding_glu", "finding_glu_ref", "finding_lipid", "finding_lipid_ref",
                           "finding_liver", "finding_liver_ref", "q_smoke", "drug_rate", "drug_bp",
                           "drug_glucose", "drug_lipid"));
  EXPECT_TRUE((*catalogue)->DefaultMeasures(2007).empty());
}

TEST(BuiltInCatalogue, StatesSourceAndCertaintyOfEveryMeasure) {
  const auto catalogue = Catalogue::LoadBuiltIn().value();
  for (const v1::Measure& measure : catalogue->definitions().measure()) {
    EXPECT_FALSE(measure.source().empty()) << measure.id();
    EXPECT_FALSE(measure.note().empty()) << measure.id();
    const bool sensitive = measure.family() == "claims" || measure.family() == "absence";
    EXPECT_EQ(measure.sensitive(), sensitive) << measure.id();  // R7
  }
}

TEST(BuiltInCatalogue, FindsMeasuresAndFamiliesById) {
  const auto catalogue = Catalogue::LoadBuiltIn().value();
  ASSERT_NE(catalogue->FindMeasure("finding_bp"), nullptr);
  EXPECT_EQ(catalogue->FindMeasure("finding_bp")->name_ja(), "有所見率:血圧(保健指導判定値以上)");
  EXPECT_EQ(catalogue->FindMeasure("finding"), nullptr);
  ASSERT_NE(catalogue->FindFamily("guidance"), nullptr);
  EXPECT_THAT(catalogue->FindFamily("guidance")->reads(),
              ElementsAre(v1::DATA_CATEGORY_EXAM_RESULT, v1::DATA_CATEGORY_QUESTIONNAIRE,
                          v1::DATA_CATEGORY_GUIDANCE));
  EXPECT_EQ(catalogue->FindFamily(""), nullptr);
  EXPECT_TRUE(catalogue->FindMeasure("guidance_use_rate")->needs_guidance_file());
}

TEST(BuiltInCatalogue, EqualsTheFolderItWasBuiltFrom) {
  const auto folder = Catalogue::Load(ShippedFiles());
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_EQ((*folder)->digest(), Catalogue::LoadBuiltIn().value()->digest());
}

TEST(Catalogue, DigestIgnoresTheOrderOfFilesAndSeesEveryByte) {
  std::vector<CatalogueFile> files = ShippedFiles();
  const crypto::Digest digest = Catalogue::Load(files).value()->digest();
  std::reverse(files.begin(), files.end());
  EXPECT_EQ(Catalogue::Load(files).value()->digest(), digest);
  for (CatalogueFile& file : files) {
    if (file.name == "findings.textproto") file.bytes += "\n";
  }
  EXPECT_NE(Catalogue::Load(files).value()->digest(), digest);
}

TEST(Catalogue, CouncilAddsTheIndicatorOfTheReadmeWithAFile) {
  const std::string readme =
      base::ReadFile(std::string(RENKEI_SOURCE_DIR) + "/policy/catalogue/README.md", 1 << 20)
          .value();
  const size_t begin = readme.find("measure {");
  const size_t end = readme.find("```", begin);
  ASSERT_NE(end, std::string::npos);
  const std::string text = readme.substr(begin, end - begin);
  std::vector<CatalogueFile> files = ShippedFiles();
  files.push_back({"council.textproto", text});
  const auto catalogue = Catalogue::Load(files);
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
  EXPECT_NE((*catalogue)->FindMeasure("council_ldl_untreated"), nullptr);

  files.back() = {"council.textproto",
                  absl::StrReplaceAll(text, {{"unit: \"mg/dL\"", "unit: \"mg/dl\""}})};
  const std::string refusal(Catalogue::Load(files).status().message());
  EXPECT_EQ(
      refusal,
      "council.textproto:13: measure council_ldl_untreated: unit 'mg/dl' of item 'ldl_mgdl' must "
      "be 'mg/dL'");
  EXPECT_THAT(readme, HasSubstr(refusal));
}

TEST(Catalogue, WantsEveryTableOnceAndNothingElse) {
  std::vector<CatalogueFile> files = ShippedFiles();
  std::vector<CatalogueFile> twice = files;
  twice.push_back(files.front());
  EXPECT_THAT(std::string(Catalogue::Load(twice).status().message()), HasSubstr("is given twice"));
  std::vector<CatalogueFile> other = files;
  other.push_back({"notes.md", ""});
  EXPECT_THAT(std::string(Catalogue::Load(other).status().message()),
              HasSubstr("'notes.md' is no file of a catalogue"));
  files.erase(std::remove_if(files.begin(), files.end(),
                             [](const auto& file) { return file.name == "items.csv"; }),
              files.end());
  EXPECT_THAT(std::string(Catalogue::Load(files).status().message()),
              HasSubstr("items.csv is missing"));
  EXPECT_EQ(ReadCatalogueFolder("/nowhere/at/all").status().code(), absl::StatusCode::kNotFound);
}

TEST(CatalogueCheck, AcceptsTheSmallestUsefulFile) {
  const auto catalogue = LoadWith(kGood);
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
}

TEST(CatalogueCheck, NamesFileAndLineOfAFault) {
  EXPECT_EQ(RefusalOf("item: \"waist_cm\"", "item: \"waist\""),
            "test.textproto:5: condition high: item 'waist' is not in items.csv");
  EXPECT_EQ(RefusalOf("unit: \"cm\"", "unit: \"mm\""),
            "test.textproto:5: condition high: unit 'mm' of item 'waist_cm' must be 'cm'");
  EXPECT_EQ(
      RefusalOf("male: \"85.0\"", "male: \"85,0\""),
      "test.textproto:5: condition high: threshold '85,0' is no number with at most 1 decimals, "
      "as item 'waist_cm' has");
  EXPECT_EQ(RefusalOf("numerator { class", "numerator { clss").rfind("test.textproto:20:", 0), 0u);
}

TEST(CatalogueCheck, RefusesWhatCannotBeEvaluated) {
  const struct {
    const char* from;
    const char* to;
    const char* message;
  } kFaults[] = {
      {" unit: \"cm\"", "", "unit '' of item 'waist_cm' must be 'cm'"},
      {"male: \"85.0\" ", "", "either `all`, or both"},
      {"male: \"85.0\"", "male: \"85.0\" all: \"80.0\"", "either `all`, or both"},
      {"male: \"85.0\"", "male: \"85.05\"", "at most 1 decimals"},
      {"male: \"85.0\"", "male: \"850\"", "outside the input range"},
      {"ge { male: \"85.0\" female: \"90.0\" } ", "", "needs a threshold"},
      {"item: \"waist_cm\"", "item: \"q08_smoking\"", "is a code, not a number"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "ref: \"low\"", "no condition is named 'low'"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "ref: \"high\"", "in a circle: condition high -> condition high"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "class { classification: \"level\" is: 1 }",
       "in a circle: condition high -> classification level -> condition high"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }", "",
       "a condition is empty"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "any {}", "needs 1 to 32 parts"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "at_least { count: 2 of { fact: FACT_EXAMINED } }", "count must be 1 to the number"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "age { from: 64 to: 40 }", "an age range needs"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "fact: FACT_UNSPECIFIED", "unknown fact"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "measured: \"waist\"", "item 'waist' is not in items.csv"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "guarded { value { fact: FACT_EXAMINED } }", "a condition is empty"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "code { item: \"q08_smoking\" list { oid: \"1.2.392.200119.6.2003\" code: 1 } }",
       "also has code list '1.2.392.200119.6.24060'"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "code { item: \"q01_med_bp\" list { oid: \"1.2.392.200119.6.2003\" code: 3 } }",
       "code 3 is repeated or not in list"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "code { item: \"q01_med_bp\" list { oid: \"1.2.3\" code: 1 } }", "has no code list '1.2.3'"},
      {"compare { item: \"waist_cm\" ge { male: \"85.0\" female: \"90.0\" } unit: \"cm\" }",
       "code { item: \"q01_med_bp\" list { oid: \"1.2.392.200119.6.2003\" not_applicable: true } }",
       "nobody would be counted"},
      {"  input: \"high\"", "", "has 1 to 10 inputs, not 0"},
      {"  input: \"high\"", "  input: \"low\"", "no condition is named 'low'"},
      {"true_input: \"high\"", "true_input: \"low\"", "is not an input"},
      {"true_input: \"high\"", "true_input: \"high\" false_input: \"high\"", "stands twice"},
      {"true_input: \"high\"", "count { at_least: 2 of: \"high\" }", "at_least must be 1"},
      {"true_input: \"high\" ", "", "a row tests nothing"},
      {"class: 1 }", "}", "a class is a number from 1 to 99"},
      {"otherwise: 2", "otherwise: 100", "a class is a number from 1 to 99"},
      {"coded_item: \"guidance_level\"", "", "need a coded_item"},
      {"coded_item: \"guidance_level\"", "coded_item: \"q08_smoking\"", "exactly one code list"},
      {"coded_known: [1, 2]", "", "coded_known names no code"},
      {"coded_known: [1, 2]", "coded_known: [1, 7]", "code 7 is repeated or not in the list"},
      {"otherwise: 2", "otherwise: 2 coded_impossible { code: 4 age { from: 65 to: 74 } }",
       "the code is not in coded_known"},
      {"is: 1", "is: 9", "never gives class 9"},
      {"is: 1 ", "", "`is` names no class"},
      {"classification: \"level\"", "classification: \"other\"", "no classification is named"},
      {"family: \"checkup\"", "family: \"other\"", "no family is named 'other'"},
      {"fact: FACT_EXAMINED", "ref: \"high\"", "must be known for everybody"},
      {"fact: FACT_EXAMINED", "not { ref: \"high\" }", "must be known for everybody"},
      {"population { fact: FACT_EXAMINED }", "", "`population` is missing"},
      {"version: 1", "", "`version` is missing"},
      {"name_en: \"e\"", "", "`name_ja` and `name_en`"},
      {"id: \"m\"", "id: \"M\"", "an id is up to 64"},
      {"id: \"m\"", "id: \"m\" structurally_empty { from: 66 to: 74 }", "whole 5-year bands"},
      {"id: \"m\"", "id: \"m\" from_fiscal_year: 1999", "a fiscal year is 2008 to 2199"},
      {"id: \"m\"", "id: \"m\" from_fiscal_year: 2020 to_fiscal_year: 2019", "is after"},
      {"id: \"m\"", "id: \"m\" needs_guidance_file: true", "needs_guidance_file must be true"},
      {"fact: FACT_EXAMINED", "fact: FACT_GUIDANCE_STARTED", "needs_guidance_file must be true"},
      {"DATA_CATEGORY_EXAM_RESULT", "DATA_CATEGORY_CLAIMS", "reads no examination"},
      {"reads: DATA_CATEGORY_EXAM_RESULT", "", "must read at least one data category"},
      {"reads: DATA_CATEGORY_EXAM_RESULT", "reads: DATA_CATEGORY_UNSPECIFIED",
       "unknown or repeated"},
      {"version: \"t\"", "", "no file states the version"},
  };
  for (const auto& fault : kFaults) {
    EXPECT_THAT(RefusalOf(fault.from, fault.to), HasSubstr(fault.message)) << fault.to;
  }
}

TEST(CatalogueCheck, RefusesADefinitionWithoutSource) {
  std::string text = kGood;
  size_t at = 0;
  int found = 0;
  while ((at = text.find("source: \"s\"", at)) != std::string::npos) {
    std::string without = text;
    without.replace(at, 11, "");
    EXPECT_THAT(Refusal(without), HasSubstr("`source` is missing"));
    ++at;
    ++found;
  }
  EXPECT_EQ(found, 4);
}

TEST(CatalogueCheck, RefusesARepeatedIdOfEveryKind) {
  for (const char* extra :
       {"condition { id: \"high\" when { fact: FACT_EXAMINED } source: \"s\" }",
        "family { id: \"checkup\" reads: DATA_CATEGORY_CLAIMS source: \"s\" }",
        "classification { id: \"level\" input: \"high\" row { true_input: \"high\" class: 1 } "
        "otherwise: 2 source: \"s\" }",
        "measure { id: \"m\" version: 2 name_ja: \"j\" name_en: \"e\" family: \"checkup\" "
        "population { fact: FACT_EXAMINED } numerator { ref: \"high\" } source: \"s\" }"}) {
    EXPECT_THAT(Refusal(std::string(kGood) + extra), HasSubstr("the id is repeated")) << extra;
  }
}

TEST(CatalogueCheck, RefusesMoreThanTenInputs) {
  std::string text = kGood;
  std::string inputs;
  for (int i = 0; i < 10; ++i) {
    const std::string id = absl::StrCat("c", i);
    absl::StrAppend(&text, "condition { id: \"", id,
                    "\" when { fact: FACT_EXAMINED } source: \"s\" }\n");
    absl::StrAppend(&inputs, " input: \"", id, "\"");
  }
  const std::string ten = absl::StrReplaceAll(
      text, {{"  input: \"high\"", inputs}, {"true_input: \"high\"", "true_input: \"c0\""}});
  EXPECT_TRUE(LoadWith(ten).ok()) << LoadWith(ten).status();
  EXPECT_THAT(
      Refusal(absl::StrReplaceAll(text, {{"  input: \"high\"", inputs + "input: \"high\""}})),
      HasSubstr("has 1 to 10 inputs, not 11"));
}

TEST(CatalogueCheck, RefusesPairingsDerivationsAndRelationsThatCannotStand) {
  const std::pair<const char*, const char*> kFaults[] = {
      {"pairing { first: \"sbp_mmhg\" second: \"sbp_mmhg\" source: \"s\" }", "paired with itself"},
      {"pairing { first: \"sbp_mmhg\" second: \"dbp\" source: \"s\" }", "item 'dbp' is not in"},
      {"derivation { item: \"bmi\" source: \"s\" }", "needs a rule"},
      {"derivation { item: \"bmi\" linear { from: \"bmi\" multiplier: \"1\" offset: \"0\" } "
       "source: \"s\" }",
       "is itself derived"},
      {"derivation { item: \"bmi\" linear { from: \"weight_kg\" multiplier: \"0\" offset: \"0\" } "
       "source: \"s\" }",
       "is no positive number"},
      {"derivation { item: \"bmi\" linear { from: \"weight_kg\" multiplier: \"1\" } source: \"s\" "
       "}",
       "the offset is no number"},
      {"derivation { item: \"bmi\" ratio_of_square { numerator: \"q08_smoking\" denominator: "
       "\"height_cm\" factor: \"1\" } source: \"s\" }",
       "is a code, not a number"},
      {"relation { total: \"m\" part: \"x\" rest_unpublished: true source: \"s\" }",
       "no measure is named 'x'"},
      {"relation { total: \"m\" part: \"m\" rest_unpublished: true source: \"s\" }",
       "stands twice"},
      {"relation { total: \"m\" source: \"s\" }", "needs two parts"},
      {"relation { total: \"m\" part: \"m\" whole_population: true source: \"s\" }",
       "either a total or whole_population"},
      {"relation { part: \"m\" source: \"s\" }",
       "needs whole_population, rest_unpublished or apart"},
      {"relation { part: \"m\" apart: \"x\" source: \"s\" }", "no measure is named 'x'"},
      {"relation { part: \"m\" apart: \"m\" source: \"s\" }", "stands twice"},
      {"relation { apart: \"m\" source: \"s\" }", "not from which parts"},
      {"relation { total: \"m\" apart: \"m\" source: \"s\" }", "either `apart` or equations"},
      {"relation { part: \"m\" rest_unpublished: true source: \"s\" }", "needs two parts"},
      {"relation { part: \"m\" whole_population: true source: \"s\" }", "needs two parts"},
      {"relation { total: \"m\" same_people: \"x\" source: \"s\" }", "no measure is named 'x'"},
      {"relation { total: \"m\" same_people: \"m\" source: \"s\" }", "stands twice"},
  };
  for (const auto& [extra, message] : kFaults) {
    EXPECT_THAT(Refusal(std::string(kGood) + extra), HasSubstr(message)) << extra;
  }
}

// A class of persons who permit more can lie within one of persons who permit less, and not the
// other way round.
TEST(CatalogueCheck, APartMayReadMoreThanItsTotalWhereThereIsARest) {
  const std::string two = std::string(kGood) + R"(
family { id: "guidance" reads: [DATA_CATEGORY_GUIDANCE, DATA_CATEGORY_EXAM_RESULT] source: "s" }
measure {
  id: "g" version: 1 name_ja: "k" name_en: "f" family: "guidance"
  population { fact: FACT_EXAMINED }
  numerator { fact: FACT_GUIDANCE_STARTED }
  needs_guidance_file: true
  source: "s"
}
)";
  const auto with = [&](const std::string& relation) {
    return LoadWith(two + "relation { " + relation + " source: \"s\" }").status();
  };
  EXPECT_TRUE(with(R"(total: "m" part: "g" rest_unpublished: true)").ok());
  EXPECT_TRUE(with(R"(part: ["m", "g"] rest_unpublished: true)").ok());
  for (const char* relation :
       {R"(total: "g" part: "m" rest_unpublished: true)", R"(total: "m" part: "g")",
        R"(part: ["g", "m"] rest_unpublished: true)",
        R"(part: ["m", "g"] whole_population: true)"}) {
    EXPECT_THAT(std::string(with(relation).message()), HasSubstr("of one family")) << relation;
  }
}

TEST(CatalogueCheck, RefusesTextThatIsNoCatalogue) {
  EXPECT_THAT(Refusal("measure { idd: 1 }"), HasSubstr("test.textproto:1:"));
  EXPECT_THAT(Refusal(std::string("\0\0", 2)), HasSubstr("test.textproto:1:"));
  std::string deep = "version: \"t\" condition { id: \"a\" when {";
  for (int i = 0; i < 200; ++i) deep += " not {";
  EXPECT_EQ(LoadWith(deep).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace renkei::policy::catalogue
