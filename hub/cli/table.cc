#include "hub/cli/table.h"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/printable.h"

namespace renkei::hub::cli {

int DisplayWidth(absl::string_view text) {
  int width = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &point);
    if (used <= 0) {  // not UTF-8: one place per byte
      ++width;
      ++bytes;
      --left;
      continue;
    }
    width += utf8proc_charwidth(point);
    bytes += used;
    left -= used;
  }
  return width;
}

Table::Table(std::vector<std::string> titles) : titles_(std::move(titles)) {
  for (std::string& title : titles_) {
    right_.push_back(!title.empty() && title[0] == '>');
    if (right_.back()) title.erase(0, 1);
  }
}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(titles_.size());
  for (std::string& cell : cells) cell = policy::base::Printable(cell);
  rows_.push_back(std::move(cells));
}

void Table::AddRule() { rows_.emplace_back(); }

std::string Table::Render() const {
  std::vector<int> widths;
  for (const std::string& title : titles_) widths.push_back(DisplayWidth(title));
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string pad(static_cast<size_t>(widths[i] - DisplayWidth(cells[i])), ' ');
      if (i > 0) text += "  ";
      text += right_[i] ? pad + cells[i] : cells[i] + pad;
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    absl::StrAppend(&out, text, "\n");
  };
  const auto rule = [&] {
    std::string text;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (i > 0) text += "  ";
      text += std::string(static_cast<size_t>(widths[i]), '-');
    }
    absl::StrAppend(&out, text, "\n");
  };
  line(titles_);
  rule();
  for (const auto& row : rows_) row.empty() ? rule() : line(row);
  return out;
}

}  // namespace renkei::hub::cli
