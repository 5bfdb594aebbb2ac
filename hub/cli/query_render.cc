#include "hub/cli/query_render.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/cli/noise_words.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "nlohmann/json.hpp"
#include "policy/base/printable.h"
#include "policy/rules/policy_document.h"
#include "policy/tables/labels.h"
#include "policy/tables/rates.h"

namespace renkei::hub::cli {
namespace {

using policy::tables::CellStateLabel;
using policy::tables::FormatTenths;
using policy::tables::MembersClassLabel;
using policy::tables::SexLabel;

bool HasNumbers(const v1::ReleaseCell& cell) {
  return cell.state() == v1::CELL_STATE_PUBLISHED && cell.denominator() > 0 &&
         !cell.structurally_empty();
}

bool HasRate(const v1::ReleaseCell& cell) { return HasNumbers(cell) && !cell.without_rate(); }

// Does a spreadsheet read the text as a formula? Half- and full-width signs, tabulator, carriage
// return.
bool StartsFormula(absl::string_view text) {
  for (const absl::string_view sign : {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"}) {
    if (absl::StartsWith(text, sign)) return true;
  }
  return false;
}

// Quoted where needed; a text that starts a formula gets an apostrophe (trust 9).
std::string CsvText(absl::string_view text) {
  std::string out = absl::StrCat(StartsFormula(text) ? "'" : "", text);
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  return absl::StrCat("\"", absl::StrReplaceAll(out, {{"\"", "\"\""}}), "\"");
}

std::string Value(const v1::ReleaseCell& cell) {
  switch (cell.state()) {
    case v1::CELL_STATE_SUPPRESSED:
      return kHidden;
    case v1::CELL_STATE_NOT_COLLECTED:
      return kNotCollected;
    default:
      if (!HasNumbers(cell)) return kNothing;
      return HasRate(cell) ? FormatTenths(cell.value_tenths()) : kNoRate;
  }
}

std::string SexText(v1::Sex sex, const Session& session) {
  switch (sex) {
    case v1::SEX_MALE:
      return std::string(session.Say("男", "male"));
    case v1::SEX_FEMALE:
      return std::string(session.Say("女", "female"));
    default:
      return std::string(session.Say("計", "both"));
  }
}

std::string NameOf(const v1::IndicatorRow& row, const Session& session) {
  return session.Chosen() == Language::kJapanese ? row.name_ja() : row.name_en();
}

// One row per indicator: there is one cell each.
std::string OneCellEach(const v1::QueryIndicatorsResponse& response, const Session& session) {
  Table table(
      {std::string(session.Say("指標", "indicator")), std::string(session.Say(">値 %", ">value %")),
       std::string(session.Say(">95%信頼区間", ">95% interval")),
       std::string(session.Say(">該当者", ">count")), std::string(session.Say(">対象者", ">of")),
       std::string(session.Say("団体数", "members")), "id"});
  for (const v1::IndicatorRow& row : response.row()) {
    const v1::ReleaseCell& cell = row.cell();
    const bool numbers = HasNumbers(cell);
    table.Add({NameOf(row, session), Value(cell),
               HasRate(cell) ? absl::StrCat(FormatTenths(cell.ci_lower_tenths()), "-",
                                            FormatTenths(cell.ci_upper_tenths()))
                             : "",
               numbers ? std::to_string(cell.numerator()) : "",
               numbers ? std::to_string(cell.denominator()) : "",
               std::string(MembersClassLabel(cell.members())), row.indicator()});
  }
  return table.Render();
}

// A block per indicator: ages down, sexes across, "rate (count/of)".
std::string Blocks(const v1::QueryIndicatorsResponse& response, const Session& session) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const v1::IndicatorRow*>> by_indicator;
  for (const v1::IndicatorRow& row : response.row()) {
    auto& rows = by_indicator[row.indicator()];
    if (rows.empty()) order.push_back(row.indicator());
    rows.push_back(&row);
  }
  std::string out;
  for (const std::string& id : order) {
    const auto& rows = by_indicator[id];
    std::vector<std::string> bands;
    std::map<std::pair<std::string, int>, const v1::ReleaseCell*> cells;
    for (const v1::IndicatorRow* row : rows) {
      const v1::ReleaseCell& cell = row->cell();
      bool known = false;
      for (const std::string& band : bands) known |= band == cell.age_band();
      if (!known) bands.push_back(cell.age_band());
      cells[{cell.age_band(), cell.sex()}] = &cell;
    }
    Table table({std::string(session.Say("年齢", "age")),
                 ">" + SexText(v1::SEX_MALE, session) + " %", ">",
                 ">" + SexText(v1::SEX_FEMALE, session) + " %", ">",
                 ">" + SexText(v1::SEX_BOTH, session) + " %", ">"});
    for (const std::string& band : bands) {
      std::vector<std::string> line = {band};
      for (const v1::Sex sex : {v1::SEX_MALE, v1::SEX_FEMALE, v1::SEX_BOTH}) {
        const auto it = cells.find({band, sex});
        const bool numbers = it != cells.end() && HasNumbers(*it->second);
        line.push_back(it == cells.end() ? "" : Value(*it->second));
        line.push_back(
            numbers ? absl::StrCat(it->second->numerator(), "/", it->second->denominator()) : "");
      }
      table.Add(std::move(line));
    }
    absl::StrAppend(&out, out.empty() ? "" : "\n",
                    policy::base::Printable(NameOf(*rows[0], session)), "  [",
                    policy::base::Printable(id), "]\n", table.Render());
  }
  return out;
}

}  // namespace

std::string RenderCsv(const v1::QueryIndicatorsResponse& response) {
  std::string out =
      "fiscal_year,area_code,area_name,municipality_code,member_kind,indicator,sex,age_band,"
      "numerator,"
      "denominator,value,ci_lower,ci_upper,state,members";
  absl::StrAppend(&out, response.has_noise() ? ",noise_variance" : "", "\n");
  for (const v1::IndicatorRow& row : response.row()) {
    const v1::ReleaseCell& cell = row.cell();
    absl::StrAppend(&out, row.fiscal_year(), ",", row.area_code(), ",", CsvText(row.area_name()),
                    ",", cell.municipality(), ",", KindWord(cell.member_kind()), ",");
    absl::StrAppend(&out, row.indicator(), ",", SexLabel(cell.sex()), ",", cell.age_band(), ",");
    if (HasRate(cell)) {
      absl::StrAppend(&out, cell.numerator(), ",", cell.denominator(), ",",
                      FormatTenths(cell.value_tenths()), ",", FormatTenths(cell.ci_lower_tenths()),
                      ",");
      absl::StrAppend(&out, FormatTenths(cell.ci_upper_tenths()));
    } else if (HasNumbers(cell)) {
      absl::StrAppend(&out, cell.numerator(), ",", cell.denominator(), ",,,");
    } else if (cell.state() == v1::CELL_STATE_PUBLISHED && !cell.structurally_empty()) {
      absl::StrAppend(&out, "0,0,,,");  // nobody there: counts, but no rate
    } else {
      absl::StrAppend(&out, ",,,,");
    }
    absl::StrAppend(&out, ",", CellStateLabel(cell.state()), ",",
                    MembersClassLabel(cell.members()));
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
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const v1::IndicatorRow& row : response.row()) {
    const v1::ReleaseCell& cell = row.cell();
    nlohmann::ordered_json json;
    json["fiscal_year"] = row.fiscal_year();
    json["area_code"] = row.area_code();
    json["area_name"] = row.area_name();
    json["municipality_code"] = cell.municipality();
    json["member_kind"] = KindWord(cell.member_kind());
    json["indicator"] = row.indicator();
    json["sex"] = std::string(SexLabel(cell.sex()));
    json["age_band"] = cell.age_band();
    for (const char* key : {"numerator", "denominator", "value", "ci_lower", "ci_upper"}) {
      json[key] = nullptr;
    }
    if (HasNumbers(cell)) {
      json["numerator"] = cell.numerator();
      json["denominator"] = cell.denominator();
    }
    if (HasRate(cell)) {
      json["value"] = cell.value_tenths() / 10.0;
      json["ci_lower"] = cell.ci_lower_tenths() / 10.0;
      json["ci_upper"] = cell.ci_upper_tenths() / 10.0;
    }
    json["state"] = std::string(CellStateLabel(cell.state()));
    json["members"] = std::string(MembersClassLabel(cell.members()));
    rows.push_back(std::move(json));
  }
  nlohmann::ordered_json out;
  out["release"] = response.release_number();
  out["rounding"] = std::string(policy::rules::RoundingWord(response.rounding()));
  if (response.has_noise()) {
    const v1::NoiseTerms& noise = response.noise();
    out["noise"]["variance"] =
        FractionText(noise.variance_numerator(), noise.variance_denominator());
    out["noise"]["rho"] = FractionText(noise.rho_numerator(), noise.rho_denominator());
  }
  out["rows"] = std::move(rows);
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
  std::map<std::string, int> cells;
  bool single = true;
  for (const v1::IndicatorRow& row : response.row()) single &= ++cells[row.indicator()] == 1;
  absl::StrAppend(&out, single ? OneCellEach(response, session) : Blocks(response, session));
  if (response.has_noise()) {
    return absl::StrCat(out, "\n", NoiseText(response.noise(), session), NoiseSigns(session));
  }
  absl::StrAppend(
      &out, "\n",
      session.Say("* 秘匿   ― 対象者なし   … 未収集   値は百分率、小数第1位(四捨五入)\n",
                  "* protected   ― nobody to count   … not collected   values in percent, "
                  "one decimal, half up\n"));
  if (const std::string rounding = RoundingText(response.rounding(), session); !rounding.empty()) {
    absl::StrAppend(&out, rounding, "\n");
  }
  return out;
}

}  // namespace renkei::hub::cli
