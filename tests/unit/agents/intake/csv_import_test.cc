#include <sys/stat.h>

#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

using catalogue::ValueState;

constexpr char kExamHeader[] =
    "insurer_number,symbol,number,branch,birth_date,sex,exam_date,postal_code,waist_cm,tg_fasting_"
    "mgdl,"
    "q08_smoking\n";
constexpr char kExamRow[] = "01130012,12,34,00,1960-01-15,1,2011-06-20,9970000,91.2,150,1\n";

class CsvImportTest : public IntakeTest {
 protected:
  uint64_t Count(const FileOutcome& outcome, MessageCode code) const {
    return outcome.report.messages.CountOf(code);
  }
};

TEST_F(CsvImportTest, ReadsAnExamination) {
  const FileOutcome outcome = ImportText("exams.csv", std::string(kExamHeader) + kExamRow);
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  ASSERT_EQ(sink_.exams.size(), 1u);
  const cohort::ExamRecord& exam = sink_.exams[0];
  EXPECT_EQ(exam.person.sex, 0);
  EXPECT_EQ(exam.person.birth_date, absl::CivilDay(1960, 1, 15));
  EXPECT_EQ(exam.exam_date, absl::CivilDay(2011, 6, 20));
  EXPECT_EQ(exam.municipality, "062031");
  EXPECT_EQ(exam.report_type, 10);
  EXPECT_EQ(ValueOf(exam, "waist_cm").value, 912);
  EXPECT_EQ(ValueOf(exam, "waist_cm").state, ValueState::kValid);
  EXPECT_EQ(catalogue::CodeOf(ValueOf(exam, "q08_smoking").value), 1);
  EXPECT_EQ(ValueOf(exam, "hdl_mgdl").state, ValueState::kAbsent);
  EXPECT_EQ(outcome.report.by_fiscal_year.at(2011), 1u);
  EXPECT_EQ(outcome.report.encoding, "UTF-8");
}

TEST_F(CsvImportTest, FindsColumnsInAnyOrderAndFoldsFullWidthText) {
  const FileOutcome outcome =
      ImportText("e.csv",
                 "\xEF\xBB\xBF waist_cm ,ｓｅｘ,exam_date,birth_date,number,insurer_number\r\n"
                 "９１．２,女,２０１１０６２０,19600115,３４,０１１３００１２\r\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  ASSERT_EQ(sink_.exams.size(), 1u);
  EXPECT_EQ(sink_.exams[0].person.sex, 1);
  EXPECT_EQ(ValueOf(sink_.exams[0], "waist_cm").value, 912);
}

TEST_F(CsvImportTest, GivesOnePersonOnePseudonymInEveryFile) {
  ImportText("exams.csv", std::string(kExamHeader) + kExamRow);
  ImportText("roster.csv",
             "fiscal_year,insurer_number,symbol,number,branch,birth_date,sex,municipality_code\n"
             "2011,01130012,１２,0034,0,19600115,M,062031\n");
  ASSERT_EQ(sink_.roster.size(), 1u);
  EXPECT_EQ(sink_.roster[0].person.key.exact, sink_.exams.at(0).person.key.exact);
}

TEST_F(CsvImportTest, TreatsAnEmptyCellAsNotCollectedNeverAsZero) {
  const FileOutcome outcome = ImportText(
      "e.csv", std::string(kExamHeader) + "01130012,12,34,00,1960-01-15,1,2011-06-20,9970000,,,\n");
  EXPECT_EQ(ValueOf(sink_.exams.at(0), "waist_cm").state, ValueState::kAbsent);
  EXPECT_EQ(CountsOf(outcome, "waist_cm").absent, 1u);
}

// csv.md: a cell that does not parse, a number at the open range's edge, a code outside its list.
TEST_F(CsvImportTest, DropsAFaultyValueAndKeepsTheRow) {
  const FileOutcome outcome =
      ImportText("e.csv", std::string(kExamHeader) +
                              "01130012,12,34,00,1960-01-15,1,2011-06-20,9970000,wide,2000,3\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(ValueOf(sink_.exams.at(0), "waist_cm").state, ValueState::kInvalid);
  EXPECT_EQ(ValueOf(sink_.exams.at(0), "tg_fasting_mgdl").state, ValueState::kInvalid);
  EXPECT_EQ(ValueOf(sink_.exams.at(0), "q08_smoking").state, ValueState::kInvalid);
  EXPECT_EQ(Count(outcome, MessageCode::kValFormat), 1u);
  EXPECT_EQ(Count(outcome, MessageCode::kValRange), 1u);
  EXPECT_EQ(Count(outcome, MessageCode::kValCode), 1u);
  const std::string text = RenderText(outcome.report, Language::kEnglish);
  EXPECT_NE(text.find("VAL_RANGE tg_fasting_mgdl (9999)"), std::string::npos) << text;
  EXPECT_NE(text.find("limit 10 < x < 2000"), std::string::npos) << text;
  EXPECT_NE(text.find("line 2"), std::string::npos) << text;
}

TEST_F(CsvImportTest, RejectsAnImpossibleDateIntoQuarantine) {
  const FileOutcome outcome =
      ImportText("e.csv", std::string(kExamHeader) + kExamRow +
                              "01130012,12,35,00,1960-01-15,1,2011-02-30,9970000,91.2,150,1\n");
  EXPECT_EQ(outcome.verdict, Verdict::kPartly);
  EXPECT_EQ(outcome.report.records.accepted, 1u);
  EXPECT_EQ(outcome.report.records.rejected, 1u);
  EXPECT_EQ(outcome.report.quarantine_file, "e.csv.rejected.csv");
  const std::string path = options_.quarantine_dir + "/e.csv.rejected.csv";
  EXPECT_EQ(ReadAll(path).substr(0, ReadAll(path).find(':')),
            "line,column,reason\n3,exam_date,\"HDR_FORMAT");
  struct stat st;
  ASSERT_EQ(stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0600u);
}

TEST_F(CsvImportTest, RemovesTheQuarantineListOnceTheFileIsMended) {
  const std::string bad = "01130012,12,35,00,1960-01-15,9,2011-02-20,9970000,91.2,150,1\n";
  ImportText("e.csv", std::string(kExamHeader) + kExamRow + bad);
  EXPECT_TRUE(std::filesystem::exists(options_.quarantine_dir + "/e.csv.rejected.csv"));
  ImportText("e.csv", std::string(kExamHeader) + kExamRow);
  EXPECT_FALSE(std::filesystem::exists(options_.quarantine_dir + "/e.csv.rejected.csv"));
}

TEST_F(CsvImportTest, NamesTheMissingColumnAndImportsNothing) {
  const FileOutcome outcome = ImportText(
      "e.csv", "insurer_number,number,birth_date,exam_date\n01130012,34,19600115,20110620\n");
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_EQ(Count(outcome, MessageCode::kCsvHeader), 1u);
  EXPECT_NE(RenderText(outcome.report, Language::kEnglish).find("CSV_HEADER sex (missing)"),
            std::string::npos);
  EXPECT_EQ(sink_.commits + sink_.rollbacks, 0);
}

TEST_F(CsvImportTest, RefusesARepeatedColumn) {
  const FileOutcome outcome = ImportText("e.csv",
                                         "insurer_number,number,birth_date,sex,exam_date,waist_cm,"
                                         "ｗａｉｓｔ_ｃｍ\n01130012,34,19600115,1,20110620,1,2\n");
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_NE(RenderText(outcome.report, Language::kEnglish).find("CSV_HEADER waist_cm (repeated)"),
            std::string::npos);
}

TEST_F(CsvImportTest, NamesAnUnknownColumnOnce) {
  const FileOutcome outcome = ImportText(
      "e.csv",
      "insurer_number,number,birth_date,sex,exam_date,comment\n01130012,34,19600115,1,20110620,x\n"
      "01130012,35,19600115,1,20110620,y\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(Count(outcome, MessageCode::kCsvColumn), 1u);
}

TEST_F(CsvImportTest, RejectsRowsOfAnotherWidth) {
  const FileOutcome outcome =
      ImportText("e.csv", std::string(kExamHeader) + "01130012,12\n" + kExamRow + "\n\n");
  EXPECT_EQ(outcome.verdict, Verdict::kPartly);
  EXPECT_EQ(outcome.report.records.seen, 2u);
  EXPECT_EQ(Count(outcome, MessageCode::kCsvWidth), 1u);
}

TEST_F(CsvImportTest, RejectsAnEmptyLineInTheMiddleButNotAtTheEnd) {
  const FileOutcome outcome =
      ImportText("e.csv", std::string(kExamHeader) + kExamRow + "\n" + kExamRow + "\n\r\n");
  EXPECT_EQ(outcome.report.records.rejected, 1u);
  EXPECT_EQ(outcome.report.records.accepted, 2u);
}

TEST_F(CsvImportTest, RollsBackWhenAQuoteNeverCloses) {
  const FileOutcome outcome =
      ImportText("e.csv", std::string(kExamHeader) + kExamRow + "\"01130012,12,34\n" + kExamRow);
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_EQ(sink_.rollbacks, 1);
  EXPECT_TRUE(sink_.exams.empty());
  EXPECT_EQ(outcome.report.records.accepted, 0u);
}

TEST_F(CsvImportTest, ReadsCp932) {
  // 女 is 0x8F 0x97.
  const FileOutcome outcome = ImportText(
      "e.csv",
      "insurer_number,number,birth_date,sex,exam_date\n01130012,34,19600115,\x8F\x97,20110620\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(outcome.report.encoding, "CP932");
  EXPECT_EQ(sink_.exams.at(0).person.sex, 1);
}

TEST_F(CsvImportTest, RefusesBytesThatAreNoText) {
  const FileOutcome outcome = ImportText("e.csv", "exam_date\n\x81\x20\n");
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_EQ(Count(outcome, MessageCode::kCsvEncoding), 1u);
}

TEST_F(CsvImportTest, KeepsAWrongMunicipalityCheckDigitAsUnknown) {
  const FileOutcome outcome =
      ImportText("roster.csv",
                 "fiscal_year,insurer_number,number,birth_date,sex,municipality_code,postal_code\n"
                 "2011,01130012,1,19600115,1,062032,9970000\n"  // wrong digit: the postal code does
                                                                // not help (15.2)
                 "2011,01130012,2,19600115,1,,9970000\n"        // no code: the postal code counts
                 "2011,01130012,3,19600115,1,06203,\n"          // five digits
                 "2011,01130012,4,19600115,1,062031,0600000\n"  // R32: the code wins
                 "2011,01130012,5,19600115,1,99999,\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  ASSERT_EQ(sink_.roster.size(), 5u);
  EXPECT_EQ(sink_.roster[0].municipality, "");
  EXPECT_EQ(sink_.roster[1].municipality, "062031");
  EXPECT_EQ(sink_.roster[2].municipality, "062031");
  EXPECT_EQ(sink_.roster[3].municipality, "062031");
  EXPECT_EQ(sink_.roster[4].municipality, "");
  EXPECT_EQ(Count(outcome, MessageCode::kCheckDigit), 1u);
  EXPECT_EQ(Count(outcome, MessageCode::kValCode), 1u);
  EXPECT_EQ(outcome.report.without_municipality, 2u);
}

TEST_F(CsvImportTest, FillsBlankEnrolmentWithTheWholeFiscalYear) {
  ImportText("r.csv",
             "fiscal_year,insurer_number,number,birth_date,sex,postal_code,enrolled_from,enrolled_"
             "to,exclusion\n"
             "2011,01130012,1,19600115,1,9970000,,2011-09-30,\n"
             "2011,01130012,2,19600115,1,9970000,,,prison\n");
  ASSERT_EQ(sink_.roster.size(), 2u);
  EXPECT_EQ(sink_.roster[0].enrolled_from, absl::CivilDay(2011, 4, 1));
  EXPECT_EQ(sink_.roster[0].enrolled_to, absl::CivilDay(2011, 9, 30));
  EXPECT_EQ(sink_.roster[1].enrolled_to, absl::CivilDay(2012, 3, 31));
  EXPECT_EQ(sink_.roster[1].exclusion, "prison");
}

TEST_F(CsvImportTest, PadsSixDigitInsurerNumbersAndRejectsOthers) {
  const FileOutcome outcome =
      ImportText("r.csv",
                 "fiscal_year,insurer_number,number,birth_date,sex,postal_code\n"
                 "2011,138057,1,19600115,1,9970000\n2011,1138057,2,19600115,1,9970000\n2011,"
                 "unknown,2,19600115,1,9970000\n");
  EXPECT_EQ(outcome.report.records.accepted, 1u);
  EXPECT_EQ(outcome.report.records.rejected, 2u);
  EXPECT_EQ(sink_.roster.at(0).insurer_number, "00138057");
}

TEST_F(CsvImportTest, WantsTheInsurerInAWorkplacesRoster) {
  const std::string without =
      "fiscal_year,person_id,birth_date,sex,postal_code\n2011,a1,19600115,1,9970000\n";
  EXPECT_EQ(ImportText("r.csv", without).verdict, Verdict::kAllAccepted);
  options_.member_kind = v1::MEMBER_KIND_WORKPLACE;
  EXPECT_EQ(ImportText("r.csv", without).verdict, Verdict::kNothing);
  const FileOutcome outcome = ImportText("r.csv",
                                         "fiscal_year,person_id,insurer_number,birth_date,sex,"
                                         "postal_code\n2011,a1,unknown,19600115,1,9970000\n"
                                         "2011,a2,01130012,19600115,1,9970000\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(sink_.roster.at(1).insurer_number, "");
  EXPECT_EQ(sink_.roster.at(2).insurer_number, "01130012");
}

TEST_F(CsvImportTest, ReadsGuidanceCourses) {
  const FileOutcome outcome =
      ImportText("g.csv",
                 "fiscal_year,insurer_number,number,birth_date,sex,level,first_interview_date,"
                 "final_evaluation_date,points,outcome\n"
                 "2011,01130012,1,19600115,1,1,2011-08-01,2012-02-10,180,completed\n"
                 "2011,01130012,2,19600115,1,2,,,many,gone\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  ASSERT_EQ(sink_.guidance.size(), 2u);
  EXPECT_EQ(sink_.guidance[0].points, 180);
  EXPECT_EQ(sink_.guidance[0].outcome, "completed");
  EXPECT_EQ(sink_.guidance[0].final_evaluation, absl::CivilDay(2012, 2, 10));
  EXPECT_FALSE(sink_.guidance[1].first_interview.has_value());
  EXPECT_FALSE(sink_.guidance[1].points.has_value());
  EXPECT_EQ(sink_.guidance[1].outcome, "");
}

TEST_F(CsvImportTest, MarksProgrammesOfEmployersAsTheirReports) {
  ImportText("e.csv",
             "person_id,birth_date,sex,exam_date,program\na,19600115,1,20110620,030\nb,19600115,1,"
             "20110620,\n");
  EXPECT_EQ(sink_.exams.at(0).report_type, 41);
  EXPECT_EQ(sink_.exams.at(1).report_type, 10);
}

TEST_F(CsvImportTest, RejectsYearsAndAgesOutsideTheImport) {
  options_.first_fiscal_year = 2010;
  options_.last_fiscal_year = 2011;
  const FileOutcome outcome = ImportText(
      "e.csv",
      "person_id,birth_date,sex,exam_date\na,19600115,1,20120331\nb,19600115,1,20120401\n"
      "c,18700115,1,20110620\nd,20120115,1,20110620\ne,20120401,1,20110620\n");
  EXPECT_EQ(outcome.report.records.accepted, 2u);
  EXPECT_EQ(Count(outcome, MessageCode::kFyRange), 1u);
  EXPECT_EQ(Count(outcome, MessageCode::kAgeRange), 2u);
}

TEST_F(CsvImportTest, RollsBackWhenTheSinkFailsAtAnyRow) {
  const std::string path =
      Write("e.csv", std::string(kExamHeader) + kExamRow + kExamRow + kExamRow);
  for (int n = 0; n < 3; ++n) {
    sink_ = RememberingSink();
    sink_.fail_at_put = n;
    const auto outcome = TryImport(path);
    EXPECT_TRUE(absl::IsResourceExhausted(outcome.status()));
    EXPECT_EQ(sink_.rollbacks, 1);
    EXPECT_TRUE(sink_.exams.empty());
  }
  sink_ = RememberingSink();
  sink_.fail_commit = true;
  EXPECT_FALSE(TryImport(path).ok());
  EXPECT_EQ(sink_.rollbacks, 1);
}

TEST_F(CsvImportTest, SaysWhenAFileDoesNotExist) {
  EXPECT_TRUE(absl::IsNotFound(TryImport(folder_ + "/none.csv").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(TryImport(folder_).status()));
}

TEST_F(CsvImportTest, TakesTheKindFromTheHeaderAndFromTheOverride) {
  EXPECT_EQ(ImportText("x.csv", "a,b\n1,2\n").verdict, Verdict::kNothing);
  const FileOutcome forced = ImportText("x.csv", "a,b\n1,2\n", FileKind::kExams);
  EXPECT_EQ(forced.verdict, Verdict::kNothing);
  EXPECT_GT(Count(forced, MessageCode::kCsvHeader), 0u);
  EXPECT_EQ(ImportText("x.xml", "<a/>", FileKind::kRoster).verdict, Verdict::kNothing);
}

TEST_F(CsvImportTest, TellsProgressUpToTheEnd) {
  ProgressStep last;
  progress_ = [&last](const ProgressStep& step) { last = step; };
  std::string bytes = kExamHeader;
  for (int i = 0; i < 5000; ++i) bytes += kExamRow;
  ImportText("e.csv", bytes);
  EXPECT_EQ(last.done_bytes, bytes.size());
  EXPECT_EQ(last.total_bytes, bytes.size());
  EXPECT_EQ(last.records, 5000u);
}

constexpr char kConsentHeader[] =
    "person_id,birth_date,sex,event,event_time,effective_at,valid_from,valid_to,basis,purposes,"
    "categories,"
    "text_ref,refers_to,grantor\n";

TEST_F(CsvImportTest, ReadsAGrant) {
  const FileOutcome outcome = ImportText(
      "c.csv", std::string(kConsentHeader) +
                   "a,19600115,1,given,2011-04-01,,2011-04-01,2016-04-01T00:00:00+09:00,consent,"
                   "regional_planning; council_indicator,exam_result;questionnaire,checkup@3,,\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  ASSERT_EQ(sink_.consents.size(), 1u);
  const policy::consent::Event& event = sink_.consents[0].event;
  EXPECT_EQ(event.type, policy::consent::EventType::kGiven);
  EXPECT_EQ(absl::FormatTime(absl::RFC3339_sec, event.event_time, absl::UTCTimeZone()),
            "2011-03-31T15:00:00+00:00");
  EXPECT_EQ(event.effective_at, event.event_time);
  EXPECT_EQ(absl::FormatTime(absl::RFC3339_sec, *event.valid_to, absl::UTCTimeZone()),
            "2016-03-31T15:00:00+00:00");
  EXPECT_EQ(event.purposes, (std::vector<v1::Purpose>{v1::PURPOSE_REGIONAL_PLANNING,
                                                      v1::PURPOSE_COUNCIL_INDICATOR}));
  EXPECT_EQ(event.categories.size(), 2u);
  EXPECT_EQ(event.basis, v1::LEGAL_BASIS_CONSENT);
  EXPECT_EQ(event.text_ref, "checkup@3");
  EXPECT_EQ(event.grantor, policy::consent::Grantor::kSelf);
}

// An empty list means all: a grant whose list cannot be read must not become one.
TEST_F(CsvImportTest, NeverWidensAGrantThatItCannotRead) {
  const FileOutcome outcome = ImportText(
      "c.csv", std::string(kConsentHeader) +
                   "a,19600115,1,given,2011-04-01,,,,consent,marketing,,checkup@3,,\n"
                   "a,19600115,1,given,2011-04-01,,,,consent,,secret_things,checkup@3,,\n"
                   "a,19600115,1,given,2011-04-01,,,,,,,checkup@3,,\n"
                   "a,19600115,1,given,2011-04-01,,,,hearsay,,,checkup@3,,\n"
                   "a,19600115,1,given,2011-04-01,,,,consent,,,,,\n"
                   "a,19600115,1,given,2011-04-01,,,,consent,,,checkup,,\n"
                   "a,19600115,1,given,2011-04-01,2011-03-31,,,consent,,,checkup@3,,\n"
                   "a,19600115,1,given,2011-04-01,,2011-05-01,2011-05-01,consent,,,checkup@3,,\n"
                   "a,19600115,1,given,yesterday,,,,consent,,,checkup@3,,\n"
                   "a,19600115,1,granted,2011-04-01,,,,consent,,,checkup@3,,\n"
                   "a,19600115,1,corrected,2011-04-01,,,,consent,,,checkup@3,,\n"
                   "a,19600115,1,given,2011-04-01,,,,consent,,,checkup@3,,cousin\n");
  EXPECT_EQ(outcome.report.records.rejected, 12u);
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_TRUE(sink_.consents.empty());
}

TEST_F(CsvImportTest, ReadsADenialThatItCannotReadAsCoveringEverything) {
  const FileOutcome outcome = ImportText(
      "c.csv", std::string(kConsentHeader) +
                   "a,19600115,1,refused,2011-04-01T09:30:00+09:00,,,,,marketing,exam_result,,,\n"
                   "a,19600115,1,withdrawn,2011-05-01,2011-04-20,,,,,,,,\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  ASSERT_EQ(sink_.consents.size(), 2u);
  EXPECT_TRUE(sink_.consents[0].event.purposes.empty());
  EXPECT_EQ(sink_.consents[0].event.categories.size(), 1u);
  EXPECT_LT(sink_.consents[1].event.effective_at, sink_.consents[1].event.event_time);
  EXPECT_EQ(Count(outcome, MessageCode::kValCode), 1u);
}

}  // namespace
}  // namespace renkei::agents::intake
