#include "agents/cohort/scan_worker.h"

#include <algorithm>
#include <utility>

#include "policy/base/status.h"
#include "policy/tables/layout.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace consent = policy::consent;
namespace tables = policy::tables;

int16_t Geographies::Of(uint32_t municipality) {
  const base::MutexLock lock(mutex_);
  const auto [entry, is_new] = known_.try_emplace(municipality, kOutside);
  if (is_new) {
    const std::optional<int> index = query_.geography_of(MunicipalityCode(municipality));
    if (index.has_value()) entry->second = static_cast<int16_t>(*index);
  }
  return entry->second;
}

ScanWorker::ScanWorker(ScanFrame& frame, ChunkReader reader, BatchVisit visit)
    : frame_(frame), reader_(std::move(reader)), visit_(std::move(visit)) {}

int16_t ScanWorker::GeographyOf(uint32_t municipality) {
  if (municipality == 0) return Geographies::kUnknown;
  const auto found = geographies_.find(municipality);
  if (found != geographies_.end()) return found->second;
  return geographies_[municipality] = frame_.geographies.Of(municipality);
}

// Why a person is not counted, in the order of ScanCounts; the area is judged last.
bool ScanWorker::LeavesOut(const PersonYear& person) {
  if (person.age < tables::kMinAge || person.age > tables::kMaxAge) {
    ++counts_.outside_age;
    return true;
  }
  if (!frame_.is_workplace) return false;
  if (!person.Is(kInsurerKnown)) {
    ++counts_.insurer_unknown;
    return true;
  }
  if (person.Is(kInsuredByMember)) {
    ++counts_.insured_by_member;
    return true;
  }
  return false;
}

// False: the person lives outside the area.
bool ScanWorker::AddRow(uint32_t id, const PersonYear& person, uint32_t municipality) {
  const int16_t geography = GeographyOf(municipality);
  if (geography == Geographies::kOutside) {
    ++counts_.outside_area;
    return false;
  }
  const bool is_known = geography != Geographies::kUnknown;
  if (!is_known) ++counts_.unknown_residence;
  ids_.push_back(id);
  batch_.sex.push_back(person.Is(kIsFemale) ? 1 : 0);
  batch_.age.push_back(person.age);
  batch_.geography.push_back(is_known ? geography
                                      : static_cast<int16_t>(frame_.query.unknown_geography));
  batch_.facts.push_back(FactsOf(person, frame_.is_workplace));
  return true;
}

absl::Status ScanWorker::ScanChunk(size_t position) {
  const StoredChunk& chunk = frame_.people.chunks()[position];
  RENKEI_ASSIGN_OR_RETURN(const ChunkKeys keys, UnpackKeys(chunk.keys));
  rows_.clear();
  ids_.clear();
  bool needs_residence = false;
  for (size_t row = 0; row < keys.size(); ++row) {
    const uint32_t id = frame_.links.Canonical(keys.person[row]);
    PersonYear& person = frame_.people.person(id);
    if (person.exam != position * kChunkRows + row + 1) continue;
    if (!person.Is(kHasRosterRow)) {
      ++counts_.exam_without_roster;
      frame_.people.SetIdentity(person, frame_.words[keys.person[row] - 1]);
    }
    if (LeavesOut(person)) continue;
    rows_.push_back(static_cast<uint16_t>(row));
    needs_residence = needs_residence || person.municipality == 0;
  }
  if (rows_.empty()) return absl::OkStatus();
  if (needs_residence) {
    residence_.resize(keys.size());
    RENKEI_RETURN_IF_ERROR(reader_.ReadNumbers(chunk, kResidenceColumn, residence_));
  }
  kept_.clear();
  for (const uint16_t row : rows_) {
    const uint32_t id = frame_.links.Canonical(keys.person[row]);
    const PersonYear& person = frame_.people.person(id);
    const uint32_t municipality =
        person.municipality != 0 ? person.municipality : static_cast<uint32_t>(residence_[row]);
    if (AddRow(id, person, municipality)) kept_.push_back(row);
  }
  if (kept_.empty()) return absl::OkStatus();
  batch_.items.resize(frame_.item_columns);
  for (const int column : frame_.columns) {
    RENKEI_RETURN_IF_ERROR(
        reader_
            .ReadItems(chunk, keys.size(), column, kept_, batch_.items[static_cast<size_t>(column)])
            .status());
  }
  return Emit();
}

absl::Status ScanWorker::ScanOthers(uint32_t begin, uint32_t end) {
  ids_.clear();
  for (consent::ItemValues& items : batch_.items) {
    items.value.clear();
    items.state.clear();
  }
  for (uint32_t id = std::max(begin, 1u); id < end; ++id) {
    const PersonYear& person = frame_.people.person(id);
    if (person.exam != 0 || !person.IsKnown()) continue;
    if (person.Is(kHasRosterRow)) ++counts_.roster_without_exam;
    if (LeavesOut(person) || !AddRow(id, person, person.municipality)) continue;
    if (ids_.size() == kMaxBatchRows) RENKEI_RETURN_IF_ERROR(Emit());
  }
  return ids_.empty() ? absl::OkStatus() : Emit();
}

absl::Status ScanWorker::ReadChunkBefore(size_t position) {
  return frame_.before->ReadChunk(position, frame_.links, reader_);
}

// Hands over the rows that were added; examined persons have their items already.
absl::Status ScanWorker::Emit() {
  const size_t rows = ids_.size();
  counts_.rows += static_cast<int64_t>(rows);
  batch_.fiscal_year = frame_.query.fiscal_year;
  batch_.items.resize(frame_.item_columns);
  refs_.resize(rows);
  // The row number fills four bytes, the others stay zero.
  batch_.subject.resize(rows);
  for (size_t i = 0; i < rows; ++i) {
    refs_[i].person = static_cast<PersonId>(ids_[i]);
    for (size_t b = 0; b < 4; ++b) {
      batch_.subject[i][7 - b] = static_cast<uint8_t>(ids_[i] >> (8 * b));
    }
  }
  if (frame_.before != nullptr) {
    batch_.previous.items.resize(frame_.item_columns);
    frame_.before->Fill(ids_, batch_.previous);
  }
  if (frame_.attendance != nullptr) {
    batch_.first_year_on_record = frame_.first_year_on_record;
    batch_.attendance.examined.resize(rows);
    batch_.attendance.eligible.resize(rows);
    for (size_t i = 0; i < rows; ++i) {
      batch_.attendance.examined[i] = frame_.attendance->examined[ids_[i]];
      batch_.attendance.eligible[i] = frame_.attendance->eligible[ids_[i]];
    }
  }
  batch_.amounts.resize(frame_.amounts.size());
  for (size_t a = 0; a < frame_.amounts.size(); ++a) {
    batch_.amounts[a].resize(rows);
    for (size_t i = 0; i < rows; ++i) batch_.amounts[a][i] = frame_.amounts[a].Of(ids_[i]);
  }
  absl::Status status = visit_(batch_, refs_);
  // The memory stays: every chunk fills its columns anew.
  ids_.clear();
  batch_.sex.clear();
  batch_.age.clear();
  batch_.geography.clear();
  batch_.facts.clear();
  return status;
}

}  // namespace renkei::agents::cohort
