// The hub's one background thread: the newest log head to the anchor file, rounds past their
// deadline.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
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
    std::string anchor_file;  // empty: none
  };
  explicit Caretaker(const Duties& duties);
  ~Caretaker();
  // Ends the thread and writes the anchor once more. Idempotent.
  void Stop();

 private:
  void Run();
  void WriteAnchorWhenNewer();
  void CloseExpiredRounds();

  const Duties duties_;
  uint64_t anchored_size_ = 0;  // by the thread, then by Stop
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace renkei::hub::app
