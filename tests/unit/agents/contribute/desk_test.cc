// From persons in a real store to the draft in the outbox, and what a withdrawal changes.
#include "tests/unit/agents/contribute/desk_fixture.h"

namespace renkei::agents::contribute {
namespace {

using Pair = std::pair<uint64_t, uint64_t>;

TEST_F(DeskTest, CountsSignsAndKeepsOneDraft) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const auto prepared = desk_->Prepare(kRoundId, now_);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_EQ(prepared->outcome, Prepared::Outcome::kDraft);
  EXPECT_EQ(Cell(prepared->entry, 0), Pair(12, 30));
  EXPECT_EQ(Cell(prepared->entry, 1), Pair(12, 12)) << "a BMI of 26.0 is a finding";
  const v1::ContributionStatement statement = StatementOf(prepared->entry);
  EXPECT_TRUE(crypto::VerifyEnvelope(prepared->entry.envelope, crypto::kContributionType,
                                     signer_->public_key())
                  .ok());
  EXPECT_EQ(statement.aud(), "hub.example/log/1");
  EXPECT_EQ(statement.not_after().seconds() - statement.issued_at().seconds(), 7 * 86'400);
  EXPECT_EQ(statement.coverage().included().rounded_to_ten(), 30u);
  EXPECT_TRUE(statement.collected(0));
  EXPECT_FALSE(statement.collected(2)) << "no guidance file was delivered";
  // Nothing changed: the very same bytes stay.
  const auto again = desk_->Prepare(kRoundId, now_ + absl::Minutes(5));
  EXPECT_EQ(again->entry.request_id, prepared->entry.request_id);
  EXPECT_EQ(again->entry.payload_sha256, prepared->entry.payload_sha256);
  EXPECT_TRUE(outbox_->Waiting()->empty()) << "a draft does not leave";
}

TEST_F(DeskTest, AnImportAfterThePreviewIsNoticed) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const OutboxEntry draft = desk_->Prepare(kRoundId, now_)->entry;
  ASSERT_TRUE(outbox_->SetPreviewed(draft.request_id).ok());
  EXPECT_FALSE(desk_->Prepare(kRoundId, now_)->differs_from_preview);
  Import(31, 12);
  const auto changed = desk_->Prepare(kRoundId, now_);
  EXPECT_TRUE(changed->differs_from_preview);
  EXPECT_EQ(Cell(changed->entry, 0), Pair(12, 31));
  EXPECT_EQ(outbox_->Find(draft.request_id)->state, OutboxState::kReplaced);
}

TEST_F(DeskTest, ADenialIsSeenThatAnImportTiesToAPersonDuringTheCount) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const auto card = [this](const std::string& branch) {
    cohort::PersonColumns columns;
    columns.insurer_number = "00060038";
    columns.symbol = "12";
    columns.number = "345";
    columns.branch = branch;
    columns.birth_date = absl::CivilDay(1969, 6, 1);
    return *pseudonymiser_.Make(columns);
  };
  Withdraw(card(""), now_);
  int counts = 0;
  tabulator_->before_scan = [&] {
    if (++counts > 1) return;
    cohort::RosterRecord roster;
    roster.person = card("1");
    roster.fiscal_year = base::FiscalYear(2011);
    roster.municipality = "062031";
    roster.enrolled_from = roster.fiscal_year.first_day();
    roster.enrolled_to = roster.fiscal_year.last_day();
    ASSERT_TRUE(store_->BeginFile("roster").ok());
    ASSERT_TRUE(store_->PutRoster(roster).ok());
    ASSERT_TRUE(store_->CommitFile().ok());
  };
  const auto prepared = desk_->Prepare(kRoundId, now_);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_EQ(Cell(prepared->entry, 0), Pair(12, 30)) << "the 31st person withdrew";
  EXPECT_EQ(counts, 2);
}

TEST_F(DeskTest, GivesUpWhileFilesAreImportedWithoutPause) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  int persons = 30;
  tabulator_->before_scan = [&] { Import(++persons, 12); };
  EXPECT_EQ(desk_->Prepare(kRoundId, now_).status().code(), absl::StatusCode::kAborted);
  tabulator_->before_scan = nullptr;
  EXPECT_EQ(Cell(desk_->Prepare(kRoundId, now_)->entry, 0), Pair(12, 35));
}

TEST_F(DeskTest, AWithdrawalBetweenDraftAndSendIsSeenByTheRecheck) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const OutboxEntry draft = desk_->Prepare(kRoundId, now_)->entry;
  Drafting at_once = Now();
  EXPECT_EQ(at_once.recheck(draft)->verdict, Recheck::Verdict::kUnchanged);

  Withdraw(3, now_ + absl::Hours(1));  // dated ahead
  const auto before = at_once.recheck(draft);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->verdict, Recheck::Verdict::kSameCounts);
  ASSERT_TRUE(outbox_->SetConsentMark(draft.request_id, before->mark).ok());
  EXPECT_EQ(at_once.recheck(*outbox_->Find(draft.request_id))->verdict,
            Recheck::Verdict::kUnchanged);

  Drafting later = desk_->MakeDrafting([this] { return now_ + absl::Hours(1); });
  EXPECT_EQ(later.recheck(*outbox_->Find(draft.request_id))->verdict,
            Recheck::Verdict::kOtherCounts)
      << "the dated withdrawal is in force now";
  const auto fresh = later.draft(kRoundId, 2, draft.request_id);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_EQ(Cell(*fresh, 0), Pair(11, 29));
  EXPECT_EQ(fresh->revision, 2u);
  EXPECT_EQ(fresh->supersedes, draft.request_id);
}

TEST_F(DeskTest, AWithdrawalDuringALongDeliveryIsInForceAtTheNextLook) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const OutboxEntry draft = desk_->Prepare(kRoundId, now_)->entry;
  Drafting drafting = Now();
  now_ += absl::Seconds(20);  // another round's call to the hub
  Withdraw(3, now_);
  EXPECT_EQ(drafting.recheck(draft)->verdict, Recheck::Verdict::kOtherCounts);
}

TEST_F(DeskTest, AnEntryDoesNotLeaveUnderAnAgreementThatHasEnded) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const OutboxEntry draft = desk_->Prepare(kRoundId, now_)->entry;
  Drafting drafting = Now();
  EXPECT_TRUE(drafting.recheck(draft).ok());
  ASSERT_TRUE(agreements_->SetActive(kDuaId, 1, now_ + absl::Hours(1)).ok());
  EXPECT_TRUE(drafting.recheck(draft).ok());
  now_ += absl::Hours(1);
  EXPECT_EQ(drafting.recheck(draft).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(DeskTest, ACheckpointStandsUntilALaterOneWasSent) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  Drafting drafting = Now();
  const OutboxEntry unsealed = desk_->Prepare(kRoundId, now_)->entry;
  EXPECT_FALSE(drafting.recheck(unsealed)->checkpoint_stands) << "a draft has none";
  ASSERT_TRUE(outbox_->Seal(*drafting.seal(unsealed), now_).ok());
  const OutboxEntry draft = *outbox_->Find(unsealed.request_id);
  EXPECT_TRUE(drafting.recheck(draft)->checkpoint_stands);
  const auto send = [&](const std::string& id, uint64_t consent_size) {
    OutboxEntry other = draft;
    other.request_id = id;
    other.round_id = "01890a5d-ac96-774b-bcce-000000000002";
    other.consent_size = consent_size;
    ASSERT_TRUE(outbox_->Put(other, now_).ok());
    ASSERT_TRUE(outbox_->Approve(id, now_).ok());
    ASSERT_TRUE(outbox_->MarkSent(id, now_).ok());
  };
  send("earlier", draft.consent_size - 1);
  EXPECT_TRUE(drafting.recheck(draft)->checkpoint_stands) << "it is proven to continue that one";
  send("later", draft.consent_size + 1);
  EXPECT_FALSE(drafting.recheck(draft)->checkpoint_stands);
  ASSERT_TRUE(outbox_->MarkRefused("later", "certificate expired", now_).ok());
  EXPECT_FALSE(drafting.recheck(draft)->checkpoint_stands) << "the hub may have taken it before";
}

TEST_F(DeskTest, SignsAgainWithTheSameCountsUnderANewId) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const OutboxEntry draft = desk_->Prepare(kRoundId, now_)->entry;
  const auto again =
      desk_->MakeDrafting([this] { return now_ + absl::Hours(200); }).sign_again(draft);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_NE(again->request_id, draft.request_id);
  EXPECT_EQ(again->revision, draft.revision);
  EXPECT_EQ(Cell(*again, 0), Pair(12, 30));
  EXPECT_GT(again->not_after, now_ + absl::Hours(300));
}

TEST_F(DeskTest, UnderConsentNobodyWithoutAGrantIsCounted) {
  SignAgreement("LEGAL_BASIS_CONSENT");
  OpenRound();
  Import(30, 12);
  const auto prepared = desk_->Prepare(kRoundId, now_);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_EQ(Cell(prepared->entry, 0), Pair(0, 0));
  EXPECT_EQ(StatementOf(prepared->entry).coverage().excluded_absent().rounded_to_ten(), 30u);
}

TEST_F(DeskTest, LeavesNothingWithoutASignedAgreementThatAllowsExactCounts) {
  OpenRound();
  Import(30, 12);
  EXPECT_EQ(desk_->Prepare(kRoundId, now_).status().code(), absl::StatusCode::kPermissionDenied);
  SignAgreement("LEGAL_BASIS_STATUTE", "");
  EXPECT_EQ(desk_->Prepare(kRoundId, now_).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_FALSE(*outbox_->HasEntry(kRoundId));
}

TEST_F(DeskTest, RefusesAClosedRoundAnUnknownOneAndAnEmptyStore) {
  SignAgreement();
  EXPECT_EQ(desk_->Prepare(kRoundId, now_).status().code(), absl::StatusCode::kNotFound);
  OpenRound();
  const absl::Status empty = desk_->Prepare(kRoundId, now_).status();
  EXPECT_EQ(empty.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(empty.message().find("2011"), absl::string_view::npos);
  Import(30, 12);
  OpenRound(v1::ROUND_STATE_CLOSED);
  const absl::Status closed = desk_->Prepare(kRoundId, now_).status();
  EXPECT_EQ(closed.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(closed.message().find("closed"), absl::string_view::npos);
}

TEST_F(DeskTest, RefusesARoundOfAnotherHub) {
  SignAgreement();
  v1::GetRoundResponse answer = OpenRound();
  Import(30, 12);
  v1::RoundDescriptor descriptor;
  ASSERT_TRUE(descriptor.ParseFromString(answer.round().descriptor_bytes()));
  descriptor.set_audience("hub.other/log/1");
  answer.mutable_round()->set_descriptor_bytes(descriptor.SerializeAsString());
  answer.mutable_round()->set_descriptor_digest(
      crypto::ToBytes(crypto::Sha256(base::AsBytes(answer.round().descriptor_bytes()))));
  ASSERT_TRUE(rounds_->Save(kRoundId, answer, now_).ok());
  EXPECT_EQ(desk_->Prepare(kRoundId, now_).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(DeskTest, RefusesARoundThatWasFrozenOverSomethingElse) {
  v1::GetRoundResponse answer = OpenRound();
  v1::RoundDescriptor descriptor;
  ASSERT_TRUE(descriptor.ParseFromString(answer.round().descriptor_bytes()));
  const auto refreeze = [&] {
    answer.mutable_round()->set_descriptor_bytes(descriptor.SerializeAsString());
    answer.mutable_round()->set_descriptor_digest(
        crypto::ToBytes(crypto::Sha256(base::AsBytes(answer.round().descriptor_bytes()))));
    return ReadRound(answer.round(), answer.policy_text(), *catalogue_).status().code();
  };
  EXPECT_EQ(refreeze(), absl::StatusCode::kOk);
  descriptor.add_municipality("062049");
  EXPECT_EQ(refreeze(), absl::StatusCode::kFailedPrecondition) << "another layout";
  descriptor.mutable_municipality()->RemoveLast();
  descriptor.mutable_measure(0)->set_version(2);
  EXPECT_EQ(refreeze(), absl::StatusCode::kFailedPrecondition) << "another definition";
  descriptor.mutable_measure(0)->set_version(1);
  descriptor.clear_consent_instant();
  EXPECT_EQ(refreeze(), absl::StatusCode::kInvalidArgument);
  v1::Round round = OpenRound().round();
  round.mutable_descriptor_bytes()->push_back('\0');
  EXPECT_EQ(ReadRound(round, answer.policy_text(), *catalogue_).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(
      ReadRound(OpenRound().round(), answer.policy_text() + "\n", *catalogue_).status().code(),
      absl::StatusCode::kDataLoss)
      << "another policy";
}

}  // namespace
}  // namespace renkei::agents::contribute
