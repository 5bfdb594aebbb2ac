// Bytes that must not be copied, printed, swapped out or left behind in memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace renkei::policy::base {

// Owns `size` bytes on locked pages where the limit allows; wiped on destruction. Move-only.
class Secret {
 public:
  Secret() = default;
  explicit Secret(size_t size);
  // Copies and leaves wiping the source to the caller.
  static Secret Copy(std::span<const uint8_t> bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::span<uint8_t> mutable_bytes() { return bytes_; }
  std::span<const uint8_t> bytes() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

 private:
  void Wipe();
  std::vector<uint8_t> bytes_;
};

// No core dumps, not ptrace-able by others of the same user; called first in every main.
void ForbidCoreDumps();

}  // namespace renkei::policy::base
