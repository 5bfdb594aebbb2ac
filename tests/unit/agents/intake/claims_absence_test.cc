// claims.csv and absence.csv (csv.md).
#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

using catalogue::AbsenceCause;

constexpr char kClaimHeader[] =
    "insurer_number,symbol,number,branch,birth_date,sex,service_month,claim_type,disease_code,days,"
    "points\n";
constexpr char kPerson[] = "01130012,12,34,00,1960-01-15,1,";
constexpr char kAbsenceHeader[] = "person_id,birth_date,sex,start_date,end_date,cause\n";

class ClaimsAbsenceTest : public IntakeTest {
 protected:
  FileOutcome ImportClaim(const std::string& cells) {
    sink_ = RememberingSink();
    return ImportText("claims.csv", absl::StrCat(kClaimHeader, kPerson, cells, "\n"));
  }
  FileOutcome ImportAbsence(const std::string& cells) {
    sink_ = RememberingSink();
    return ImportText("absence.csv", absl::StrCat(kAbsenceHeader, cells, "\n"));
  }
  static uint64_t Count(const FileOutcome& outcome, MessageCode code) {
    return outcome.report.messages.CountOf(code);
  }
  void ExpectRejected(const FileOutcome& outcome, MessageCode code, const char* column) {
    EXPECT_EQ(outcome.verdict, Verdict::kNothing) << column;
    EXPECT_EQ(outcome.report.records.rejected, 1u) << column;
    EXPECT_EQ(Count(outcome, code), 1u) << column;
    const std::string text = RenderText(outcome.report, Language::kEnglish);
    EXPECT_NE(text.find(absl::StrCat(CodeName(code), " ", column)), std::string::npos) << text;
    EXPECT_TRUE(sink_.claims.empty());
    EXPECT_TRUE(sink_.absences.empty());
  }
};

TEST_F(ClaimsAbsenceTest, ReadsAClaim) {
  const FileOutcome outcome = ImportClaim("2011-06,outpatient,0402,3,1250");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(outcome.report.kind, "claims");
  ASSERT_EQ(sink_.claims.size(), 1u);
  const cohort::ClaimRecord& claim = sink_.claims[0];
  EXPECT_EQ(claim.service_year, 2011);
  EXPECT_EQ(claim.service_month, 6);
  EXPECT_EQ(claim.claim_type, catalogue::kOutpatient);
  EXPECT_EQ(claim.disease_code, "0402");
  EXPECT_EQ(claim.days, 3);
  EXPECT_EQ(claim.points, 1250);
  EXPECT_EQ(outcome.report.by_fiscal_year.at(2011), 1u);
}

TEST_F(ClaimsAbsenceTest, CountsAClaimOfMarchInTheFiscalYearBefore) {
  const FileOutcome outcome = ImportClaim("201203,inpatient,,,1");
  EXPECT_EQ(outcome.report.by_fiscal_year.at(2011), 1u);
  EXPECT_EQ(sink_.claims.at(0).disease_code, "");
  EXPECT_EQ(sink_.claims.at(0).days, 0);
}

TEST_F(ClaimsAbsenceTest, ReadsEveryClaimType) {
  ImportClaim("2011-06,inpatient,,,1");
  EXPECT_EQ(sink_.claims.at(0).claim_type, catalogue::kInpatient);
  ImportClaim("2011-06,dental,,,1");
  EXPECT_EQ(sink_.claims.at(0).claim_type, catalogue::kDental);
  ImportClaim("2011-06,pharmacy,,,1");
  EXPECT_EQ(sink_.claims.at(0).claim_type, catalogue::kPharmacy);
}

TEST_F(ClaimsAbsenceTest, RejectsAClaimThatCannotBeCounted) {
  ExpectRejected(ImportClaim(",outpatient,0402,3,1"), MessageCode::kHdrMissing, "service_month");
  ExpectRejected(ImportClaim("2011-13,outpatient,0402,3,1"), MessageCode::kHdrFormat,
                 "service_month");
  ExpectRejected(ImportClaim("2011/06,outpatient,0402,3,1"), MessageCode::kHdrFormat,
                 "service_month");
  ExpectRejected(ImportClaim("2008-03,outpatient,0402,3,1"), MessageCode::kFyRange,
                 "service_month");
  ExpectRejected(ImportClaim("2011-06,,0402,3,1"), MessageCode::kHdrMissing, "claim_type");
  ExpectRejected(ImportClaim("2011-06,both,0402,3,1"), MessageCode::kValCode, "claim_type");
  ExpectRejected(ImportClaim("2011-06,outpatient,0402,3,"), MessageCode::kHdrMissing, "points");
  ExpectRejected(ImportClaim("2011-06,outpatient,0402,3,-5"), MessageCode::kValFormat, "points");
  ExpectRejected(ImportClaim("2011-06,outpatient,0402,3,12.5"), MessageCode::kValFormat, "points");
}

TEST_F(ClaimsAbsenceTest, KeepsAClaimOfUnknownDiseaseOrDays) {
  FileOutcome outcome = ImportClaim("2011-06,outpatient,402,3,1");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(Count(outcome, MessageCode::kValCode), 1u);
  EXPECT_EQ(sink_.claims.at(0).disease_code, "");
  outcome = ImportClaim("2011-06,outpatient,0402,32,1");
  EXPECT_EQ(Count(outcome, MessageCode::kValRange), 1u);
  EXPECT_EQ(sink_.claims.at(0).days, 0);
  outcome = ImportClaim("2011-06,outpatient,0402,x,1");
  EXPECT_EQ(Count(outcome, MessageCode::kValFormat), 1u);
}

TEST_F(ClaimsAbsenceTest, NamesAMissingColumnOfClaims) {
  const FileOutcome outcome =
      ImportText("c.csv", "person_id,birth_date,sex,service_month,claim_type\n");
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_NE(RenderText(outcome.report, Language::kEnglish).find("CSV_HEADER points (missing)"),
            std::string::npos);
}

TEST_F(ClaimsAbsenceTest, ReadsAnAbsence) {
  const FileOutcome outcome = ImportAbsence("a7,19800105,2,2011-03-25,2011-04-10,mental");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(outcome.report.kind, "absence");
  ASSERT_EQ(sink_.absences.size(), 1u);
  EXPECT_EQ(sink_.absences[0].start, absl::CivilDay(2011, 3, 25));
  EXPECT_EQ(sink_.absences[0].end, absl::CivilDay(2011, 4, 10));
  EXPECT_EQ(sink_.absences[0].cause, AbsenceCause::kMental);
  EXPECT_EQ(outcome.report.by_fiscal_year.at(2010), 1u);
}

TEST_F(ClaimsAbsenceTest, ReadsEveryCauseAndTakesBlankAsOther) {
  const std::pair<const char*, AbsenceCause> causes[] = {
      {"female_specific", AbsenceCause::kFemaleSpecific},
      {"pregnancy", AbsenceCause::kPregnancy},
      {"mental", AbsenceCause::kMental},
      {"lifestyle", AbsenceCause::kLifestyle},
      {"orthopaedic", AbsenceCause::kOrthopaedic},
      {"neoplasm", AbsenceCause::kNeoplasm},
      {"other", AbsenceCause::kOther},
      {"", AbsenceCause::kOther}};
  for (const auto& [word, cause] : causes) {
    const FileOutcome outcome =
        ImportAbsence(absl::StrCat("a7,19800105,2,20110425,20110510,", word));
    EXPECT_EQ(sink_.absences.at(0).cause, cause) << word;
    EXPECT_TRUE(outcome.report.messages.empty()) << word;
  }
  const FileOutcome outcome = ImportAbsence("a7,19800105,2,20110425,20110510,flu");
  EXPECT_EQ(Count(outcome, MessageCode::kValCode), 1u);
  EXPECT_EQ(sink_.absences.at(0).cause, AbsenceCause::kOther);
}

TEST_F(ClaimsAbsenceTest, RejectsAnAbsenceWithoutItsDays) {
  ExpectRejected(ImportAbsence("a7,19800105,2,,20110510,mental"), MessageCode::kHdrMissing,
                 "start_date");
  ExpectRejected(ImportAbsence("a7,19800105,2,20110425,,mental"), MessageCode::kHdrMissing,
                 "end_date");
  ExpectRejected(ImportAbsence("a7,19800105,2,20110425,20110424,mental"), MessageCode::kHdrFormat,
                 "end_date");
  ExpectRejected(ImportAbsence("a7,19800105,2,20080331,20080424,mental"), MessageCode::kFyRange,
                 "start_date");
}

TEST_F(ClaimsAbsenceTest, RollsBackWhenTheDiskIsFull) {
  sink_.fail_at_put = 1;
  const absl::StatusOr<FileOutcome> outcome =
      TryImport(Write("c.csv", absl::StrCat(kClaimHeader, kPerson, "2011-06,dental,,1,1\n", kPerson,
                                            "2011-07,dental,,1,1\n")));
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(sink_.rollbacks, 1);
  EXPECT_TRUE(sink_.claims.empty());
}

}  // namespace
}  // namespace renkei::agents::intake
