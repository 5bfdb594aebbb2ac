// What every Store must do: releases, their charges of noise, and groupings.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/contract/store/store_contract.h"

namespace renkei::hub::store {
namespace {

class ReleasesContract : public StoreContract {};

ReleaseRow Release(uint64_t number, const std::string& round, std::vector<std::string> indicators) {
  return {.number = number,
          .round_id = base::RoundId(round),
          .area_code = "0604",
          .fiscal_year = 2011,
          .created_at = kNow,
          .bytes = "release bytes",
          .sha256 = DigestOf(3),
          .indicators = std::move(indicators)};
}

TEST_P(ReleasesContract, TheFirstReleaseOfAnIndicatorIsThatOfTheSmallestNumberWhateverItsYear) {
  auto transaction = Write();
  ASSERT_TRUE(transaction->InsertRound(Round("round-1")).ok());
  ASSERT_TRUE(transaction->InsertRound(Round("round-2")).ok());
  ReleaseRow first = Release(1, "round-1", {"waist"});
  first.fiscal_year = 2012;
  ASSERT_TRUE(transaction->InsertRelease(first, {}).ok());
  ASSERT_TRUE(transaction->InsertRelease(Release(2, "round-2", {"bmi", "waist"}), {}).ok());
  EXPECT_EQ(transaction->FindFirstReleaseOf("0604", "waist")->value(), 1u);
  EXPECT_EQ(transaction->FindFirstReleaseOf("0604", "bmi")->value(), 2u);
  EXPECT_FALSE(transaction->FindFirstReleaseOf("0604", "lipid")->has_value());
  EXPECT_FALSE(transaction->FindFirstReleaseOf("0602", "waist")->has_value());
}

TEST_P(ReleasesContract, AnIndicatorThatIsReleasedAgainReplacesItsNewestRelease) {
  auto transaction = Write();
  ASSERT_TRUE(transaction->InsertRound(Round("round-1")).ok());
  ASSERT_TRUE(transaction->InsertRound(Round("round-2")).ok());
  EXPECT_EQ(*transaction->ReleaseCount(), 0u);
  ASSERT_TRUE(transaction->InsertRound(Round("round-3")).ok());
  const std::vector<CountedRow> counted = {{base::MemberId("member/a"), 2, "terms of a"},
                                           {base::MemberId("member/b"), 1, "terms of b"}};
  ASSERT_TRUE(transaction->InsertRelease(Release(1, "round-1", {"bmi", "waist"}), counted).ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  transaction = Write();
  EXPECT_TRUE(absl::IsAlreadyExists(
      transaction->InsertRelease(Release(1, "round-2", {"lipid", "bmi"}), {})));
  transaction.reset();
  transaction = Write();
  ASSERT_TRUE(transaction->InsertRelease(Release(2, "round-2", {"bmi", "lipid"}), {}).ok());
  ASSERT_TRUE(transaction->InsertRelease(Release(3, "round-3", {"bmi", "waist"}), {}).ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  auto snapshot = Read();
  EXPECT_EQ(*snapshot->ReleaseCount(), 3u);
  EXPECT_EQ(snapshot->FindReleaseOf("0604", 2011, "waist")->value(), 3u);
  EXPECT_EQ(snapshot->FindReleaseOf("0604", 2011, "lipid")->value(), 2u);
  EXPECT_FALSE(snapshot->FindReleaseOf("0604", 2011, "liver")->has_value());
  EXPECT_TRUE(snapshot->FindRelease(1)->value().replaces.empty());
  EXPECT_EQ(snapshot->FindRelease(2)->value().replaces, std::vector<uint64_t>{1});
  EXPECT_EQ(snapshot->FindRelease(3)->value().replaces, (std::vector<uint64_t>{1, 2}));
  const auto of_area = snapshot->ListReleasesOf("0604", 2011);
  ASSERT_EQ(of_area->size(), 3u);
  EXPECT_EQ(of_area->back().replaces, (std::vector<uint64_t>{1, 2}));
  EXPECT_TRUE(snapshot->ListReleasesOf("0604", 2012)->empty());
  const auto kept = snapshot->ListCounted(1);
  ASSERT_EQ(kept->size(), 2u);
  EXPECT_EQ(kept->front().member_id.value(), "member/a");
  EXPECT_EQ(kept->front().revision, 2u);
  EXPECT_EQ(kept->back().terms, "terms of b");
  EXPECT_TRUE(snapshot->ListCounted(2)->empty());
  EXPECT_FALSE(snapshot->FindReleaseOf("0604", 2012, "waist")->has_value());
  EXPECT_EQ(snapshot->FindRelease(1)->value().bytes, "release bytes");
  EXPECT_EQ(snapshot->ListReleases(0, 10)->front().indicators,
            (std::vector<std::string>{"bmi", "waist"}));
}

TEST_P(ReleasesContract, ANoiseChargeIsOneOfAReleaseAndStays) {
  auto transaction = Write();
  for (const char* round : {"round-1", "round-2", "round-3"}) {
    ASSERT_TRUE(transaction->InsertRound(Round(round)).ok());
  }
  ASSERT_TRUE(transaction->InsertRelease(Release(1, "round-1", {"bmi"}), {}).ok());
  ASSERT_TRUE(transaction->InsertRelease(Release(2, "round-2", {"lipid", "waist"}), {}).ok());
  ReleaseRow elsewhere = Release(3, "round-3", {"waist"});
  elsewhere.area_code = "0602";
  ASSERT_TRUE(transaction->InsertRelease(elsewhere, {}).ok());
  const NoiseChargeRow charge = {.release_id = "round-2",
                                 .number = 2,
                                 .hub = "hub.example",
                                 .data_year = 2011,
                                 .rho_numerator = 1,
                                 .rho_denominator = int64_t{1} << 62,
                                 .cap_numerator = 3,
                                 .cap_denominator = 4,
                                 .content = DigestOf(9)};
  ASSERT_TRUE(transaction->InsertNoiseCharge(charge).ok());
  NoiseChargeRow other = charge;
  other.number = 3;
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertNoiseCharge(other))) << "the round twice";
  other.release_id = "round-3";
  other.number = 2;
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertNoiseCharge(other))) << "a release twice";
  other.number = 9;
  EXPECT_FALSE(transaction->InsertNoiseCharge(other).ok()) << "no such release";
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  Reopen();
  const auto snapshot = Read();
  const auto charges = snapshot->ListNoiseCharges();
  ASSERT_EQ(charges->size(), 1u);
  const NoiseChargeRow& kept = charges->front();
  EXPECT_EQ(kept.release_id, "round-2");
  EXPECT_EQ(kept.number, 2u);
  EXPECT_EQ(kept.hub, "hub.example");
  EXPECT_EQ(kept.data_year, 2011);
  EXPECT_EQ(kept.rho_numerator, 1);
  EXPECT_EQ(kept.rho_denominator, int64_t{1} << 62);
  EXPECT_EQ(kept.cap_numerator, 3);
  EXPECT_EQ(kept.cap_denominator, 4);
  EXPECT_EQ(kept.content, DigestOf(9));
  EXPECT_FALSE(snapshot->FindRelease(1)->value().with_noise);
  EXPECT_TRUE(snapshot->FindRelease(2)->value().with_noise);
  EXPECT_TRUE(snapshot->ListReleases(0, 10)->at(1).with_noise);
  EXPECT_EQ(*snapshot->ListIndicatorsReleased(true), (std::vector<std::string>{"lipid", "waist"}));
  EXPECT_EQ(*snapshot->ListIndicatorsReleased(false), (std::vector<std::string>{"bmi", "waist"}));
}

TEST_P(ReleasesContract, GroupingsAreNumberedWithTheReleasesThatTheyAreOf) {
  auto transaction = Write();
  for (const char* round : {"round-1", "round-2"}) {
    ASSERT_TRUE(transaction->InsertRound(Round(round)).ok());
  }
  ASSERT_TRUE(transaction->InsertRelease(Release(1, "round-1", {"waist"}), {}).ok());
  ReleaseRow grouping = Release(2, "round-1", {});
  grouping.grouping_of = 1;
  grouping.grouping_name = "川南";
  grouping.bytes = "grouping bytes";
  ASSERT_TRUE(transaction->InsertRelease(grouping, {}).ok());
  EXPECT_TRUE(
      absl::IsAlreadyExists(transaction->InsertRelease(Release(2, "round-2", {"waist"}), {})))
      << "one numbering";
  grouping.number = 3;
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertRelease(grouping, {}))) << "one name";
  ASSERT_TRUE(transaction->InsertRelease(Release(3, "round-2", {"waist"}), {}).ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  auto snapshot = Read();
  EXPECT_EQ(*snapshot->ReleaseCount(), 3u);
  const auto stored = snapshot->FindRelease(2)->value();
  EXPECT_EQ(stored.bytes, "grouping bytes");
  EXPECT_EQ(stored.grouping_of, 1u);
  EXPECT_EQ(stored.grouping_name, "川南");
  EXPECT_EQ(stored.round_id.value(), "round-1");
  EXPECT_EQ(stored.area_code, "0604");
  EXPECT_EQ(stored.indicators, std::vector<std::string>{"waist"});
  EXPECT_TRUE(stored.replaces.empty());
  for (const auto& rows : {snapshot->ListReleases(0, 10), snapshot->ListReleasesOf("0604", 2011)}) {
    ASSERT_EQ(rows->size(), 3u);
    EXPECT_EQ((*rows)[1].grouping_of, 1u);
    EXPECT_EQ((*rows)[2].number, 3u);
  }
  EXPECT_EQ(snapshot->ListReleases(2, 10)->size(), 1u);
  // What counts as the newest, and what is replaced, is of rounds alone.
  EXPECT_EQ(snapshot->NewestRelease("0604", 2011)->value(), 3u);
  EXPECT_EQ(snapshot->FindReleaseOf("0604", 2011, "waist")->value(), 3u);
  EXPECT_EQ(snapshot->FindRelease(3)->value().replaces, std::vector<uint64_t>{1});
  EXPECT_TRUE(snapshot->ListCounted(2)->empty());
}

INSTANTIATE_TEST_SUITE_P(Implementations, ReleasesContract, testing::Values(Sqlcipher()), NameOf);

}  // namespace
}  // namespace renkei::hub::store
