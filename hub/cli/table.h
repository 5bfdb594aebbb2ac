// Plain tables for a terminal; columns stay aligned where Japanese characters take two places.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace renkei::hub::cli {

// Terminal columns that UTF-8 text takes (East Asian wide and full-width count two).
int DisplayWidth(absl::string_view text);

// Cells are made printable.
class Table {
 public:
  // A title that begins with '>' right-aligns its column; the sign is not printed.
  explicit Table(std::vector<std::string> titles);
  void Add(std::vector<std::string> cells);
  // A line of dashes between groups.
  void AddRule();
  std::string Render() const;

 private:
  std::vector<std::string> titles_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;  // an empty row is a rule
};

}  // namespace renkei::hub::cli
