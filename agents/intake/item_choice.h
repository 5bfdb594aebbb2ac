// Several observations of one examination -> the one value per column that they come to
// (definitions 3, formats.md 2.6): the best method that was measured, one reading of the blood
// pressure, doubts about fasting. Pure.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "agents/intake/messages.h"
#include "policy/catalogue/items.h"
#include "policy/catalogue/value.h"

namespace renkei::agents::intake {

struct Observed {
  const policy::catalogue::ItemCode* code;
  policy::catalogue::ItemValue value;
  int at;  // the reader's own handle, for the note
};

// `note` gets ITEM_DUP, METHOD_DUP, BP_PAIR and FAST_CONFLICT with the column's name. `at` is -1
// where the whole examination is meant.
using ChoiceNote = std::function<void(MessageCode code, absl::string_view column, int at)>;

// Fills `out` by column. Reorders `observed`.
void ChooseValues(const policy::catalogue::ItemTable& items,
                  const std::vector<std::pair<int, int>>& pairs, std::vector<Observed>* observed,
                  const ChoiceNote& note, std::vector<policy::catalogue::ItemValue>* out);

}  // namespace renkei::agents::intake
