// What the `renkei` program signs, and what it does not.
#include "tests/integration/cli/canned_hub.h"

namespace renkei::tests {
namespace {

TEST_F(RenkeiProgram, ProposesTheBytesOfTheFileSignedByTheBundle) {
  const std::string text = "dua_id: 'x'  # 協定\r\n";
  ASSERT_TRUE(base::WriteFileAtomically(folder_ + "/dua.textproto", text, 0644).ok());
  const Outcome outcome = Renkei({"agreement", "propose", "--file", folder_ + "/dua.textproto"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(hub_->proposal.payload(), text);
  const auto signer = *crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, 7)));
  EXPECT_TRUE(
      crypto::VerifyEnvelope(hub_->proposal, crypto::kAgreementType, signer->public_key()).ok());
}

v1::PolicyRecord PolicyOf(uint32_t version, v1::PolicyState state) {
  std::string text = *base::ReadFile(
      std::string(RENKEI_SOURCE_DIR) + "/policy/rules/default_policy.textproto", 1 << 20);
  const std::string line = "\nversion: 1\n";
  text.replace(text.find(line), line.size(), "\nversion: " + std::to_string(version) + "\n");
  v1::PolicyRecord record;
  record.set_id("ndb-guideline-default");
  record.set_version(version);
  record.set_text(text);
  record.set_digest(crypto::ToBytes(crypto::Sha256(base::AsBytes(text))));
  record.set_state(state);
  record.set_two_person(true);
  record.add_signature()->set_who("spiffe://h.example/secretariat/0604/\x1b[31mother");
  return record;
}

TEST_F(RenkeiProgram, ApprovesTheBytesThatAnotherPersonProposed) {
  hub_->policies = {PolicyOf(3, v1::POLICY_STATE_PROPOSED), PolicyOf(2, v1::POLICY_STATE_PROPOSED),
                    PolicyOf(1, v1::POLICY_STATE_IN_FORCE)};
  const std::vector<std::string> approve = {
      "policy", "approve", "--policy", "ndb-guideline-default", "--version", "2"};
  const Outcome unasked = Renkei(approve);
  EXPECT_EQ(unasked.exit_code, 1);
  EXPECT_TRUE(IsOneLine(unasked.err)) << unasked.err;
  EXPECT_NE(unasked.out.find("min_cell_persons: 10"), std::string::npos) << "what would be signed";
  EXPECT_EQ(unasked.out.find('\x1b'), std::string::npos);
  EXPECT_TRUE(hub_->signature.payload().empty()) << "nobody confirmed";
  std::vector<std::string> confirmed = approve;
  confirmed.push_back("--yes");
  const Outcome approved = Renkei(confirmed);
  EXPECT_EQ(approved.exit_code, 0) << approved.err;
  EXPECT_EQ(hub_->signature.payload(), hub_->policies[1].text());
  const auto signer = *crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, 7)));
  EXPECT_TRUE(
      crypto::VerifyEnvelope(hub_->signature, crypto::kPolicyType, signer->public_key()).ok());
}

TEST_F(RenkeiProgram, SignsNothingWhoseDigestDoesNotFitItsText) {
  hub_->policies = {PolicyOf(2, v1::POLICY_STATE_PROPOSED)};
  hub_->policies[0].set_text(PolicyOf(9, v1::POLICY_STATE_PROPOSED).text());
  const Outcome refused =
      Renkei({"policy", "approve", "--policy", "ndb-guideline-default", "--version", "2", "--yes"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(hub_->signature.payload().empty());
  v1::AgreementRecord record;
  record.set_dua_id("01890a5d-ac96-774b-bcce-b302099a8057");
  record.set_version(1);
  record.set_state(v1::AGREEMENT_STATE_PROPOSED);
  record.set_proposed_by(v1::ROLE_MEMBER_AGENT);
  record.set_digest(std::string(32, 'x'));
  record.mutable_member()->set_payload(
      "dua_id: '01890a5d-ac96-774b-bcce-b302099a8057' version: 1 "
      "member_kind: MEMBER_KIND_MUNICIPALITY member_code: '062031' member_name: 'm' "
      "counterparty: 'c' valid_from: '2026-04-01' valid_to: '2027-04-01' first_fiscal_year: 2010 "
      "last_fiscal_year: 2012 purpose: PURPOSE_REGIONAL_PLANNING indicator: '*' area: '0604' "
      "incident_contact_hours: 24");
  hub_->agreements = {record};
  const std::vector<std::string> sign = {"agreement", "sign", "--id",
                                         "01890a5d-ac96-774b-bcce-b302099a8057", "--yes"};
  EXPECT_EQ(Renkei(sign).exit_code, 1);
  EXPECT_TRUE(hub_->signature.payload().empty());
  hub_->agreements[0].set_digest(
      crypto::ToBytes(crypto::Sha256(base::AsBytes(record.member().payload()))));
  const Outcome fits = Renkei(sign);
  EXPECT_EQ(fits.exit_code, 0) << fits.err;
  EXPECT_EQ(hub_->signature.payload(), record.member().payload());
}

TEST_F(RenkeiProgram, AFaultyPolicyIsNamedLineByLineAndNeverSent) {
  std::string text = PolicyOf(2, v1::POLICY_STATE_PROPOSED).text();
  ASSERT_TRUE(base::WriteFileAtomically(folder_ + "/good.textproto", text, 0644).ok());
  EXPECT_EQ(Renkei({"policy", "check", "--file", folder_ + "/good.textproto"}).exit_code, 0);
  EXPECT_EQ(hub_->checked, text);
  hub_->checked.clear();
  text.replace(text.find("min_contributors: 3"), 19, "min_contributors: 2");
  text.replace(text.find("colluders: 0"), 12, "colluders: 1");
  ASSERT_TRUE(base::WriteFileAtomically(folder_ + "/bad.textproto", text, 0644).ok());
  const Outcome faulty = Renkei({"policy", "check", "--file", folder_ + "/bad.textproto"});
  EXPECT_EQ(faulty.exit_code, 1);
  EXPECT_EQ(std::count(faulty.err.begin(), faulty.err.end(), '\n'), 2) << faulty.err;
  EXPECT_NE(faulty.err.find("bad.textproto:10: min_contributors"), std::string::npos);
  EXPECT_NE(faulty.err.find("bad.textproto:11: colluders"), std::string::npos);
  EXPECT_TRUE(hub_->checked.empty());
}

}  // namespace
}  // namespace renkei::tests
