// Groupings of linked measures, of a release and its correction, and by type of insurer: what one
// union shows must not tell what another hides.
#include <gtest/gtest.h>

#include "policy/base/error.h"
#include "policy/disclosure/protect_union.h"
#include "tests/unit/policy/disclosure/grouping_attack.h"

namespace renkei::policy::disclosure {
namespace {

using Ledger = std::vector<std::shared_ptr<const EarlierRelease>>;

std::vector<uint8_t> Key() { return std::vector<uint8_t>(32, 7); }

// Men of 40-44 alone.
Region::CountAt InOneCell(std::vector<std::pair<int64_t, int64_t>> of_places) {
  return [of_places = std::move(of_places)](int place, int sex, int band) {
    return sex == 0 && band == 0 ? of_places[static_cast<size_t>(place)]
                                 : std::pair<int64_t, int64_t>();
  };
}

// A release of which nothing but what `is_shown` says was shown, by measure and slice.
std::shared_ptr<EarlierRelease> Showing(const ProtectRequest& inputs,
                                        const std::function<bool(size_t, size_t)>& is_shown) {
  auto release = std::make_shared<EarlierRelease>();
  release->inputs = inputs;
  const auto slices = static_cast<size_t>((inputs.layout->geographies() + 1) * (kKinds + 1));
  for (size_t m = 0; m < inputs.layout->measures().size(); ++m) {
    std::vector<bool>& shown = release->shown.emplace_back();
    for (size_t slice = 0; slice < slices; ++slice) {
      shown.insert(shown.end(), kGroupsPerSlice, is_shown(m, slice));
    }
  }
  return release;
}
size_t SliceOf(int place) { return static_cast<size_t>(place + 1) * (kKinds + 1); }

// `total` counts the people whom `other` has in its n.
v1::Relation SamePeople(const std::string& total, const std::string& other) {
  v1::Relation relation;
  relation.set_total(total);
  relation.add_same_people(other);
  return relation;
}

// 16 persons with the finding among the 396 of `first`, whom all but 8 of 400 belong to: of the
// former nothing is small, the latter's complement is.
class TotalReleasedLater : public testing::Test {
 protected:
  static constexpr int kMembers = 4;
  TotalReleasedLater() {
    const std::pair<int64_t, int64_t> few = {99, 100}, some = {2, 99};
    for (int i = 0; i < kMembers; ++i) {
      totals_.AddMember(v1::MEMBER_KIND_MUNICIPALITY, InOneCell({few, few, {50, 100}, few, few}));
      others_.AddMember(v1::MEMBER_KIND_MUNICIPALITY,
                        InOneCell({some, some, {25, 50}, some, some}));
    }
    for (Region* region : {&totals_, &others_}) {
      region->request().relations.push_back(SamePeople("total", "other"));
    }
  }
  Region totals_{5, {"total"}};
  Region others_{5, {"other"}};
};

TEST_F(TotalReleasedLater, AUnionOfAnOlderReleaseDoesNotTellItByItsN) {
  Ledger ledger = {others_.Released()};
  totals_.request().earlier = ledger;
  ledger.push_back(totals_.Released());
  const auto of_total = ProtectUnion({ledger, 1, totals_.Codes({0, 1})}, Key());
  ASSERT_EQ(base::DetailOf(of_total.status()).reason(), v1::ERROR_REASON_HELD);
  const auto of_other = ProtectUnion({ledger, 0, others_.Codes({0, 1})}, Key());
  EXPECT_EQ(base::DetailOf(of_other.status()).reason(), v1::ERROR_REASON_HELD) << of_other.status();
}

// R12: that hiding cannot help and that nothing is left are one answer.
TEST_F(TotalReleasedLater, RefusalsForTheSakeOfCountsAreAllTheSame) {
  const auto nothing = [](size_t, size_t) { return false; };
  const auto other = Showing(others_.request(), nothing);
  const auto total = Showing(totals_.request(), nothing);
  const auto small = ProtectUnion({Ledger{total}, 0, totals_.Codes({0, 1})}, Key());
  other->unions.push_back({others_.Codes({0, 1}), {std::vector<bool>(kUnionCells, true)}});
  const auto linked = ProtectUnion({Ledger{other, total}, 1, totals_.Codes({0, 1})}, Key());
  EXPECT_EQ(base::DetailOf(small.status()).reason(), v1::ERROR_REASON_HELD);
  EXPECT_EQ(linked.status(), small.status());
}

// Of men of 45-54 the places 1 to 3 have 3, 2 and 3. All of 40-64 follow of 1 with 2, and of 3;
// those of 40-44 would of 1, and of 2 with 3.
TEST(GroupingsOfSomeBands, TellNoHiddenOnesOfPlacesThatNoUnionNames) {
  using Counts = std::pair<int64_t, int64_t>;
  constexpr size_t kFortyToSixtyFour = 7;
  const std::vector<std::vector<Counts>> of_bands = {
      {{500, 900}, {100, 200}, {94, 96}, {60, 200}, {500, 900}},  // 40-44
      {{50, 900}, {2, 100}, {1, 3}, {2, 100}, {50, 900}},
      {{50, 900}, {1, 100}, {1, 3}, {1, 100}, {50, 900}},
      {},
      {},
      {{500, 900}, {200, 400}, {200, 400}, {200, 400}, {500, 900}},  // 65-69
      {}};
  Region region(5);
  region.AddMember(
      v1::MEMBER_KIND_MUNICIPALITY,
      [&](int place, int sex, int band) {
        const auto& of_places = of_bands[static_cast<size_t>(band)];
        return sex == 0 && !of_places.empty() ? of_places[static_cast<size_t>(place)] : Counts();
      },
      /*member_level=*/true);
  const auto release = Showing(region.request(), [](size_t, size_t) { return false; });
  std::vector<bool> margins(kUnionCells);
  for (size_t line = 0; line < kUnionCells; line += kAgeGroups.size()) {
    margins[line + kFortyToSixtyFour] = true;
    release->shown[0][SliceOf(3) * kGroupsPerSlice + line + kFortyToSixtyFour] = true;
    release->shown[0][SliceOf(1) * kGroupsPerSlice + line] = true;
  }
  release->unions.push_back({region.Codes({1, 2}), {margins}});
  const auto table = ProtectUnion({Ledger{release}, 0, region.Codes({2, 3})}, Key());
  ASSERT_TRUE(table.ok()) << table.status();
  for (const ProtectedCell& cell : table->measures()[0].cells) {
    if (std::string(cell.age_band) != "40-44" || cell.sex == v1::SEX_FEMALE) continue;
    EXPECT_TRUE(cell.state == v1::CELL_STATE_SUPPRESSED || cell.denominator == 0);
  }
}

// Of the persons in `whole` and not in `part` there are 4, 2 and 2 in the places 1 to 3. The sums
// of `whole` follow of 1 with 2, and of 3; those of `part` would of 1, and of 2 with 3.
TEST(GroupingsOfLinkedMeasures, TellNoSmallRestOfPlacesThatNoUnionNames) {
  Region region(5, {"part", "whole"});
  region.AddMember(v1::MEMBER_KIND_MUNICIPALITY,
                   {InOneCell({{100, 500}, {90, 100}, {92, 100}, {58, 200}, {100, 500}}),
                    InOneCell({{200, 500}, {94, 100}, {94, 100}, {60, 200}, {200, 500}})},
                   /*member_level=*/true);
  v1::Relation nested;
  nested.set_total("whole");
  nested.add_part("part");
  nested.set_rest_unpublished(true);
  region.request().relations.push_back(nested);
  const auto release = Showing(region.request(), [](size_t measure, size_t slice) {
    return slice == SliceOf(measure == 0 ? 1 : 3);
  });
  release->unions.push_back(
      {region.Codes({1, 2}),
       {std::vector<bool>(kUnionCells, false), std::vector<bool>(kUnionCells, true)}});
  const auto table = ProtectUnion({Ledger{release}, 0, region.Codes({2, 3})}, Key());
  EXPECT_EQ(base::DetailOf(table.status()).reason(), v1::ERROR_REASON_HELD) << table.status();
}

// In the union 40 persons more of 40-44, 3 of 45-49 and 4 of 50-54.
TEST(GroupingsOfACorrection, TellNoChangeOfAFewPersonsInHiddenBandsTogether) {
  Region before(5), after(5);
  for (int i = 0; i < 4; ++i) {
    before.AddMember(v1::MEMBER_KIND_MUNICIPALITY,
                     [](int, int, int) { return std::pair<int64_t, int64_t>(50, 200); });
    after.AddMember(v1::MEMBER_KIND_MUNICIPALITY, [i](int place, int sex, int band) {
      int64_t more = 0;
      if (place == 0 && sex == 0) more = band == 0 ? 10 : band == 1 ? i != 0 : band == 2;
      return std::pair<int64_t, int64_t>(50 + more, 200 + more);
    });
  }
  const auto nothing = [](size_t, size_t) { return false; };
  const auto first = Showing(before.request(), nothing);
  first->unions.push_back({before.Codes({0, 1}), {std::vector<bool>(kUnionCells, true)}});
  const auto second = Showing(after.request(), nothing);
  const auto table = ProtectUnion({Ledger{first, second}, 1, after.Codes({0, 1})}, Key());
  ASSERT_TRUE(table.ok()) << table.status();
  const auto& cells = table->measures()[0].cells;
  for (size_t line = 0; line < cells.size(); line += kAgeGroups.size()) {
    const auto is_shown = [&](size_t age) {
      return cells[line + age].state == v1::CELL_STATE_PUBLISHED;
    };
    if (cells[line].sex == v1::SEX_FEMALE || cells[line].denominator == 0) continue;
    const bool has_others = is_shown(0) && is_shown(3) && is_shown(4);
    EXPECT_FALSE(is_shown(1) || is_shown(2)) << "line " << line;
    EXPECT_FALSE(has_others && is_shown(7)) << "line " << line;
    EXPECT_FALSE(has_others && is_shown(9) && (is_shown(8) || (is_shown(5) && is_shown(6))))
        << "line " << line;
  }
}

// The places 1 and 2 have 7 persons. The first member alone knows how the places 0 and 4 changed
// since the release that shows the four together.
TEST(GroupingsOfACorrection, TellTheMemberThatMadeItNoFewPersonsOfOthers) {
  using Counts = std::pair<int64_t, int64_t>;
  Region before(5), after(5);
  for (int i = 0; i < 4; ++i) {
    const Counts one = {i != 0, 50}, other = {1, 50}, many = {60, 200};
    const Counts changed = i == 0 ? Counts(72, 212) : many;
    before.AddMember(v1::MEMBER_KIND_MUNICIPALITY, InOneCell({many, one, other, many, many}));
    after.AddMember(v1::MEMBER_KIND_MUNICIPALITY, InOneCell({changed, one, other, many, changed}));
  }
  const auto first = Showing(before.request(), [](size_t, size_t) { return false; });
  first->unions.push_back({before.Codes({0, 1, 2, 4}), {std::vector<bool>(kUnionCells, true)}});
  const auto second = Showing(after.request(), [](size_t, size_t slice) {
    return slice == SliceOf(3) || slice == SliceOf(4);
  });
  const auto table = ProtectUnion({Ledger{first, second}, 1, after.Codes({0, 3})}, Key());
  EXPECT_EQ(base::DetailOf(table.status()).reason(), v1::ERROR_REASON_HELD) << table.status();
}

TEST(GroupingsByTypeOfInsurer, AreShownWhenEachInsurerAgrees) {
  for (const bool agree : {false, true}) {
    Region region(5);
    for (int i = 0; i < 8; ++i) {
      region.AddMember(i < 4 ? v1::MEMBER_KIND_INSURER : v1::MEMBER_KIND_WORKPLACE,
                       [](int, int, int) { return std::pair<int64_t, int64_t>(50, 200); });
      region.request().contributions.back().allow_insurer_type_by_municipality = agree;
    }
    const Ledger ledger = {region.Released()};
    const auto table = ProtectUnion({ledger, 0, region.Codes({0, 1})}, Key());
    ASSERT_TRUE(table.ok()) << table.status();
    bool shows_insurers = false;
    for (const ProtectedCell& cell : table->measures()[0].cells) {
      shows_insurers |= cell.member_kind == v1::MEMBER_KIND_INSURER && cell.denominator > 0;
    }
    EXPECT_EQ(shows_insurers, agree);
  }
}

}  // namespace
}  // namespace renkei::policy::disclosure
