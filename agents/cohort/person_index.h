// PersonIndex: pseudonym -> row number, in memory, while a file is imported. An index on disk over
// random 32-byte keys would cost a page read per record; this one costs about 29 bytes per person.
//
// Compares the first 16 of 32 bytes: of 10^7 persons two agree by chance with probability below
// 10^-24.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "policy/consent/rows.h"

namespace renkei::agents::cohort {

// Birth date and sex in one number: (year * 10000 + month * 100 + day) * 2 + sex.
using PersonWord = uint32_t;

class PersonIndex {
 public:
  // Row number, 0 when unknown.
  uint32_t Find(const policy::consent::SubjectKey& key) const;
  // The row number must be size() + 1.
  void Add(const policy::consent::SubjectKey& key, PersonWord word);
  size_t size() const { return words_.size(); }
  PersonWord word(uint32_t id) const { return words_[id - 1]; }
  void set_word(uint32_t id, PersonWord word) { words_[id - 1] = word; }
  void Clear();

 private:
  using Prefix = std::array<uint64_t, 2>;
  static Prefix PrefixOf(const policy::consent::SubjectKey& key);
  size_t SlotOf(const Prefix& prefix) const;
  void Grow();

  std::vector<Prefix> keys_;  // by row number - 1
  std::vector<PersonWord> words_;
  std::vector<uint32_t> slots_;  // open addressing, linear; 0 = free
};

}  // namespace renkei::agents::cohort
