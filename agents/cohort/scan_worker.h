// One thread of a scan: makes batches of the persons of a chunk, or of a range of persons without
// an examination, and hands them to its visitor. year_scan.cc starts it. Not for other rooms.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "agents/cohort/amounts.h"
#include "agents/cohort/chunk_reader.h"
#include "agents/cohort/linked_years.h"
#include "agents/cohort/year_people.h"
#include "agents/cohort/year_scan.h"
#include "policy/base/mutex.h"

namespace renkei::agents::cohort {

// Geography of municipalities; the query's function is asked once for each.
class Geographies {
 public:
  static constexpr int16_t kUnknown = -1;
  static constexpr int16_t kOutside = -2;
  explicit Geographies(const RowQuery& query) : query_(query) {}
  int16_t Of(uint32_t municipality);

 private:
  const RowQuery& query_;
  policy::base::Mutex mutex_;
  absl::flat_hash_map<uint32_t, int16_t> known_ ABSL_GUARDED_BY(mutex_);
};

// What all threads of a scan share. `people` is written to by whoever has the person's chunk.
struct ScanFrame {
  const RowQuery& query;
  const std::vector<StoredSchema>& schemas;
  bool is_workplace = false;
  size_t item_columns = 0;
  std::vector<int> columns;  // ascending
  CardLinks links;
  YearPeople people;
  std::vector<PersonWord> words;  // empty when nobody is examined without a roster row
  std::unique_ptr<YearBefore> before;
  std::unique_ptr<AttendanceByPerson> attendance;
  policy::base::FiscalYear first_year_on_record;
  std::vector<AmountByPerson> amounts;
  Geographies geographies;
};

class ScanWorker {
 public:
  ScanWorker(ScanFrame& frame, ChunkReader reader, BatchVisit visit);

  absl::Status ScanChunk(size_t position);
  // Persons in [begin, end) without an examination.
  absl::Status ScanOthers(uint32_t begin, uint32_t end);
  absl::Status ReadChunkBefore(size_t position);
  const ScanCounts& counts() const { return counts_; }

 private:
  int16_t GeographyOf(uint32_t municipality);
  bool LeavesOut(const PersonYear& person);
  bool AddRow(uint32_t id, const PersonYear& person, uint32_t municipality);
  absl::Status Emit();

  ScanFrame& frame_;
  ChunkReader reader_;
  BatchVisit visit_;
  ScanCounts counts_;
  absl::flat_hash_map<uint32_t, int16_t> geographies_;
  policy::consent::RowBatch batch_;
  std::vector<uint32_t> ids_;
  std::vector<ConsentSubjectRef> refs_;
  std::vector<uint16_t> rows_;
  std::vector<uint16_t> kept_;
  std::vector<int32_t> residence_;
};

}  // namespace renkei::agents::cohort
