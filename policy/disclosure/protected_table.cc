#include "policy/disclosure/protected_table.h"

#include "absl/strings/str_cat.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::policy::disclosure {
namespace {

absl::Status Outside(absl::string_view field, absl::string_view message) {
  return base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_AGREEMENT_SCOPE,
                         message, field, absl::StrCat("agreement.", field),
                         "an agreement that covers the round");
}

}  // namespace

absl::StatusOr<ProtectedTable<ForPooling>> ExactForPooling(
    const tables::Cube& cube, const agreement::ExactCellsGrant& grant) {
  const agreement::Agreement& agreement = grant.agreement();
  const tables::Layout& layout = cube.layout();
  if (!agreement.AllowsArea(layout.area_code())) {
    return Outside("area", "the agreement does not name the area of the counts");
  }
  if (!agreement.AllowsFiscalYear(layout.fiscal_year())) {
    return Outside("first_fiscal_year", "the agreement does not cover the counts' fiscal year");
  }
  for (const tables::MeasureVersion& measure : layout.measures()) {
    if (!agreement.AllowsMeasure(measure.id)) {
      return Outside("indicator", absl::StrCat("the agreement does not name measure ", measure.id));
    }
  }
  RENKEI_RETURN_IF_ERROR(tables::CheckPlausible(cube));
  return ProtectedTable<ForPooling>(cube, agreement.digest());
}

}  // namespace renkei::policy::disclosure
