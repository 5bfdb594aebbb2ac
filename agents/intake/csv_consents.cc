// Rows of consents.csv (csv.md, trust 2.1). A grant that cannot be read in full is rejected:
// reading less of it would permit more, because an empty list means all. A denial whose lists
// cannot be read is kept and covers everything.
#include <algorithm>

#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "agents/intake/csv_rows.h"
#include "agents/intake/text.h"
#include "policy/consent/words.h"

namespace renkei::agents::intake {
namespace {

namespace consent = policy::consent;
using consent::EventType;

// False when a code is unknown. An empty text is an empty list: all.
template <typename Value>
bool ReadList(absl::string_view text, std::vector<Value>* out) {
  out->clear();
  if (text.empty()) return true;
  for (absl::string_view part : absl::StrSplit(text, ';')) {
    std::string unused;
    part = Fold(part, &unused);
    const std::optional<Value> value = consent::ParseWord<Value>(part);
    if (!value) return false;
    if (std::find(out->begin(), out->end(), *value) == out->end()) out->push_back(*value);
  }
  return true;
}

Rejection Reject(MessageCode code, Field field, absl::string_view text = "") {
  return {code, FieldName(field), text.empty() ? std::string() : ValueShape(text)};
}

}  // namespace

std::optional<Rejection> CsvRowReader::ReadTime(CsvCells& cells, Field field, bool required,
                                                std::optional<absl::Time>* out) {
  out->reset();
  const absl::string_view text = cells.Get(field);
  if (text.empty()) {
    return required ? std::optional(Reject(MessageCode::kHdrMissing, field)) : std::nullopt;
  }
  *out = consent::ParseInstant(text);
  if (!*out) return Reject(MessageCode::kHdrFormat, field, text);
  return std::nullopt;
}

std::optional<Rejection> CsvRowReader::ReadConsent(CsvCells& cells, cohort::ConsentRecord* out) {
  std::string insurer;
  if (auto rejection = ReadPerson(cells, &out->person, &insurer)) return rejection;
  consent::Event event;
  const absl::string_view type_text = cells.Get(Field::kEvent);
  if (type_text.empty()) return Reject(MessageCode::kHdrMissing, Field::kEvent);
  const std::optional<EventType> type = consent::ParseWord<EventType>(type_text);
  if (!type) return Reject(MessageCode::kHdrFormat, Field::kEvent, type_text);
  event.type = *type;
  const bool is_grant = event.type == EventType::kGiven;

  std::optional<absl::Time> event_time, effective_at;
  if (auto rejection = ReadTime(cells, Field::kEventTime, true, &event_time)) return rejection;
  if (auto rejection = ReadTime(cells, Field::kEffectiveAt, false, &effective_at)) return rejection;
  event.event_time = *event_time;
  event.effective_at = effective_at.value_or(*event_time);
  if (consent::IsBackDatedGrant(event)) {
    return Reject(MessageCode::kHdrFormat, Field::kEffectiveAt);
  }
  if (auto rejection = ReadTime(cells, Field::kValidFrom, false, &event.valid_from))
    return rejection;
  if (auto rejection = ReadTime(cells, Field::kValidTo, false, &event.valid_to)) return rejection;
  if (consent::HasEmptyValidity(event)) return Reject(MessageCode::kHdrFormat, Field::kValidTo);
  if (auto rejection = ReadTime(cells, Field::kRefersTo, consent::NeedsReference(event.type),
                                &event.refers_to)) {
    return rejection;
  }

  const absl::string_view basis_text = cells.Get(Field::kBasis);
  if (is_grant && basis_text.empty()) return Reject(MessageCode::kHdrMissing, Field::kBasis);
  if (!basis_text.empty()) {
    const std::optional<v1::LegalBasis> basis = consent::ParseWord<v1::LegalBasis>(basis_text);
    if (basis) {
      event.basis = *basis;
    } else if (consent::IsDenial(event.type)) {
      Warn(MessageCode::kValCode, Level::kDropValue, FieldName(Field::kBasis), basis_text,
           cells.line());
    } else {
      return Reject(MessageCode::kHdrFormat, Field::kBasis, basis_text);
    }
  }
  const auto read_list = [&](Field field, auto* list) -> std::optional<Rejection> {
    const absl::string_view text = cells.Get(field);
    if (ReadList(text, list)) return std::nullopt;
    if (!consent::IsDenial(event.type)) return Reject(MessageCode::kHdrFormat, field, text);
    list->clear();
    Warn(MessageCode::kValCode, Level::kWarn, FieldName(field), text, cells.line());
    return std::nullopt;
  };
  if (auto rejection = read_list(Field::kPurposes, &event.purposes)) return rejection;
  if (auto rejection = read_list(Field::kCategories, &event.categories)) return rejection;

  const absl::string_view text_ref = cells.Get(Field::kTextRef);
  const bool names_text = consent::NamesText(text_ref);
  if (is_grant && text_ref.empty()) return Reject(MessageCode::kHdrMissing, Field::kTextRef);
  if (!text_ref.empty() && !names_text && !consent::IsDenial(event.type)) {
    return Reject(MessageCode::kHdrFormat, Field::kTextRef, text_ref);
  }
  if (names_text) event.text_ref.assign(text_ref.data(), text_ref.size());

  const absl::string_view grantor_text = cells.Get(Field::kGrantor);
  if (!grantor_text.empty()) {
    const std::optional<consent::Grantor> grantor =
        consent::ParseWord<consent::Grantor>(grantor_text);
    if (grantor) {
      event.grantor = *grantor;
    } else if (consent::IsDenial(event.type)) {
      Warn(MessageCode::kValCode, Level::kDropValue, FieldName(Field::kGrantor), grantor_text,
           cells.line());
    } else {
      return Reject(MessageCode::kHdrFormat, Field::kGrantor, grantor_text);
    }
  }
  out->event = std::move(event);
  return std::nullopt;
}

}  // namespace renkei::agents::intake
