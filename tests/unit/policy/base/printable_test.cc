#include "policy/base/printable.h"

#include <gtest/gtest.h>

#include <string>

namespace renkei::policy::base {
namespace {

TEST(Printable, KeepsJapaneseTextSignsAndSpacesAsTheyAre) {
  for (const char* text :
       {"鶴岡市 ―…'\"", "髙橋　ﾊﾅｺ", "か\u3099", "葛\U000E0100城市", "𠮷野", ""}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, ReplacesWhatDrivesATerminal) {
  EXPECT_EQ(Printable("a\x1b[2Jb"), "a\uFFFD[2Jb");
  EXPECT_EQ(Printable("a\rb\tc\x7f"), "a\uFFFDb\uFFFDc\uFFFD");
  EXPECT_EQ(Printable("a\xC2\x9B"
                      "b"),
            "a\uFFFDb");  // C1 control sequence introducer
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a\uFFFDb");
}

TEST(Printable, ReplacesWhatTurnsOrHidesText) {
  EXPECT_EQ(Printable("a\u202Eb"), "a\uFFFDb");  // right-to-left override
  EXPECT_EQ(Printable("a\u2067b\u2069"), "a\uFFFDb\uFFFD");
  EXPECT_EQ(Printable("a\u200Bb"), "a\uFFFDb");  // zero width space
  EXPECT_EQ(Printable("\uFEFFa"), "\uFFFDa");
}

TEST(Printable, KeepsLineFeedsOnlyWhereATextIsShownWhole) {
  EXPECT_EQ(Printable("a\nb"), "a\uFFFDb");
  EXPECT_EQ(Printable("a\nb", true), "a\nb");
  EXPECT_EQ(Printable("a\u2028b\u2029"
                      "c\u0085",
                      true),
            "a\uFFFDb\uFFFDc\uFFFD");
}

TEST(Printable, ReplacesEveryByteThatIsNotUtf8) {
  EXPECT_EQ(Printable("\xff"), "\uFFFD");
  EXPECT_EQ(Printable("a\xe3\x82"), "a\uFFFD\uFFFD");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a lone surrogate
}

}  // namespace
}  // namespace renkei::policy::base
