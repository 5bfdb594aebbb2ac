#include "agents/cohort/person_index.h"

#include <cstring>

namespace renkei::agents::cohort {

PersonWord PackPerson(absl::CivilDay birth_date, uint8_t sex) {
  const auto day = static_cast<uint32_t>(birth_date.year() * 10000 + birth_date.month() * 100 +
                                         birth_date.day());
  return day * 2 + (sex & 1u);
}

absl::CivilDay BirthDateOf(PersonWord word) {
  const int day = static_cast<int>(word / 2);
  return absl::CivilDay(day / 10000, day / 100 % 100, day % 100);
}

PersonIndex::Prefix PersonIndex::PrefixOf(const policy::consent::SubjectKey& key) {
  Prefix prefix;
  std::memcpy(prefix.data(), key.data(), sizeof(prefix));
  return prefix;
}

// The slot of the key, or the free slot where it belongs. A pseudonym is uniform: it is its own
// hash.
size_t PersonIndex::SlotOf(const Prefix& prefix) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = static_cast<size_t>(prefix[0]) & mask;
  while (slots_[slot] != 0 && keys_[slots_[slot] - 1] != prefix) slot = (slot + 1) & mask;
  return slot;
}

uint32_t PersonIndex::Find(const policy::consent::SubjectKey& key) const {
  return slots_.empty() ? 0 : slots_[SlotOf(PrefixOf(key))];
}

void PersonIndex::Add(const Prefix& prefix, PersonWord word) {
  if ((keys_.size() + 1) * 4 > slots_.size() * 3) Grow();
  keys_.push_back(prefix);
  words_.push_back(word);
  if (prefix != Prefix{}) slots_[SlotOf(prefix)] = static_cast<uint32_t>(keys_.size());
}

void PersonIndex::Forget(uint32_t id) {
  keys_[id - 1] = {};
  words_[id - 1] = 0;
  // A chain of slots must not break: all are laid again.
  slots_.assign(slots_.size(), 0);
  FillSlots();
}

void PersonIndex::Prefetch(const policy::consent::SubjectKey& key) const {
  if (slots_.empty()) return;
  __builtin_prefetch(&slots_[static_cast<size_t>(PrefixOf(key)[0]) & (slots_.size() - 1)]);
}

void PersonIndex::Grow() {
  slots_.assign(slots_.empty() ? 1024 : slots_.size() * 2, 0);
  FillSlots();
}

void PersonIndex::FillSlots() {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i] != Prefix{}) slots_[SlotOf(keys_[i])] = static_cast<uint32_t>(i + 1);
  }
}

void PersonIndex::Clear() {
  keys_.clear();
  words_.clear();
  slots_.clear();
}

}  // namespace renkei::agents::cohort
