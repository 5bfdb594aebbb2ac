#include "hub/cli/check_render.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/cli/indicator_rows.h"
#include "hub/cli/noise_words.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "nlohmann/json.hpp"
#include "policy/base/printable.h"
#include "policy/rules/withheld_levels.h"

namespace renkei::hub::cli {
namespace {

bool IsNamed(const CheckedRound& round, const std::string& indicator) {
  const std::vector<std::string>& named = round.indicators;
  return named.empty() || std::find(named.begin(), named.end(), indicator) != named.end();
}

const v1::CheckedTable* TableOf(const v1::CheckReleaseResponse& check,
                                const std::string& indicator) {
  for (const v1::CheckedTable& table : check.table()) {
    if (table.measure().id() == indicator) return &table;
  }
  return nullptr;
}

// Place of a layout on the ladder, from 1.
size_t NumberOf(const v1::CheckReleaseResponse& check) {
  size_t number = 1;
  for (const v1::OfferedLayout& layout : check.offered()) {
    if (layout.name() == check.layout().name()) break;
    ++number;
  }
  return number;
}

std::string WithheldText(const v1::OfferedLayout& layout, const Session& session) {
  if (layout.withheld_level().empty()) {
    return std::string(session.Say("なし(すべて表章)", "nothing"));
  }
  const int last = layout.withheld_level(layout.withheld_level_size() - 1);
  return absl::StrCat(layout.withheld_level_size() > 1 ? "+ " : "",
                      LevelText(static_cast<v1::WithheldLevel>(last), session));
}

std::string StateText(v1::SliceState state, const Session& session) {
  switch (state) {
    case v1::SLICE_STATE_SHOWN:
      return std::string(session.Say("公表", "shown"));
    case v1::SLICE_STATE_PARTLY_PROTECTED:
      return std::string(session.Say("一部秘匿", "partly protected"));
    case v1::SLICE_STATE_PROTECTED:
      return std::string(session.Say("秘匿", "protected"));
    case v1::SLICE_STATE_NOTHING:
      return kNothing;
    case v1::SLICE_STATE_WITHHELD:
      return std::string(session.Say("表章なし", "not in layout"));
    default:
      return "?";
  }
}

std::string PlaceText(const v1::CheckedSlice& slice, const Session& session) {
  if (slice.municipality().empty()) return std::string(session.Say("圏域全体", "whole area"));
  if (slice.municipality() == "unknown") return std::string(session.Say("不明", "unknown"));
  return absl::StrCat(slice.municipality(), " ", slice.municipality_name());
}

std::string NameOf(const v1::CheckedTable& table, const Session& session) {
  return session.Chosen() == Language::kJapanese ? table.name_ja() : table.name_en();
}

std::string Head(const v1::CheckReleaseResponse& check, const Session& session) {
  std::string out = absl::StrCat(policy::base::Printable(check.area_code()), " ",
                                 policy::base::Printable(check.area_name()), "  ",
                                 session.Say("年度 ", "fiscal year "), check.fiscal_year(), "  ");
  absl::StrAppend(&out, session.Say("公表前の確認(何も公表されていません)\n\n",
                                    "check before a release (nothing is published)\n\n"));
  Table layouts({">", std::string(session.Say("表章区分", "layout")),
                 std::string(session.Say("表章しないもの", "withholds"))});
  size_t number = 0;
  for (const v1::OfferedLayout& layout : check.offered()) {
    layouts.Add({absl::StrCat(++number), layout.name(), WithheldText(layout, session)});
  }
  return absl::StrCat(out, layouts.Render(), "\n");
}

std::string Losses(const CheckedRound& round, const Session& session) {
  const v1::CheckReleaseResponse& first = round.checks.front();
  std::vector<std::string> titles = {std::string(session.Say("指標", "indicator"))};
  for (const v1::CheckReleaseResponse& check : round.checks) {
    titles.push_back(absl::StrCat(">", NumberOf(check)));
  }
  titles.push_back(absl::StrCat(session.Say("理由", "reasons"), round.checks.size() > 1 ? " (" : "",
                                round.checks.size() > 1 ? absl::StrCat(NumberOf(first), ")") : ""));
  titles.emplace_back("id");
  // A held layout has no tables; the indicators are those of any other.
  const auto with_tables =
      std::find_if(round.checks.begin(), round.checks.end(),
                   [](const v1::CheckReleaseResponse& check) { return !check.held(); });
  if (with_tables == round.checks.end()) return "";
  Table losses(std::move(titles));
  for (const v1::CheckedTable& table : with_tables->table()) {
    if (!IsNamed(round, table.measure().id())) continue;
    std::vector<std::string> row = {NameOf(table, session)};
    for (const v1::CheckReleaseResponse& check : round.checks) {
      const v1::CheckedTable* one = TableOf(check, table.measure().id());
      row.push_back(one == nullptr ? std::string(session.Say("保留", "held"))
                                   : LossText(one->loss()));
    }
    std::vector<std::string> reasons;
    if (const v1::CheckedTable* one = TableOf(first, table.measure().id())) {
      for (const int reason : one->reason()) {
        reasons.push_back(ReasonText(static_cast<v1::TableReason>(reason), session));
      }
    }
    row.push_back(absl::StrJoin(reasons, ", "));
    row.push_back(table.measure().id());
    losses.Add(std::move(row));
  }
  return absl::StrCat(session.Say("秘匿による損失(表章区分のうち、秘匿される値の割合の階級)\n",
                                  "Loss: share of the layout's counted value that is protected\n"),
                      losses.Render(), "\n");
}

std::string Places(const v1::CheckReleaseResponse& check, const std::string& indicator,
                   const Session& session) {
  const v1::CheckedTable* table = TableOf(check, indicator);
  if (table == nullptr) return "";
  Table places(
      {std::string(session.Say("場所", "place")), KindText(v1::MEMBER_KIND_UNSPECIFIED, session),
       KindText(v1::MEMBER_KIND_MUNICIPALITY, session), KindText(v1::MEMBER_KIND_INSURER, session),
       KindText(v1::MEMBER_KIND_WORKPLACE, session)});
  std::vector<std::string> row;
  for (int i = 0; i < table->slice_size(); ++i) {
    const v1::CheckedSlice& slice = table->slice(i);
    if (row.empty()) row.push_back(PlaceText(slice, session));
    row.push_back(StateText(slice.state(), session));
    const bool ends =
        i + 1 == table->slice_size() || table->slice(i + 1).municipality() != slice.municipality();
    if (ends) places.Add(std::exchange(row, {}));
  }
  return absl::StrCat(policy::base::Printable(NameOf(*table, session)), "  [",
                      policy::base::Printable(indicator), "]  ",
                      session.Say("表章区分 ", "layout "),
                      policy::base::Printable(check.layout().name()), "\n", places.Render(), "\n");
}

std::string Notes(const CheckedRound& round, const Session& session) {
  std::string out;
  for (const v1::CheckReleaseResponse& check : round.checks) {
    if (!check.held()) continue;
    absl::StrAppend(
        &out, policy::base::Printable(check.layout().name()), ": ",
        session.Say("保護できません。release make は保留となり、公表できません。\n",
                    "cannot be protected; release make would hold the round for good\n"));
  }
  const v1::CheckReleaseResponse& first = round.checks.front();
  if (first.fixed()) {
    absl::StrAppend(&out,
                    session.Say("最初の公表により、この系列の表章区分は決まっています: ",
                                "the first release has fixed the layout of the series: "),
                    policy::base::Printable(first.layout().name()), "\n");
  } else {
    absl::StrAppend(
        &out,
        session.Say("最初の公表の表章区分は、その指標の以後の年度にも固定されます。\n",
                    "the layout of an indicator's first release holds for all later years\n"));
  }
  if (round.indicators.empty()) {
    absl::StrAppend(&out, session.Say("場所と団体種別ごとの内訳は --indicator で表示します。\n",
                                      "--indicator shows places and member kinds\n"));
  } else {
    absl::StrAppend(
        &out, session.Say("― 対象者なし、または未収集\n", "― nobody to count, or not collected\n"));
  }
  return out;
}

std::string Lower(const std::string& enum_name, size_t prefix) {
  return absl::AsciiStrToLower(enum_name.substr(prefix));
}

nlohmann::ordered_json ToJson(const v1::CheckedTable& table) {
  nlohmann::ordered_json json;
  json["indicator"] = table.measure().id();
  if (table.loss() != v1::LOSS_CLASS_UNSPECIFIED) json["loss"] = LossText(table.loss());
  json["reasons"] = nlohmann::ordered_json::array();
  for (const int reason : table.reason()) {
    json["reasons"].push_back(Lower(v1::TableReason_Name(static_cast<v1::TableReason>(reason)),
                                    sizeof("TABLE_REASON_") - 1));
  }
  json["places"] = nlohmann::ordered_json::array();
  for (const v1::CheckedSlice& slice : table.slice()) {
    nlohmann::ordered_json place;
    place["municipality_code"] = slice.municipality();
    place["member_kind"] = KindWord(slice.member_kind());
    place["state"] = Lower(v1::SliceState_Name(slice.state()), sizeof("SLICE_STATE_") - 1);
    json["places"].push_back(std::move(place));
  }
  return json;
}

}  // namespace

std::string RenderCheck(const CheckedRound& round, const Session& session) {
  const v1::CheckReleaseResponse& first = round.checks.front();
  // Before the noise whole levels and places are hidden; which, the places tell.
  std::string out =
      absl::StrCat(Head(first, session),
                   first.has_noise() ? absl::StrCat(PriceText(first.noise(), session),
                                                    NoiseText(first.noise().terms(), session),
                                                    AfterNoiseText(session), "\n")
                                     : Losses(round, session));
  for (const std::string& indicator : round.indicators) {
    absl::StrAppend(&out, Places(first, indicator, session));
  }
  return absl::StrCat(out, Notes(round, session));
}

std::string RenderCheckJson(const CheckedRound& round) {
  const v1::CheckReleaseResponse& first = round.checks.front();
  nlohmann::ordered_json out;
  out["area_code"] = first.area_code();
  out["area_name"] = first.area_name();
  out["fiscal_year"] = first.fiscal_year();
  out["layout_fixed"] = first.fixed();
  if (first.has_noise()) {
    const v1::NoiseTerms& terms = first.noise().terms();
    out["noise"]["variance"] =
        FractionText(terms.variance_numerator(), terms.variance_denominator());
    out["noise"]["rho"] = FractionText(terms.rho_numerator(), terms.rho_denominator());
    out["noise"]["rho_per_data_year"] =
        FractionText(first.noise().rho_per_data_year().numerator(),
                     first.noise().rho_per_data_year().denominator());
    out["noise"]["budget_suffices"] = first.noise().budget_suffices();
  }
  out["layouts"] = nlohmann::ordered_json::array();
  for (const v1::CheckReleaseResponse& check : round.checks) {
    nlohmann::ordered_json layout;
    layout["name"] = check.layout().name();
    layout["withheld"] = nlohmann::ordered_json::array();
    for (const int level : check.layout().withheld_level()) {
      layout["withheld"].push_back(policy::rules::LevelWord(static_cast<v1::WithheldLevel>(level)));
    }
    layout["held"] = check.held();
    layout["tables"] = nlohmann::ordered_json::array();
    for (const v1::CheckedTable& table : check.table()) {
      if (IsNamed(round, table.measure().id())) layout["tables"].push_back(ToJson(table));
    }
    out["layouts"].push_back(std::move(layout));
  }
  return out.dump(2) + "\n";
}

}  // namespace renkei::hub::cli
