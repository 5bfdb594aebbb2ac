// SumProgram: the magnitudes of a layout (costs, receipts, absences, means) over the columns of
// consented rows, into a SumTable. No contribution carries such a table yet: dominance has rules of
// its own (R46). Immutable and thread-safe, like MeasureProgram.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "agents/evaluate/sum_table.h"
#include "policy/catalogue/amount.h"
#include "policy/catalogue/catalogue.h"
#include "policy/consent/rows.h"

namespace renkei::agents::evaluate {

struct SumPlan;

class SumProgram {
 public:
  // INVALID_ARGUMENT for a measure that the catalogue does not have in the layout's version or
  // fiscal year, or that counts persons.
  static absl::StatusOr<SumProgram> Compile(const policy::catalogue::Catalogue& catalogue,
                                            const policy::tables::Layout& layout);

  // What a batch has to carry, as in MeasureProgram.
  const std::vector<int>& needed_columns() const;
  const std::vector<int>& previous_columns() const;
  bool reads_previous() const;
  bool reads_attendance() const;
  const std::vector<policy::catalogue::Amount>& amounts() const;

  // Adds the batch to `table`, whose layout must be the compiled one (a bug otherwise: the process
  // ends). A person adds at most the cap, and nothing below 0; a value outside the open input range
  // adds nothing and is nobody (definitions 2). A batch without an amount adds nothing for it.
  void Evaluate(const policy::consent::ConsentedRows& rows, SumTable* table) const;

 private:
  explicit SumProgram(std::shared_ptr<const SumPlan> plan) : plan_(std::move(plan)) {}
  std::shared_ptr<const SumPlan> plan_;
};

}  // namespace renkei::agents::evaluate
