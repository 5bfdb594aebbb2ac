#include "agents/intake/text.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
  EXPECT_EQ(ParseFixedPoint("-999999999999999", 4)->scaled, -std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ParseFixedPoint("999999999999999", 3)->scaled, 999'999'999'999'999'000);
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

// The definition of RFC 3629 by code points, one byte after the other.
size_t SlowFirstInvalid(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = [&](size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    const unsigned lead = byte(i);
    const size_t length = lead < 0x80           ? 1
                          : (lead >> 5) == 0x06 ? 2
                          : (lead >> 4) == 0x0E ? 3
                          : (lead >> 3) == 0x1E ? 4
                                                : 0;
    if (length == 0) return i;
    unsigned point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      if ((byte(i + k) >> 6) != 2) return i;
      point = (point << 6) | (byte(i + k) & 0x3F);
    }
    constexpr unsigned kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return i;
    i += length;
  }
  return absl::string_view::npos;
}

TEST(Utf8Validity, IsTheStandardsAtEveryPlace) {
  const std::vector<std::string> borders = {"\x7F", "\x80", "\x8F", "\x90", "\x9F",
                                            "\xA0", "\xBF", "\xC0", "\xFF"};
  for (const char* before : {"", "abc", "1234567", "12345678", "鶴", "鶴岡x"}) {
    for (const char* behind : {"", "z", "鶴", "12345678901"}) {
      for (int lead = 0x80; lead < 0x100; ++lead) {
        for (const std::string& a : borders) {
          for (const std::string& b : borders) {
            const std::string text =
                absl::StrCat(before, std::string(1, static_cast<char>(lead)), a, b, behind);
            ASSERT_EQ(FirstInvalidUtf8(text), SlowFirstInvalid(text)) << ValueShape(text);
            const std::string four = absl::StrCat(text, "\x80", behind);
            ASSERT_EQ(FirstInvalidUtf8(four), SlowFirstInvalid(four));
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace renkei::agents::intake
