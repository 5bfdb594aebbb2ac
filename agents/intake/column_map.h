// A column map (formats.md 3.2, csv.md "Other layouts"): how a facility's own CSV becomes rows of
// the project's CSV files. Read from a text-proto file (protos/renkei/v1/column_map.proto) and
// checked in full when it is loaded: whatever is wrong with it is told with its line, before any
// file is opened. Immutable, thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agents/intake/csv_columns.h"
#include "agents/intake/file_kind.h"
#include "agents/intake/options.h"
#include "policy/catalogue/catalogue.h"
#include "policy/catalogue/value.h"

namespace renkei::agents::intake {

// What one text of the source stands for.
struct MappedText {
  std::optional<policy::catalogue::ValueState> state;  // kAbsent, kNotDone, kUnmeasurable
  std::string text;  // of the target column, when there is no state
};

struct MappedColumn {
  // How the column is found: folded header, 0-based position, or both (then they must agree).
  std::string header;
  std::optional<size_t> position;
  std::string target;
  std::optional<Field> field;  // a column of csv.md ...
  int item = -1;               // ... or of the item table
  absl::flat_hash_map<std::string, MappedText> values;
  // item = source x factor / 10^factor_decimals
  int64_t factor = 1;
  int factor_decimals = 0;
  int reading = 0;           // 0 none, else the order of preference: 1 other, 2 second, 3 first
  std::string list_oid;      // empty: of the day
  bool only_values = false;  // a text that `values` does not name is no code
  bool is_urine = false;     // -, ±, +, ++, +++ are understood
  bool is_day = false;
  bool has_era_days = false;
};

struct ColumnMap {
  std::string name;
  FileKind kind = FileKind::kExams;
  std::optional<TextEncoding> encoding;
  size_t skip_rows = 0;
  bool has_header = true;
  size_t field_count = 0;  // 0: as many as the header has
  std::vector<std::pair<Field, std::string>> constants;
  std::vector<MappedColumn> columns;
};

// INVALID_ARGUMENT "<file>:<line>: <what>".
absl::StatusOr<ColumnMap> ParseColumnMap(const std::string& text, const std::string& file_name,
                                         const policy::catalogue::Catalogue& catalogue,
                                         v1::MemberKind member_kind);

// A file, or one of the maps that ship with the agent by its file name (with or without
// ".textproto"). NOT_FOUND names those.
absl::StatusOr<ColumnMap> LoadColumnMap(const std::string& path_or_name,
                                        const policy::catalogue::Catalogue& catalogue,
                                        v1::MemberKind member_kind);

// Header of a source as maps compare it: NFKC, without spaces, case folded.
std::string FoldHeader(absl::string_view header);

}  // namespace renkei::agents::intake
