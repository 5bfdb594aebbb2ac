// The hub's one background thread: the newest log head to the anchor file, rounds past their
// deadline, agreements past their notice.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/log/anchor.h"
#include "hub/log/log.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/base/clock.h"
#include "policy/base/random.h"

namespace renkei::hub::app {

class Caretaker {
 public:
  struct Duties {
    store::Store& store;
    const rounds::Terms& terms;
    base::Clock& clock;
    base::Random& random;
    log::Anchor* anchor;  // null: none
  };
  explicit Caretaker(const Duties& duties);
  ~Caretaker();
  // Ends the thread and writes the anchor once more. Idempotent.
  void Stop();
  // True once a hash or key check has failed: the hub must stop serving.
  bool data_loss_seen() const { return data_loss_seen_.load(); }

 private:
  void Run();
  void WriteAnchorWhenNewer();
  void CloseExpiredRounds();
  void EndAgreementsPastNotice();
  log::Act OwnAct();

  void Report(const absl::Status& status);

  const Duties duties_;
  std::atomic<bool> data_loss_seen_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace renkei::hub::app
