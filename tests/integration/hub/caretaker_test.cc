// What the hub's background thread finds must reach the program as well as what a call finds.
#include "hub/app/caretaker.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"

namespace renkei::hub::app {
namespace {

class BrokenStore final : public store::Store {
 public:
  explicit BrokenStore(absl::Status status) : status_(std::move(status)) {}
  absl::StatusOr<std::unique_ptr<store::Snapshot>> Read() override { return status_; }
  absl::StatusOr<std::unique_ptr<store::Transaction>> Write() override { return status_; }

 private:
  const absl::Status status_;
};

bool EndsTheService(const absl::Status& found) {
  BrokenStore store(found);
  const rounds::Terms terms;
  policy::base::SystemClock clock;
  policy::base::SystemRandom random;
  Caretaker caretaker({store, terms, clock, random, nullptr});
  for (int i = 0; i < 200 && !caretaker.data_loss_seen(); ++i)
    absl::SleepFor(absl::Milliseconds(5));
  return caretaker.data_loss_seen();
}

TEST(CaretakerOfTheHub, EndsTheServiceWhenTheStoreIsNotWhatItWas) {
  EXPECT_TRUE(EndsTheService(absl::DataLossError("a page was changed")));
  EXPECT_FALSE(EndsTheService(absl::ResourceExhaustedError("the disk is full")));
}

}  // namespace
}  // namespace renkei::hub::app
