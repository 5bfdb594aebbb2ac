// The worked example of the top-level README, computed by the program.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "policy/disclosure/complementary.h"
#include "policy/disclosure/linear_audit.h"
#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {
namespace {

constexpr int kTowns = 3;
constexpr int kAges = 2;
constexpr int64_t kInner[kTowns][kAges] = {{58, 131}, {41, 96}, {7, 22}};
const char* const kNames[] = {"鶴岡市  ", "酒田市  ", "三川町  ", "計      "};
constexpr int64_t kSmall = 10;

int64_t CountOf(int town, int age) {
  int64_t count = 0;
  for (int t = 0; t < kTowns; ++t) {
    for (int a = 0; a < kAges; ++a) {
      if ((town == kTowns || town == t) && (age == kAges || age == a)) count += kInner[t][a];
    }
  }
  return count;
}

LinearSystem ExampleSystem() {
  LinearSystem system;
  system.variables = kTowns * kAges;
  for (int town = 0; town <= kTowns; ++town) {
    for (int age = 0; age <= kAges; ++age) {
      SystemCell cell;
      for (int t = 0; t < kTowns; ++t) {
        for (int a = 0; a < kAges; ++a) {
          if ((town == kTowns || town == t) && (age == kAges || age == a)) {
            cell.row.push_back({static_cast<uint32_t>(t * kAges + a), 1});
          }
        }
      }
      const int64_t count = CountOf(town, age);
      cell.primary = count > 0 && count < kSmall;
      cell.level = static_cast<uint32_t>((town < kTowns) + (age < kAges));
      cell.magnitude = LogClass(count);
      system.cells.push_back(std::move(cell));
    }
  }
  return system;
}

std::string Render(const std::vector<bool>& hidden) {
  std::string text = "          40-64  65-74  40-74\n";
  for (int town = 0; town <= kTowns; ++town) {
    absl::StrAppend(&text, kNames[town]);
    for (int age = 0; age <= kAges; ++age) {
      const std::string cell = hidden[static_cast<size_t>(town * (kAges + 1) + age)]
                                   ? "*"
                                   : std::to_string(CountOf(town, age));
      absl::StrAppend(&text, std::string(7 - cell.size(), ' '), cell);
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string Readme() {
  std::ifstream in(std::string(RENKEI_SOURCE_DIR) + "/README.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(ReadmeExample, ShowsTheTableBeforeAndAfterProtectionAsTheProgramComputesIt) {
  const LinearSystem system = ExampleSystem();
  const auto hidden = SuppressComplementary(system);
  ASSERT_TRUE(hidden.ok()) << hidden.status();
  EXPECT_TRUE(ExactPrimaries(system, *hidden).empty());
  const std::string before = Render(std::vector<bool>(system.cells.size(), false));
  const std::string after = Render(*hidden);
  EXPECT_NE(Readme().find(before), std::string::npos) << before;
  EXPECT_NE(Readme().find(after), std::string::npos) << after;
}

TEST(ReadmeExample, WithoutComplementaryCellsTheSmallCountFollowsBySubtraction) {
  const LinearSystem system = ExampleSystem();
  std::vector<bool> primaries_only;
  for (const SystemCell& cell : system.cells) primaries_only.push_back(cell.primary);
  EXPECT_EQ(ExactPrimaries(system, primaries_only).size(), 1u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
