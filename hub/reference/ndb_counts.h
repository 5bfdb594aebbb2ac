// Counts of the NDB open data (特定健診) in the CSV form of the reference data (formats.md 6), as
// the reference that a region's own counts are compared with. Immutable; safe to share between
// threads.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "renkei/v1/common.pb.h"

namespace renkei::hub::reference {

// Which classes an item has in a fiscal year's tables; the list travels inside the program.
class NdbItems {
 public:
  static absl::StatusOr<NdbItems> Load();
  bool HasItem(absl::string_view item) const;
  bool HasClass(int fiscal_year, absl::string_view item, int order, absl::string_view name) const;

 private:
  std::set<std::string, std::less<>> items_;
  std::set<std::tuple<int, std::string, int, std::string>> classes_;
};

// One class of an item, in one place, of one sex. A hidden cell (`-`) is unknown: neither 0 nor
// surely under 10.
struct NdbLine {
  std::array<std::optional<int64_t>, 7> bands;  // 40-44 to 70-74
  std::optional<int64_t> total;                 // 中計
};

class NdbCounts {
 public:
  // A file of areas or prefectures, or the national one, where a sum that lacks hidden cells is
  // unknown. `places` are the area and prefecture codes of the edition; 99 and 9999 (判別不可) are
  // known anyway. INVALID_ARGUMENT names file and line: a count that is neither a whole number nor
  // `-`, an unknown item, class or place, a cell twice or missing, bands that do not add up.
  static absl::StatusOr<NdbCounts> Parse(absl::string_view csv, const std::string& file_name,
                                         const NdbItems& items,
                                         const std::set<std::string>& places);

  // nullptr: not in the file. `place`: area code, prefecture code, or empty for the nation.
  const NdbLine* Find(int fiscal_year, const std::string& place, const std::string& item,
                      int class_order, v1::Sex sex) const;
  size_t size() const { return lines_.size(); }

 private:
  using Key = std::tuple<int, std::string, std::string, int, v1::Sex>;
  std::map<Key, NdbLine> lines_;
};

}  // namespace renkei::hub::reference
