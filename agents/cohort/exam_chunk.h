// A chunk: at most 4,096 examinations of one fiscal year, column by column. README.md specifies the
// bytes. Pure.
//
// What every scan needs (who, when, from where) is one block, the keys; each item and each of the
// other facts is a block of its own, so that a scan decrypts what it reads and nothing else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agents/cohort/item_column.h"
#include "policy/consent/rows.h"

namespace renkei::agents::cohort {

inline constexpr size_t kMaxProgramBytes = 16;

// Blocks of a chunk by number: stored items first (item_schema.h), then these.
enum ChunkColumn : int {
  kResidenceColumn = 256,  // 6 digits as a number, 0 unknown
  kWorkColumn = 257,       // likewise
  kProgramColumn = 258,
  kFileDayColumn = 259,  // days since 1970-01-01
  kDigestColumn = 260,
  kColumnsPerChunk = 512,
};

// What a scan reads of every chunk. All vectors have one element per row.
struct ChunkKeys {
  std::vector<uint32_t> person;
  std::vector<int32_t> rank;  // RankOf: source and day
  std::vector<uint8_t> report_type;
  std::vector<uint8_t> is_live;  // 0: replaced by a later row

  size_t size() const { return person.size(); }
};

std::vector<uint8_t> PackKeys(const ChunkKeys& keys);
// DATA_LOSS when the bytes are not the keys of 1 to 4,096 rows.
absl::StatusOr<ChunkKeys> UnpackKeys(std::span<const uint8_t> bytes);

// A chunk in memory: the one that is being filled, or one that is read whole.
struct ExamRows {
  ChunkKeys keys;
  std::vector<int32_t> file_day;
  std::vector<uint32_t> residence;
  std::vector<uint32_t> work;
  std::vector<std::string> program;
  std::vector<uint64_t> digest;
  // By stored column; empty or one element per row.
  std::vector<policy::consent::ItemValues> items;

  size_t size() const { return keys.size(); }
  void Clear();
  // Items of the last row, by stored column; shorter is padded with absent values.
  void SetLastItems(std::span<const policy::catalogue::ItemValue> values);
  // Items of the last so many rows, from these rows of `columns`.
  void SetItems(const std::vector<policy::consent::ItemValues>& columns,
                std::span<const uint32_t> rows);
  // Keeps the rows for which keep[row] is not 0, in their order.
  void Keep(const std::vector<uint8_t>& keep);
};

std::vector<uint8_t> PackPrograms(const std::vector<std::string>& programs);
absl::StatusOr<std::vector<std::string>> UnpackPrograms(std::span<const uint8_t> bytes,
                                                        size_t rows);
std::vector<uint8_t> PackDigests(const std::vector<uint64_t>& digests);
absl::StatusOr<std::vector<uint64_t>> UnpackDigests(std::span<const uint8_t> bytes, size_t rows);

// rank orders the examinations of a person in a year (definitions 1.6): a specific checkup (type
// 10) before employer results, then the later day. The file date decided when the row was put.
inline constexpr int32_t kSpecificCheckupRank = int32_t{1} << 24;
int32_t RankOf(int report_type, absl::CivilDay exam_date);
int64_t DayOfRank(int32_t rank);
int64_t DayNumber(absl::CivilDay day);  // since 1970-01-01

// 0 = unknown. INVALID_ARGUMENT unless empty or 6 digits.
absl::StatusOr<uint32_t> MunicipalityNumber(absl::string_view code, absl::string_view column);
std::string MunicipalityCode(uint32_t number);

}  // namespace renkei::agents::cohort
