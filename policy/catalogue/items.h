// The item table: which columns exist, which 17-character codes fill them, their units, open input
// ranges and code lists. Loaded from items.csv and codelists.csv of the catalogue. Immutable,
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace renkei::policy::catalogue {

struct CodeList {
  std::string oid;         // e.g. 1.2.392.200119.6.2003
  std::vector<int> codes;  // ascending; empty = list not at hand: any code of the item's min..max
  int first_period = 1;    // inclusive, 1..4
  int last_period = 4;
};

struct ItemColumn {
  std::string name;  // csv_column, e.g. sbp_mmhg
  std::string name_ja;
  std::string unit;  // canonical spelling; empty for codes
  int decimals = 0;
  bool is_coded = false;
  // Open interval, scaled by 10^decimals: valid is min < x < max. Absent: no range known; the wide
  // sanity limits of formats.md 2.6 apply (x in [0, 100000]).
  std::optional<int32_t> min;
  std::optional<int32_t> max;
  std::vector<CodeList> lists;  // coded items; ordinal = index
};

struct ItemCode {
  int column = -1;   // index into ItemTable::columns(); -1: known and never read (free text)
  int priority = 0;  // 1 = first choice
};

class ItemTable {
 public:
  // INVALID_ARGUMENT with file and line.
  static absl::StatusOr<ItemTable> Parse(absl::string_view items_csv,
                                         absl::string_view codelists_csv);

  const std::vector<ItemColumn>& columns() const { return columns_; }
  std::optional<int> ColumnOf(absl::string_view name) const;
  // nullptr for a code that is not in items.csv (ITEM_UNKNOWN).
  const ItemCode* FindCode(absl::string_view code) const;
  // Code list whose period contains the examination; used where a file does not name the list.
  std::optional<int> ListOfPeriod(int column, int period) const;

 private:
  std::vector<ItemColumn> columns_;
  absl::flat_hash_map<std::string, int> by_name_;
  absl::flat_hash_map<std::string, ItemCode> by_code_;
};

// Accepted spellings of a unit (formats.md 8), after NFKC and case folding by the caller's choice.
bool UnitIsEquivalent(absl::string_view canonical, absl::string_view spelled);

}  // namespace renkei::policy::catalogue
