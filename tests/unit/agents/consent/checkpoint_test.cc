#include "agents/consent/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "policy/transparency/proofs.h"

namespace renkei::agents::consent {
namespace {

using policy::transparency::kMaxConsistencyProofs;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(HeadsToProve, AreTheNewestThatHaveRoomAndTheOneThatTheHubAcknowledged) {
  EXPECT_THAT(HeadsToProve({}, 0), IsEmpty());
  const std::vector<uint64_t> few = {64, 128, 192};
  EXPECT_THAT(HeadsToProve(few, 0), ElementsAre(64, 128, 192));
  EXPECT_THAT(HeadsToProve(few, 128), ElementsAre(64, 128, 192)) << "the hub may be put back too";
  std::vector<uint64_t> many;
  for (uint64_t i = 1; i <= kMaxConsistencyProofs + 8; ++i) many.push_back(64 * i);
  const std::vector<uint64_t> newest(many.begin() + 8, many.end());
  EXPECT_EQ(HeadsToProve(many, 0), newest);
  EXPECT_EQ(HeadsToProve(many, newest.front()), newest);
  EXPECT_EQ(HeadsToProve(many, newest.back()), newest);
  const std::vector<uint64_t> with_acknowledged = HeadsToProve(many, 128);
  EXPECT_EQ(with_acknowledged.size(), kMaxConsistencyProofs);
  EXPECT_EQ(with_acknowledged.front(), 128u);
  EXPECT_EQ(with_acknowledged.back(), many.back());
}

TEST(LedgerOrigin, IsTheMembersAndOfAnAgentAlone) {
  EXPECT_EQ(*LedgerOrigin("spiffe://hub.example/member/municipality/062031/agent/1"),
            "hub.example/member/municipality/062031/consent/1");
  EXPECT_FALSE(LedgerOrigin("spiffe://hub.example/secretariat/0604/sato").ok());
}

}  // namespace
}  // namespace renkei::agents::consent
