// Examinations of the files that are being imported: an index of what each touched fiscal year
// has, the chunk that is open, and what is to be written. Touches the disk through the given
// connection, inside the file's transaction; used by one thread.
//
// Costs about 20 bytes of memory per examination of the touched years, and a chunk per year. A
// replaced examination loses its live mark and the new one is appended; a chunk of which more than
// half is dead is written anew.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/cohort/exam_chunk.h"
#include "agents/cohort/exam_table.h"
#include "agents/cohort/item_schema.h"

namespace renkei::agents::cohort {

// Everything of an examination but its items.
struct ExamFacts {
  uint32_t person = 0;
  int fiscal_year = 0;
  int32_t rank = 0;
  int32_t file_day = 0;
  int report_type = 10;
  uint32_t residence = 0;
  uint32_t work = 0;
  uint64_t digest = 0;
  const std::string* program = nullptr;
};

enum class ExamVerdict { kNew, kChanged, kUnchanged, kOlderFile };

class ExamImport {
 public:
  explicit ExamImport(policy::sqlcipher::Database& database) : table_(database) {}

  void UseSchema(const StoredSchema& current, const std::vector<StoredSchema>& all);

  // New and changed ones are appended; the caller then adds their items to open() before it puts
  // another one of another year or finds the chunk full.
  absl::StatusOr<ExamVerdict> Put(const ExamFacts& facts);
  // The chunk that the last new or changed examination went to: its last row.
  ExamRows& open();
  bool open_is_full() const;
  // Writes the open chunk when it is full.
  absl::Status WriteIfFull();

  // Everything into the database; the index stays.
  absl::Status Flush();
  // Flush, and chunks that are mostly dead are written anew. True: some were, so that what others
  // know of rows by their place is out of date.
  absl::StatusOr<bool> Finish();
  // Forgets what is in memory: after a rollback, or when another process wrote.
  void Clear();

  // Takes every examination of these persons out of the chunks, live or dead. Nothing may wait for
  // Flush.
  absl::Status Forget(const std::vector<uint32_t>& persons);

 private:
  struct Chunk {
    int64_t id = 0;
    uint16_t schema = 0;
    uint32_t rows = 0;
    uint32_t dead = 0;
    bool is_changed = false;  // its live marks, not yet written
  };
  struct Year {
    int number = 0;
    uint64_t used = 0;                                // for closing the year used longest ago
    std::vector<Chunk> chunks;                        // the last one is the open one, if any is
    std::vector<uint32_t> first;                      // by person: an examination + 1, 0 none
    absl::flat_hash_map<uint32_t, uint32_t> further;  // examination -> another of the person + 1
    // By examination, which is chunk position * kChunkRows + row.
    std::vector<int32_t> rank;
    std::vector<int32_t> file_day;
    std::vector<uint64_t> digest;
    std::vector<bool> is_live;
    ExamRows open;
    bool is_open = false;
    bool open_is_changed = false;
  };

  absl::StatusOr<Year*> YearOf(int number);
  absl::Status LoadYear(Year& year);
  absl::Status BeginChunk(Year& year);
  absl::Status WriteOpen(Year& year);
  absl::Status WriteMarks(Year& year);
  absl::Status Compact(Year& year, const Chunk& chunk);
  absl::StatusOr<size_t> ColumnsOf(uint16_t schema) const;
  void Append(Year& year, const ExamFacts& facts);

  ExamTable table_;
  StoredSchema current_;
  std::vector<StoredSchema> schemas_;
  std::map<int, Year> years_;
  Year* last_ = nullptr;
  int64_t next_chunk_ = -1;  // not known yet
  uint64_t clock_ = 0;
};

}  // namespace renkei::agents::cohort
