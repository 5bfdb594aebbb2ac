#include "agents/intake/mapped_values.h"

#include <iterator>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "agents/intake/era.h"
#include "agents/intake/text.h"

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::ItemColumn;
using catalogue::ValueState;

struct Sign {
  const char* text;
  const char* code;
};
// After NFKC and without brackets; the code list .6.2102.
constexpr Sign kUrineSigns[] = {
    {"-", "1"},  {"−", "1"},  {"±", "2"},    {"+-", "2"}, {"+/-", "2"}, {"+", "3"},
    {"1+", "3"}, {"+1", "3"}, {"++", "4"},   {"2+", "4"}, {"+2", "4"},  {"+++", "5"},
    {"3+", "5"}, {"+3", "5"}, {"++++", "5"}, {"4+", "5"}, {"+4", "5"},
};

const char* UrineCode(absl::string_view text) {
  if (text.size() > 2 && text.front() == '(' && text.back() == ')') {
    text = text.substr(1, text.size() - 2);
  }
  for (const Sign& sign : kUrineSigns) {
    if (text == sign.text) return sign.code;
  }
  return nullptr;
}

// Takes "<", "未満" and their like away.
Mark TakeMark(absl::string_view* text) {
  for (const char* sign : {"<", "≦", "≤"}) {
    if (absl::ConsumePrefix(text, sign)) return Mark::kLow;
  }
  for (const char* sign : {">", "≧", "≥"}) {
    if (absl::ConsumePrefix(text, sign)) return Mark::kHigh;
  }
  for (const char* sign : {"未満", "以下"}) {
    if (absl::ConsumeSuffix(text, sign)) return Mark::kLow;
  }
  for (const char* sign : {"以上", "超"}) {
    if (absl::ConsumeSuffix(text, sign)) return Mark::kHigh;
  }
  return Mark::kNone;
}

int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

// The number times the column's factor, as decimal text; empty when it is no number.
std::string Multiplied(absl::string_view text, const MappedColumn& column) {
  constexpr int kDecimals = 4;
  const std::optional<FixedPoint> number = ParseFixedPoint(text, kDecimals);
  if (!number) return "";
  __extension__ using Wide = __int128;
  const Wide product = static_cast<Wide>(number->scaled) * column.factor;
  const int64_t power = PowerOfTen(kDecimals + column.factor_decimals);
  const Wide magnitude = product < 0 ? -product : product;
  const Wide whole = magnitude / power;
  if (whole > 999'999'999) return "999999999";  // beyond every range
  std::string rest = absl::StrCat(static_cast<int64_t>(magnitude % power));
  rest.insert(0, static_cast<size_t>(kDecimals + column.factor_decimals) - rest.size(), '0');
  // Beyond 15 digits nothing is told apart any more.
  rest.resize(std::min<size_t>(rest.size(), 6));
  return absl::StrCat(product < 0 ? "-" : "", static_cast<int64_t>(whole), ".", rest);
}

Judgement State(ValueState state) { return {{0, state}, {}, false}; }

Judgement MapNumber(const ItemColumn& item, const MappedColumn& column, absl::string_view text) {
  const Mark mark = TakeMark(&text);
  std::string buffer;
  text = Fold(text, &buffer);
  if (column.factor == 1 && column.factor_decimals == 0) return JudgeNumber(item, text, mark);
  const std::string product = Multiplied(text, column);
  // Decimals that only the factor made are no decimals of the file.
  Judgement judgement = JudgeNumber(item, product, mark);
  judgement.has_cut_decimals = false;
  return judgement;
}

Judgement MapCode(const catalogue::ItemTable& items, const MappedColumn& column,
                  absl::string_view text, int period) {
  const ItemColumn& item = items.columns()[static_cast<size_t>(column.item)];
  if (!column.list_oid.empty()) return JudgeCode(item, text, column.list_oid, period);
  return JudgeCodeOfPeriod(items, column.item, text, period);
}

}  // namespace

std::string MapText(const MappedColumn& column, absl::string_view text) {
  const auto found = column.values.find(text);
  if (found != column.values.end()) return found->second.text;
  if (column.is_day && !text.empty()) {
    std::optional<absl::CivilDay> day = ParseForeignDay(text);
    if (!day && column.has_era_days) day = ParseEraDay(text);
    if (day) return absl::FormatCivilTime(*day);
  }
  return std::string(text);
}

Judgement MapItem(const catalogue::ItemTable& items, const MappedColumn& column,
                  absl::string_view text, int period) {
  const ItemColumn& item = items.columns()[static_cast<size_t>(column.item)];
  const auto found = column.values.find(text);
  if (found != column.values.end()) {
    const MappedText& meaning = found->second;
    if (meaning.state) return State(*meaning.state);
    return item.is_coded ? MapCode(items, column, meaning.text, period)
                         : JudgeNumber(item, meaning.text, Mark::kNone);
  }
  if (text == "測定不能" || text == "判定不能") return State(ValueState::kUnmeasurable);
  if (!item.is_coded) return MapNumber(item, column, text);
  if (column.is_urine) {
    if (const char* code = UrineCode(text)) return MapCode(items, column, code, period);
  }
  if (column.only_values) return {{0, ValueState::kInvalid}, MessageCode::kValCode, false};
  return MapCode(items, column, text, period);
}

}  // namespace renkei::agents::intake
