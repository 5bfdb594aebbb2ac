// Two noise tables of one measure: whose figures their difference is.
#include "policy/disclosure/noisy_difference.h"

#include <algorithm>
#include <vector>

#include "tests/unit/policy/disclosure/family_fixture.h"

namespace renkei::policy::disclosure {
namespace {

constexpr v1::MemberKind kKindsInOrder[] = {v1::MEMBER_KIND_MUNICIPALITY, v1::MEMBER_KIND_INSURER,
                                            v1::MEMBER_KIND_WORKPLACE};

// Six members of each kind; those of a kind may be shown alone.
ProtectRequest SixOfEach(v1::MemberKind alone = v1::MEMBER_KIND_UNSPECIFIED) {
  Family family;
  for (const v1::MemberKind kind : kKindsInOrder) {
    for (int i = 0; i < 6; ++i) family.AddMember(kind, true, kind == alone);
  }
  return family.request();
}

// Without the last `left` members of each kind.
ProtectRequest Without(ProtectRequest request, const std::vector<int>& left) {
  std::vector<PooledContribution> rest;
  for (size_t i = 0; i < request.contributions.size(); ++i) {
    if (static_cast<int>(i % 6) < 6 - left[i / 6]) rest.push_back(request.contributions[i]);
  }
  request.contributions = rest;
  return request;
}

bool Tells(const ProtectRequest& a, const ProtectRequest& b) {
  EXPECT_EQ(DifferenceTellsOfFewMembers(a, 0, b, 0), DifferenceTellsOfFewMembers(b, 0, a, 0));
  return DifferenceTellsOfFewMembers(a, 0, b, 0);
}

TEST(NoisyDifference, IsOfAsManyMembersAsATableNeedsOnEveryLevelThatBothShow) {
  const ProtectRequest all = SixOfEach();
  EXPECT_FALSE(Tells(all, all));
  EXPECT_TRUE(Tells(all, Without(all, {0, 1, 0})));
  EXPECT_TRUE(Tells(all, Without(all, {0, 0, 2})));
  EXPECT_FALSE(Tells(all, Without(all, {0, 3, 0})));
  EXPECT_FALSE(Tells(all, Without(all, {0, 3, 3})));
  EXPECT_TRUE(Tells(all, Without(all, {0, 3, 1}))) << "the workplaces' figure is one's";
  EXPECT_TRUE(Tells(all, Without(all, {3, 0, 0}))) << "of each in its own municipality";
  EXPECT_FALSE(Tells(all, Without(all, {3, 3, 0})));
  // Two members swapped for two others.
  ProtectRequest others = Without(all, {0, 2, 0});
  for (int i = 0; i < 2; ++i) {
    others.contributions.push_back(all.contributions.back());
    others.contributions.back().kind = v1::MEMBER_KIND_INSURER;
    others.contributions.back().member = base::MemberId(absl::StrCat("member/new/", i));
  }
  EXPECT_FALSE(Tells(all, others)) << "a difference of four members";
}

TEST(NoisyDifference, IsNotOfALevelThatEitherTableWithholds) {
  const ProtectRequest all = SixOfEach();
  ProtectRequest coarse = Without(all, {0, 3, 1});
  coarse.withheld.Add(v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY);
  EXPECT_TRUE(Tells(all, coarse));
  coarse.withheld.Add(v1::WITHHELD_LEVEL_MEMBER_KIND);
  EXPECT_FALSE(Tells(all, coarse));
  ProtectRequest area_only = Without(all, {3, 0, 0});
  area_only.contributions[0].capped.Add(v1::WITHHELD_LEVEL_MUNICIPALITY);
  EXPECT_FALSE(Tells(all, area_only));
  // The area's figure is always there.
  ProtectRequest one_left = Without(all, {0, 1, 0});
  one_left.withheld.Add(v1::WITHHELD_LEVEL_MEMBER_KIND);
  one_left.withheld.Add(v1::WITHHELD_LEVEL_MUNICIPALITY);
  EXPECT_TRUE(Tells(all, one_left));
}

TEST(NoisyDifference, OfMembersThatMayBeShownAloneTellsNothingMore) {
  const ProtectRequest all = SixOfEach(v1::MEMBER_KIND_INSURER);
  EXPECT_FALSE(Tells(all, Without(all, {0, 1, 0})));
  EXPECT_TRUE(Tells(all, Without(all, {0, 1, 1})));
}

TEST(NoisyDifference, AsksForTheStricterNumberOfBothAndForDelivery) {
  const ProtectRequest all = SixOfEach();
  ProtectRequest three_left = Without(all, {0, 3, 0});
  three_left.contributions[0].min_contributors = 4;
  EXPECT_TRUE(Tells(all, three_left));
  ProtectRequest silent = all;
  auto cube = std::make_shared<tables::Cube>(all.layout);
  cube->collected()[0] = false;
  silent.contributions.back().cube = cube;
  EXPECT_TRUE(Tells(all, silent));
  // A table of two members shows nothing, so that nothing can be taken from it.
  ProtectRequest two = all;
  two.contributions.resize(2);
  ProtectRequest three = all;
  three.contributions.resize(3);
  EXPECT_FALSE(Tells(three, two));
}

TEST(NoisyDifference, OfTablesThatHideOtherPlacesLeavesNoneThatBothHide) {
  const auto of = [](int64_t first, int64_t second, int64_t third) {
    ProtectRequest request = SixOfEach();
    const int64_t persons[] = {first, second, third};
    for (int i = 0; i < 3; ++i) request.population_persons[kMunicipalities[i]] = persons[i];
    return request;
  };
  const auto tells = [](const ProtectRequest& a, const ProtectRequest& b) {
    EXPECT_EQ(DifferenceTellsOfHiddenPlaces(a, 0, b, 0), DifferenceTellsOfHiddenPlaces(b, 0, a, 0));
    return DifferenceTellsOfHiddenPlaces(a, 0, b, 0);
  };
  // The first is hidden with the smaller of the two others.
  const ProtectRequest with_second = of(1500, 30000, 40000);
  const ProtectRequest with_third = of(1500, 40000, 30000);
  EXPECT_FALSE(tells(with_second, with_second));
  EXPECT_FALSE(tells(with_second, of(1600, 30001, 40000)));
  EXPECT_TRUE(tells(with_second, with_third)) << "the area, less the second and the third";
  EXPECT_FALSE(tells(with_second, of(2500, 30000, 40000))) << "shown once";
  EXPECT_FALSE(tells(with_second, of(900, 900, 100))) << "shows nothing";
  ProtectRequest area_only = with_third;
  area_only.withheld.Add(v1::WITHHELD_LEVEL_MUNICIPALITY);
  EXPECT_FALSE(tells(with_second, area_only));
}

}  // namespace
}  // namespace renkei::policy::disclosure
