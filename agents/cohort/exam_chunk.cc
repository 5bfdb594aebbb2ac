#include "agents/cohort/exam_chunk.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "agents/cohort/packed_numbers.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
using policy::catalogue::ItemValue;
using policy::catalogue::ValueState;
using policy::consent::ItemValues;

namespace {

constexpr uint8_t kChunkVersion = 1;

absl::Status Broken(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("stored examinations: ", what));
}

int32_t SourceRank(int report_type) { return report_type == 10 ? kSpecificCheckupRank : 0; }

template <typename T>
void AppendPacked(const std::vector<T>& numbers, std::vector<uint8_t>& out) {
  std::vector<uint8_t> block;
  PackNumbers(std::vector<int32_t>(numbers.begin(), numbers.end()), block);
  AppendBlock(block, out);
}

template <typename T>
absl::Status ReadPacked(BlockReader& reader, size_t rows, std::vector<T>& out) {
  RENKEI_ASSIGN_OR_RETURN(const std::span<const uint8_t> block, reader.Block());
  std::vector<int32_t> numbers(rows);
  RENKEI_RETURN_IF_ERROR(UnpackNumbers(block, rows, numbers.data()));
  out.assign(numbers.begin(), numbers.end());
  return absl::OkStatus();
}

void Reach(ItemValues& column, size_t rows) {
  if (column.value.capacity() < kChunkRows) {
    column.value.reserve(kChunkRows);
    column.state.reserve(kChunkRows);
  }
  column.value.resize(rows, 0);
  column.state.resize(rows, ValueState::kAbsent);
}

template <typename T>
void KeepRows(const std::vector<uint8_t>& keep, std::vector<T>& values) {
  if (values.empty()) return;
  size_t at = 0;
  for (size_t row = 0; row < keep.size(); ++row) {
    if (keep[row] == 0) continue;
    if (at != row) values[at] = std::move(values[row]);
    ++at;
  }
  values.resize(at);
}

}  // namespace

std::vector<uint8_t> PackKeys(const ChunkKeys& keys) {
  std::vector<uint8_t> out;
  out.push_back(kChunkVersion);
  AppendNumber(keys.size(), 2, out);
  AppendPacked(keys.person, out);
  // The source follows from the report type, the day alone is short.
  std::vector<int32_t> days;
  days.reserve(keys.size());
  for (size_t row = 0; row < keys.size(); ++row) {
    days.push_back(keys.rank[row] - SourceRank(keys.report_type[row]));
  }
  AppendPacked(days, out);
  AppendPacked(keys.report_type, out);
  AppendPacked(keys.is_live, out);
  return out;
}

absl::StatusOr<ChunkKeys> UnpackKeys(std::span<const uint8_t> bytes) {
  BlockReader reader(bytes);
  RENKEI_ASSIGN_OR_RETURN(const uint32_t version, reader.Number(1));
  if (version != kChunkVersion) return Broken("of a version that this program does not know");
  RENKEI_ASSIGN_OR_RETURN(const uint32_t rows, reader.Number(2));
  if (rows == 0 || rows > kChunkRows) return Broken("a chunk of impossible size");
  ChunkKeys keys;
  RENKEI_RETURN_IF_ERROR(ReadPacked(reader, rows, keys.person));
  RENKEI_RETURN_IF_ERROR(ReadPacked(reader, rows, keys.rank));
  RENKEI_RETURN_IF_ERROR(ReadPacked(reader, rows, keys.report_type));
  RENKEI_RETURN_IF_ERROR(ReadPacked(reader, rows, keys.is_live));
  for (size_t row = 0; row < rows; ++row) {
    const int64_t rank = int64_t{keys.rank[row]} + SourceRank(keys.report_type[row]);
    if (keys.person[row] == 0 || rank < -kSpecificCheckupRank || rank > 2 * kSpecificCheckupRank) {
      return Broken("a person or a day that cannot be");
    }
    keys.rank[row] = static_cast<int32_t>(rank);
  }
  if (!reader.AtEnd()) return Broken("bytes after the keys");
  return keys;
}

void ExamRows::Clear() {
  keys.person.clear();
  keys.rank.clear();
  keys.report_type.clear();
  keys.is_live.clear();
  file_day.clear();
  residence.clear();
  work.clear();
  program.clear();
  digest.clear();
  for (ItemValues& column : items) {
    column.value.clear();
    column.state.clear();
  }
}

void ExamRows::SetLastItems(std::span<const ItemValue> values) {
  for (size_t c = 0; c < values.size(); ++c) {
    if (values[c].state == ValueState::kAbsent) continue;
    Reach(items[c], size());
    items[c].value.back() = values[c].value;
    items[c].state.back() = values[c].state;
  }
}

void ExamRows::SetItems(const std::vector<ItemValues>& columns, std::span<const uint32_t> rows) {
  const size_t begin = size() - rows.size();
  const bool is_run = rows.back() - rows.front() + 1 == rows.size();
  for (size_t c = 0; c < columns.size(); ++c) {
    const ItemValues& from = columns[c];
    if (from.value.empty()) continue;
    Reach(items[c], size());
    int32_t* const value = items[c].value.data() + begin;
    ValueState* const state = items[c].state.data() + begin;
    if (is_run) {
      std::copy_n(from.value.data() + rows.front(), rows.size(), value);
      std::copy_n(from.state.data() + rows.front(), rows.size(), state);
      continue;
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      value[i] = from.value[rows[i]];
      state[i] = from.state[rows[i]];
    }
  }
}

void ExamRows::Keep(const std::vector<uint8_t>& keep) {
  KeepRows(keep, keys.person);
  KeepRows(keep, keys.rank);
  KeepRows(keep, keys.report_type);
  KeepRows(keep, keys.is_live);
  KeepRows(keep, file_day);
  KeepRows(keep, residence);
  KeepRows(keep, work);
  KeepRows(keep, program);
  KeepRows(keep, digest);
  for (ItemValues& column : items) {
    KeepRows(keep, column.value);
    KeepRows(keep, column.state);
  }
}

std::vector<uint8_t> PackPrograms(const std::vector<std::string>& programs) {
  std::vector<std::string> words(programs);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  std::vector<uint8_t> out;
  AppendNumber(words.size(), 2, out);
  for (const std::string& word : words) {
    out.push_back(static_cast<uint8_t>(word.size()));
    out.insert(out.end(), word.begin(), word.end());
  }
  std::vector<int32_t> codes;
  codes.reserve(programs.size());
  for (const std::string& program : programs) {
    codes.push_back(static_cast<int32_t>(std::lower_bound(words.begin(), words.end(), program) -
                                         words.begin()));
  }
  PackNumbers(codes, out);
  return out;
}

absl::StatusOr<std::vector<std::string>> UnpackPrograms(std::span<const uint8_t> bytes,
                                                        size_t rows) {
  BlockReader reader(bytes);
  RENKEI_ASSIGN_OR_RETURN(const uint32_t size, reader.Number(2));
  std::vector<std::string> words;
  for (uint32_t i = 0; i < size; ++i) {
    RENKEI_ASSIGN_OR_RETURN(const uint32_t length, reader.Number(1));
    RENKEI_ASSIGN_OR_RETURN(const std::span<const uint8_t> text, reader.Bytes(length));
    words.emplace_back(text.begin(), text.end());
  }
  std::vector<int32_t> codes(rows);
  RENKEI_RETURN_IF_ERROR(UnpackNumbers(reader.rest(), rows, codes.data()));
  std::vector<std::string> programs;
  programs.reserve(rows);
  for (const int32_t code : codes) {
    if (code < 0 || static_cast<size_t>(code) >= words.size()) {
      return Broken("a program that is not listed");
    }
    programs.push_back(words[static_cast<size_t>(code)]);
  }
  return programs;
}

std::vector<uint8_t> PackDigests(const std::vector<uint64_t>& digests) {
  std::vector<uint8_t> out(digests.size() * sizeof(uint64_t));
  if (!out.empty()) std::memcpy(out.data(), digests.data(), out.size());
  return out;
}

absl::StatusOr<std::vector<uint64_t>> UnpackDigests(std::span<const uint8_t> bytes, size_t rows) {
  if (bytes.size() != rows * sizeof(uint64_t)) return Broken("digests cut off");
  std::vector<uint64_t> digests(rows);
  if (rows != 0) std::memcpy(digests.data(), bytes.data(), bytes.size());
  return digests;
}

int64_t DayNumber(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }

int32_t RankOf(int report_type, absl::CivilDay exam_date) {
  return static_cast<int32_t>(DayNumber(exam_date)) + SourceRank(report_type);
}

int64_t DayOfRank(int32_t rank) {
  return rank >= kSpecificCheckupRank / 2 ? rank - kSpecificCheckupRank : rank;
}

absl::StatusOr<uint32_t> MunicipalityNumber(absl::string_view code, absl::string_view column) {
  if (code.empty()) return 0u;
  uint32_t number = 0;
  for (const char c : code) {
    if (c < '0' || c > '9' || code.size() != 6) {
      return absl::InvalidArgumentError(absl::StrCat(column, ": not a code of 6 digits"));
    }
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number;
}

std::string MunicipalityCode(uint32_t number) {
  return number == 0 ? std::string() : absl::StrFormat("%06d", number);
}

}  // namespace renkei::agents::cohort
