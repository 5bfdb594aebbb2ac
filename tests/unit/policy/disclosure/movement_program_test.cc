#include "policy/disclosure/movement_program.h"

#include <gtest/gtest.h>

#include <cmath>

namespace renkei::policy::disclosure {
namespace {

// Three counts of which any two make up the target: it moves by one only where all move by a half,
// unless `slack`, at a high cost, takes the rest.
constexpr uint32_t kTarget = 3;
constexpr uint32_t kSlack = 4;
class Triangle : public MovementProgram {
 public:
  explicit Triangle(double slack)
      : MovementProgram(5, {{{0, 1, kTarget}, {1, 1, -1}},
                            {{1, 2, kTarget}, {1, 1, -1}},
                            {{2, 0, kTarget, kSlack}, {1, 1, -1, 1}}}) {
    for (const uint32_t column : {0, 1, 2}) {
      SetBounds(column, 0, 9);
      SetCost(column, 1);
    }
    SetBounds(kSlack, 0, slack);
    SetCost(kSlack, 1);
  }
};

TEST(MovementProgram, RoundsToAMovementOfWholeNumbers) {
  Triangle program(9);
  program.SetBounds(kTarget, 1, 1);
  ASSERT_EQ(program.SolveWhole(), MovementProgram::Outcome::kOptimal);
  const double* y = program.solution();
  for (uint32_t column = 0; column < 5; ++column) {
    EXPECT_EQ(y[column], std::round(y[column])) << column;
  }
  EXPECT_EQ(y[0] + y[1], 1);
  EXPECT_EQ(y[1] + y[2], 1);
  EXPECT_EQ(y[2] + y[0] + y[kSlack], 1);
}

TEST(MovementProgram, SaysThatItFoundNoneAndLeavesTheBoundsAsTheyWere) {
  Triangle program(0);
  program.SetBounds(kTarget, 1, 1);
  EXPECT_EQ(program.SolveWhole(), MovementProgram::Outcome::kFailed);
  ASSERT_EQ(program.SolveDual(), MovementProgram::Outcome::kOptimal);
  EXPECT_DOUBLE_EQ(program.solution()[0], 0.5);
  program.SetBounds(kTarget, 2, 2);
  EXPECT_EQ(program.SolveWhole(), MovementProgram::Outcome::kOptimal);
  EXPECT_EQ(program.solution()[0], 1);
}

TEST(MovementProgram, RoundsWithARowMoreAndForgetsIt) {
  Triangle program(0);
  program.SetBounds(kTarget, -9, 9);
  const ProgramRow all{{0, 1, 2}, {1, 1, 1}};
  EXPECT_EQ(program.SolveWholeWith(all, 1), MovementProgram::Outcome::kFailed);
  ASSERT_EQ(program.SolveWholeWith(all, 3), MovementProgram::Outcome::kOptimal);
  EXPECT_EQ(program.solution()[kTarget], 2);
  program.SetBounds(kTarget, 4, 4);
  ASSERT_EQ(program.SolveWhole(), MovementProgram::Outcome::kOptimal);
  EXPECT_EQ(program.solution()[0], 2);
}

}  // namespace
}  // namespace renkei::policy::disclosure
