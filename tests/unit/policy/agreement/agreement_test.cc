#include "policy/agreement/agreement.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/agreement/signed_agreement.h"
#include "policy/base/bytes.h"
#include "policy/base/clock.h"
#include "policy/base/random.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::agreement {
namespace {

constexpr char kSample[] = R"(dua_id: "01890a5d-ac96-774b-bcce-b302099a8057"
version: 1
member_kind: MEMBER_KIND_MUNICIPALITY
member_code: "062031"
member_name: "鶴岡市"
counterparty: "庄内地域・職域連携推進協議会"
valid_from: "2026-04-01"
valid_to: "2031-04-01"
first_fiscal_year: 2008
last_fiscal_year: 2030
purpose: PURPOSE_REGIONAL_PLANNING
indicator: "*"
area: "0604"
exact_inner_cells: true
basis {
  basis: LEGAL_BASIS_STATUTE
  category: DATA_CATEGORY_EXAM_RESULT
  article: "Act 27"
}
incident_contact_hours: 24
)";

std::string With(absl::string_view from, absl::string_view to) {
  const std::string text = absl::StrReplaceAll(kSample, {{from, to}});
  EXPECT_NE(text, kSample) << from;
  return text;
}

std::string ErrorOf(const std::string& text) {
  const auto parsed = Agreement::Parse(text, "dua.textproto");
  EXPECT_FALSE(parsed.ok());
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

TEST(Agreement, IsParsedAndNamedByTheDigestOfItsBytes) {
  const auto a = Agreement::Parse(kSample, "dua.textproto");
  ASSERT_TRUE(a.ok()) << a.status();
  EXPECT_EQ(a->member_id().value(), "member/municipality/062031");
  EXPECT_EQ(a->digest(), crypto::Sha256(base::AsBytes(kSample)));
  const auto with_comment = Agreement::Parse(absl::StrCat(kSample, "# x\n"), "dua.textproto");
  ASSERT_TRUE(with_comment.ok());
  EXPECT_NE(a->digest(), with_comment->digest());
}

TEST(Agreement, IsActiveFromItsFirstDayToTheDayBeforeItsLast) {
  const auto a = Agreement::Parse(kSample, "dua.textproto");
  ASSERT_TRUE(a.ok());
  EXPECT_FALSE(a->IsActiveAt(absl::CivilDay(2026, 3, 31)));
  EXPECT_TRUE(a->IsActiveAt(absl::CivilDay(2026, 4, 1)));
  EXPECT_TRUE(a->IsActiveAt(absl::CivilDay(2031, 3, 31)));
  EXPECT_FALSE(a->IsActiveAt(absl::CivilDay(2031, 4, 1)));
  // 15:00 UTC is midnight in Japan.
  const absl::Time midnight =
      absl::FromCivil(absl::CivilSecond(2026, 3, 31, 15, 0, 0), absl::UTCTimeZone());
  EXPECT_TRUE(a->IsActiveAt(midnight));
  EXPECT_FALSE(a->IsActiveAt(midnight - absl::Seconds(1)));
}

TEST(Agreement, AllowsOnlyWhatItNames) {
  const auto a = Agreement::Parse(With("indicator: \"*\"", "indicator: \"mets_rate\""), "f");
  ASSERT_TRUE(a.ok());
  EXPECT_TRUE(a->AllowsMeasure("mets_rate"));
  EXPECT_FALSE(a->AllowsMeasure("checkup_rate"));
  EXPECT_TRUE(a->AllowsArea("0604"));
  EXPECT_FALSE(a->AllowsArea("0603"));
  EXPECT_TRUE(a->AllowsPurpose(v1::PURPOSE_REGIONAL_PLANNING));
  EXPECT_FALSE(a->AllowsPurpose(v1::PURPOSE_ACADEMIC_STUDY));
  EXPECT_TRUE(a->AllowsFiscalYear(base::FiscalYear(2008)));
  EXPECT_TRUE(a->AllowsFiscalYear(base::FiscalYear(2030)));
  EXPECT_FALSE(a->AllowsFiscalYear(base::FiscalYear(2007)));
  EXPECT_FALSE(a->AllowsFiscalYear(base::FiscalYear(2031)));
}

TEST(Agreement, NamesTheCouncilsThatReadOrLeavesThemToTheAreas) {
  const auto open = Agreement::Parse(kSample, "f");
  ASSERT_TRUE(open.ok());
  EXPECT_TRUE(open->AllowsCouncil("0604"));
  EXPECT_TRUE(open->AllowsCouncil("0602"));
  const auto named = Agreement::Parse(absl::StrCat(kSample, "council: \"0602\"\n"), "f");
  ASSERT_TRUE(named.ok());
  EXPECT_TRUE(named->AllowsCouncil("0602"));
  EXPECT_FALSE(named->AllowsCouncil("0604"));
}

TEST(Agreement, CoversARoundWhenEveryPartOfItIsNamed) {
  const std::vector<std::string> asked = {"mets_rate", "checkup_rate"};
  const auto covers = [&](const std::string& text, int year = 2011) {
    const auto a = Agreement::Parse(text, "f");
    EXPECT_TRUE(a.ok()) << a.status();
    return a.ok() &&
           a->Covers(v1::PURPOSE_REGIONAL_PLANNING, "0604", base::FiscalYear(year), asked);
  };
  EXPECT_TRUE(covers(kSample));
  EXPECT_FALSE(covers(kSample, 2031));
  EXPECT_FALSE(covers(With("indicator: \"*\"", "indicator: \"mets_rate\"")));
  EXPECT_TRUE(
      covers(With("indicator: \"*\"", "indicator: \"mets_rate\" indicator: \"checkup_rate\"")));
  EXPECT_FALSE(covers(With("\"0604\"", "\"0602\"")));
  EXPECT_FALSE(covers(absl::StrCat(kSample, "council: \"0602\"\n")));
  EXPECT_FALSE(covers(With("PURPOSE_REGIONAL_PLANNING", "PURPOSE_ACADEMIC_STUDY")));
  EXPECT_FALSE(covers(With("exact_inner_cells: true", "exact_inner_cells: false")));
}

TEST(Agreement, TheNoticeRunsForItsDays) {
  const absl::Time now = absl::FromUnixSeconds(1'795'000'000);
  EXPECT_EQ(Agreement::Parse(kSample, "f")->EndOfNotice(now), now);
  EXPECT_EQ(Agreement::Parse(absl::StrCat(kSample, "notice_days: 30\n"), "f")->EndOfNotice(now),
            now + absl::Hours(24 * 30));
}

TEST(Agreement, TheBasisOfACategoryWithoutALineIsConsent) {
  const auto a = Agreement::Parse(kSample, "f");
  ASSERT_TRUE(a.ok());
  EXPECT_EQ(a->BasisFor(v1::DATA_CATEGORY_EXAM_RESULT), v1::LEGAL_BASIS_STATUTE);
  EXPECT_EQ(a->BasisFor(v1::DATA_CATEGORY_QUESTIONNAIRE), v1::LEGAL_BASIS_CONSENT);
  const auto all = Agreement::Parse(With("  category: DATA_CATEGORY_EXAM_RESULT\n", ""), "f");
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->BasisFor(v1::DATA_CATEGORY_CLAIMS), v1::LEGAL_BASIS_STATUTE);
}

TEST(Agreement, RefusesHealthDataUnderAnOptOutNotice) {
  EXPECT_TRUE(absl::StrContains(ErrorOf(With("LEGAL_BASIS_STATUTE", "LEGAL_BASIS_OPT_OUT_NOTICE")),
                                "dua.textproto:16: basis.basis: OPT_OUT_NOTICE"));
}

TEST(Agreement, RefusesTwoBasesForOneCategory) {
  const std::string line = "basis { basis: LEGAL_BASIS_CONSENT }\n";
  EXPECT_TRUE(absl::StrContains(ErrorOf(absl::StrCat(kSample, line)), "one basis"));
}

struct Fault {
  const char* from;
  const char* to;
  const char* message;
};

class FaultyAgreement : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyAgreement, IsRefusedWithFileLineAndField) {
  EXPECT_TRUE(absl::StrContains(ErrorOf(With(GetParam().from, GetParam().to)), GetParam().message))
      << ErrorOf(With(GetParam().from, GetParam().to));
}

INSTANTIATE_TEST_SUITE_P(
    EveryField, FaultyAgreement,
    ::testing::Values(
        Fault{"version: 1", "version: 1\nfuture: 2", "dua.textproto:3:"},
        Fault{"01890a5d-ac96", "01890A5D-ac96", "dua.textproto:1: dua_id"},
        Fault{"version: 1", "version: 0", "dua.textproto:2: version"},
        Fault{"version: 1", "version: 1 supersedes_version: 1", "supersedes_version"},
        Fault{"MEMBER_KIND_MUNICIPALITY", "9", "dua.textproto:3: member_kind"},
        Fault{"\"062031\"", "\"062032\"", "dua.textproto:4: member_code"},
        Fault{"\"鶴岡市\"", "\"\"", "dua.textproto:5: member_name"},
        Fault{"\"2026-04-01\"", "\"20260401\"", "dua.textproto:7: valid_from"},
        Fault{"\"2026-04-01\"", "\"2026-02-29\"", "dua.textproto:7: valid_from"},
        Fault{"\"2031-04-01\"", "\"2026-04-01\"", "dua.textproto:8: valid_to"},
        Fault{"first_fiscal_year: 2008", "first_fiscal_year: 2007", "dua.textproto:9:"},
        Fault{"last_fiscal_year: 2030", "last_fiscal_year: 2001", "first_fiscal_year"},
        Fault{"PURPOSE_REGIONAL_PLANNING", "99", "dua.textproto:11: purpose"},
        Fault{"PURPOSE_REGIONAL_PLANNING", "PURPOSE_WORLD_PEACE", "PURPOSE_WORLD_PEACE"},
        Fault{"indicator: \"*\"", "indicator: \"*\" indicator: \"mets_rate\"", "dua.textproto:12"},
        Fault{"indicator: \"*\"", "", "indicator: at least one"},
        Fault{"area: \"0604\"", "area: \"604\"", "dua.textproto:13: area"},
        Fault{"area: \"0604\"", "area: \"0604\" area: \"0604\"", "each once"},
        Fault{"  article: \"Act 27\"\n", "", "basis.article"},
        Fault{"DATA_CATEGORY_EXAM_RESULT", "77", "dua.textproto:17: basis.category"},
        Fault{"exact_inner_cells: true", "min_cell_persons: 9",
              "dua.textproto:14: min_cell_persons"},
        Fault{"exact_inner_cells: true", "min_contributors: 2",
              "dua.textproto:14: min_contributors"},
        Fault{"area: \"0604\"", "area: \"0604\" council: \"604\"", "dua.textproto:13: council"},
        Fault{"area: \"0604\"", "area: \"0604\" council: \"0604\" council: \"0604\"", "each once"},
        Fault{"exact_inner_cells: true", "finest_geography: 7",
              "dua.textproto:14: finest_geography"},
        Fault{"exact_inner_cells: true", "finest_age: 7", "dua.textproto:14: finest_age"},
        Fault{"exact_inner_cells: true", "withdrawal_effect: 7",
              "dua.textproto:14: withdrawal_effect"},
        Fault{"exact_inner_cells: true", "dominance_percent: 81",
              "dua.textproto:14: dominance_percent"},
        Fault{"exact_inner_cells: true", "notice_days: 366", "dua.textproto:14: notice_days"},
        Fault{"exact_inner_cells: true",
              "duties { no_other_use: true no_onward_transfer: true keep_evidence: true }",
              "dua.textproto:14: duties: no_reidentification must be true"},
        Fault{"exact_inner_cells: true",
              "duties { no_reidentification: true no_onward_transfer: true keep_evidence: true }",
              "no_other_use must be true"},
        Fault{"exact_inner_cells: true",
              "duties { no_other_use: true no_reidentification: true keep_evidence: true }",
              "no_onward_transfer must be true"},
        Fault{"exact_inner_cells: true",
              "duties { no_other_use: true no_reidentification: true no_onward_transfer: true }",
              "keep_evidence must be true"},
        Fault{"incident_contact_hours: 24", "incident_contact_hours: 25", "1 to 24"},
        Fault{"incident_contact_hours: 24", "", "incident_contact_hours"}));

TEST(Agreement, OfAWorkplaceNamesItsHandlingRules) {
  const std::string text = absl::StrReplaceAll(
      kSample,
      {{"MEMBER_KIND_MUNICIPALITY", "MEMBER_KIND_WORKPLACE"}, {"\"062031\"", "\"8700110005901\""}});
  EXPECT_TRUE(absl::StrContains(ErrorOf(text), "handling"));
}

TEST(Agreement, OnlyTightensThePolicy) {
  v1::PolicyDocument policy;
  policy.set_min_cell_persons(15);
  policy.set_min_contributors(3);
  const auto looser = Agreement::Parse(absl::StrCat(kSample, "min_cell_persons: 12\n"), "f");
  ASSERT_TRUE(looser.ok());
  EXPECT_FALSE(CheckOnlyTightens(*looser, policy).ok());
  const auto tighter = Agreement::Parse(absl::StrCat(kSample, "min_cell_persons: 15\n"), "f");
  ASSERT_TRUE(tighter.ok());
  EXPECT_TRUE(CheckOnlyTightens(*tighter, policy).ok());
}

TEST(Agreement, LargerThan64KiBIsRefusedWithTheLimit) {
  const auto parsed = Agreement::Parse(std::string(70000, '#'), "f");
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kResourceExhausted);
}

class FixedRandom final : public base::Random {
 public:
  explicit FixedRandom(uint8_t byte) : byte_(byte) {}
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& b : out) b = byte_;
  }

 private:
  uint8_t byte_;
};

std::unique_ptr<crypto::Signer> SignerOf(uint8_t byte) {
  FixedRandom random(byte);
  auto signer = crypto::MakeEd25519Signer(crypto::GenerateEd25519Seed(random));
  return *std::move(signer);
}

TEST(SignedAgreement, NeedsBothSignaturesOverTheSameBytes) {
  const auto member = SignerOf(1);
  const auto secretariat = SignerOf(2);
  const auto mine = crypto::SignEnvelope(crypto::kAgreementType, kSample, *member);
  const auto theirs = crypto::SignEnvelope(crypto::kAgreementType, kSample, *secretariat);
  const auto other =
      crypto::SignEnvelope(crypto::kAgreementType, With("0604", "0603"), *secretariat);
  const auto wrong_type = crypto::SignEnvelope(crypto::kPolicyType, kSample, *secretariat);
  EXPECT_TRUE(
      SignedAgreement::Verify(mine, member->public_key(), theirs, secretariat->public_key()).ok());
  EXPECT_FALSE(
      SignedAgreement::Verify(mine, member->public_key(), other, secretariat->public_key()).ok());
  EXPECT_FALSE(
      SignedAgreement::Verify(mine, member->public_key(), wrong_type, secretariat->public_key())
          .ok());
  EXPECT_FALSE(
      SignedAgreement::Verify(theirs, member->public_key(), theirs, secretariat->public_key())
          .ok());
}

TEST(ExactCellsGrant, NeedsTheSignedBit) {
  const auto member = SignerOf(1);
  const auto with = SignedAgreement::VerifyMember(
      crypto::SignEnvelope(crypto::kAgreementType, kSample, *member), member->public_key());
  ASSERT_TRUE(with.ok());
  EXPECT_TRUE(ExactCellsGrant::From(*with).ok());
  const auto without = SignedAgreement::VerifyMember(
      crypto::SignEnvelope(crypto::kAgreementType,
                           With("exact_inner_cells: true", "exact_inner_cells: false"), *member),
      member->public_key());
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(ExactCellsGrant::From(*without).status().code(), absl::StatusCode::kPermissionDenied);
}

static_assert(!std::is_default_constructible_v<Agreement>);
static_assert(!std::is_constructible_v<SignedAgreement, Agreement>);
static_assert(!std::is_default_constructible_v<SignedAgreement>);
static_assert(!std::is_constructible_v<ExactCellsGrant, Agreement>);
static_assert(!std::is_default_constructible_v<ExactCellsGrant>);

}  // namespace
}  // namespace renkei::policy::agreement
