#include "agents/cohort/person_index.h"

#include <cstring>

namespace renkei::agents::cohort {

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

void PersonIndex::Add(const policy::consent::SubjectKey& key, PersonWord word) {
  if ((keys_.size() + 1) * 4 > slots_.size() * 3) Grow();
  keys_.push_back(PrefixOf(key));
  words_.push_back(word);
  slots_[SlotOf(keys_.back())] = static_cast<uint32_t>(keys_.size());
}

void PersonIndex::Grow() {
  const size_t size = slots_.empty() ? 1024 : slots_.size() * 2;
  slots_.assign(size, 0);
  for (size_t i = 0; i < keys_.size(); ++i) slots_[SlotOf(keys_[i])] = static_cast<uint32_t>(i + 1);
}

void PersonIndex::Clear() {
  keys_.clear();
  words_.clear();
  slots_.clear();
}

}  // namespace renkei::agents::cohort
