#include "tests/synth/hc08.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace renkei::tests::synth {
namespace {

constexpr absl::string_view kOid = "1.2.392.200119.6.";
constexpr absl::string_view kObservation =
    "<entry><observation classCode=\"OBS\" moodCode=\"EVN\">";
constexpr absl::string_view kEntryEnd = "</observation></entry>\n";

constexpr const char* kFamilyNames[] = {"ショウナイ", "モガミ", "ムラヤマ",   "オキタマ",
                                        "アサヒ",     "ハグロ", "チョウカイ", "アカガワ",
                                        "ガッサン",   "アツミ"};
constexpr const char* kGivenNames[2][5] = {{"タロウ", "ジロウ", "サブロウ", "イチロウ", "ゴロウ"},
                                           {"ハナコ", "ヨシコ", "カズコ", "ミドリ", "アキコ"}};

// Laboratory reference ranges, which a reader must not use for findings.
struct Range {
  Item item;
  int low;
  int high;
};
constexpr Range kRanges[] = {
    {Item::kAst, 10, 40},  {Item::kAlt, 5, 45},   {Item::kGgt, 0, 80}, {Item::kTgFasting, 30, 149},
    {Item::kFpg, 70, 109}, {Item::kLdl, 70, 139}, {Item::kHdl, 40, 99}};

void AppendNumber(int hundredths, int decimals, std::string* out) {
  absl::StrAppend(out, hundredths / 100);
  const int rest = hundredths % 100;
  if (decimals == 1) absl::StrAppend(out, ".", rest / 10);
  if (decimals == 2) absl::StrAppend(out, ".", rest / 10, rest % 10);
}

std::string Hyphenated(const std::string& postal) {
  return absl::StrCat(postal.substr(0, 3), "-", postal.substr(3));
}

}  // namespace

std::string FullWidth(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!alnum) {
      out.push_back(c);
      continue;
    }
    // U+FF01 .. U+FF5E stand for 0x21 .. 0x7E.
    const int code = 0xFF01 + (c - 0x21);
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
  return out;
}

std::string CompactDay(absl::CivilDay day) {
  return absl::StrFormat("%04d%02d%02d", static_cast<int>(day.year()), day.month(), day.day());
}

Hc08Writer::Hc08Writer(int period, Provenance provenance)
    : provenance_(std::move(provenance)), file_day_(CompactDay(provenance_.file_day)) {
  for (const ItemRow& row : Items()) {
    const int i = static_cast<int>(row.item);
    written_[i] = period >= row.first_period && period <= row.last_period;
    code_[i] = absl::StrCat("<code code=\"", row.code, "\" codeSystem=\"", kOid,
                            "1005\" displayName=\"", row.name_ja, "\"/>");
    if (absl::string_view(row.type) == "PQ") {
      value_[i] = "<value xsi:type=\"PQ\" value=\"";
      value_end_[i] = absl::StrCat("\" unit=\"", row.unit, "\"/>");
    } else {
      const char* list = period <= 3 && row.list_before ? row.list_before : row.list;
      value_[i] = absl::StrCat("<value xsi:type=\"", row.type, "\" code=\"");
      value_end_[i] = absl::StrCat("\" codeSystem=\"", kOid, list, "\"/>");
    }
    if (row.method) after_[i] = absl::StrCat("<methodCode code=\"", row.method, "\"/>");
    for (const Range& range : kRanges) {
      if (range.item != row.item) continue;
      absl::StrAppend(&after_[i], "<referenceRange><observationRange><value xsi:type=\"IVL_PQ\">",
                      "<low value=\"", range.low, "\" unit=\"", row.unit, "\"/><high value=\"",
                      range.high, "\" unit=\"", row.unit,
                      "\"/></value></observationRange></referenceRange>");
    }
  }
}

void Hc08Writer::AppendHeader(const Person& person, int sequence, std::string* out) const {
  absl::StrAppend(
      out,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:schemaLocation=\"urn:hl7-org:v3 ../XSD/hc08_V08.xsd\">\n"
      "<typeId root=\"2.16.840.1.113883.1.3\" extension=\"POCD_HD000040\"/>\n"
      "<id nullFlavor=\"NI\"/>\n<code code=\"10\" codeSystem=\"1.2.392.200119.6.1001\"/>\n"
      "<effectiveTime value=\"",
      file_day_,
      "\"/>\n<confidentialityCode code=\"N\" codeSystem=\"2.16.840.1.113883.5.25\"/>\n"
      "<recordTarget><patientRole>\n<id root=\"1.2.392.200119.6.101\" extension=\"",
      person.insurer_number, "\"/>\n<id root=\"1.2.392.200119.6.204\" extension=\"",
      FullWidth(person.symbol), "\"/>\n<id root=\"1.2.392.200119.6.205\" extension=\"",
      FullWidth(std::string(person.number.size() < 7 ? 7 - person.number.size() : 0, '0') +
                person.number),
      "\"/>\n");
  if (!person.branch.empty()) {
    absl::StrAppend(out, "<id root=\"1.2.392.200119.6.211\" extension=\"",
                    FullWidth("0" + person.branch), "\"/>\n");
  }
  const bool male = person.sex == Sex::kMale;
  const std::string birth = CompactDay(person.birth);
  absl::StrAppend(out, "<addr><postalCode>", Hyphenated(person.exam_postal_code),
                  "</postalCode>模擬市模擬町一丁目</addr>\n<patient><name>",
                  kFamilyNames[sequence % 10], "　", kGivenNames[male ? 0 : 1][sequence / 10 % 5],
                  "</name><administrativeGenderCode code=\"", male ? "1" : "2",
                  "\" codeSystem=\"1.2.392.200119.6.1104\"/><birthTime value=\"", birth,
                  "\"/></patient>\n</patientRole></recordTarget>\n");
  absl::StrAppend(
      out, "<author><time value=\"", file_day_,
      "\"/><assignedAuthor><id nullFlavor=\"NI\"/><representedOrganization>\n"
      "<id root=\"1.2.392.200119.6.102\" extension=\"",
      provenance_.institution,
      "\"/><name>模擬健診センター</name><telecom value=\"tel:0000000000\"/>"
      "<addr><postalCode>997-0000</postalCode>模擬市模擬町二丁目</addr>\n"
      "</representedOrganization></assignedAuthor></author>\n"
      "<custodian><assignedCustodian><representedCustodianOrganization><id nullFlavor=\"NI\"/>"
      "</representedCustodianOrganization></assignedCustodian></custodian>\n");
  const std::string year =
      absl::StrFormat("%02d", static_cast<int>(person.exam_date->year()) % 100);
  absl::StrAppend(
      out,
      "<participant typeCode=\"HLD\"><functionCode code=\"1\" "
      "codeSystem=\"1.2.392.200119.6.208\"/><time><high value=\"",
      file_day_,
      "\"/></time>\n<associatedEntity classCode=\"IDENT\"><id root=\"1.2.392.200119.6.209.1",
      person.insurer_number, "\" extension=\"", year, absl::StrFormat("%09d", sequence),
      "\"/><scopingOrganization><id root=\"1.2.392.200119.6.101\" extension=\"",
      person.insurer_number, "\"/></scopingOrganization></associatedEntity></participant>\n");
  absl::StrAppend(
      out,
      "<documentationOf><serviceEvent><code code=\"010\" codeSystem=\"1.2.392.200119.6.1002\"/>"
      "<effectiveTime value=\"",
      CompactDay(*person.exam_date),
      "\"/>\n<performer typeCode=\"PRF\"><assignedEntity><id nullFlavor=\"NI\"/>"
      "<representedOrganization><id root=\"1.2.392.200119.6.102\" extension=\"",
      provenance_.institution,
      "\"/><name>模擬健診センター</name></representedOrganization></assignedEntity></performer>\n"
      "</serviceEvent></documentationOf>\n<component><structuredBody>\n");
}

void Hc08Writer::AppendObservation(Item item, const Reading& reading, std::string* out) const {
  const int i = static_cast<int>(item);
  const ItemRow& row = RowOf(item);
  const bool quantity = absl::string_view(row.type) == "PQ";
  absl::StrAppend(out, code_[i]);
  using State = Reading::State;
  if (reading.state == State::kUnmeasurable) {
    absl::StrAppend(out, "<value xsi:type=\"", row.type, "\" nullFlavor=\"NI\"/>");
  }
  if (reading.has_number) {
    absl::StrAppend(out, value_[i]);
    if (quantity) {
      AppendNumber(reading.number, row.decimals, out);
    } else {
      absl::StrAppend(out, reading.number);
    }
    absl::StrAppend(out, value_end_[i]);
  }
  if (reading.state == State::kMarkedHigh || reading.state == State::kMarkedLow) {
    absl::StrAppend(out, "<value xsi:type=\"CD\" code=\"",
                    reading.state == State::kMarkedHigh ? "H" : "L",
                    "\" codeSystem=\"2.16.840.1.113883.5.83\"/>");
  }
  if (reading.state == State::kValid) {
    for (const Range& range : kRanges) {
      if (range.item != item) continue;
      const char* place = reading.number > range.high * 100  ? "H"
                          : reading.number < range.low * 100 ? "L"
                                                             : "N";
      absl::StrAppend(out, "<interpretationCode code=\"", place,
                      "\" codeSystem=\"2.16.840.1.113883.5.83\"/>");
    }
  }
  if (reading.has_number) absl::StrAppend(out, after_[i]);
}

void Hc08Writer::AppendEntry(Item item, const Reading& reading, std::string* out) const {
  if (reading.state == Reading::State::kNotDone) {
    absl::StrAppend(out, "<entry><observation classCode=\"OBS\" moodCode=\"EVN\" ",
                    "negationInd=\"true\">", code_[static_cast<int>(item)], kEntryEnd);
    return;
  }
  absl::StrAppend(out, kObservation);
  AppendObservation(item, reading, out);
  absl::StrAppend(out, kEntryEnd);
}

void Hc08Writer::AppendGroup(Group group, const Exam& exam, std::string* out) const {
  absl::StrAppend(out, kObservation, "<code nullFlavor=\"NA\"/>\n");
  for (const ItemRow& row : Items()) {
    if (row.group != group || !exam[row.item].usable()) continue;
    absl::StrAppend(out, "<entryRelationship typeCode=\"COMP\">",
                    "<observation classCode=\"OBS\" moodCode=\"EVN\">");
    AppendObservation(row.item, exam[row.item], out);
    absl::StrAppend(out, "</observation></entryRelationship>\n");
  }
  const char* reason = group == Group::kAnaemia ? "2A020161001930149" : "9A110161000000049";
  absl::StrAppend(out, "<entryRelationship typeCode=\"RSON\">",
                  "<observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"", reason,
                  "\" codeSystem=\"1.2.392.200119.6.1005\" displayName=\"実施理由\"/>"
                  "<value xsi:type=\"ST\">模擬</value></observation></entryRelationship>\n",
                  kEntryEnd);
}

void Hc08Writer::Append(const Person& person, int sequence, std::string* out) const {
  AppendHeader(person, sequence, out);
  const Exam& exam = person.exam;
  absl::StrAppend(
      out,
      "<component><section><code code=\"01010\" "
      "codeSystem=\"1.2.392.200119.6.1010\" "
      "displayName=\"検査・問診結果セクション\"/><title>検査・問診結果セクション</title>"
      "<text/>\n");
  Group written = Group::kNone;
  for (const ItemRow& row : Items()) {
    const Reading& reading = exam[row.item];
    if (row.item == Item::kUricAcid || !written_[static_cast<int>(row.item)]) continue;
    if (reading.state == Reading::State::kAbsent) continue;
    if (row.group == Group::kNone) {
      AppendEntry(row.item, reading, out);
    } else if (row.group != written) {
      AppendGroup(row.group, exam, out);
      written = row.group;
    }
  }
  absl::StrAppend(
      out, kObservation,
      "<code code=\"9N511000000000049\" codeSystem=\"1.2.392.200119.6.1005\" "
      "displayName=\"医師の診断(判定)\"/><value xsi:type=\"ST\">模擬判定</value>"
      "<author><time nullFlavor=\"NI\"/><assignedAuthor><id nullFlavor=\"NI\"/>"
      "<assignedPerson><name>模擬医師</name></assignedPerson></assignedAuthor></author>",
      kEntryEnd, "</section></component>\n");
  if (exam[Item::kUricAcid].usable()) {
    absl::StrAppend(out,
                    "<component><section><code code=\"01990\" "
                    "codeSystem=\"1.2.392.200119.6.1010\" displayName=\"任意追加項目セクション\"/>"
                    "<title>任意追加項目セクション</title><text/>\n");
    AppendEntry(Item::kUricAcid, exam[Item::kUricAcid], out);
    absl::StrAppend(out, "</section></component>\n");
  }
  absl::StrAppend(out, "</structuredBody></component>\n</ClinicalDocument>\n");
}

std::string Ix08(const Provenance& provenance, absl::string_view insurer_number, int documents) {
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<index xmlns=\"http://tokuteikenshin.jp/checkup/2007\">\n<interactionType code=\"6\"/>\n"
      "<creationTime value=\"",
      CompactDay(provenance.file_day),
      "\"/>\n<sender><id root=\"1.2.392.200119.6.102\" extension=\"", provenance.institution,
      "\"/></sender>\n<receiver><id root=\"1.2.392.200119.6.101\" extension=\"", insurer_number,
      "\"/></receiver>\n<serviceEventType code=\"1\"/>\n<totalRecordCount value=\"", documents,
      "\"/>\n</index>\n");
}

std::string Su08(int documents) {
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<summary xmlns=\"http://tokuteikenshin.jp/checkup/2007\">\n<serviceEventType code=\"1\"/>\n"
      "<totalSubjectCount value=\"",
      documents, "\"/>\n<totalCostAmount value=\"", documents * 7000,
      "\"/>\n<totalPaymentAmount value=\"0\"/>\n<totalClaimAmount value=\"", documents * 7000,
      "\"/>\n</summary>\n");
}

}  // namespace renkei::tests::synth
