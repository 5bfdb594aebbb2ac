// Text and JSON forms of the import report.
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "agents/intake/report.h"
#include "nlohmann/json.hpp"
#include "policy/base/printable.h"

namespace renkei::agents::intake {
namespace {

using nlohmann::ordered_json;

std::string Text(absl::string_view text) { return std::string(text); }

struct Words {
  const char* title;
  const char* files;
  const char* records;
  const char* unchanged_only;
  const char* no_municipality;
  const char* no_unit;
  const char* fiscal_year;
  const char* two_exams;
  const char* exams_without_roster;
  const char* roster_without_exam;
  const char* quarantine;
  const char* items;
  const char* messages;
  const char* none;
  const char* times;
  const char* limit;
  const char* no_disease;
  const char* stated;
  const char* found;
};

constexpr Words kEnglish = {
    "Import report",
    "files",
    "records",
    "The same content had been imported before: nothing changed.\n",
    "records without a known municipality",
    "values without a unit, read in the item's unit",
    "fiscal year",
    "persons with several examinations in a year",
    "examined persons without a roster row",
    "roster rows without an examination",
    "rejected rows are listed in the quarantine file",
    "items: valid, marked H or L, not done, unmeasurable, invalid, absent (of the invalid ones: "
    "out "
    "of range, unknown code)",
    "messages",
    "messages: none",
    "times",
    "limit",
    "claims without a known disease",
    "stated",
    "found",
};
constexpr Words kJapanese = {
    "取込報告",
    "ファイル",
    "記録",
    "同じ内容を取込済みのため、何も変わりませんでした。\n",
    "市区町村が不明の記録",
    "単位の記載がない値（項目の単位とみなしました）",
    "年度",
    "同一年度に複数の健診がある人",
    "名簿にない受診者",
    "健診結果のない名簿の行",
    "不採用の行は隔離ファイルに記載しました",
    "項目: 有効、範囲外標識、未実施、測定不能、無効、なし（無効のうち範囲外、不明なコード）",
    "メッセージ",
    "メッセージ: なし",
    "件",
    "範囲",
    "傷病分類が不明のレセプト",
    "記載",
    "実数",
};

absl::string_view LevelWord(Level level, Language language) {
  if (language == Language::kEnglish) return LevelName(level);
  switch (level) {
    case Level::kAccept:
      return "情報";
    case Level::kWarn:
      return "警告";
    case Level::kDropValue:
      return "値を除外";
    case Level::kRejectRecord:
      return "記録を不採用";
    case Level::kRejectFile:
      return "ファイルを不採用";
    case Level::kRejectArchive:
      return "アーカイブを不採用";
  }
  return "警告";
}

absl::string_view RangeOf(const ImportReport& report, const Message& message) {
  if (message.code != MessageCode::kValRange) return "";
  for (const ImportReport::Item& item : report.items) {
    if (item.name == message.subject) return item.range;
  }
  return "";
}

// Values of an item that were dropped, by reason.
struct Dropped {
  uint64_t out_of_range = 0;
  uint64_t unknown_code = 0;
};

std::map<std::string, Dropped> DroppedByItem(const ImportReport& report) {
  std::map<std::string, Dropped> out;
  for (const Message* message : report.messages.Ordered()) {
    if (message->code == MessageCode::kValRange) {
      out[message->subject].out_of_range += message->count;
    } else if (message->code == MessageCode::kValCode ||
               message->code == MessageCode::kListUnknown) {
      out[message->subject].unknown_code += message->count;
    }
  }
  return out;
}

std::string PlaceText(const Place& place) {
  return absl::StrCat(place.member, place.member.empty() || place.locator.empty() ? "" : " ",
                      place.locator);
}

ordered_json TallyJson(const Tally& tally) {
  return {{"seen", tally.seen}, {"accepted", tally.accepted}, {"rejected", tally.rejected}};
}

ordered_json MessageJson(const ImportReport& report, const Message& message) {
  ordered_json out = {{"code", Text(CodeName(message.code))},
                      {"level", Text(LevelName(message.level))},
                      {"subject", message.subject},
                      {"shape", message.shape},
                      {"limit", Text(RangeOf(report, message))},
                      {"count", message.count},
                      {"text", Text(CodeText(message.code, false))}};
  ordered_json& examples = out["examples"] = ordered_json::array();
  for (const Place& place : message.examples) {
    examples.push_back({{"member", place.member}, {"locator", place.locator}});
  }
  return out;
}

}  // namespace

std::string RenderText(const ImportReport& report, Language language) {
  const Words& w = language == Language::kJapanese ? kJapanese : kEnglish;
  std::string out =
      absl::StrCat(w.title, ": ", policy::base::Printable(report.source), " (", report.kind,
                   report.encoding.empty() ? "" : ", ", report.encoding, ")\n");
  const auto tally = [&](const char* name, const Tally& t) {
    if (language == Language::kJapanese) {
      absl::StrAppendFormat(&out, "%s: 読込 %d 件、採用 %d 件、不採用 %d 件\n", name, t.seen,
                            t.accepted, t.rejected);
    } else {
      absl::StrAppendFormat(&out, "%s: %d seen, %d accepted, %d rejected\n", name, t.seen,
                            t.accepted, t.rejected);
    }
  };
  tally(w.files, report.files);
  tally(w.records, report.records);
  if (language == Language::kJapanese) {
    absl::StrAppendFormat(&out, "保存: 新規 %d 件、変更 %d 件、変更なし %d 件\n", report.stored_new,
                          report.stored_changed, report.stored_unchanged);
  } else {
    absl::StrAppendFormat(&out, "stored: %d new, %d changed, %d unchanged\n", report.stored_new,
                          report.stored_changed, report.stored_unchanged);
  }
  if (report.stored_unchanged > 0 && report.stored_unchanged == report.records.accepted) {
    absl::StrAppend(&out, w.unchanged_only);
  }
  absl::StrAppend(&out, w.no_municipality, ": ", report.without_municipality, "\n");
  const auto optional_line = [&out](const char* name, std::optional<uint64_t> count) {
    if (count) absl::StrAppend(&out, name, ": ", *count, "\n");
  };
  if (report.values_without_unit > 0) optional_line(w.no_unit, report.values_without_unit);
  for (const auto& [year, count] : report.by_fiscal_year) {
    absl::StrAppend(&out, w.fiscal_year, " ", year, ": ", count, "\n");
  }
  if (report.claims_without_disease > 0) {
    optional_line(w.no_disease, report.claims_without_disease);
  }
  for (const StatedTotal& total : report.totals) {
    absl::StrAppend(&out, total.what, ": ", w.stated, " ", total.stated, ", ", w.found, " ",
                    total.found, "\n");
  }
  optional_line(w.two_exams, report.persons_in_two_exams);
  optional_line(w.exams_without_roster, report.exams_without_roster);
  optional_line(w.roster_without_exam, report.roster_without_exam);
  if (!report.quarantine_file.empty()) {
    absl::StrAppend(&out, w.quarantine, ": ", report.quarantine_file, "\n");
  }
  std::map<std::string, Dropped> dropped = DroppedByItem(report);
  bool has_heading = false;
  for (const ImportReport::Item& item : report.items) {
    const ItemCounts& c = item.counts;
    if (c.absent == c.sum()) continue;
    if (!has_heading) absl::StrAppend(&out, w.items, "\n");
    has_heading = true;
    absl::StrAppendFormat(&out, "  %-24s %9d %7d %7d %7d %7d %9d", item.name, c.valid, c.marked,
                          c.not_done, c.unmeasurable, c.invalid, c.absent);
    if (c.invalid > 0) {
      const Dropped& why = dropped[item.name];
      absl::StrAppendFormat(&out, "  (%d, %d)", why.out_of_range, why.unknown_code);
    }
    absl::StrAppend(&out, "\n");
  }
  if (report.messages.empty()) return absl::StrCat(out, w.none, "\n");
  absl::StrAppend(&out, w.messages, "\n");
  for (const Message* m : report.messages.Ordered()) {
    absl::StrAppend(&out, "  [", LevelWord(m->level, language), "] ", CodeName(m->code));
    if (!m->subject.empty()) absl::StrAppend(&out, " ", policy::base::Printable(m->subject));
    if (!m->shape.empty()) absl::StrAppend(&out, " (", policy::base::Printable(m->shape), ")");
    absl::StrAppend(&out, ": ", CodeText(m->code, language == Language::kJapanese));
    const absl::string_view range = RangeOf(report, *m);
    if (!range.empty()) absl::StrAppend(&out, "; ", w.limit, " ", range);
    absl::StrAppend(&out, "; ", m->count, " ", w.times);
    const char* separator = ": ";
    for (const Place& place : m->examples) {
      const std::string text = PlaceText(place);
      if (text.empty()) continue;
      absl::StrAppend(&out, separator, policy::base::Printable(text));
      separator = ", ";
    }
    absl::StrAppend(&out, "\n");
  }
  return out;
}

std::string RenderJson(const ImportReport& report) {
  ordered_json out = {{"source", report.source},
                      {"kind", report.kind},
                      {"encoding", report.encoding},
                      {"files", TallyJson(report.files)},
                      {"records", TallyJson(report.records)},
                      {"stored",
                       {{"new", report.stored_new},
                        {"changed", report.stored_changed},
                        {"unchanged", report.stored_unchanged}}},
                      {"without_municipality", report.without_municipality},
                      {"values_without_unit", report.values_without_unit},
                      {"guidance_records", report.guidance_records},
                      {"claims_without_disease", report.claims_without_disease}};
  const auto optional_field = [&out](const char* name, std::optional<uint64_t> count) {
    if (count) out[name] = *count;
  };
  optional_field("persons_in_two_exams", report.persons_in_two_exams);
  optional_field("exams_without_roster", report.exams_without_roster);
  optional_field("roster_without_exam", report.roster_without_exam);
  ordered_json& totals = out["totals"] = ordered_json::array();
  for (const StatedTotal& total : report.totals) {
    totals.push_back({{"what", total.what}, {"stated", total.stated}, {"found", total.found}});
  }
  out["quarantine_file"] = report.quarantine_file;
  ordered_json& years = out["fiscal_years"] = ordered_json::object();
  for (const auto& [year, count] : report.by_fiscal_year) years[absl::StrCat(year)] = count;
  std::map<std::string, Dropped> dropped = DroppedByItem(report);
  ordered_json& items = out["items"] = ordered_json::array();
  for (const ImportReport::Item& item : report.items) {
    const ItemCounts& c = item.counts;
    const Dropped& why = dropped[item.name];
    items.push_back({{"item", item.name},
                     {"valid", c.valid},
                     {"marked", c.marked},
                     {"not_done", c.not_done},
                     {"unmeasurable", c.unmeasurable},
                     {"invalid", c.invalid},
                     {"out_of_range", why.out_of_range},
                     {"unknown_code", why.unknown_code},
                     {"absent", c.absent}});
  }
  ordered_json& messages = out["messages"] = ordered_json::array();
  for (const Message* message : report.messages.Ordered()) {
    messages.push_back(MessageJson(report, *message));
  }
  // A file name need not be UTF-8.
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace renkei::agents::intake
