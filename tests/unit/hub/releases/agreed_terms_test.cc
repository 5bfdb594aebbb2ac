// What a member's agreements say of a contribution at its release.
#include "hub/releases/agreed_terms.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "hub/releases/sealed_inputs.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"
#include "tests/support/hub_store.h"

namespace renkei::hub::releases {
namespace {

constexpr char kId[] = "01890a5d-ac96-774b-bcce-b302099a8057";
constexpr char kOtherId[] = "01890a5d-ac96-774b-bcce-b302099a8058";
constexpr char kMember[] = "member/municipality/062031";

class AgreedTermsTest : public HubStoreTest {
 protected:
  void SetUp() override {
    HubStoreTest::SetUp();
    descriptor_.set_purpose(v1::PURPOSE_REGIONAL_PLANNING);
    descriptor_.set_area_code("0604");
    descriptor_.set_fiscal_year(2011);
    descriptor_.add_measure()->set_id("finding_bmi");
  }
  static store::AgreementRow Row(const std::string& id, uint32_t version, v1::AgreementState state,
                                 const std::string& more = "", const std::string& area = "0604",
                                 const std::string& until = "2099-04-01") {
    store::AgreementRow row;
    row.dua_id = id;
    row.version = version;
    row.member_id = base::MemberId(kMember);
    row.state = state;
    row.text = absl::StrCat(
        "dua_id: \"", id, "\" version: ", version,
        " member_kind: MEMBER_KIND_MUNICIPALITY member_code: \"062031\" member_name: \"m\" "
        "counterparty: \"c\" valid_from: \"2020-04-01\" valid_to: \"",
        until,
        "\" first_fiscal_year: 2008 last_fiscal_year: 2030 purpose: PURPOSE_REGIONAL_PLANNING "
        "indicator: \"*\" area: \"",
        area, "\" exact_inner_cells: true incident_contact_hours: 24 ", more);
    row.digest = crypto::Sha256(base::AsBytes(row.text));
    row.changed_at = kThen;
    return row;
  }
  // A notice that ran out an hour ago.
  static store::AgreementRow Ended(store::AgreementRow row) {
    row.notice_at = kNow - absl::Hours(1);
    row.ends_at = row.notice_at;
    return row;
  }
  std::optional<AgreedTerms> Agreed(const std::vector<store::AgreementRow>& rows) {
    Put(rows);
    auto agreed = TermsAtRelease(**store_->Read(), given_, descriptor_, kNow);
    EXPECT_TRUE(agreed.ok()) << agreed.status();
    return *std::move(agreed);
  }
  void Put(const std::vector<store::AgreementRow>& rows) {
    auto transaction = *store_->Write();
    for (const store::AgreementRow& row : rows) {
      ASSERT_TRUE(transaction->InsertAgreement(row).ok());
    }
    ASSERT_TRUE(transaction->Commit().ok());
  }

  static inline const absl::Time kThen = absl::FromUnixSeconds(1'795'000'000);
  static inline const absl::Time kNow = kThen + absl::Hours(24);
  static constexpr auto kActive = v1::AGREEMENT_STATE_ACTIVE;
  static constexpr auto kSuperseded = v1::AGREEMENT_STATE_SUPERSEDED;
  static constexpr auto kEnded = v1::AGREEMENT_STATE_ENDED;
  static constexpr auto kProposed = v1::AGREEMENT_STATE_PROPOSED;

  const GivenUnder given_{base::MemberId(kMember), kId, 1};
  v1::RoundDescriptor descriptor_;
};

TEST_F(AgreedTermsTest, AreThoseGivenUnderWhenNothingChanged) {
  const auto agreed = Agreed({Row(kId, 1, kActive, "min_cell_persons: 12")});
  ASSERT_TRUE(agreed.has_value());
  EXPECT_EQ(agreed->terms.min_cell_persons(), 12u);
  EXPECT_EQ(agreed->digests.size(), 1u);
}

TEST_F(AgreedTermsTest, AreTheStrictestInEveryField) {
  const auto agreed =
      Agreed({Row(kId, 1, kSuperseded,
                  "min_cell_persons: 12 min_contributors: 5 allow_member_level_display: true "
                  "finest_age: FINEST_AGE_ALL public_release: true"),
              Row(kId, 2, kActive,
                  "min_cell_persons: 20 min_contributors: 4 "
                  "allow_insurer_type_by_municipality: true "
                  "finest_geography: FINEST_GEOGRAPHY_AREA public_release: true"),
              Row(kOtherId, 1, kActive, "allow_member_level_display: true")});
  ASSERT_TRUE(agreed.has_value());
  EXPECT_EQ(agreed->terms.min_cell_persons(), 20u);
  EXPECT_EQ(agreed->terms.min_contributors(), 5u);
  EXPECT_FALSE(agreed->terms.allow_member_level_display());
  EXPECT_FALSE(agreed->terms.allow_insurer_type_by_municipality());
  EXPECT_EQ(agreed->terms.finest_geography(), v1::FINEST_GEOGRAPHY_AREA);
  EXPECT_EQ(agreed->terms.finest_age(), v1::FINEST_AGE_ALL);
  EXPECT_FALSE(agreed->terms.public_release()) << "the other agreement does not say so";
  EXPECT_EQ(agreed->digests.size(), 3u);
}

TEST_F(AgreedTermsTest, AProposalBindsNobodyYet) {
  const auto agreed = Agreed({Row(kId, 1, kActive), Row(kId, 2, kProposed, "min_contributors: 9")});
  ASSERT_TRUE(agreed.has_value());
  EXPECT_EQ(agreed->terms.min_contributors(), 0u);
}

TEST_F(AgreedTermsTest, ANarrowerVersionLeavesTheContributionOut) {
  EXPECT_FALSE(Agreed({Row(kId, 1, kSuperseded), Row(kId, 2, kActive, "", "0602")}).has_value());
}

TEST_F(AgreedTermsTest, AnotherAgreementThatCoversTheRoundKeepsItIn) {
  const auto agreed = Agreed({Row(kId, 1, kSuperseded), Row(kId, 2, kActive, "", "0602"),
                              Row(kOtherId, 1, kActive, "min_contributors: 7")});
  ASSERT_TRUE(agreed.has_value());
  EXPECT_EQ(agreed->terms.min_contributors(), 7u);
}

TEST_F(AgreedTermsTest, AVersionWhosePeriodIsOverDoesNot) {
  EXPECT_FALSE(Agreed({Row(kId, 1, kSuperseded), Row(kId, 2, kActive, "", "0604", "2021-04-01")})
                   .has_value());
}

TEST_F(AgreedTermsTest, WhatWasGivenInItsPeriodIsReleasedAfterIt) {
  EXPECT_TRUE(Agreed({Row(kId, 1, kActive, "", "0604", "2021-04-01")}).has_value());
}

TEST_F(AgreedTermsTest, AfterANoticeTheEffectDecides) {
  EXPECT_FALSE(Agreed({Ended(Row(kId, 1, kEnded))}).has_value()) << "not stated: recalled";
}
TEST_F(AgreedTermsTest, AfterANoticeThatRecallsItIsLeftOut) {
  EXPECT_FALSE(Agreed({Ended(Row(kId, 1, kEnded,
                                 "withdrawal_effect: WITHDRAWAL_EFFECT_RECALL_UNPUBLISHED"))})
                   .has_value());
}
TEST_F(AgreedTermsTest, AfterANoticeThatOnlyStopsItStays) {
  EXPECT_TRUE(Agreed({Ended(Row(kId, 1, kEnded, "withdrawal_effect: WITHDRAWAL_EFFECT_STOP_NEXT"))})
                  .has_value());
}

TEST_F(AgreedTermsTest, TheClockDecidesNotTheCaretaker) {
  EXPECT_FALSE(Agreed({Ended(Row(kId, 1, kActive))}).has_value());
}

TEST_F(AgreedTermsTest, TheNewestVersionsEffectRules) {
  EXPECT_FALSE(Agreed({Row(kId, 1, kSuperseded, "withdrawal_effect: WITHDRAWAL_EFFECT_STOP_NEXT"),
                       Ended(Row(kId, 2, kEnded))})
                   .has_value());
}

TEST_F(AgreedTermsTest, AnotherAgreementsEndKeepsNothingIn) {
  EXPECT_FALSE(
      Agreed({Ended(Row(kId, 1, kEnded)),
              Ended(Row(kOtherId, 1, kEnded, "withdrawal_effect: WITHDRAWAL_EFFECT_STOP_NEXT"))})
          .has_value());
}

TEST_F(AgreedTermsTest, WithoutItsAgreementAContributionIsALossOfData) {
  EXPECT_TRUE(
      absl::IsDataLoss(TermsAtRelease(**store_->Read(), given_, descriptor_, kNow).status()));
}

TEST_F(AgreedTermsTest, AChangeWhileAReleaseIsComputedIsSeen) {
  const auto agreed = Agreed({Row(kId, 1, kActive)});
  SealedInputs inputs;
  inputs.descriptor = descriptor_;
  inputs.given = {given_};
  inputs.agreed = {agreed};
  EXPECT_TRUE(*IsStillAgreed(**store_->Read(), inputs, kNow));
  Put({Row(kOtherId, 1, kActive, "min_contributors: 9")});
  EXPECT_FALSE(*IsStillAgreed(**store_->Read(), inputs, kNow));
  inputs.agreed = {std::nullopt};
  EXPECT_FALSE(*IsStillAgreed(**store_->Read(), inputs, kNow)) << "left out then, in force now";
}

TEST_F(AgreedTermsTest, AnAgreementThatJoinsWithoutTighteningIsAChangeToo) {
  SealedInputs inputs;
  inputs.descriptor = descriptor_;
  inputs.given = {given_};
  inputs.agreed = {Agreed({Row(kId, 1, kActive)})};
  Put({Row(kOtherId, 1, kActive)});
  EXPECT_FALSE(*IsStillAgreed(**store_->Read(), inputs, kNow)) << "the release would not name it";
}

}  // namespace
}  // namespace renkei::hub::releases
