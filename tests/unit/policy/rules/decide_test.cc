// The decision tables of R20: one row per rule, each with its gate, reason and code.
#include "policy/rules/decide.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "policy/base/error.h"
#include "policy/rules/policy_document.h"

namespace renkei::policy::rules {
namespace {

constexpr char kAgreement[] = R"(dua_id: "01890a5d-ac96-774b-bcce-b302099a8057"
version: 1 member_kind: MEMBER_KIND_MUNICIPALITY member_code: "062031" member_name: "m"
counterparty: "c" valid_from: "2026-04-01" valid_to: "2027-04-01"
first_fiscal_year: 2010 last_fiscal_year: 2012 purpose: PURPOSE_REGIONAL_PLANNING
indicator: "mets_rate" indicator: "checkup_rate" area: "0604" exact_inner_cells: true
incident_contact_hours: 24)";

const agreement::Agreement& Signed() {
  static const auto* agreement =
      new agreement::Agreement(*agreement::Agreement::Parse(kAgreement, "dua"));
  return *agreement;
}
const agreement::Agreement& WithoutBit() {
  static const auto* agreement = [] {
    std::string text = kAgreement;
    text.replace(text.find("exact_inner_cells: true"), 23, "exact_inner_cells:false");
    return new agreement::Agreement(*agreement::Agreement::Parse(text, "dua"));
  }();
  return *agreement;
}
const agreement::Agreement& ForAnotherCouncil() {
  static const auto* agreement = new agreement::Agreement(
      *agreement::Agreement::Parse(std::string(kAgreement) + "\ncouncil: \"0602\"", "dua"));
  return *agreement;
}
const v1::PolicyDocument& Document() {
  static const auto* policy = new Policy(*Policy::Default());
  return policy->document();
}

absl::Time At(int month, int day) {
  return absl::FromCivil(absl::CivilSecond(2026, month, day, 12, 0, 0), absl::UTCTimeZone());
}

ComputeRequest GoodCompute() {
  ComputeRequest r;
  r.agreement = &Signed();
  r.member = base::MemberId("member/municipality/062031");
  r.purpose = v1::PURPOSE_REGIONAL_PLANNING;
  r.measures = {"mets_rate", "checkup_rate"};
  r.area_code = "0604";
  r.fiscal_year = base::FiscalYear(2011);
  r.signature_verified = true;
  r.layout_matches = true;
  r.issued_at = At(6, 1);
  r.not_after = At(6, 8);
  r.received_at = At(6, 2);
  r.consent_checkpoint = CheckpointStanding::kContinues;
  r.consent_made_at = r.issued_at - absl::Hours(24) * 31;
  r.policy_named.fill(7);
  r.policy_of_round.fill(7);
  r.policy_approvals = 2;
  r.two_person = true;
  return r;
}

struct ComputeRow {
  const char* name;
  std::function<void(ComputeRequest&)> change;
  Gate gate;
  v1::ErrorReason reason;
  const char* rule;
};

TEST(DecideCompute, AConsentLedgerThatRestartsAfterANewEnrolmentIsTaken) {
  ComputeRequest r = GoodCompute();
  r.consent_checkpoint = CheckpointStanding::kRestarts;
  EXPECT_TRUE(DecideCompute(r, Document()).permitted());
  r.consent_made_at -= absl::Seconds(1);
  EXPECT_FALSE(DecideCompute(r, Document()).permitted()) << "and is no older than another";
}

TEST(DecideCompute, PermitsWhenEveryGateHoldsAndLeavesNoneOut) {
  const Decision d = DecideCompute(GoodCompute(), Document());
  EXPECT_TRUE(d.permitted());
  EXPECT_TRUE(d.gates_not_evaluated().empty());
  EXPECT_TRUE(ToStatus(d).ok());
}

TEST(DecideCompute, RefusesByEveryRowOfItsTable) {
  using R = ComputeRequest;
  const ComputeRow rows[] = {
      {"unsigned", [](R& r) { r.signature_verified = false; }, Gate::kContribution,
       v1::ERROR_REASON_SIGNATURE, "contribution.signature"},
      {"ends before it begins", [](R& r) { r.not_after = r.issued_at; }, Gate::kContribution,
       v1::ERROR_REASON_OUTSIDE_TIME_WINDOW, "policy.contribution_max_age_days"},
      {"longer than seven days", [](R& r) { r.not_after += absl::Seconds(1); }, Gate::kContribution,
       v1::ERROR_REASON_OUTSIDE_TIME_WINDOW, "policy.contribution_max_age_days"},
      {"issued ahead", [](R& r) { r.received_at = r.issued_at - absl::Seconds(301); },
       Gate::kContribution, v1::ERROR_REASON_OUTSIDE_TIME_WINDOW, "contribution.not_after"},
      {"past not_after", [](R& r) { r.received_at = r.not_after; }, Gate::kContribution,
       v1::ERROR_REASON_OUTSIDE_TIME_WINDOW, "contribution.not_after"},
      {"no agreement", [](R& r) { r.agreement = nullptr; }, Gate::kAgreement,
       v1::ERROR_REASON_NO_AGREEMENT, "agreement"},
      {"another member's agreement",
       [](R& r) { r.member = base::MemberId("member/municipality/062049"); }, Gate::kAgreement,
       v1::ERROR_REASON_NO_AGREEMENT, "agreement"},
      {"before its period",
       [](R& r) {
         r.issued_at = At(3, 1);
         r.received_at = At(3, 2);
         r.not_after = At(3, 3);
       },
       Gate::kAgreement, v1::ERROR_REASON_NO_AGREEMENT, "agreement.valid_from"},
      {"no consent checkpoint", [](R& r) { r.consent_checkpoint = CheckpointStanding::kMissing; },
       Gate::kConsentCheckpoint, v1::ERROR_REASON_CONSENT_CHECKPOINT, "consent_checkpoint.note"},
      {"another key of the consent ledger",
       [](R& r) { r.consent_checkpoint = CheckpointStanding::kOtherKey; }, Gate::kConsentCheckpoint,
       v1::ERROR_REASON_CONSENT_CHECKPOINT, "consent_checkpoint.verifier_key"},
      {"a shorter consent ledger",
       [](R& r) { r.consent_checkpoint = CheckpointStanding::kSmaller; }, Gate::kConsentCheckpoint,
       v1::ERROR_REASON_CONSENT_CHECKPOINT, "consent_checkpoint.size"},
      {"another consent ledger",
       [](R& r) { r.consent_checkpoint = CheckpointStanding::kInconsistent; },
       Gate::kConsentCheckpoint, v1::ERROR_REASON_CONSENT_CHECKPOINT,
       "consent_checkpoint.consistency"},
      {"a checkpoint older than 31 days", [](R& r) { r.consent_made_at -= absl::Seconds(1); },
       Gate::kConsentCheckpoint, v1::ERROR_REASON_CONSENT_CHECKPOINT, "consent_checkpoint.made_at"},
      {"a checkpoint of the future",
       [](R& r) { r.consent_made_at = r.issued_at + absl::Seconds(301); }, Gate::kConsentCheckpoint,
       v1::ERROR_REASON_CONSENT_CHECKPOINT, "consent_checkpoint.made_at"},
      {"another purpose", [](R& r) { r.purpose = v1::PURPOSE_ACADEMIC_STUDY; }, Gate::kAgreement,
       v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.purpose"},
      {"no purpose", [](R& r) { r.purpose = v1::PURPOSE_UNSPECIFIED; }, Gate::kAgreement,
       v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.purpose"},
      {"another area", [](R& r) { r.area_code = "0603"; }, Gate::kAgreement,
       v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.area"},
      {"another council", [](R& r) { r.agreement = &ForAnotherCouncil(); }, Gate::kAgreement,
       v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.council"},
      {"after its period",
       [](R& r) {
         r.issued_at += absl::Hours(24 * 365);
         r.received_at += absl::Hours(24 * 365);
         r.not_after += absl::Hours(24 * 365);
       },
       Gate::kAgreement, v1::ERROR_REASON_NO_AGREEMENT, "agreement.valid_from"},
      {"a year before", [](R& r) { r.fiscal_year = base::FiscalYear(2009); }, Gate::kAgreement,
       v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.first_fiscal_year"},
      {"another year", [](R& r) { r.fiscal_year = base::FiscalYear(2013); }, Gate::kAgreement,
       v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.first_fiscal_year"},
      {"another measure", [](R& r) { r.measures.push_back("finding_bp"); }, Gate::kAgreement,
       v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.indicator"},
      {"no exact cells", [](R& r) { r.agreement = &WithoutBit(); }, Gate::kAgreement,
       v1::ERROR_REASON_AGREEMENT_SCOPE, "agreement.exact_inner_cells"},
      {"stale policy", [](R& r) { r.policy_named.fill(8); }, Gate::kPolicyApproval,
       v1::ERROR_REASON_POLICY_STALE, "round.policy_digest"},
      {"one approval of two", [](R& r) { r.policy_approvals = 1; }, Gate::kPolicyApproval,
       v1::ERROR_REASON_POLICY_STALE, "two_person"},
      {"no approval of one",
       [](R& r) {
         r.two_person = false;
         r.policy_approvals = 0;
       },
       Gate::kPolicyApproval, v1::ERROR_REASON_POLICY_STALE, "two_person"},
      {"another layout", [](R& r) { r.layout_matches = false; }, Gate::kContribution,
       v1::ERROR_REASON_LAYOUT_MISMATCH, "round.layout_digest"},
  };
  for (const ComputeRow& row : rows) {
    ComputeRequest r = GoodCompute();
    row.change(r);
    const Decision d = DecideCompute(r, Document());
    ASSERT_FALSE(d.permitted()) << row.name;
    EXPECT_EQ(d.refusal().gate, row.gate) << row.name;
    EXPECT_EQ(d.refusal().reason, row.reason) << row.name;
    EXPECT_EQ(d.refusal().rule, row.rule) << row.name;
    EXPECT_FALSE(d.refusal().would_pass.empty()) << row.name;
    const absl::Status status = ToStatus(d);
    EXPECT_FALSE(status.ok()) << row.name;
    EXPECT_EQ(base::DetailOf(status).reason(), row.reason) << row.name;
  }
}

TEST(DecideCompute, PermitsTheEdgesOfTheTimeWindow) {
  ComputeRequest r = GoodCompute();
  r.received_at = r.issued_at - absl::Minutes(5);
  EXPECT_TRUE(DecideCompute(r, Document()).permitted());
  r.received_at = r.not_after - absl::Seconds(1);
  EXPECT_TRUE(DecideCompute(r, Document()).permitted());
}

TEST(DecideCompute, OnePersonIsEnoughWhereTheHubIsConfiguredSo) {
  ComputeRequest r = GoodCompute();
  r.two_person = false;
  r.policy_approvals = 1;
  EXPECT_TRUE(DecideCompute(r, Document()).permitted());
}

TEST(DecideCompute, MasksNeedNoExactCells) {
  ComputeRequest r = GoodCompute();
  r.agreement = &WithoutBit();
  r.exact_inner_cells = false;
  EXPECT_TRUE(DecideCompute(r, Document()).permitted());
}

ReleaseRequest GoodRelease() {
  ReleaseRequest r;
  r.round_state = v1::ROUND_STATE_CLOSED;
  r.issued_at = {At(6, 1), At(6, 2), At(6, 3)};
  r.now = At(6, 10);
  r.protected_and_clean = true;
  r.min_contributors = 3;
  return r;
}

struct ReleaseRow {
  const char* name;
  std::function<void(ReleaseRequest&)> change;
  Gate gate;
  v1::ErrorReason reason;
  const char* rule;
};

TEST(DecideRelease, PermitsAClosedProtectedRound) {
  EXPECT_TRUE(DecideRelease(GoodRelease(), Document()).permitted());
}

TEST(DecideRelease, RefusesByEveryRowOfItsTable) {
  using R = ReleaseRequest;
  const ReleaseRow rows[] = {
      {"open", [](R& r) { r.round_state = v1::ROUND_STATE_OPEN; }, Gate::kContributors,
       v1::ERROR_REASON_ROUND_OPEN, "round.state"},
      {"held", [](R& r) { r.round_state = v1::ROUND_STATE_HELD; }, Gate::kDisclosure,
       v1::ERROR_REASON_HELD, "round.state"},
      {"released", [](R& r) { r.round_state = v1::ROUND_STATE_RELEASED; }, Gate::kContributors,
       v1::ERROR_REASON_ROUND_CLOSED, "round.state"},
      {"failed", [](R& r) { r.round_state = v1::ROUND_STATE_FAILED; }, Gate::kContributors,
       v1::ERROR_REASON_ROUND_CLOSED, "round.state"},
      {"no state", [](R& r) { r.round_state = v1::ROUND_STATE_UNSPECIFIED; }, Gate::kContributors,
       v1::ERROR_REASON_ROUND_CLOSED, "round.state"},
      {"a stricter policy in force", [](R& r) { r.stricter_policy_in_force = true; },
       Gate::kPolicyApproval, v1::ERROR_REASON_POLICY_STALE, "round.policy_digest"},
      {"older than 120 days",
       [](R& r) { r.now = r.issued_at[0] + absl::Hours(24) * 120 + absl::Seconds(1); },
       Gate::kContributors, v1::ERROR_REASON_OUTSIDE_TIME_WINDOW, "policy.release_within_days"},
      {"nobody",
       [](R& r) {
         r.issued_at.clear();
         r.every_contributor_allows_member_level = true;
       },
       Gate::kContributors, v1::ERROR_REASON_TOO_FEW_MEMBERS, "policy.min_contributors"},
      {"two members", [](R& r) { r.issued_at.pop_back(); }, Gate::kContributors,
       v1::ERROR_REASON_TOO_FEW_MEMBERS, "policy.min_contributors"},
      {"three where an agreement asks four", [](R& r) { r.min_contributors = 4; },
       Gate::kContributors, v1::ERROR_REASON_TOO_FEW_MEMBERS, "policy.min_contributors"},
      {"not protected", [](R& r) { r.protected_and_clean = false; }, Gate::kDisclosure,
       v1::ERROR_REASON_HELD, "disclosure.linear_audit"},
  };
  for (const ReleaseRow& row : rows) {
    ReleaseRequest r = GoodRelease();
    row.change(r);
    const Decision d = DecideRelease(r, Document());
    ASSERT_FALSE(d.permitted()) << row.name;
    EXPECT_EQ(d.refusal().gate, row.gate) << row.name;
    EXPECT_EQ(d.refusal().reason, row.reason) << row.name;
    EXPECT_EQ(d.refusal().rule, row.rule) << row.name;
    EXPECT_EQ(d.refusal().code, absl::StatusCode::kFailedPrecondition) << row.name;
    EXPECT_FALSE(d.refusal().would_pass.empty()) << row.name;
  }
}

TEST(DecideRelease, PermitsExactly120DaysAndFewMembersWhoAllAgreed) {
  ReleaseRequest r = GoodRelease();
  r.now = r.issued_at[0] + absl::Hours(24) * 120;
  EXPECT_TRUE(DecideRelease(r, Document()).permitted());
  r.issued_at.resize(1);
  r.every_contributor_allows_member_level = true;
  EXPECT_TRUE(DecideRelease(r, Document()).permitted());
}

TEST(DecideRelease, APolicyLooserInTheRequestDoesNotLower) {
  ReleaseRequest r = GoodRelease();
  r.issued_at.pop_back();
  r.min_contributors = 1;
  EXPECT_FALSE(DecideRelease(r, Document()).permitted());
}

TEST(DecideShow, EveryRowOfItsTable) {
  struct Row {
    v1::Role role;
    bool in_scope;
    bool released;
    bool permitted;
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      {v1::ROLE_SECRETARIAT, true, true, true, v1::ERROR_REASON_UNSPECIFIED},
      {v1::ROLE_SECRETARIAT, true, false, false, v1::ERROR_REASON_NOT_FOUND},
      {v1::ROLE_SECRETARIAT, false, true, false, v1::ERROR_REASON_SCOPE},
      {v1::ROLE_SECRETARIAT, false, false, false, v1::ERROR_REASON_SCOPE},
      {v1::ROLE_MEMBER_AGENT, true, true, true, v1::ERROR_REASON_UNSPECIFIED},
      {v1::ROLE_MEMBER_AGENT, true, false, false, v1::ERROR_REASON_NOT_FOUND},
      {v1::ROLE_MEMBER_AGENT, false, true, false, v1::ERROR_REASON_SCOPE},
      {v1::ROLE_MEMBER_AGENT, false, false, false, v1::ERROR_REASON_SCOPE},
      {v1::ROLE_AUDITOR, false, true, true, v1::ERROR_REASON_UNSPECIFIED},
      {v1::ROLE_AUDITOR, false, false, false, v1::ERROR_REASON_NOT_FOUND},
      {v1::ROLE_OPERATOR, true, true, false, v1::ERROR_REASON_ROLE},
      {v1::ROLE_OPERATOR, false, false, false, v1::ERROR_REASON_ROLE},
      {v1::ROLE_UNSPECIFIED, true, true, false, v1::ERROR_REASON_ROLE},
      {static_cast<v1::Role>(99), true, true, false, v1::ERROR_REASON_ROLE},
  };
  for (const Row& row : rows) {
    const Decision d = DecideShow({row.role, row.in_scope, row.released});
    EXPECT_EQ(d.permitted(), row.permitted) << row.role << row.in_scope << row.released;
    if (!d.permitted()) {
      EXPECT_EQ(d.refusal().gate, Gate::kReader);
      EXPECT_EQ(d.refusal().reason, row.reason);
    }
    EXPECT_EQ(d.gates_not_evaluated(), (std::vector<Gate>{Gate::kDurableEntry, Gate::kWitness}));
  }
}

TEST(DecideShow, ThePublicReadsWhatEveryContributorLetsBePublic) {
  for (const bool released : {false, true}) {
    for (const bool is_public : {false, true}) {
      // A role or an area that slips in changes nothing for who has no identity.
      for (const v1::Role role : {v1::ROLE_UNSPECIFIED, v1::ROLE_AUDITOR}) {
        const Decision d = DecideShow({.role = role,
                                       .in_scope = true,
                                       .released = released,
                                       .public_reader = true,
                                       .public_release = is_public});
        EXPECT_EQ(d.permitted(), released && is_public);
        if (d.permitted()) continue;
        EXPECT_EQ(d.refusal().rule, "release.public");
        EXPECT_EQ(d.refusal().code, absl::StatusCode::kNotFound);
        EXPECT_EQ(d.refusal().reason, v1::ERROR_REASON_NOT_FOUND);
      }
    }
  }
  // What is the council's alone and what is not there: one answer.
  const Refusal hidden = DecideShow({.released = true, .public_reader = true}).refusal();
  const Refusal absent =
      DecideShow({.released = false, .public_reader = true, .public_release = true}).refusal();
  EXPECT_EQ(hidden.message, absent.message);
  EXPECT_EQ(hidden.would_pass, absent.would_pass);
  // The council itself does not ask.
  EXPECT_TRUE(
      DecideShow({.role = v1::ROLE_SECRETARIAT, .in_scope = true, .released = true}).permitted());
}

// R12: what would pass names policy fields and agreement bits. The same refusal says the same of
// whatever data.
TEST(Refusals, NeverSayWhatDependsOnData) {
  std::map<std::string, std::string> said;  // rule and message -> would pass
  const auto hear = [&](const Decision& d) {
    if (d.permitted()) return;
    const Refusal& r = d.refusal();
    const auto [it, first] = said.emplace(r.rule, r.message + "|" + r.would_pass);
    if (first) return;
    EXPECT_EQ(it->second, r.message + "|" + r.would_pass) << r.rule;
  };
  for (int contributors = 0; contributors < 12; ++contributors) {
    for (const int needed : {0, 3, 5, 11}) {
      for (const bool allowed : {false, true}) {
        for (const bool clean : {false, true}) {
          ReleaseRequest r = GoodRelease();
          r.issued_at.assign(static_cast<size_t>(contributors), At(6, 1));
          r.min_contributors = needed;
          r.every_contributor_allows_member_level = allowed;
          r.protected_and_clean = clean;
          hear(DecideRelease(r, Document()));
        }
      }
    }
  }
  for (int days = 121; days < 400; days += 40) {
    ReleaseRequest r = GoodRelease();
    r.now = r.issued_at[0] + absl::Hours(24) * days;
    hear(DecideRelease(r, Document()));
  }
  EXPECT_EQ(said.size(), 3u);
}

TEST(Gates, NotEvaluatedAreNamedInOrder) {
  EXPECT_EQ(GatesNotEvaluated(),
            (std::vector<std::string>{"7 durable log entry before display", "8 witnesses"}));
}

}  // namespace
}  // namespace renkei::policy::rules
