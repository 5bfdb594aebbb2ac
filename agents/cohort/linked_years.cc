#include "agents/cohort/linked_years.h"

#include <algorithm>
#include <utility>

#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
using policy::catalogue::ItemValue;
using policy::catalogue::ValueState;
using policy::consent::ItemValues;

void ValuesByPerson::Set(uint32_t person, int32_t value, ValueState state) {
  state_[person] = static_cast<uint8_t>(state);
  const bool fits = value > INT16_MIN && value <= INT16_MAX;
  value_[person] = fits ? static_cast<int16_t>(value) : kWide;
  if (fits) return;
  const base::MutexLock lock(mutex_);
  wide_[person] = value;
}

ItemValue ValuesByPerson::Of(uint32_t person) const {
  const auto state = static_cast<ValueState>(state_[person]);
  if (value_[person] != kWide) return {value_[person], state};
  const base::MutexLock lock(mutex_);
  const auto found = wide_.find(person);
  return {found == wide_.end() ? 0 : found->second, state};
}

YearBefore::YearBefore(YearPeople people, std::vector<int> columns, bool is_workplace)
    : people_(std::move(people)), columns_(std::move(columns)) {
  facts_.reserve(people_.people().size());
  for (const PersonYear& person : people_.people()) {
    facts_.push_back(person.IsKnown() ? FactsOf(person, is_workplace) : 0);
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    values_.push_back(std::make_unique<ValuesByPerson>(people_.people().size()));
  }
}

absl::Status YearBefore::ReadChunk(size_t position, const CardLinks& links, ChunkReader& reader) {
  const StoredChunk& chunk = people_.chunks()[position];
  RENKEI_ASSIGN_OR_RETURN(const ChunkKeys keys, UnpackKeys(chunk.keys));
  std::vector<uint16_t> rows;
  std::vector<uint32_t> persons;
  for (size_t row = 0; row < keys.size(); ++row) {
    const uint32_t person = links.Canonical(keys.person[row]);
    if (people_.people()[person].exam != position * kChunkRows + row + 1) continue;
    rows.push_back(static_cast<uint16_t>(row));
    persons.push_back(person);
  }
  if (rows.empty()) return absl::OkStatus();
  ItemValues items;
  for (size_t c = 0; c < columns_.size(); ++c) {
    RENKEI_ASSIGN_OR_RETURN(const bool any,
                            reader.ReadItems(chunk, keys.size(), columns_[c], rows, items));
    if (!any) continue;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (items.state[i] == ValueState::kAbsent) continue;
      values_[c]->Set(persons[i], items.value[i], items.state[i]);
    }
  }
  return absl::OkStatus();
}

void YearBefore::FinishReading() { people_.Release(); }

void YearBefore::Fill(const std::vector<uint32_t>& persons,
                      policy::consent::PreviousYear& out) const {
  out.facts.resize(persons.size());
  for (size_t i = 0; i < persons.size(); ++i) out.facts[i] = facts_[persons[i]];
  for (size_t c = 0; c < columns_.size(); ++c) {
    ItemValues& items = out.items[static_cast<size_t>(columns_[c])];
    items.value.resize(persons.size());
    items.state.resize(persons.size());
    for (size_t i = 0; i < persons.size(); ++i) {
      const ItemValue item = values_[c]->Of(persons[i]);
      items.value[i] = item.value;
      items.state[i] = item.state;
    }
  }
}

absl::Status AttendanceByPerson::Add(policy::sqlcipher::Database& database, base::FiscalYear year,
                                     base::AgeRule age_rule, int back, const CardLinks& links) {
  YearPeople people(year, age_rule, links, static_cast<uint32_t>(examined.size() - 1));
  RENKEI_RETURN_IF_ERROR(people.ReadRoster(database, {}));
  RENKEI_RETURN_IF_ERROR(people.ReadExams(database));
  const uint32_t bit = uint32_t{1} << back;
  for (size_t id = 0; id < examined.size(); ++id) {
    const PersonYear& person = people.people()[id];
    if (person.exam != 0) examined[id] |= bit;
    if (person.Is(kIsEligible)) eligible[id] |= bit;
  }
  return absl::OkStatus();
}

}  // namespace renkei::agents::cohort
