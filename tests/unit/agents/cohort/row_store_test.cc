#include "agents/cohort/row_store.h"

#include "tests/unit/agents/cohort/row_store_fixture.h"

namespace renkei::agents::cohort {
namespace {

const absl::CivilDay kOctober(2011, 10, 3);

TEST_F(RowStoreTest, MovesEveryRowAndKnowsItsFilesAgain) {
  ExamRecord first = Exam(Card("1", "1"), kOctober, 912);
  first.items = {
      {70'000, ValueState::kValid}, {0, ValueState::kNotDone}, {2100, ValueState::kMarkedHigh}};
  ExamRecord employer = Exam(Card("1", "1"), kOctober + 9, 850);
  employer.report_type = 40;
  const ExamRecord without_branch = Exam(Card("2"), kOctober, 777);
  const ExamRecord local = Exam(Local("E1"), absl::CivilDay(2012, 4, 1), 801);
  MakeOld(items_, {{first.person, {first, employer}},
                   {Card("2", "3"), {}},
                   {without_branch.person, {without_branch}},
                   {local.person, {local}}});
  Open();
  EXPECT_EQ(store_->RecordVersion().value(), 41);
  auto rows = Scan(Query());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.at(1).items, first.items);
  EXPECT_EQ(counts_.further_exams, 1);
  EXPECT_EQ(rows.at(2).items[0], Valid(777));  // by the only card of that number
  EXPECT_EQ(Scan(Query(2012)).at(4).items[0], Valid(801));
  EXPECT_EQ(Import(first, employer, without_branch, local),
            (std::vector<PutOutcome>(4, PutOutcome::kUnchanged)));
  EXPECT_EQ(store_->file_counts().persons_new, 0);
  EXPECT_EQ(store_->RecordVersion().value(), 41);
  Open();
  EXPECT_EQ(Scan(Query()).size(), 2u);
}

TEST_F(RowStoreTest, KeepsItemsThatTheItemTableNoLongerHas) {
  const ExamRecord exam = Exam(Card("1"), kOctober, 912);
  MakeOld(items_, {{exam.person, {exam}}});
  items_ = Items(kSbpRow);
  Open();
  items_ = Items(std::string(kTgRow) + kWaistRow + kSbpRow);
  Open();
  EXPECT_EQ(Scan(Query()).at(1).items, (std::vector<ItemValue>{{}, Valid(912), Valid(128)}));
}

TEST_F(RowStoreTest, MovesNothingWhenARowIsBroken) {
  const ExamRecord exam = Exam(Card("1"), kOctober, 912);
  MakeOld(items_, {{exam.person, {exam}}});
  {
    const std::unique_ptr<Database> old = Database::Open(path(), Key()).value();
    ASSERT_TRUE(old->Execute("CREATE TABLE kept AS SELECT * FROM exams; "
                             "UPDATE exams SET content = x'0900'")
                    .ok());
  }
  EXPECT_EQ(CohortStore::Open(path(), Key(), items_).status().code(), absl::StatusCode::kDataLoss);
  {
    const std::unique_ptr<Database> old = Database::Open(path(), Key()).value();
    ASSERT_TRUE(old->Execute("DELETE FROM exams; INSERT INTO exams SELECT * FROM kept").ok());
  }
  Open();
  EXPECT_EQ(Scan(Query()).at(1).items[0], Valid(912));
}

}  // namespace
}  // namespace renkei::agents::cohort
