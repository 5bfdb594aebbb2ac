// Two calls that make a release of the same round at the same time: the later one is answered like
// a repeat.
#include <functional>
#include <utility>

#include "hub/reference/populations.h"
#include "hub/releases/make.h"
#include "hub/releases/stored_release.h"
#include "hub/store/sqlcipher_store.h"
#include "policy/base/files.h"
#include "tests/integration/hub/agreements_world.h"

namespace renkei::hub {
namespace {

// Something happens before the second transaction, which is the one that publishes: the first notes
// that computing began.
class InterruptedStore final : public store::Store {
 public:
  InterruptedStore(store::Store& store, std::function<void()> happen)
      : store_(store), happen_(std::move(happen)) {}
  absl::StatusOr<std::unique_ptr<store::Snapshot>> Read() override { return store_.Read(); }
  absl::StatusOr<std::unique_ptr<store::Transaction>> Write() override {
    if (++writes_ == 2) happen_();
    return store_.Write();
  }

 private:
  store::Store& store_;
  std::function<void()> happen_;
  int writes_ = 0;
};

class ReleaseRace : public Agreements {
 protected:
  void SetUp() override {
    Agreements::SetUp();
    Agree(&tsuruoka_, 1);
    EnrolOthers();
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
    return releases::Make(store, terms_, surroundings_, round, layout,
                          {.who = "spiffe://hub.shonai.example/secretariat/0604/s",
                           .now = clock_.Now(),
                           .random = &random_});
  }
  // While a release in `asked` is being computed, another call makes one without sexes.
  absl::StatusOr<store::ReleaseRow> MakeOvertaken(const base::RoundId& round,
                                                  const std::string& asked) {
    InterruptedStore store(*store_, [&] {
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
  EXPECT_EQ((*store_->Read())->ReleaseCount().value(), 2u);
}

}  // namespace
}  // namespace renkei::hub
