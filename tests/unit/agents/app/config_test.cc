#include "agents/app/config.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_replace.h"
#include "agents/profiles/profiles.h"

namespace renkei::agents::app {
namespace {

constexpr char kInsurer[] =
    "kind: MEMBER_KIND_INSURER\norganisation_code: \"01060011\"\nname: \"branch\"\n"
    "hub_address: \"127.0.0.1:7443\"\nenrol_address: \"127.0.0.1:7444\"\n"
    "root_secret_file: \"/elsewhere/root\"\n";

// The status of kInsurer with one text replaced.
std::string ErrorAfter(const std::string& from, const std::string& to) {
  const auto config = ParseConfig(absl::StrReplaceAll(kInsurer, {{from, to}}), "agent.textproto");
  return config.ok() ? "" : std::string(config.status().message());
}

bool Says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Profiles, EverySampleIsAValidConfigurationOfItsKind) {
  for (const v1::MemberKind kind :
       {v1::MEMBER_KIND_MUNICIPALITY, v1::MEMBER_KIND_INSURER, v1::MEMBER_KIND_WORKPLACE}) {
    const absl::string_view sample = profiles::SampleConfig(kind);
    ASSERT_FALSE(sample.empty());
    const auto config = ParseConfig(sample, "sample");
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->kind(), kind);
    ASSERT_EQ(config->basis_size(), 1);
    EXPECT_EQ(config->basis(0).basis(), kind == v1::MEMBER_KIND_MUNICIPALITY
                                            ? v1::LEGAL_BASIS_STATUTE
                                            : v1::LEGAL_BASIS_CONSENT);
    EXPECT_FALSE(config->auto_submit());
  }
  EXPECT_TRUE(profiles::SampleConfig(v1::MEMBER_KIND_UNSPECIFIED).empty());
}

TEST(AgentConfiguration, FillsInWhatTheKindImplies) {
  const auto insurer = ParseConfig(kInsurer, "agent.textproto");
  ASSERT_TRUE(insurer.ok()) << insurer.status();
  EXPECT_EQ(insurer->insurer_numbers(0), "01060011");
  EXPECT_EQ(insurer->poll_seconds(), 900u);
  const auto municipality =
      ParseConfig(absl::StrReplaceAll(
                      kInsurer, {{"INSURER", "MUNICIPALITY"},
                                 {"organisation_code: \"01060011\"",
                                  "organisation_code: \"062031\" insurer_numbers: \"060038\""}}),
                  "agent.textproto");
  ASSERT_TRUE(municipality.ok()) << municipality.status();
  EXPECT_EQ(municipality->insurer_numbers(0), "00060038") << "six digits are padded to eight";
  EXPECT_EQ(municipality->municipality_code(), "062031");
}

TEST(AgentConfiguration, RefusesAWrongCheckDigitAndSaysSo) {
  EXPECT_TRUE(Says(ErrorAfter("01060011", "01060012"), "check digit"));
  EXPECT_TRUE(Says(ErrorAfter("name:", "insurer_numbers: \"01060012\"\nname:"), "check digit"));
}

TEST(AgentConfiguration, RefusesWhatItCannotHonour) {
  EXPECT_TRUE(Says(ErrorAfter("name:", "surname:"), "agent.textproto:3"));
  EXPECT_TRUE(Says(ErrorAfter("kind: MEMBER_KIND_INSURER\n", ""), "kind"));
  EXPECT_TRUE(Says(ErrorAfter("127.0.0.1:7443", "127.0.0.1"), "hub_address"));
  EXPECT_TRUE(Says(ErrorAfter("127.0.0.1:7443", "127.0.0.1:0"), "hub_address"));
  EXPECT_TRUE(Says(ErrorAfter("127.0.0.1:7443", "127.0.0.1:65536"), "hub_address"));
  EXPECT_TRUE(Says(ErrorAfter("127.0.0.1:7443", "bad host:7443"), "hub_address"));
  EXPECT_TRUE(Says(ErrorAfter("127.0.0.1:7444", "127.0.0.1:7443"), "enrol_address"));
  EXPECT_TRUE(Says(ErrorAfter("name: \"branch\"", "name: \"\""), "name"));
  EXPECT_TRUE(
      Says(ErrorAfter("name:", "municipality_code: \"062031\"\nname:"), "municipality_code"));
  EXPECT_TRUE(Says(ErrorAfter("name:", "insurer_numbers: \"00060038\"\nname:"), "its own") ||
              Says(ErrorAfter("name:", "insurer_numbers: \"00060038\"\nname:"), "insurer's own"));
  EXPECT_TRUE(Says(ErrorAfter("root_secret_file: \"/elsewhere/root\"\n", ""), "root_secret_file"));
  EXPECT_TRUE(Says(ErrorAfter("name:", "poll_seconds: 86401\nname:"), "poll_seconds"));
  EXPECT_TRUE(Says(ErrorAfter("name:",
                              "accepted_texts { purpose: PURPOSE_REGIONAL_PLANNING text: "
                              "\"noversion\" }\nname:"),
                   "family@version"));
  // An opt-out notice never reaches health data (R17).
  EXPECT_NE(ErrorAfter("name:", "basis { basis: LEGAL_BASIS_OPT_OUT_NOTICE }\nname:"), "");
}

TEST(AgentConfiguration, TakesHostNamesAndIpv6) {
  EXPECT_EQ(ErrorAfter("127.0.0.1:7443", "hub.example.jp:65535"), "");
  EXPECT_EQ(ErrorAfter("127.0.0.1:7443", "[::1]:7443"), "");
}

TEST(KindWords, AreTheThreeOfTheCommands) {
  EXPECT_EQ(KindOfWord("workplace"), v1::MEMBER_KIND_WORKPLACE);
  EXPECT_EQ(KindOfWord("Workplace"), v1::MEMBER_KIND_UNSPECIFIED);
}

}  // namespace
}  // namespace renkei::agents::app
