#include "agents/intake/values.h"

#include "gtest/gtest.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::agents::intake {
namespace {

using policy::catalogue::Catalogue;
using policy::catalogue::ItemColumn;
using policy::catalogue::ItemTable;
using policy::catalogue::ValueState;

const ItemTable& Items() {
  static const auto* const loaded = new auto(Catalogue::LoadBuiltIn().value());
  return (*loaded)->items();
}
int IndexOf(const char* name) { return Items().ColumnOf(name).value(); }
const ItemColumn& Column(const char* name) {
  return Items().columns()[static_cast<size_t>(IndexOf(name))];
}

Judgement Number(const char* column, const char* text, Mark mark = Mark::kNone) {
  return JudgeNumber(Column(column), text, mark);
}

// Boundary cases 18 to 21 of definitions 14; the range of triglycerides is 10 < x < 2000.
TEST(OpenInputRange, ExcludesItsOwnLimits) {
  EXPECT_EQ(Number("tg_fasting_mgdl", "10").message, MessageCode::kValRange);
  EXPECT_EQ(Number("tg_fasting_mgdl", "10").value.state, ValueState::kInvalid);
  EXPECT_EQ(Number("tg_fasting_mgdl", "11").value.state, ValueState::kValid);
  EXPECT_EQ(Number("tg_fasting_mgdl", "1999").value.state, ValueState::kValid);
  EXPECT_EQ(Number("tg_fasting_mgdl", "2000").value.state, ValueState::kInvalid);
  EXPECT_EQ(Number("tg_fasting_mgdl", "2100").message, MessageCode::kValRange);
}

TEST(OpenInputRange, IsTestedOnTheWrittenNumberNotOnTheCutOne) {
  EXPECT_EQ(Number("waist_cm", "40.0").value.state, ValueState::kInvalid);
  EXPECT_EQ(Number("waist_cm", "40.05").value.state, ValueState::kValid);
  EXPECT_EQ(Number("waist_cm", "249.99").value.state, ValueState::kValid);
  EXPECT_EQ(Number("waist_cm", "250.0").value.state, ValueState::kInvalid);
}

TEST(OpenInputRange, ExcludesZeroOfTransaminases) {
  EXPECT_EQ(Number("ast_ul", "0").value.state, ValueState::kInvalid);
  EXPECT_EQ(Number("ast_ul", "1").value.state, ValueState::kValid);
}

TEST(Marks, KeepANumberBeyondTheRange) {
  const Judgement low = Number("tg_fasting_mgdl", "10", Mark::kLow);
  EXPECT_EQ(low.value.state, ValueState::kMarkedLow);
  EXPECT_EQ(low.value.value, 10);
  const Judgement high = Number("tg_fasting_mgdl", "2000", Mark::kHigh);
  EXPECT_EQ(high.value.state, ValueState::kMarkedHigh);
  EXPECT_EQ(high.value.value, 2000);
}

TEST(Marks, OfTheWrongSideDoNotSaveAValue) {
  EXPECT_EQ(Number("tg_fasting_mgdl", "2100", Mark::kLow).message, MessageCode::kValRange);
  EXPECT_EQ(Number("tg_fasting_mgdl", "9", Mark::kHigh).message, MessageCode::kValRange);
}

TEST(Marks, InsideTheRangeAreDoubtedAndTheValueKept) {
  const Judgement j = Number("tg_fasting_mgdl", "150", Mark::kHigh);
  EXPECT_EQ(j.value.state, ValueState::kValid);
  EXPECT_EQ(j.message, MessageCode::kValMark);
}

TEST(Marks, WithoutNumberStandBeyondEveryThreshold) {
  EXPECT_EQ(JudgeMarkAlone(Mark::kHigh).value.state, ValueState::kAboveRange);
  EXPECT_EQ(JudgeMarkAlone(Mark::kLow).value.state, ValueState::kBelowRange);
  // A number that does not fit its fixed point is beyond every threshold too.
  EXPECT_EQ(Number("tg_fasting_mgdl", "99999999999", Mark::kHigh).value.state,
            ValueState::kAboveRange);
}

TEST(ItemsWithoutRange, HaveWideSanityLimits) {
  EXPECT_EQ(Number("creatinine_mgdl", "0").value.state, ValueState::kValid);
  EXPECT_EQ(Number("creatinine_mgdl", "100000").value.state, ValueState::kValid);
  EXPECT_EQ(Number("creatinine_mgdl", "100000.01").value.state, ValueState::kInvalid);
  EXPECT_EQ(Number("creatinine_mgdl", "-0.01").value.state, ValueState::kInvalid);
}

// Boundary cases 7 and 22: what is below the limit as written stays below it.
TEST(FurtherDecimals, AreCutSoThatNoLimitIsCrossed) {
  const Judgement waist = Number("waist_cm", "84.96");
  EXPECT_EQ(waist.value.value, 849);
  EXPECT_TRUE(waist.has_cut_decimals);
  EXPECT_EQ(Number("hdl_mgdl", "39.5").value.value, 39);
  EXPECT_FALSE(Number("waist_cm", "85.00").has_cut_decimals);
}

TEST(CodedAnswers, AreReadInTheListThatIsNamed) {
  const ItemColumn& smoking = Column("q08_smoking");
  const Judgement old_list = JudgeCode(smoking, "2", "1.2.392.200119.6.2003", 1);
  const Judgement new_list = JudgeCode(smoking, "2", "1.2.392.200119.6.24060", 4);
  EXPECT_EQ(old_list.value.state, ValueState::kValid);
  EXPECT_EQ(new_list.value.state, ValueState::kValid);
  EXPECT_NE(old_list.value.value, new_list.value.value);
  EXPECT_EQ(policy::catalogue::CodeOf(old_list.value.value), 2);
}

// Boundary case 51.
TEST(CodedAnswers, OutsideTheirListAreDropped) {
  EXPECT_EQ(JudgeCode(Column("q08_smoking"), "3", "1.2.392.200119.6.2003", 1).message,
            MessageCode::kValCode);
  EXPECT_EQ(JudgeCode(Column("q08_smoking"), "x", "1.2.392.200119.6.2003", 1).message,
            MessageCode::kValCode);
  EXPECT_EQ(JudgeCode(Column("q08_smoking"), "1001", "1.2.392.200119.6.2003", 1).message,
            MessageCode::kValCode);
}

TEST(CodedAnswers, OfAnotherPeriodsListFollowTheListWithAWarning) {
  const Judgement j = JudgeCode(Column("q08_smoking"), "3", "1.2.392.200119.6.24060", 3);
  EXPECT_EQ(j.value.state, ValueState::kValid);
  EXPECT_EQ(j.message, MessageCode::kListPeriod);
}

TEST(CodedAnswers, OfAnUnknownListAreDropped) {
  EXPECT_EQ(JudgeCode(Column("q08_smoking"), "1", "1.2.392.200119.6.9999", 1).message,
            MessageCode::kListUnknown);
}

TEST(CodedAnswers, WithoutListNeedOneListForAllPeriods) {
  EXPECT_EQ(JudgeCode(Column("q08_smoking"), "1", "", 1).message, MessageCode::kListUnknown);
  EXPECT_EQ(JudgeCode(Column("q01_med_bp"), "1", "", 1).value.state, ValueState::kValid);
  EXPECT_EQ(JudgeCode(Column("q01_med_bp"), "3", "", 1).message, MessageCode::kValCode);
}

TEST(CodedCells, AreReadInTheListOfTheirPeriod) {
  const int smoking = IndexOf("q08_smoking");
  EXPECT_EQ(JudgeCodeOfPeriod(Items(), smoking, "3", 3).message, MessageCode::kValCode);
  EXPECT_EQ(JudgeCodeOfPeriod(Items(), smoking, "3", 4).value.state, ValueState::kValid);
  EXPECT_EQ(JudgeCodeOfPeriod(Items(), smoking, "2", 1).value,
            JudgeCode(Column("q08_smoking"), "2", "1.2.392.200119.6.2003", 1).value);
}

TEST(Ranges, AreToldInTheItemsDecimals) {
  EXPECT_EQ(RangeText(Column("waist_cm")), "40.0 < x < 250.0");
  EXPECT_EQ(RangeText(Column("tg_fasting_mgdl")), "10 < x < 2000");
  EXPECT_EQ(RangeText(Column("q08_smoking")), "");
}

}  // namespace
}  // namespace renkei::agents::intake
