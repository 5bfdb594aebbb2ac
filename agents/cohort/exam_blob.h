// The bytes of one stored examination; README.md specifies them with an example that a test
// executes. Pure. Item n of a row is found without reading the items before it: two bitmaps, then
// two bytes each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agents/cohort/person_index.h"
#include "agents/cohort/records.h"

namespace renkei::agents::cohort {

inline constexpr uint8_t kExamBlobVersion = 1;
inline constexpr size_t kMaxProgramBytes = 16;

// 0 = unknown. INVALID_ARGUMENT unless empty or 6 digits.
absl::StatusOr<uint32_t> MunicipalityNumber(absl::string_view code, absl::string_view column);
std::string MunicipalityCode(uint32_t number);

PersonWord PackPerson(absl::CivilDay birth_date, uint8_t sex);
absl::CivilDay BirthDateOf(PersonWord word);
inline uint8_t SexOf(PersonWord word) { return static_cast<uint8_t>(word & 1); }

// Replaces `out`. `columns` is the schema's number of columns. INVALID_ARGUMENT when the record
// does not fit: a report type above 255, a longer program, more items than columns, a bad
// municipality.
absl::Status EncodeExam(const ExamRecord& record, PersonWord person, uint16_t schema,
                        size_t columns, std::vector<uint8_t>& out);

// True when nothing differs but the file date.
bool SameExam(std::span<const uint8_t> a, std::span<const uint8_t> b);

// A checked view; the bytes must outlive it.
class ExamView {
 public:
  // The schema number, before the number of columns is known. DATA_LOSS for another version.
  static absl::StatusOr<uint16_t> SchemaOf(std::span<const uint8_t> blob);
  static absl::StatusOr<int32_t> FileDayOf(std::span<const uint8_t> blob);
  // DATA_LOSS when the lengths do not add up.
  static absl::StatusOr<ExamView> Make(std::span<const uint8_t> blob, size_t columns);

  int report_type() const { return blob_[1]; }
  PersonWord person() const;
  int32_t file_day() const;  // days since 1970-01-01
  uint32_t municipality() const;
  uint32_t work_municipality() const;
  std::string program() const;
  policy::catalogue::ItemValue Item(size_t column) const;

 private:
  std::span<const uint8_t> blob_;
  size_t bitmap_bytes_ = 0;
  const uint8_t* present_ = nullptr;
  const uint8_t* marked_ = nullptr;
  const uint8_t* states_ = nullptr;
  const uint8_t* values_ = nullptr;
  const uint8_t* wide_ = nullptr;
};

}  // namespace renkei::agents::cohort
