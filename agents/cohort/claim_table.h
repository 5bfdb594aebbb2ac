// Claims and absences in the database. Touches the disk through the given connection, inside the
// file's transaction; used by one thread.
//
// One row stands for all claims that agree in everything; it knows how many there are and how many
// of them the file that is being imported has brought so far, so that nothing grows with the file.
// What another file brought is never taken away.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/cohort/records.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

inline constexpr int kMaxClaimDays = 255;
inline constexpr int64_t kMaxPoints = 1'000'000'000;

// Month of service as a number: calendar year * 12 + month - 1.
int64_t MonthNumber(int year, int month);
// Claim type, disease and days in one number, so that a type's claims lie together.
struct ClaimForm {
  uint8_t type = 0;
  int disease = -1;  // 0..9999, -1 unknown
  int days = 0;

  int64_t Pack() const { return (int64_t{type} << 24) | (int64_t{disease + 1} << 8) | days; }
  static ClaimForm Unpack(int64_t packed);
};

class ClaimTable {
 public:
  explicit ClaimTable(policy::sqlcipher::Database& database) : database_(database) {}

  // INVALID_ARGUMENT when the record cannot be stored; nothing is written then.
  static absl::Status Check(const ClaimRecord& record);
  static absl::Status Check(const AbsenceRecord& record);

  absl::StatusOr<PutOutcome> Put(uint32_t person, const ClaimRecord& record);
  absl::StatusOr<PutOutcome> Put(uint32_t person, const AbsenceRecord& record);
  // The file ended, or was rolled back.
  void Clear() { file_ = 0; }

 private:
  policy::sqlcipher::Database& database_;
  int64_t file_ = 0;  // number of the file that is being imported; 0 = no claim yet
};

}  // namespace renkei::agents::cohort
