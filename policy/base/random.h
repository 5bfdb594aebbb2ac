// Randomness comes in through Random. SystemRandom is OpenSSL's RAND_bytes, result always checked.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace renkei::policy::base {

class Random {
 public:
  virtual ~Random() = default;
  // Fills all bytes or ends the process: a key made without entropy must never exist.
  virtual void Fill(std::span<uint8_t> out) = 0;
};

// Thread-safe.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> out) override;
};

// UUIDv7 (RFC 9562 5.7) text, 36 characters: 48 bits of unix milliseconds, 74 random bits.
std::string MakeUuidV7(int64_t unix_millis, Random& random);

// True for the canonical lower-case form of a version 7 UUID.
bool IsUuidV7(const std::string& text);

}  // namespace renkei::policy::base
