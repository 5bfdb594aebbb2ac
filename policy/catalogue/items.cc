#include "policy/catalogue/items.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "policy/base/status.h"
#include "policy/catalogue/csv_table.h"
#include "policy/catalogue/decimal.h"

namespace renkei::policy::catalogue {
namespace {

constexpr int kFirstPeriod = 1;
constexpr int kLastPeriod = 4;
constexpr int kMaxCode = 999;  // CodedValue keeps the list ordinal above it

struct Periods {
  int first = kFirstPeriod;
  int last = kLastPeriod;
};

// "1-4" or "4".
std::optional<Periods> ParsePeriods(absl::string_view text) {
  const std::vector<absl::string_view> ends = absl::StrSplit(text, '-');
  Periods out;
  if (ends.size() > 2 || !absl::SimpleAtoi(ends.front(), &out.first) ||
      !absl::SimpleAtoi(ends.back(), &out.last) || out.first < kFirstPeriod ||
      out.last > kLastPeriod || out.first > out.last) {
    return std::nullopt;
  }
  return out;
}

// Codes by list. A list may be printed in several blocks of periods: a code means the same in all
// of them, so the list is their union and the OID alone decides.
absl::StatusOr<std::map<std::string, std::vector<int>>> ParseCodeLists(absl::string_view csv) {
  RENKEI_ASSIGN_OR_RETURN(const CsvTable table,
                          CsvTable::Parse("codelists.csv", csv, {"oid", "period", "code"}));
  std::map<std::string, std::vector<int>> lists;
  for (size_t row = 0; row < table.rows(); ++row) {
    if (table.Cell(row, 0).empty()) return table.Error(row, "oid is empty");
    if (!ParsePeriods(table.Cell(row, 1)).has_value()) {
      return table.Error(row, "period must be N or N-M within 1-4");
    }
    std::vector<int>& codes = lists[std::string(table.Cell(row, 0))];
    int code = 0;
    // Lists of marks (H, L, N) are letters; no item uses them.
    if (!absl::SimpleAtoi(table.Cell(row, 2), &code) || code < 0 || code > kMaxCode) continue;
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) {
      return table.Error(row, "the code is repeated in its list");
    }
    codes.push_back(code);
  }
  for (auto& [oid, codes] : lists) std::sort(codes.begin(), codes.end());
  return lists;
}

absl::StatusOr<std::optional<int32_t>> ParseLimit(const CsvTable& table, size_t row, size_t column,
                                                  int decimals) {
  const absl::string_view text = table.Cell(row, column);
  if (text.empty()) return std::optional<int32_t>();
  const std::optional<int32_t> limit = ParseScaled(text, decimals);
  if (!limit.has_value()) {
    return table.Error(row, "min and max must be numbers with at most the item's decimals");
  }
  return limit;
}

bool SameMeaning(const ItemColumn& a, const ItemColumn& b) {
  if (a.unit != b.unit || a.decimals != b.decimals || a.is_coded != b.is_coded || a.min != b.min ||
      a.max != b.max || a.lists.size() != b.lists.size()) {
    return false;
  }
  for (size_t i = 0; i < a.lists.size(); ++i) {
    if (a.lists[i].oid != b.lists[i].oid) return false;
  }
  return true;
}

enum Field : size_t {
  kCode,
  kColumn,
  kPriority,
  kNameJa,
  kUnit,
  kDecimals,
  kType,
  kMin,
  kMax,
  kPeriods,
  kOid,
  kEarlierOid,
  kExport
};

absl::StatusOr<ItemColumn> ParseColumn(const CsvTable& table, size_t row,
                                       const std::map<std::string, std::vector<int>>& code_lists) {
  ItemColumn column;
  column.name = std::string(table.Cell(row, kColumn));
  column.name_ja = std::string(table.Cell(row, kNameJa));
  column.unit = std::string(table.Cell(row, kUnit));
  const absl::string_view type = table.Cell(row, kType);
  column.is_coded = type == "CD" || type == "CO";
  if (!column.is_coded && type != "PQ") {
    return table.Error(row, "a column must be of type PQ, CD or CO; free text has no column");
  }
  const std::optional<Periods> periods = ParsePeriods(table.Cell(row, kPeriods));
  if (!periods.has_value()) return table.Error(row, "periods must be N or N-M within 1-4");
  if (column.is_coded) {
    const std::string oid(table.Cell(row, kOid));
    const std::string earlier(table.Cell(row, kEarlierOid));
    if (oid.empty() || !column.unit.empty()) {
      return table.Error(row, "a coded item needs a code list (oid) and has no unit");
    }
    const auto add = [&](const std::string& list_oid, int first, int last) {
      CodeList list{list_oid, {}, first, last};
      if (const auto it = code_lists.find(list_oid); it != code_lists.end())
        list.codes = it->second;
      column.lists.push_back(std::move(list));
    };
    add(oid, earlier.empty() ? periods->first : kLastPeriod, periods->last);
    if (!earlier.empty()) {
      if (periods->last != kLastPeriod || periods->first == kLastPeriod || earlier == oid) {
        return table.Error(row, "oid_periods_1_3 needs another list and periods N-4 with N < 4");
      }
      add(earlier, periods->first, kLastPeriod - 1);
    }
  } else if (!absl::SimpleAtoi(table.Cell(row, kDecimals), &column.decimals) ||
             column.decimals < 0 || column.decimals > 4) {
    return table.Error(row, "decimals must be 0 to 4");
  }
  RENKEI_ASSIGN_OR_RETURN(column.min, ParseLimit(table, row, kMin, column.decimals));
  RENKEI_ASSIGN_OR_RETURN(column.max, ParseLimit(table, row, kMax, column.decimals));
  if (column.min.has_value() && column.max.has_value() && *column.min >= *column.max) {
    return table.Error(row, "min must be below max");
  }
  return column;
}

bool IsColumnName(absl::string_view name) {
  if (name.empty() || !absl::ascii_islower(static_cast<unsigned char>(name.front()))) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_';
  });
}

}  // namespace

absl::StatusOr<ItemTable> ItemTable::Parse(absl::string_view items_csv,
                                           absl::string_view codelists_csv) {
  RENKEI_ASSIGN_OR_RETURN(const auto code_lists, ParseCodeLists(codelists_csv));
  RENKEI_ASSIGN_OR_RETURN(
      const CsvTable table,
      CsvTable::Parse("items.csv", items_csv,
                      {"code", "csv_column", "priority", "name_ja", "unit", "decimals", "type",
                       "min", "max", "periods", "oid", "oid_periods_1_3", "export"}));
  ItemTable items;
  for (size_t row = 0; row < table.rows(); ++row) {
    const absl::string_view code = table.Cell(row, kCode);
    if (code.size() != 17) return table.Error(row, "an item code has 17 characters");
    ItemCode entry;
    const absl::string_view name = table.Cell(row, kColumn);
    const bool never = table.Cell(row, kExport) == "never";
    if (never != name.empty()) {
      return table.Error(row, "exactly the items with export 'never' have no csv_column");
    }
    if (!never) {
      if (!IsColumnName(name)) {
        return table.Error(row, "csv_column must be lower-case letters, digits and _");
      }
      if (!absl::SimpleAtoi(table.Cell(row, kPriority), &entry.priority) || entry.priority < 1) {
        return table.Error(row, "priority must be 1 or more");
      }
      RENKEI_ASSIGN_OR_RETURN(ItemColumn column, ParseColumn(table, row, code_lists));
      const auto [it, is_new] =
          items.by_name_.try_emplace(column.name, static_cast<int>(items.columns_.size()));
      entry.column = it->second;
      if (is_new) {
        items.columns_.push_back(std::move(column));
      } else if (!SameMeaning(items.columns_[static_cast<size_t>(it->second)], column)) {
        return table.Error(row, absl::StrCat("column '", name,
                                             "' differs from its first row in unit, decimals, "
                                             "type, limits or code lists"));
      }
    }
    if (!items.by_code_.try_emplace(std::string(code), entry).second) {
      return table.Error(row, "the item code is repeated");
    }
  }
  if (items.columns_.empty()) return absl::InvalidArgumentError("items.csv: no column at all");
  return items;
}

std::optional<int> ItemTable::ColumnOf(absl::string_view name) const {
  const auto it = by_name_.find(name);
  if (it == by_name_.end()) return std::nullopt;
  return it->second;
}

const ItemCode* ItemTable::FindCode(absl::string_view code) const {
  const auto it = by_code_.find(code);
  return it == by_code_.end() ? nullptr : &it->second;
}

std::optional<int> ItemTable::ListOfPeriod(int column, int period) const {
  if (column < 0 || static_cast<size_t>(column) >= columns_.size()) return std::nullopt;
  const std::vector<CodeList>& lists = columns_[static_cast<size_t>(column)].lists;
  for (size_t i = 0; i < lists.size(); ++i) {
    if (period >= lists[i].first_period && period <= lists[i].last_period) {
      return static_cast<int>(i);
    }
  }
  return std::nullopt;
}

bool UnitIsEquivalent(absl::string_view canonical, absl::string_view spelled) {
  // Signs that NFKC would fold, so that an unfolded spelling is accepted too.
  const auto fold = [](absl::string_view text) {
    return absl::AsciiStrToLower(absl::StrReplaceAll(text, {{"㎎", "mg"},
                                                            {"㎗", "dl"},
                                                            {"％", "%"},
                                                            {"㎝", "cm"},
                                                            {"㎏", "kg"},
                                                            {"²", "2"},
                                                            {"³", "3"},
                                                            {"µ", "μ"},
                                                            {"（", "("},
                                                            {"）", ")"}}));
  };
  static constexpr struct {
    absl::string_view canonical;
    absl::string_view folded;
  } kSpellings[] = {
      {"mm[Hg]", "mmhg"},      {"U/L", "iu/l"},
      {"%", "%(ngsp)"},        {"kg/m2", "kg/m^2"},
      {"10*4/mm3", "万/mm3"},  {"10*4/mm3", "万/μl"},
      {"10*4/mm3", "10^4/μl"}, {"mL/min/1.73m2", "ml/分/1.73m2"},
  };
  const std::string folded = fold(spelled);
  if (folded == fold(canonical)) return true;
  return std::any_of(std::begin(kSpellings), std::end(kSpellings), [&](const auto& spelling) {
    return spelling.canonical == canonical && spelling.folded == folded;
  });
}

}  // namespace renkei::policy::catalogue
