#include "agents/intake/csv_columns.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "agents/intake/text.h"

namespace renkei::agents::intake {
namespace {

// Which kinds a column belongs to, as bits.
constexpr uint8_t kInExams = 1, kInRoster = 2, kInGuidance = 4, kInConsents = 8, kInClaims = 16,
                  kInAbsence = 32, kInAll = 63;

struct FieldEntry {
  Field field;
  const char* name;
  uint8_t kinds;
  uint8_t required;  // kinds that cannot do without
};

// In the order of Field.
constexpr FieldEntry kFields[] = {
    {Field::kInsurerNumber, "insurer_number", kInAll, 0},
    {Field::kSymbol, "symbol", kInAll, 0},
    {Field::kNumber, "number", kInAll, 0},
    {Field::kBranch, "branch", kInAll, 0},
    {Field::kPersonId, "person_id", kInAll, 0},
    {Field::kBirthDate, "birth_date", kInAll, kInAll},
    {Field::kSex, "sex", kInAll, kInAll},
    {Field::kFiscalYear, "fiscal_year", kInRoster | kInGuidance, kInRoster | kInGuidance},
    {Field::kPostalCode, "postal_code", kInExams | kInRoster, 0},
    {Field::kMunicipalityCode, "municipality_code", kInExams | kInRoster, 0},
    {Field::kWorkMunicipalityCode, "work_municipality_code", kInExams | kInRoster, 0},
    {Field::kEnrolledFrom, "enrolled_from", kInRoster, 0},
    {Field::kEnrolledTo, "enrolled_to", kInRoster, 0},
    {Field::kExclusion, "exclusion", kInRoster, 0},
    {Field::kRelationship, "relationship", kInRoster, 0},
    {Field::kExamDate, "exam_date", kInExams, kInExams},
    {Field::kProgram, "program", kInExams, 0},
    {Field::kLevel, "level", kInGuidance, kInGuidance},
    {Field::kFirstInterviewDate, "first_interview_date", kInGuidance, 0},
    {Field::kFinalEvaluationDate, "final_evaluation_date", kInGuidance, 0},
    {Field::kPoints, "points", kInGuidance | kInClaims, kInClaims},
    {Field::kOutcome, "outcome", kInGuidance, 0},
    {Field::kServiceMonth, "service_month", kInClaims, kInClaims},
    {Field::kClaimType, "claim_type", kInClaims, kInClaims},
    {Field::kDiseaseCode, "disease_code", kInClaims, 0},
    {Field::kDays, "days", kInClaims, 0},
    {Field::kStartDate, "start_date", kInAbsence, kInAbsence},
    {Field::kEndDate, "end_date", kInAbsence, kInAbsence},
    {Field::kCause, "cause", kInAbsence, 0},
    {Field::kEvent, "event", kInConsents, kInConsents},
    {Field::kEventTime, "event_time", kInConsents, kInConsents},
    {Field::kEffectiveAt, "effective_at", kInConsents, 0},
    {Field::kValidFrom, "valid_from", kInConsents, 0},
    {Field::kValidTo, "valid_to", kInConsents, 0},
    {Field::kBasis, "basis", kInConsents, 0},
    {Field::kPurposes, "purposes", kInConsents, 0},
    {Field::kCategories, "categories", kInConsents, 0},
    {Field::kTextRef, "text_ref", kInConsents, 0},
    {Field::kRefersTo, "refers_to", kInConsents, 0},
    {Field::kGrantor, "grantor", kInConsents, 0},
};
static_assert(std::size(kFields) == kFieldCount);

constexpr bool FieldsAreInOrder() {
  for (size_t i = 0; i < kFieldCount; ++i) {
    if (static_cast<size_t>(kFields[i].field) != i) return false;
  }
  return true;
}
static_assert(FieldsAreInOrder());

uint8_t BitOf(FileKind kind) {
  switch (kind) {
    case FileKind::kExams:
      return kInExams;
    case FileKind::kRoster:
      return kInRoster;
    case FileKind::kGuidance:
      return kInGuidance;
    case FileKind::kConsents:
      return kInConsents;
    case FileKind::kClaims:
      return kInClaims;
    case FileKind::kAbsence:
      return kInAbsence;
    case FileKind::kArchive:
    case FileKind::kXml:
    case FileKind::kUke:
    case FileKind::kFhir:
      return 0;
  }
  return 0;
}

}  // namespace

const char* FieldName(Field field) { return kFields[static_cast<size_t>(field)].name; }

std::optional<Field> FindField(absl::string_view name, FileKind kind) {
  const uint8_t bit = BitOf(kind);
  for (const FieldEntry& entry : kFields) {
    if (name == entry.name && (entry.kinds & bit) != 0) return entry.field;
  }
  return std::nullopt;
}

std::vector<std::string> ColumnNames(const CsvRow& row) {
  std::vector<std::string> names;
  std::string buffer;
  for (const absl::string_view field : row.fields) names.emplace_back(Fold(field, &buffer));
  return names;
}

CsvHeader ReadHeader(const std::vector<std::string>& names, FileKind kind,
                     const policy::catalogue::ItemTable& items, v1::MemberKind member_kind) {
  CsvHeader header;
  header.width = names.size();
  header.position_of.fill(-1);
  const uint8_t bit = BitOf(kind);
  std::set<std::string> seen;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    if (name.empty()) continue;  // an unnamed column is unknown without a name to tell
    if (!seen.insert(name).second) {
      if (std::find(header.repeated.begin(), header.repeated.end(), name) ==
          header.repeated.end()) {
        header.repeated.push_back(name);
      }
      continue;
    }
    if (const std::optional<Field> field = FindField(name, kind)) {
      header.position_of[static_cast<size_t>(*field)] = static_cast<int>(i);
    } else if (const std::optional<int> item =
                   kind == FileKind::kExams ? items.ColumnOf(name) : std::nullopt) {
      header.items.push_back({static_cast<int>(i), *item});
    } else {
      header.unknown.push_back(name);
    }
  }
  const auto need = [&header](Field field) {
    if (!header.Has(field)) header.missing.emplace_back(FieldName(field));
  };
  if (!header.Has(Field::kPersonId)) {
    need(Field::kInsurerNumber);
    need(Field::kNumber);
  } else if (header.Has(Field::kNumber) ||
             (kind == FileKind::kRoster && member_kind == v1::MEMBER_KIND_WORKPLACE)) {
    need(Field::kInsurerNumber);
  }
  for (const FieldEntry& entry : kFields) {
    if ((entry.required & bit) != 0) need(entry.field);
  }
  if (kind == FileKind::kRoster && !header.Has(Field::kPostalCode) &&
      !header.Has(Field::kMunicipalityCode)) {
    header.missing.emplace_back("postal_code or municipality_code");
  }
  return header;
}

absl::string_view CsvCells::Get(Field field) {
  const int position = header_->position_of[static_cast<size_t>(field)];
  if (position < 0) return {};
  return Fold(row_->fields[static_cast<size_t>(position)], &buffers_[static_cast<size_t>(field)]);
}

absl::string_view CsvCells::At(int position, std::string* buffer) const {
  return Fold(row_->fields[static_cast<size_t>(position)], buffer);
}

}  // namespace renkei::agents::intake
