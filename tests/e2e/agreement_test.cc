// Agreements and policies through the commands: who signs what, what is said, what comes into
// force.
#include <gtest/gtest.h>

#include "tests/e2e/small_members.h"
#include "tests/e2e/world.h"

namespace renkei::tests {
namespace {

class AgreementTest : public ::testing::Test {
 protected:
  void SetUp() override { world_.StartHub(); }
  void Enrol() {
    ASSERT_EQ(world_.InitMember(kTsuruoka).exit_code, 0);
    const std::string code = world_.Write("code", world_.Invite(kTsuruoka));
    ASSERT_EQ(world_
                  .Agent("tsuruoka",
                         {"enrol", "--code", "@" + code, "--ca-fingerprint", world_.fingerprint()})
                  .exit_code,
              0);
  }
  static bool Has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
  World world_;
};

constexpr char kText[] =
    R"(dua_id: "01890a5d-ac96-774b-bcce-000000062031"
version: 1
member_kind: MEMBER_KIND_MUNICIPALITY
member_code: "062031"
member_name: "鶴岡市"
counterparty: "council"
valid_from: "2020-04-01"
valid_to: "2099-04-01"
first_fiscal_year: 2008
last_fiscal_year: 2029
purpose: PURPOSE_REGIONAL_PLANNING
indicator: "*"
area: "0604"
exact_inner_cells: true
finest_age: FINEST_AGE_TWO_BANDS
basis { basis: LEGAL_BASIS_STATUTE article: "test" }
notice_days: 30
withdrawal_effect: WITHDRAWAL_EFFECT_STOP_NEXT
incident_contact_hours: 24
duties { no_other_use: true no_reidentification: true no_onward_transfer: true keep_evidence: true }
)";

TEST_F(AgreementTest, AMemberProposesTheSecretariatSignsAndEitherGivesNotice) {
  Enrol();
  const std::string id = "01890a5d-ac96-774b-bcce-000000062031";
  const std::string file = world_.Write("dua.textproto", kText);
  const Outcome unasked = world_.Agent("tsuruoka", {"agreement", "propose", "--file", file});
  EXPECT_EQ(unasked.exit_code, 1) << "nobody confirmed";
  const Outcome proposed = world_.Agent(
      "tsuruoka", {"agreement", "propose", "--file", file, "--yes", "--language", "en"});
  ASSERT_EQ(proposed.exit_code, 0) << proposed.err;
  EXPECT_TRUE(Has(proposed.out, "not signed by the secretariat")) << proposed.out;
  EXPECT_TRUE(Has(proposed.out, "ages 40-64 and 65-74")) << proposed.out;
  EXPECT_TRUE(Has(proposed.out, "30 days after the notice; what was accepted before stays"))
      << proposed.out;
  EXPECT_EQ(world_.Agent("tsuruoka", {"agreement", "sign", "--yes"}).exit_code, 0)
      << "nothing to sign on this side";

  EXPECT_EQ(world_.Secretariat({"agreement", "sign", "--id", id}).exit_code, 1);
  const Outcome signed_by_both =
      world_.Secretariat({"--lang", "en", "agreement", "sign", "--id", id, "--yes"});
  ASSERT_EQ(signed_by_both.exit_code, 0) << signed_by_both.err;
  EXPECT_TRUE(Has(signed_by_both.out, "active")) << signed_by_both.out;
  EXPECT_TRUE(Has(signed_by_both.out, "notice_days: 30")) << "what is signed is shown first";
  EXPECT_EQ(world_.Secretariat({"agreement", "sign", "--id", id, "--yes"}).exit_code, 1)
      << "signed already";
  const Outcome shown = world_.Agent("tsuruoka", {"agreement", "show", "--language", "en"});
  EXPECT_TRUE(Has(shown.out, "version 1: active")) << shown.out;
  const Outcome in_japanese = world_.Agent("tsuruoka", {"agreement", "show"});
  EXPECT_TRUE(Has(in_japanese.out, "版 1: 有効")) << in_japanese.out;

  const Outcome notice =
      world_.Agent("tsuruoka", {"agreement", "withdraw", "--yes", "--language", "en"});
  ASSERT_EQ(notice.exit_code, 0) << notice.err;
  EXPECT_TRUE(Has(notice.out, "(notice by this member)")) << notice.out;
  const Outcome again =
      world_.Agent("tsuruoka", {"agreement", "withdraw", "--yes", "--language", "en"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_TRUE(Has(again.out, "notice was given")) << again.out;
  const Outcome nothing =
      world_.Agent("tsuruoka", {"agreement", "show", "--id", "another", "--language", "en"});
  EXPECT_TRUE(Has(nothing.out, "no agreement of this member has this --id")) << nothing.out;
  const Outcome history = world_.Secretariat({"--lang", "en", "agreement", "show", "--id", id});
  EXPECT_TRUE(Has(history.out, "active until ")) << history.out;
  EXPECT_TRUE(Has(history.out, "proposed by: the member")) << history.out;
  EXPECT_TRUE(Has(history.out, "signed by both, in force")) << history.out;
  EXPECT_TRUE(Has(history.out, "notice of withdrawal by: the member")) << history.out;
  const Outcome japanese = world_.Secretariat({"--lang", "ja", "agreement", "show", "--id", id});
  EXPECT_TRUE(Has(japanese.out, "終了の通知: 参加団体")) << japanese.out;
  const Outcome journal = world_.Agent("tsuruoka", {"journal"});
  EXPECT_TRUE(Has(journal.out, "AGREEMENT WITHDRAWN")) << journal.out;
}

TEST_F(AgreementTest, AMemberDeclinesWhatWasProposedToIt) {
  Enrol();
  ASSERT_EQ(world_.Propose(kTsuruoka).exit_code, 0);
  const Outcome declined =
      world_.Agent("tsuruoka", {"agreement", "withdraw", "--yes", "--language", "en"});
  ASSERT_EQ(declined.exit_code, 0) << declined.err;
  EXPECT_TRUE(Has(declined.out, "taken back")) << declined.out;
  EXPECT_EQ(world_.Agent("tsuruoka", {"agreement", "withdraw", "--yes"}).exit_code, 1);
}

TEST_F(AgreementTest, AnotherMembersTextStopsBeforeItIsSigned) {
  Enrol();
  std::string text = kText;
  text.replace(text.find("\"062031\""), 8, "\"062049\"");
  const Outcome refused = world_.Agent(
      "tsuruoka", {"agreement", "propose", "--yes", "--file", world_.Write("dua.textproto", text)});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(Has(refused.err, "this member's own")) << refused.err;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST_F(AgreementTest, APolicyIsCheckedComparedProposedAndShown) {
  world_.Join(kTsuruoka);
  const std::string round = world_.OpenRound(2011, "finding_bmi");
  const std::string shipped =
      ReadAll(std::string(RENKEI_SOURCE_DIR) + "/policy/rules/default_policy.textproto");
  const std::string faulty = world_.Write(
      "faulty.textproto", Replaced(Replaced(shipped, "min_cell_persons: 10", "min_cell_persons: 9"),
                                   "release_within_days: 120", "release_within_days: 121"));
  const Outcome refused = world_.Secretariat({"policy", "check", "--file", faulty});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_TRUE(Has(refused.err, "faulty.textproto:6: min_cell_persons: ")) << refused.err;
  EXPECT_TRUE(Has(refused.err, "faulty.textproto:16: release_within_days: ")) << refused.err;
  EXPECT_EQ(world_.Secretariat({"policy", "propose", "--file", faulty}).exit_code, 1);

  const std::string strict =
      world_.Write("strict.textproto",
                   Replaced(Replaced(shipped, "min_cell_persons: 10", "min_cell_persons: 12"),
                            "version: 1", "version: 2"));
  const Outcome checked = world_.Secretariat({"--lang", "en", "policy", "check", "--file", strict});
  ASSERT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_TRUE(Has(checked.out, round)) << checked.out;
  EXPECT_TRUE(Has(checked.out, "no release any more: min_cell_persons")) << checked.out;
  const Outcome diff = world_.Secretariat({"--lang", "en", "policy", "diff", "--file", strict});
  EXPECT_EQ(diff.exit_code, 0) << diff.err;
  EXPECT_TRUE(Has(diff.out, "tightens")) << diff.out;
  EXPECT_FALSE(Has(diff.out, "loosens")) << diff.out;
  const Outcome turned = world_.Secretariat(
      {"--lang", "ja", "policy", "diff", "--file", world_.Write("same.textproto", shipped)});
  EXPECT_TRUE(Has(turned.out, "違いはありません")) << turned.out;

  const Outcome proposed =
      world_.Secretariat({"--lang", "en", "policy", "propose", "--file", strict});
  ASSERT_EQ(proposed.exit_code, 0) << proposed.err;
  EXPECT_TRUE(Has(proposed.out, "ndb-guideline-default 2  in force")) << proposed.out;
  EXPECT_TRUE(Has(proposed.out, "two-person rule off")) << proposed.out;
  EXPECT_EQ(world_
                .Secretariat({"policy", "approve", "--policy", "ndb-guideline-default", "--version",
                              "2", "--yes"})
                .exit_code,
            0)
      << "signed already";
  const Outcome versions =
      world_.Secretariat({"--lang", "en", "policy", "diff", "--policy", "ndb-guideline-default",
                          "--from", "2", "--to", "1"});
  EXPECT_EQ(versions.exit_code, 0) << versions.err;
  EXPECT_TRUE(Has(versions.out, "loosens")) << versions.out;
  const Outcome shown = world_.Auditor({"policy", "show"});
  EXPECT_TRUE(Has(shown.out, "min_cell_persons: 12")) << shown.out;
  const Outcome history = world_.Auditor({"--lang", "en", "policy", "show", "--history"});
  EXPECT_TRUE(Has(history.out, "ndb-guideline-default 1  superseded")) << history.out;
  EXPECT_TRUE(Has(history.out, "initial policy of the configuration")) << history.out;
  const std::string digest = FirstMatch(history.out, "[0-9a-f]{64}");
  EXPECT_TRUE(Has(world_.Auditor({"policy", "show", "--digest", digest.substr(0, 12)}).out,
                  "min_cell_persons: 12"));
  EXPECT_EQ(world_.Auditor({"policy", "show", "--digest", "ffffffff"}).exit_code, 1);
  EXPECT_EQ(world_.Auditor({"policy", "propose", "--file", strict}).exit_code, 1);
  EXPECT_EQ(world_.Secretariat({"policy", "approve"}).exit_code, 2);
  EXPECT_EQ(world_.Secretariat({"policy", "diff"}).exit_code, 2);
  // The round that was open goes on, and is not released any more.
  EXPECT_EQ(world_.Secretariat({"round", "close", "--round", round}).exit_code, 0);
  const Outcome release = world_.Secretariat({"release", "make", "--round", round});
  EXPECT_EQ(release.exit_code, 1);
  EXPECT_TRUE(Has(release.err, "stricter")) << release.err;
}

// A hub that one person was enough for, and that asks for two now.
TEST_F(AgreementTest, TwoPersonsApproveWithBundlesOfTheirOwn) {
  world_.Join(kTsuruoka);
  const std::string second = world_.Path("hub/second.bundle");
  const Outcome made = world_.Operator({"bundle", "make", "--role", "secretariat", "--area", "0604",
                                        "--person", "officer-2", "--out", second});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(world_.StopHub(), 0);
  world_.Write("hub/hub.textproto", Replaced(ReadAll(world_.Path("hub/hub.textproto")),
                                             "trust_domain", "two_person: true\ntrust_domain"));
  world_.StartHub();
  const std::vector<std::string> open = {"round",         "open", "--area",       "0604",
                                         "--fiscal-year", "2011", "--indicators", "finding_bmi"};
  const Outcome refused = world_.Secretariat(open);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(Has(refused.err, "was not approved by two persons")) << refused.err;

  const std::vector<std::string> approve = {
      "policy", "approve", "--policy", "ndb-guideline-default", "--version", "1", "--yes"};
  ASSERT_EQ(world_.Secretariat(approve).exit_code, 0);
  EXPECT_EQ(world_.Secretariat(open).exit_code, 1) << "one of two";
  std::vector<std::string> other = {Program("renkei"), "--bundle", second};
  other.insert(other.end(), approve.begin(), approve.end());
  const Outcome approved = RunCommand(other);
  ASSERT_EQ(approved.exit_code, 0) << approved.err;
  EXPECT_TRUE(Has(approved.out, "secretariat/0604/officer-2")) << approved.out;
  EXPECT_TRUE(Has(approved.out, "two-person rule on")) << approved.out;
  EXPECT_EQ(world_.Secretariat(open).exit_code, 0);
}

}  // namespace
}  // namespace renkei::tests
