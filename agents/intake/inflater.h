// DEFLATE (RFC 1951) of one archive member in one call, several times as fast as a streaming
// inflate. Holds the decoder's tables; one per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct libdeflate_decompressor;

namespace renkei::agents::intake {

enum class InflateResult { kWhole, kDamaged, kTooLong };

class Inflater {
 public:
  Inflater();

  // Unpacks into `out`, reusing its memory. kWhole only when exactly `size` bytes with this CRC-32
  // came out; otherwise `out` is empty.
  InflateResult Unpack(absl::string_view packed, uint64_t size, uint32_t crc, std::string* out);

 private:
  struct Free {
    void operator()(libdeflate_decompressor* decompressor) const;
  };
  std::unique_ptr<libdeflate_decompressor, Free> decompressor_;
};

}  // namespace renkei::agents::intake
