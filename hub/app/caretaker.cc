#include "hub/app/caretaker.h"

#include <chrono>
#include <memory>

#include "absl/strings/str_cat.h"
#include "hub/rounds/agreements.h"
#include "hub/rounds/open.h"
#include "policy/base/log.h"
#include "policy/base/status.h"

namespace renkei::hub::app {
namespace {

// An entry is anchored within a second (trust 4.4).
constexpr std::chrono::milliseconds kAnchorPeriod(500);
constexpr int kDeadlineEvery = 10;  // anchor periods

}  // namespace

Caretaker::Caretaker(const Duties& duties) : duties_(duties), thread_([this] { Run(); }) {}

Caretaker::~Caretaker() { Stop(); }

void Caretaker::Stop() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  WriteAnchorWhenNewer();
}

void Caretaker::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (int turn = 0; !stopping_; ++turn) {
    lock.unlock();
    WriteAnchorWhenNewer();
    if (turn % kDeadlineEvery == 0) {
      CloseExpiredRounds();
      EndAgreementsPastNotice();
    }
    lock.lock();
    wake_.wait_for(lock, kAnchorPeriod, [this] { return stopping_; });
  }
}

void Caretaker::WriteAnchorWhenNewer() {
  if (duties_.anchor == nullptr) return;
  const absl::Status written = duties_.anchor->Advance(duties_.store);
  if (!written.ok()) {
    spdlog::error(
        "the anchor file could not be written: code {}; a rollback since the last anchor "
        "would not be found",
        static_cast<int>(written.code()));
    Report(written);
  }
}

log::Act Caretaker::OwnAct() {
  return {.who = absl::StrCat("spiffe://", duties_.terms.trust_domain, "/hub"),
          .now = duties_.clock.Now(),
          .random = &duties_.random};
}

void Caretaker::CloseExpiredRounds() {
  const absl::Status closed = [this]() -> absl::Status {
    RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                            duties_.store.Write());
    RENKEI_ASSIGN_OR_RETURN(const int changed,
                            rounds::CloseExpired(*transaction, duties_.terms, OwnAct()));
    if (changed == 0) return absl::OkStatus();
    spdlog::info("{} round(s) reached their deadline", changed);
    return transaction->Commit();
  }();
  if (!closed.ok()) {
    spdlog::error("rounds past their deadline could not be closed: code {}",
                  static_cast<int>(closed.code()));
    Report(closed);
  }
}

void Caretaker::EndAgreementsPastNotice() {
  const absl::Status ended = [this]() -> absl::Status {
    RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                            duties_.store.Write());
    RENKEI_ASSIGN_OR_RETURN(const int changed, rounds::EndPastNotice(*transaction, OwnAct()));
    if (changed == 0) return absl::OkStatus();
    spdlog::info("{} agreement(s) reached the end of their notice", changed);
    return transaction->Commit();
  }();
  if (!ended.ok()) {
    // They are not in force all the same: whoever asks compares the clock.
    spdlog::error("agreements past their notice could not be ended: code {}",
                  static_cast<int>(ended.code()));
    Report(ended);
  }
}

void Caretaker::Report(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return;
  data_loss_seen_.store(true);
  spdlog::critical("a hash or key check failed; the hub stops serving");
}

}  // namespace renkei::hub::app
