// Checks of conditions: what one condition may say, and what a set of named ones may refer to.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "policy/catalogue/items.h"
#include "policy/catalogue/place.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::catalogue {

// A condition has at most so many parts, a classification at most so many inputs and classes.
inline constexpr int kMaxParts = 32;
inline constexpr int kMaxInputs = 10;
inline constexpr int kMaxClass = 99;
inline constexpr int kMaxYearsAgo = 31;  // one word of policy::consent::Attendance

// Names that conditions refer to; built before anything is checked.
struct Names {
  const ItemTable* items = nullptr;
  absl::flat_hash_map<std::string, const v1::NamedCondition*> conditions;
  absl::flat_hash_map<std::string, const v1::Classification*> classifications;
};

// What a condition reads, following no reference.
struct Uses {
  std::vector<std::string> conditions;
  std::vector<std::string> classifications;
  std::vector<std::string> items;
  // Referred to inside `previous`.
  std::vector<std::string> previous_conditions;
  std::vector<std::string> previous_classifications;
  bool guidance = false;
  bool previous_guidance = false;
  bool claims = false;
  bool absence = false;
  bool other_years = false;  // previous, attendance or amount: cannot stand inside `previous`
};

// Every node is complete, every name exists, every threshold is a number in the item's unit, every
// code list of a coded item is named.
absl::Status CheckCondition(const v1::Condition& condition, const Place& place, const Names& names,
                            Uses* uses);

// True when the condition is known for everybody, whatever was measured. References must be free of
// cycles.
bool IsAlwaysKnown(const v1::Condition& condition, const Names& names);

// The class is one that the classification can give.
bool IsPossibleClass(const v1::Classification& classification, int value);

absl::Status CheckAgeRange(const v1::AgeRange& range, const Place& place);

// An item of the item table, of the wanted kind.
absl::Status CheckItem(absl::string_view item, bool coded, const Place& place,
                       const ItemTable& items);

// An id of a definition: up to 64 lower-case letters, digits and _, beginning with a letter.
bool IsId(absl::string_view id);

}  // namespace renkei::policy::catalogue
