#include "policy/catalogue/csv_table.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/base/status.h"

namespace renkei::policy::catalogue {
namespace {

absl::Status LineError(absl::string_view file, size_t line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(file, ":", line, ": ", what));
}

// Splits one line; `doubled` is set per cell that still holds doubled quotes. Empty text on
// success.
absl::string_view SplitLine(absl::string_view line, std::vector<absl::string_view>* cells,
                            std::vector<bool>* doubled) {
  cells->clear();
  doubled->clear();
  size_t at = 0;
  while (true) {
    if (at < line.size() && line[at] == '"') {
      bool has_doubled = false;
      size_t end = at + 1;
      while (true) {
        end = line.find('"', end);
        if (end == absl::string_view::npos) return "a quoted cell does not end on its line";
        if (end + 1 >= line.size() || line[end + 1] != '"') break;
        has_doubled = true;
        end += 2;
      }
      cells->push_back(line.substr(at + 1, end - at - 1));
      doubled->push_back(has_doubled);
      at = end + 1;
      if (at < line.size() && line[at] != ',') return "text after a quoted cell";
    } else {
      size_t end = line.find(',', at);
      if (end == absl::string_view::npos) end = line.size();
      const absl::string_view cell = line.substr(at, end - at);
      if (cell.find('"') != absl::string_view::npos) return "a quote inside an unquoted cell";
      cells->push_back(cell);
      doubled->push_back(false);
      at = end;
    }
    if (at >= line.size()) return "";
    ++at;  // the comma
  }
}

}  // namespace

absl::StatusOr<CsvTable> CsvTable::Parse(std::string file, absl::string_view text,
                                         const std::vector<absl::string_view>& columns) {
  CsvTable table;
  table.file_ = std::move(file);
  table.columns_ = columns.size();
  std::vector<absl::string_view> cells;
  std::vector<bool> doubled;
  std::vector<size_t> source;  // position in the file of each wanted column
  size_t width = 0;
  size_t line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const size_t end = text.find('\n');
    if (end == absl::string_view::npos) {
      return LineError(table.file_, line_number, "the last line has no line feed");
    }
    const absl::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.find('\r') != absl::string_view::npos || line.find('\0') != absl::string_view::npos) {
      return LineError(table.file_, line_number, "a carriage return or zero byte; lines end in LF");
    }
    if (const absl::string_view wrong = SplitLine(line, &cells, &doubled); !wrong.empty()) {
      return LineError(table.file_, line_number, wrong);
    }
    if (line_number == 1) {
      width = cells.size();
      for (const absl::string_view name : columns) {
        size_t found = width;
        for (size_t c = 0; c < width; ++c) {
          if (cells[c] != name) continue;
          if (found != width) {
            return LineError(table.file_, 1, absl::StrCat("column '", name, "' is repeated"));
          }
          found = c;
        }
        if (found == width) {
          return LineError(table.file_, 1, absl::StrCat("column '", name, "' is missing"));
        }
        source.push_back(found);
      }
      continue;
    }
    if (cells.size() != width) {
      return LineError(table.file_, line_number,
                       absl::StrCat(cells.size(), " cells, the header has ", width));
    }
    for (const size_t c : source) {
      if (doubled[c]) {
        table.unescaped_.push_back(absl::StrReplaceAll(cells[c], {{"\"\"", "\""}}));
        table.cells_.push_back(table.unescaped_.back());
      } else {
        table.cells_.push_back(cells[c]);
      }
    }
  }
  if (line_number == 0) return LineError(table.file_, 1, "the file is empty");
  return table;
}

absl::Status CsvTable::Error(size_t row, absl::string_view what) const {
  return LineError(file_, row + 2, what);
}

}  // namespace renkei::policy::catalogue
