// Column maps on disk and inside the program, and headers as maps compare them.
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agents/intake/column_map.h"
#include "embedded/kColumnMaps.h"

namespace renkei::agents::intake {

namespace catalogue = policy::catalogue;

std::string FoldHeader(absl::string_view header) {
  utf8proc_uint8_t* folded = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(header.data()),
                   static_cast<utf8proc_ssize_t>(header.size()), &folded,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                  UTF8PROC_COMPAT | UTF8PROC_CASEFOLD));
  std::string out(header);
  if (length >= 0) {
    out.assign(reinterpret_cast<const char*>(folded), static_cast<size_t>(length));
    std::free(folded);
  }
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  out.erase(std::remove_if(out.begin(), out.end(), is_space), out.end());
  return out;
}

absl::StatusOr<ColumnMap> LoadColumnMap(const std::string& path_or_name,
                                        const catalogue::Catalogue& catalogue,
                                        v1::MemberKind member_kind) {
  std::ifstream in(path_or_name, std::ios::binary);
  if (in) {
    std::stringstream text;
    text << in.rdbuf();
    if (in.good() || in.eof()) {
      return ParseColumnMap(text.str(), path_or_name, catalogue, member_kind);
    }
  }
  std::vector<absl::string_view> names;
  for (const policy::base::EmbeddedFile& file : kColumnMaps) {
    absl::string_view name = file.name;
    if (name == path_or_name || name == absl::StrCat(path_or_name, ".textproto")) {
      return ParseColumnMap(std::string(file.bytes()), file.name, catalogue, member_kind);
    }
    names.push_back(name.substr(0, name.rfind('.')));
  }
  return absl::NotFoundError(absl::StrCat("no column map file \"", path_or_name,
                                          "\"; the agent's own maps are ",
                                          absl::StrJoin(names, ", ")));
}

}  // namespace renkei::agents::intake
