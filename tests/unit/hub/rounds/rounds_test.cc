// State machine, strict messages, rounds past their deadline.
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "hub/rounds/open.h"
#include "hub/rounds/policies.h"
#include "hub/rounds/policy_in_force.h"
#include "hub/rounds/state.h"
#include "hub/rounds/statement_checks.h"
#include "hub/rounds/strict_message.h"
#include "policy/base/error.h"
#include "policy/base/random.h"
#include "renkei/v1/contribution.pb.h"
#include "tests/support/hub_store.h"

namespace renkei::hub::rounds {
namespace {

TEST(RoundStates, FollowTheTableAndNothingElse) {
  using S = v1::RoundState;
  constexpr S kNo = v1::ROUND_STATE_UNSPECIFIED;
  struct Row {
    S from;
    S on_close, on_release, on_hold, on_fail;
  };
  const Row rows[] = {
      {v1::ROUND_STATE_OPEN, v1::ROUND_STATE_CLOSED, kNo, kNo, v1::ROUND_STATE_FAILED},
      {v1::ROUND_STATE_CLOSED, kNo, v1::ROUND_STATE_RELEASED, v1::ROUND_STATE_HELD,
       v1::ROUND_STATE_FAILED},
      {v1::ROUND_STATE_RELEASED, kNo, kNo, kNo, kNo},
      {v1::ROUND_STATE_HELD, kNo, kNo, kNo, kNo},
      {v1::ROUND_STATE_FAILED, kNo, kNo, kNo, kNo},
      {v1::ROUND_STATE_UNSPECIFIED, kNo, kNo, kNo, kNo},
  };
  for (const Row& row : rows) {
    const std::pair<Event, S> steps[] = {{Event::kClose, row.on_close},
                                         {Event::kRelease, row.on_release},
                                         {Event::kHold, row.on_hold},
                                         {Event::kFail, row.on_fail}};
    for (const auto& [event, to] : steps) {
      const auto next = Next(row.from, event);
      if (to == kNo) {
        EXPECT_TRUE(absl::IsFailedPrecondition(next.status())) << WordOf(row.from);
      } else {
        ASSERT_TRUE(next.ok());
        EXPECT_EQ(*next, to);
      }
    }
  }
  EXPECT_EQ(base::DetailOf(Next(v1::ROUND_STATE_OPEN, Event::kRelease).status()).reason(),
            v1::ERROR_REASON_ROUND_OPEN);
  EXPECT_EQ(base::DetailOf(Next(v1::ROUND_STATE_HELD, Event::kRelease).status()).reason(),
            v1::ERROR_REASON_HELD);
}

TEST(StrictMessages, RefuseWhatThisVersionDoesNotKnow) {
  v1::ContributionStatement statement;
  statement.set_member_kind(v1::MEMBER_KIND_INSURER);
  EXPECT_TRUE(RefuseUnknown(statement).ok());
  statement.set_member_kind(static_cast<v1::MemberKind>(77));
  EXPECT_TRUE(absl::IsInvalidArgument(RefuseUnknown(statement)));
  // Field 22 is reserved: an older or newer program may send it.
  statement.Clear();
  ASSERT_TRUE(statement.ParseFromString(std::string("\xb0\x01\x05", 3)));
  EXPECT_TRUE(absl::IsInvalidArgument(RefuseUnknown(statement)));
  statement.Clear();
  ASSERT_TRUE(statement.mutable_coverage()->mutable_eligible()->ParseFromString("\x38\x01"));
  EXPECT_TRUE(absl::IsInvalidArgument(RefuseUnknown(statement))) << "also inside";
}

TEST(StatementForm, KnowsItsLimits) {
  base::SystemRandom random;
  v1::ContributionStatement good;
  good.set_request_id(base::MakeUuidV7(1, random));
  good.set_round_id(base::MakeUuidV7(2, random));
  good.mutable_issued_at()->set_seconds(1'795'000'000);
  good.mutable_not_after()->set_seconds(1'795'000'100);
  good.set_member_kind(v1::MEMBER_KIND_WORKPLACE);
  good.set_revision(1);
  EXPECT_TRUE(CheckForm(good).ok());
  const auto refused = [&](auto spoil) {
    v1::ContributionStatement s = good;
    spoil(s);
    return absl::IsInvalidArgument(CheckForm(s));
  };
  EXPECT_TRUE(refused([](auto& s) { s.set_request_id("1"); }));
  EXPECT_TRUE(refused([](auto& s) { s.clear_round_id(); }));
  EXPECT_TRUE(refused([](auto& s) { s.clear_issued_at(); }));
  EXPECT_TRUE(refused([](auto& s) { s.mutable_not_after()->set_seconds(INT64_MAX); }));
  EXPECT_TRUE(refused([](auto& s) { s.mutable_not_after()->set_nanos(-1); }));
  EXPECT_TRUE(refused([](auto& s) { s.set_revision(0); }));
  EXPECT_TRUE(refused([](auto& s) { s.set_revision(4); }));
  EXPECT_TRUE(refused([](auto& s) { s.set_revision(2); }));
  EXPECT_TRUE(refused([](auto& s) { s.set_supersedes("x"); }));
  EXPECT_TRUE(refused([](auto& s) { s.set_engine_version(std::string(65, 'v')); }));
  EXPECT_TRUE(
      refused([](auto& s) { s.mutable_coverage()->mutable_eligible()->set_rounded_to_ten(15); }));
}

class Deadlines : public HubStoreTest {
 protected:
  void SetUp() override {
    HubStoreTest::SetUp();
    auto transaction = *store_->Write();
    ASSERT_TRUE(
        AdoptInitialPolicy(*transaction, terms_, *policy::rules::Policy::Default(),
                           /*configured=*/false,
                           {.who = "spiffe://hub.example/hub", .now = now_, .random = &random_})
            .ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  void AddRound(const std::string& id, int contributors) {
    auto transaction = *store_->Write();
    ASSERT_TRUE(transaction
                    ->InsertRound({.id = base::RoundId(id),
                                   .area_code = "0604",
                                   .fiscal_year = 2011,
                                   .descriptor = "d",
                                   .state = v1::ROUND_STATE_OPEN,
                                   .opened_at = now_,
                                   .deadline = now_ + absl::Hours(1)})
                    .ok());
    for (int i = 0; i < contributors; ++i) {
      const std::string member = absl::StrCat("member/", i);
      ASSERT_TRUE(transaction
                      ->InsertContribution({.iss = member,
                                            .request_id = id,
                                            .round_id = base::RoundId(id),
                                            .member_id = base::MemberId(member),
                                            .revision = 1,
                                            .issued_at = now_,
                                            .accepted_at = now_})
                      .ok());
    }
    ASSERT_TRUE(transaction->Commit().ok());
  }
  int Sweep(absl::Time now) {
    auto transaction = *store_->Write();
    const auto changed = CloseExpired(
        *transaction, terms_, {.who = "spiffe://hub.example/hub", .now = now, .random = &random_});
    EXPECT_TRUE(changed.ok()) << changed.status();
    EXPECT_TRUE(transaction->Commit().ok());
    return *changed;
  }
  v1::RoundState StateOf(const std::string& id) {
    return (*store_->Read())->FindRound(base::RoundId(id))->value().state;
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'795'000'000);
  base::SystemRandom random_;
  Terms terms_;
};

TEST_F(Deadlines, CloseWithEnoughMembersAndFailWithTooFew) {
  AddRound("enough", 3);
  AddRound("few", 2);
  EXPECT_EQ(Sweep(now_ + absl::Minutes(59)), 0);
  EXPECT_EQ(StateOf("enough"), v1::ROUND_STATE_OPEN);
  EXPECT_EQ(Sweep(now_ + absl::Hours(1)), 2);
  EXPECT_EQ(StateOf("enough"), v1::ROUND_STATE_CLOSED);
  EXPECT_EQ(StateOf("few"), v1::ROUND_STATE_FAILED);
  EXPECT_EQ((*store_->Read())->Head()->size, 4u) << "each is an entry, after the policy's two";
  EXPECT_EQ(Sweep(now_ + absl::Hours(2)), 0);
}

// A hub that ran before policies had a life of their own.
TEST_F(Deadlines, APolicyOfTheFirstSchemaStaysInForceWithoutNewEntries) {
  const std::string folder = (folder_ / "old").string();
  std::filesystem::create_directories(folder);
  const auto store = *store::SqlcipherStore::Open(folder + "/hub.db",
                                                  base::Secret::Copy(std::vector<uint8_t>(32, 1)));
  const policy::rules::Policy shipped = *policy::rules::Policy::Default();
  const log::Act act = {.who = "spiffe://hub.example/hub", .now = now_, .random = &random_};
  auto transaction = *store->Write();
  ASSERT_TRUE(transaction
                  ->InsertPolicy({.digest = shipped.digest(),
                                  .text = shipped.text(),
                                  .loaded_at = now_ - absl::Hours(1000)})
                  .ok());
  ASSERT_TRUE(AdoptInitialPolicy(*transaction, terms_, shipped, /*configured=*/true, act).ok());
  EXPECT_EQ(transaction->Head()->size, 0u);
  const auto row = transaction->FindPolicyInForce()->value();
  EXPECT_EQ(row.id, shipped.document().id());
  EXPECT_EQ(row.version, shipped.document().version());
  EXPECT_EQ(row.in_force_at, now_ - absl::Hours(1000));
  EXPECT_TRUE(PolicyInForce(*transaction, terms_).ok());
  // Again at the next start: nothing is left to do.
  ASSERT_TRUE(AdoptInitialPolicy(*transaction, terms_, shipped, /*configured=*/true, act).ok());
  EXPECT_EQ(transaction->ListPolicySignatures(shipped.digest())->size(), 1u);
}

}  // namespace
}  // namespace renkei::hub::rounds
