#include "agents/intake/text.h"

#include <string>

#include "gtest/gtest.h"

namespace renkei::agents::intake {
namespace {

std::string Folded(absl::string_view text) {
  std::string buffer;
  return std::string(Fold(text, &buffer));
}

TEST(Folding, TurnsFullWidthDigitsAndLettersIntoAscii) {
  EXPECT_EQ(Folded("２１０"), "210");
  EXPECT_EQ(Folded("Ｆ"), "F");
  EXPECT_EQ(Folded("８５．５"), "85.5");
}

TEST(Folding, TrimsAsciiAndIdeographicSpaces) {
  EXPECT_EQ(Folded("  ab "), "ab");
  EXPECT_EQ(Folded("　ａｂ　"), "ab");
  EXPECT_EQ(Folded(""), "");
}

TEST(Folding, LeavesBytesThatAreNoUtf8AsTheyAre) { EXPECT_EQ(Folded("\xFF\xFE"), "\xFF\xFE"); }

TEST(ValueShapes, AreThoseOfTheSpecification) {
  EXPECT_EQ(ValueShape("２１０"), "９９９");
  EXPECT_EQ(ValueShape("12.5mg"), "99.9AA");
  EXPECT_EQ(ValueShape(""), "∅");
}

TEST(ValueShapes, ShowNoCharacterOfTheValue) {
  EXPECT_EQ(ValueShape("山田 タロウﾀﾛｳ"), "漢漢_カカカカカカ");
  EXPECT_EQ(ValueShape("a@b#1"), "A?A?9");
  EXPECT_EQ(ValueShape("\xFF"), "?");
}

TEST(ValueShapes, AreCutAfterSixteenCharacters) {
  EXPECT_EQ(ValueShape("1234567890123456"), "9999999999999999");
  EXPECT_EQ(ValueShape("12345678901234567"), "9999999999999999…");
}

TEST(FixedPointNumbers, ScaleToTheDecimalsOfTheItem) {
  EXPECT_EQ(ParseFixedPoint("85", 1)->scaled, 850);
  EXPECT_EQ(ParseFixedPoint("85.5", 1)->scaled, 855);
  EXPECT_EQ(ParseFixedPoint("0.70", 2)->scaled, 70);
  EXPECT_EQ(ParseFixedPoint("-1.5", 1)->scaled, -15);
}

TEST(FixedPointNumbers, CutFurtherDecimalsAndSaySo) {
  const auto cut = ParseFixedPoint("84.96", 1);
  EXPECT_EQ(cut->scaled, 849);
  EXPECT_TRUE(cut->has_rest);
  const auto zeros = ParseFixedPoint("85.00", 1);
  EXPECT_EQ(zeros->scaled, 850);
  EXPECT_FALSE(zeros->has_rest);
}

TEST(FixedPointNumbers, AreNothingElse) {
  for (const char* text : {"", ".", "-", "1.", ".5", "1,000", "1e3", "+1", "1.2.3", " 1", "1 ",
                           "--1", "NaN", "<10", "1234567890123456"}) {
    EXPECT_FALSE(ParseFixedPoint(text, 1).has_value()) << text;
  }
  EXPECT_TRUE(ParseFixedPoint("123456789012345", 2).has_value());
}

TEST(Utf8Validity, FindsTheFirstBadByte) {
  EXPECT_EQ(FirstInvalidUtf8("plain ascii that is longer than sixteen"), absl::string_view::npos);
  EXPECT_EQ(FirstInvalidUtf8("鶴岡市の健診 and then ascii again, long enough"),
            absl::string_view::npos);
  EXPECT_EQ(FirstInvalidUtf8("abc\xFF"), 3u);
  EXPECT_EQ(FirstInvalidUtf8("0123456789abcdef0123\x93\xFA"), 20u);
}

TEST(Utf8Validity, RefusesOverlongFormsSurrogatesAndCutSequences) {
  EXPECT_EQ(FirstInvalidUtf8("\xC0\xAF"), 0u);
  EXPECT_EQ(FirstInvalidUtf8("\xE0\x80\xAF"), 0u);
  EXPECT_EQ(FirstInvalidUtf8("\xED\xA0\x80"), 0u);
  EXPECT_EQ(FirstInvalidUtf8("\xF4\x90\x80\x80"), 0u);
  EXPECT_EQ(FirstInvalidUtf8("a\xE9\xB6"), 1u);
}

}  // namespace
}  // namespace renkei::agents::intake
