#include "agents/cohort/pseudonym.h"

#include <gtest/gtest.h>

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
