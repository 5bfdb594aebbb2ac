// Two calls that make a release of the same round at the same time: the later one is answered like
// a repeat. A grouping that another grouping or a release overtakes is not stored, and the other
// way round: each was computed without the other.
#include <functional>
#include <utility>

#include "hub/reference/populations.h"
#include "hub/releases/grouping.h"
#include "hub/releases/make.h"
#include "hub/releases/stored_release.h"
#include "hub/store/sqlcipher_store.h"
#include "policy/base/files.h"
#include "tests/integration/hub/agreements_world.h"

namespace renkei::hub {
namespace {

// Something happens before the n-th transaction. Of a release the second is the one that publishes:
// the first notes that computing began; of a grouping the first.
class InterruptedStore final : public store::Store {
 public:
  InterruptedStore(store::Store& store, int nth, std::function<void()> happen)
      : store_(store), nth_(nth), happen_(std::move(happen)) {}
  absl::StatusOr<std::unique_ptr<store::Snapshot>> Read() override { return store_.Read(); }
  absl::StatusOr<std::unique_ptr<store::Transaction>> Write() override {
    if (++writes_ == nth_) happen_();
    return store_.Write();
  }

 private:
  store::Store& store_;
  int nth_;
  std::function<void()> happen_;
  int writes_ = 0;
};

class ReleaseRace : public Agreements {
 protected:
  void SetUp() override {
    Agreements::SetUp();
    const std::string agreed = "allow_insurer_type_by_municipality: true\n";
    Agree(&tsuruoka_, 1, "*", agreed);
    EnrolOthers(agreed);
    for (const char* indicator : {"finding_bmi", "finding_bp"}) {
      rounds_.emplace_back(DescriptorOf(Fill({indicator})).round_id());
    }
    server_.reset();
    store_ =
        *store::SqlcipherStore::Open(app::DatabasePath(Path("hub")), Key(app::kDatabaseKeyLabel));
    terms_.catalogue = *policy::catalogue::Catalogue::LoadBuiltIn();
    surroundings_.release_root = Key(app::kReleaseRootLabel);
    for (const std::string& edition : reference::Populations::Editions()) {
      surroundings_.population_persons[edition] = reference::Populations::Load(edition)->persons();
    }
  }
  base::Secret Key(const char* label) const {
    return app::DeriveKey(*base::ReadSecretFile(Path("hub.secret"), 32),
                          *app::ReadDeploymentId(Path("hub")), label);
  }
  absl::StatusOr<store::ReleaseRow> MakeIn(store::Store& store, const base::RoundId& round,
                                           const std::string& layout) {
    return releases::Make(store, terms_, surroundings_, round, layout, Act());
  }
  // Of the first release.
  absl::StatusOr<store::ReleaseRow> GroupIn(store::Store& store, const std::string& name,
                                            const std::vector<std::string>& codes) {
    v1::Grouping grouping;
    grouping.set_name(name);
    grouping.mutable_municipality()->Add(codes.begin(), codes.end());
    return releases::MakeGrouping(store, terms_, surroundings_, 1, grouping, Act());
  }
  log::Act Act() {
    return {.who = "spiffe://hub.shonai.example/secretariat/0604/s",
            .now = clock_.Now(),
            .random = &random_};
  }
  uint64_t ReleaseCount() { return (*store_->Read())->ReleaseCount().value(); }
  // While a release in `asked` is being computed, another call makes one without sexes.
  absl::StatusOr<store::ReleaseRow> MakeOvertaken(const base::RoundId& round,
                                                  const std::string& asked) {
    InterruptedStore store(*store_, 2, [&] {
      const auto other = MakeIn(*store_, round, "no_sex");
      EXPECT_TRUE(other.ok()) << other.status();
    });
    return MakeIn(store, round, asked);
  }

  std::vector<base::RoundId> rounds_;
  std::unique_ptr<store::SqlcipherStore> store_;
  rounds::Terms terms_;
  releases::Surroundings surroundings_;
};

TEST_F(ReleaseRace, WhoeverAskedForNoLayoutGetsTheOneThatWasMadeMeanwhile) {
  const auto any = MakeOvertaken(rounds_[0], "");
  ASSERT_TRUE(any.ok()) << any.status();
  EXPECT_EQ(any->number, 1u);
  EXPECT_EQ(releases::ReleaseOf(*any)->withheld_level_size(), 3);
  const auto full = MakeOvertaken(rounds_[1], "full");
  EXPECT_TRUE(absl::IsAlreadyExists(full.status())) << full.status();
  EXPECT_EQ(ReleaseCount(), 2u);
}

const std::vector<std::string> kNorth = {"062031", "062049"};

TEST_F(ReleaseRace, AGroupingThatAnotherOvertookIsNotStored) {
  ASSERT_TRUE(MakeIn(*store_, rounds_[0], "").ok());
  InterruptedStore store(*store_, 1, [&] {
    EXPECT_TRUE(GroupIn(*store_, "三つ", {"062031", "062049", "064262"}).ok());
  });
  EXPECT_TRUE(absl::IsAborted(GroupIn(store, "北部", kNorth).status()));
  EXPECT_EQ(ReleaseCount(), 2u);
}

TEST_F(ReleaseRace, TheSameGroupingTwiceIsStoredOnce) {
  ASSERT_TRUE(MakeIn(*store_, rounds_[0], "").ok());
  InterruptedStore store(*store_, 1, [&] { EXPECT_TRUE(GroupIn(*store_, "北部", kNorth).ok()); });
  const auto second = GroupIn(store, "北部", kNorth);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->number, 2u);
  EXPECT_EQ(ReleaseCount(), 2u);
}

TEST_F(ReleaseRace, AGroupingAndAReleaseEachSeeTheOther) {
  ASSERT_TRUE(MakeIn(*store_, rounds_[0], "").ok());
  InterruptedStore grouping_first(*store_, 2,
                                  [&] { EXPECT_TRUE(GroupIn(*store_, "北部", kNorth).ok()); });
  EXPECT_TRUE(absl::IsAborted(MakeIn(grouping_first, rounds_[1], "").status()));
  InterruptedStore release_first(*store_, 1,
                                 [&] { EXPECT_TRUE(MakeIn(*store_, rounds_[1], "").ok()); });
  EXPECT_TRUE(absl::IsAborted(GroupIn(release_first, "南部", {"064262", "064289"}).status()));
  EXPECT_EQ(ReleaseCount(), 3u);
}

}  // namespace
}  // namespace renkei::hub
