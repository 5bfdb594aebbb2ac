#include "hub/cli/indicator_rows.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/cli/noise_words.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "policy/base/printable.h"
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
std::string OneCellEach(const Rows& rows, const SideColumn& side, const Session& session) {
  Table table({std::string(session.Say("指標", "indicator")),
               std::string(session.Say(">値 %", ">value %")),
               std::string(session.Say(">95%信頼区間", ">95% interval")),
               std::string(session.Say(">該当者", ">count")),
               std::string(session.Say(">対象者", ">of")), side.title, "id"});
  for (const v1::IndicatorRow& row : rows) {
    const v1::ReleaseCell& cell = row.cell();
    const bool numbers = HasNumbers(cell);
    table.Add({NameOf(row, session), Value(cell),
               HasRate(cell) ? absl::StrCat(FormatTenths(cell.ci_lower_tenths()), "-",
                                            FormatTenths(cell.ci_upper_tenths()))
                             : "",
               numbers ? std::to_string(cell.numerator()) : "",
               numbers ? std::to_string(cell.denominator()) : "", side.text(row), row.indicator()});
  }
  return table.Render();
}

// A block per indicator: ages down, sexes across, "rate (count/of)".
std::string Blocks(const Rows& rows, const SideColumn& side, const Session& session) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const v1::IndicatorRow*>> by_indicator;
  for (const v1::IndicatorRow& row : rows) {
    auto& of_indicator = by_indicator[row.indicator()];
    if (of_indicator.empty()) order.push_back(row.indicator());
    of_indicator.push_back(&row);
  }
  std::string out;
  for (const std::string& id : order) {
    const auto& of_indicator = by_indicator[id];
    std::vector<std::string> bands;
    std::map<std::pair<std::string, int>, const v1::ReleaseCell*> cells;
    for (const v1::IndicatorRow* row : of_indicator) {
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
    absl::StrAppend(
        &out, out.empty() ? "" : "\n", policy::base::Printable(NameOf(*of_indicator[0], session)),
        "  [", policy::base::Printable(id), "]",
        side.is_of_indicator ? absl::StrCat("  ", side.title, " ", side.text(*of_indicator[0]))
                             : "",
        "\n", table.Render());
  }
  return out;
}

}  // namespace

std::string CsvFields(const v1::IndicatorRow& row) {
  const v1::ReleaseCell& cell = row.cell();
  std::string out =
      absl::StrCat(row.fiscal_year(), ",", row.area_code(), ",", CsvText(row.area_name()), ",",
                   cell.municipality(), ",", KindWord(cell.member_kind()), ",");
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
  absl::StrAppend(&out, ",", CellStateLabel(cell.state()), ",", MembersClassLabel(cell.members()));
  return out;
}

nlohmann::ordered_json RowsJson(const Rows& rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const v1::IndicatorRow& row : rows) {
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
    list.push_back(std::move(json));
  }
  return list;
}

std::string RowsTable(const Rows& rows, const SideColumn& side, const Session& session) {
  std::map<std::string, int> cells;
  bool single = true;
  for (const v1::IndicatorRow& row : rows) single &= ++cells[row.indicator()] == 1;
  return single ? OneCellEach(rows, side, session) : Blocks(rows, side, session);
}

std::string SignsText(const Session& session) {
  return std::string(
      session.Say("* 秘匿   ― 対象者なし   … 未収集   値は百分率、小数第1位(四捨五入)\n",
                  "* protected   ― nobody to count   … not collected   values in percent, "
                  "one decimal, half up\n"));
}

}  // namespace renkei::hub::cli
