#include "agents/intake/report.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "agents/intake/values.h"

namespace renkei::agents::intake {

using policy::catalogue::ItemValue;
using policy::catalogue::ValueState;

void ItemCounts::Count(ValueState state) {
  switch (state) {
    case ValueState::kAbsent:
      ++absent;
      return;
    case ValueState::kNotDone:
      ++not_done;
      return;
    case ValueState::kUnmeasurable:
      ++unmeasurable;
      return;
    case ValueState::kInvalid:
      ++invalid;
      return;
    case ValueState::kValid:
      ++valid;
      return;
    case ValueState::kMarkedHigh:
    case ValueState::kMarkedLow:
    case ValueState::kAboveRange:
    case ValueState::kBelowRange:
      ++marked;
      return;
  }
}

void ImportReport::ExpectItems(const policy::catalogue::ItemTable& table) {
  items.clear();
  for (const policy::catalogue::ItemColumn& column : table.columns()) {
    items.push_back({column.name, RangeText(column), {}});
  }
}

void ImportReport::CountItems(const std::vector<ItemValue>& values) {
  for (size_t i = 0; i < items.size(); ++i) {
    items[i].counts.Count(i < values.size() ? values[i].state : ValueState::kAbsent);
  }
}

void ImportReport::CountStored(cohort::PutOutcome outcome) {
  switch (outcome) {
    case cohort::PutOutcome::kNew:
      ++stored_new;
      return;
    case cohort::PutOutcome::kChanged:
      ++stored_changed;
      return;
    case cohort::PutOutcome::kUnchanged:
      ++stored_unchanged;
      return;
  }
}

void ImportReport::CountStored(const cohort::PutCounts& counts) {
  stored_new += static_cast<uint64_t>(counts.added);
  stored_changed += static_cast<uint64_t>(counts.changed);
  stored_unchanged += static_cast<uint64_t>(counts.unchanged);
}

void ImportReport::StartPart(const policy::catalogue::ItemTable& table) {
  std::vector<Item> kept = std::move(items);
  *this = ImportReport();
  messages = MessageLog::OfPart();
  if (kept.empty()) {
    ExpectItems(table);
    return;
  }
  for (Item& item : kept) item.counts = ItemCounts();
  items = std::move(kept);
}

void ImportReport::Append(const ImportReport& part) {
  const auto add = [](const Tally& from, Tally* to) {
    to->seen += from.seen;
    to->accepted += from.accepted;
    to->rejected += from.rejected;
  };
  add(part.files, &files);
  add(part.records, &records);
  stored_new += part.stored_new;
  stored_changed += part.stored_changed;
  stored_unchanged += part.stored_unchanged;
  without_municipality += part.without_municipality;
  values_without_unit += part.values_without_unit;
  guidance_records += part.guidance_records;
  for (const auto& [year, count] : part.by_fiscal_year) by_fiscal_year[year] += count;
  for (size_t i = 0; i < part.items.size() && i < items.size(); ++i) {
    const ItemCounts& from = part.items[i].counts;
    ItemCounts& to = items[i].counts;
    to.valid += from.valid;
    to.marked += from.marked;
    to.not_done += from.not_done;
    to.unmeasurable += from.unmeasurable;
    to.invalid += from.invalid;
    to.absent += from.absent;
  }
  messages.Append(part.messages);
}

void ImportReport::CountAllRejected() {
  records.accepted = 0;
  records.rejected = records.seen;
  files.accepted = 0;
  files.rejected = files.seen;
  stored_new = stored_changed = stored_unchanged = 0;
  without_municipality = 0;
  values_without_unit = 0;
  guidance_records = 0;
  claims_without_disease = 0;
  by_fiscal_year.clear();
  for (Item& item : items) item.counts = ItemCounts();
}

absl::Status ImportReport::SelfCheck() const {
  if (records.seen != records.accepted + records.rejected) {
    return absl::InternalError(absl::StrCat("import report: ", records.seen, " records seen, but ",
                                            records.accepted, " accepted and ", records.rejected,
                                            " rejected"));
  }
  if (stored_new + stored_changed + stored_unchanged != records.accepted) {
    return absl::InternalError("import report: stored records do not add up to the accepted ones");
  }
  for (const Item& item : items) {
    if (item.counts.sum() + guidance_records != records.accepted) {
      return absl::InternalError(
          absl::StrCat("import report: the states of ", item.name, " add up to ", item.counts.sum(),
                       ", not to ", records.accepted - guidance_records, " accepted examinations"));
    }
  }
  return absl::OkStatus();
}

}  // namespace renkei::agents::intake
