#include "agents/consent/ledger.h"

#include <gtest/gtest.h>

#include "policy/base/clock.h"
#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::consent {
namespace {

using cohort::ConsentRecord;
using cohort::ConsentSubjectRef;
using cohort::Person;
using cohort::PutOutcome;
using policy::consent::CategoryOutcomes;
using policy::consent::Event;
using policy::consent::EventType;
using policy::consent::FoldOutcome;

constexpr v1::DataCategory kExam = v1::DATA_CATEGORY_EXAM_RESULT;

absl::Time Day(int day) {
  return absl::FromCivil(absl::CivilDay(2012, 6, 1) + day, policy::base::Jst());
}

class LedgerTest : public cohort::CohortTest {
 protected:
  LedgerTest() { texts_.Add(v1::PURPOSE_REGIONAL_PLANNING, "form@1"); }

  static ConsentRecord Of(Person person, EventType type, int day) {
    ConsentRecord record;
    record.person = std::move(person);
    record.event.type = type;
    record.event.event_time = Day(day);
    record.event.effective_at = Day(day);
    record.event.basis =
        type == EventType::kGiven ? v1::LEGAL_BASIS_CONSENT : v1::LEGAL_BASIS_UNSPECIFIED;
    record.event.text_ref = type == EventType::kGiven ? "form@1" : "";
    return record;
  }
  Snapshot Take(int instant, std::optional<int> denials_until = std::nullopt) {
    Ledger ledger(*store_, texts_);
    SnapshotQuery query;
    query.purpose = v1::PURPOSE_REGIONAL_PLANNING;
    query.instant = Day(instant);
    if (denials_until.has_value()) query.denials_until = Day(*denials_until);
    absl::StatusOr<Snapshot> snapshot = ledger.Take(query);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return *std::move(snapshot);
  }
  static FoldOutcome ExamOf(const Snapshot& snapshot, cohort::PersonId person) {
    return snapshot.Of({person}).by_category[kExam];
  }

  policy::consent::AcceptedTexts texts_;
};

TEST_F(LedgerTest, SaysAbsentOfPersonsWithoutEvents) {
  Import(Roster(Card("1")));
  const Snapshot snapshot = Take(5);
  EXPECT_EQ(snapshot.Of({1}), CategoryOutcomes::AllAbsent());
  EXPECT_EQ(snapshot.Of({999}), CategoryOutcomes::AllAbsent());
  EXPECT_EQ(snapshot.last_change(), 0);
  EXPECT_EQ(snapshot.stands_until(), absl::InfiniteFuture());
  // No person at all permits nothing.
  EXPECT_EQ(snapshot.Of({0}), CategoryOutcomes());
}

TEST_F(LedgerTest, FoldsEachPersonsOwnEvents) {
  Import(Of(Card("1"), EventType::kGiven, 1), Of(Card("2"), EventType::kRefused, 1),
         Of(Card("3"), EventType::kGiven, 1), Of(Card("3"), EventType::kWithdrawn, 3),
         Of(Card("1"), EventType::kRenewed, 9));
  const Snapshot snapshot = Take(5);
  EXPECT_EQ(ExamOf(snapshot, 1), FoldOutcome::kGranted);
  EXPECT_EQ(ExamOf(snapshot, 2), FoldOutcome::kDenied);
  EXPECT_EQ(ExamOf(snapshot, 3), FoldOutcome::kDenied);
  EXPECT_EQ(snapshot.counts().events, 5);
  EXPECT_EQ(snapshot.counts().persons, 3);
  EXPECT_EQ(snapshot.last_change(), 5);
  const std::vector<ConsentSubjectRef> refs = {{3}, {1}, {7}};
  const auto outcomes = snapshot.OutcomesFor(refs);
  EXPECT_EQ(outcomes[0].by_category[kExam], FoldOutcome::kDenied);
  EXPECT_EQ(outcomes[1].by_category[kExam], FoldOutcome::kGranted);
  EXPECT_EQ(outcomes[2], CategoryOutcomes::AllAbsent());
}

TEST_F(LedgerTest, CountsAWithdrawalBeforeTheInstantAndOneAfterItOnlyWhenAskedLater) {
  Import(Of(Card("1"), EventType::kGiven, 1), Of(Card("1"), EventType::kWithdrawn, 7));
  EXPECT_EQ(ExamOf(Take(6), 1), FoldOutcome::kGranted);
  EXPECT_EQ(ExamOf(Take(7), 1), FoldOutcome::kDenied);
  EXPECT_EQ(ExamOf(Take(6, 7), 1), FoldOutcome::kDenied);
  EXPECT_EQ(ExamOf(Take(6, 6), 1), FoldOutcome::kGranted);
  EXPECT_EQ(Take(6).stands_until(), Day(7));
  EXPECT_EQ(Take(6, 7).stands_until(), absl::InfiniteFuture());
}

TEST_F(LedgerTest, TakesAGrantBackThatWasInvalidatedOrCorrectedAfterTheInstant) {
  ConsentRecord invalidated = Of(Card("1"), EventType::kInvalidated, 7);
  invalidated.event.refers_to = Day(1);
  // The form spoke of the questionnaire alone.
  ConsentRecord corrected = Of(Card("2"), EventType::kCorrected, 7);
  corrected.event.refers_to = Day(1);
  corrected.event.text_ref = "form@1";
  corrected.event.categories = {v1::DATA_CATEGORY_QUESTIONNAIRE};
  ConsentRecord corrected_date = Of(Card("3"), EventType::kCorrected, 7);
  corrected_date.event.refers_to = Day(1);
  corrected_date.event.text_ref = "form@1";
  Import(Of(Card("1"), EventType::kGiven, 1), Of(Card("2"), EventType::kGiven, 1),
         Of(Card("3"), EventType::kGiven, 1), invalidated, corrected, corrected_date);
  for (const cohort::PersonId person : {1, 2, 3}) {
    EXPECT_EQ(ExamOf(Take(6, 6), person), FoldOutcome::kGranted);
  }
  EXPECT_EQ(ExamOf(Take(6, 7), 1), FoldOutcome::kAbsent);
  EXPECT_EQ(ExamOf(Take(6, 7), 2), FoldOutcome::kAbsent);
  EXPECT_EQ(ExamOf(Take(6, 7), 3), FoldOutcome::kGranted);
}

TEST_F(LedgerTest, AGrantThatRunsOutAfterTheInstantStands) {
  ConsentRecord given = Of(Card("1"), EventType::kGiven, 1);
  given.event.valid_to = Day(7);
  Import(given);
  EXPECT_EQ(ExamOf(Take(6, 9), 1), FoldOutcome::kGranted);
  EXPECT_EQ(ExamOf(Take(7, 9), 1), FoldOutcome::kAbsent);
}

TEST_F(LedgerTest, NeverCountsAGrantThatCameAfterTheInstant) {
  Import(Of(Card("1"), EventType::kGiven, 7));
  EXPECT_EQ(ExamOf(Take(6, 9), 1), FoldOutcome::kAbsent);
}

TEST_F(LedgerTest, AppendsOnceAndNumbersWithoutGaps) {
  Ledger ledger(*store_, texts_);
  EXPECT_EQ(ledger.LastChange().value(), 0);
  EXPECT_EQ(Import(Of(Card("1"), EventType::kGiven, 1), Of(Card("2"), EventType::kGiven, 1)),
            (std::vector<PutOutcome>(2, PutOutcome::kNew)));
  EXPECT_EQ(
      Import(Of(Card("1"), EventType::kGiven, 1), Of(Card("2"), EventType::kGiven, 1),
             Of(Card("2"), EventType::kWithdrawn, 2)),
      (std::vector<PutOutcome>{PutOutcome::kUnchanged, PutOutcome::kUnchanged, PutOutcome::kNew}));
  EXPECT_EQ(ledger.LastChange().value(), 3);
  std::vector<int64_t> sequences;
  ASSERT_TRUE(store_
                  ->ForEachConsentEvent([&](const cohort::CohortStore::StoredEvent& stored) {
                    sequences.push_back(stored.sequence);
                    return absl::OkStatus();
                  })
                  .ok());
  std::sort(sequences.begin(), sequences.end());
  EXPECT_EQ(sequences, (std::vector<int64_t>{1, 2, 3}));
}

TEST_F(LedgerTest, FindsTheEventsOfBothCardsOfAPerson) {
  Import(Of(Card("1", "1"), EventType::kGiven, 1), Of(Card("1"), EventType::kWithdrawn, 3),
         Roster(Card("1", "1")));
  EXPECT_EQ(ExamOf(Take(2), 1), FoldOutcome::kGranted);
  EXPECT_EQ(ExamOf(Take(3), 1), FoldOutcome::kDenied);
  EXPECT_EQ(ExamOf(Take(3), 2), FoldOutcome::kDenied);
  // With a twin the withdrawal belongs to nobody that is known.
  Import(Roster(Card("1", "2")));
  EXPECT_EQ(ExamOf(Take(3), 1), FoldOutcome::kGranted);
}

TEST_F(LedgerTest, RefusesAnUnspecifiedPurpose) {
  Ledger ledger(*store_, texts_);
  EXPECT_EQ(ledger.Take({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(LedgerTest, LeadsFromTheStoreThroughTheGateToConsentedRows) {
  Import(Roster(Card("1")), Roster(Card("2")), Roster(Card("3")),
         Of(Card("1"), EventType::kGiven, 1), Of(Card("2"), EventType::kRefused, 1));
  v1::Catalogue catalogue;
  catalogue.add_family()->add_reads(kExam);
  v1::DataUseAgreement statute;
  statute.add_basis()->set_basis(v1::LEGAL_BASIS_STATUTE);
  const struct {
    v1::DataUseAgreement agreement;
    policy::consent::CoverageCounts counts;
    std::vector<uint32_t> families;
  } cases[] = {{v1::DataUseAgreement(), {3, 1, 1, 1}, {1, 0, 0}},
               {statute, {3, 2, 1, 0}, {1, 0, 1}}};
  for (const auto& c : cases) {
    const auto gate = policy::consent::ConsentGate::Make(
        catalogue, policy::consent::BasisTable::FromAgreement(c.agreement).value());
    const Snapshot snapshot = Take(5);
    std::vector<policy::consent::CoverageCounts> coverage(1);
    std::vector<uint32_t> families;
    const auto admit = [&](policy::consent::RowBatch rows, std::vector<ConsentSubjectRef> refs) {
      const auto outcomes = snapshot.OutcomesFor(refs);
      gate->Count(rows, outcomes, coverage);
      families = gate->Admit(std::move(rows), outcomes).families();
      return absl::OkStatus();
    };
    ASSERT_TRUE(cohort::ForEachBatch(*store_, Query(), admit).ok());
    EXPECT_EQ(coverage[0], c.counts);
    EXPECT_EQ(families, c.families);
  }
}

}  // namespace
}  // namespace renkei::agents::consent
