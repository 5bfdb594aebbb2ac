// Persons in the database and in memory: chunks of 4,096 in the order of their row numbers, which
// have no gaps, so that arrays stand for tables. Touches the disk through the given connection;
// used by one thread. Bytes: README.md.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/cohort/person_index.h"
#include "agents/cohort/records.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

inline constexpr uint32_t kPersonsPerChunk = 4096;

// How a person is known.
enum class BranchForm : uint8_t { kNoCard = 0, kWithBranch = 1, kWithoutBranch = 2 };

// A card without its branch; half of the hash is enough to tell cards apart, see PersonIndex.
using CardKey = PersonIndex::Prefix;

class PersonTable {
 public:
  explicit PersonTable(policy::sqlcipher::Database& database) : database_(database) {}

  // Reads the table into memory. DATA_LOSS for gaps or broken rows.
  absl::Status Load();
  void Clear();
  const PersonIndex& index() const { return index_; }

  // The next row number. Full chunks are written at once, the rest by Flush.
  absl::Status Add(const PersonIndex::Prefix& key, PersonWord word, BranchForm form,
                   const CardKey& card);
  void SetWord(uint32_t id, PersonWord word);
  // Overwrites everything that is known of the persons, in memory and on disk; their row numbers
  // stay. Nothing may wait for Flush.
  absl::Status Forget(const std::vector<uint32_t>& ids);
  // Takes the card away: the person is found by the whole key alone. Nothing may wait for Flush.
  absl::Status Unlink(uint32_t id);
  absl::Status Flush();

  // These read the disk, without Load.
  absl::StatusOr<uint32_t> Count();
  absl::StatusOr<std::vector<PersonWord>> Words();
  // Persons known by a card, in the order of their row numbers.
  absl::Status ForEachCard(
      absl::FunctionRef<void(uint32_t id, BranchForm form, const CardKey& card)> visit);

 private:
  absl::Status WriteTail();
  // Zeroes the person's place in the columns [first, last] of words, forms, cards, keys.
  absl::Status Overwrite(uint32_t id, int first, int last);
  absl::Status CheckChunk(int64_t id, int64_t expected) const;

  policy::sqlcipher::Database& database_;
  PersonIndex index_;
  // Of the last chunk, which is not full.
  std::vector<BranchForm> tail_forms_;
  std::vector<CardKey> tail_cards_;
  bool tail_changed_ = false;
  std::set<int64_t> chunks_with_new_words_;
};

}  // namespace renkei::agents::cohort
