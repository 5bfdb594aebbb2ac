#include "agents/cohort/records.h"

#include "absl/strings/str_format.h"

namespace renkei::agents::cohort {
namespace {

std::string Code(uint32_t municipality) {
  return municipality == 0 ? "" : absl::StrFormat("%06d", municipality);
}

}  // namespace

ExamRecord RowOf(const ExamBatch& batch, size_t row) {
  ExamRecord record;
  record.person = batch.person[row];
  record.exam_date = batch.exam_date[row];
  record.file_date = batch.FileDateOf(row);
  record.report_type = batch.report_type;
  record.program = batch.program[row];
  record.municipality = Code(batch.municipality[row]);
  record.work_municipality = Code(batch.work_municipality[row]);
  record.items.resize(batch.items.size());
  for (size_t column = 0; column < batch.items.size(); ++column) {
    const policy::consent::ItemValues& values = batch.items[column];
    if (values.value.empty()) continue;
    record.items[column].value = values.value[row];
    record.items[column].state = values.state[row];
  }
  return record;
}

}  // namespace renkei::agents::cohort
