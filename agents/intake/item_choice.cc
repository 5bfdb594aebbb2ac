#include "agents/intake/item_choice.h"

#include <algorithm>
#include <tuple>

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::ItemTable;
using catalogue::ItemValue;
using catalogue::ValueState;
using Pairs = std::vector<std::pair<int, int>>;

// Code of the list of meal times (.6.2202) that means ten hours or more.
constexpr int kTenHoursOrMore = 2;

bool IsPaired(const Pairs& pairs, int column) {
  return std::any_of(pairs.begin(), pairs.end(), [column](const std::pair<int, int>& pair) {
    return pair.first == column || pair.second == column;
  });
}

const std::string& NameOf(const ItemTable& items, int column) {
  return items.columns()[static_cast<size_t>(column)].name;
}

// One code twice: the same value counts once, two values count as none.
void DropRepeated(const ItemTable& items, std::vector<Observed>* observed, const ChoiceNote& note) {
  size_t kept = 0;
  for (size_t i = 0; i < observed->size();) {
    Observed chosen = (*observed)[i];
    bool differs = false;
    size_t next = i + 1;
    for (; next < observed->size() && (*observed)[next].code == chosen.code; ++next) {
      differs |= !((*observed)[next].value == chosen.value);
    }
    if (differs) {
      chosen.value = {0, ValueState::kInvalid};
      note(MessageCode::kItemDup, NameOf(items, chosen.code->column), chosen.at);
    }
    (*observed)[kept++] = chosen;
    i = next;
  }
  observed->resize(kept);
}

// The first by priority that was measured, else the first.
void ChooseMethods(const ItemTable& items, const Pairs& pairs,
                   const std::vector<Observed>& observed, const ChoiceNote& note,
                   std::vector<ItemValue>* out) {
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
    if (measured > 1 && !IsPaired(pairs, column)) {
      note(MessageCode::kMethodDup, NameOf(items, column), chosen->at);
    }
    (*out)[static_cast<size_t>(column)] = chosen->value;
    i = next;
  }
}

// The first reading that has both values; without one the best single values stay, and are counted.
void ChooseReadings(const ItemTable& items, const Pairs& pairs,
                    const std::vector<Observed>& observed, const ChoiceNote& note,
                    std::vector<ItemValue>* out) {
  for (const auto& [first, second] : pairs) {
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
      note(MessageCode::kBpPair, NameOf(items, first), -1);
    }
  }
}

void CheckFasting(const ItemTable& items, const ChoiceNote& note,
                  const std::vector<ItemValue>& values) {
  const std::optional<int> meal_time = items.ColumnOf("meal_time");
  if (!meal_time) return;
  const ItemValue& meal = values[static_cast<size_t>(*meal_time)];
  if (meal.state != ValueState::kValid || catalogue::CodeOf(meal.value) == kTenHoursOrMore) return;
  for (const char* name : {"tg_fasting_mgdl", "fpg_mgdl"}) {
    const std::optional<int> column = items.ColumnOf(name);
    if (column && catalogue::IsMeasured(values[static_cast<size_t>(*column)].state)) {
      note(MessageCode::kFastConflict, name, -1);
    }
  }
}

}  // namespace

void ChooseValues(const ItemTable& items, const Pairs& pairs, std::vector<Observed>* observed,
                  const ChoiceNote& note, std::vector<ItemValue>* out) {
  out->assign(items.columns().size(), ItemValue());
  std::stable_sort(observed->begin(), observed->end(), [](const Observed& a, const Observed& b) {
    return std::make_tuple(a.code->column, a.code->priority, a.code) <
           std::make_tuple(b.code->column, b.code->priority, b.code);
  });
  DropRepeated(items, observed, note);
  ChooseMethods(items, pairs, *observed, note, out);
  ChooseReadings(items, pairs, *observed, note, out);
  CheckFasting(items, note, *out);
}

}  // namespace renkei::agents::intake
