#include <fstream>

#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

using catalogue::ValueState;

constexpr char kWaist[] = "9N016160100000001";
constexpr char kWaistReported[] = "9N016160300000001";
constexpr char kTriglycerides[] = "3F015000002327101";
constexpr char kSbpOther[] = "9A755000000000001", kSbpSecond[] = "9A752000000000001",
               kSbpFirst[] = "9A751000000000001";
constexpr char kDbpOther[] = "9A765000000000001", kDbpSecond[] = "9A762000000000001",
               kDbpFirst[] = "9A761000000000001";

class XmlImportTest : public IntakeTest {
 protected:
  FileOutcome ImportBody(const std::string& entries) {
    DocumentParts parts;
    parts.body = Section("01010", entries);
    return ImportParts(parts);
  }
  FileOutcome ImportParts(const DocumentParts& parts) {
    sink_ = RememberingSink();
    return ImportText("person.xml", MakeDocument(parts));
  }
  const catalogue::ItemValue& Value(const char* column) const {
    return ValueOf(sink_.exams.at(0), column);
  }
  void ExpectRefused(const std::string& bytes, MessageCode code) {
    sink_ = RememberingSink();
    const FileOutcome outcome = ImportText("person.xml", bytes);
    EXPECT_EQ(outcome.verdict, Verdict::kNothing);
    EXPECT_EQ(outcome.report.messages.CountOf(code), 1u)
        << RenderText(outcome.report, Language::kEnglish);
    EXPECT_TRUE(sink_.exams.empty());
  }
  uint64_t Count(const FileOutcome& outcome, MessageCode code) const {
    return outcome.report.messages.CountOf(code);
  }
};

// Golden reading of the published example document (fixture table in tests/golden/data).
TEST_F(XmlImportTest, ReadsTheSyntheticDocumentAsItsTableSays) {
  const FileOutcome outcome =
      Import(std::string(RENKEI_SOURCE_DIR) + "/tests/golden/data/synthetic_hc08.xml");
  ASSERT_EQ(outcome.verdict, Verdict::kAllAccepted)
      << RenderText(outcome.report, Language::kEnglish);
  ASSERT_EQ(sink_.exams.size(), 1u);
  const cohort::ExamRecord& exam = sink_.exams[0];
  EXPECT_EQ(exam.person.sex, 0);
  EXPECT_EQ(exam.person.birth_date, absl::CivilDay(1970, 1, 15));
  EXPECT_EQ(exam.exam_date, absl::CivilDay(2024, 6, 20));
  EXPECT_EQ(exam.file_date, absl::CivilDay(2024, 7, 1));
  EXPECT_EQ(policy::base::AgeAtEndOf(policy::base::FiscalYear(2024), exam.person.birth_date), 55);
  EXPECT_EQ(exam.municipality, "062031");
  EXPECT_EQ(exam.program, "010");
  const auto expect = [&](const char* column, ValueState state, int value) {
    EXPECT_EQ(ValueOf(exam, column).state, state) << column;
    EXPECT_EQ(ValueOf(exam, column).value, value) << column;
  };
  expect("height_cm", ValueState::kValid, 1702);
  expect("waist_cm", ValueState::kValid, 885);
  expect("tg_fasting_mgdl", ValueState::kMarkedHigh, 2100);
  expect("urine_glucose", ValueState::kNotDone, 0);
  expect("ldl_mgdl", ValueState::kUnmeasurable, 0);
  expect("hemoglobin_gdl", ValueState::kValid, 148);
  expect("sbp_mmhg", ValueState::kAbsent, 0);
  const catalogue::ItemValue& smoking = ValueOf(exam, "q08_smoking");
  const auto& smoking_item =
      BuiltIn().items().columns()[static_cast<size_t>(*BuiltIn().items().ColumnOf("q08_smoking"))];
  EXPECT_EQ(catalogue::CodeOf(smoking.value), 2);
  EXPECT_EQ(smoking_item.lists[static_cast<size_t>(catalogue::ListOrdinalOf(smoking.value))].oid,
            "1.2.392.200119.6.24060");
  EXPECT_EQ(catalogue::CodeOf(ValueOf(exam, "q19_drink_amount").value), 3);
  // Insurer and institution have wrong check digits on purpose; nothing else is to be said.
  EXPECT_EQ(Count(outcome, MessageCode::kCheckDigit), 2u);
  EXPECT_EQ(outcome.report.messages.Ordered().size(), 2u);
  int delivered = 0;
  for (const catalogue::ItemValue& value : exam.items)
    delivered += value.state != ValueState::kAbsent;
  EXPECT_EQ(delivered, 8);
}

TEST_F(XmlImportTest, ReadsMarksBeyondTheRangeOnly) {
  ImportBody(Quantity(kTriglycerides, "2000", "mg/dL", "H"));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kMarkedHigh);
  FileOutcome outcome = ImportBody(Quantity(kTriglycerides, "2000", "mg/dL"));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kInvalid);
  EXPECT_EQ(Count(outcome, MessageCode::kValRange), 1u);
  outcome = ImportBody(Quantity(kTriglycerides, "150", "mg/dL", "H"));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kValid);
  EXPECT_EQ(Count(outcome, MessageCode::kValMark), 1u);
}

TEST_F(XmlImportTest, ReadsAMarkWithoutNumber) {
  ImportBody(Observation(
      kTriglycerides, "<value xsi:type=\"CD\" code=\"H\" codeSystem=\"2.16.840.1.113883.5.83\"/>"));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kAboveRange);
  ImportBody(
      Observation(kTriglycerides,
                  "<value xsi:type=\"PQ\" nullFlavor=\"NI\"/>"
                  "<value xsi:type=\"CD\" code=\"L\" codeSystem=\"2.16.840.1.113883.5.83\"/>"));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kBelowRange);
}

TEST_F(XmlImportTest, IgnoresWhatTheLaboratoryThoughtOfItsReferenceRange) {
  ImportBody(Observation(kWaist,
                         "<value xsi:type=\"PQ\" value=\"88.5\" unit=\"cm\"/>"
                         "<interpretationCode code=\"H\"/><referenceRange/>"));
  EXPECT_EQ(Value("waist_cm").state, ValueState::kValid);
}

TEST_F(XmlImportTest, TellsNotDoneFromUnmeasurable) {
  ImportBody(Observation(kWaist, "", " negationInd=\"true\""));
  EXPECT_EQ(Value("waist_cm").state, ValueState::kNotDone);
  ImportBody(Observation(kWaist, "<value xsi:type=\"PQ\" nullFlavor=\"NI\"/>"));
  EXPECT_EQ(Value("waist_cm").state, ValueState::kUnmeasurable);
  const FileOutcome outcome =
      ImportBody(Observation(kWaist, "<value xsi:type=\"PQ\" unit=\"cm\"/>"));
  EXPECT_EQ(Value("waist_cm").state, ValueState::kInvalid);
  EXPECT_EQ(Count(outcome, MessageCode::kValFormat), 1u);
}

TEST_F(XmlImportTest, DropsValuesOfTheWrongKindUnitOrList) {
  FileOutcome outcome = ImportBody(Observation(kWaist, "<value xsi:type=\"ST\">88</value>"));
  EXPECT_EQ(Count(outcome, MessageCode::kValType), 1u);
  outcome = ImportBody(Quantity("9N736000000000011", "1", ""));
  EXPECT_EQ(Count(outcome, MessageCode::kValType), 1u);
  outcome = ImportBody(Quantity(kWaist, "0.885", "m"));
  EXPECT_EQ(Count(outcome, MessageCode::kValUnit), 1u);
  EXPECT_EQ(Value("waist_cm").state, ValueState::kInvalid);
  outcome = ImportBody(Coded("9N736000000000011", "1", "1.2.3"));
  EXPECT_EQ(Count(outcome, MessageCode::kListUnknown), 1u);
  outcome = ImportBody(Coded("9N736000000000011", "3", "1.2.392.200119.6.2003"));
  EXPECT_EQ(Count(outcome, MessageCode::kValCode), 1u);
}

TEST_F(XmlImportTest, AcceptsSpellingsOfUnitsAndCountsMissingOnes) {
  FileOutcome outcome =
      ImportBody(Quantity(kTriglycerides, "150", "㎎/㎗") + Quantity(kWaist, "88.5", "㎝"));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kValid);
  EXPECT_EQ(Value("waist_cm").state, ValueState::kValid);
  outcome = ImportBody(Quantity(kWaist, "８８．５", ""));
  EXPECT_EQ(Value("waist_cm").value, 885);
  EXPECT_EQ(outcome.report.values_without_unit, 1u);
}

TEST_F(XmlImportTest, PrefersTheMeasuredMethodOfHighestPriority) {
  FileOutcome outcome =
      ImportBody(Quantity(kWaistReported, "80.0", "cm") + Quantity(kWaist, "90.0", "cm"));
  EXPECT_EQ(Value("waist_cm").value, 900);
  EXPECT_EQ(Count(outcome, MessageCode::kMethodDup), 1u);
  outcome = ImportBody(Quantity(kWaistReported, "80.0", "cm") +
                       Observation(kWaist, "", " negationInd=\"true\""));
  EXPECT_EQ(Value("waist_cm").value, 800);
  EXPECT_EQ(Count(outcome, MessageCode::kMethodDup), 0u);
}

TEST_F(XmlImportTest, DropsOneItemWithTwoValues) {
  FileOutcome outcome = ImportBody(Quantity(kWaist, "80.0", "cm") + Quantity(kWaist, "90.0", "cm"));
  EXPECT_EQ(Value("waist_cm").state, ValueState::kInvalid);
  EXPECT_EQ(Count(outcome, MessageCode::kItemDup), 1u);
  outcome = ImportBody(Quantity(kWaist, "80.0", "cm") + Quantity(kWaist, "80", "cm"));
  EXPECT_EQ(Value("waist_cm").state, ValueState::kValid);
  EXPECT_EQ(Count(outcome, MessageCode::kItemDup), 0u);
}

TEST_F(XmlImportTest, LetsTheStatutorySectionWinOverAdditionalItems) {
  DocumentParts parts;
  parts.body = Section("01990", Quantity(kWaist, "80.0", "cm")) +
               Section("01010", Quantity(kWaist, "90.0", "cm"));
  const FileOutcome outcome = ImportParts(parts);
  EXPECT_EQ(Value("waist_cm").value, 900);
  EXPECT_EQ(Count(outcome, MessageCode::kItemDup), 0u);
}

// Boundary case 13 of definitions 14.
TEST_F(XmlImportTest, TakesTheFirstCompletePairOfBloodPressures) {
  const FileOutcome outcome =
      ImportBody(Quantity(kSbpOther, "118", "mmHg") + Quantity(kSbpFirst, "150", "mmHg") +
                 Quantity(kDbpFirst, "95", "mmHg") + Quantity(kDbpSecond, "84", "mmHg") +
                 Quantity(kSbpSecond, "128", "mmHg"));
  EXPECT_EQ(Value("sbp_mmhg").value, 128);
  EXPECT_EQ(Value("dbp_mmhg").value, 84);
  EXPECT_EQ(Count(outcome, MessageCode::kBpPair), 0u);
  EXPECT_EQ(Count(outcome, MessageCode::kMethodDup), 0u);
}

// Boundary case 14.
TEST_F(XmlImportTest, KeepsUnpairedBloodPressuresWithAWarning) {
  FileOutcome outcome =
      ImportBody(Quantity(kSbpOther, "118", "mmHg") + Quantity(kDbpFirst, "90", "mmHg"));
  EXPECT_EQ(Value("sbp_mmhg").value, 118);
  EXPECT_EQ(Value("dbp_mmhg").value, 90);
  EXPECT_EQ(Count(outcome, MessageCode::kBpPair), 1u);
  outcome = ImportBody(Quantity(kSbpOther, "118", "mmHg"));
  EXPECT_EQ(Value("dbp_mmhg").state, ValueState::kAbsent);
  EXPECT_EQ(Count(outcome, MessageCode::kBpPair), 0u);
}

TEST_F(XmlImportTest, DoesNotPairValuesThatWereNotMeasured) {
  ImportBody(Quantity(kSbpOther, "118", "mmHg") +
             Observation(kDbpOther, "", " negationInd=\"true\"") +
             Quantity(kSbpFirst, "150", "mmHg") + Quantity(kDbpFirst, "95", "mmHg"));
  EXPECT_EQ(Value("sbp_mmhg").value, 150);
  EXPECT_EQ(Value("dbp_mmhg").value, 95);
}

TEST_F(XmlImportTest, KeepsHbA1cOfTheOldScaleInItsOwnColumn) {
  ImportBody(Quantity("3D045000001906202", "5.2", "%"));
  EXPECT_EQ(Value("hba1c_jds_pct").value, 52);
  EXPECT_EQ(Value("hba1c_ngsp_pct").state, ValueState::kAbsent);
}

TEST_F(XmlImportTest, FindsObservationsAtBothDepthsAndSkipsReasons) {
  const std::string inner =
      "<observation><code code=\"2A030000001930101\"/><value xsi:type=\"PQ\" value=\"14.8\" "
      "unit=\"g/dL\"/>"
      "</observation>";
  const std::string group =
      "<entry><observation><code nullFlavor=\"NA\"/><entryRelationship typeCode=\"%s\">" + inner +
      "</entryRelationship></observation></entry>";
  ImportBody(absl::StrFormat(
      "<entry><observation><code nullFlavor=\"NA\"/><entryRelationship typeCode=\"COMP\">%s"
      "</entryRelationship></observation></entry>",
      inner));
  EXPECT_EQ(Value("hemoglobin_gdl").value, 148);
  ImportBody(absl::StrFormat(
      "<entry><observation><code nullFlavor=\"NA\"/><entryRelationship typeCode=\"RSON\">%s"
      "</entryRelationship></observation></entry>",
      inner));
  EXPECT_EQ(Value("hemoglobin_gdl").state, ValueState::kAbsent);
}

TEST_F(XmlImportTest, CountsUnknownItemsPerCode) {
  const FileOutcome outcome =
      ImportBody(Quantity("9Z999000000000001", "1", "cm") +
                 Quantity("9Z999000000000001", "2", "cm") + Quantity("山田太郎", "2", "cm"));
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(Count(outcome, MessageCode::kItemUnknown), 3u);
  EXPECT_EQ(RenderText(outcome.report, Language::kEnglish).find("山田"), std::string::npos);
}

TEST_F(XmlImportTest, DoubtsFastingValuesAfterAMeal) {
  const FileOutcome outcome = ImportBody(Quantity(kTriglycerides, "150", "mg/dL") +
                                         Coded("9N141000000000011", "4", "1.2.392.200119.6.2202"));
  EXPECT_EQ(Count(outcome, MessageCode::kFastConflict), 1u);
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kValid);
}

TEST_F(XmlImportTest, ResolvesNamesByNamespaceWhateverThePrefix) {
  std::string document = MakeDocument({.body = Section("01010", Quantity(kWaist, "88.5", "cm"))});
  // The same document with every element under a prefix.
  std::string prefixed;
  for (size_t i = 0; i < document.size(); ++i) {
    prefixed += document[i];
    if (document[i] != '<' || document[i + 1] == '?') continue;
    if (document[i + 1] == '/') prefixed += document[++i];
    prefixed += "cda:";
  }
  prefixed.replace(prefixed.find("xmlns="), 6, "xmlns:cda=");
  EXPECT_EQ(ImportText("p.xml", prefixed).verdict, Verdict::kAllAccepted);
  EXPECT_EQ(Value("waist_cm").value, 885);
  // Foreign elements of the same local name are not ours.
  sink_ = RememberingSink();
  std::string foreign = document;
  foreign.insert(foreign.find("<code code"), "<code xmlns=\"urn:other\" code=\"40\"/>");
  EXPECT_EQ(ImportText("f.xml", foreign).verdict, Verdict::kAllAccepted);
  EXPECT_EQ(sink_.exams.at(0).report_type, 10);
}

TEST_F(XmlImportTest, SkipsAByteOrderMark) {
  EXPECT_EQ(ImportText("b.xml", "\xEF\xBB\xBF" + MakeDocument({})).verdict, Verdict::kAllAccepted);
}

TEST_F(XmlImportTest, RefusesDoctypesAndEntities) {
  const std::string document = MakeDocument({});
  const size_t root = document.find("<ClinicalDocument");
  const auto with = [&](const std::string& text) {
    return std::string(document).insert(root, text);
  };
  ExpectRefused(with("<!DOCTYPE x>"), MessageCode::kXmlDtd);
  ExpectRefused(with("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"),
                MessageCode::kXmlDtd);
  ExpectRefused(with("<!DOCTYPE x [<!ENTITY a \"&b;&b;\"><!ENTITY b \"&c;&c;\">]>"),
                MessageCode::kXmlDtd);
  ExpectRefused(with("<!DOCTYPE x ["), MessageCode::kXmlDtd);
}

TEST_F(XmlImportTest, RefusesOtherEncodings) {
  std::string declared = MakeDocument({});
  declared.replace(declared.find("UTF-8"), 5, "Shift_JIS");
  ExpectRefused(declared, MessageCode::kXmlEncoding);
  std::string invalid = MakeDocument({});
  invalid.replace(invalid.find("somewhere"), 4, "\x93\xFA\x96\x7B");
  ExpectRefused(invalid, MessageCode::kXmlEncoding);
  ExpectRefused(std::string("\xFF\xFE<\0a\0/\0>\0", 10), MessageCode::kXmlEncoding);
}

TEST_F(XmlImportTest, RefusesUnknownNamespaces) {
  std::string other = MakeDocument({});
  other.replace(other.find("urn:hl7-org:v3"), 14, "urn:hl7-org:v4");
  ExpectRefused(other, MessageCode::kNsUnknown);
  ExpectRefused("<ClinicalDocument/>", MessageCode::kNsUnknown);
  ExpectRefused(MakeIndex(1), MessageCode::kNsUnknown);
  ExpectRefused("<x:ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>", MessageCode::kNsUnknown);
}

TEST_F(XmlImportTest, RefusesWhatIsNotWellFormed) {
  const std::string document = MakeDocument({});
  ExpectRefused(document.substr(0, document.size() / 2), MessageCode::kXmlFormed);
  ExpectRefused("<a><b></a></b>", MessageCode::kXmlFormed);
  ExpectRefused("<a/><b/>", MessageCode::kXmlFormed);
  ExpectRefused(document + std::string("\0", 1), MessageCode::kXmlFormed);
}

TEST_F(XmlImportTest, RefusesDepthAndLongAttributes) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<component>";
  for (int i = 0; i < 100; ++i) deep += "</component>";
  ExpectRefused(MakeDocument({.body = deep}), MessageCode::kXmlDepth);
  ExpectRefused(MakeDocument({.body = "<section x=\"" + std::string(5000, 'a') + "\"/>"}),
                MessageCode::kXmlDepth);
}

TEST_F(XmlImportTest, RejectsMissingAndMalformedHeaderValues) {
  const auto expect = [&](DocumentParts parts, MessageCode code, const char* subject) {
    const FileOutcome outcome = ImportParts(parts);
    EXPECT_EQ(outcome.verdict, Verdict::kNothing) << subject;
    EXPECT_EQ(Count(outcome, code), 1u) << subject;
    EXPECT_NE(RenderText(outcome.report, Language::kEnglish).find(subject), std::string::npos)
        << subject;
  };
  expect({.insurer = ""}, MessageCode::kHdrMissing, "insurer");
  expect({.insurer = "113"}, MessageCode::kHdrFormat, "insurer");
  expect({.number = ""}, MessageCode::kHdrMissing, "number");
  expect({.sex = ""}, MessageCode::kHdrMissing, "administrativeGenderCode");
  expect({.sex = "3"}, MessageCode::kHdrFormat, "administrativeGenderCode");
  expect({.birth = ""}, MessageCode::kHdrMissing, "birthTime");
  expect({.birth = "19600230"}, MessageCode::kHdrFormat, "birthTime");
  expect({.birth = "1960-01-15"}, MessageCode::kHdrFormat, "birthTime");
  expect({.exam_date = ""}, MessageCode::kHdrMissing, "serviceEvent/effectiveTime");
  expect({.exam_date = "20110631"}, MessageCode::kHdrFormat, "serviceEvent/effectiveTime");
  expect({.exam_date = "20080331"}, MessageCode::kFyRange, "serviceEvent/effectiveTime");
  expect({.birth = "20120401"}, MessageCode::kAgeRange, "birthTime");
  expect({.report_type = ""}, MessageCode::kHdrMissing, "code");
}

TEST_F(XmlImportTest, RefusesOtherReportsThanCheckupsAndGuidance) {
  for (const char* type : {"10", "40", "41"}) {
    EXPECT_EQ(ImportParts({.report_type = type}).verdict, Verdict::kAllAccepted) << type;
  }
  for (const char* type : {"19", "20", "26", "30", "42", "49", "69", "79", "89", "99"}) {
    const FileOutcome outcome = ImportParts({.report_type = type});
    EXPECT_EQ(outcome.verdict, Verdict::kNothing) << type;
    EXPECT_EQ(Count(outcome, MessageCode::kHdrReport), 1u) << type;
  }
  options_.employer_checkups = false;
  EXPECT_EQ(ImportParts({.report_type = "40"}).verdict, Verdict::kNothing);
}

TEST_F(XmlImportTest, KeepsAPersonOfUnknownResidence) {
  const FileOutcome outcome = ImportParts({.postal_code = "000-0000"});
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(sink_.exams.at(0).municipality, "");
  EXPECT_EQ(outcome.report.without_municipality, 1u);
}

TEST_F(XmlImportTest, MeetsTheSamePseudonymAsTheRosterFile) {
  ImportText("p.xml", MakeDocument({}));
  ImportText("r.csv",
             "fiscal_year,insurer_number,symbol,number,birth_date,sex,municipality_code\n"
             "2011,01130012,12,1,1960-01-15,男,062031\n");
  EXPECT_EQ(sink_.exams.at(0).person.key.exact, sink_.roster.at(0).person.key.exact);
}

TEST_F(XmlImportTest, SaysWhereAFaultyValueStands) {
  const FileOutcome outcome =
      ImportBody(Quantity(kWaist, "88.5", "cm") + Quantity(kTriglycerides, "10", "mg/dL"));
  const std::string text = RenderText(outcome.report, Language::kEnglish);
  EXPECT_NE(text.find("section/entry[2]/observation line "), std::string::npos) << text;
  EXPECT_NE(text.find("VAL_RANGE tg_fasting_mgdl (99)"), std::string::npos) << text;
}

}  // namespace
}  // namespace renkei::agents::intake
