// From persons in a real store to the draft in the outbox, and what a withdrawal changes.
#include "agents/contribute/desk.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/cohort/pseudonym.h"
#include "agents/cohort/store.h"
#include "agents/contribute/state_schema.h"
#include "policy/base/bytes.h"
#include "policy/base/clock.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"
#include "policy/rules/policy_document.h"

namespace renkei::agents::contribute {
namespace {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace sqlcipher = renkei::policy::sqlcipher;
namespace tables = renkei::policy::tables;

constexpr char kRoundId[] = "0190a5d0-0000-7000-8000-000000000001";
constexpr char kDuaId[] = "01890a5d-ac96-774b-bcce-000000062031";

std::string AgreementText(const std::string& basis, const std::string& extra) {
  return absl::StrCat(
      "dua_id: \"", kDuaId, "\"\nversion: 1\nmember_kind: MEMBER_KIND_MUNICIPALITY\n",
      "member_code: \"062031\"\nmember_name: \"city\"\ncounterparty: \"council\"\n",
      "valid_from: \"2020-04-01\"\nvalid_to: \"2099-04-01\"\nfirst_fiscal_year: 2008\n",
      "last_fiscal_year: 2029\npurpose: PURPOSE_REGIONAL_PLANNING\nindicator: \"*\"\n",
      "area: \"0604\"\n", extra, "basis { basis: ", basis, " article: \"test\" }\n",
      "notice_days: 90\nincident_contact_hours: 24\n");
}

class DeskTest : public ::testing::Test {
 protected:
  DeskTest() : pseudonymiser_(base::Secret::Copy(std::vector<uint8_t>(32, 7))) {
    char pattern[] = "/tmp/renkei-desk-XXXXXX";
    dir_ = mkdtemp(pattern);
    catalogue_ = *policy::catalogue::Catalogue::LoadBuiltIn();
    store_ = *cohort::CohortStore::Open(
        dir_ + "/cohort.db", base::Secret::Copy(std::vector<uint8_t>(32, 9)), catalogue_->items());
    state_ = *sqlcipher::Database::Open(dir_ + "/agent.db",
                                        base::Secret::Copy(std::vector<uint8_t>(32, 1)));
    EXPECT_TRUE(state_->Migrate(kStateMigrations).ok());
    signer_ = *crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, 3)));
    outbox_ = std::make_unique<Outbox>(*state_);
    rounds_ = std::make_unique<RoundBook>(*state_);
    agreements_ = std::make_unique<AgreementBook>(*state_);
    config_.set_kind(v1::MEMBER_KIND_MUNICIPALITY);
    config_.add_basis()->set_basis(v1::LEGAL_BASIS_STATUTE);
    tabulator_ = std::make_unique<Tabulator>(
        Tabulator{.catalogue = *catalogue_, .texts = texts_, .config = config_});
    desk_ = std::make_unique<Desk>(Desk::Parts{
        .tabulator = *tabulator_,
        .rounds = *rounds_,
        .agreements = *agreements_,
        .outbox = *outbox_,
        .signer = *signer_,
        .issuer = "spiffe://hub.example/member/municipality/062031/agent/1",
        .audience = "hub.example/log/1",
        .random = random_,
        .store = [this]() -> absl::StatusOr<cohort::CohortStore*> { return store_.get(); }});
  }
  ~DeskTest() override {
    store_.reset();
    state_.reset();
    std::filesystem::remove_all(dir_);
  }

  void SignAgreement(const std::string& basis = "LEGAL_BASIS_STATUTE",
                     const std::string& extra = "exact_inner_cells: true\n") {
    ASSERT_TRUE(agreements_
                    ->Save(kDuaId, 1,
                           crypto::SignEnvelope(crypto::kAgreementType, AgreementText(basis, extra),
                                                *signer_),
                           now_)
                    .ok());
    ASSERT_TRUE(agreements_->SetActive(kDuaId, 1).ok());
  }

  v1::GetRoundResponse OpenRound(v1::RoundState state = v1::ROUND_STATE_OPEN) {
    const policy::rules::Policy policy = *policy::rules::Policy::Default();
    const tables::Layout layout = *tables::Layout::Make(
        "0604", base::FiscalYear(2011),
        {{"checkup_rate", 1}, {"finding_bmi", 1}, {"guidance_complete_rate", 1}}, {"062031"});
    v1::RoundDescriptor descriptor;
    descriptor.set_round_id(kRoundId);
    descriptor.set_area_code("0604");
    descriptor.set_fiscal_year(2011);
    descriptor.set_purpose(v1::PURPOSE_REGIONAL_PLANNING);
    for (const tables::MeasureVersion& measure : layout.measures()) {
      v1::MeasureRef* ref = descriptor.add_measure();
      ref->set_id(measure.id);
      ref->set_version(measure.version);
    }
    descriptor.add_municipality("062031");
    descriptor.mutable_consent_instant()->set_seconds(absl::ToUnixSeconds(now_));
    descriptor.mutable_opened_at()->set_seconds(absl::ToUnixSeconds(now_));
    descriptor.set_audience("hub.example/log/1");
    descriptor.set_policy_digest(crypto::ToBytes(policy.digest()));
    descriptor.set_catalogue_digest(crypto::ToBytes(catalogue_->digest()));
    descriptor.set_layout_digest(crypto::ToBytes(layout.digest()));
    v1::GetRoundResponse answer;
    answer.mutable_round()->set_descriptor_bytes(descriptor.SerializeAsString());
    answer.mutable_round()->set_descriptor_digest(
        crypto::ToBytes(crypto::Sha256(base::AsBytes(answer.round().descriptor_bytes()))));
    answer.mutable_round()->set_state(state);
    answer.set_policy_text(policy.text());
    EXPECT_TRUE(rounds_->Save(kRoundId, answer, now_).ok());
    return answer;
  }

  cohort::Person PersonOf(int i) const {
    cohort::PersonColumns columns;
    const std::string id = absl::StrCat("p", i);
    columns.person_id = id;
    columns.birth_date = absl::CivilDay(1969, 6, 1);  // 42 at the end of fiscal year 2011
    return *pseudonymiser_.Make(columns);
  }
  // Persons 0..n-1 on the roster, the first `examined` of them examined with a BMI of 26.0.
  void Import(int n, int examined) {
    ASSERT_TRUE(store_->BeginFile("test").ok());
    for (int i = 0; i < n; ++i) {
      cohort::RosterRecord roster;
      roster.person = PersonOf(i);
      roster.fiscal_year = base::FiscalYear(2011);
      roster.municipality = "062031";
      roster.enrolled_from = roster.fiscal_year.first_day();
      roster.enrolled_to = roster.fiscal_year.last_day();
      ASSERT_TRUE(store_->PutRoster(roster).ok());
    }
    const std::optional<int> bmi = catalogue_->items().ColumnOf("bmi");
    ASSERT_TRUE(bmi.has_value());
    for (int i = 0; i < examined; ++i) {
      cohort::ExamRecord exam;
      exam.person = PersonOf(i);
      exam.exam_date = absl::CivilDay(2011, 7, 1);
      exam.file_date = absl::CivilDay(2011, 8, 1);
      exam.municipality = "062031";
      exam.items.resize(static_cast<size_t>(*bmi) + 1);
      exam.items.back() = {260, policy::catalogue::ValueState::kValid};
      ASSERT_TRUE(store_->PutExam(exam).ok());
    }
    ASSERT_TRUE(store_->CommitFile().ok());
  }
  void Withdraw(int i, absl::Time effective_at) { Withdraw(PersonOf(i), effective_at); }
  void Withdraw(const cohort::Person& person, absl::Time effective_at) {
    ASSERT_TRUE(store_->BeginFile("consents").ok());
    cohort::ConsentRecord record;
    record.person = person;
    record.event.type = policy::consent::EventType::kWithdrawn;
    record.event.event_time = now_;
    record.event.effective_at = effective_at;
    ASSERT_TRUE(store_->PutConsent(record).ok());
    ASSERT_TRUE(store_->CommitFile().ok());
  }
  v1::ContributionStatement StatementOf(const OutboxEntry& entry) {
    v1::ContributionStatement statement;
    EXPECT_TRUE(statement.ParseFromString(entry.envelope.payload()));
    return statement;
  }
  // Numerator and denominator of males 40-44 of 062031.
  std::pair<uint64_t, uint64_t> Cell(const OutboxEntry& entry, int measure) {
    const RoundQuestion question = *desk_->Question(kRoundId);
    const v1::ContributionStatement statement = StatementOf(entry);
    const auto at = [&](int part) {
      return statement.count(static_cast<int>(question.layout->Index(measure, 0, 0, 0, part)));
    };
    return {at(0), at(0) + at(1)};
  }

  std::string dir_;
  cohort::Pseudonymiser pseudonymiser_;
  std::shared_ptr<const policy::catalogue::Catalogue> catalogue_;
  std::unique_ptr<cohort::CohortStore> store_;
  std::unique_ptr<sqlcipher::Database> state_;
  std::unique_ptr<crypto::Signer> signer_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<RoundBook> rounds_;
  std::unique_ptr<AgreementBook> agreements_;
  policy::consent::AcceptedTexts texts_;
  v1::AgentConfig config_;
  std::unique_ptr<Tabulator> tabulator_;
  base::SystemRandom random_;
  std::unique_ptr<Desk> desk_;
  absl::Time now_ = absl::FromCivil(absl::CivilDay(2026, 11, 22), base::Jst());
};

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
  Drafting at_once = desk_->MakeDrafting(now_);
  EXPECT_EQ(at_once.recheck(draft)->verdict, Recheck::Verdict::kUnchanged);

  Withdraw(3, now_ + absl::Hours(1));  // dated ahead
  const auto before = at_once.recheck(draft);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->verdict, Recheck::Verdict::kSameCounts);
  ASSERT_TRUE(outbox_->SetConsentMark(draft.request_id, before->mark).ok());
  EXPECT_EQ(at_once.recheck(*outbox_->Find(draft.request_id))->verdict,
            Recheck::Verdict::kUnchanged);

  Drafting later = desk_->MakeDrafting(now_ + absl::Hours(1));
  EXPECT_EQ(later.recheck(*outbox_->Find(draft.request_id))->verdict,
            Recheck::Verdict::kOtherCounts)
      << "the dated withdrawal is in force now";
  const auto fresh = later.draft(kRoundId, 2, draft.request_id);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_EQ(Cell(*fresh, 0), Pair(11, 29));
  EXPECT_EQ(fresh->revision, 2u);
  EXPECT_EQ(fresh->supersedes, draft.request_id);
}

TEST_F(DeskTest, SignsAgainWithTheSameCountsUnderANewId) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const OutboxEntry draft = desk_->Prepare(kRoundId, now_)->entry;
  const auto again = desk_->MakeDrafting(now_ + absl::Hours(200)).sign_again(draft);
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
