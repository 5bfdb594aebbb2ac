#include "hub/reference/ndb_counts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embedded/ndb_files.h"
#include "policy/base/status.h"

namespace renkei::hub::reference {
namespace {

constexpr char kItemsHeader[] =
    "item,item_ja,unit,class_order,class,lower_incl,upper_excl,class_meaning,fiscal_years";
constexpr char kPlacesHeader[] =
    "fiscal_year,pref_code,area_code,item,class_order,class,sex,age_band,count";
constexpr char kNationHeader[] =
    "fiscal_year,item,class_order,class,sex,age_band,count_sum,suppressed_cells,basis";
constexpr size_t kColumns = 9;  // of each of them
constexpr int64_t kMostPersons = 200'000'000;
constexpr std::array<absl::string_view, 8> kAges = {"40-44", "45-49", "50-54", "55-59",
                                                    "60-64", "65-69", "70-74", "total"};

bool IsCount(absl::string_view text, int64_t* count) {
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  return digits && absl::SimpleAtoi(text, count) && *count <= kMostPersons;
}

// A row of either kind of file, in the order of a file of places.
struct Row {
  int fiscal_year = 0;
  std::string place;
  absl::string_view item, class_name;
  int class_order = 0;
  v1::Sex sex = v1::SEX_UNSPECIFIED;
  size_t age = 0;  // of kAges
  std::optional<int64_t> count;
};

// nullptr, or what is wrong with it.
const char* ReadRow(const std::vector<absl::string_view>& fields, bool is_nation, Row* row) {
  const size_t shift = is_nation ? 0 : 2;
  if (!absl::SimpleAtoi(fields[0], &row->fiscal_year)) return "fiscal_year must be a number";
  if (!is_nation) row->place = std::string(fields[2].empty() ? fields[1] : fields[2]);
  row->item = fields[shift + 1];
  if (!absl::SimpleAtoi(fields[shift + 2], &row->class_order))
    return "class_order must be a number";
  row->class_name = fields[shift + 3];
  const absl::string_view sex = fields[shift + 4];
  row->sex = sex == "male" ? v1::SEX_MALE : sex == "female" ? v1::SEX_FEMALE : v1::SEX_UNSPECIFIED;
  if (row->sex == v1::SEX_UNSPECIFIED) return "sex must be male or female";
  const auto* const age = std::find(kAges.begin(), kAges.end(), fields[shift + 5]);
  if (age == kAges.end()) return "age_band must be 40-44 to 70-74 or total";
  row->age = static_cast<size_t>(age - kAges.begin());
  const absl::string_view count = fields[shift + 6];
  int64_t persons = 0;
  if (IsCount(count, &persons)) {
    row->count = persons;
  } else if (is_nation || count != "-") {
    return is_nation ? "count_sum must be a whole number of persons"
                     : "count must be a whole number of persons, or - for hidden";
  }
  if (is_nation) {
    int64_t hidden = 0;
    if (!IsCount(fields[7], &hidden)) return "suppressed_cells must be a whole number";
    if (hidden > 0) row->count = std::nullopt;
  }
  return nullptr;
}

// Whatever is visible fits the total, exactly where nothing is hidden.
bool AddsUp(const NdbLine& line) {
  int64_t visible = 0;
  bool whole = true;
  for (const std::optional<int64_t>& band : line.bands) {
    visible += band.value_or(0);
    whole = whole && band.has_value();
  }
  if (!line.total) return true;
  return whole ? visible == *line.total : visible <= *line.total;
}

}  // namespace

absl::StatusOr<NdbItems> NdbItems::Load() {
  NdbItems items;
  int line_number = 0;
  for (const absl::string_view line : absl::StrSplit(ndb_files[0].bytes(), '\n')) {
    ++line_number;
    const auto wrong = [&](absl::string_view what) {
      return absl::InvalidArgumentError(
          absl::StrCat(ndb_files[0].name, ":", line_number, ": ", what));
    };
    if (line_number == 1) {
      if (line != kItemsHeader) return wrong(absl::StrCat("the header must be ", kItemsHeader));
      continue;
    }
    if (line.empty()) continue;
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ',');
    int order = 0;
    if (fields.size() != kColumns) return wrong("9 fields are expected");
    if (!absl::SimpleAtoi(fields[3], &order)) return wrong("class_order must be a number");
    for (const absl::string_view text : absl::StrSplit(fields[8], ' ')) {
      int year = 0;
      if (!absl::SimpleAtoi(text, &year)) return wrong("fiscal_years must be years");
      items.classes_.insert({year, std::string(fields[0]), order, std::string(fields[4])});
    }
    items.items_.insert(std::string(fields[0]));
  }
  return items;
}

bool NdbItems::HasItem(absl::string_view item) const { return items_.contains(item); }

bool NdbItems::HasClass(int fiscal_year, absl::string_view item, int order,
                        absl::string_view name) const {
  return classes_.contains({fiscal_year, std::string(item), order, std::string(name)});
}

absl::StatusOr<NdbCounts> NdbCounts::Parse(absl::string_view csv, const std::string& file_name,
                                           const NdbItems& items,
                                           const std::set<std::string>& places) {
  NdbCounts counts;
  std::map<Key, std::pair<int, int>> seen;  // bits of kAges, first line
  bool is_nation = false;
  int line_number = 0;
  const auto wrong = [&](int at, absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(file_name, ":", at, ": ", what));
  };
  for (absl::string_view line : absl::StrSplit(csv, '\n')) {
    ++line_number;
    if (line_number == 1) {
      is_nation = line == kNationHeader;
      if (!is_nation && line != kPlacesHeader) {
        return wrong(1, absl::StrCat("the header must be ", kPlacesHeader, " or ", kNationHeader));
      }
      continue;
    }
    if (line.empty()) continue;
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ',');
    if (fields.size() != kColumns) return wrong(line_number, "9 fields are expected");
    Row row;
    if (const char* fault = ReadRow(fields, is_nation, &row)) return wrong(line_number, fault);
    if (!is_nation && row.place != "99" && row.place != "9999" && !places.contains(row.place)) {
      return wrong(line_number, "the area is not one of the edition");
    }
    if (!items.HasItem(row.item)) return wrong(line_number, "the item is not one of ndb_items.csv");
    if (!items.HasClass(row.fiscal_year, row.item, row.class_order, row.class_name)) {
      return wrong(line_number, "the item has no such class in this year");
    }
    const Key key{row.fiscal_year, row.place, std::string(row.item), row.class_order, row.sex};
    auto& [ages, first_line] = seen.try_emplace(key, 0, line_number).first->second;
    const int bit = 1 << row.age;
    if ((ages & bit) != 0) return wrong(line_number, "the cell stands twice");
    ages |= bit;
    NdbLine& of_key = counts.lines_[key];
    (row.age < of_key.bands.size() ? of_key.bands[row.age] : of_key.total) = row.count;
  }
  for (const auto& [key, ages_and_line] : seen) {
    const auto& [ages, first_line] = ages_and_line;
    if (ages != (1 << kAges.size()) - 1) {
      return wrong(first_line, "the line lacks an age band or its total");
    }
    if (!AddsUp(counts.lines_.at(key))) {
      return wrong(first_line, "the age bands do not add up to their total");
    }
  }
  return counts;
}

const NdbLine* NdbCounts::Find(int fiscal_year, const std::string& place, const std::string& item,
                               int class_order, v1::Sex sex) const {
  const auto it = lines_.find({fiscal_year, place, item, class_order, sex});
  return it == lines_.end() ? nullptr : &it->second;
}

}  // namespace renkei::hub::reference
