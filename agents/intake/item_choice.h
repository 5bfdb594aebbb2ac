// Several observations of one examination -> the one value per column that they come to
// (definitions 3, formats.md 2.6): the best method that was measured, one reading of the blood
// pressure, doubts about fasting. Pure.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "agents/intake/messages.h"
#include "policy/catalogue/items.h"
#include "policy/catalogue/value.h"

namespace renkei::agents::intake {

struct Observed {
  const policy::catalogue::ItemCode* code;
  policy::catalogue::ItemValue value;
  int section_rank;  // the smaller section's entry of a code stands
  int at;            // the reader's own handle, for the note
};

class ItemChoice {
 public:
  // `pairs`: columns that count only together. Both tables outlive the choice.
  ItemChoice(const policy::catalogue::ItemTable& items,
             const std::vector<std::pair<int, int>>& pairs);

  // Gets ITEM_DUP, METHOD_DUP, BP_PAIR and FAST_CONFLICT with the column's name. `at` is -1 where
  // the whole examination is meant.
  using Note = absl::FunctionRef<void(MessageCode code, absl::string_view column, int at)>;

  // Fills `out` by column. Reorders and shortens `observed`.
  void Choose(std::vector<Observed>* observed, Note note,
              std::vector<policy::catalogue::ItemValue>* out) const;

 private:
  void DropRepeated(std::vector<Observed>* observed, Note note) const;
  void ChooseMethods(const std::vector<Observed>& observed, Note note,
                     std::vector<policy::catalogue::ItemValue>* out) const;
  void ChooseReadings(const std::vector<Observed>& observed, Note note,
                      std::vector<policy::catalogue::ItemValue>* out) const;
  void CheckFasting(const std::vector<policy::catalogue::ItemValue>& values, Note note) const;
  const std::string& NameOf(int column) const {
    return items_.columns()[static_cast<size_t>(column)].name;
  }

  const policy::catalogue::ItemTable& items_;
  const std::vector<std::pair<int, int>>& pairs_;
  std::vector<bool> is_paired_;  // by column
  std::optional<int> meal_time_;
  std::vector<int> fasting_columns_;
};

}  // namespace renkei::agents::intake
