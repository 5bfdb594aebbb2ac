// Column maps (formats.md 3.2, csv.md "Other layouts"): what is refused when a map is loaded, with
// the line, and the two sample maps on sample files.
#include "agents/intake/column_map.h"

#include "agents/intake/era.h"
#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

using catalogue::CodeOf;
using catalogue::ValueState;

constexpr char kFrame[] = "name: \"m\"\nsource: \"s\"\nkind: KIND_EXAMS\n";
constexpr char kPersons[] =
    "column { source: \"社員\" target: \"person_id\" }\n"
    "column { source: \"生年\" target: \"birth_date\" era_dates: true }\n"
    "column { source: \"性\" target: \"sex\" }\n"
    "column { source: \"受診\" target: \"exam_date\" era_dates: true }\n";
constexpr char kHeaders[] = "社員,生年,性,受診";
constexpr char kCells[] = "a1,S35.1.15,1,2024/6/3";

class ColumnMapTest : public IntakeTest {
 protected:
  static absl::StatusOr<ColumnMap> Parse(const std::string& text,
                                         v1::MemberKind kind = v1::MEMBER_KIND_INSURER) {
    return ParseColumnMap(text, "m.textproto", BuiltIn(), kind);
  }
  static void ExpectRefused(const std::string& text, const std::string& where,
                            const std::string& what) {
    const absl::StatusOr<ColumnMap> map = Parse(text);
    ASSERT_FALSE(map.ok()) << text;
    const std::string message(map.status().message());
    EXPECT_EQ(message.find(where), 0u) << message;
    EXPECT_NE(message.find(what), std::string::npos) << message;
  }
  // `columns` stands on line 8 of the map.
  static void ExpectColumnRefused(const std::string& column, const std::string& what) {
    ExpectRefused(absl::StrCat(kFrame, kPersons, column), "m.textproto:8: ", what);
  }
  void UseMap(const std::string& text) {
    absl::StatusOr<ColumnMap> map = Parse(text);
    ASSERT_TRUE(map.ok()) << map.status();
    options_.map = std::make_shared<const ColumnMap>(*std::move(map));
  }
  void UseBuiltIn(const char* name) {
    absl::StatusOr<ColumnMap> map = LoadColumnMap(name, BuiltIn(), v1::MEMBER_KIND_INSURER);
    ASSERT_TRUE(map.ok()) << map.status();
    options_.map = std::make_shared<const ColumnMap>(*std::move(map));
  }
  static std::string Sample(const char* name) {
    return absl::StrCat(RENKEI_SOURCE_DIR, "/tests/unit/agents/intake/samples/", name);
  }
  // One row with one more column.
  FileOutcome ImportCell(const std::string& column, const std::string& header,
                         const std::string& cell) {
    sink_ = RememberingSink();
    UseMap(absl::StrCat(kFrame, kPersons, column));
    return ImportText("f.csv", absl::StrCat(kHeaders, ",", header, "\n", kCells, ",", cell, "\n"));
  }
  const catalogue::ItemValue& Value(const char* column, size_t row = 0) {
    return ValueOf(sink_.exams.at(row), column);
  }
  static uint64_t Count(const FileOutcome& outcome, MessageCode code) {
    return outcome.report.messages.CountOf(code);
  }
};

TEST_F(ColumnMapTest, NeedsNameSourceAndKind) {
  ExpectRefused("source: \"s\"\nkind: KIND_EXAMS\n", "m.textproto: ", "needs a name");
  ExpectRefused("name: \"m\"\nkind: KIND_EXAMS\n", "m.textproto: ", "needs a source");
  ExpectRefused("name: \"m\"\nsource: \"s\"\n", "m.textproto", "kind is needed");
  ExpectRefused("name: \"m\"\nsource: \"s\"\nkind: KIND_CONSENTS\n",
                "m.textproto:", "KIND_CONSENTS");
  ExpectRefused("nom: \"m\"\n", "m.textproto:1:", "nom");
}

TEST_F(ColumnMapTest, NamesTheLineOfAnUnknownTarget) {
  ExpectColumnRefused("column { source: \"x\" target: \"waist\" }", "\"waist\" is no column");
  // A column of another kind of file is unknown here.
  ExpectColumnRefused("column { source: \"x\" target: \"claim_type\" }", "is no column of exams");
}

TEST_F(ColumnMapTest, NamesTheLineOfADuplicateTarget) {
  ExpectColumnRefused("column { source: \"x\" target: \"sex\" }", "\"sex\" is filled twice");
  ExpectRefused(
      absl::StrCat(kFrame, kPersons,
                   "column { source: \"x\" target: \"sbp_mmhg\" reading: READING_FIRST }\n"
                   "column { source: \"y\" target: \"sbp_mmhg\" reading: READING_FIRST }"),
      "m.textproto:9: ", "filled twice");
  ExpectRefused(
      absl::StrCat(kFrame, kPersons,
                   "column { source: \"x\" target: \"sbp_mmhg\" reading: READING_FIRST }\n"
                   "column { source: \"y\" target: \"sbp_mmhg\" }"),
      "m.textproto:9: ", "with and without reading");
}

TEST_F(ColumnMapTest, ListsTheRequiredColumnsThatAreNotMapped) {
  ExpectRefused(absl::StrCat(kFrame, "column { source: \"x\" target: \"person_id\" }"),
                "m.textproto:4: ", "not mapped: birth_date, sex, exam_date");
}

TEST_F(ColumnMapTest, RefusesWhatDoesNotFitTheItem) {
  ExpectColumnRefused("column { source: \"x\" target: \"ldl_mgdl\" unit: \"mmol/L\" }",
                      "is not mg/dL; state a factor");
  ExpectColumnRefused("column { source: \"x\" target: \"ldl_mgdl\" factor: \"0\" }",
                      "a decimal number above 0");
  ExpectColumnRefused("column { source: \"x\" target: \"ldl_mgdl\" factor: \"1e3\" }",
                      "a decimal number above 0");
  ExpectColumnRefused("column { source: \"x\" target: \"ldl_mgdl\" reading: READING_FIRST }",
                      "read in pairs");
  ExpectColumnRefused("column { source: \"x\" target: \"ldl_mgdl\" era_dates: true }",
                      "only for columns of days");
  ExpectColumnRefused("column { source: \"x\" target: \"q01_med_bp\" }", "0/1 and 1/2 are never");
  ExpectColumnRefused(
      "column { source: \"x\" target: \"q01_med_bp\" value { from: \"Y\" to: \"3\" } }",
      "\"3\" is no code of q01_med_bp");
  ExpectColumnRefused(
      "column { source: \"x\" target: \"q08_smoking\" list: \"1.2.3\" national_codes: true }",
      "has no code list 1.2.3");
  ExpectColumnRefused("column { source: \"x\" target: \"q01_med_bp\" value_map: \"none\" }",
                      "no value map \"none\"");
  ExpectColumnRefused("column { source: \"x\" target: \"program\" factor: \"2\" }",
                      "are for items");
}

TEST_F(ColumnMapTest, RefusesValuesThatAreMappedTwiceOrToNothing) {
  ExpectColumnRefused(
      "column { source: \"x\" target: \"q01_med_bp\" value { from: \"Y\" to: \"1\" }"
      " value { from: \"Ｙ\" to: \"2\" } }",
      "mapped twice");
  ExpectColumnRefused("column { source: \"x\" target: \"q01_med_bp\" value { from: \"Y\" } }",
                      "`to` or `state` is needed");
}

TEST_F(ColumnMapTest, NeedsPositionsWithoutHeader) {
  ExpectRefused(absl::StrCat(kFrame, "no_header: true\n"), "m.textproto:4: ", "field_count");
  ExpectRefused(absl::StrCat(kFrame, "no_header: true\nfield_count: 4\n", kPersons),
                "m.textproto:6: ", "position is needed");
  ExpectRefused(absl::StrCat(kFrame, "no_header: true\nfield_count: 4\n",
                             "column { position: 5 target: \"sex\" }\n"),
                "m.textproto:6: ", "beyond field_count");
}

TEST_F(ColumnMapTest, TellsTheNamesOfItsOwnMaps) {
  const auto map = LoadColumnMap("/nowhere/x", BuiltIn(), v1::MEMBER_KIND_INSURER);
  EXPECT_EQ(map.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(map.status().message().find("checkup_centre_kana, company_clinic"),
            absl::string_view::npos)
      << map.status();
}

TEST_F(ColumnMapTest, ComparesHeadersInNfkcWithoutSpacesAndCase) {
  EXPECT_EQ(FoldHeader("ＨＤＬ ｺﾚｽﾃﾛｰﾙ"), FoldHeader("hdlコレステロール"));
  EXPECT_EQ(FoldHeader("γ－ＧＴＰ"), FoldHeader("γ-gtp"));
}

TEST_F(ColumnMapTest, ReadsTheSampleOfACheckupCentre) {
  UseBuiltIn("checkup_centre_kana");
  const FileOutcome outcome = Import(Sample("checkup_centre_kana.csv"));
  const std::string text = RenderText(outcome.report, Language::kEnglish);
  EXPECT_EQ(outcome.verdict, Verdict::kPartly) << text;
  EXPECT_EQ(outcome.report.encoding, "CP932");
  EXPECT_EQ(outcome.report.records.accepted, 3u) << text;
  EXPECT_EQ(Count(outcome, MessageCode::kHdrFormat), 1u) << text;  // 30 February
  ASSERT_EQ(sink_.exams.size(), 3u);
  EXPECT_EQ(sink_.exams[0].person.birth_date, absl::CivilDay(1960, 1, 15));
  EXPECT_EQ(sink_.exams[1].person.birth_date, absl::CivilDay(1970, 12, 3));
  EXPECT_EQ(sink_.exams[2].person.birth_date, absl::CivilDay(1989, 5, 1));
  EXPECT_EQ(sink_.exams[0].exam_date, absl::CivilDay(2024, 6, 20));
  EXPECT_EQ(sink_.exams[0].municipality, "062031");
  EXPECT_EQ(sink_.exams[1].person.sex, 1);
  EXPECT_EQ(Value("waist_cm").value, 885);
  // The second reading comes before the first; a pair before a better single value.
  EXPECT_EQ(Value("sbp_mmhg").value, 128);
  EXPECT_EQ(Value("dbp_mmhg").value, 84);
  EXPECT_EQ(Value("sbp_mmhg", 1).value, 118);
  EXPECT_EQ(Value("dbp_mmhg", 1).value, 76);
  EXPECT_EQ(Count(outcome, MessageCode::kBpPair), 1u) << text;
  EXPECT_EQ(Value("waist_cm", 1).state, ValueState::kNotDone);
  EXPECT_EQ(Value("tg_fasting_mgdl", 1).state, ValueState::kMarkedLow);
  EXPECT_EQ(Value("tg_fasting_mgdl", 2).state, ValueState::kMarkedHigh);
  EXPECT_EQ(Value("fpg_mgdl", 1).state, ValueState::kUnmeasurable);
  EXPECT_EQ(CodeOf(Value("urine_protein").value), 3);
  EXPECT_EQ(Value("urine_protein", 1).state, ValueState::kNotDone);
  EXPECT_EQ(CodeOf(Value("urine_glucose", 2).value), 4);
  EXPECT_EQ(CodeOf(Value("urine_protein", 2).value), 2);
  EXPECT_EQ(CodeOf(Value("q03_med_lipid").value), 1);
  EXPECT_EQ(Value("q02_med_glucose", 2).state, ValueState::kAbsent);
  EXPECT_EQ(CodeOf(Value("q08_smoking", 1).value), 2);
  EXPECT_EQ(text.find("モギ"), std::string::npos);
}

TEST_F(ColumnMapTest, ReadsTheSampleOfACompanyClinic) {
  UseBuiltIn("company_clinic");
  const FileOutcome outcome = Import(Sample("company_clinic.csv"));
  const std::string text = RenderText(outcome.report, Language::kEnglish);
  EXPECT_EQ(outcome.report.records.accepted, 2u) << text;
  EXPECT_EQ(Count(outcome, MessageCode::kHdrFormat), 1u) << text;  // month 13, line 6
  EXPECT_NE(text.find("line 6"), std::string::npos) << text;
  EXPECT_EQ(sink_.exams.at(0).report_type, 41);
  EXPECT_EQ(sink_.exams.at(0).work_municipality, "062031");
  EXPECT_EQ(Value("height_cm").value, 1702);
  EXPECT_EQ(Value("hemoglobin_gdl").value, 145);
  EXPECT_EQ(Value("rbc").value, 485);
  EXPECT_EQ(Value("sbp_mmhg").value, 128);
  EXPECT_EQ(Value("dbp_mmhg", 1).state, ValueState::kAbsent);
  // The list of the years before 2024, said by the map.
  EXPECT_EQ(CodeOf(Value("q18_drink_freq", 1).value), 3);
  EXPECT_EQ(Count(outcome, MessageCode::kListPeriod), 2u);
}

TEST_F(ColumnMapTest, NeverGuessesAnAnswer) {
  const std::string column =
      "column { source: \"薬\" target: \"q01_med_bp\" value { from: \"有\" to: \"1\" } }";
  EXPECT_EQ(Count(ImportCell(column, "薬", "1"), MessageCode::kValCode), 1u);
  EXPECT_EQ(Value("q01_med_bp").state, ValueState::kInvalid);
  ImportCell(column, "薬", "有");
  EXPECT_EQ(CodeOf(Value("q01_med_bp").value), 1);
  ImportCell("column { source: \"薬\" target: \"q01_med_bp\" national_codes: true }", "薬", "2");
  EXPECT_EQ(CodeOf(Value("q01_med_bp").value), 2);
}

TEST_F(ColumnMapTest, ReadsMarksInWordsAndSigns) {
  const std::string column = "column { source: \"TG\" target: \"tg_fasting_mgdl\" }";
  for (const char* low : {"<10", "＜１０", "≦10", "10未満", "10以下"}) {
    ImportCell(column, "TG", low);
    EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kMarkedLow) << low;
  }
  for (const char* high : {">2000", "≧2000", "2000以上", "２０００超"}) {
    ImportCell(column, "TG", high);
    EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kMarkedHigh) << high;
  }
  EXPECT_EQ(Count(ImportCell(column, "TG", "<150"), MessageCode::kValMark), 1u);
  EXPECT_EQ(Count(ImportCell(column, "TG", "1,500"), MessageCode::kCsvWidth), 1u);
  EXPECT_EQ(Count(ImportCell(column, "TG", "\"1,500\""), MessageCode::kValFormat), 1u);
  EXPECT_EQ(Count(ImportCell(column, "TG", "2000"), MessageCode::kValRange), 1u);
}

TEST_F(ColumnMapTest, MultipliesInFixedPoint) {
  const std::string column =
      "column { source: \"Hb\" target: \"hemoglobin_gdl\" unit: \"g/L\" factor: \"0.1\" }";
  ImportCell(column, "Hb", "129.9");
  EXPECT_EQ(Value("hemoglobin_gdl").value, 129);  // 12.99 stays below 13.0
  ImportCell(column, "Hb", "130");
  EXPECT_EQ(Value("hemoglobin_gdl").value, 130);
  EXPECT_EQ(Count(ImportCell(column, "Hb", "999999999999999"), MessageCode::kValRange), 1u);
  EXPECT_EQ(Count(ImportCell(column, "Hb", "x"), MessageCode::kValFormat), 1u);
}

TEST_F(ColumnMapTest, DoubtsAFileOfPeriodFourWithoutTheThirdSmokingAnswer) {
  UseMap(absl::StrCat(kFrame, kPersons,
                      "column { source: \"煙\" target: \"q08_smoking\" national_codes: true }"));
  std::string text = absl::StrCat(kHeaders, ",煙\n");
  for (int i = 0; i < 50; ++i) {
    absl::StrAppend(&text, "p", i, ",S35.1.15,1,2024/6/3,", 1 + i % 2, "\n");
  }
  EXPECT_EQ(Count(ImportText("f.csv", text), MessageCode::kListPeriod), 1u);
  sink_ = RememberingSink();
  absl::StrAppend(&text, "p99,S35.1.15,1,2024/6/3,3\n");
  EXPECT_EQ(Count(ImportText("f.csv", text), MessageCode::kListPeriod), 0u);
  sink_ = RememberingSink();
  const FileOutcome early =
      ImportText("f.csv", absl::StrCat(kHeaders, ",煙\na,S35.1.15,1,2023/6/3,3\n"));
  EXPECT_EQ(Count(early, MessageCode::kListPeriod), 1u);
  EXPECT_EQ(Count(early, MessageCode::kValCode), 1u);
}

TEST_F(ColumnMapTest, NamesTheColumnsWhoseHeadersTheFileLacks) {
  UseMap(absl::StrCat(kFrame, kPersons, "column { source: \"TG\" target: \"tg_fasting_mgdl\" }"));
  FileOutcome outcome = ImportText("f.csv", absl::StrCat(kHeaders, "\n", kCells, "\n"));
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(Count(outcome, MessageCode::kCsvColumn), 1u);
  outcome = ImportText("f.csv", "社員,性,受診\na1,1,2024/6/3\n");
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_NE(RenderText(outcome.report, Language::kEnglish).find("CSV_HEADER birth_date"),
            std::string::npos);
}

TEST_F(ColumnMapTest, RefusesAHeaderThatRepeatsUnlessThePositionIsStated) {
  UseMap(absl::StrCat(kFrame, kPersons, "column { source: \"値\" target: \"tg_fasting_mgdl\" }"));
  const std::string file = absl::StrCat(kHeaders, ",値,値\n", kCells, ",100,200\n");
  EXPECT_EQ(ImportText("f.csv", file).verdict, Verdict::kNothing);
  UseMap(absl::StrCat(kFrame, kPersons,
                      "column { source: \"値\" position: 6 target: \"tg_fasting_mgdl\" }"));
  EXPECT_EQ(ImportText("f.csv", file).verdict, Verdict::kAllAccepted);
  EXPECT_EQ(Value("tg_fasting_mgdl").value, 200);
  UseMap(absl::StrCat(kFrame, kPersons,
                      "column { source: \"値\" position: 3 target: \"tg_fasting_mgdl\" }"));
  EXPECT_EQ(ImportText("f.csv", file).verdict, Verdict::kNothing);
}

TEST_F(ColumnMapTest, RejectsRowsOfAnotherWidthAndFilesWithoutHeader) {
  UseMap(absl::StrCat(kFrame, "skip_rows: 2\n", kPersons));
  FileOutcome outcome =
      ImportText("f.csv", absl::StrCat("t\n\n", kHeaders, "\n", kCells, ",x\n", kCells, "\n"));
  EXPECT_EQ(outcome.report.records.rejected, 1u);
  EXPECT_EQ(outcome.report.records.accepted, 1u);
  EXPECT_EQ(Count(outcome, MessageCode::kCsvWidth), 1u);
  outcome = ImportText("f.csv", "t\n");
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_EQ(Count(outcome, MessageCode::kCsvHeader), 1u);
}

TEST_F(ColumnMapTest, ReadsFilesWithoutHeaderByPosition) {
  UseMap(
      "name: \"m\" source: \"s\" kind: KIND_CLAIMS no_header: true field_count: 6\n"
      "column { position: 1 target: \"person_id\" }\n"
      "column { position: 2 target: \"birth_date\" }\n"
      "column { position: 3 target: \"sex\" }\n"
      "column { position: 4 target: \"service_month\" }\n"
      "column { position: 5 target: \"claim_type\" value { from: \"外\" to: \"outpatient\" } }\n"
      "column { position: 6 target: \"points\" }\n");
  const FileOutcome outcome = ImportText("c.csv", "a1,1960/1/5,1,201106,外,120\na1,1,1\n");
  EXPECT_EQ(outcome.report.records.accepted, 1u) << RenderText(outcome.report, Language::kEnglish);
  EXPECT_EQ(Count(outcome, MessageCode::kCsvWidth), 1u);
  EXPECT_EQ(sink_.claims.at(0).claim_type, catalogue::kOutpatient);
}

TEST(EraDays, AreReadInEverySpelling) {
  const absl::CivilDay day(1960, 1, 15);
  for (const char* text : {"S35.1.15", "s35/01/15", "S35-1-15", "S350115", "昭和35年1月15日"}) {
    EXPECT_EQ(ParseEraDay(text), day) << text;
  }
  EXPECT_EQ(ParseEraDay("令和元年5月1日"), absl::CivilDay(2019, 5, 1));
  EXPECT_EQ(ParseEraDay("R6.2.29"), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(ParseEraDay("H31.4.30"), absl::CivilDay(2019, 4, 30));
  for (const char* text : {"", "S", "X35.1.15", "S0.1.15", "S65.1.1", "R6.2.30", "S35.1",
                           "S35.1.15x", "S35.1/15", "S35年1.15", "S35011", "35.1.15", "H32.1.1"}) {
    EXPECT_EQ(ParseEraDay(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseForeignDay("2024/6/3"), absl::CivilDay(2024, 6, 3));
  EXPECT_EQ(ParseForeignDay("2024年06月03日"), absl::CivilDay(2024, 6, 3));
  EXPECT_EQ(ParseForeignDay("2023/2/29"), std::nullopt);
  EXPECT_EQ(ParseForeignDay("6/3/2024"), std::nullopt);
}

}  // namespace
}  // namespace renkei::agents::intake
