// One examination as the first format of the store kept it; only read, to move it to a chunk. Pure.
//
// Little-endian: version 1, report type, 16-bit schema, 32-bit person word, 32-bit file day, 24-bit
// residence and place of work, length and bytes of the program, a bitmap of the items that are not
// absent and one of those that are not valid, the states of the latter, two bytes per value; where
// these are 0x8000 the value stands among the four-byte ones that follow.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/catalogue/value.h"

namespace renkei::agents::cohort {

inline constexpr uint8_t kExamBlobVersion = 1;

// A checked view; the bytes must outlive it.
class ExamView {
 public:
  // The schema number, before the number of columns is known. DATA_LOSS for another version.
  static absl::StatusOr<uint16_t> SchemaOf(std::span<const uint8_t> blob);
  // DATA_LOSS when the lengths do not add up.
  static absl::StatusOr<ExamView> Make(std::span<const uint8_t> blob, size_t columns);

  int report_type() const { return blob_[1]; }
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
