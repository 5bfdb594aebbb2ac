#include "policy/catalogue/decimal.h"

#include <gtest/gtest.h>

namespace renkei::policy::catalogue {
namespace {

TEST(Decimal, IsExactOrNothing) {
  EXPECT_EQ(ParseScaled("85.0", 1), 850);
  EXPECT_EQ(ParseScaled("85", 1), 850);
  EXPECT_EQ(ParseScaled("5.6", 1), 56);
  EXPECT_EQ(ParseScaled("0.25", 2), 25);
  EXPECT_EQ(ParseScaled("-0.25", 2), -25);
  EXPECT_EQ(ParseScaled("126", 0), 126);
  for (const char* text : {"", "-", ".", "5.", ".5", "5..6", "1e3", " 5", "5 ", "+5", "5,6", "０",
                           "1234567890", "0x10", "5.6.7"}) {
    EXPECT_EQ(ParseScaled(text, 2), std::nullopt) << text;
  }
  EXPECT_EQ(ParseScaled("5.65", 1), std::nullopt);
  EXPECT_EQ(ParseScaled("999999999", 1), std::nullopt);
}

}  // namespace
}  // namespace renkei::policy::catalogue
