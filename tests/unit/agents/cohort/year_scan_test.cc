#include "agents/cohort/year_scan.h"

#include <set>

#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::cohort {
namespace {

using policy::catalogue::ValueState;
using policy::consent::kEligibleBit;
using policy::consent::kExaminedBit;
using policy::consent::kGuidanceCompletedBit;
using policy::consent::kGuidanceStartedBit;
using policy::consent::kInsuredApril1Bit;
using policy::consent::kOnRosterBit;
using policy::consent::kWorkplaceSourceBit;

// Whoever is on the roster the whole year.
constexpr uint8_t kWholeYear = kEligibleBit | kOnRosterBit | kInsuredApril1Bit;
const absl::CivilDay kMay(2011, 5, 9);
const absl::CivilDay kNovember(2011, 11, 7);
constexpr v1::MemberKind kWorkplace = v1::MEMBER_KIND_WORKPLACE;

class YearScanTest : public CohortTest {};

TEST_F(YearScanTest, JoinsRosterExaminationAndGuidance) {
  GuidanceRecord course;
  course.person = Card("1", "", absl::CivilDay(1960, 5, 1), 1);
  course.fiscal_year = policy::base::FiscalYear(2011);
  course.first_interview = kNovember;
  Import(Roster(course.person), Exam(course.person, kMay, 912), course);
  const auto rows = Scan(Query());
  ASSERT_EQ(rows.size(), 1u);
  const Row& row = rows.at(1);
  EXPECT_EQ(row.sex, 1);
  EXPECT_EQ(row.age, 51);
  EXPECT_EQ(row.geography, 0);
  EXPECT_EQ(row.facts, kWholeYear | kExaminedBit | kGuidanceStartedBit);
  EXPECT_EQ(row.items, (std::vector<policy::catalogue::ItemValue>{Valid(912), Valid(128), {}}));
}

TEST_F(YearScanTest, CountsARosterRowWithoutExaminationAndTheReverse) {
  Import(Roster(Card("1")), Exam(Card("2"), kMay));
  const auto rows = Scan(Query());
  EXPECT_EQ(rows.at(1).facts, kWholeYear);
  EXPECT_EQ(rows.at(2).facts, kExaminedBit);
  EXPECT_EQ(counts_.roster_without_exam, 1);
  EXPECT_EQ(counts_.exam_without_roster, 1);
  EXPECT_EQ(counts_.rows, 2);
}

TEST_F(YearScanTest, KeepsTheYearsApart) {
  Import(Roster(Card("1"), 2010), Roster(Card("1"), 2011),
         Exam(Card("1"), absl::CivilDay(2012, 3, 31), 911),
         Exam(Card("1"), absl::CivilDay(2012, 4, 1), 922));
  EXPECT_EQ(Scan(Query(2010)).at(1).facts, kWholeYear);
  EXPECT_EQ(Scan(Query(2011)).at(1).items[0], Valid(911));
  EXPECT_EQ(Scan(Query(2012)).at(1).items[0], Valid(922));
  EXPECT_EQ(Scan(Query(2013)).size(), 0u);
}

TEST_F(YearScanTest, IsEligibleOnlyWhenEnrolledTheWholeYearAndNotExcluded) {
  RosterRecord leaver = Roster(Card("1"));
  leaver.enrolled_to = absl::CivilDay(2011, 9, 30);
  RosterRecord comer = Roster(Card("2"));
  comer.enrolled_from = absl::CivilDay(2011, 4, 2);
  RosterRecord excluded = Roster(Card("3"));
  excluded.exclusion = "pregnancy";
  RosterRecord longer = Roster(Card("4"));
  longer.enrolled_from = absl::CivilDay(2001, 1, 1);
  longer.enrolled_to = absl::CivilDay(2020, 1, 1);
  Import(leaver, comer, excluded, longer, Exam(Card("1"), kMay), Exam(Card("3"), kMay));
  const auto rows = Scan(Query());
  EXPECT_EQ(rows.at(1).facts, kExaminedBit | kOnRosterBit | kInsuredApril1Bit);
  EXPECT_EQ(rows.at(2).facts, kOnRosterBit);
  EXPECT_EQ(rows.at(3).facts, kExaminedBit | kOnRosterBit | kInsuredApril1Bit);
  EXPECT_EQ(rows.at(4).facts, kWholeYear);
}

TEST_F(YearScanTest, LeavesOutPersonsBelow40AndAbove74AtTheEndOfTheYear) {
  Import(Roster(Card("1", "", absl::CivilDay(1984, 3, 31)), 2023),
         Roster(Card("2", "", absl::CivilDay(1984, 4, 1)), 2023),
         Roster(Card("3", "", absl::CivilDay(1949, 3, 31)), 2023),
         Roster(Card("4", "", absl::CivilDay(1949, 4, 1)), 2023),
         Exam(Card("5", "", absl::CivilDay(2000, 1, 1)), absl::CivilDay(2023, 5, 1)));
  const auto rows = Scan(Query(2023));
  EXPECT_EQ(rows.at(1).age, 40);
  EXPECT_EQ(rows.at(4).age, 74);
  EXPECT_EQ(rows.size(), 2u);
  EXPECT_EQ(counts_.outside_age, 3);
}

TEST_F(YearScanTest, TakesTheSpecificCheckupBeforeEmployerResultsAndThenTheLatestDay) {
  ExamRecord employer = Exam(Card("1"), kNovember, 999);
  employer.report_type = 40;
  Import(employer, Exam(Card("1"), kMay, 850));
  EXPECT_EQ(Scan(Query()).at(1).items[0], Valid(850));
  EXPECT_EQ(Scan(Query()).at(1).facts, kExaminedBit);
  Import(Exam(Card("1"), kNovember, 860));
  EXPECT_EQ(Scan(Query()).at(1).items[0], Valid(860));
  EXPECT_EQ(counts_.further_exams, 2);

  // Definitions 14, case 67, and an employer result alone (case 66).
  ExamRecord may = Exam(Card("2"), kMay, 901);
  may.report_type = 40;
  ExamRecord june = Exam(Card("2"), kMay + 30, 902);
  june.report_type = 41;
  Import(may, june, Roster(Card("2")));
  EXPECT_EQ(Scan(Query()).at(2).items[0], Valid(902));
  EXPECT_EQ(Scan(Query()).at(2).facts, kWholeYear | kExaminedBit | kWorkplaceSourceBit);
}

TEST_F(YearScanTest, TakesTheResidenceOfTheRosterAndElseOfTheExamination) {
  RosterRecord unknown = Roster(Card("2"));
  unknown.municipality = "";
  RosterRecord elsewhere = Roster(Card("3"));
  elsewhere.municipality = "131016";
  RosterRecord nowhere = Roster(Card("4"));
  nowhere.municipality = "";
  ExamRecord exam = Exam(Card("1"), kMay);
  exam.municipality = "062049";
  ExamRecord second = exam, third = exam, fourth = exam, fifth = exam;
  second.person = Card("2");
  third.person = Card("3");
  fourth.person = Card("4");
  fourth.municipality = "";
  fifth.person = Card("5");
  Import(Roster(Card("1")), unknown, elsewhere, nowhere, exam, second, third, fourth, fifth);
  const auto rows = Scan(Query());
  EXPECT_EQ(rows.at(1).geography, 0);
  EXPECT_EQ(rows.at(2).geography, 1);
  EXPECT_FALSE(rows.contains(3));
  EXPECT_EQ(rows.at(4).geography, 2);
  EXPECT_EQ(rows.at(5).geography, 1);
  EXPECT_EQ(counts_.outside_area, 1);
  EXPECT_EQ(counts_.unknown_residence, 1);
}

TEST_F(YearScanTest, LeavesAWorkplacesPersonsToTheirMemberInsurer) {
  RosterRecord of_member = Roster(Local("E1"));
  of_member.insurer_number = "06060012";
  RosterRecord of_other = Roster(Local("E2"));
  of_other.insurer_number = "06139999";
  RosterRecord of_unknown = Roster(Local("E3"));
  of_unknown.insurer_number = "";
  Import(of_member, of_other, of_unknown, Exam(Local("E1"), kMay), Exam(Local("E2"), kMay),
         Exam(Local("E3"), kMay), Exam(Local("E4"), kMay));
  RowQuery query = Query(2011, kWorkplace);
  query.insurer_numbers = {"00060038", "06060012"};
  const auto rows = Scan(query);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.at(2).facts, kWholeYear | kExaminedBit | kWorkplaceSourceBit);
  EXPECT_EQ(counts_.insured_by_member, 1);
  EXPECT_EQ(counts_.insurer_unknown, 2);

  // The same store asked as an insurer counts them all.
  query.member_kind = v1::MEMBER_KIND_INSURER;
  EXPECT_EQ(Scan(query).size(), 4u);
}

TEST_F(YearScanTest, SetsTheWorkplaceBitForAWorkplacesPersonsWithoutExamination) {
  Import(Roster(Local("E1")));
  EXPECT_EQ(Scan(Query(2011, kWorkplace)).at(1).facts, kWholeYear | kWorkplaceSourceBit);
  EXPECT_EQ(Scan(Query()).at(1).facts, kWholeYear);
}

TEST_F(YearScanTest, CountsAgesByTheRuleOfTheQuery) {
  Import(Roster(Card("1", "", absl::CivilDay(1972, 4, 1))),
         Roster(Card("2", "", absl::CivilDay(1972, 4, 2))),
         Roster(Card("3", "", absl::CivilDay(1937, 4, 1))));
  const auto counted = [&](policy::base::AgeRule rule) {
    RowQuery query = Query();
    query.age_rule = rule;
    std::vector<PersonId> persons;
    for (const auto& [person, row] : Scan(query)) persons.push_back(person);
    return persons;
  };
  EXPECT_EQ(counted(policy::base::AgeRule::kPlain), std::vector<PersonId>{3});
  EXPECT_EQ(counted(policy::base::AgeRule::kLegal), std::vector<PersonId>{1});
}

TEST_F(YearScanTest, CompletesGuidanceOnlyWhenEvaluatedAndReportedSo) {
  const auto course = [&](const char* number, const char* outcome, bool evaluated) {
    GuidanceRecord record;
    record.person = Card(number);
    record.fiscal_year = policy::base::FiscalYear(2011);
    record.first_interview = kMay;
    if (evaluated) record.final_evaluation = kNovember;
    record.outcome = outcome;
    return record;
  };
  Import(course("1", "completed", true), course("2", "completed", false),
         course("3", "dropped", true), course("4", "", true));
  const auto rows = Scan(Query());
  EXPECT_EQ(rows.at(1).facts, kGuidanceStartedBit | kGuidanceCompletedBit);
  for (PersonId person = 2; person <= 4; ++person) {
    EXPECT_EQ(rows.at(person).facts, kGuidanceStartedBit);
  }
}

TEST_F(YearScanTest, DecodesOnlyTheNeededColumns) {
  ExamRecord exam = Exam(Card("1"), kMay, 912);
  exam.items.push_back({0, ValueState::kAboveRange});
  Import(exam);
  RowQuery query = Query();
  query.needed_columns = {2};
  EXPECT_EQ(Scan(query).at(1).items,
            (std::vector<policy::catalogue::ItemValue>{{}, {}, {0, ValueState::kAboveRange}}));
}

TEST_F(YearScanTest, CutsManyPersonsIntoBatchesWithoutLosingOne) {
  ASSERT_TRUE(store_->BeginFile("many.csv").ok());
  constexpr int kPersons = 10'000;
  for (int i = 0; i < kPersons; ++i) {
    ASSERT_TRUE(store_->PutRoster(Roster(Card(std::to_string(i + 1)))).ok());
  }
  // Another order than the roster's, and every third person only.
  for (int i = kPersons - 1; i >= 0; --i) {
    if (i % 3 != 0) continue;
    ASSERT_TRUE(store_->PutExam(Exam(Card(std::to_string(i + 1)), kMay, 500 + i % 1000)).ok());
  }
  ASSERT_TRUE(store_->CommitFile().ok());
  const auto rows = Scan(Query());
  ASSERT_EQ(rows.size(), static_cast<size_t>(kPersons));
  for (int i = 0; i < kPersons; ++i) {
    const Row& row = rows.at(i + 1);
    if (i % 3 == 0) {
      ASSERT_EQ(row.items[0], Valid(500 + i % 1000));
      ASSERT_EQ(row.facts, kWholeYear | kExaminedBit);
    } else {
      ASSERT_EQ(row.items[0], policy::catalogue::ItemValue());
      ASSERT_EQ(row.facts, kWholeYear);
    }
  }
}

TEST_F(YearScanTest, StopsAtTheVisitorsErrorAndRefusesBadQueries) {
  Import(Roster(Card("1")));
  const auto refuse = [](policy::consent::RowBatch, std::vector<ConsentSubjectRef>) {
    return absl::AbortedError("enough");
  };
  EXPECT_EQ(ForEachBatch(*store_, Query(), refuse).status().code(), absl::StatusCode::kAborted);
  RowQuery kind = Query(2011, v1::MEMBER_KIND_UNSPECIFIED);
  EXPECT_EQ(ForEachBatch(*store_, kind, refuse).status().code(),
            absl::StatusCode::kInvalidArgument);
  RowQuery column = Query();
  column.needed_columns = {3};
  EXPECT_EQ(ForEachBatch(*store_, column, refuse).status().code(),
            absl::StatusCode::kInvalidArgument);
  RowQuery insurer = Query(2011, kWorkplace);
  insurer.insurer_numbers = {"12"};
  EXPECT_EQ(ForEachBatch(*store_, insurer, refuse).status().code(),
            absl::StatusCode::kInvalidArgument);
  // A refused scan leaves the store usable.
  EXPECT_EQ(Import(Roster(Card("2"))), std::vector{PutOutcome::kNew});
}

}  // namespace
}  // namespace renkei::agents::cohort
