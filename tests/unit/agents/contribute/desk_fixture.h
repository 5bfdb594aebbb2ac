// A desk over a real cohort store and a real outbox in a temporary folder.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/cohort/pseudonym.h"
#include "agents/cohort/store.h"
#include "agents/contribute/desk.h"
#include "agents/contribute/state_schema.h"
#include "policy/base/bytes.h"
#include "policy/base/clock.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"
#include "policy/rules/policy_document.h"
#include "tests/unit/agents/contribute/fake_hub.h"

namespace renkei::agents::contribute {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace sqlcipher = renkei::policy::sqlcipher;
namespace tables = renkei::policy::tables;

inline constexpr char kRoundId[] = "0190a5d0-0000-7000-8000-000000000001";
inline constexpr char kDuaId[] = "01890a5d-ac96-774b-bcce-000000062031";

inline std::string AgreementText(const std::string& basis, const std::string& extra) {
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
        .consent_signer = *consent_signer_,
        .consent_origin = "hub.example/member/municipality/062031/consent/1",
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
  Drafting Now() {
    return desk_->MakeDrafting([this] { return now_; });
  }
  Courier CourierTo(FakeHub& hub) {
    return Courier(*outbox_, hub.Calls(), Now(), hub.signer->public_key());
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
  std::unique_ptr<crypto::Signer> consent_signer_ =
      *crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, 4)));
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

}  // namespace renkei::agents::contribute
