// The bytes of one stored consent event: deterministic, so that the same event is recognised by its
// bytes. Specified in README.md. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/consent/events.h"

namespace renkei::agents::cohort {

inline constexpr uint8_t kEventBlobVersion = 1;

// Lists are written ascending without repetition. INVALID_ARGUMENT for an unknown type or grantor,
// a purpose, category or basis outside its enum, a text longer than 255 bytes, an infinite time.
absl::StatusOr<std::vector<uint8_t>> EncodeEvent(const policy::consent::Event& event);
// DATA_LOSS when the bytes are not exactly one event.
absl::StatusOr<policy::consent::Event> DecodeEvent(std::span<const uint8_t> blob);

}  // namespace renkei::agents::cohort
