// Questionnaire indicators (definitions 10): which answer counts, in which list and period.
#include <gtest/gtest.h>

#include "tests/golden/definitions/boundary_cases.h"

namespace renkei::agents::evaluate {
namespace {

using policy::base::FiscalYear;
using policy::catalogue::ValueState;

constexpr Counted kYes = Counted::kYes;
constexpr Counted kNo = Counted::kNo;
constexpr Counted kNotInN = Counted::kNotInN;
const FiscalYear kPeriod4(2024);

TEST(Questionnaire, CountsTheAnswersOfTheTable) {
  const struct {
    const char* measure;
    const char* item;
    std::vector<int> yes;
    std::vector<int> no;
  } kQuestions[] = {
      {"q_w20", "q09_weight_gain10", {1}, {2}},
      {"q_noexercise", "q10_exercise", {2}, {1}},
      {"q_exercise", "q10_exercise", {1}, {2}},
      {"q_inactive", "q11_activity", {2}, {1}},
      {"q_slowwalk", "q12_walk_fast", {2}, {1}},
      {"q_chew", "q13_chewing", {2, 3}, {1}},
      {"q_fast", "q14_eating_speed", {1}, {2, 3}},
      {"q_latedinner", "q15_late_dinner", {1}, {2}},
      {"q_snack", "q16_snack", {1}, {2, 3}},
      {"q_nobreakfast", "q17_skip_breakfast", {1}, {2}},
      {"q_sleep_bad", "q20_sleep_rest", {2}, {1}},
      {"q_nostage", "q21_stage", {1}, {2, 3, 4, 5}},
      {"q_guid_hist", "q22_guidance_history", {1}, {2}},
  };
  for (const auto& question : kQuestions) {
    const auto count = [&](const Someone& someone) {
      return CountOf(question.measure, someone, kPeriod4);
    };
    EXPECT_EQ(count(Man()), kNotInN) << question.measure;
    EXPECT_EQ(count(Man().Is(question.item, ValueState::kInvalid)), kNotInN) << question.measure;
    for (const int code : question.yes) {
      EXPECT_EQ(count(Man().Answers(question.item, code)), kYes) << question.measure << code;
    }
    for (const int code : question.no) {
      EXPECT_EQ(count(Man().Answers(question.item, code)), kNo) << question.measure << code;
    }
  }
}

TEST(Questionnaire, PeriodsBoundWhatIsDefined) {
  const auto defined = [](const char* measure, int year) {
    return policy::catalogue::IsValidIn(*BuiltIn()->FindMeasure(measure), year);
  };
  for (const char* measure : {"q_chew", "q_snack", "finding_egfr", "finding_nonhdl"}) {
    EXPECT_FALSE(defined(measure, 2017)) << measure;
    EXPECT_TRUE(defined(measure, 2018)) << measure;
  }
  for (const char* measure : {"q_exsmoke", "q_guid_hist", "q_riskdrink4"}) {
    EXPECT_FALSE(defined(measure, 2023)) << measure;
    EXPECT_TRUE(defined(measure, 2024)) << measure;
  }
  EXPECT_TRUE(defined("q_drink_shiseido", 2023));
  EXPECT_FALSE(defined("q_drink_shiseido", 2024));
}

TEST(Questionnaire, Row50ExSmokersExistOnlyInTheNewList) {
  EXPECT_EQ(CountOf("q_exsmoke", Man().Answers("q08_smoking", 2, ".6.24060"), kPeriod4), kYes);
  EXPECT_EQ(CountOf("q_exsmoke", Man().Answers("q08_smoking", 3, ".6.24060"), kPeriod4), kNo);
  EXPECT_EQ(CountOf("q_exsmoke", Man().Answers("q08_smoking", 2, ".6.2003"), kPeriod4), kNotInN);
}

Someone Drinks(const Someone& someone, int frequency, int amount) {
  return someone.Answers("q18_drink_freq", frequency, ".6.24040")
      .Answers("q19_drink_amount", amount, ".6.24050");
}

TEST(Drinking, Row52AmountCodesAreReadInTheirList) {
  // Code 4 is 3 to 5 go in the new list: risky for a man three or four days a week. In the old list
  // it is 3 go and more, and says nothing here.
  const Someone three_days = Man().Answers("q18_drink_freq", 3, ".6.24040");
  EXPECT_EQ(
      CountOf("q_riskdrink4", three_days.Answers("q19_drink_amount", 4, ".6.24050"), kPeriod4),
      kYes);
  EXPECT_EQ(CountOf("q_riskdrink4", three_days.Answers("q19_drink_amount", 4, ".6.2006"), kPeriod4),
            kNotInN);
}

TEST(Drinking, Row53And54EmptyAmountCountsOnlyForWhoHardlyDrinks) {
  for (const int frequency : {6, 7, 8}) {
    EXPECT_EQ(
        CountOf("q_riskdrink4", Man().Answers("q18_drink_freq", frequency, ".6.24040"), kPeriod4),
        kNo)
        << frequency;
  }
  for (const int frequency : {1, 2, 3, 4, 5}) {
    EXPECT_EQ(
        CountOf("q_riskdrink4", Man().Answers("q18_drink_freq", frequency, ".6.24040"), kPeriod4),
        kNotInN)
        << frequency;
  }
  // An amount alone decides nothing.
  EXPECT_EQ(CountOf("q_riskdrink4", Man().Answers("q19_drink_amount", 1, ".6.24050"), kPeriod4),
            kNotInN);
}

TEST(Drinking, Row55TheWholeTableOfRiskBySex) {
  // Smallest amount that is risky, by frequency 1 to 5 (6: none is).
  const int kMan[] = {3, 3, 4, 5, 5};
  const int kWoman[] = {2, 2, 2, 4, 5};
  for (int frequency = 1; frequency <= 5; ++frequency) {
    for (int amount = 1; amount <= 5; ++amount) {
      EXPECT_EQ(CountOf("q_riskdrink4", Drinks(Man(), frequency, amount), kPeriod4),
                amount >= kMan[frequency - 1] ? kYes : kNo)
          << frequency << " " << amount;
      EXPECT_EQ(CountOf("q_riskdrink4", Drinks(Woman(), frequency, amount), kPeriod4),
                amount >= kWoman[frequency - 1] ? kYes : kNo)
          << frequency << " " << amount;
    }
  }
}

TEST(Drinking, DailyMeansTheSameInBothLists) {
  EXPECT_EQ(CountOf("q_drinkdaily", Man().Answers("q18_drink_freq", 1, ".6.24040")), kYes);
  EXPECT_EQ(CountOf("q_drinkdaily", Man().Answers("q18_drink_freq", 1, ".6.2005")), kYes);
  EXPECT_EQ(CountOf("q_drinkdaily", Man().Answers("q18_drink_freq", 2, ".6.2005")), kNo);
  EXPECT_EQ(CountOf("q_drinkdaily", Man().Answers("q18_drink_freq", 2, ".6.24040")), kNo);
  EXPECT_EQ(CountOf("q_drinkdaily", Man()), kNotInN);
}

TEST(Drinking, HabitOfTheOldListsNeedsOneGo) {
  const auto drinks = [](int frequency, int amount) {
    return CountOf("q_drink_shiseido", Man()
                                           .Answers("q18_drink_freq", frequency, ".6.2005")
                                           .Answers("q19_drink_amount", amount, ".6.2006"));
  };
  EXPECT_EQ(drinks(1, 1), kNo);
  EXPECT_EQ(drinks(1, 2), kYes);
  EXPECT_EQ(drinks(2, 4), kYes);
  EXPECT_EQ(drinks(3, 4), kNo);
  EXPECT_EQ(CountOf("q_drink_shiseido", Man().Answers("q18_drink_freq", 3, ".6.2005")), kNo);
  EXPECT_EQ(CountOf("q_drink_shiseido", Man().Answers("q18_drink_freq", 1, ".6.2005")), kNotInN);
  EXPECT_EQ(CountOf("q_drink_shiseido", Man().Answers("q19_drink_amount", 1, ".6.2006")), kNotInN);
  EXPECT_EQ(
      CountOf(
          "q_drink_shiseido",
          Man().Answers("q18_drink_freq", 1, ".6.24040").Answers("q19_drink_amount", 1, ".6.2006")),
      kNotInN);
}

TEST(Drinking, HabitOfPeriodFourIsAnApproximationOfItsOwn) {
  const auto drinks = [](int frequency, int amount) {
    return CountOf("q_drink_shiseido_p4", Drinks(Man(), frequency, amount), kPeriod4);
  };
  EXPECT_EQ(drinks(1, 1), kNo);
  EXPECT_EQ(drinks(5, 2), kYes);
  EXPECT_EQ(drinks(6, 5), kNo);
  const auto frequency_alone = [](int frequency, const char* list) {
    return CountOf("q_drink_shiseido_p4", Man().Answers("q18_drink_freq", frequency, list),
                   kPeriod4);
  };
  EXPECT_EQ(frequency_alone(6, ".6.24040"), kNo);
  EXPECT_EQ(frequency_alone(5, ".6.24040"), kNotInN);
  EXPECT_EQ(frequency_alone(1, ".6.2005"), kNotInN);
}

}  // namespace
}  // namespace renkei::agents::evaluate
