// Unpacks the documents of an archive ahead of their reader, in a thread of its own: inflating
// takes as long as parsing. A few documents and at most `kAheadBytes` wait; the archive is used by
// this thread alone until the stream is gone. One reader.
#pragma once

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "agents/intake/archive.h"

namespace renkei::agents::intake {

class MemberStream {
 public:
  struct Document {
    const Archive::Member* member = nullptr;
    std::string bytes;
    std::optional<ArchiveProblem> problem;  // the last one of the stream then
  };

  explicit MemberStream(const Archive* archive);
  ~MemberStream();
  MemberStream(const MemberStream&) = delete;
  MemberStream& operator=(const MemberStream&) = delete;

  // In the archive's order; nullptr at the end. Valid until the next call.
  const Document* Next();

 private:
  static constexpr size_t kAhead = 32;
  static constexpr uint64_t kAheadBytes = 16 << 20;

  void Unpack();
  bool HasRoomFor(const Archive::Member& member) const;

  const Archive* archive_;
  std::array<Document, kAhead> ring_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_: documents [taken_, unpacked_) of the archive wait in the ring.
  uint64_t unpacked_ = 0;
  uint64_t taken_ = 0;
  uint64_t waiting_bytes_ = 0;
  bool is_reading_ = false;  // document taken_ is in the reader's hands
  bool is_done_ = false;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace renkei::agents::intake
