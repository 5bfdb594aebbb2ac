// Rows of consents.csv (csv.md, trust 2.1). A grant that cannot be read in full is rejected:
// reading less of it would permit more, because an empty list means all. A denial whose lists
// cannot be read is kept and covers everything.
#include <algorithm>
#include <array>

#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "agents/intake/csv_rows.h"
#include "agents/intake/text.h"
#include "policy/base/clock.h"
#include "policy/base/fiscal_year.h"

namespace renkei::agents::intake {
namespace {

namespace consent = policy::consent;
using consent::EventType;

template <typename Value>
struct Word {
  const char* word;
  Value value;
};

constexpr Word<EventType> kEvents[] = {
    {"given", EventType::kGiven},         {"refused", EventType::kRefused},
    {"renewed", EventType::kRenewed},     {"withdrawn", EventType::kWithdrawn},
    {"opted_out", EventType::kOptedOut},  {"notice_given", EventType::kNoticeGiven},
    {"expired", EventType::kExpired},     {"invalidated", EventType::kInvalidated},
    {"corrected", EventType::kCorrected},
};
constexpr Word<v1::LegalBasis> kBases[] = {
    {"consent", v1::LEGAL_BASIS_CONSENT},
    {"statute", v1::LEGAL_BASIS_STATUTE},
    {"opt_out_notice", v1::LEGAL_BASIS_OPT_OUT_NOTICE},
    {"joint_use", v1::LEGAL_BASIS_JOINT_USE},
    {"stat_69_2_4", v1::LEGAL_BASIS_STAT_69_2_4},
    {"anon_processed", v1::LEGAL_BASIS_ANON_PROCESSED},
};
constexpr Word<v1::Purpose> kPurposes[] = {
    {"regional_planning", v1::PURPOSE_REGIONAL_PLANNING},
    {"council_indicator", v1::PURPOSE_COUNCIL_INDICATOR},
    {"quality_improvement", v1::PURPOSE_QUALITY_IMPROVEMENT},
    {"academic_study", v1::PURPOSE_ACADEMIC_STUDY},
    {"internal_dept_sharing", v1::PURPOSE_INTERNAL_DEPT_SHARING},
};
constexpr Word<v1::DataCategory> kCategories[] = {
    {"exam_result", v1::DATA_CATEGORY_EXAM_RESULT},
    {"questionnaire", v1::DATA_CATEGORY_QUESTIONNAIRE},
    {"guidance", v1::DATA_CATEGORY_GUIDANCE},
    {"claims", v1::DATA_CATEGORY_CLAIMS},
    {"workplace_exam", v1::DATA_CATEGORY_WORKPLACE_EXAM},
    {"absence", v1::DATA_CATEGORY_ABSENCE},
    {"stress_check_group", v1::DATA_CATEGORY_STRESS_CHECK_GROUP},
};
constexpr Word<consent::Grantor> kGrantors[] = {
    {"self", consent::Grantor::kSelf},
    {"guardian", consent::Grantor::kGuardian},
    {"adult_guardian", consent::Grantor::kAdultGuardian},
    {"poa", consent::Grantor::kPowerOfAttorney},
};

template <typename Value, size_t N>
std::optional<Value> Find(const Word<Value> (&words)[N], absl::string_view text) {
  for (const Word<Value>& word : words) {
    if (text == word.word) return word.value;
  }
  return std::nullopt;
}

// False when a code is unknown. An empty text is an empty list: all.
template <typename Value, size_t N>
bool ReadList(const Word<Value> (&words)[N], absl::string_view text, std::vector<Value>* out) {
  out->clear();
  if (text.empty()) return true;
  for (absl::string_view part : absl::StrSplit(text, ';')) {
    std::string unused;
    part = Fold(part, &unused);
    const std::optional<Value> value = Find(words, part);
    if (!value) return false;
    if (std::find(out->begin(), out->end(), *value) == out->end()) out->push_back(*value);
  }
  return true;
}

Rejection Reject(MessageCode code, Field field, absl::string_view text = "") {
  return {code, FieldName(field), text.empty() ? std::string() : ValueShape(text)};
}

bool IsDenial(EventType type) {
  return type == EventType::kRefused || type == EventType::kWithdrawn ||
         type == EventType::kOptedOut;
}

// RFC 3339 with an offset, or a day (00:00 JST).
std::optional<absl::Time> ParseInstant(absl::string_view text) {
  if (const std::optional<absl::CivilDay> day = policy::base::ParseDay(text)) {
    return absl::FromCivil(*day, policy::base::Jst());
  }
  // absl accepts more than RFC 3339 does: infinite times and spaces.
  if (text.size() < 20 || text[4] != '-' || text[10] != 'T' || text.find(' ') != text.npos) {
    return std::nullopt;
  }
  if (!policy::base::ParseDay(text.substr(0, 10))) return std::nullopt;
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return std::nullopt;
  return time;
}

}  // namespace

std::optional<Rejection> CsvRowReader::ReadTime(CsvCells& cells, Field field, bool required,
                                                std::optional<absl::Time>* out) {
  out->reset();
  const absl::string_view text = cells.Get(field);
  if (text.empty()) {
    return required ? std::optional(Reject(MessageCode::kHdrMissing, field)) : std::nullopt;
  }
  *out = ParseInstant(text);
  if (!*out) return Reject(MessageCode::kHdrFormat, field, text);
  return std::nullopt;
}

std::optional<Rejection> CsvRowReader::ReadConsent(CsvCells& cells, cohort::ConsentRecord* out) {
  std::string insurer;
  if (auto rejection = ReadPerson(cells, &out->person, &insurer)) return rejection;
  consent::Event event;
  const absl::string_view type_text = cells.Get(Field::kEvent);
  if (type_text.empty()) return Reject(MessageCode::kHdrMissing, Field::kEvent);
  const std::optional<EventType> type = Find(kEvents, type_text);
  if (!type) return Reject(MessageCode::kHdrFormat, Field::kEvent, type_text);
  event.type = *type;
  const bool is_grant = event.type == EventType::kGiven;

  std::optional<absl::Time> event_time, effective_at;
  if (auto rejection = ReadTime(cells, Field::kEventTime, true, &event_time)) return rejection;
  if (auto rejection = ReadTime(cells, Field::kEffectiveAt, false, &effective_at)) return rejection;
  event.event_time = *event_time;
  event.effective_at = effective_at.value_or(*event_time);
  if (is_grant && event.effective_at < event.event_time) {  // never back-dated (trust 2.2)
    return Reject(MessageCode::kHdrFormat, Field::kEffectiveAt);
  }
  if (auto rejection = ReadTime(cells, Field::kValidFrom, false, &event.valid_from))
    return rejection;
  if (auto rejection = ReadTime(cells, Field::kValidTo, false, &event.valid_to)) return rejection;
  if (event.valid_to && *event.valid_to <= event.valid_from.value_or(event.effective_at)) {
    return Reject(MessageCode::kHdrFormat, Field::kValidTo);
  }
  const bool needs_reference =
      event.type == EventType::kCorrected || event.type == EventType::kInvalidated;
  if (auto rejection = ReadTime(cells, Field::kRefersTo, needs_reference, &event.refers_to)) {
    return rejection;
  }

  const absl::string_view basis_text = cells.Get(Field::kBasis);
  if (is_grant && basis_text.empty()) return Reject(MessageCode::kHdrMissing, Field::kBasis);
  if (!basis_text.empty()) {
    const std::optional<v1::LegalBasis> basis = Find(kBases, basis_text);
    if (basis) {
      event.basis = *basis;
    } else if (IsDenial(event.type)) {
      Warn(MessageCode::kValCode, Level::kDropValue, FieldName(Field::kBasis), basis_text,
           cells.line());
    } else {
      return Reject(MessageCode::kHdrFormat, Field::kBasis, basis_text);
    }
  }
  const auto read_list = [&](Field field, const auto& words,
                             auto* list) -> std::optional<Rejection> {
    const absl::string_view text = cells.Get(field);
    if (ReadList(words, text, list)) return std::nullopt;
    if (!IsDenial(event.type)) return Reject(MessageCode::kHdrFormat, field, text);
    list->clear();
    Warn(MessageCode::kValCode, Level::kWarn, FieldName(field), text, cells.line());
    return std::nullopt;
  };
  if (auto rejection = read_list(Field::kPurposes, kPurposes, &event.purposes)) return rejection;
  if (auto rejection = read_list(Field::kCategories, kCategories, &event.categories))
    return rejection;

  const absl::string_view text_ref = cells.Get(Field::kTextRef);
  const size_t at = text_ref.find('@');
  const bool names_text = at != text_ref.npos && at > 0 && at + 1 < text_ref.size();
  if (is_grant && text_ref.empty()) return Reject(MessageCode::kHdrMissing, Field::kTextRef);
  if (!text_ref.empty() && !names_text && !IsDenial(event.type)) {
    return Reject(MessageCode::kHdrFormat, Field::kTextRef, text_ref);
  }
  if (names_text) event.text_ref.assign(text_ref.data(), text_ref.size());

  const absl::string_view grantor_text = cells.Get(Field::kGrantor);
  if (!grantor_text.empty()) {
    const std::optional<consent::Grantor> grantor = Find(kGrantors, grantor_text);
    if (grantor) {
      event.grantor = *grantor;
    } else if (IsDenial(event.type)) {
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
