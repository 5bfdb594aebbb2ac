// One cell of a facility's CSV -> the text or the value that it stands for under its column map
// (formats.md 3.4): value maps, marks written as "<10" or "10未満", factors, urine signs, eras.
// Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "agents/intake/column_map.h"
#include "agents/intake/values.h"
#include "policy/catalogue/items.h"

namespace renkei::agents::intake {

// `text` is folded. Text of the target column; what cannot be read stays as it is, for the row
// reader to refuse it.
std::string MapText(const MappedColumn& column, absl::string_view text);

// `text` is folded and not empty. `period` 1..4 is the examination's.
Judgement MapItem(const policy::catalogue::ItemTable& items, const MappedColumn& column,
                  absl::string_view text, int period);

}  // namespace renkei::agents::intake
