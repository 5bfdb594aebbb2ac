// Which rows of the store are one person: the card with its branch and the one without (R32).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "agents/cohort/person_table.h"
#include "agents/cohort/records.h"

namespace renkei::agents::cohort {

// The row numbers that are the person, and whether others might be.
struct FoundRows {
  std::vector<uint32_t> ids;
  bool has_unclear_records = false;
  uint32_t unclear_card = 0;  // the card without branch that stays, 0 = none
};

// `persons` is loaded. FAILED_PRECONDITION when a card without branch fits several persons and none
// of it is here, or when the stored person has another birth date or sex.
absl::StatusOr<FoundRows> FindRows(PersonTable& persons, const Person& person);

}  // namespace renkei::agents::cohort
