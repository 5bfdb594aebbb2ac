#include "agents/cohort/item_schema.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace catalogue = policy::catalogue;
namespace crypto = policy::crypto;

std::vector<ItemSchema::Line> ItemSchema::LinesOf(const catalogue::ItemTable& items) {
  std::vector<Line> lines;
  for (const catalogue::ItemColumn& column : items.columns()) {
    std::string lists;
    for (const catalogue::CodeList& list : column.lists) absl::StrAppend(&lists, list.oid, ";");
    lines.push_back({column.name, absl::StrCat(column.decimals), column.is_coded ? "c" : "n",
                     std::move(lists)});
  }
  return lines;
}

std::string ItemSchema::TextOf(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) {
    absl::StrAppend(&text, line.name, "\t", line.decimals, "\t", line.kind, "\t", line.lists, "\n");
  }
  return text;
}

absl::StatusOr<ItemSchema> ItemSchema::FromItems(const catalogue::ItemTable& items) {
  if (items.columns().size() > kMaxColumns) {
    return absl::InvalidArgumentError(absl::StrCat("item table: ", items.columns().size(),
                                                   " columns; the limit is ", kMaxColumns));
  }
  ItemSchema schema;
  schema.lines_ = LinesOf(items);
  schema.text_ = TextOf(schema.lines_);
  return schema;
}

absl::StatusOr<ItemSchema> ItemSchema::FromText(absl::string_view text) {
  ItemSchema schema;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(line, '\t');
    if (parts.size() != 4) return absl::DataLossError("item schema: a line without four fields");
    schema.lines_.push_back({parts[0], parts[1], parts[2], parts[3]});
  }
  schema.text_ = TextOf(schema.lines_);
  if (schema.text_ != text || schema.lines_.size() > kMaxColumns) {
    return absl::DataLossError("item schema: not in canonical form");
  }
  return schema;
}

crypto::Digest ItemSchema::digest() const { return crypto::Sha256(base::AsBytes(text_)); }

absl::StatusOr<std::vector<int>> ItemSchema::MapTo(const catalogue::ItemTable& items) const {
  std::vector<int> stored(items.columns().size(), -1);
  const std::vector<Line> wanted = LinesOf(items);
  for (size_t i = 0; i < wanted.size(); ++i) {
    for (size_t s = 0; s < lines_.size(); ++s) {
      if (lines_[s].name != wanted[i].name) continue;
      const bool readable = lines_[s].decimals == wanted[i].decimals &&
                            lines_[s].kind == wanted[i].kind &&
                            absl::StartsWith(wanted[i].lists, lines_[s].lists);
      if (!readable) {
        return absl::FailedPreconditionError(
            absl::StrCat("item ", wanted[i].name,
                         ": stored values have other decimals or code lists than this catalogue; "
                         "use the earlier catalogue, or import the files again into a new store"));
      }
      stored[i] = static_cast<int>(s);
    }
  }
  return stored;
}

}  // namespace renkei::agents::cohort
