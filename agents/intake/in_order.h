// Work on the pieces of one file by several threads, handed over in the file's order. The calling
// thread takes finished pieces and works on others while there is none, so nobody waits while there
// is something to do. A bounded number of pieces is under way; their memory is used again.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace renkei::agents::intake {

template <typename Piece>
class InOrder {
 public:
  // Cuts the next piece off the file; false: there is none. One thread at a time, in order.
  using Next = std::function<absl::StatusOr<bool>(Piece*)>;
  // Any thread; `worker` numbers them, 0 is the calling thread.
  using Work = std::function<void(Piece*, size_t worker)>;
  // The calling thread, in order. An error ends the run.
  using Take = std::function<absl::Status(Piece*)>;

  InOrder(size_t threads, Next next, Work work, Take take)
      : threads_(threads == 0 ? 1 : threads),
        next_(std::move(next)),
        work_(std::move(work)),
        take_(std::move(take)),
        slots_(2 * threads_ + 2) {}
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;

  // The first error of the file's order: of `take`, or of `next` after all pieces before it were
  // taken. Called once.
  absl::Status Run() {
    std::vector<std::thread> others;
    others.reserve(threads_ - 1);
    for (size_t worker = 1; worker < threads_; ++worker) {
      others.emplace_back([this, worker] { Help(worker); });
    }
    absl::Status status = TakeAll();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      is_stopped_ = true;
    }
    changed_.notify_all();
    for (std::thread& other : others) other.join();
    return status;
  }

 private:
  struct Slot {
    Piece piece;
    bool is_done = false;
  };
  using Lock = std::unique_lock<std::mutex>;

  bool MayCut() const {
    return !is_stopped_ && !is_ended_ && !is_cutting_ && cut_ - taken_ < slots_.size();
  }

  // Cuts a piece and works on it. The lock is given back held.
  void CutAndWork(Lock& lock, size_t worker) {
    Slot& slot = slots_[cut_ % slots_.size()];
    is_cutting_ = true;
    lock.unlock();
    absl::StatusOr<bool> more = next_(&slot.piece);
    lock.lock();
    is_cutting_ = false;
    if (!more.ok() || !*more) {
      is_ended_ = true;
      end_ = more.ok() ? absl::OkStatus() : more.status();
      changed_.notify_all();
      return;
    }
    ++cut_;
    lock.unlock();
    changed_.notify_all();
    work_(&slot.piece, worker);
    lock.lock();
    slot.is_done = true;
    changed_.notify_all();
  }

  void Help(size_t worker) {
    Lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return is_stopped_ || is_ended_ || MayCut(); });
      if (is_stopped_ || is_ended_) return;
      CutAndWork(lock, worker);
    }
  }

  absl::Status TakeAll() {
    Lock lock(mutex_);
    for (;;) {
      Slot& first = slots_[taken_ % slots_.size()];
      if (taken_ < cut_ && first.is_done) {
        lock.unlock();
        absl::Status status = take_(&first.piece);
        if (!status.ok()) return status;
        lock.lock();
        first.is_done = false;
        ++taken_;
        changed_.notify_all();
      } else if (is_ended_ && taken_ == cut_) {
        return end_;
      } else if (MayCut()) {
        CutAndWork(lock, 0);
      } else {
        changed_.wait(lock);
      }
    }
  }

  const size_t threads_;
  const Next next_;
  const Work work_;
  const Take take_;
  std::vector<Slot> slots_;  // piece i lives in slot i % size
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_: pieces [taken_, cut_) are under way.
  uint64_t cut_ = 0;
  uint64_t taken_ = 0;
  bool is_cutting_ = false;
  bool is_ended_ = false;
  bool is_stopped_ = false;
  absl::Status end_;
};

}  // namespace renkei::agents::intake
