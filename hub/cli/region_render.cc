#include "hub/cli/region_render.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/cli/indicator_rows.h"
#include "hub/cli/words.h"
#include "policy/base/printable.h"
#include "policy/rules/policy_document.h"

namespace renkei::hub::cli {
namespace {

using policy::base::Printable;

// Of the 335 areas of the nation nobody reads all names; JSON has them.
constexpr size_t kNamedAreas = 12;

std::vector<const v1::RegionPart*> PartsThatAre(v1::AreaStanding standing,
                                                const v1::RegionIndicator& indicator) {
  std::vector<const v1::RegionPart*> parts;
  for (const v1::RegionPart& part : indicator.part()) {
    if (part.standing() == standing) parts.push_back(&part);
  }
  return parts;
}

std::map<std::string, const v1::RegionIndicator*> ById(const v1::QueryRegionResponse& response) {
  std::map<std::string, const v1::RegionIndicator*> by_id;
  for (const v1::RegionIndicator& indicator : response.indicator()) {
    by_id[indicator.measure().id()] = &indicator;
  }
  return by_id;
}

size_t AreasAdded(const std::map<std::string, const v1::RegionIndicator*>& by_id,
                  const v1::IndicatorRow& row) {
  const auto indicator = by_id.find(row.indicator());
  return indicator == by_id.end()
             ? 0
             : PartsThatAre(v1::AREA_STANDING_ADDED, *indicator->second).size();
}

// In files.
std::string StandingWord(v1::AreaStanding standing) {
  switch (standing) {
    case v1::AREA_STANDING_ADDED:
      return "added";
    case v1::AREA_STANDING_NOT_READABLE:
      return "not_readable";
    case v1::AREA_STANDING_NOT_RELEASED:
      return "not_released";
    case v1::AREA_STANDING_NOT_COLLECTED:
      return "not_collected";
    case v1::AREA_STANDING_OTHER_VERSION:
      return "other_version";
    case v1::AREA_STANDING_WITH_NOISE:
      return "with_noise";
    default:
      return "";
  }
}

std::string LeftOutText(v1::AreaStanding standing, const Session& session) {
  switch (standing) {
    case v1::AREA_STANDING_NOT_READABLE:
      return std::string(
          session.Say("閲覧できない圏域(公表の有無は示しません)",
                      "not open to you (whether anything was released is not said)"));
    case v1::AREA_STANDING_NOT_RELEASED:
      return std::string(session.Say("この年度の公表なし", "not released of this fiscal year"));
    case v1::AREA_STANDING_NOT_COLLECTED:
      return std::string(session.Say("未収集", "not collected"));
    case v1::AREA_STANDING_OTHER_VERSION:
      return std::string(session.Say("指標の定義が古い版", "by an older definition"));
    case v1::AREA_STANDING_WITH_NOISE:
      return std::string(session.Say("ノイズ付き(加えません)", "with noise, never added"));
    default:
      return "?";
  }
}

std::string AreaText(const v1::RegionPart& part, const std::map<std::string, std::string>& names) {
  const auto name = names.find(part.area_code());
  return absl::StrCat(Printable(part.area_code()), " ",
                      name == names.end() ? "" : Printable(name->second));
}

// With their releases; of many the first, and how many more there are.
std::string AddedText(const std::vector<const v1::RegionPart*>& parts,
                      const std::map<std::string, std::string>& names, const Session& session) {
  std::vector<std::string> texts;
  for (const v1::RegionPart* part : parts) {
    if (texts.size() == kNamedAreas) {
      const size_t more = parts.size() - kNamedAreas;
      texts.push_back(session.Chosen() == Language::kJapanese
                          ? absl::StrCat("ほか ", more)
                          : absl::StrCat("and ", more, " more"));
      break;
    }
    texts.push_back(absl::StrCat(AreaText(*part, names), session.Say(" (公表番号 ", " (release "),
                                 part->release_number(), ")"));
  }
  return absl::StrJoin(texts, session.Say("、", ", "));
}

// The names, or of many the number.
std::string LeftOutAreasText(const std::vector<const v1::RegionPart*>& parts,
                             const std::map<std::string, std::string>& names,
                             const Session& session) {
  if (parts.size() > kNamedAreas) {
    return absl::StrCat(parts.size(), session.Say(" 圏域", " areas"));
  }
  return absl::StrJoin(parts, session.Say("、", ", "), [&](std::string* out, const auto* part) {
    out->append(AreaText(*part, names));
  });
}

// Which areas are in the sum of an indicator: a line, and one more for each reason why others are
// not.
std::string CompositionText(const v1::RegionIndicator& indicator,
                            const std::map<std::string, std::string>& names,
                            const Session& session) {
  const auto added = PartsThatAre(v1::AREA_STANDING_ADDED, indicator);
  std::string out =
      session.Chosen() == Language::kJapanese
          ? absl::StrCat(indicator.part_size(), " 二次医療圏のうち ", added.size(), " の和")
          : absl::StrCat("sum of ", added.size(), " of ", indicator.part_size(),
                         " secondary medical areas");
  if (!added.empty()) {
    absl::StrAppend(&out, ": ", AddedText(added, names, session));
  }
  out.push_back('\n');
  for (int value = v1::AREA_STANDING_ADDED + 1; v1::AreaStanding_IsValid(value); ++value) {
    const auto standing = static_cast<v1::AreaStanding>(value);
    const auto parts = PartsThatAre(standing, indicator);
    if (parts.empty()) continue;
    absl::StrAppend(&out, "  ", LeftOutText(standing, session), ": ",
                    LeftOutAreasText(parts, names, session), "\n");
  }
  return out;
}

// Indicators of the same areas are said together; those that most have come last, as the others.
std::string CompositionsText(const v1::QueryRegionResponse& response, const Session& session) {
  std::map<std::string, std::string> names;
  for (const v1::RegionArea& area : response.area()) names[area.area_code()] = area.area_name();
  std::vector<std::pair<std::string, std::vector<std::string>>> alike;  // text, ids
  for (const v1::RegionIndicator& indicator : response.indicator()) {
    const std::string text = CompositionText(indicator, names, session);
    auto same = std::find_if(alike.begin(), alike.end(),
                             [&](const auto& known) { return known.first == text; });
    if (same == alike.end()) same = alike.insert(alike.end(), {text, {}});
    same->second.push_back(indicator.measure().id());
  }
  if (alike.size() == 1) return alike[0].first;
  const auto most = std::max_element(alike.begin(), alike.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  });
  std::rotate(most, most + 1, alike.end());
  std::string out;
  for (size_t i = 0; i < alike.size(); ++i) {
    const bool is_rest = i + 1 == alike.size();
    absl::StrAppend(&out,
                    is_rest ? std::string(session.Say("他の指標", "other indicators"))
                            : Printable(absl::StrJoin(alike[i].second, ", ")),
                    ": ", alike[i].first);
  }
  return out;
}

std::string RoundingsText(const v1::QueryRegionResponse& response, const Session& session) {
  std::set<v1::Rounding> roundings;
  for (const v1::RegionIndicator& indicator : response.indicator()) {
    for (const v1::RegionPart* part : PartsThatAre(v1::AREA_STANDING_ADDED, indicator)) {
      roundings.insert(part->rounding());
    }
  }
  std::string out;
  for (const v1::Rounding rounding : roundings) {
    const std::string text = RoundingText(rounding, session);
    if (text.empty()) continue;
    absl::StrAppend(&out,
                    roundings.size() > 1 ? session.Say("一部の公表: ", "of some releases: ") : "",
                    text, "\n");
  }
  if (out.empty()) return out;
  return absl::StrCat(
      out, session.Say("和は丸めた人数の和です。\n", "sums are sums of the rounded counts\n"));
}

}  // namespace

std::string RegionNotes(const v1::QueryRegionResponse& response, const Session& session) {
  std::string out = CompositionsText(response, session);
  if (std::any_of(response.row().begin(), response.row().end(), [](const v1::IndicatorRow& row) {
        return row.cell().state() == v1::CELL_STATE_SUPPRESSED;
      })) {
    absl::StrAppend(&out, session.Say("加えた圏域のいずれかで秘匿された欄は、和でも秘匿です。\n",
                                      "what one of the added areas protects is protected in the "
                                      "sum\n"));
  }
  absl::StrAppend(&out, RoundingsText(response, session));
  if (std::any_of(response.indicator().begin(), response.indicator().end(),
                  [](const auto& indicator) { return indicator.may_count_twice(); })) {
    absl::StrAppend(
        &out,
        session.Say("居住地が不明の人は、団体が参加するすべての圏域で数えられるため、和では"
                    "重複することがあります。\n",
                    "persons of unknown residence count in every area that their member takes "
                    "part in, so a sum may have them more than once\n"));
  }
  if (std::any_of(response.area().begin(), response.area().end(),
                  [](const v1::RegionArea& area) { return area.under_revision(); })) {
    absl::StrAppend(&out, session.Say("訂正待ちの公表値を含みます。\n",
                                      "figures that are added await a correction\n"));
  }
  return out;
}

std::string RenderCsv(const v1::QueryRegionResponse& response) {
  const auto by_id = ById(response);
  std::string out = absl::StrCat(kCsvColumns, ",areas_added,areas\n");
  for (const v1::IndicatorRow& row : response.row()) {
    absl::StrAppend(&out, CsvFields(row), ",", AreasAdded(by_id, row), ",", response.area_size(),
                    "\n");
  }
  return out;
}

std::string RenderJson(const v1::QueryRegionResponse& response) {
  nlohmann::ordered_json out;
  out["areas"] = nlohmann::ordered_json::array();
  for (const v1::RegionArea& area : response.area()) {
    nlohmann::ordered_json json;
    json["area_code"] = area.area_code();
    json["area_name"] = area.area_name();
    json["under_revision"] = area.under_revision();
    out["areas"].push_back(std::move(json));
  }
  out["indicators"] = nlohmann::ordered_json::array();
  for (const v1::RegionIndicator& indicator : response.indicator()) {
    nlohmann::ordered_json json;
    json["indicator"] = indicator.measure().id();
    json["version"] = indicator.measure().version();
    json["may_count_twice"] = indicator.may_count_twice();
    json["parts"] = nlohmann::ordered_json::array();
    for (const v1::RegionPart& part : indicator.part()) {
      nlohmann::ordered_json one;
      one["area_code"] = part.area_code();
      one["standing"] = StandingWord(part.standing());
      one["release"] = nullptr;
      one["rounding"] = nullptr;
      if (part.release_number() != 0) {
        one["release"] = part.release_number();
        one["rounding"] = std::string(policy::rules::RoundingWord(part.rounding()));
      }
      json["parts"].push_back(std::move(one));
    }
    out["indicators"].push_back(std::move(json));
  }
  out["rows"] = RowsJson(response.row());
  return out.dump(2) + "\n";
}

std::string RenderTable(const v1::QueryRegionResponse& response, const Session& session) {
  if (response.row().empty()) return RegionNotes(response, session);
  const v1::IndicatorRow& first = response.row(0);
  std::string out = absl::StrCat(Printable(first.area_code()), " ", Printable(first.area_name()),
                                 "  ", session.Say("年度 ", "fiscal year "), first.fiscal_year());
  absl::StrAppend(&out, "  ",
                  session.Say("二次医療圏の公表値の和", "sum of released figures of areas"));
  if (first.cell().member_kind() != v1::MEMBER_KIND_UNSPECIFIED) {
    absl::StrAppend(&out, "  ", KindText(first.cell().member_kind(), session));
  }
  const auto by_id = ById(response);
  const SideColumn areas = {.title = std::string(session.Say("圏域", "areas")),
                            .text =
                                [&](const auto& row) {
                                  return absl::StrCat(AreasAdded(by_id, row), "/",
                                                      response.area_size());
                                },
                            .is_of_indicator = true};
  absl::StrAppend(&out, "\n\n", RowsTable(response.row(), areas, session), "\n");
  return absl::StrCat(out, RegionNotes(response, session), SignsText(session));
}

}  // namespace renkei::hub::cli
