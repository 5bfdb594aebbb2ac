#include "policy/consent/fold.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/base/clock.h"

namespace renkei::policy::consent {
namespace {

constexpr v1::Purpose kPlanning = v1::PURPOSE_REGIONAL_PLANNING;
constexpr v1::DataCategory kExam = v1::DATA_CATEGORY_EXAM_RESULT;
constexpr v1::DataCategory kClaims = v1::DATA_CATEGORY_CLAIMS;
const absl::CivilDay kBirth(1960, 5, 1);

absl::Time Jst(int y, int m, int d, int hh = 0, int mm = 0, int ss = 0) {
  return absl::FromCivil(absl::CivilSecond(y, m, d, hh, mm, ss), base::Jst());
}
absl::Time Day(int day) { return Jst(2024, 1, 1) + absl::Hours(24) * day; }

Event Plain(EventType type, absl::Time time) {
  Event event;
  event.type = type;
  event.event_time = time;
  event.effective_at = time;
  return event;
}

Event Given(absl::Time time) {
  Event event = Plain(EventType::kGiven, time);
  event.basis = v1::LEGAL_BASIS_CONSENT;
  event.text_ref = "form@1";
  return event;
}

Event Scoped(Event event, std::vector<v1::Purpose> purposes,
             std::vector<v1::DataCategory> categories) {
  event.purposes = std::move(purposes);
  event.categories = std::move(categories);
  return event;
}

Event Referring(EventType type, absl::Time time, absl::Time refers_to) {
  Event event = Plain(type, time);
  event.refers_to = refers_to;
  return event;
}

class FoldTest : public ::testing::Test {
 protected:
  FoldTest() { texts_.Add(kPlanning, "form@1"); }

  FoldOutcome At(absl::Time instant, const std::vector<Event>& events,
                 v1::DataCategory category = kExam) const {
    FoldContext context{kPlanning, instant, &texts_, AgeRule()};
    return Fold(events, category, birth_, context);
  }

  AcceptedTexts texts_;
  absl::CivilDay birth_ = kBirth;
};

constexpr FoldOutcome kGranted = FoldOutcome::kGranted;
constexpr FoldOutcome kDenied = FoldOutcome::kDenied;
constexpr FoldOutcome kAbsent = FoldOutcome::kAbsent;

TEST_F(FoldTest, SaysAbsentWithoutAnyEvent) { EXPECT_EQ(At(Day(1), {}), kAbsent); }

TEST_F(FoldTest, GrantsFromTheInstantOfTheGrantOn) {
  const std::vector<Event> events = {Given(Day(10))};
  EXPECT_EQ(At(Day(10) - absl::Seconds(1), events), kAbsent);
  EXPECT_EQ(At(Day(10), events), kGranted);
}

TEST_F(FoldTest, NeverBackdatesAGrant) {
  Event grant = Given(Day(10));
  grant.effective_at = Day(1);
  EXPECT_EQ(At(Day(9), {grant}), kAbsent);
  EXPECT_EQ(At(Day(10), {grant}), kGranted);
}

TEST_F(FoldTest, BackdatesAWithdrawal) {
  Event withdrawal = Plain(EventType::kWithdrawn, Day(20));
  withdrawal.effective_at = Day(5);
  EXPECT_EQ(At(Day(4), {Given(Day(1)), withdrawal}), kGranted);
  EXPECT_EQ(At(Day(5), {Given(Day(1)), withdrawal}), kDenied);
}

TEST_F(FoldTest, AppliesAWithdrawalFromItsInstantOn) {
  for (EventType type : {EventType::kWithdrawn, EventType::kOptedOut, EventType::kRefused}) {
    const std::vector<Event> events = {Given(Day(1)), Plain(type, Day(5))};
    EXPECT_EQ(At(Day(5) - absl::Seconds(1), events), kGranted);
    EXPECT_EQ(At(Day(5), events), kDenied);
  }
}

TEST_F(FoldTest, ExpiresHalfOpenAtJstMidnightAndOnALeapDay) {
  Event grant = Given(Jst(2023, 4, 1));
  grant.valid_from = Jst(2024, 2, 29);
  grant.valid_to = Jst(2024, 4, 1);
  EXPECT_EQ(At(Jst(2024, 2, 28, 23, 59, 59), {grant}), kAbsent);
  EXPECT_EQ(At(Jst(2024, 2, 29), {grant}), kGranted);
  EXPECT_EQ(At(Jst(2024, 3, 31, 23, 59, 59), {grant}), kGranted);
  EXPECT_EQ(At(Jst(2024, 4, 1), {grant}), kAbsent);
}

TEST_F(FoldTest, TreatsAnExpiryEventAsAnEndAndNotAsADenial) {
  const std::vector<Event> events = {Given(Day(1)), Plain(EventType::kExpired, Day(5))};
  EXPECT_EQ(At(Day(5), events), kAbsent);
  EXPECT_EQ(At(Day(6), {Given(Day(1)), Plain(EventType::kExpired, Day(5)), Given(Day(6))}),
            kGranted);
}

TEST_F(FoldTest, CountsATextOnlyForThePurposesThatAcceptIt) {
  AcceptedTexts texts;
  texts.Add(v1::PURPOSE_REGIONAL_PLANNING, "form@2");
  texts.Add(v1::PURPOSE_COUNCIL_INDICATOR, "form@1");
  texts.Add(v1::PURPOSE_COUNCIL_INDICATOR, "form@2");
  const struct {
    const char* text;
    v1::Purpose purpose;
    FoldOutcome outcome;
  } table[] = {
      {"form@1", v1::PURPOSE_REGIONAL_PLANNING, kAbsent},
      {"form@2", v1::PURPOSE_REGIONAL_PLANNING, kGranted},
      {"form@1", v1::PURPOSE_COUNCIL_INDICATOR, kGranted},
      {"form@2", v1::PURPOSE_COUNCIL_INDICATOR, kGranted},
      {"form@2", v1::PURPOSE_ACADEMIC_STUDY, kAbsent},
      {"", v1::PURPOSE_COUNCIL_INDICATOR, kAbsent},
      {"form@3", v1::PURPOSE_COUNCIL_INDICATOR, kAbsent},
  };
  for (const auto& row : table) {
    Event grant = Given(Day(1));
    grant.text_ref = row.text;
    const FoldContext context{row.purpose, Day(2), &texts, AgeRule()};
    EXPECT_EQ(Fold(std::vector{grant}, kExam, kBirth, context), row.outcome) << row.text;
  }
  const FoldContext no_texts{kPlanning, Day(2), nullptr, AgeRule()};
  EXPECT_EQ(Fold(std::vector{Given(Day(1))}, kExam, kBirth, no_texts), kAbsent);
}

TEST_F(FoldTest, EndsAGuardiansGrantOnTheEighteenthBirthday) {
  birth_ = absl::CivilDay(2004, 2, 29);
  Event grant = Given(Jst(2020, 4, 1));
  grant.grantor = Grantor::kGuardian;
  EXPECT_EQ(At(Jst(2022, 2, 28, 23, 59, 59), {grant}), kGranted);
  EXPECT_EQ(At(Jst(2022, 3, 1), {grant}), kAbsent);
  grant.grantor = Grantor::kSelf;
  EXPECT_EQ(At(Jst(2022, 3, 1), {grant}), kGranted);
}

TEST_F(FoldTest, EndsAProxysGrantBeforeTheConsentEnds) {
  Event grant = Given(Day(1));
  grant.grantor = Grantor::kPowerOfAttorney;
  grant.valid_to = Day(100);
  grant.grantor_ends_on = Day(50);
  EXPECT_EQ(At(Day(50) - absl::Seconds(1), {grant}), kGranted);
  EXPECT_EQ(At(Day(50), {grant}), kAbsent);
}

TEST_F(FoldTest, NeverGrantsByOptOutNoticeOrAnotherBasis) {
  for (v1::LegalBasis basis :
       {v1::LEGAL_BASIS_OPT_OUT_NOTICE, v1::LEGAL_BASIS_STATUTE, v1::LEGAL_BASIS_JOINT_USE,
        v1::LEGAL_BASIS_UNSPECIFIED, v1::LEGAL_BASIS_NONE}) {
    Event grant = Given(Day(40));
    grant.basis = basis;
    EXPECT_EQ(At(Day(50), {grant}), kAbsent);
    EXPECT_EQ(At(Day(50), {Plain(EventType::kNoticeGiven, Day(1)), grant}), kAbsent);
  }
}

TEST_F(FoldTest, HonoursAStopRequestWithoutAnyNotice) {
  EXPECT_EQ(At(Day(5), {Plain(EventType::kOptedOut, Day(5))}), kDenied);
  EXPECT_EQ(At(Day(5), {Plain(EventType::kNoticeGiven, Day(1))}), kAbsent);
}

// The waiting time of an opt-out notice (30 days) opens nothing for health data, and a request to
// stop closes at any time (R17).
TEST_F(FoldTest, FollowsTheTruthTableOfNoticeWaitingTimeAndStopRequest) {
  struct Row {
    bool has_notice;
    int days_since_notice;
    bool has_stop_request;
    bool has_grant;
    FoldOutcome outcome;
  };
  const Row rows[] = {
      {false, 0, false, false, kAbsent}, {false, 0, true, false, kDenied},
      {true, 0, false, false, kAbsent},  {true, 29, false, false, kAbsent},
      {true, 30, false, false, kAbsent}, {true, 31, false, false, kAbsent},
      {true, 29, true, false, kDenied},  {true, 31, true, false, kDenied},
      {true, 31, false, true, kGranted}, {true, 0, false, true, kGranted},
      {true, 31, true, true, kDenied},
  };
  const absl::Time now = Day(50);
  for (const Row& row : rows) {
    std::vector<Event> events;
    if (row.has_notice) {
      events.push_back(
          Plain(EventType::kNoticeGiven, now - absl::Hours(24) * row.days_since_notice));
      events.back().basis = v1::LEGAL_BASIS_OPT_OUT_NOTICE;
    }
    if (row.has_grant) events.push_back(Given(Day(40)));
    if (row.has_stop_request) events.push_back(Plain(EventType::kOptedOut, now));
    const FoldOutcome outcome = At(now, events);
    EXPECT_EQ(outcome, row.outcome)
        << row.has_notice << row.days_since_notice << row.has_stop_request << row.has_grant;
    EXPECT_FALSE(BasisPermits(v1::LEGAL_BASIS_OPT_OUT_NOTICE, outcome));
  }
}

TEST_F(FoldTest, ExplainsWhatBecameOfEachEvent) {
  Event old_text = Given(Day(1));
  old_text.text_ref = "form@0";
  Event ended = Given(Day(2));
  Event early = Given(Day(9));
  early.valid_from = Day(30);
  Event late = Given(Day(9));
  late.valid_to = Day(11);
  Event proxy = Given(Day(9));
  proxy.grantor_ends_on = Day(12);
  Event guardian = Given(Day(9));
  guardian.grantor = Grantor::kGuardian;
  Event statute = Given(Day(9));
  statute.basis = v1::LEGAL_BASIS_STATUTE;
  const std::vector<Event> events = {old_text,
                                     ended,
                                     Plain(EventType::kExpired, Day(3)),
                                     early,
                                     late,
                                     proxy,
                                     guardian,
                                     statute,
                                     Given(Day(40)),
                                     Scoped(Given(Day(9)), {kPlanning}, {v1::DATA_CATEGORY_CLAIMS}),
                                     Given(Day(8)),
                                     Given(Day(10)),
                                     Plain(EventType::kNoticeGiven, Day(9))};
  const FoldContext context{kPlanning, Day(20), &texts_, AgeRule()};
  const Explanation explanation = ExplainFold(events, kExam, absl::CivilDay(1960, 1, 1), context);
  EXPECT_EQ(explanation.outcome, kGranted);
  using F = EventFate;
  EXPECT_EQ(
      explanation.fates,
      (std::vector<F>{F::kTextNotAccepted, F::kEnded, F::kNoStatement, F::kNotYetValid,
                      F::kNoLongerValid, F::kProxyEnded, F::kOfAge, F::kOtherBasis, F::kNotYet,
                      F::kOtherScope, F::kOutranked, F::kDecides, F::kNoStatement}));
  const std::vector<Event> corrected = {Given(Day(5)),
                                        Referring(EventType::kInvalidated, Day(6), Day(5)),
                                        Plain(EventType::kRefused, Day(7))};
  EXPECT_EQ(ExplainFold(corrected, kExam, birth_, context).fates,
            (std::vector<F>{F::kSuperseded, F::kNoStatement, F::kDecides}));
}

TEST_F(FoldTest, LetsARenewalStandWithoutABasisOfItsOwn) {
  Event renewal = Given(Day(5));
  renewal.type = EventType::kRenewed;
  renewal.basis = v1::LEGAL_BASIS_UNSPECIFIED;
  EXPECT_EQ(At(Day(5), {renewal}), kGranted);
}

TEST_F(FoldTest, EndsEverySpecificGrantByAWiderDenial) {
  const Event specific = Scoped(Given(Day(1)), {kPlanning}, {kExam});
  const std::vector<std::pair<std::vector<v1::Purpose>, std::vector<v1::DataCategory>>> wider = {
      {{}, {}}, {{kPlanning}, {}}, {{}, {kExam}}, {{kPlanning}, {kExam, kClaims}}};
  for (const auto& [purposes, categories] : wider) {
    const Event denial = Scoped(Plain(EventType::kWithdrawn, Day(1)), purposes, categories);
    EXPECT_EQ(At(Day(9), {specific, denial}), kDenied);
  }
}

TEST_F(FoldTest, KeepsTheRestOfAGrantBesideANarrowerDenial) {
  const std::vector<Event> events = {Given(Day(1)),
                                     Scoped(Plain(EventType::kWithdrawn, Day(2)), {}, {kClaims})};
  EXPECT_EQ(At(Day(9), events, kExam), kGranted);
  EXPECT_EQ(At(Day(9), events, kClaims), kDenied);
  const std::vector<Event> other_purpose = {
      Given(Day(1)),
      Scoped(Plain(EventType::kWithdrawn, Day(2)), {v1::PURPOSE_ACADEMIC_STUDY}, {})};
  EXPECT_EQ(At(Day(9), other_purpose), kGranted);
}

TEST_F(FoldTest, LetsTheMoreSpecificStatementWin) {
  const Event denial = Scoped(Plain(EventType::kRefused, Day(1)), {kPlanning}, {kExam});
  EXPECT_EQ(At(Day(9), {denial, Given(Day(5))}), kDenied);
  EXPECT_EQ(
      At(Day(9), {Plain(EventType::kRefused, Day(1)), Scoped(Given(Day(5)), {kPlanning}, {kExam})}),
      kGranted);
}

TEST_F(FoldTest, LetsTheLaterStatementOfTheSameScopeWin) {
  EXPECT_EQ(At(Day(9), {Plain(EventType::kRefused, Day(1)), Given(Day(5))}), kGranted);
}

TEST_F(FoldTest, LetsTheDenialWinAtTheSameInstantInEitherOrder) {
  const Event denial = Plain(EventType::kRefused, Day(5));
  EXPECT_EQ(At(Day(9), {denial, Given(Day(5))}), kDenied);
  EXPECT_EQ(At(Day(9), {Given(Day(5)), denial}), kDenied);
}

TEST_F(FoldTest, DropsAnInvalidatedGrant) {
  const std::vector<Event> events = {Given(Day(1)),
                                     Referring(EventType::kInvalidated, Day(5), Day(1))};
  EXPECT_EQ(At(Day(4), events), kGranted);
  EXPECT_EQ(At(Day(5), events), kAbsent);
}

TEST_F(FoldTest, NeverTakesADenialAwayBackwardsInTime) {
  Event invalidation = Referring(EventType::kInvalidated, Day(9), Day(5));
  invalidation.effective_at = Day(5);
  const std::vector<Event> events = {Given(Day(1)), Plain(EventType::kWithdrawn, Day(5)),
                                     invalidation};
  EXPECT_EQ(At(Day(8), events), kDenied);
  EXPECT_EQ(At(Day(9), events), kGranted);
}

TEST_F(FoldTest, PutsACorrectionInThePlaceOfTheEventThatItNames) {
  Event correction = Referring(EventType::kCorrected, Day(5), Day(1));
  correction.categories = {kClaims};
  correction.text_ref = "form@1";
  const std::vector<Event> events = {Given(Day(1)), correction};
  EXPECT_EQ(At(Day(4), events, kExam), kGranted);
  EXPECT_EQ(At(Day(5), events, kExam), kAbsent);
  EXPECT_EQ(At(Day(5), events, kClaims), kGranted);

  Event narrowed = Referring(EventType::kCorrected, Day(7), Day(6));
  narrowed.categories = {kClaims};
  const std::vector<Event> denial = {Given(Day(1)), Plain(EventType::kWithdrawn, Day(6)), narrowed};
  EXPECT_EQ(At(Day(6), denial, kExam), kDenied);
  EXPECT_EQ(At(Day(7), denial, kExam), kGranted);
  EXPECT_EQ(At(Day(7), denial, kClaims), kDenied);
}

TEST_F(FoldTest, TreatsACorrectionOfNothingOrOfSeveralEventsAsADenial) {
  EXPECT_EQ(At(Day(9), {Given(Day(1)), Referring(EventType::kCorrected, Day(5), Day(2))}), kDenied);
  EXPECT_EQ(At(Day(9), {Plain(EventType::kCorrected, Day(5))}), kDenied);
  // Two events of one form at one time: the denial stays.
  const std::vector<Event> form = {Given(Day(1)),
                                   Scoped(Plain(EventType::kRefused, Day(1)), {}, {kClaims}),
                                   Referring(EventType::kInvalidated, Day(5), Day(1))};
  EXPECT_EQ(At(Day(9), form, kExam), kAbsent);
  EXPECT_EQ(At(Day(9), form, kClaims), kDenied);
}

TEST_F(FoldTest, RestoresAnEventWhoseInvalidationWasInvalidated) {
  const std::vector<Event> events = {Given(Day(1)),
                                     Referring(EventType::kInvalidated, Day(5), Day(1)),
                                     Referring(EventType::kInvalidated, Day(7), Day(5))};
  EXPECT_EQ(At(Day(6), events), kAbsent);
  EXPECT_EQ(At(Day(7), events), kGranted);
}

TEST_F(FoldTest, IgnoresReferencesToItselfAndToTheFuture) {
  EXPECT_EQ(At(Day(9), {Given(Day(6)), Referring(EventType::kInvalidated, Day(5), Day(6))}),
            kGranted);
  EXPECT_EQ(At(Day(9), {Referring(EventType::kInvalidated, Day(5), Day(5))}), kAbsent);
  EXPECT_EQ(At(Day(9), {Referring(EventType::kCorrected, Day(5), Day(5))}), kDenied);
  // Two corrections of one instant that would name each other.
  EXPECT_EQ(At(Day(9), {Referring(EventType::kCorrected, Day(5), Day(5)),
                        Referring(EventType::kCorrected, Day(5), Day(5))}),
            kDenied);
}

TEST_F(FoldTest, RefusesUnknownWords) {
  const FoldContext unspecified{v1::PURPOSE_UNSPECIFIED, Day(9), &texts_, AgeRule()};
  EXPECT_EQ(Fold(std::vector{Given(Day(1))}, kExam, kBirth, unspecified), kDenied);
  EXPECT_EQ(At(Day(9), {Given(Day(1))}, v1::DATA_CATEGORY_UNSPECIFIED), kDenied);
  EXPECT_EQ(At(Day(9), {Given(Day(1))}, static_cast<v1::DataCategory>(50)), kDenied);
  // A denial that lists a word nobody knows denies everything; a grant does not grow by it.
  const Event strange =
      Scoped(Plain(EventType::kRefused, Day(2)), {}, {static_cast<v1::DataCategory>(50)});
  EXPECT_EQ(At(Day(9), {Given(Day(1)), strange}), kDenied);
  EXPECT_EQ(At(Day(9), {Scoped(Given(Day(1)), {}, {static_cast<v1::DataCategory>(50)})}), kAbsent);
  EXPECT_EQ(At(Day(9), {Plain(static_cast<EventType>(77), Day(1))}), kDenied);
}

TEST_F(FoldTest, FoldsEveryCategoryAtOnce) {
  const std::vector<Event> events = {Scoped(Given(Day(1)), {}, {kExam}),
                                     Scoped(Plain(EventType::kRefused, Day(1)), {}, {kClaims})};
  const FoldContext context{kPlanning, Day(9), &texts_, AgeRule()};
  const CategoryOutcomes outcomes = FoldAll(events, kBirth, context);
  EXPECT_EQ(outcomes.by_category[kExam], kGranted);
  EXPECT_EQ(outcomes.by_category[kClaims], kDenied);
  EXPECT_EQ(outcomes.by_category[v1::DATA_CATEGORY_GUIDANCE], kAbsent);
  EXPECT_EQ(FoldAll({}, kBirth, context), CategoryOutcomes::AllAbsent());
}

}  // namespace
}  // namespace renkei::policy::consent
