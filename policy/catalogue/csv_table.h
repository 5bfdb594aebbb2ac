// The CSV files of the catalogue, and only those: UTF-8 without BOM, LF, comma, one header row,
// quotes as in RFC 4180 but no line break inside a cell. Anything else is an error with its line.
// Files of members are read elsewhere, by a tolerant reader.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace renkei::policy::catalogue {

class CsvTable {
 public:
  // Keeps views into `text`, which must outlive the table. `columns` are found by name in the
  // header and addressed by their index here; other columns are skipped.
  static absl::StatusOr<CsvTable> Parse(std::string file, absl::string_view text,
                                        const std::vector<absl::string_view>& columns);

  size_t rows() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  absl::string_view Cell(size_t row, size_t column) const {
    return cells_[row * columns_ + column];
  }
  absl::Status Error(size_t row,
                     absl::string_view what) const;  // INVALID_ARGUMENT "file:line: what"

 private:
  CsvTable() = default;
  std::string file_;
  size_t columns_ = 0;
  std::vector<absl::string_view> cells_;
  std::deque<std::string> unescaped_;  // cells that held doubled quotes
};

}  // namespace renkei::policy::catalogue
