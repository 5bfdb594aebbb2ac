// Text and JSON forms of the import report.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "agents/intake/report.h"

namespace renkei::agents::intake {
namespace {

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
    "items: valid, marked H or L, not done, unmeasurable, invalid, absent",
    "messages",
    "messages: none",
    "times",
    "limit",
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
    "項目: 有効、範囲外標識、未実施、測定不能、無効、なし",
    "メッセージ",
    "メッセージ: なし",
    "件",
    "範囲",
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

std::string PlaceText(const Place& place) {
  return absl::StrCat(place.member, place.member.empty() || place.locator.empty() ? "" : " ",
                      place.locator);
}

// RFC 8259; bytes above 0x7F are UTF-8 already.
std::string Quoted(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", absl::string_view(&c, 1));
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::string TallyJson(const Tally& tally) {
  return absl::StrFormat(R"({"seen":%d,"accepted":%d,"rejected":%d})", tally.seen, tally.accepted,
                         tally.rejected);
}

std::string MessageJson(const ImportReport& report, const Message& message) {
  std::string out = absl::StrCat(
      R"({"code":)", Quoted(CodeName(message.code)), R"(,"level":)",
      Quoted(LevelName(message.level)), R"(,"subject":)", Quoted(message.subject), R"(,"shape":)",
      Quoted(message.shape), R"(,"limit":)", Quoted(RangeOf(report, message)), R"(,"count":)",
      message.count, R"(,"text":)", Quoted(CodeText(message.code, false)), R"(,"examples":[)");
  const char* comma = "";
  for (const Place& place : message.examples) {
    absl::StrAppend(&out, comma, R"({"member":)", Quoted(place.member), R"(,"locator":)",
                    Quoted(place.locator), "}");
    comma = ",";
  }
  return out + "]}";
}

}  // namespace

std::string RenderText(const ImportReport& report, Language language) {
  const Words& w = language == Language::kJapanese ? kJapanese : kEnglish;
  std::string out = absl::StrCat(w.title, ": ", report.source, " (", report.kind,
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
  optional_line(w.two_exams, report.persons_in_two_exams);
  optional_line(w.exams_without_roster, report.exams_without_roster);
  optional_line(w.roster_without_exam, report.roster_without_exam);
  if (!report.quarantine_file.empty()) {
    absl::StrAppend(&out, w.quarantine, ": ", report.quarantine_file, "\n");
  }
  bool has_heading = false;
  for (const ImportReport::Item& item : report.items) {
    const ItemCounts& c = item.counts;
    if (c.absent == c.sum()) continue;
    if (!has_heading) absl::StrAppend(&out, w.items, "\n");
    has_heading = true;
    absl::StrAppendFormat(&out, "  %-24s %9d %7d %7d %7d %7d %9d\n", item.name, c.valid, c.marked,
                          c.not_done, c.unmeasurable, c.invalid, c.absent);
  }
  if (report.messages.empty()) return absl::StrCat(out, w.none, "\n");
  absl::StrAppend(&out, w.messages, "\n");
  for (const Message* m : report.messages.Ordered()) {
    absl::StrAppend(&out, "  [", LevelWord(m->level, language), "] ", CodeName(m->code));
    if (!m->subject.empty()) absl::StrAppend(&out, " ", m->subject);
    if (!m->shape.empty()) absl::StrAppend(&out, " (", m->shape, ")");
    absl::StrAppend(&out, ": ", CodeText(m->code, language == Language::kJapanese));
    const absl::string_view range = RangeOf(report, *m);
    if (!range.empty()) absl::StrAppend(&out, "; ", w.limit, " ", range);
    absl::StrAppend(&out, "; ", m->count, " ", w.times);
    const char* separator = ": ";
    for (const Place& place : m->examples) {
      const std::string text = PlaceText(place);
      if (text.empty()) continue;
      absl::StrAppend(&out, separator, text);
      separator = ", ";
    }
    absl::StrAppend(&out, "\n");
  }
  return out;
}

std::string RenderJson(const ImportReport& report) {
  std::string out =
      absl::StrCat(R"({"source":)", Quoted(report.source), R"(,"kind":)", Quoted(report.kind),
                   R"(,"encoding":)", Quoted(report.encoding), R"(,"files":)",
                   TallyJson(report.files), R"(,"records":)", TallyJson(report.records));
  absl::StrAppendFormat(&out, R"(,"stored":{"new":%d,"changed":%d,"unchanged":%d})",
                        report.stored_new, report.stored_changed, report.stored_unchanged);
  absl::StrAppend(&out, R"(,"without_municipality":)", report.without_municipality,
                  R"(,"values_without_unit":)", report.values_without_unit);
  const auto optional_field = [&out](const char* name, std::optional<uint64_t> count) {
    if (count) absl::StrAppend(&out, ",", Quoted(name), ":", *count);
  };
  optional_field("persons_in_two_exams", report.persons_in_two_exams);
  optional_field("exams_without_roster", report.exams_without_roster);
  optional_field("roster_without_exam", report.roster_without_exam);
  absl::StrAppend(&out, R"(,"quarantine_file":)", Quoted(report.quarantine_file),
                  R"(,"fiscal_years":{)");
  const char* comma = "";
  for (const auto& [year, count] : report.by_fiscal_year) {
    absl::StrAppend(&out, comma, "\"", year, "\":", count);
    comma = ",";
  }
  absl::StrAppend(&out, R"(},"items":[)");
  comma = "";
  for (const ImportReport::Item& item : report.items) {
    const ItemCounts& c = item.counts;
    absl::StrAppend(&out, comma, R"({"item":)", Quoted(item.name));
    absl::StrAppendFormat(
        &out,
        R"(,"valid":%d,"marked":%d,"not_done":%d,"unmeasurable":%d,"invalid":%d,"absent":%d})",
        c.valid, c.marked, c.not_done, c.unmeasurable, c.invalid, c.absent);
    comma = ",";
  }
  absl::StrAppend(&out, R"(],"messages":[)");
  comma = "";
  for (const Message* message : report.messages.Ordered()) {
    absl::StrAppend(&out, comma, MessageJson(report, *message));
    comma = ",";
  }
  return out + "]}\n";
}

}  // namespace renkei::agents::intake
