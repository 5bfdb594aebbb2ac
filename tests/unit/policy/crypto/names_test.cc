#include <gtest/gtest.h>

#include <string>

#include "policy/crypto/check_digit.h"
#include "policy/crypto/spiffe.h"

namespace renkei::policy::crypto {
namespace {

// Every digit of a valid code changed in every way must be found.
template <typename Check>
void ExpectEverySingleErrorFound(const std::string& good, Check check) {
  EXPECT_TRUE(check(good)) << good;
  for (size_t i = 0; i < good.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string bad = good;
      if (bad[i] == digit) continue;
      bad[i] = digit;
      EXPECT_FALSE(check(bad)) << bad;
    }
  }
}

TEST(CheckDigit, OfInsurersAndInstitutionsFindsEverySingleError) {
  ExpectEverySingleErrorFound("01130012", InsurerNumberIsValid);
  ExpectEverySingleErrorFound("6631111116", InsurerNumberIsValid);
}

TEST(CheckDigit, OfSixDigitInsurersIsThatOfThePaddedNumber) {
  for (int n = 0; n < 10; ++n) {
    const std::string six = "06203" + std::to_string(n);
    EXPECT_EQ(InsurerNumberIsValid(six), InsurerNumberIsValid("00" + six));
  }
}

TEST(CheckDigit, OfMunicipalities) {
  for (const char* code : {"062031", "062049", "064262", "064289", "064611", "131016", "011002"}) {
    EXPECT_TRUE(MunicipalityCodeIsValid(code)) << code;
  }
  EXPECT_FALSE(MunicipalityCodeIsValid("062032"));
  EXPECT_FALSE(MunicipalityCodeIsValid("062013"));
}

TEST(CheckDigit, OfCorporationNumbers) {
  EXPECT_TRUE(CorporationNumberIsValid("7000012050002"));  // 国税庁
  EXPECT_TRUE(CorporationNumberIsValid("2000012010019"));  // 内閣府
  EXPECT_FALSE(CorporationNumberIsValid("8000012050002"));
  EXPECT_FALSE(CorporationNumberIsValid("7000012050001"));
}

TEST(CheckDigit, RefusesWhatIsNotDigitsOfTheRightLength) {
  for (const char* text :
       {"", "1", "0113001", "011300122", "0113001x", "０１１３００１２", "-1130012"}) {
    EXPECT_FALSE(InsurerNumberIsValid(text)) << text;
    EXPECT_FALSE(MunicipalityCodeIsValid(text)) << text;
    EXPECT_FALSE(CorporationNumberIsValid(text)) << text;
  }
}

TEST(OrganisationCode, IsCheckedByKind) {
  EXPECT_TRUE(CheckOrganisationCode(v1::MEMBER_KIND_MUNICIPALITY, "062031").ok());
  EXPECT_TRUE(CheckOrganisationCode(v1::MEMBER_KIND_INSURER, "01130012").ok());
  EXPECT_TRUE(CheckOrganisationCode(v1::MEMBER_KIND_WORKPLACE, "7000012050002").ok());
  EXPECT_FALSE(CheckOrganisationCode(v1::MEMBER_KIND_INSURER, "062031").ok());
  EXPECT_FALSE(CheckOrganisationCode(v1::MEMBER_KIND_MUNICIPALITY, "01130012").ok());
  EXPECT_FALSE(CheckOrganisationCode(v1::MEMBER_KIND_UNSPECIFIED, "062031").ok());
  const absl::Status wrong = CheckOrganisationCode(v1::MEMBER_KIND_MUNICIPALITY, "062032");
  EXPECT_EQ(wrong.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(wrong.message().find("check digit"), absl::string_view::npos);
  EXPECT_EQ(wrong.message().find("062032"), absl::string_view::npos);
}

TEST(SpiffeId, NamesAMemberAgent) {
  const auto id = ParseSpiffeId("spiffe://hub.yamagata.example/member/municipality/062031/agent/1");
  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_EQ(id->trust_domain, "hub.yamagata.example");
  EXPECT_EQ(id->role, v1::ROLE_MEMBER_AGENT);
  EXPECT_EQ(id->member_kind, v1::MEMBER_KIND_MUNICIPALITY);
  EXPECT_EQ(id->scope, "062031");
  EXPECT_EQ(id->person, "1");
  EXPECT_EQ(id->member_id.value(), "member/municipality/062031");
  EXPECT_EQ(id->text, "spiffe://hub.yamagata.example/member/municipality/062031/agent/1");
}

TEST(SpiffeId, NamesPersonsAndTheHub) {
  const auto secretariat = ParseSpiffeId("spiffe://h.example/secretariat/0604/Officer-1");
  ASSERT_TRUE(secretariat.ok());
  EXPECT_EQ(secretariat->role, v1::ROLE_SECRETARIAT);
  EXPECT_EQ(secretariat->scope, "0604");
  EXPECT_EQ(secretariat->person, "Officer-1");
  EXPECT_TRUE(secretariat->member_id.empty());
  const auto auditor = ParseSpiffeId("spiffe://h.example/auditor/univ_a/x.y");
  ASSERT_TRUE(auditor.ok());
  EXPECT_EQ(auditor->role, v1::ROLE_AUDITOR);
  EXPECT_EQ(auditor->scope, "univ_a");
  const auto operator_id = ParseSpiffeId("spiffe://h.example/operator/o1");
  ASSERT_TRUE(operator_id.ok());
  EXPECT_EQ(operator_id->role, v1::ROLE_OPERATOR);
  EXPECT_EQ(operator_id->scope, "");
  const auto hub = ParseSpiffeId("spiffe://h.example/hub");
  ASSERT_TRUE(hub.ok());
  EXPECT_EQ(hub->role, v1::ROLE_UNSPECIFIED);
}

class HostileSpiffeId : public testing::TestWithParam<const char*> {};
TEST_P(HostileSpiffeId, IsRefused) {
  const auto id = ParseSpiffeId(GetParam());
  EXPECT_EQ(id.status().code(), absl::StatusCode::kInvalidArgument);
  // The sender's text never comes back in a message.
  EXPECT_EQ(id.status().message().find("member/"), absl::string_view::npos) << id.status();
}
INSTANTIATE_TEST_SUITE_P(
    Each, HostileSpiffeId,
    testing::Values(
        "", "spiffe:", "spiffe://", "spiffe://h", "spiffe://h/", "spiffe:///operator/o",
        "https://h/operator/o", "SPIFFE://h/operator/o", "spiffe://H.example/operator/o",
        "spiffe://h:443/operator/o", "spiffe://u@h/operator/o", "spiffe://h%2e/operator/o",
        "spiffe://h/operator/o%2f", "spiffe://h//operator/o", "spiffe://h/operator//o",
        "spiffe://h/operator/./o", "spiffe://h/operator/../o", "spiffe://h/operator/..",
        "spiffe://h/operator/o/", "spiffe://h/operator/o?x=1", "spiffe://h/operator/o#f",
        "spiffe://h/operator/o o", "spiffe://h/operator/山", "spiffe://h/operator",
        "spiffe://h/hub/x", "spiffe://h/Operator/o", "spiffe://h/root",
        "spiffe://h/operator/o/extra", "spiffe://h/secretariat/604/o",
        "spiffe://h/secretariat/06O4/o", "spiffe://h/secretariat/0604",
        "spiffe://h/member/municipality/062031", "spiffe://h/member/city/062031/agent/1",
        "spiffe://h/member/municipality/062032/agent/1", "spiffe://h/member/insurer/062031/agent/1",
        "spiffe://h/member/municipality/062031/agent/0",
        "spiffe://h/member/municipality/062031/agent/01",
        "spiffe://h/member/municipality/062031/agent/a",
        "spiffe://h/member/municipality/062031/agent/12345",
        "spiffe://h/member/municipality/062031/officer/1"));

TEST(SpiffeId, RefusesNulBytesAndMoreThan2048Bytes) {
  EXPECT_FALSE(ParseSpiffeId(std::string("spiffe://h/operator/o\0x", 23)).ok());
  const std::string prefix = "spiffe://h/operator/";
  EXPECT_TRUE(ParseSpiffeId(prefix + std::string(2048 - prefix.size(), 'a')).ok());
  EXPECT_FALSE(ParseSpiffeId(prefix + std::string(2049 - prefix.size(), 'a')).ok());
}

}  // namespace
}  // namespace renkei::policy::crypto
