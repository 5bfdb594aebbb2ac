// MeasureProgram: the measures of a layout over the columns of consented rows, into a cube.
//
// Three-valued logic of definitions 2; each named condition and each classification is computed
// once per batch. Nothing of a definition is written here: everything comes from the catalogue.
// Immutable and thread-safe; each call works in memory of its own. Which reading of a blood
// pressure counts (pairing) is decided by intake, and which examination of a year by the cohort
// store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/catalogue/amount.h"
#include "policy/catalogue/catalogue.h"
#include "policy/consent/rows.h"
#include "policy/tables/cube.h"
#include "policy/tables/layout.h"

namespace renkei::agents::evaluate {

struct Plan;
class Tally;

// Persons whose coded class differs from the recomputation, a class against "cannot be decided"
// included (definitions 5). For the member's own preview; it never leaves the agent.
struct Disagreement {
  std::string classification;
  int64_t persons = 0;
};

// The counts of one thread while batches go by: memory and histograms are made once and folded into
// the cube at the end. One thread at a time; any number of counters of one program at once.
class Counter {
 public:
  Counter(Counter&&) noexcept;
  Counter& operator=(Counter&&) noexcept;
  ~Counter();

  // Rows outside the layout's geographies, the two sexes or the ages 40 to 74 are skipped. Fewer
  // than 2^32 rows between two calls of MoveInto. O(rows x measures).
  void Add(const policy::consent::ConsentedRows& rows);
  // Adds what was counted since the last call to `cube`, whose layout must be the compiled one (a
  // bug otherwise: the process ends).
  void MoveInto(policy::tables::Cube* cube);

 private:
  friend class MeasureProgram;
  Counter(std::unique_ptr<Tally> tally, std::shared_ptr<const Plan> plan);
  std::unique_ptr<Tally> tally_;
  std::shared_ptr<const Plan> plan_;
};

class MeasureProgram {
 public:
  // INVALID_ARGUMENT for a measure that the catalogue does not have in the layout's version or
  // fiscal year, and for a magnitude (see sum_program.h).
  static absl::StatusOr<MeasureProgram> Compile(const policy::catalogue::Catalogue& catalogue,
                                                const policy::tables::Layout& layout);

  // What a batch has to carry. ItemTable columns that are read, ascending; the others may stay
  // empty. What a batch does not carry counts as never delivered: nobody is in n by it.
  const std::vector<int>& needed_columns() const;
  // Of the fiscal year before, into RowBatch::previous.
  const std::vector<int>& previous_columns() const;
  bool reads_previous() const;
  bool reads_attendance() const;
  // In the order of RowBatch::amounts.
  const std::vector<policy::catalogue::Amount>& amounts() const;

  Counter StartCounting() const;
  // One batch by itself: a counter that adds it to `cube`.
  void Evaluate(const policy::consent::ConsentedRows& rows, policy::tables::Cube* cube) const;

  // One element per coded classification that the measures use, with zero persons.
  std::vector<Disagreement> NoDisagreements() const;
  // Adds the batch's persons that some measure of the classification may count. `counts` comes from
  // NoDisagreements.
  void AddDisagreements(const policy::consent::ConsentedRows& rows,
                        std::vector<Disagreement>* counts) const;

 private:
  explicit MeasureProgram(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}
  std::shared_ptr<const Plan> plan_;
};

}  // namespace renkei::agents::evaluate
