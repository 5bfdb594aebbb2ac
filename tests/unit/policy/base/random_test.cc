#include "policy/base/random.h"

#include <gtest/gtest.h>

#include <set>

namespace renkei::policy::base {
namespace {

TEST(UuidV7, CarriesTheTimeInFrontAndIsRecognised) {
  SystemRandom random;
  const std::string id = MakeUuidV7(0x0189'0a5d'ac96, random);
  EXPECT_EQ(id.substr(0, 15), "01890a5d-ac96-7");
  EXPECT_TRUE(IsUuidV7(id)) << id;
}

TEST(UuidV7, DoesNotRepeatWithinAMillisecond) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(MakeUuidV7(1, random)).second);
}

TEST(UuidV7, OtherFormsAreRefused) {
  EXPECT_TRUE(IsUuidV7("01890a5d-ac96-774b-bcce-b302099a8057"));
  for (const char* bad :
       {"", "01890a5d-ac96-474b-bcce-b302099a8057", "01890A5D-ac96-774b-bcce-b302099a8057",
        "01890a5d-ac96-774b-7cce-b302099a8057", "01890a5dac96774bbcceb302099a8057----",
        "01890a5d-ac96-774b-bcce-b302099a80571"}) {
    EXPECT_FALSE(IsUuidV7(bad)) << bad;
  }
}

}  // namespace
}  // namespace renkei::policy::base
