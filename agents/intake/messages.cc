#include "agents/intake/messages.h"

#include <algorithm>
#include <array>
#include <utility>

namespace renkei::agents::intake {
namespace {

struct CodeEntry {
  MessageCode code;
  const char* name;
  Level level;
  const char* english;
  const char* japanese;
};

using enum Level;
using enum MessageCode;

// In the order of MessageCode.
constexpr CodeEntry kCodes[] = {
    {kArcName, "ARC_NAME", kWarn,
     "the archive's name is not <sender>_<receiver>_<YYYYMMDD><n>_<k>.zip",
     "アーカイブ名が規定の形（送付元_送付先_年月日n_k.zip）ではありません"},
    {kArcEncrypted, "ARC_ENCRYPTED", kRejectArchive,
     "an entry is protected by a password; ask the sender for an archive without one",
     "パスワード付きのファイルがあります。パスワードなしのアーカイブを送付元に依頼してください"},
    {kArcPath, "ARC_PATH", kRejectArchive,
     "an entry has an unsafe path (absolute, '..', drive letter, backslash, link) or occurs twice",
     "安全でないパス（絶対パス、.."
     "、ドライブ名、円記号、リンク）または重複したファイル名があります"},
    {kArcSize, "ARC_SIZE", kRejectArchive,
     "an entry or the archive is larger than import_limits of the agent's configuration allow",
     "展開後の大きさ、圧縮率または件数が設定 import_limits の上限を超えています"},
    {kArcLayout, "ARC_LAYOUT", kRejectArchive,
     "not a complete archive of the national layout (DATA folder and ix08 index)",
     "標準様式の完全なアーカイブではありません（DATA フォルダと ix08 索引が必要です）"},
    {kArcCount, "ARC_COUNT", kWarn,
     "a total that the archive states differs from what is in DATA or CLAIMS; ask the sender "
     "whether files are missing",
     "アーカイブに記載の件数または金額と、DATA または CLAIMS "
     "の内容が一致しません。不足がないか送付元に確認してください"},
    {kArcOrphan, "ARC_ORPHAN", kWarn,
     "a file in DATA is not named h or g and 26 digits; it is skipped",
     "DATA に規定外の名前のファイルがあります（読み飛ばしました）"},
    {kXmlFormed, "XML_FORMED", kRejectFile,
     "the XML is not well-formed; ask the sender to write the file again",
     "XML の構文が正しくありません。送付元に再作成を依頼してください"},
    {kXmlDtd, "XML_DTD", kRejectFile,
     "a DOCTYPE or entity declaration is not allowed; ask the sender for a file without it",
     "DOCTYPE またはエンティティ宣言は許可されていません"},
    {kXmlEncoding, "XML_ENCODING", kRejectFile,
     "the file is not UTF-8, or declares another encoding; ask the sender for UTF-8",
     "UTF-8 ではないか、別の文字コードが宣言されています"},
    {kXmlDepth, "XML_DEPTH", kRejectFile,
     "elements are nested too deeply or an attribute is too long",
     "要素の深さまたは属性の長さが上限を超えています"},
    {kNsUnknown, "NS_UNKNOWN", kRejectFile,
     "the root element is not a ClinicalDocument of urn:hl7-org:v3; a checkup or guidance file of "
     "the national form is needed",
     "ルート要素が urn:hl7-org:v3 の ClinicalDocument ではありません"},
    {kHdrMissing, "HDR_MISSING", kRejectRecord,
     "a required value is absent; fill it in at the source and import the file again",
     "必須の値がありません。元のファイルを補って再度取り込んでください"},
    {kHdrFormat, "HDR_FORMAT", kRejectRecord,
     "a person, date or header value has the wrong shape; correct it at the source and import the "
     "file again",
     "本人識別、日付またはヘッダーの値の形が正しくありません。元のファイルを直して再度取り込んでく"
     "ださい"},
    {kHdrReport, "HDR_REPORT", kRejectRecord, "this report type is not imported",
     "この報告区分は取り込みません"},
    {kCheckDigit, "CHECK_DIGIT", kWarn,
     "the check digit of an insurer, institution or municipality number is wrong",
     "保険者・機関・市区町村番号の検証番号が正しくありません"},
    {kFyRange, "FY_RANGE", kRejectRecord, "outside the fiscal years of this import; check the day",
     "取り込み対象の年度外です"},
    {kAgeRange, "AGE_RANGE", kRejectRecord,
     "age at fiscal-year end below 0 or above 120; check the birth date",
     "年度末年齢が 0 未満または 120 を超えています"},
    {kItemUnknown, "ITEM_UNKNOWN", kAccept, "an item code that is not in items.csv; ignored",
     "items.csv にない項目コードです（無視しました）"},
    {kItemDup, "ITEM_DUP", kDropValue, "one item twice with different values",
     "同じ項目に異なる値が複数あります"},
    {kMethodDup, "METHOD_DUP", kWarn, "two methods of one item; the preferred one counts",
     "同じ項目に複数の検査方法があります（優先順位の高い方を採用）"},
    {kValType, "VAL_TYPE", kDropValue, "the kind of value does not fit the item",
     "値の型が項目に合いません"},
    {kValFormat, "VAL_FORMAT", kDropValue,
     "not a number of the item's form; digits with at most one decimal point are read",
     "数値として読めません"},
    {kValUnit, "VAL_UNIT", kDropValue,
     "the unit is not equivalent to the item's unit; nothing is converted silently, ask for the "
     "item's unit",
     "単位が項目の単位と同等ではありません"},
    {kValRange, "VAL_RANGE", kDropValue,
     "at or beyond the limits of the input range and without mark H or L; check the value at the "
     "source",
     "入力範囲の限界以上または以下で、H・L の標識がありません"},
    {kValMark, "VAL_MARK", kWarn, "mark H or L contradicts a value inside the range; value kept",
     "範囲内の値に H・L の標識があります（値を採用）"},
    {kValCode, "VAL_CODE", kDropValue,
     "the code is not in its list; check which year's codes the sender uses",
     "コードが一覧にありません。送付元が使用する年度のコード表を確認してください"},
    {kValDecimals, "VAL_DECIMALS", kWarn,
     "more decimals than the item has; the rest was cut, which moves no value over a limit of the "
     "kind "
     "'at least' or 'below'",
     "小数桁が項目の桁数を超えています（超過分は切り捨て）"},
    {kListUnknown, "LIST_UNKNOWN", kDropValue, "the code list is not known for this item",
     "この項目のコード表として認められていません"},
    {kListPeriod, "LIST_PERIOD", kWarn, "the code list belongs to another period; the list decides",
     "別の期のコード表です（コード表に従いました）"},
    {kBpPair, "BP_PAIR", kWarn, "no complete pair of one reading; both values kept unpaired",
     "同じ回の組がありません（別々の値として採用）"},
    {kFastConflict, "FAST_CONFLICT", kWarn,
     "a fasting item, but the answer on the last meal says not fasting; the item code decides",
     "空腹時の項目ですが採血時間は空腹時ではありません（項目コードに従いました）"},
    {kCsvEncoding, "CSV_ENCODING", kRejectFile,
     "the bytes are neither UTF-8 nor CP932 text; save the file as one of them",
     "UTF-8 でも CP932（Shift_JIS）でもありません。どちらかで保存し直してください"},
    {kCsvHeader, "CSV_HEADER", kRejectFile,
     "a required column is missing or a column name repeats; correct the header row, or use --map "
     "for a facility's own layout",
     "必須の列がないか、列名が重複しています。見出し行を直すか、独自様式なら --map "
     "を指定してください"},
    {kCsvWidth, "CSV_WIDTH", kRejectRecord,
     "the row has another number of fields than the header; look for a missing quote or comma",
     "列数が見出し行と一致しません"},
    {kUkeSeq, "UKE_SEQ", kRejectRecord,
     "the records of a claim are not in the order RE, HO, SY; ask the sender for the file again",
     "レセプトのレコードの順序（RE、HO、SY）が正しくありません。送付元に再送を依頼してください"},
    {kUkeTotal, "UKE_TOTAL", kWarn,
     "the totals of the GO record differ from the claims before it; part of the file may be "
     "missing",
     "GO "
     "レコードの合計とレセプトの合計が一致しません。ファイルの一部が不足している可能性があります"},
    {kFhirProfile, "FHIR_PROFILE", kRejectRecord,
     "not a health checkup document of the FHIR profiles that are read; ask the sender for the "
     "whole "
     "Bundle",
     "読み取り対象の FHIR 健診結果報告書ではありません"},
    {kArcTotal, "ARC_TOTAL", kWarn,
     "the archive's summary or a settlement cannot be read, so totals were not compared; the "
     "records are not affected",
     "集計情報または決済情報が読めないため、合計を照合していません（記録の取込には影響しません）"},
    {kCsvColumn, "CSV_COLUMN", kAccept, "a column that is not read; skipped",
     "読み取らない列です（読み飛ばしました）"},
    {kFileKind, "FILE_KIND", kRejectFile, "this kind of file is not read",
     "この種類のファイルは読み取りません"},
};
static_assert(std::size(kCodes) == static_cast<size_t>(kFileKind) + 1);

constexpr bool CodesAreInOrder() {
  for (size_t i = 0; i < std::size(kCodes); ++i) {
    if (static_cast<size_t>(kCodes[i].code) != i) return false;
  }
  return true;
}
static_assert(CodesAreInOrder());

const CodeEntry& EntryOf(MessageCode code) { return kCodes[static_cast<size_t>(code)]; }

}  // namespace

const char* CodeName(MessageCode code) { return EntryOf(code).name; }
Level UsualLevel(MessageCode code) { return EntryOf(code).level; }
const char* CodeText(MessageCode code, bool japanese) {
  return japanese ? EntryOf(code).japanese : EntryOf(code).english;
}

const char* LevelName(Level level) {
  switch (level) {
    case kAccept:
      return "accept";
    case kWarn:
      return "warn";
    case kDropValue:
      return "drop value";
    case kRejectRecord:
      return "reject record";
    case kRejectFile:
      return "reject file";
    case kRejectArchive:
      return "reject archive";
  }
  return "reject file";
}

MessageLog MessageLog::OfPart() {
  MessageLog log;
  log.is_of_part_ = true;
  return log;
}

void MessageLog::Append(const MessageLog& part) {
  struct Example {
    uint64_t order;
    const Message* message;
    size_t index;
  };
  std::vector<Example> examples;
  for (const auto& [key, message] : part.messages_) {
    for (size_t i = 0; i < message.examples.size(); ++i) {
      examples.push_back({message.order[i], &message, i});
    }
  }
  std::sort(examples.begin(), examples.end(),
            [](const Example& a, const Example& b) { return a.order < b.order; });
  for (const Example& example : examples) {
    const Message& m = *example.message;
    if (Place* place = Add(m.code, m.level, m.subject, m.shape)) *place = m.examples[example.index];
  }
  for (const auto& [key, message] : part.messages_) {
    Find(message.code, message.level, message.subject, message.shape).count +=
        message.count - message.examples.size();
  }
}

Message& MessageLog::Find(MessageCode code, Level level, absl::string_view subject,
                          absl::string_view shape) {
  auto found = messages_.find(KeyView{level, code, subject, shape});
  if (found == messages_.end()) {
    const bool is_full = !is_of_part_ && messages_.size() >= kDifferentMessages;
    if (is_full) {
      subject = shape = "…";
      found = messages_.find(KeyView{level, code, subject, shape});
    }
    if (found == messages_.end()) {
      Message message{code, level, std::string(subject), std::string(shape), 0, {}, {}};
      found = messages_
                  .emplace(Key(level, code, std::string(subject), std::string(shape)),
                           std::move(message))
                  .first;
    }
  }
  return found->second;
}

Place* MessageLog::Add(MessageCode code, Level level, absl::string_view subject,
                       absl::string_view shape) {
  Message& message = Find(code, level, subject, shape);
  ++message.count;
  ++added_;
  if (message.examples.size() >= kExamplesPerMessage) return nullptr;
  if (is_of_part_) message.order.push_back(added_);
  return &message.examples.emplace_back();
}

void MessageLog::Add(MessageCode code, Level level, absl::string_view subject,
                     absl::string_view shape, Place place) {
  if (Place* kept = Add(code, level, subject, shape)) *kept = std::move(place);
}

std::vector<const Message*> MessageLog::Ordered() const {
  std::vector<const Message*> out;
  for (auto it = messages_.rbegin(); it != messages_.rend(); ++it) out.push_back(&it->second);
  // The map ascends by level; readers want the worst first, the rest ascending.
  std::stable_sort(out.begin(), out.end(), [](const Message* a, const Message* b) {
    if (a->level != b->level) return a->level > b->level;
    return std::tie(a->code, a->subject, a->shape) < std::tie(b->code, b->subject, b->shape);
  });
  return out;
}

uint64_t MessageLog::CountOf(MessageCode code) const {
  uint64_t count = 0;
  for (const auto& [key, message] : messages_) {
    if (message.code == code) count += message.count;
  }
  return count;
}

}  // namespace renkei::agents::intake
