#include "agents/cohort/pseudonym.h"

#include <gtest/gtest.h>

#include <random>

#include "policy/base/bytes.h"
#include "policy/crypto/digest.h"
#include "policy/crypto/hash.h"

namespace renkei::agents::cohort {
namespace {

class PseudonymTest : public ::testing::Test {
 protected:
  PseudonymTest() : maker_(policy::base::Secret::Copy(std::vector<uint8_t>(32, 0x11))) {
    card_.insurer_number = "00060038";
    card_.symbol = "12-3";
    card_.number = "456";
    card_.branch = "1";
    card_.birth_date = absl::CivilDay(1960, 5, 1);
  }
  PersonKey Key(const PersonColumns& columns) const { return maker_.Make(columns).value().key; }

  Pseudonymiser maker_;
  PersonColumns card_;
};

TEST_F(PseudonymTest, IsTheHmacOverTheStatedBytes) {
  // domain, 0, form, and fields as length and bytes: written out, so that no change goes unnoticed.
  std::vector<uint8_t> message;
  const auto add = [&message](absl::string_view text) {
    message.insert(message.end(), text.begin(), text.end());
  };
  add("renkei/person/1");
  message.push_back(0);
  add("c");
  for (absl::string_view field : {"00060038", "123", "456", "1", "19600501", "M"}) {
    message.push_back(0);
    message.push_back(static_cast<uint8_t>(field.size()));
    add(field);
  }
  const std::vector<uint8_t> key(32, 0x11);
  EXPECT_EQ(Key(card_).exact, policy::crypto::HmacSha256(key, message));
}

TEST_F(PseudonymTest, MeetsInOnePseudonymWhateverTheWidthSpacesDashesAndZeros) {
  PersonColumns other = card_;
  other.insurer_number = "６００３８";
  other.symbol = " １２−３　";
  other.number = "０0456";
  other.branch = "０１";
  EXPECT_EQ(Key(other).exact, Key(card_).exact);
  EXPECT_EQ(Key(other).without_branch, Key(card_).without_branch);
  other.symbol = "12‐3";
  EXPECT_EQ(Key(other).exact, Key(card_).exact);
}

TEST_F(PseudonymTest, TellsEveryFieldApart) {
  const PersonKey base = Key(card_);
  const auto changed = [&](auto change) {
    PersonColumns columns = card_;
    change(columns);
    return Key(columns).exact != base.exact;
  };
  EXPECT_TRUE(changed([](PersonColumns& c) { c.insurer_number = "00060039"; }));
  EXPECT_TRUE(changed([](PersonColumns& c) { c.symbol = "124"; }));
  EXPECT_TRUE(changed([](PersonColumns& c) { c.symbol = "ー12-3"; }));
  EXPECT_TRUE(changed([](PersonColumns& c) { c.number = "4561"; }));
  EXPECT_TRUE(changed([](PersonColumns& c) { c.branch = "2"; }));
  EXPECT_TRUE(changed([](PersonColumns& c) { c.branch = "0"; }));
  EXPECT_TRUE(changed([](PersonColumns& c) { c.branch = ""; }));
  EXPECT_TRUE(changed([](PersonColumns& c) { c.birth_date = absl::CivilDay(1960, 5, 2); }));
  EXPECT_TRUE(changed([](PersonColumns& c) { c.sex = 1; }));
  // Digits that move from one field to the next are another card.
  PersonColumns moved = card_;
  moved.symbol = "1234";
  moved.number = "56";
  EXPECT_NE(Key(moved).exact, base.exact);
}

TEST_F(PseudonymTest, KnowsACardWithoutItsBranch) {
  PersonColumns bare = card_;
  bare.branch = "";
  EXPECT_TRUE(Key(bare).branch_absent);
  EXPECT_FALSE(Key(card_).branch_absent);
  EXPECT_EQ(Key(bare).without_branch, Key(card_).without_branch);
  PersonColumns zeros = card_;
  zeros.branch = "00";
  EXPECT_FALSE(Key(zeros).branch_absent);
}

TEST_F(PseudonymTest, UsesThePersonIdOnlyWhenTheNumberIsEmpty) {
  PersonColumns local;
  local.person_id = "Ｅ-001 ";
  local.birth_date = absl::CivilDay(1970, 1, 1);
  const PersonKey key = Key(local);
  EXPECT_FALSE(key.without_branch.has_value());
  PersonColumns same = local;
  same.person_id = "E-001";
  same.insurer_number = "unknown";
  EXPECT_EQ(Key(same).exact, key.exact);
  PersonColumns both = card_;
  both.person_id = "E-001";
  EXPECT_EQ(Key(both).exact, Key(card_).exact);
}

// ASCII text takes a road of its own; one full-width character sends the same text down the general
// one.
TEST_F(PseudonymTest, HashesAsciiTextAsTheGeneralRoadDoes) {
  const uint32_t seed = 20261122;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto text = [&random](size_t longest) {
    std::string made(random() % (longest + 1), ' ');
    // Digits mostly, with every control character, sign and letter in between.
    for (char& c : made) {
      c = static_cast<char>(random() % 3 == 0 ? random() % 128 : '0' + random() % 4);
    }
    return made;
  };
  for (int i = 0; i < 2000; ++i) {
    const std::string number = text(30), symbol = text(30), branch = text(4);
    PersonColumns ascii = card_;
    const std::string ascii_number = number + "7", ascii_symbol = symbol + "7",
                      ascii_branch = branch + "7";
    ascii.number = ascii_number;
    ascii.symbol = ascii_symbol;
    ascii.branch = ascii_branch;
    PersonColumns wide = card_;
    const std::string wide_number = number + "７", wide_symbol = symbol + "７",
                      wide_branch = branch + "７";
    wide.number = wide_number;
    wide.symbol = wide_symbol;
    wide.branch = wide_branch;
    ASSERT_EQ(Key(ascii).exact, Key(wide).exact) << "round " << i;
    ASSERT_EQ(Key(ascii).without_branch, Key(wide).without_branch) << "round " << i;
    PersonColumns local;
    local.person_id = ascii_number;
    PersonColumns wide_local;
    wide_local.person_id = wide_number;
    ASSERT_EQ(Key(local).exact, Key(wide_local).exact) << "round " << i;
  }
}

TEST_F(PseudonymTest, RefusesIncompleteColumnsWithoutRepeatingThem) {
  const auto refuses = [&](auto change) {
    PersonColumns columns = card_;
    change(columns);
    const absl::Status status = maker_.Make(columns).status();
    EXPECT_EQ(status.message().find("60038"), absl::string_view::npos);
    return status.code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refuses([](PersonColumns& c) { c.number = " 　"; }));
  EXPECT_TRUE(refuses([](PersonColumns& c) { c.insurer_number = ""; }));
  EXPECT_TRUE(refuses([](PersonColumns& c) { c.insurer_number = "unknown"; }));
  EXPECT_TRUE(refuses([](PersonColumns& c) { c.insurer_number = "006003800"; }));
  EXPECT_TRUE(refuses([](PersonColumns& c) { c.symbol = "\xff\xfe"; }));
  EXPECT_TRUE(refuses([](PersonColumns& c) { c.sex = 2; }));
  const std::string huge(300, '7');
  EXPECT_TRUE(refuses([&](PersonColumns& c) { c.number = huge; }));
}

}  // namespace
}  // namespace renkei::agents::cohort
