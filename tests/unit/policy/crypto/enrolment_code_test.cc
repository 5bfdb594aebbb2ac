#include "policy/crypto/enrolment_code.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"

namespace renkei::policy::crypto {
namespace {

EnrolmentCodeBits BitsOf(uint8_t seed) {
  EnrolmentCodeBits bits;
  for (size_t i = 0; i < bits.size(); ++i)
    bits[i] = static_cast<uint8_t>(seed * 37 + i * 59 + (i * i));
  return bits;
}

TEST(EnrolmentCode, IsSevenGroupsOfFour) {
  const std::string code = FormatEnrolmentCode(BitsOf(1));
  EXPECT_EQ(code.size(), 34u);
  for (size_t i = 0; i < code.size(); ++i) EXPECT_EQ(code[i] == '-', i % 5 == 4) << code;
  EXPECT_EQ(FormatEnrolmentCode({}).substr(0, 30), "0000-0000-0000-0000-0000-0000-");
}

TEST(EnrolmentCode, MatchesTheExampleOfTheReadme) {
  EnrolmentCodeBits bits;
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(FormatEnrolmentCode(bits), "000G-40R4-0M30-E209-185G-R38E-1X1N");
  EXPECT_EQ(FormatEnrolmentCode({}), "0000-0000-0000-0000-0000-0000-03YS");
}

TEST(EnrolmentCode, EveryBitIsInIt) {
  std::set<std::string> codes;
  for (int bit = 0; bit < 128; ++bit) {
    EnrolmentCodeBits bits{};
    bits[bit / 8] = static_cast<uint8_t>(1 << bit % 8);
    codes.insert(FormatEnrolmentCode(bits).substr(0, 32));
  }
  EXPECT_EQ(codes.size(), 128u);
}

TEST(EnrolmentCode, CanonicalTextStaysAsItIs) {
  for (int seed = 0; seed < 100; ++seed) {
    const std::string code = FormatEnrolmentCode(BitsOf(static_cast<uint8_t>(seed)));
    const auto back = NormaliseEnrolmentCode(code);
    ASSERT_TRUE(back.ok()) << code << " " << back.status();
    EXPECT_EQ(*back, code);
  }
}

TEST(EnrolmentCode, MayBeTypedInManyWays) {
  for (int seed = 0; seed < 20; ++seed) {
    const std::string code = FormatEnrolmentCode(BitsOf(static_cast<uint8_t>(seed)));
    const std::string typed[] = {
        absl::AsciiStrToLower(code),
        absl::StrReplaceAll(code, {{"-", ""}}),
        absl::StrReplaceAll(code, {{"-", " "}}) + "\n",
        absl::StrReplaceAll(code, {{"-", "ー"}, {"A", "Ａ"}, {"7", "７"}, {"Z", "ｚ"}}),
        absl::StrReplaceAll(code, {{"-", "　"}, {"0", "O"}, {"1", "l"}}),
        absl::StrReplaceAll(code, {{"-", "–"}, {"0", "o"}, {"1", "I"}}),
    };
    for (const std::string& text : typed) {
      const auto back = NormaliseEnrolmentCode(text);
      ASSERT_TRUE(back.ok()) << text << " " << back.status();
      EXPECT_EQ(*back, code);
    }
  }
}

TEST(EnrolmentCode, AlmostEverySlipIsFound) {
  int missed = 0, tried = 0;
  const std::string alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (int seed = 0; seed < 20; ++seed) {
    const std::string code = FormatEnrolmentCode(BitsOf(static_cast<uint8_t>(seed)));
    for (size_t i = 0; i < code.size(); ++i) {
      if (code[i] == '-') continue;
      for (const char c : alphabet) {
        if (c == code[i]) continue;
        std::string wrong = code;
        wrong[i] = c;
        ++tried;
        if (NormaliseEnrolmentCode(wrong).ok()) ++missed;
      }
    }
  }
  EXPECT_GT(tried, 15'000);
  EXPECT_LT(missed, tried / 1000);  // 12 check bits: one in 4096 expected
}

TEST(EnrolmentCode, OtherTextsAreRefusedWithoutBeingRepeated) {
  const std::string code = FormatEnrolmentCode(BitsOf(3));
  for (const std::string& text :
       {std::string(), std::string("-"), code.substr(0, 33), code + "0", code.substr(5) + "-U000",
        code + "山", code + "\xff", std::string("\xe3\x83"), std::string(10'000, '0'),
        std::string("0000\0-0000", 10)}) {
    const auto back = NormaliseEnrolmentCode(text);
    EXPECT_EQ(back.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(back.status().message().find(code.substr(0, 9)), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace renkei::policy::crypto
