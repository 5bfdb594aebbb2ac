#include "agents/cohort/person_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "policy/base/status.h"

namespace renkei::agents::cohort {
using policy::sqlcipher::Statement;

namespace {

static_assert(std::endian::native == std::endian::little, "columns are written as they lie");

absl::Status Broken() {
  return absl::DataLossError("cohort store: the table of persons has gaps or broken rows");
}

template <typename T>
std::span<const uint8_t> BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(T)};
}

// Values of one column; the number of rows is given by the bytes.
template <typename T>
absl::StatusOr<std::vector<T>> ValuesOf(std::span<const uint8_t> bytes) {
  if (bytes.empty() || bytes.size() % sizeof(T) != 0 ||
      bytes.size() / sizeof(T) > kPersonsPerChunk) {
    return Broken();
  }
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

// Only the last chunk may have room.
absl::Status PersonTable::CheckChunk(int64_t id, int64_t expected) const {
  return id == expected && index_.size() == static_cast<size_t>(expected) * kPersonsPerChunk
             ? absl::OkStatus()
             : Broken();
}

absl::Status PersonTable::Load() {
  Clear();
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT id, words, forms, cards, keys FROM person_chunks ORDER BY id"));
  for (int64_t expected = 0;; ++expected) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) break;
    RENKEI_RETURN_IF_ERROR(CheckChunk(read.Int(0), expected));
    RENKEI_ASSIGN_OR_RETURN(const std::vector<PersonWord> words,
                            ValuesOf<PersonWord>(read.Blob(1)));
    RENKEI_ASSIGN_OR_RETURN(tail_forms_, ValuesOf<BranchForm>(read.Blob(2)));
    RENKEI_ASSIGN_OR_RETURN(tail_cards_, ValuesOf<CardKey>(read.Blob(3)));
    RENKEI_ASSIGN_OR_RETURN(const std::vector<PersonIndex::Prefix> keys,
                            ValuesOf<PersonIndex::Prefix>(read.Blob(4)));
    if (keys.size() != words.size() || tail_forms_.size() != words.size() ||
        tail_cards_.size() != words.size()) {
      return Broken();
    }
    for (size_t i = 0; i < words.size(); ++i) index_.Add(keys[i], words[i]);
    if (words.size() == kPersonsPerChunk) {
      tail_forms_.clear();
      tail_cards_.clear();
    }
  }
  return absl::OkStatus();
}

void PersonTable::Clear() {
  index_.Clear();
  tail_forms_.clear();
  tail_cards_.clear();
  tail_changed_ = false;
  chunks_with_new_words_.clear();
}

absl::Status PersonTable::Add(const PersonIndex::Prefix& key, PersonWord word, BranchForm form,
                              const CardKey& card) {
  index_.Add(key, word);
  tail_forms_.push_back(form);
  tail_cards_.push_back(card);
  tail_changed_ = true;
  return tail_forms_.size() == kPersonsPerChunk ? WriteTail() : absl::OkStatus();
}

void PersonTable::SetWord(uint32_t id, PersonWord word) {
  index_.set_word(id, word);
  chunks_with_new_words_.insert((id - 1) / kPersonsPerChunk);
}

absl::Status PersonTable::WriteTail() {
  const size_t rows = tail_forms_.size();
  const auto first = static_cast<uint32_t>(index_.size() - rows + 1);
  std::vector<PersonWord> words;
  std::vector<PersonIndex::Prefix> keys;
  words.reserve(rows);
  keys.reserve(rows);
  for (uint32_t id = first; id < first + rows; ++id) {
    words.push_back(index_.word(id));
    keys.push_back(index_.prefix(id));
  }
  const int64_t chunk = (first - 1) / kPersonsPerChunk;
  RENKEI_ASSIGN_OR_RETURN(
      Statement write,
      database_.Prepare("INSERT OR REPLACE INTO person_chunks(id, words, forms, cards, keys) "
                        "VALUES(?, ?, ?, ?, ?)"));
  RENKEI_RETURN_IF_ERROR(write.Bind(1, chunk)
                             .BindBlob(2, BytesOf(words))
                             .BindBlob(3, BytesOf(tail_forms_))
                             .BindBlob(4, BytesOf(tail_cards_))
                             .BindBlob(5, BytesOf(keys))
                             .Run());
  tail_changed_ = false;
  chunks_with_new_words_.erase(chunk);
  if (rows == kPersonsPerChunk) {
    tail_forms_.clear();
    tail_cards_.clear();
  }
  return absl::OkStatus();
}

absl::Status PersonTable::Flush() {
  if (tail_changed_) RENKEI_RETURN_IF_ERROR(WriteTail());
  for (const int64_t chunk : chunks_with_new_words_) {
    const size_t begin = static_cast<size_t>(chunk) * kPersonsPerChunk;
    const size_t end = std::min(begin + kPersonsPerChunk, index_.size());
    std::vector<PersonWord> words;
    words.reserve(end - begin);
    for (size_t i = begin; i < end; ++i) words.push_back(index_.word(static_cast<uint32_t>(i + 1)));
    RENKEI_ASSIGN_OR_RETURN(Statement update,
                            database_.Prepare("UPDATE person_chunks SET words = ? WHERE id = ?"));
    RENKEI_RETURN_IF_ERROR(update.BindBlob(1, BytesOf(words)).Bind(2, chunk).Run());
  }
  chunks_with_new_words_.clear();
  return absl::OkStatus();
}

absl::Status PersonTable::Overwrite(uint32_t id, int first, int last) {
  const int64_t chunk = (id - 1) / kPersonsPerChunk;
  const size_t at = (id - 1) % kPersonsPerChunk;
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT words, forms, cards, keys FROM person_chunks WHERE id = ?"));
  RENKEI_ASSIGN_OR_RETURN(const bool row, read.Bind(1, chunk).Step());
  if (!row) return Broken();
  std::vector<std::vector<uint8_t>> columns;
  columns.reserve(4);
  for (int i = 0; i < 4; ++i) columns.push_back(read.BlobCopy(i));
  read.Reset();
  const size_t rows = columns[1].size();
  if (rows <= at) return Broken();
  RENKEI_ASSIGN_OR_RETURN(
      Statement write,
      database_.Prepare("UPDATE person_chunks SET words = ?, forms = ?, cards = ?, keys = ? "
                        "WHERE id = ?"));
  for (int i = 0; i < 4; ++i) {
    std::vector<uint8_t>& column = columns[static_cast<size_t>(i)];
    if (i >= first && i <= last) {
      const size_t width = column.size() / rows;
      std::fill_n(column.begin() + static_cast<std::ptrdiff_t>(at * width), width, uint8_t{0});
    }
    write.BindBlob(i + 1, column);
  }
  RENKEI_RETURN_IF_ERROR(write.Bind(5, chunk).Run());
  // The last chunk's cards and forms are in memory too.
  const size_t tail_begin = index_.size() - tail_forms_.size();
  if (id - 1 >= tail_begin) {
    tail_forms_[id - 1 - tail_begin] = BranchForm::kNoCard;
    tail_cards_[id - 1 - tail_begin] = {};
  }
  return absl::OkStatus();
}

absl::Status PersonTable::Forget(const std::vector<uint32_t>& ids) {
  for (const uint32_t id : ids) {
    RENKEI_RETURN_IF_ERROR(Overwrite(id, 0, 3));
    index_.Forget(id);
  }
  return absl::OkStatus();
}

absl::Status PersonTable::Unlink(uint32_t id) { return Overwrite(id, 1, 2); }

absl::StatusOr<uint32_t> PersonTable::Count() {
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT id, length(words) FROM person_chunks ORDER BY id DESC LIMIT 1"));
  RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
  if (!row) return 0u;
  const int64_t count =
      read.Int(0) * kPersonsPerChunk + read.Int(1) / static_cast<int64_t>(sizeof(PersonWord));
  if (count < 0 || count > UINT32_MAX - 1) return Broken();
  return static_cast<uint32_t>(count);
}

absl::StatusOr<std::vector<PersonWord>> PersonTable::Words() {
  std::vector<PersonWord> all;
  RENKEI_ASSIGN_OR_RETURN(Statement read,
                          database_.Prepare("SELECT id, words FROM person_chunks ORDER BY id"));
  for (int64_t expected = 0;; ++expected) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return all;
    RENKEI_ASSIGN_OR_RETURN(const std::vector<PersonWord> words,
                            ValuesOf<PersonWord>(read.Blob(1)));
    if (read.Int(0) != expected || all.size() != static_cast<size_t>(expected) * kPersonsPerChunk) {
      return Broken();
    }
    all.insert(all.end(), words.begin(), words.end());
  }
}

absl::Status PersonTable::ForEachCard(
    absl::FunctionRef<void(uint32_t, BranchForm, const CardKey&)> visit) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement read, database_.Prepare("SELECT id, forms, cards FROM person_chunks ORDER BY id"));
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return absl::OkStatus();
    RENKEI_ASSIGN_OR_RETURN(const std::vector<BranchForm> forms,
                            ValuesOf<BranchForm>(read.Blob(1)));
    RENKEI_ASSIGN_OR_RETURN(const std::vector<CardKey> cards, ValuesOf<CardKey>(read.Blob(2)));
    if (forms.size() != cards.size()) return Broken();
    for (size_t i = 0; i < forms.size(); ++i) {
      if (forms[i] == BranchForm::kNoCard) continue;
      visit(static_cast<uint32_t>(read.Int(0) * kPersonsPerChunk + static_cast<int64_t>(i) + 1),
            forms[i], cards[i]);
    }
  }
}

}  // namespace renkei::agents::cohort
