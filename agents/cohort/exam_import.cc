#include "agents/cohort/exam_import.h"

#include <algorithm>
#include <set>

#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace {

// A file of one person after the other touches many years in turn.
constexpr size_t kMaxOpenYears = 64;

}  // namespace

void ExamImport::UseSchema(const StoredSchema& current, const std::vector<StoredSchema>& all) {
  current_ = current;
  schemas_ = all;
}

void ExamImport::Clear() {
  years_.clear();
  last_ = nullptr;
  next_chunk_ = -1;
}

absl::StatusOr<size_t> ExamImport::ColumnsOf(uint16_t schema) const {
  for (const StoredSchema& known : schemas_) {
    if (known.id == schema) return known.columns;
  }
  return absl::DataLossError("stored examinations: a chunk names an unknown item schema");
}

absl::StatusOr<ExamImport::Year*> ExamImport::YearOf(int number) {
  ++clock_;
  if (last_ != nullptr && last_->number == number) {
    last_->used = clock_;
    return last_;
  }
  const auto found = years_.find(number);
  if (found != years_.end()) {
    found->second.used = clock_;
    return &found->second;
  }
  if (years_.size() >= kMaxOpenYears) {
    const auto oldest = std::min_element(
        years_.begin(), years_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    if (last_ == &oldest->second) last_ = nullptr;
    RENKEI_RETURN_IF_ERROR(WriteOpen(oldest->second));
    RENKEI_RETURN_IF_ERROR(WriteMarks(oldest->second));
    years_.erase(oldest);
  }
  Year year;
  year.number = number;
  year.used = clock_;
  RENKEI_RETURN_IF_ERROR(LoadYear(year));
  return &years_.emplace(number, std::move(year)).first->second;
}

absl::Status ExamImport::LoadYear(Year& year) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<StoredChunk> stored, table_.ChunksOf(year.number));
  std::vector<int32_t> file_days;
  for (const StoredChunk& chunk : stored) {
    RENKEI_ASSIGN_OR_RETURN(const ChunkKeys keys, UnpackKeys(chunk.keys));
    RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> digests,
                            table_.Block(chunk.id, kDigestColumn));
    RENKEI_ASSIGN_OR_RETURN(const std::vector<uint64_t> digest,
                            UnpackDigests(digests, keys.size()));
    RENKEI_RETURN_IF_ERROR(table_.ReadNumbers(chunk.id, kFileDayColumn, keys.size(), file_days));
    const size_t begin = year.chunks.size() * kChunkRows;
    year.rank.resize(begin);
    year.file_day.resize(begin);
    year.digest.resize(begin);
    year.is_live.resize(begin);
    Chunk known{.id = chunk.id, .schema = chunk.schema};
    known.rows = static_cast<uint32_t>(keys.size());
    for (size_t row = 0; row < keys.size(); ++row) {
      year.rank.push_back(keys.rank[row]);
      year.file_day.push_back(file_days[row]);
      year.digest.push_back(digest[row]);
      year.is_live.push_back(keys.is_live[row] != 0);
      if (keys.is_live[row] == 0) {
        ++known.dead;
        continue;
      }
      const uint32_t person = keys.person[row];
      const auto exam = static_cast<uint32_t>(begin + row);
      if (person >= year.first.size()) year.first.resize(person + person / 4 + 1024, 0);
      if (year.first[person] != 0) year.further[exam] = year.first[person];
      year.first[person] = exam + 1;
    }
    year.chunks.push_back(known);
  }
  // The last chunk goes on being filled when it has room and the same columns.
  if (stored.empty() || year.chunks.back().rows == kChunkRows ||
      stored.back().schema != current_.id) {
    return absl::OkStatus();
  }
  RENKEI_ASSIGN_OR_RETURN(year.open, table_.ReadChunk(stored.back(), current_.columns));
  year.is_open = true;
  return absl::OkStatus();
}

absl::Status ExamImport::BeginChunk(Year& year) {
  if (next_chunk_ < 0) {
    RENKEI_ASSIGN_OR_RETURN(next_chunk_, table_.NextId());
  }
  year.chunks.push_back({.id = next_chunk_++, .schema = current_.id});
  const size_t begin = (year.chunks.size() - 1) * kChunkRows;
  year.rank.resize(begin);
  year.file_day.resize(begin);
  year.digest.resize(begin);
  year.is_live.resize(begin);
  year.open.Clear();
  year.open.items.resize(current_.columns);
  year.is_open = true;
  year.open_is_changed = false;
  return absl::OkStatus();
}

absl::StatusOr<ExamVerdict> ExamImport::Put(const ExamFacts& facts) {
  RENKEI_ASSIGN_OR_RETURN(Year* const year, YearOf(facts.fiscal_year));
  last_ = year;
  ExamVerdict verdict = ExamVerdict::kNew;
  if (facts.person >= year->first.size()) {
    year->first.resize(facts.person + facts.person / 4 + 1024, 0);
  }
  for (uint32_t exam = year->first[facts.person]; exam != 0;) {
    const uint32_t at = exam - 1;
    if (year->is_live[at] && year->rank[at] == facts.rank) {
      if (year->digest[at] == facts.digest) return ExamVerdict::kUnchanged;
      if (facts.file_day < year->file_day[at]) return ExamVerdict::kOlderFile;
      year->is_live[at] = false;
      Chunk& chunk = year->chunks[at / kChunkRows];
      ++chunk.dead;
      if (year->is_open && at / kChunkRows == year->chunks.size() - 1) {
        year->open.keys.is_live[at % kChunkRows] = 0;
        year->open_is_changed = true;
      } else {
        chunk.is_changed = true;
      }
      verdict = ExamVerdict::kChanged;
      break;
    }
    const auto next = year->further.find(at);
    exam = next == year->further.end() ? 0 : next->second;
  }
  if (!year->is_open) RENKEI_RETURN_IF_ERROR(BeginChunk(*year));
  Append(*year, facts);
  return verdict;
}

void ExamImport::Append(Year& year, const ExamFacts& facts) {
  ExamRows& open = year.open;
  const auto exam = static_cast<uint32_t>((year.chunks.size() - 1) * kChunkRows + open.size());
  open.keys.person.push_back(facts.person);
  open.keys.rank.push_back(facts.rank);
  open.keys.report_type.push_back(static_cast<uint8_t>(facts.report_type));
  open.keys.is_live.push_back(1);
  open.file_day.push_back(facts.file_day);
  open.residence.push_back(facts.residence);
  open.work.push_back(facts.work);
  open.program.push_back(*facts.program);
  open.digest.push_back(facts.digest);
  year.open_is_changed = true;
  ++year.chunks.back().rows;
  year.rank.push_back(facts.rank);
  year.file_day.push_back(facts.file_day);
  year.digest.push_back(facts.digest);
  year.is_live.push_back(true);
  uint32_t& first = year.first[facts.person];
  if (first != 0) year.further[exam] = first;
  first = exam + 1;
}

ExamRows& ExamImport::open() { return last_->open; }
bool ExamImport::open_is_full() const { return last_->open.size() == kChunkRows; }

absl::Status ExamImport::WriteIfFull() {
  if (!open_is_full()) return absl::OkStatus();
  RENKEI_RETURN_IF_ERROR(WriteOpen(*last_));
  last_->is_open = false;
  return absl::OkStatus();
}

absl::Status ExamImport::WriteOpen(Year& year) {
  if (!year.is_open || !year.open_is_changed) return absl::OkStatus();
  const size_t rows = year.open.size();
  for (policy::consent::ItemValues& column : year.open.items) {
    if (column.value.empty()) continue;
    column.value.resize(rows, 0);
    column.state.resize(rows, policy::catalogue::ValueState::kAbsent);
  }
  Chunk& chunk = year.chunks.back();
  RENKEI_RETURN_IF_ERROR(table_.WriteChunk(chunk.id, year.number, chunk.schema, year.open));
  chunk.is_changed = false;
  year.open_is_changed = false;
  return absl::OkStatus();
}

absl::Status ExamImport::WriteMarks(Year& year) {
  for (size_t c = 0; c < year.chunks.size(); ++c) {
    Chunk& chunk = year.chunks[c];
    if (!chunk.is_changed) continue;
    RENKEI_ASSIGN_OR_RETURN(ChunkKeys keys, table_.Keys(chunk.id));
    if (keys.size() != chunk.rows) {
      return absl::DataLossError("stored examinations: a chunk changed its size");
    }
    for (size_t row = 0; row < keys.size(); ++row) {
      keys.is_live[row] = year.is_live[c * kChunkRows + row] ? 1 : 0;
    }
    RENKEI_RETURN_IF_ERROR(table_.WriteKeys(chunk.id, keys));
    chunk.is_changed = false;
  }
  return absl::OkStatus();
}

absl::Status ExamImport::Flush() {
  for (auto& [number, year] : years_) {
    RENKEI_RETURN_IF_ERROR(WriteOpen(year));
    RENKEI_RETURN_IF_ERROR(WriteMarks(year));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ExamImport::Finish() {
  RENKEI_RETURN_IF_ERROR(Flush());
  bool have_rows_moved = false;
  for (auto year = years_.begin(); year != years_.end();) {
    bool is_compacted = false;
    for (const Chunk& chunk : year->second.chunks) {
      if (2 * chunk.dead <= chunk.rows) continue;
      RENKEI_RETURN_IF_ERROR(Compact(year->second, chunk));
      is_compacted = true;
    }
    // Rows moved: the year is read again when it is needed.
    if (is_compacted && last_ == &year->second) last_ = nullptr;
    year = is_compacted ? years_.erase(year) : std::next(year);
    have_rows_moved = have_rows_moved || is_compacted;
  }
  return have_rows_moved;
}

absl::Status ExamImport::Compact(Year& year, const Chunk& chunk) {
  if (chunk.dead == chunk.rows) return table_.DeleteChunk(chunk.id);
  RENKEI_ASSIGN_OR_RETURN(const size_t columns, ColumnsOf(chunk.schema));
  StoredChunk stored{.id = chunk.id, .schema = chunk.schema};
  RENKEI_ASSIGN_OR_RETURN(stored.keys, table_.PackedKeys(chunk.id));
  RENKEI_ASSIGN_OR_RETURN(ExamRows rows, table_.ReadChunk(stored, columns));
  rows.Keep(std::vector<uint8_t>(rows.keys.is_live));
  return table_.WriteChunk(chunk.id, year.number, chunk.schema, rows);
}

absl::Status ExamImport::Forget(const std::vector<uint32_t>& persons) {
  const std::set<uint32_t> gone(persons.begin(), persons.end());
  Clear();
  RENKEI_ASSIGN_OR_RETURN(const std::vector<int> years, table_.Years());
  for (const int year : years) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<StoredChunk> chunks, table_.ChunksOf(year));
    for (const StoredChunk& chunk : chunks) {
      RENKEI_ASSIGN_OR_RETURN(const ChunkKeys keys, UnpackKeys(chunk.keys));
      std::vector<uint8_t> keep(keys.size());
      size_t kept = 0;
      for (size_t row = 0; row < keys.size(); ++row) {
        keep[row] = gone.contains(keys.person[row]) ? 0 : 1;
        kept += keep[row];
      }
      if (kept == keys.size()) continue;
      if (kept == 0) {
        RENKEI_RETURN_IF_ERROR(table_.DeleteChunk(chunk.id));
        continue;
      }
      RENKEI_ASSIGN_OR_RETURN(const size_t columns, ColumnsOf(chunk.schema));
      RENKEI_ASSIGN_OR_RETURN(ExamRows rows, table_.ReadChunk(chunk, columns));
      rows.Keep(keep);
      RENKEI_RETURN_IF_ERROR(table_.WriteChunk(chunk.id, year, chunk.schema, rows));
    }
  }
  return absl::OkStatus();
}

}  // namespace renkei::agents::cohort
