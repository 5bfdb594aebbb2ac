// The table and the proto files say the same; buckets fill and empty.
#include "hub/rpc/method_table.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "hub/rpc/door.h"
#include "hub/rpc/services.h"
#include "hub/rpc/token_bucket.h"

namespace renkei::hub::rpc {
namespace {

// Every RPC of the proto files, served or not.
std::set<std::string> MethodsOfProtos() {
  std::set<std::string> methods;
  static const std::regex service("service (\\w+) \\{");
  static const std::regex method("rpc (\\w+)\\(");
  const std::filesystem::path folder =
      std::filesystem::path(RENKEI_SOURCE_DIR) / "protos/renkei/v1";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    std::string current;
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (std::regex_search(line, match, service)) current = match[1];
      if (std::regex_search(line, match, method)) {
        methods.insert("renkei.v1." + current + "." + match[1].str());
      }
    }
  }
  return methods;
}

TEST(MethodTable, HasARowForEveryMethodOfTheProtosAndNoOther) {
  std::set<std::string> rows;
  for (const MethodRule& rule : MethodRules()) rows.insert(std::string(rule.method));
  EXPECT_EQ(rows, MethodsOfProtos());
  EXPECT_EQ(rows.size(), MethodRules().size()) << "a row is there twice";
}

TEST(MethodTable, FitsWhatIsServed) { EXPECT_TRUE(CheckMethodTable(ServedServices()).ok()); }

TEST(MethodTable, AMissingServiceIsARowWithoutMethod) {
  std::vector<std::string> services = ServedServices();
  services.pop_back();
  EXPECT_FALSE(CheckMethodTable(services).ok());
  services.push_back("renkei.v1.NoSuchService");
  EXPECT_FALSE(CheckMethodTable(services).ok());
}

TEST(MethodTable, GivesEachRoleItsMethodsAndNoMore) {
  struct Row {
    v1::Role role;
    std::set<std::string> writes;
  };
  const Row expected[] = {
      {v1::ROLE_MEMBER_AGENT,
       {"renkei.v1.AgreementService.ProposeAgreement", "renkei.v1.AgreementService.SignAgreement",
        "renkei.v1.AgreementService.WithdrawAgreement",
        "renkei.v1.ContributionService.SubmitContribution"}},
      {v1::ROLE_SECRETARIAT,
       {"renkei.v1.AgreementService.ProposeAgreement", "renkei.v1.AgreementService.SignAgreement",
        "renkei.v1.AgreementService.WithdrawAgreement", "renkei.v1.PolicyService.ProposePolicy",
        "renkei.v1.PolicyService.ApprovePolicy", "renkei.v1.RoundService.OpenRound",
        "renkei.v1.RoundService.CloseRound", "renkei.v1.ReleaseService.MakeRelease",
        "renkei.v1.ReleaseService.CheckRelease", "renkei.v1.ReleaseService.MakeGrouping"}},
      {v1::ROLE_AUDITOR, {}},
      {v1::ROLE_OPERATOR,
       {"renkei.v1.AdminService.InviteMember", "renkei.v1.AdminService.RevokeMember",
        "renkei.v1.AdminService.IssueIdentity"}},
  };
  for (const Row& row : expected) {
    std::set<std::string> writes;
    for (const MethodRule& rule : MethodRules()) {
      if ((rule.roles & Bit(row.role)) != 0 && rule.rate == RateClass::kWrite) {
        writes.insert(std::string(rule.method));
      }
    }
    EXPECT_EQ(writes, row.writes) << v1::Role_Name(row.role);
  }
}

TEST(MethodTable, WritesLeaveAnEntryAndLimitsAreThoseOfTheDesign) {
  for (const MethodRule& rule : MethodRules()) {
    EXPECT_EQ(rule.audit == AuditType::kAct, rule.rate == RateClass::kWrite) << rule.method;
    EXPECT_LE(rule.max_request_bytes, size_t{1} << 20) << rule.method;
    EXPECT_LE(rule.max_deadline, absl::Minutes(10)) << rule.method;
    EXPECT_EQ(rule.roles & Bit(v1::ROLE_UNSPECIFIED), 0u) << rule.method;
  }
  EXPECT_EQ(MaxRequestBytes(Listener::kMutual), 1 << 20);
  EXPECT_EQ(FindMethodRule("renkei.v1.RoundService.DeleteRound"), nullptr);
}

TEST(TokenBuckets, GiveABurstThenTheRate) {
  TokenBuckets buckets(2, 3);
  const absl::Time start = absl::FromUnixSeconds(1'000'000);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(buckets.Take("a", start));
  EXPECT_FALSE(buckets.Take("a", start));
  EXPECT_TRUE(buckets.Take("b", start)) << "each has its own";
  EXPECT_FALSE(buckets.Take("a", start + absl::Milliseconds(499)));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(buckets.Take("a", start + absl::Milliseconds(1000)));
  EXPECT_FALSE(buckets.Has("a", start + absl::Milliseconds(1000)));
  EXPECT_TRUE(buckets.Has("a", start + absl::Milliseconds(1500)));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(buckets.Take("a", start + absl::Hours(1)));
  EXPECT_FALSE(buckets.Take("a", start + absl::Hours(1))) << "a bucket never overflows";
}

TEST(TokenBuckets, ManyKeysAtOnceShareABucketAndNoMemory) {
  TokenBuckets buckets(1, 1);
  const absl::Time now = absl::FromUnixSeconds(1'795'000'000);
  for (int i = 0; i < 10000; ++i) ASSERT_TRUE(buckets.Take(absl::StrCat("known ", i), now));
  EXPECT_TRUE(buckets.Take("newcomer 1", now));
  EXPECT_FALSE(buckets.Take("newcomer 2", now));
  EXPECT_FALSE(buckets.Take("known 7", now));
  EXPECT_TRUE(buckets.Take("newcomer 3", now + absl::Seconds(2))) << "the old ones have left";
}

TEST(Networks, AreAnAddressOrTheHalfOfOneThatIsGivenOut) {
  EXPECT_EQ(NetworkOf("ipv4:192.0.2.1:40000"), "ipv4:192.0.2.1");
  EXPECT_EQ(NetworkOf("ipv6:%5B2001:db8:1:2::1%5D:40000"), "ipv6:20010db800010002");
  EXPECT_EQ(NetworkOf("ipv6:[2001:db8:1:2:ffff::9]:40001"), "ipv6:20010db800010002");
  EXPECT_NE(NetworkOf("ipv6:[2001:db8:1:3::1]:40000"), NetworkOf("ipv6:[2001:db8:1:2::1]:40000"));
  EXPECT_EQ(NetworkOf("unix:/x:y"), "unix:/x");
}

TEST(TokenBuckets, AClockThatWasSetBackTakesNothingAway) {
  TokenBuckets buckets(1, 2);
  const absl::Time start = absl::FromUnixSeconds(1'000'000);
  EXPECT_TRUE(buckets.Take("a", start));
  EXPECT_TRUE(buckets.Take("a", start - absl::Hours(1)));
  EXPECT_FALSE(buckets.Take("a", start - absl::Hours(1)));
  EXPECT_TRUE(buckets.Take("a", start - absl::Hours(1) + absl::Seconds(1)));
}

}  // namespace
}  // namespace renkei::hub::rpc
