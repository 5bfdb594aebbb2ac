#include "agents/evaluate/measure_program.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "agents/evaluate/chunk.h"
#include "agents/evaluate/plan.h"
#include "policy/base/status.h"

namespace renkei::agents::evaluate {
namespace {

using policy::consent::ConsentedRows;
using policy::tables::Cube;

// Adds one measure of the chunk: counts[cell] where true, counts[cell + 1] where false.
void AddMeasure(const uint8_t* __restrict truth, const uint8_t* __restrict included,
                const uint32_t* __restrict cell, size_t n, int64_t* __restrict counts) {
  for (size_t i = 0; i < n; ++i) {
    const uint32_t not_true = truth[i] == kTrue ? 0 : 1;
    const uint8_t known = truth[i] != kUnknown ? 1 : 0;
    counts[cell[i] + not_true] += known & included[i];
  }
}

void IncludeRows(const uint8_t* __restrict population, const uint8_t* __restrict counted,
                 const uint32_t* __restrict families, int family, size_t n,
                 uint8_t* __restrict out) {
  for (size_t i = 0; i < n; ++i) {
    const uint8_t permitted = static_cast<uint8_t>((families[i] >> family) & 1u);
    out[i] = permitted & counted[i] & (population[i] == kTrue ? 1 : 0);
  }
}

}  // namespace

absl::StatusOr<MeasureProgram> MeasureProgram::Compile(
    const policy::catalogue::Catalogue& catalogue, const policy::tables::Layout& layout) {
  RENKEI_ASSIGN_OR_RETURN(Plan plan, CompilePlan(catalogue, layout));
  return MeasureProgram(std::make_shared<const Plan>(std::move(plan)));
}

const std::vector<int>& MeasureProgram::needed_columns() const { return plan_->columns.items; }
const std::vector<int>& MeasureProgram::previous_columns() const { return plan_->previous.items; }
bool MeasureProgram::reads_previous() const { return plan_->reads_previous; }
bool MeasureProgram::reads_attendance() const { return plan_->reads_attendance; }
const std::vector<policy::catalogue::Amount>& MeasureProgram::amounts() const {
  return plan_->amounts;
}

void MeasureProgram::Evaluate(const ConsentedRows& rows, Cube* cube) const {
  const Plan& plan = *plan_;
  if (!(cube->layout() == plan.layout)) std::abort();
  const size_t total = std::min(CompleteRows(rows.rows()), rows.families().size());
  Chunk chunk(plan);
  std::vector<std::vector<uint8_t>> included(plan.groups.size(), std::vector<uint8_t>(kChunkRows));
  for (size_t begin = 0; begin < total; begin += kChunkRows) {
    const size_t n = std::min(kChunkRows, total - begin);
    chunk.Run(rows.rows(), begin, n);
    const uint32_t* families = rows.families().data() + begin;
    for (size_t g = 0; g < plan.groups.size(); ++g) {
      const Plan::Group& group = plan.groups[g];
      IncludeRows(chunk.slot(group.population), chunk.counted(), families, group.family, n,
                  included[g].data());
    }
    for (size_t m = 0; m < plan.measures.size(); ++m) {
      const Plan::Measure& measure = plan.measures[m];
      AddMeasure(chunk.slot(measure.numerator), included[static_cast<size_t>(measure.group)].data(),
                 chunk.cell(), n, cube->counts().data() + m * plan.layout.cells_per_measure());
    }
  }
}

std::vector<Disagreement> MeasureProgram::NoDisagreements() const {
  std::vector<Disagreement> none;
  for (const Plan::Coded& coded : plan_->coded) none.push_back({coded.classification, 0});
  return none;
}

void MeasureProgram::AddDisagreements(const ConsentedRows& rows,
                                      std::vector<Disagreement>* counts) const {
  const Plan& plan = *plan_;
  if (counts->size() != plan.coded.size()) std::abort();
  const size_t total = std::min(CompleteRows(rows.rows()), rows.families().size());
  Chunk chunk(plan);
  std::vector<uint8_t> delivered(kChunkRows);
  for (size_t begin = 0; begin < total; begin += kChunkRows) {
    const size_t n = std::min(kChunkRows, total - begin);
    chunk.Run(rows.rows(), begin, n);
    for (size_t c = 0; c < plan.coded.size(); ++c) {
      const Step& step = plan.steps[static_cast<size_t>(plan.coded[c].slot)];
      const uint8_t* computed = chunk.slot(step.inputs[0]);
      chunk.CodedClasses(step, delivered.data());
      for (size_t i = 0; i < n; ++i) {
        const bool counted =
            chunk.counted()[i] != 0 && (rows.families()[begin + i] & plan.coded[c].families) != 0;
        const bool differs = delivered[i] != kNoCode && delivered[i] != computed[i];
        if (counted && differs) ++(*counts)[c].persons;
      }
    }
  }
}

}  // namespace renkei::agents::evaluate
