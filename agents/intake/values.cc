#include "agents/intake/values.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "agents/intake/text.h"

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::ItemColumn;
using catalogue::ValueState;

// Where no input range is known (formats.md 2.6), inclusive.
constexpr int64_t kSanityLimit = 100'000;

int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

Judgement Dropped(MessageCode code) { return {{0, ValueState::kInvalid}, code, false}; }

bool ListHolds(const ItemColumn& column, const catalogue::CodeList& list, int code) {
  if (!list.codes.empty()) {
    return std::binary_search(list.codes.begin(), list.codes.end(), code);
  }
  return (!column.min || code >= *column.min) && (!column.max || code <= *column.max);
}

bool ListIsOfPeriod(const catalogue::CodeList& list, int period) {
  return list.first_period <= period && period <= list.last_period;
}

Judgement Coded(size_t ordinal, int code) {
  return {{catalogue::CodedValue(static_cast<int>(ordinal), code), ValueState::kValid}, {}, false};
}

std::string Scaled(int64_t value, int decimals) {
  const int64_t power = PowerOfTen(decimals);
  if (decimals == 0) return absl::StrCat(value);
  std::string rest = absl::StrCat(value % power);
  rest.insert(0, static_cast<size_t>(decimals) - rest.size(), '0');
  return absl::StrCat(value / power, ".", rest);
}

}  // namespace

Judgement JudgeNumber(const ItemColumn& column, absl::string_view text, Mark mark) {
  const std::optional<FixedPoint> number = ParseFixedPoint(text, column.decimals);
  if (!number) return Dropped(MessageCode::kValFormat);
  const int64_t x = number->scaled;
  const int64_t sanity = kSanityLimit * PowerOfTen(column.decimals);
  const bool is_below = column.min ? x < *column.min || (x == *column.min && !number->has_rest)
                                   : x < 0 || (x == 0 && number->has_rest && text.front() == '-');
  const bool is_above =
      column.max ? x >= *column.max : x > sanity || (x == sanity && number->has_rest);

  Judgement out;
  out.has_cut_decimals = number->has_rest;
  out.value.value = static_cast<int32_t>(std::clamp<int64_t>(x, std::numeric_limits<int32_t>::min(),
                                                             std::numeric_limits<int32_t>::max()));
  if (is_below || is_above) {
    const bool mark_fits = is_above ? mark == Mark::kHigh : mark == Mark::kLow;
    if (!mark_fits) return Dropped(MessageCode::kValRange);
    if (out.value.value != x) return JudgeMarkAlone(mark);
    out.value.state = is_above ? ValueState::kMarkedHigh : ValueState::kMarkedLow;
    return out;
  }
  out.value.state = ValueState::kValid;
  if (mark != Mark::kNone) {
    // Without a known range nothing contradicts the mark.
    const bool has_range = mark == Mark::kHigh ? column.max.has_value() : column.min.has_value();
    if (has_range) {
      out.message = MessageCode::kValMark;
    } else {
      out.value.state = mark == Mark::kHigh ? ValueState::kMarkedHigh : ValueState::kMarkedLow;
    }
  }
  return out;
}

Judgement JudgeMarkAlone(Mark mark) {
  return {{0, mark == Mark::kHigh ? ValueState::kAboveRange : ValueState::kBelowRange}, {}, false};
}

Judgement JudgeCode(const ItemColumn& column, absl::string_view text, absl::string_view list_oid,
                    int period) {
  const std::optional<int> code = ParseCount(text);
  if (!code || *code > 999) return Dropped(MessageCode::kValCode);
  if (list_oid.empty()) {
    // Only where every period reads the code by one and the same list.
    if (column.lists.empty()) return Dropped(MessageCode::kListUnknown);
    for (const catalogue::CodeList& list : column.lists) {
      if (list.oid != column.lists.front().oid) return Dropped(MessageCode::kListUnknown);
    }
    list_oid = column.lists.front().oid;
  }
  bool list_is_known = false;
  std::optional<size_t> other_period;
  for (size_t i = 0; i < column.lists.size(); ++i) {
    const catalogue::CodeList& list = column.lists[i];
    if (list.oid != list_oid) continue;
    list_is_known = true;
    if (!ListHolds(column, list, *code)) continue;
    if (ListIsOfPeriod(list, period)) return Coded(i, *code);
    if (!other_period) other_period = i;
  }
  if (!list_is_known) return Dropped(MessageCode::kListUnknown);
  if (!other_period) return Dropped(MessageCode::kValCode);
  Judgement out = Coded(*other_period, *code);
  out.message = MessageCode::kListPeriod;
  return out;
}

Judgement JudgeCodeOfPeriod(const catalogue::ItemTable& table, int column, absl::string_view text,
                            int period) {
  const ItemColumn& item = table.columns()[static_cast<size_t>(column)];
  const std::optional<int> ordinal = table.ListOfPeriod(column, period);
  if (!ordinal) return Dropped(MessageCode::kListUnknown);
  const std::optional<int> code = ParseCount(text);
  if (!code || *code > 999) return Dropped(MessageCode::kValCode);
  const catalogue::CodeList& chosen = item.lists[static_cast<size_t>(*ordinal)];
  if (ListHolds(item, chosen, *code)) return Coded(static_cast<size_t>(*ordinal), *code);
  // One list may be kept in several pieces of the same period.
  for (size_t i = 0; i < item.lists.size(); ++i) {
    const catalogue::CodeList& list = item.lists[i];
    if (list.oid == chosen.oid && ListIsOfPeriod(list, period) && ListHolds(item, list, *code)) {
      return Coded(i, *code);
    }
  }
  return Dropped(MessageCode::kValCode);
}

std::string RangeText(const ItemColumn& column) {
  if (column.is_coded) return "";
  if (!column.min && !column.max) return absl::StrCat("0 <= x <= ", kSanityLimit);
  return absl::StrCat(column.min ? absl::StrCat(Scaled(*column.min, column.decimals), " < ") : "",
                      "x",
                      column.max ? absl::StrCat(" < ", Scaled(*column.max, column.decimals)) : "");
}

}  // namespace renkei::agents::intake
