#include "agents/cohort/store.h"

#include <fstream>

#include "policy/sqlcipher/database.h"
#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::cohort {
namespace {

using policy::base::FiscalYear;
const absl::CivilDay kOctober(2011, 10, 3);

GuidanceRecord Course(Person person) {
  GuidanceRecord record;
  record.person = std::move(person);
  record.fiscal_year = FiscalYear(2011);
  record.level = 1;
  record.first_interview = kOctober;
  return record;
}

TEST_F(CohortTest, ChangesNothingWhenAFileIsImportedAgain) {
  const auto import = [&] {
    return Import(Roster(Card("1")), Exam(Card("1"), kOctober), Course(Card("1")),
                  Withdrawal(Card("1")));
  };
  EXPECT_EQ(import(), (std::vector<PutOutcome>(4, PutOutcome::kNew)));
  const int64_t version = store_->RecordVersion().value();
  EXPECT_EQ(import(), (std::vector<PutOutcome>(4, PutOutcome::kUnchanged)));
  Open();
  EXPECT_EQ(import(), (std::vector<PutOutcome>(4, PutOutcome::kUnchanged)));
  EXPECT_EQ(store_->file_counts().persons_new, 0);
  EXPECT_EQ(store_->RecordVersion().value(), version);
  EXPECT_EQ(store_->ConsentVersion().value(), 1);
}

TEST_F(CohortTest, KnowsARecordThatStandsTwiceInOneFile) {
  EXPECT_EQ(
      Import(Roster(Card("1")), Roster(Card("1")), Exam(Card("1"), kOctober),
             Exam(Card("1"), kOctober), Course(Card("1")), Course(Card("1"))),
      (std::vector<PutOutcome>{PutOutcome::kNew, PutOutcome::kUnchanged, PutOutcome::kNew,
                               PutOutcome::kUnchanged, PutOutcome::kNew, PutOutcome::kUnchanged}));
}

TEST_F(CohortTest, ReplacesACorrectedExaminationOfTheSameDay) {
  Import(Exam(Card("1"), kOctober, 850));
  EXPECT_EQ(Import(Exam(Card("1"), kOctober, 912)), std::vector{PutOutcome::kChanged});
  const auto rows = Scan(Query());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.at(1).items[0], Valid(912));
  EXPECT_EQ(counts_.further_exams, 0);
}

TEST_F(CohortTest, KeepsTheNewerFileWhenAnOlderOneComesLate) {
  Import(Exam(Card("1"), kOctober, 912));
  ExamRecord older = Exam(Card("1"), kOctober, 850);
  older.file_date -= 1;
  EXPECT_EQ(Import(older), std::vector{PutOutcome::kUnchanged});
  EXPECT_EQ(store_->file_counts().superseded, 1);
  EXPECT_EQ(Scan(Query()).at(1).items[0], Valid(912));
}

TEST_F(CohortTest, ReplacesARosterRowAndACourse) {
  GuidanceRecord finished = Course(Card("1"));
  finished.final_evaluation = absl::CivilDay(2012, 4, 10);
  finished.outcome = "completed";
  RosterRecord moved = Roster(Card("1"));
  moved.municipality = "062049";
  Import(Roster(Card("1")), Course(Card("1")));
  EXPECT_EQ(Import(moved, finished), (std::vector<PutOutcome>(2, PutOutcome::kChanged)));
  const auto rows = Scan(Query());
  EXPECT_EQ(rows.at(1).geography, 1);
  EXPECT_TRUE(rows.at(1).facts & policy::consent::kGuidanceCompletedBit);
}

TEST_F(CohortTest, LeavesNothingOfAFileThatIsRolledBack) {
  Import(Roster(Card("1")));
  ASSERT_TRUE(store_->BeginFile("broken.csv").ok());
  ASSERT_TRUE(store_->PutRoster(Roster(Card("2"))).ok());
  ASSERT_TRUE(store_->PutExam(Exam(Card("1"), kOctober)).ok());
  ASSERT_TRUE(store_->PutConsent(Withdrawal(Card("3"))).ok());
  ASSERT_TRUE(store_->PutGuidance(Course(Card("4"))).ok());
  store_->RollbackFile();
  store_->RollbackFile();
  EXPECT_EQ(Scan(Query()).size(), 1u);
  EXPECT_EQ(counts_.roster_without_exam, 1);
  EXPECT_EQ(store_->ConsentVersion().value(), 0);
  EXPECT_FALSE(store_->HasGuidance(FiscalYear(2011)).value());
  // The numbers of the persons that never were are given again.
  EXPECT_EQ(Import(Roster(Card("2"))), std::vector{PutOutcome::kNew});
  EXPECT_EQ(Scan(Query()).rbegin()->first, 2);
}

TEST_F(CohortTest, LeavesNothingOfAFileThatWasOpenWhenTheProgramEnded) {
  Import(Roster(Card("1")));
  ASSERT_TRUE(store_->BeginFile("half.csv").ok());
  for (int i = 2; i < 5000; ++i) {
    ASSERT_TRUE(store_->PutExam(Exam(Card(std::to_string(i)), kOctober)).ok());
  }
  // A copy of the files is what a killed process leaves.
  const std::string left = folder_ + "/left.db";
  std::filesystem::copy_file(path(), left);
  if (std::filesystem::exists(path() + "-wal")) {
    std::filesystem::copy_file(path() + "-wal", left + "-wal");
  }
  const auto reopened = CohortStore::Open(left, Key(), items_).value();
  int64_t rows = 0;
  const auto count = [&rows](policy::consent::RowBatch batch, std::vector<ConsentSubjectRef>) {
    rows += static_cast<int64_t>(batch.size());
    return absl::OkStatus();
  };
  EXPECT_EQ(ForEachBatch(*reopened, Query(), count)->roster_without_exam, 1);
  EXPECT_EQ(rows, 1);
}

TEST_F(CohortTest, RefusesRecordsOutsideAFileAndASecondOpenFile) {
  EXPECT_EQ(store_->PutRoster(Roster(Card("1"))).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store_->CommitFile().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store_->BeginFile("a.csv").ok());
  EXPECT_EQ(store_->BeginFile("b.csv").code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CohortTest, RefusesARecordThatCannotBeStoredAndGoesOn) {
  ASSERT_TRUE(store_->BeginFile("a.csv").ok());
  RosterRecord backwards = Roster(Card("1"));
  std::swap(backwards.enrolled_from, backwards.enrolled_to);
  EXPECT_EQ(store_->PutRoster(backwards).status().code(), absl::StatusCode::kInvalidArgument);
  RosterRecord insurer = Roster(Card("1"));
  insurer.insurer_number = "123";
  EXPECT_EQ(store_->PutRoster(insurer).status().code(), absl::StatusCode::kInvalidArgument);
  ExamRecord items = Exam(Card("1"), kOctober);
  items.items.resize(4);
  EXPECT_EQ(store_->PutExam(items).status().code(), absl::StatusCode::kInvalidArgument);
  ConsentRecord event = Withdrawal(Card("1"));
  event.event.categories = {static_cast<v1::DataCategory>(99)};
  EXPECT_EQ(store_->PutConsent(event).status().code(), absl::StatusCode::kInvalidArgument);
  ExamRecord ancient = Exam(Card("1"), absl::CivilDay(1500, 1, 1));
  EXPECT_EQ(store_->PutExam(ancient).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(store_->PutRoster(Roster(Card("1"))).ok());
  ASSERT_TRUE(store_->CommitFile().ok());
  EXPECT_EQ(store_->file_counts().persons_new, 1);
}

TEST_F(CohortTest, LetsTheRosterDecideWhenAPersonIdComesWithAnotherBirthDate) {
  Import(Exam(Local("E1", absl::CivilDay(1961, 5, 1)), kOctober));
  Import(Roster(Local("E1", absl::CivilDay(1960, 5, 1))));
  EXPECT_EQ(store_->file_counts().identity_conflicts, 1);
  EXPECT_EQ(Scan(Query()).at(1).age, 51);
  Import(Exam(Local("E1", absl::CivilDay(1999, 5, 1)), kOctober));
  EXPECT_EQ(store_->file_counts().identity_conflicts, 1);
  EXPECT_EQ(Scan(Query()).at(1).age, 51);
}

TEST_F(CohortTest, SeesPersonsThatAnotherProcessAdded) {
  Import(Roster(Card("1")));
  const auto other = CohortStore::Open(path(), Key(), items_).value();
  ASSERT_TRUE(other->BeginFile("other.csv").ok());
  ASSERT_TRUE(other->PutRoster(Roster(Card("2"))).ok());
  ASSERT_TRUE(other->CommitFile().ok());
  Import(Exam(Card("2"), kOctober), Exam(Card("3"), kOctober));
  const auto rows = Scan(Query());
  EXPECT_EQ(rows.size(), 3u);
  EXPECT_TRUE(rows.at(2).facts & policy::consent::kEligibleBit);
}

TEST_F(CohortTest, ReadsValuesOfAnOlderItemTableByName) {
  Import(Exam(Card("1"), kOctober, 912));
  items_ = Items(std::string(kTgRow) + kWaistRow + kSbpRow);
  Open();
  EXPECT_EQ(Scan(Query()).at(1).items,
            (std::vector<policy::catalogue::ItemValue>{{}, Valid(912), Valid(128)}));
  // Without an item it is not read; another number of decimals is refused by its name.
  items_ = Items(kSbpRow);
  Open();
  RowQuery one = Query();
  one.needed_columns = {0};
  EXPECT_EQ(Scan(one).at(1).items, std::vector{Valid(128)});
  std::string waist = kWaistRow;
  waist.replace(waist.find(",cm,1,"), 6, ",cm,0,");
  waist.replace(waist.find("40.0,250.0"), 10, "40,250");
  const policy::catalogue::ItemTable changed = Items(waist);
  store_.reset();
  const absl::Status status = CohortStore::Open(path(), Key(), changed).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("waist_cm"), absl::string_view::npos);
}

TEST_F(CohortTest, ListsFiscalYearsAndGuidance) {
  Import(Exam(Card("1"), absl::CivilDay(2012, 3, 31)), Exam(Card("1"), absl::CivilDay(2012, 4, 1)),
         Roster(Card("1"), 2009), Course(Card("1")));
  EXPECT_EQ(store_->FiscalYears().value(),
            (std::vector<FiscalYear>{FiscalYear(2009), FiscalYear(2011), FiscalYear(2012)}));
  EXPECT_TRUE(store_->HasGuidance(FiscalYear(2011)).value());
  EXPECT_FALSE(store_->HasGuidance(FiscalYear(2012)).value());
}

TEST_F(CohortTest, KeepsNothingReadableOnDisk) {
  Import(Roster(Local("NEEDLE-NEEDLE")), Exam(Local("NEEDLE-NEEDLE"), kOctober));
  store_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(bytes.find("NEEDLE"), std::string::npos);
    EXPECT_EQ(bytes.find("SQLite format"), std::string::npos);
  }
  const auto wrong = policy::base::Secret::Copy(std::vector<uint8_t>(32, 8));
  EXPECT_EQ(CohortStore::Open(path(), wrong, items_).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(CohortTest, MatchesACardWithoutBranchToTheOnlyOneThatHasIt) {
  Import(Roster(Card("1", "1")), Exam(Card("1"), kOctober, 912));
  auto rows = Scan(Query());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.begin()->first, 1);
  EXPECT_EQ(rows.at(1).facts, policy::consent::kEligibleBit | policy::consent::kExaminedBit |
                                  policy::consent::kOnRosterBit |
                                  policy::consent::kInsuredApril1Bit);
  EXPECT_EQ(rows.at(1).items[0], Valid(912));
  EXPECT_EQ(counts_.exam_without_roster, 0);

  // A twin of the same sex: nobody can tell whose examination it was.
  Import(Roster(Card("1", "2")));
  rows = Scan(Query());
  EXPECT_EQ(rows.size(), 3u);
  EXPECT_EQ(counts_.ambiguous_branch, 1);
  EXPECT_EQ(counts_.exam_without_roster, 1);
  EXPECT_EQ(counts_.roster_without_exam, 2);
}

TEST_F(CohortTest, MatchesBranchesInWhateverOrderTheFilesCome) {
  Import(Exam(Card("1"), kOctober, 912), Course(Card("1")));
  Import(Roster(Card("1", "1")), Roster(Card("1", "1", absl::CivilDay(1985, 1, 1))));
  const auto rows = Scan(Query());
  ASSERT_EQ(rows.size(), 1u);  // the child on the same card is under 40
  EXPECT_EQ(rows.begin()->second.items[0], Valid(912));
  EXPECT_TRUE(rows.begin()->second.facts & policy::consent::kGuidanceStartedBit);
  EXPECT_EQ(counts_.outside_age, 1);
}

TEST_F(CohortTest, ChoosesOneExaminationOfBothCards) {
  Import(Exam(Card("1"), kOctober, 912), Exam(Card("1", "1"), kOctober + 1, 850));
  EXPECT_EQ(Scan(Query()).begin()->second.items[0], Valid(850));
  EXPECT_EQ(counts_.further_exams, 1);
  Import(Exam(Card("1"), kOctober + 2, 777));
  EXPECT_EQ(Scan(Query()).begin()->second.items[0], Valid(777));
  EXPECT_EQ(counts_.further_exams, 2);
}

}  // namespace
}  // namespace renkei::agents::cohort
