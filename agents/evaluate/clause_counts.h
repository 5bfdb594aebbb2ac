// How many persons each clause of a measure takes out: for the member's own officer, never for a
// contribution. Immutable and thread-safe, like MeasureProgram.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/catalogue/amount.h"
#include "policy/catalogue/catalogue.h"
#include "policy/consent/rows.h"

namespace renkei::agents::evaluate {

struct ClausePlan;

// persons = not_permitted + sum of removed + undecided + n, and n = k + rest.
struct ClauseCounts {
  int64_t persons = 0;           // two sexes, 40 to 74, anywhere
  int64_t not_permitted = 0;     // by the measure's family
  std::vector<int64_t> removed;  // by each clause of the population, of whoever was left before it
  int64_t undecided = 0;         // nobody knows whether the numerator holds
  int64_t n = 0;
  int64_t k = 0;                   // 0 for a magnitude, which has no numerator
  std::vector<int64_t> part_true;  // of n, by part of the numerator; a person may be in several
};

class ClauseProgram {
 public:
  // NOT_FOUND for a measure that the catalogue does not have; INVALID_ARGUMENT for a year in which
  // it is not defined.
  static absl::StatusOr<ClauseProgram> Compile(const policy::catalogue::Catalogue& catalogue,
                                               const std::string& measure,
                                               policy::base::FiscalYear year);

  // The clauses that `removed` and `part_true` are about, in their order.
  const std::vector<v1::Condition>& clauses() const;
  const std::vector<v1::Condition>& parts() const;

  // What a batch has to carry, as in MeasureProgram.
  const std::vector<int>& needed_columns() const;
  const std::vector<int>& previous_columns() const;
  bool reads_previous() const;
  bool reads_attendance() const;
  const std::vector<policy::catalogue::Amount>& amounts() const;

  ClauseCounts None() const;
  // Adds the batch. Rows need a geography of 0 to be counted.
  void Add(const policy::consent::ConsentedRows& rows, ClauseCounts* counts) const;

 private:
  explicit ClauseProgram(std::shared_ptr<const ClausePlan> plan) : plan_(std::move(plan)) {}
  std::shared_ptr<const ClausePlan> plan_;
};

}  // namespace renkei::agents::evaluate
