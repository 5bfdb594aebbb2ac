// FHIR health checkup bundles (formats.md 5).
#include "agents/intake/json_document.h"
#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

using catalogue::CodeOf;
using catalogue::ValueState;

struct BundleParts {
  std::string composition =
      R"({"resource":{"resourceType":"Composition","date":"2011-07-01",
          "type":{"coding":[{"system":"urn:oid:1.2.392.200119.6.1001","code":"10"}]},
          "text":{"div":"<div>モギ　タロウ</div>"}}},)";
  std::string gender = "male";
  std::string birth = "1960-01-15";
  std::string day = "2011-06-20T09:00:00+09:00";
  std::string insurer = "01130012";
  std::string number = "1";
  std::string more;  // entries, each with a comma in front
};

std::string Bundle(const BundleParts& p) {
  return absl::StrCat(R"({"resourceType":"Bundle","type":"document","entry":[)", p.composition,
                      R"({"fullUrl":"urn:uuid:p1","resource":{"resourceType":"Patient","id":"p1",
          "name":[{"text":"モギ　タロウ"}],"gender":")",
                      p.gender, R"(","birthDate":")", p.birth,
                      R"(","address":[{"postalCode":"997-0000"}]}},
         {"fullUrl":"urn:uuid:o1","resource":{"resourceType":"Organization","identifier":
          [{"system":"urn:oid:1.2.392.200119.6.101","value":")",
                      p.insurer, R"("}]}},
         {"resource":{"resourceType":"Coverage","payor":[{"reference":"urn:uuid:o1"}],"extension":
          [{"url":"http://jpfhir.jp/x/JP_Coverage_InsuredPersonSymbol","valueString":"１２"},
           {"url":"http://jpfhir.jp/x/JP_Coverage_InsuredPersonNumber","valueString":")",
                      p.number,
                      R"("}]}},
         {"resource":{"resourceType":"Encounter","period":{"start":")",
                      p.day, R"("}}})", p.more, "]}");
}

std::string Observe(const std::string& code, const std::string& inside,
                    const std::string& subject = "urn:uuid:p1") {
  return absl::StrCat(R"(,{"resource":{"resourceType":"Observation","status":"final","subject":
      {"reference":")",
                      subject, R"("},"code":{"coding":[{"system":
      "urn:oid:1.2.392.200119.6.1005","code":")",
                      code, "\"}]}", inside.empty() ? "" : ",", inside, "}}");
}
std::string Amount(const std::string& value, const std::string& unit) {
  return absl::StrCat(R"("valueQuantity":{"value":)", value, R"(,"unit":")", unit, "\"}");
}

class FhirTest : public IntakeTest {
 protected:
  FileOutcome ImportBundle(const BundleParts& parts) {
    sink_ = RememberingSink();
    return ImportText("b.json", Bundle(parts));
  }
  FileOutcome ImportObservations(const std::string& entries) {
    return ImportBundle({.more = entries});
  }
  const catalogue::ItemValue& Value(const char* column) {
    return ValueOf(sink_.exams.at(0), column);
  }
  static uint64_t Count(const FileOutcome& outcome, MessageCode code) {
    return outcome.report.messages.CountOf(code);
  }
  void ExpectRejected(const BundleParts& parts, MessageCode code, const char* subject) {
    const FileOutcome outcome = ImportBundle(parts);
    EXPECT_EQ(outcome.verdict, Verdict::kNothing) << subject;
    EXPECT_EQ(Count(outcome, code), 1u) << subject;
    const std::string text = RenderText(outcome.report, Language::kEnglish);
    EXPECT_NE(text.find(subject), std::string::npos) << text;
    EXPECT_TRUE(sink_.exams.empty());
  }
};

constexpr char kWaist[] = "9N016160100000001";
constexpr char kTriglycerides[] = "3F015000002327101";

TEST_F(FhirTest, ReadsAnExamination) {
  const FileOutcome outcome = ImportObservations(
      Observe(kWaist, Amount("88.5", "cm")) +
      Observe("9N736000000000011",
              R"("valueCodeableConcept":{"coding":[{"system":"urn:oid:1.2.392.200119.6.2003",
              "code":"1"}]})"));
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted)
      << RenderText(outcome.report, Language::kEnglish);
  EXPECT_EQ(outcome.report.kind, "fhir");
  const cohort::ExamRecord& exam = sink_.exams.at(0);
  EXPECT_EQ(exam.exam_date, absl::CivilDay(2011, 6, 20));
  EXPECT_EQ(exam.file_date, absl::CivilDay(2011, 7, 1));
  EXPECT_EQ(exam.municipality, "062031");
  EXPECT_EQ(Value("waist_cm").value, 885);
  EXPECT_EQ(CodeOf(Value("q08_smoking").value), 1);
  EXPECT_TRUE(outcome.report.messages.empty()) << RenderText(outcome.report, Language::kEnglish);
}

TEST_F(FhirTest, MeetsThePseudonymOfTheNationalForm) {
  ImportBundle({});
  const auto key = sink_.exams.at(0).person.key.exact;
  ImportText("h.xml", MakeDocument({}));
  EXPECT_EQ(key, sink_.exams.at(1).person.key.exact);
}

TEST_F(FhirTest, ReadsBloodPressureFromComponents) {
  ImportObservations(
      R"(,{"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":
      "http://loinc.org","code":"85354-9"}]},"component":[
      {"code":{"coding":[{"code":"9A751000000000001"}]},"valueQuantity":{"value":150,"unit":"mmHg"}},
      {"code":{"coding":[{"code":"9A761000000000001"}]},"valueQuantity":{"value":95,"unit":"mmHg"}}]}},
      {"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"code":
      "9A755000000000001"}]},"valueQuantity":{"value":118,"unit":"mm[Hg]"}}})");
  EXPECT_EQ(Value("sbp_mmhg").value, 150);  // the only complete pair
  EXPECT_EQ(Value("dbp_mmhg").value, 95);
}

TEST_F(FhirTest, TellsNotDoneFromUnmeasurable) {
  ImportObservations(
      R"(,{"resource":{"resourceType":"Observation","status":"cancelled","code":{"coding":[{"code":
      "9N016160100000001"}]},"dataAbsentReason":{"coding":[{"code":"not-performed"}]}}})" +
      Observe(kTriglycerides, R"("dataAbsentReason":{"coding":[{"code":"error"}]})"));
  EXPECT_EQ(Value("waist_cm").state, ValueState::kNotDone);
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kUnmeasurable);
}

TEST_F(FhirTest, TakesTheMarksOfTheInputRangeOnly) {
  const std::string high = R"("interpretation":[{"coding":[{"code":"HX"}]}],)";
  ImportObservations(Observe(kTriglycerides, high + Amount("2000", "mg/dL")));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kMarkedHigh);
  const std::string reference = R"("interpretation":[{"coding":[{"code":"H"}]}],)";
  FileOutcome outcome =
      ImportObservations(Observe(kTriglycerides, reference + Amount("2000", "mg/dL")));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kInvalid);
  EXPECT_EQ(Count(outcome, MessageCode::kValRange), 1u);
  ImportObservations(Observe(kTriglycerides, R"("interpretation":[{"coding":[{"code":"LX"}]}])"));
  EXPECT_EQ(Value("tg_fasting_mgdl").state, ValueState::kBelowRange);
}

TEST_F(FhirTest, DropsValuesOfTheWrongKindUnitOrList) {
  EXPECT_EQ(Count(ImportObservations(Observe(kWaist, R"("valueCodeableConcept":{})")),
                  MessageCode::kValType),
            1u);
  EXPECT_EQ(Count(ImportObservations(Observe(kWaist, Amount("0.885", "m"))), MessageCode::kValUnit),
            1u);
  EXPECT_EQ(
      Count(ImportObservations(Observe(kWaist, Amount("\"wide\"", "cm"))), MessageCode::kValFormat),
      1u);
  EXPECT_EQ(
      Count(ImportObservations(Observe(
                "9N736000000000011",
                R"("valueCodeableConcept":{"coding":[{"system":"urn:oid:1.2.3","code":"1"}]})")),
            MessageCode::kListUnknown),
      1u);
  EXPECT_EQ(Count(ImportObservations(Observe(kWaist, Amount("80", "cm")) +
                                     Observe(kWaist, Amount("90", "cm"))),
                  MessageCode::kItemDup),
            1u);
  EXPECT_EQ(Count(ImportObservations(Observe("9Z999000000000001", Amount("80", "cm"))),
                  MessageCode::kItemUnknown),
            1u);
}

TEST_F(FhirTest, KeepsDecimalsWithoutFloatingPoint) {
  ImportObservations(Observe(kWaist, Amount("84.99999999", "cm")));
  EXPECT_EQ(Value("waist_cm").value, 849);
  ImportObservations(Observe(kWaist, Amount("85.0", "cm")));
  EXPECT_EQ(Value("waist_cm").value, 850);
}

TEST_F(FhirTest, RejectsWhatIsNoDocumentOfOnePatient) {
  ExpectRejected({.composition = ""}, MessageCode::kFhirProfile, "Composition");
  ExpectRejected({.more = R"(,{"resource":{"resourceType":"Patient"}})"}, MessageCode::kFhirProfile,
                 "Patient");
  ExpectRejected({.more = Observe(kWaist, Amount("80", "cm"), "urn:uuid:p2")},
                 MessageCode::kFhirProfile, "Observation.subject");
  sink_ = RememberingSink();
  EXPECT_EQ(Count(ImportText("b.json", R"({"resourceType":"Patient"})"), MessageCode::kFhirProfile),
            1u);
}

TEST_F(FhirTest, RejectsMissingAndMalformedHeaderValues) {
  ExpectRejected({.gender = ""}, MessageCode::kHdrMissing, "Patient.gender");
  ExpectRejected({.gender = "unknown"}, MessageCode::kHdrFormat, "Patient.gender");
  ExpectRejected({.birth = ""}, MessageCode::kHdrMissing, "Patient.birthDate");
  ExpectRejected({.birth = "1960-02-30"}, MessageCode::kHdrFormat, "Patient.birthDate");
  ExpectRejected({.day = ""}, MessageCode::kHdrMissing, "Encounter.period.start");
  ExpectRejected({.day = "2008-03-31"}, MessageCode::kFyRange, "Encounter.period.start");
  ExpectRejected({.birth = "2012-04-01"}, MessageCode::kAgeRange, "Patient.birthDate");
  ExpectRejected({.insurer = ""}, MessageCode::kHdrMissing, "insurer");
  ExpectRejected({.insurer = "113"}, MessageCode::kHdrFormat, "insurer");
  ExpectRejected({.number = ""}, MessageCode::kHdrMissing, "number");
}

// A further Coverage of the same bundle; an empty number leaves it out.
std::string FurtherCoverage(const std::string& symbol, const std::string& number) {
  const std::string extension =
      number.empty() ? ""
                     : absl::StrCat(R"(,{"url":"http://jpfhir.jp/x/JP_Coverage_InsuredPersonNumber",
                            "valueString":")",
                                    number, R"("})");
  return absl::StrCat(R"(,{"resource":{"resourceType":"Coverage","payor":[{"reference":
      "urn:uuid:o1"}],"extension":[{"url":"http://jpfhir.jp/x/JP_Coverage_InsuredPersonSymbol",
      "valueString":")",
                      symbol, R"("})", extension, "]}}");
}

TEST_F(FhirTest, NeverMixesTwoCardsIntoOne) {
  ImportBundle({});
  const auto key = sink_.exams.at(0).person.key.exact;
  // The same card again, and one that is not a card: neither changes the person.
  for (const std::string& more : {FurtherCoverage("12", "1"), FurtherCoverage("99", "")}) {
    ImportBundle({.more = more});
    ASSERT_EQ(sink_.exams.size(), 1u);
    EXPECT_EQ(sink_.exams.at(0).person.key.exact, key);
  }
  // What the first leaves out is not taken from the next.
  ImportBundle({.number = "", .more = FurtherCoverage("99", "1")});
  EXPECT_NE(sink_.exams.at(0).person.key.exact, key);
  ExpectRejected({.more = FurtherCoverage("12", "2")}, MessageCode::kFhirProfile, "Coverage");
}

TEST_F(FhirTest, SkipsWhatWasEnteredInError) {
  std::string entry = Observe(kWaist, Amount("88.5", "cm"));
  entry.replace(entry.find("final"), 5, "entered-in-error");
  ImportObservations(entry);
  EXPECT_EQ(Value("waist_cm").state, ValueState::kAbsent);
}

TEST_F(FhirTest, NeverShowsAName) {
  const FileOutcome outcome =
      ImportObservations(Observe("モギ", R"("valueString":"モギ")") +
                         R"(,{"モギ":{"resource":1},"resource":{"resourceType":"Observation",
                         "モギ":1,"code":{"coding":[{"code":"9N016160100000001"}]},
                         "valueQuantity":{"value":"モギ"}}})");
  EXPECT_EQ(RenderText(outcome.report, Language::kEnglish).find("モギ"), std::string::npos);
  EXPECT_EQ(RenderJson(outcome.report).find("モギ"), std::string::npos);
}

TEST_F(FhirTest, RefusesMalformedAndEndlessJson) {
  for (const std::string& text :
       {std::string("{"), std::string("{}x"), std::string("{\"a\":\"\xFF\"}"),
        std::string(100'000, '['), "{\"a\":" + std::string(65, '[') + std::string(65, ']') + "}"}) {
    sink_ = RememberingSink();
    const FileOutcome outcome = ImportText("b.json", text);
    EXPECT_EQ(outcome.verdict, Verdict::kNothing);
    EXPECT_EQ(Count(outcome, MessageCode::kFhirProfile), 1u);
    EXPECT_EQ(sink_.commits, 0);
  }
  options_.limits.max_member_bytes = 100;
  EXPECT_EQ(Count(ImportText("b.json", Bundle({})), MessageCode::kArcSize), 1u);
}

TEST(JsonDocuments, KeepTheTextOfNumbersAndPointAtValues) {
  JsonDocument document;
  ASSERT_FALSE(document.Parse(R"({"a":[{"b":1.10},{"b":-2}],"c":true})").has_value());
  const auto a = document.Find(document.root(), "a");
  const auto second = document.Find(document.Next(document.First(a)), "b");
  EXPECT_EQ(document.Text(document.Path(document.root(), {"a", "b"})), "1.10");
  EXPECT_EQ(document.Text(second), "-2");
  EXPECT_EQ(document.Pointer(second), "/a/1/b");
  EXPECT_EQ(document.Find(JsonDocument::kNone, "a"), JsonDocument::kNone);
}

}  // namespace
}  // namespace renkei::agents::intake
