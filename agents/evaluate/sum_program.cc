#include "agents/evaluate/sum_program.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "agents/evaluate/chunk.h"
#include "agents/evaluate/condition_compiler.h"
#include "agents/evaluate/plan.h"
#include "policy/base/status.h"

namespace renkei::agents::evaluate {

struct SumPlan {
  struct Sum {
    int population = -1;  // slot
    int persons = -1;     // slot
    int family = -1;      // bit of ConsentedRows
    int amount = -1;      // index into Plan::amounts, or
    int column = -1;      // position among Plan::columns
    int64_t cap = 0;
  };
  explicit SumPlan(const policy::tables::Layout& layout) : plan(layout) {}
  Plan plan;
  std::vector<Sum> sums;  // in the layout's order
};

namespace {

using policy::catalogue::ValueState;
using policy::consent::ConsentedRows;

class Summation {
 public:
  Summation(const Chunk& chunk, const uint32_t* families, size_t cells_per_measure)
      : chunk_(chunk), families_(families), cells_per_measure_(cells_per_measure) {}

  void Add(const SumPlan::Sum& sum, size_t measure, SumTable* table) const {
    const uint8_t* population = chunk_.slot(sum.population);
    const uint8_t* persons = chunk_.slot(sum.persons);
    const int64_t* amount = sum.amount < 0 ? nullptr : chunk_.amount(sum.amount);
    const ColumnView item = sum.column < 0 ? ColumnView{} : chunk_.column(sum.column);
    if (amount == nullptr && item.state == nullptr) return;
    SumCell* cells = table->cells().data() + measure * cells_per_measure_;
    for (size_t i = 0; i < chunk_.size(); ++i) {
      if (chunk_.counted()[i] == 0 || ((families_[i] >> sum.family) & 1u) == 0) continue;
      SumCell& cell = cells[chunk_.cell()[i] / policy::tables::kParts];
      if (amount == nullptr && item.state[i] != ValueState::kValid) continue;
      if (persons[i] == kTrue) ++cell.persons;
      if (population[i] != kTrue) continue;
      const int64_t value =
          amount != nullptr ? std::clamp<int64_t>(amount[i], 0, sum.cap) : item.value[i];
      cell.sum += value;
      cell.sum_of_squares += absl::uint128(static_cast<uint64_t>(value < 0 ? -value : value)) *
                             static_cast<uint64_t>(value < 0 ? -value : value);
    }
  }

 private:
  const Chunk& chunk_;
  const uint32_t* families_;
  size_t cells_per_measure_;
};

}  // namespace

absl::StatusOr<SumProgram> SumProgram::Compile(const policy::catalogue::Catalogue& catalogue,
                                               const policy::tables::Layout& layout) {
  auto made = std::make_shared<SumPlan>(layout);
  ConditionCompiler compiler(catalogue, &made->plan);
  for (const policy::tables::MeasureVersion& wanted : layout.measures()) {
    RENKEI_ASSIGN_OR_RETURN(const v1::Measure* measure,
                            MeasureOf(catalogue, wanted, layout.fiscal_year()));
    if (!measure->has_magnitude()) {
      return absl::InvalidArgumentError(
          absl::StrCat("measure ", wanted.id, " counts persons; a table of sums has none"));
    }
    const v1::Magnitude& magnitude = measure->magnitude();
    SumPlan::Sum sum;
    sum.family = FamilyIndex(catalogue, *measure);
    sum.population = compiler.Compile(measure->population());
    sum.persons = magnitude.has_persons() ? compiler.Compile(magnitude.persons()) : sum.population;
    if (magnitude.has_amount()) {
      sum.amount = compiler.AmountIndex(magnitude.amount());
      sum.cap = magnitude.cap();
    } else {
      sum.column = compiler.ItemColumn(magnitude.item());
    }
    made->sums.push_back(sum);
  }
  RENKEI_RETURN_IF_ERROR(compiler.Finish());
  for (SumPlan::Sum& sum : made->sums) {
    if (sum.column >= 0) sum.column = compiler.FinalColumn(sum.column);
  }
  return SumProgram(std::move(made));
}

const std::vector<int>& SumProgram::needed_columns() const { return plan_->plan.columns.items; }
const std::vector<int>& SumProgram::previous_columns() const { return plan_->plan.previous.items; }
bool SumProgram::reads_previous() const { return plan_->plan.reads_previous; }
bool SumProgram::reads_attendance() const { return plan_->plan.reads_attendance; }
const std::vector<policy::catalogue::Amount>& SumProgram::amounts() const {
  return plan_->plan.amounts;
}

void SumProgram::Evaluate(const ConsentedRows& rows, SumTable* table) const {
  const Plan& plan = plan_->plan;
  if (!(table->layout() == plan.layout)) std::abort();
  const size_t cells_per_measure = plan.layout.cells_per_measure() / policy::tables::kParts;
  const size_t total = std::min(CompleteRows(rows.rows()), rows.families().size());
  Chunk chunk(plan);
  for (size_t begin = 0; begin < total; begin += kChunkRows) {
    chunk.Run(rows.rows(), begin, std::min(kChunkRows, total - begin));
    const Summation summation(chunk, rows.families().data() + begin, cells_per_measure);
    for (size_t m = 0; m < plan_->sums.size(); ++m) summation.Add(plan_->sums[m], m, table);
  }
}

}  // namespace renkei::agents::evaluate
