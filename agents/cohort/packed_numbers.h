// Numbers of one column of a chunk in as few bits as they need; README.md specifies the bytes.
// Pure.
//
// A frame (smallest value and a fixed width, 0 to 32 bits) or a dictionary of at most 256 values,
// whichever is shorter. Decoding is a loop without branches per width: a scan is bound by
// decrypting, so every bit that is not stored is time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace renkei::agents::cohort {

// Reads little-endian fields off the front of a block and never past its end.
class BlockReader {
 public:
  explicit BlockReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  // DATA_LOSS when fewer bytes are left.
  absl::StatusOr<uint32_t> Number(size_t bytes);
  absl::StatusOr<std::span<const uint8_t>> Bytes(size_t size);
  // A 32-bit length and so many bytes.
  absl::StatusOr<std::span<const uint8_t>> Block();
  bool AtEnd() const { return bytes_.empty(); }
  std::span<const uint8_t> rest() const { return bytes_; }

 private:
  std::span<const uint8_t> bytes_;
};

void AppendNumber(uint64_t number, size_t bytes, std::vector<uint8_t>& out);
// A 32-bit length and the bytes.
void AppendBlock(std::span<const uint8_t> block, std::vector<uint8_t>& out);

// `width` bits of each value, the first value in the lowest bits of the first byte.
void AppendBits(std::span<const uint32_t> values, int width, std::vector<uint8_t>& out);
inline size_t BytesOfBits(size_t count, int width) {
  return (count * static_cast<size_t>(width) + 7) / 8;
}
// `bytes` has BytesOfBits(count, width) bytes or more; 0 <= width <= 32.
void ReadBits(std::span<const uint8_t> bytes, int width, size_t count, uint32_t* out);

// Appends.
void PackNumbers(std::span<const int32_t> values, std::vector<uint8_t>& out);
// Fills out[0, count). DATA_LOSS unless the bytes are exactly `count` packed numbers.
absl::Status UnpackNumbers(std::span<const uint8_t> bytes, size_t count, int32_t* out);

}  // namespace renkei::agents::cohort
