#include <filesystem>

#include "policy/sqlcipher/database.h"
#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::cohort {
namespace {

using policy::base::FiscalYear;
using policy::sqlcipher::Database;

const absl::CivilDay kOctober(2011, 10, 3);

class ForgetTest : public CohortTest {
 protected:
  // Everything that a person can leave, in the fiscal years 2009 to 2013.
  void ImportAll(const Person& person) {
    GuidanceRecord course;
    course.person = person;
    course.fiscal_year = FiscalYear(2012);
    ClaimRecord claim;
    claim.person = person;
    claim.service_year = 2010;
    claim.service_month = 3;
    claim.claim_type = policy::catalogue::kInpatient;
    claim.points = 77;
    AbsenceRecord absence;
    absence.person = person;
    absence.start = absence.end = absl::CivilDay(2013, 4, 1);
    Import(Roster(person, 2010), Exam(person, kOctober, 912), course, claim, absence,
           Withdrawal(person));
    Import(Exam(person, kOctober, 913));  // the replaced one stays as a dead row
  }
  int64_t Number(const char* sql) {
    const std::unique_ptr<Database> database = Database::Open(path(), Key()).value();
    auto read = database->Prepare(sql).value();
    EXPECT_TRUE(read.Step().value());
    return read.Int(0);
  }
};

TEST_F(ForgetTest, ErasesEveryTraceAndNamesTheYears) {
  ImportAll(Card("1"));
  Import(Roster(Card("2")), Exam(Card("2"), kOctober, 850), Withdrawal(Card("2")));
  const int64_t version = store_->RecordVersion().value();
  const int64_t consent = store_->ConsentVersion().value();
  const CohortStore::Traces before = store_->TracesOf(Card("1")).value();
  EXPECT_EQ(store_->RecordVersion().value(), version);
  const CohortStore::Traces erased = store_->Forget(Card("1")).value();
  for (const CohortStore::Traces& traces : {before, erased}) {
    EXPECT_EQ(traces.persons, 1);
    EXPECT_EQ(traces.examinations, 2);
    EXPECT_EQ(traces.roster_rows, 1);
    EXPECT_EQ(traces.guidance_courses, 1);
    EXPECT_EQ(traces.claims, 1);
    EXPECT_EQ(traces.absences, 1);
    EXPECT_EQ(traces.consent_events, 1);
    EXPECT_EQ(traces.fiscal_years,
              (std::vector<FiscalYear>{FiscalYear(2009), FiscalYear(2010), FiscalYear(2011),
                                       FiscalYear(2012), FiscalYear(2013)}));
  }
  EXPECT_GT(store_->RecordVersion().value(), version);
  EXPECT_GT(store_->ConsentVersion().value(), consent);
  const auto rows = Scan(Query());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.at(2).items[0], Valid(850));
  store_.reset();
  EXPECT_EQ(Number("SELECT (SELECT count(*) FROM roster) * 100 + (SELECT count(*) FROM guidance) + "
                   "(SELECT count(*) FROM claims) + (SELECT count(*) FROM absences)"),
            100);
  EXPECT_EQ(Number("SELECT count(*) FROM consent_events"), 1);
  EXPECT_EQ(Number("SELECT substr(keys, 1, 16) = zeroblob(16) AND substr(words, 1, 4) = "
                   "zeroblob(4) AND substr(cards, 1, 16) = zeroblob(16) FROM person_chunks"),
            1);
  EXPECT_EQ(Number("SELECT count(*) FROM exam_chunks"), 1);
  EXPECT_EQ(
      std::filesystem::exists(path() + "-wal") ? std::filesystem::file_size(path() + "-wal") : 0u,
      0u);
}

TEST_F(ForgetTest, IsHarmlessAgainAndForWhoWasNeverHere) {
  ImportAll(Card("1"));
  ASSERT_EQ(store_->Forget(Card("1"))->persons, 1);
  const int64_t version = store_->RecordVersion().value();
  EXPECT_EQ(store_->Forget(Card("1"))->persons, 0);
  EXPECT_EQ(store_->Forget(Local("nobody"))->persons, 0);
  EXPECT_TRUE(store_->TracesOf(Local("nobody"))->fiscal_years.empty());
  EXPECT_EQ(store_->RecordVersion().value(), version);
}

TEST_F(ForgetTest, TakesAForgottenPersonForANewOneWhenAFileBringsThemAgain) {
  ImportAll(Card("1"));
  Import(Exam(Card("2"), kOctober, 850));
  ASSERT_TRUE(store_->Forget(Card("1")).ok());
  EXPECT_EQ(Import(Exam(Card("1"), kOctober, 801)), std::vector{PutOutcome::kNew});
  EXPECT_EQ(store_->file_counts().persons_new, 1);
  Open();
  const auto rows = Scan(Query());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.at(2).items[0], Valid(850));
  EXPECT_EQ(rows.at(3).items[0], Valid(801));
}

TEST_F(ForgetTest, GivesNoEventNumberTwice) {
  Import(Withdrawal(Card("1"), 1), Withdrawal(Card("2"), 2));
  ASSERT_TRUE(store_->Forget(Card("2")).ok());
  const int64_t after = store_->ConsentVersion().value();
  EXPECT_GT(after, 2);
  Import(Withdrawal(Card("3"), 3));
  EXPECT_GT(store_->ConsentVersion().value(), after);
}

TEST_F(ForgetTest, ForgetsBothCardsOfAPersonWhicheverIsGiven) {
  for (const char* branch : {"1", ""}) {
    Import(Roster(Card("1", "1")), Exam(Card("1"), kOctober));
    const CohortStore::Traces traces = store_->Forget(Card("1", branch)).value();
    EXPECT_EQ(traces.persons, 2);
    EXPECT_EQ(traces.examinations, 1);
    EXPECT_FALSE(traces.has_unclear_records);
    EXPECT_TRUE(Scan(Query()).empty());
  }
}

TEST_F(ForgetTest, DoesNotGuessWhoseCardItIs) {
  Import(Roster(Card("1", "1")), Roster(Card("1", "2")));
  EXPECT_EQ(store_->Forget(Card("1")).status().code(), absl::StatusCode::kFailedPrecondition);
  Import(Exam(Card("1"), kOctober));
  const CohortStore::Traces twin = store_->Forget(Card("1", "2")).value();
  EXPECT_EQ(twin.persons, 1);
  EXPECT_TRUE(twin.has_unclear_records);
  // The unclear records do not become the other twin's.
  const CohortStore::Traces other = store_->TracesOf(Card("1", "1")).value();
  EXPECT_EQ(other.persons, 1);
  EXPECT_EQ(other.examinations, 0);
  EXPECT_EQ(store_->BranchLinks()->links.size(), 0u);
  const CohortStore::Traces unclear = store_->Forget(Card("1")).value();
  EXPECT_EQ(unclear.persons, 1);
  EXPECT_EQ(unclear.examinations, 1);
  EXPECT_EQ(store_->TracesOf(Card("1", "1"))->persons, 1);
}

TEST_F(ForgetTest, SaysThatRecordsWithoutBranchMayBeThePersons) {
  Import(Exam(Card("1"), kOctober));
  const CohortStore::Traces traces = store_->TracesOf(Card("1", "1")).value();
  EXPECT_EQ(traces.persons, 0);
  EXPECT_TRUE(traces.has_unclear_records);
  EXPECT_EQ(store_->Forget(Card("1"))->examinations, 1);
}

TEST_F(ForgetTest, RefusesALocalNumberOfAPersonWithAnotherBirthDateOrSex) {
  Import(Roster(Local("e1")));
  Person other_day = Local("e1");
  other_day.birth_date += 1;
  EXPECT_EQ(store_->Forget(other_day).status().code(), absl::StatusCode::kFailedPrecondition);
  Person other_sex = Local("e1");
  other_sex.sex ^= 1;
  EXPECT_EQ(store_->Forget(other_sex).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store_->Forget(Local("e1"))->persons, 1);
}

TEST_F(ForgetTest, KeepsTheOtherRowsOfFullChunks) {
  ASSERT_TRUE(store_->BeginFile("many.csv").ok());
  for (int i = 1; i <= 9000; ++i) {
    ASSERT_TRUE(store_->PutExam(Exam(Card(std::to_string(i)), kOctober, 500 + i % 1000)).ok());
  }
  ASSERT_TRUE(store_->CommitFile().ok());
  for (const int i : {1, 4096, 4097, 9000}) {
    ASSERT_EQ(store_->Forget(Card(std::to_string(i)))->persons, 1);
  }
  Open();
  const auto rows = Scan(Query(), 2);
  EXPECT_EQ(rows.size(), 8996u);
  for (const auto& [person, row] : rows) {
    ASSERT_EQ(row.items[0], Valid(500 + static_cast<int>(person) % 1000));
  }
  // The store goes on taking files.
  EXPECT_EQ(Import(Exam(Card("2"), kOctober, 502), Exam(Card("9001"), kOctober, 700)),
            (std::vector<PutOutcome>{PutOutcome::kUnchanged, PutOutcome::kNew}));
  EXPECT_EQ(Scan(Query()).at(9001).items[0], Valid(700));
}

TEST_F(ForgetTest, RefusesWhileAFileIsOpen) {
  ASSERT_TRUE(store_->BeginFile("open.csv").ok());
  EXPECT_EQ(store_->Forget(Card("1")).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store_->TracesOf(Card("1")).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace renkei::agents::cohort
