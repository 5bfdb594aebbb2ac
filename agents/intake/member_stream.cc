#include "agents/intake/member_stream.h"

namespace renkei::agents::intake {

MemberStream::MemberStream(const Archive* archive)
    : archive_(archive), thread_([this] { Unpack(); }) {}

MemberStream::~MemberStream() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// A large document waits until it is alone; it always fits then.
bool MemberStream::HasRoomFor(const Archive::Member& member) const {
  if (unpacked_ == taken_) return true;
  return unpacked_ - taken_ < kAhead && waiting_bytes_ + member.size <= kAheadBytes;
}

void MemberStream::Unpack() {
  for (const Archive::Member& member : archive_->documents()) {
    Document* slot;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [&] { return is_stopped_ || HasRoomFor(member); });
      if (is_stopped_) return;
      slot = &ring_[unpacked_ % kAhead];
    }
    slot->member = &member;
    slot->problem = archive_->Read(member, &slot->bytes);
    const bool has_failed = slot->problem.has_value();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      waiting_bytes_ += member.size;
      ++unpacked_;
    }
    changed_.notify_all();
    if (has_failed) break;
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_done_ = true;
  }
  changed_.notify_all();
}

const MemberStream::Document* MemberStream::Next() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (is_reading_) {
    Document& read = ring_[taken_ % kAhead];
    waiting_bytes_ -= read.member->size;
    // One large document must not keep its memory for the rest of the archive.
    if (read.bytes.capacity() > (1 << 20)) std::string().swap(read.bytes);
    ++taken_;
    is_reading_ = false;
    // Waking the other thread for every single document would cost more than unpacking it.
    if (unpacked_ - taken_ <= kAhead / 2) changed_.notify_all();
  }
  changed_.wait(lock, [&] { return is_done_ || unpacked_ > taken_; });
  if (unpacked_ == taken_) return nullptr;
  is_reading_ = true;
  return &ring_[taken_ % kAhead];
}

}  // namespace renkei::agents::intake
