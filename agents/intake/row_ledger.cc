#include "agents/intake/row_ledger.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {

absl::Status RowLedger::Reject(const Rejection& rejection, uint64_t line) {
  ++report_.records.seen;
  ++report_.records.rejected;
  if (Place* place = report_.messages.Add(rejection.code, Level::kRejectRecord, rejection.column,
                                          rejection.shape)) {
    place->locator = absl::StrCat("line ", line);
  }
  return quarantine_.Add(
      line, rejection.column,
      absl::StrCat(CodeName(rejection.code), ": ", CodeText(rejection.code, false)));
}

void RowLedger::Accept(cohort::PutOutcome stored, int fiscal_year) {
  ++report_.records.seen;
  ++report_.records.accepted;
  report_.CountStored(stored);
  if (fiscal_year != 0) ++report_.by_fiscal_year[fiscal_year];
}

void RowLedger::RefuseFile(MessageCode code, absl::string_view subject, absl::string_view detail,
                           std::string locator) {
  report_.messages.Add(code, Level::kRejectFile, subject, detail, {"", std::move(locator)});
  report_.CountAllRejected();
}

absl::Status RowLedger::Finish() {
  RENKEI_RETURN_IF_ERROR(quarantine_.Finish());
  report_.quarantine_file = quarantine_.file_name();
  report_.files.accepted = 1;
  return report_.SelfCheck();
}

}  // namespace renkei::agents::intake
