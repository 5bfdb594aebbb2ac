// Text of one item -> ItemValue (definitions 2, formats.md 2.5, 2.6, R31). Shared by XML and CSV.
// Pure.
//
// Further decimals are cut, not rounded: on the item's grid the cut value lies on the same side as
// the written one of every limit of the kinds `>=` and `<`, so 39.5 mg/dL of HDL stays below 40
// and 84.96 cm of waist below 85.0. The open input range is tested on the written number.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "agents/intake/messages.h"
#include "policy/catalogue/items.h"
#include "policy/catalogue/value.h"

namespace renkei::agents::intake {

enum class Mark : uint8_t { kNone, kHigh, kLow };

struct Judgement {
  policy::catalogue::ItemValue value;
  std::optional<MessageCode> message;
  bool has_cut_decimals = false;
};

// `text` is folded. VAL_FORMAT, VAL_RANGE, VAL_MARK.
Judgement JudgeNumber(const policy::catalogue::ItemColumn& column, absl::string_view text,
                      Mark mark);

// A mark without number: above or below every threshold.
Judgement JudgeMarkAlone(Mark mark);

// `text` is folded; `list_oid` names the list, empty when the file does not. `period` 1..4 is the
// examination's. LIST_UNKNOWN, LIST_PERIOD, VAL_CODE.
Judgement JudgeCode(const policy::catalogue::ItemColumn& column, absl::string_view text,
                    absl::string_view list_oid, int period);

// A cell of a CSV file: the list of the period decides.
Judgement JudgeCodeOfPeriod(const policy::catalogue::ItemTable& table, int column,
                            absl::string_view text, int period);

// "10 < x < 2000", or empty for codes.
std::string RangeText(const policy::catalogue::ItemColumn& column);

}  // namespace renkei::agents::intake
