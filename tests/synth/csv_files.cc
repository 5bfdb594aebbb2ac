#include "tests/synth/csv_files.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/synth/reference.h"

namespace renkei::tests::synth {
namespace {

// Columns of items.csv that no invented person has a value for.
constexpr const char* kUnusedColumns[] = {"heart_rate_bpm",
                                          "creatinine_target",
                                          "ecg_target",
                                          "fundus_kw",
                                          "fundus_scheie_h",
                                          "fundus_scheie_s",
                                          "fundus_scott",
                                          "fundus_wong_mitchell",
                                          "fundus_davis",
                                          "fundus_target",
                                          "metabolic_judgement",
                                          "guidance_level",
                                          "not_done_reason",
                                          "recheck_med_bp",
                                          "first_interview_early",
                                          "information_method",
                                          "total_cholesterol_mgdl",
                                          "wbc",
                                          "platelets",
                                          "cancer_lung_judgement",
                                          "cancer_stomach_judgement",
                                          "cancer_breast_judgement",
                                          "cancer_cervix_judgement",
                                          "cancer_colon_judgement",
                                          "cancer_prostate_judgement"};

const char* LineEnd(const CsvStyle& style) { return style.crlf ? "\r\n" : "\n"; }

void AppendDay(const std::optional<absl::CivilDay>& day, const CsvStyle& style, std::string* out) {
  if (!day) return;
  // By hand: this is the inner loop of the large bench files.
  const auto two = [out](int v) {
    out->push_back(static_cast<char>('0' + v / 10));
    out->push_back(static_cast<char>('0' + v % 10));
  };
  const int year = static_cast<int>(day->year());
  two(year / 100);
  two(year % 100);
  if (!style.compact_dates) out->push_back('-');
  two(day->month());
  if (!style.compact_dates) out->push_back('-');
  two(day->day());
}

void AppendPerson(const Person& person, const CsvStyle& style, std::string* out) {
  absl::StrAppend(out, person.insurer_number, ",", person.symbol, ",", person.number, ",",
                  person.branch, ",");
  if (style.person_ids) absl::StrAppend(out, person.person_id, ",");
  AppendDay(person.birth, style, out);
  const bool male = person.sex == Sex::kMale;
  // 男 and 女 in CP932.
  absl::StrAppend(out, ",", style.cp932 ? (male ? "\x92\x6A" : "\x8F\x97") : (male ? "1" : "2"));
}

std::string Start(const CsvStyle& style, absl::string_view columns) {
  return absl::StrCat(style.byte_order_mark ? "\xEF\xBB\xBF" : "",
                      "insurer_number,symbol,number,branch,", style.person_ids ? "person_id," : "",
                      "birth_date,sex,", columns, LineEnd(style));
}

void AppendReading(const ItemRow& row, const Reading& reading, std::string* out) {
  if (!reading.has_number) return;
  if (absl::string_view(row.type) != "PQ") {
    absl::StrAppend(out, reading.number);
    return;
  }
  absl::StrAppend(out, reading.number / 100);
  const int rest = reading.number % 100;
  if (row.decimals == 1) absl::StrAppend(out, ".", rest / 10);
  if (row.decimals == 2) absl::StrAppend(out, ".", rest / 10, rest % 10);
}

// One column per quantity: the reading that counts.
bool HasOwnColumn(Item item) {
  switch (item) {
    case Item::kWaistReported:
    case Item::kSbpSecond:
    case Item::kSbpFirst:
    case Item::kDbpSecond:
    case Item::kDbpFirst:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string RosterHeader(const CsvStyle& style) {
  return Start(style,
               "fiscal_year,postal_code,municipality_code,work_municipality_code,enrolled_from,"
               "enrolled_to,exclusion,relationship");
}

void AppendRosterRow(const Person& person, int fiscal_year, const CsvStyle& style,
                     std::string* out) {
  AppendPerson(person, style, out);
  absl::StrAppend(out, ",", fiscal_year, ",", person.postal_code, ",", person.municipality_code,
                  ",", person.work_municipality_code, ",");
  AppendDay(person.enrolled_from, style, out);
  out->push_back(',');
  AppendDay(person.enrolled_to, style, out);
  absl::StrAppend(out, ",", person.exclusion, ",", person.relationship, LineEnd(style));
}

std::string ExamsHeader(const CsvStyle& style) {
  std::string columns = "exam_date,municipality_code,postal_code,work_municipality_code,program";
  for (const ItemRow& row : Items()) {
    if (HasOwnColumn(row.item)) absl::StrAppend(&columns, ",", row.column);
  }
  return Start(style, absl::StrCat(columns, ",", absl::StrJoin(kUnusedColumns, ",")));
}

void AppendExamRow(const Person& person, absl::string_view program, const CsvStyle& style,
                   std::string* out) {
  AppendPerson(person, style, out);
  out->push_back(',');
  AppendDay(person.exam_date, style, out);
  absl::StrAppend(out, ",", person.municipality_code, ",", person.postal_code, ",",
                  person.work_municipality_code, ",", program);
  const PressurePair pressure = ChosenPressure(person.exam);
  for (const ItemRow& row : Items()) {
    if (!HasOwnColumn(row.item)) continue;
    out->push_back(',');
    const Reading reading = row.item == Item::kSbpOther   ? pressure.sbp
                            : row.item == Item::kDbpOther ? pressure.dbp
                            : row.item == Item::kWaist    ? ChosenWaist(person.exam)
                                                          : person.exam[row.item];
    AppendReading(row, reading, out);
  }
  out->append(std::size(kUnusedColumns), ',');
  out->append(LineEnd(style));
}

std::string RosterCsv(const Member& member, int fiscal_year) {
  std::string out = RosterHeader(member.style);
  for (const Person& person : member.people) {
    AppendRosterRow(person, fiscal_year, member.style, &out);
  }
  return out;
}

std::string ExamsCsv(const Member& member) {
  std::string out = ExamsHeader(member.style);
  const absl::string_view program = member.kind == "workplace" ? "030" : "010";
  for (const Person& person : member.people) {
    if (person.exam_date) AppendExamRow(person, program, member.style, &out);
  }
  return out;
}

std::string GuidanceCsv(const Member& member, int fiscal_year) {
  std::string out = Start(
      member.style, "fiscal_year,level,first_interview_date,final_evaluation_date,points,outcome");
  for (const Course& course : member.courses) {
    AppendPerson(member.people[course.person], member.style, &out);
    absl::StrAppend(&out, ",", fiscal_year, ",", course.level, ",");
    AppendDay(course.first_interview, member.style, &out);
    out.push_back(',');
    AppendDay(course.final_evaluation, member.style, &out);
    absl::StrAppend(&out, ",", course.points, ",", course.outcome, LineEnd(member.style));
  }
  return out;
}

std::string ConsentsCsv(const Member& member) {
  std::string out =
      Start(member.style, "event,event_time,valid_to,basis,purposes,categories,text_ref,grantor");
  for (const ConsentEvent& event : member.consents) {
    AppendPerson(member.people[event.person], member.style, &out);
    absl::StrAppend(&out, ",", event.event, ",", event.event_time, ",", event.valid_to, ",",
                    event.given ? "consent" : "", ",", event.purposes, ",", event.categories, ",",
                    event.given ? "regional-health@1" : "", ",self", LineEnd(member.style));
  }
  return out;
}

}  // namespace renkei::tests::synth
