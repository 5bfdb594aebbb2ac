// UKE claims (formats.md 4).
#include "agents/intake/disease_classes.h"
#include "agents/intake/uke_claim.h"
#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

constexpr char kStart[] = "IR,1,13,1,1234567,,MOGI CLINIC,50607,00,\r\n";

struct ClaimParts {
  std::string type = "1112";
  std::string month = "50605";
  std::string sex = "1";
  std::string birth = "3350115";
  std::string insurer = "01130012";
  std::string symbol = "１２";
  std::string number = "１";
  std::string days = "3";
  std::string points = "1250";
  std::string diseases = "SY,4019014,5060501,1,,,01,\r\n";
};

std::string Claim(const ClaimParts& p) {
  return absl::StrCat("RE,1,", p.type, ",", p.month, ",MOGI TARO,", p.sex, ",", p.birth, ",,,\r\n",
                      "HO,", p.insurer, ",", p.symbol, ",", p.number, ",", p.days, ",", p.points,
                      ",,\r\n", p.diseases, "SI,11,1,111000110,,288,1\r\nCO,1,810000001,\"x\r\n");
}

class UkeTest : public IntakeTest {
 protected:
  UkeTest() {
    options_.diseases = std::make_shared<const DiseaseClasses>(
        DiseaseClasses::Parse("d.csv", "disease_code,class\n4019014,0901\n2500013,0402\n").value());
  }
  FileOutcome ImportClaims(const std::string& claims) {
    sink_ = RememberingSink();
    return ImportText("RECEIPTC.UKE", kStart + claims);
  }
  static uint64_t Count(const FileOutcome& outcome, MessageCode code) {
    return outcome.report.messages.CountOf(code);
  }
  void ExpectRejected(const ClaimParts& parts, MessageCode code, const char* subject) {
    const FileOutcome outcome = ImportClaims(Claim(parts));
    EXPECT_EQ(outcome.verdict, Verdict::kNothing) << subject;
    EXPECT_EQ(Count(outcome, code), 1u) << subject;
    const std::string text = RenderText(outcome.report, Language::kEnglish);
    EXPECT_NE(text.find(subject), std::string::npos) << text;
    EXPECT_NE(text.find("line 2"), std::string::npos) << text;
    EXPECT_EQ(text.find("MOGI"), std::string::npos) << text;
  }
};

TEST_F(UkeTest, ReadsAClaimByItsPrincipalDisease) {
  ClaimParts parts;
  parts.diseases = "SY,2500013,5060501,1,,,,\r\nSY,4019014,5060501,1,,,01,\r\n";
  const FileOutcome outcome = ImportClaims(Claim(parts) + "GO,1,1250,99\r\n\x1A");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted)
      << RenderText(outcome.report, Language::kEnglish);
  EXPECT_EQ(outcome.report.kind, "uke");
  ASSERT_EQ(sink_.claims.size(), 1u);
  const cohort::ClaimRecord& claim = sink_.claims[0];
  EXPECT_EQ(claim.service_year, 2024);
  EXPECT_EQ(claim.service_month, 5);
  EXPECT_EQ(claim.claim_type, catalogue::kOutpatient);
  EXPECT_EQ(claim.disease_code, "0901");
  EXPECT_EQ(claim.days, 3);
  EXPECT_EQ(claim.points, 1250);
  EXPECT_EQ(claim.person.birth_date, absl::CivilDay(1960, 1, 15));
  EXPECT_TRUE(outcome.report.messages.empty()) << RenderText(outcome.report, Language::kEnglish);
  ASSERT_EQ(outcome.report.totals.size(), 2u);
  EXPECT_EQ(outcome.report.by_fiscal_year.at(2024), 1u);
}

TEST_F(UkeTest, TakesTheFirstDiseaseWhenNoneIsFlagged) {
  ImportClaims(Claim({.diseases = "SY,2500013,5060501,1,,,,\r\nSY,4019014,5060501,1,,,,\r\n"}));
  EXPECT_EQ(sink_.claims.at(0).disease_code, "0402");
}

TEST_F(UkeTest, ReadsOldAndNewFormsOfDates) {
  ImportClaims(Claim({.month = "202405", .birth = "19600115"}));
  EXPECT_EQ(sink_.claims.at(0).service_month, 5);
  EXPECT_EQ(sink_.claims.at(0).person.birth_date, absl::CivilDay(1960, 1, 15));
  ImportClaims(Claim({.month = "43104"}));
  EXPECT_EQ(sink_.claims.at(0).service_year, 2019);
  EXPECT_EQ(ParseUkeDay("2150101"), absl::CivilDay(1926, 1, 1));
  EXPECT_EQ(ParseUkeDay("1450730"), absl::CivilDay(1912, 7, 30));
  for (const char* text : {"", "0350115", "6010101", "3350230", "335011", "3650101", "33501155"}) {
    EXPECT_EQ(ParseUkeDay(text), std::nullopt) << text;
  }
  for (const char* text : {"", "50613", "60101", "5061", "202413"}) {
    EXPECT_EQ(ParseUkeMonth(text), std::nullopt) << text;
  }
}

TEST_F(UkeTest, TellsTheKindsOfClaims) {
  const std::pair<const char*, uint8_t> kinds[] = {
      {"1111", catalogue::kInpatient},  {"1115", catalogue::kInpatient},
      {"1116", catalogue::kOutpatient}, {"1110", catalogue::kOutpatient},
      {"3112", catalogue::kDental},     {"3111", catalogue::kDental},
      {"4112", catalogue::kPharmacy}};
  for (const auto& [type, kind] : kinds) {
    ImportClaims(Claim({.type = type}));
    EXPECT_EQ(sink_.claims.at(0).claim_type, kind) << type;
  }
  ExpectRejected({.type = "6112"}, MessageCode::kValCode, "RE claim type");
  ExpectRejected({.type = "112"}, MessageCode::kValCode, "RE claim type");
}

TEST_F(UkeTest, MeetsThePseudonymOfTheRoster) {
  ImportClaims(Claim({}));
  ImportText("r.csv",
             "fiscal_year,insurer_number,symbol,number,birth_date,sex,municipality_code\n"
             "2024,01130012,12,1,1960-01-15,男,062031\n");
  EXPECT_EQ(sink_.claims.at(0).person.key.exact, sink_.roster.at(0).person.key.exact);
}

TEST_F(UkeTest, PadsTheNumberOfANationalHealthInsurer) {
  ImportClaims(Claim({.insurer = "  130012"}));
  const auto key = sink_.claims.at(0).person.key.exact;
  ImportClaims(Claim({.insurer = "00130012"}));
  EXPECT_EQ(key, sink_.claims.at(0).person.key.exact);
}

TEST_F(UkeTest, CountsDiseasesItCannotClassify) {
  FileOutcome outcome = ImportClaims(Claim({.diseases = ""}));
  EXPECT_EQ(sink_.claims.at(0).disease_code, "");
  EXPECT_EQ(outcome.report.claims_without_disease, 1u);
  EXPECT_TRUE(outcome.report.messages.empty());
  outcome = ImportClaims(Claim({.diseases = "SY,999,,,,,01,\r\n"}) +
                         Claim({.diseases = "SY,8888888,,,,,,\r\n"}));
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(outcome.report.claims_without_disease, 2u);
  EXPECT_EQ(Count(outcome, MessageCode::kValCode), 2u);
  options_.diseases = nullptr;
  outcome = ImportClaims(Claim({}));
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_NE(RenderText(outcome.report, Language::kEnglish).find("--disease-table"),
            std::string::npos);
}

TEST_F(UkeTest, RejectsAClaimThatCannotBeCounted) {
  ExpectRejected({.month = "50613"}, MessageCode::kHdrFormat, "RE month of service");
  ExpectRejected({.month = ""}, MessageCode::kHdrMissing, "RE month of service");
  ExpectRejected({.month = "200803"}, MessageCode::kFyRange, "RE month of service");
  ExpectRejected({.sex = "3"}, MessageCode::kHdrFormat, "RE sex");
  ExpectRejected({.birth = "3350230"}, MessageCode::kHdrFormat, "RE birth date");
  ExpectRejected({.insurer = ""}, MessageCode::kHdrMissing, "HO insurer");
  ExpectRejected({.insurer = "113"}, MessageCode::kHdrFormat, "HO insurer");
  ExpectRejected({.number = ""}, MessageCode::kHdrMissing, "HO number");
  ExpectRejected({.points = "1x"}, MessageCode::kValFormat, "HO points");
  ExpectRejected({.points = ""}, MessageCode::kValFormat, "HO points");
}

TEST_F(UkeTest, RejectsRecordsOutOfOrder) {
  FileOutcome outcome = ImportClaims("SY,4019014,,,,,01,\r\nSY,4019014,,,,,,\r\n" + Claim({}));
  EXPECT_EQ(outcome.verdict, Verdict::kPartly);
  EXPECT_EQ(Count(outcome, MessageCode::kUkeSeq), 1u);
  EXPECT_EQ(sink_.claims.size(), 1u);
  outcome = ImportClaims("RE,1,1112,50605,X,1,3350115,\r\nSY,4019014,,,,,01,\r\n" + Claim({}));
  EXPECT_EQ(Count(outcome, MessageCode::kUkeSeq), 1u);
  EXPECT_EQ(outcome.report.records.rejected, 1u);
  // Paid from public funds alone: nobody's card number.
  outcome = ImportClaims("RE,1,1112,50605,X,1,3350115,\r\nKO,12345678,,1,100\r\n");
  EXPECT_EQ(Count(outcome, MessageCode::kHdrMissing), 1u);
}

TEST_F(UkeTest, ComparesTheTotalsOfTheFile) {
  FileOutcome outcome = ImportClaims(Claim({}) + Claim({.points = "10"}) + "GO,2,1260,99\r\n");
  EXPECT_EQ(Count(outcome, MessageCode::kUkeTotal), 0u);
  outcome = ImportClaims(Claim({}) + "GO,2,1260,99\r\n");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(Count(outcome, MessageCode::kUkeTotal), 2u);
  // Claims that were rejected are claims of the file all the same.
  outcome = ImportClaims(Claim({}) + Claim({.sex = "9", .points = "10"}) + "GO,2,1260,99\r\n");
  EXPECT_EQ(Count(outcome, MessageCode::kUkeTotal), 0u);
}

TEST_F(UkeTest, ReadsSeveralVolumesInOneFile) {
  const FileOutcome outcome =
      ImportClaims(Claim({}) + "GO,1,1250,01\r\n" + kStart + Claim({}) + "GO,1,1250,99\r\n");
  EXPECT_EQ(sink_.claims.size(), 2u);
  EXPECT_TRUE(outcome.report.messages.empty());
}

TEST_F(UkeTest, RefusesAnEndlessLineAndRollsBack) {
  options_.limits.max_row_bytes = 1000;
  const FileOutcome outcome = ImportClaims(Claim({}) + "CO," + std::string(3 << 20, 'x'));
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_EQ(sink_.rollbacks, 1);
}

TEST_F(UkeTest, RollsBackWhenTheStoreIsFull) {
  sink_.fail_at_put = 1;
  EXPECT_FALSE(TryImport(Write("a.uke", kStart + Claim({}) + Claim({}))).ok());
  EXPECT_EQ(sink_.rollbacks, 1);
}

TEST(DiseaseTables, NameTheLineOfAFault) {
  EXPECT_TRUE(DiseaseClasses::Parse("d.csv", "disease_code,class\n0000001,0101\n").ok());
  for (const char* row : {"1,0101", "0000001,101", "0000001,x101"}) {
    const auto table =
        DiseaseClasses::Parse("d.csv", absl::StrCat("disease_code,class\n", row, "\n"));
    EXPECT_NE(table.status().message().find("d.csv:2"), absl::string_view::npos) << table.status();
  }
  EXPECT_FALSE(
      DiseaseClasses::Parse("d.csv", "disease_code,class\n0000001,0101\n0000001,0102\n").ok());
}

}  // namespace
}  // namespace renkei::agents::intake
