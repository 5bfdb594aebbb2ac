// ItemSchema: which columns the values of stored examinations have. A chunk names its schema by
// number, so that a catalogue with more items reads what an older one wrote. Immutable.
//
// Canonical text: one line per column, "name TAB decimals TAB c|n TAB oid;oid;...\n"; the lists of
// a coded item are there because a stored code carries the ordinal of its list.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/catalogue/items.h"
#include "policy/crypto/digest.h"

namespace renkei::agents::cohort {

class ItemSchema {
 public:
  static constexpr size_t kMaxColumns = 256;

  // INVALID_ARGUMENT for more than 256 columns.
  static absl::StatusOr<ItemSchema> FromItems(const policy::catalogue::ItemTable& items);
  // DATA_LOSS when the text is not canonical.
  static absl::StatusOr<ItemSchema> FromText(absl::string_view text);

  const std::string& text() const { return text_; }
  policy::crypto::Digest digest() const;
  size_t columns() const { return lines_.size(); }

  // Stored column for every column of `items`, -1 where the schema has none. FAILED_PRECONDITION
  // naming the item whose decimals, kind or first lists are others now.
  absl::StatusOr<std::vector<int>> MapTo(const policy::catalogue::ItemTable& items) const;

 private:
  struct Line {
    std::string name;
    std::string decimals;
    std::string kind;
    std::string lists;
  };
  static std::vector<Line> LinesOf(const policy::catalogue::ItemTable& items);
  static std::string TextOf(const std::vector<Line>& lines);

  std::vector<Line> lines_;
  std::string text_;
};

// A schema of the store, as this program reads it.
struct StoredSchema {
  uint16_t id = 0;
  size_t columns = 0;
  std::vector<int> stored_by_column;  // by column of the item table; -1 = none
};

}  // namespace renkei::agents::cohort
