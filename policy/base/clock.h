// Time comes in through Clock; nothing in policy reads the machine's clock itself.
#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace renkei::policy::base {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;
};

// The machine's clock; made in hub/app and agents/app only. Thread-safe.
class SystemClock final : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }
};

// Japan Standard Time; civil days of health data and agreements are JST days.
inline absl::TimeZone Jst() { return absl::FixedTimeZone(9 * 60 * 60); }

}  // namespace renkei::policy::base
