// The nine members of the demo: five municipalities, a branch of 協会けんぽ, a health-insurance
// society and two workplaces of area 0604, all codes invented with valid check digits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "tests/synth/person.h"
#include "tests/synth/table.h"

namespace renkei::tests::synth {

struct DemoOptions {
  uint64_t seed = 1;
  int fiscal_year = 2011;
  // Sizes of all members but 鶴岡市, whose size is published; for quick tests.
  int scale_permille = 1000;
  // All consent events lie in the 200 days before.
  absl::CivilDay consents_until = absl::CivilDay(2026, 4, 1);
  std::vector<std::string> only;  // folders; empty = all nine
};

// In the order of the demo. INVALID_ARGUMENT for an unknown folder in `only`.
absl::StatusOr<std::vector<Member>> MakeMembers(const Table& table, const DemoOptions& options);

// The society that is no member; the people of workplace B are insured there.
inline constexpr char kForeignSociety[] = "06139877";

}  // namespace renkei::tests::synth
