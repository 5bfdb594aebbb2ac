// Counts a member's people by the reference definitions and compares them with the published
// table: the generator's proof that the values it wrote mean what the table prints.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "tests/synth/person.h"
#include "tests/synth/table.h"

namespace renkei::tests::synth {

struct Tally {
  std::vector<Cell> cells;  // as Table::cells
  // Per cell and count: decidable examinees, the denominator of the rate.
  std::vector<Counts> decidable;
  int eligible = 0;
  int examined = 0;  // of the eligible
};

Tally TallyOf(const std::vector<Person>& people, int fiscal_year);

// INTERNAL names the first sex, age and indicator that differ.
absl::Status VerifyPublished(const Tally& tally, const Table& table);

}  // namespace renkei::tests::synth
