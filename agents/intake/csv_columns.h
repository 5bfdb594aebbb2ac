// Header of a Renkei CSV file (csv.md): which column means what, and what is missing. Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "agents/intake/csv_splitter.h"
#include "agents/intake/file_kind.h"
#include "policy/catalogue/items.h"
#include "renkei/v1/common.pb.h"

namespace renkei::agents::intake {

enum class Field : uint8_t {
  kInsurerNumber,
  kSymbol,
  kNumber,
  kBranch,
  kPersonId,
  kBirthDate,
  kSex,
  kFiscalYear,
  kPostalCode,
  kMunicipalityCode,
  kWorkMunicipalityCode,
  kEnrolledFrom,
  kEnrolledTo,
  kExclusion,
  kRelationship,
  kExamDate,
  kProgram,
  kLevel,
  kFirstInterviewDate,
  kFinalEvaluationDate,
  kPoints,
  kOutcome,
  kServiceMonth,
  kClaimType,
  kDiseaseCode,
  kDays,
  kStartDate,
  kEndDate,
  kCause,
  kEvent,
  kEventTime,
  kEffectiveAt,
  kValidFrom,
  kValidTo,
  kBasis,
  kPurposes,
  kCategories,
  kTextRef,
  kRefersTo,
  kGrantor,
};
inline constexpr size_t kFieldCount = static_cast<size_t>(Field::kGrantor) + 1;

// The column's name in csv.md.
const char* FieldName(Field field);
// The column of this name in files of this kind.
std::optional<Field> FindField(absl::string_view name, FileKind kind);

struct CsvHeader {
  struct ItemAt {
    int position;  // of the cell in the row
    int column;    // of the ItemTable
  };
  size_t width = 0;
  std::array<int, kFieldCount> position_of{};  // -1: the file has no such column
  std::vector<ItemAt> items;                   // exams only
  std::vector<std::string> unknown;            // names that are skipped, each once
  // Problems that refuse the file: names of columns.
  std::vector<std::string> missing;
  std::vector<std::string> repeated;

  bool Has(Field field) const { return position_of[static_cast<size_t>(field)] >= 0; }
  bool IsUsable() const { return missing.empty() && repeated.empty(); }
};

// Names after NFKC and trimming.
std::vector<std::string> ColumnNames(const CsvRow& row);

// `kind` is a CSV kind that is read. A workplace's roster must name the insurer.
CsvHeader ReadHeader(const std::vector<std::string>& names, FileKind kind,
                     const policy::catalogue::ItemTable& items, v1::MemberKind member_kind);

// One row seen by field; cells are folded when asked for. Valid until the row changes.
class CsvCells {
 public:
  CsvCells(const CsvHeader* header, const CsvRow* row) : header_(header), row_(row) {}
  // Empty when the column is absent or the cell is blank.
  absl::string_view Get(Field field);
  absl::string_view At(int position, std::string* buffer) const;
  uint64_t line() const { return row_->line; }

 private:
  const CsvHeader* header_;
  const CsvRow* row_;
  std::array<std::string, kFieldCount> buffers_;
};

}  // namespace renkei::agents::intake
