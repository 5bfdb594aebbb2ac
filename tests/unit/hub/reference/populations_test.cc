#include "hub/reference/populations.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace renkei::hub::reference {
namespace {

TEST(Populations, OfTheEmbeddedEditionAreThoseOfTheResidentRegisters) {
  const auto populations = Populations::Load("juki-2025-01-01");
  ASSERT_TRUE(populations.ok()) << populations.status();
  EXPECT_EQ(populations->persons().size(), 1912u);
  EXPECT_EQ(populations->persons().at("011002"), 1955678);  // 札幌市
  ASSERT_TRUE(populations->persons().contains("062031"));   // 鶴岡市
  EXPECT_GT(populations->persons().at("062031"), 100000);
  EXPECT_LT(populations->persons().at("062031"), 125000);
}

TEST(Populations, OfAnUnknownEditionAreRefused) {
  const auto populations = Populations::Load("juki-2024-01-01");
  EXPECT_EQ(populations.status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StrContains(populations.status().message(), "juki-2025-01-01"));
}

TEST(Populations, FaultyFileIsRefusedWithItsLine) {
  const std::string header = "code6,name_ja,pop_total\n";
  const std::pair<std::string, const char*> faults[] = {
      {"code,name,pop\n", "p.csv:1"},
      {header + "062031,a,1,2\n", "p.csv:2"},
      {header + "062032,a,1\n", "p.csv:2: code6"},
      {header + "062031,a,-1\n", "p.csv:2: pop_total"},
      {header + "062031,a,many\n", "p.csv:2: pop_total"},
      {header + "062031,a,1\n062031,a,1\n", "p.csv:3: code6 is repeated"},
  };
  for (const auto& [csv, message] : faults) {
    const auto populations = Populations::Parse(csv, "p.csv");
    ASSERT_FALSE(populations.ok());
    EXPECT_TRUE(absl::StrContains(populations.status().message(), message)) << populations.status();
  }
}

}  // namespace
}  // namespace renkei::hub::reference
