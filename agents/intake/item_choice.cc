#include "agents/intake/item_choice.h"

#include <algorithm>
#include <tuple>

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::ItemValue;
using catalogue::ValueState;

// Code of the list of meal times (.6.2202) that means ten hours or more.
constexpr int kTenHoursOrMore = 2;

}  // namespace

ItemChoice::ItemChoice(const catalogue::ItemTable& items,
                       const std::vector<std::pair<int, int>>& pairs)
    : items_(items), pairs_(pairs), is_paired_(items.columns().size()) {
  for (const auto& [first, second] : pairs_) {
    is_paired_[static_cast<size_t>(first)] = true;
    is_paired_[static_cast<size_t>(second)] = true;
  }
  meal_time_ = items.ColumnOf("meal_time");
  for (const char* name : {"tg_fasting_mgdl", "fpg_mgdl"}) {
    if (const std::optional<int> column = items.ColumnOf(name)) fasting_columns_.push_back(*column);
  }
}

// One code twice: the entry of the best section stands; there the same value counts once, two
// values count as none.
void ItemChoice::DropRepeated(std::vector<Observed>* observed, Note note) const {
  size_t kept = 0;
  for (size_t i = 0; i < observed->size();) {
    Observed chosen = (*observed)[i];
    bool differs = false;
    size_t next = i + 1;
    for (; next < observed->size() && (*observed)[next].code == chosen.code; ++next) {
      const Observed& other = (*observed)[next];
      differs |= other.section_rank == chosen.section_rank && !(other.value == chosen.value);
    }
    if (differs) {
      chosen.value = {0, ValueState::kInvalid};
      note(MessageCode::kItemDup, NameOf(chosen.code->column), chosen.at);
    }
    (*observed)[kept++] = chosen;
    i = next;
  }
  observed->resize(kept);
}

// The first by priority that was measured, else the first.
void ItemChoice::ChooseMethods(const std::vector<Observed>& observed, Note note,
                               std::vector<ItemValue>* out) const {
  for (size_t i = 0; i < observed.size();) {
    const int column = observed[i].code->column;
    const Observed* chosen = nullptr;
    int measured = 0;
    size_t next = i;
    for (; next < observed.size() && observed[next].code->column == column; ++next) {
      if (!catalogue::IsMeasured(observed[next].value.state)) continue;
      if (measured++ == 0) chosen = &observed[next];
    }
    if (chosen == nullptr) chosen = &observed[i];
    if (measured > 1 && !is_paired_[static_cast<size_t>(column)]) {
      note(MessageCode::kMethodDup, NameOf(column), chosen->at);
    }
    (*out)[static_cast<size_t>(column)] = chosen->value;
    i = next;
  }
}

// The first reading that has both values; without one the best single values stay, and are counted.
void ItemChoice::ChooseReadings(const std::vector<Observed>& observed, Note note,
                                std::vector<ItemValue>* out) const {
  for (const auto& [first, second] : pairs_) {
    const Observed* one = nullptr;
    const Observed* other = nullptr;
    for (const Observed& a : observed) {
      if (a.code->column != first || !catalogue::IsMeasured(a.value.state)) continue;
      for (const Observed& b : observed) {
        const bool is_partner = b.code->column == second && catalogue::IsMeasured(b.value.state) &&
                                b.code->priority == a.code->priority;
        if (is_partner && (one == nullptr || a.code->priority < one->code->priority)) {
          one = &a;
          other = &b;
        }
      }
    }
    ItemValue& first_value = (*out)[static_cast<size_t>(first)];
    ItemValue& second_value = (*out)[static_cast<size_t>(second)];
    if (one != nullptr) {
      first_value = one->value;
      second_value = other->value;
    } else if (catalogue::IsMeasured(first_value.state) &&
               catalogue::IsMeasured(second_value.state)) {
      note(MessageCode::kBpPair, NameOf(first), -1);
    }
  }
}

void ItemChoice::CheckFasting(const std::vector<ItemValue>& values, Note note) const {
  if (!meal_time_) return;
  const ItemValue& meal = values[static_cast<size_t>(*meal_time_)];
  if (meal.state != ValueState::kValid || catalogue::CodeOf(meal.value) == kTenHoursOrMore) return;
  for (const int column : fasting_columns_) {
    if (catalogue::IsMeasured(values[static_cast<size_t>(column)].state)) {
      note(MessageCode::kFastConflict, NameOf(column), -1);
    }
  }
}

void ItemChoice::Choose(std::vector<Observed>* observed, Note note,
                        std::vector<ItemValue>* out) const {
  out->assign(items_.columns().size(), ItemValue());
  std::stable_sort(observed->begin(), observed->end(), [](const Observed& a, const Observed& b) {
    return std::make_tuple(a.code->column, a.code->priority, a.code, a.section_rank) <
           std::make_tuple(b.code->column, b.code->priority, b.code, b.section_rank);
  });
  DropRepeated(observed, note);
  ChooseMethods(*observed, note, out);
  ChooseReadings(*observed, note, out);
  CheckFasting(*out, note);
}

}  // namespace renkei::agents::intake
