// PersonIndex: pseudonym -> row number, in memory, while a file is imported. An index on disk over
// random 32-byte keys would cost a page read per record; this one costs about 30 bytes per person.
//
// Compares the first 16 of 32 bytes: of 10^7 persons two agree by chance with probability below
// 10^-24.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "policy/consent/rows.h"

namespace renkei::agents::cohort {

// Birth date and sex in one number: (year * 10000 + month * 100 + day) * 2 + sex.
using PersonWord = uint32_t;
PersonWord PackPerson(absl::CivilDay birth_date, uint8_t sex);
absl::CivilDay BirthDateOf(PersonWord word);
inline uint8_t SexOf(PersonWord word) { return static_cast<uint8_t>(word & 1); }

class PersonIndex {
 public:
  // The part of a pseudonym that is kept; all zero stands for a person that was forgotten.
  using Prefix = std::array<uint64_t, 2>;
  static Prefix PrefixOf(const policy::consent::SubjectKey& key);

  // Row number, 0 when unknown.
  uint32_t Find(const policy::consent::SubjectKey& key) const;
  // The row number must be size() + 1.
  void Add(const Prefix& prefix, PersonWord word);
  // The row number stays, nobody finds it any more.
  void Forget(uint32_t id);
  // Starts loading what Find will read.
  void Prefetch(const policy::consent::SubjectKey& key) const;
  const Prefix& prefix(uint32_t id) const { return keys_[id - 1]; }
  size_t size() const { return words_.size(); }
  PersonWord word(uint32_t id) const { return words_[id - 1]; }
  void set_word(uint32_t id, PersonWord word) { words_[id - 1] = word; }
  void Clear();

 private:
  size_t SlotOf(const Prefix& prefix) const;
  void Grow();
  void FillSlots();

  std::vector<Prefix> keys_;  // by row number - 1
  std::vector<PersonWord> words_;
  std::vector<uint32_t> slots_;  // open addressing, linear; 0 = free
};

}  // namespace renkei::agents::cohort
