#include "hub/cli/query_render.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/cli/indicator_rows.h"
#include "hub/cli/noise_words.h"
#include "hub/cli/words.h"
#include "policy/base/printable.h"
#include "policy/rules/policy_document.h"
#include "policy/tables/labels.h"

namespace renkei::hub::cli {

std::string RenderCsv(const v1::QueryIndicatorsResponse& response) {
  std::string out = absl::StrCat(kCsvColumns, response.has_noise() ? ",noise_variance" : "", "\n");
  for (const v1::IndicatorRow& row : response.row()) {
    absl::StrAppend(&out, CsvFields(row));
    if (response.has_noise()) {
      absl::StrAppend(&out, ",",
                      FractionText(response.noise().variance_numerator(),
                                   response.noise().variance_denominator()));
    }
    out.push_back('\n');
  }
  return out;
}

std::string RenderJson(const v1::QueryIndicatorsResponse& response) {
  nlohmann::ordered_json out;
  out["release"] = response.release_number();
  out["rounding"] = std::string(policy::rules::RoundingWord(response.rounding()));
  if (response.has_noise()) {
    const v1::NoiseTerms& noise = response.noise();
    out["noise"]["variance"] =
        FractionText(noise.variance_numerator(), noise.variance_denominator());
    out["noise"]["rho"] = FractionText(noise.rho_numerator(), noise.rho_denominator());
  }
  out["rows"] = RowsJson(response.row());
  return out.dump(2) + "\n";
}

std::string RenderTable(const v1::QueryIndicatorsResponse& response, const Session& session) {
  if (response.row().empty())
    return std::string(
        session.Say("該当する公表値がありません\n", "nothing is published for this question\n"));
  const v1::IndicatorRow& first = response.row(0);
  std::string out = absl::StrCat(
      policy::base::Printable(first.area_code()), " ", policy::base::Printable(first.area_name()),
      first.cell().municipality().empty()
          ? ""
          : absl::StrCat("  ", policy::base::Printable(first.cell().municipality())),
      "  ", session.Say("年度 ", "fiscal year "));
  absl::StrAppend(&out, first.fiscal_year(), "  ", session.Say("公表番号 ", "release "),
                  response.release_number());
  if (first.cell().member_kind() != v1::MEMBER_KIND_UNSPECIFIED) {
    absl::StrAppend(&out, "  ", KindText(first.cell().member_kind(), session));
  }
  absl::StrAppend(&out, "\n\n");
  const SideColumn members = {
      .title = std::string(session.Say("団体数", "members")), .text = [](const auto& row) {
        return std::string(policy::tables::MembersClassLabel(row.cell().members()));
      }};
  absl::StrAppend(&out, RowsTable(response.row(), members, session));
  if (response.has_noise()) {
    return absl::StrCat(out, "\n", NoiseText(response.noise(), session), NoiseSigns(session));
  }
  absl::StrAppend(&out, "\n", SignsText(session));
  if (const std::string rounding = RoundingText(response.rounding(), session); !rounding.empty()) {
    absl::StrAppend(&out, rounding, "\n");
  }
  return out;
}

}  // namespace renkei::hub::cli
