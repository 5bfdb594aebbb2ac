#include "agents/evaluate/measure_program.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "agents/evaluate/chunk.h"
#include "agents/evaluate/plan.h"
#include "agents/evaluate/tally.h"
#include "policy/base/status.h"

namespace renkei::agents::evaluate {
namespace {

using policy::consent::ConsentedRows;
using policy::tables::Cube;

constexpr size_t kBundleOfOneBatch = 2;
constexpr size_t kBundleOfManyBatches = 5;  // 3^5 fits a byte

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
  Counter counter(std::make_unique<Tally>(plan_, kBundleOfOneBatch), plan_);
  counter.Add(rows);
  counter.MoveInto(cube);
}

Counter MeasureProgram::StartCounting() const {
  return Counter(std::make_unique<Tally>(plan_, kBundleOfManyBatches), plan_);
}

Counter::Counter(std::unique_ptr<Tally> tally, std::shared_ptr<const Plan> plan)
    : tally_(std::move(tally)), plan_(std::move(plan)) {}
Counter::Counter(Counter&&) noexcept = default;
Counter& Counter::operator=(Counter&&) noexcept = default;
Counter::~Counter() = default;

void Counter::Add(const ConsentedRows& rows) { tally_->Add(rows); }

void Counter::MoveInto(Cube* cube) {
  if (!(cube->layout() == plan_->layout)) std::abort();
  tally_->MoveInto(&cube->counts());
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
