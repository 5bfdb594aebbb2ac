#include "agents/intake/uke_claim.h"

#include "absl/strings/str_cat.h"
#include "agents/intake/era.h"
#include "agents/intake/service_month.h"
#include "agents/intake/text.h"
#include "policy/crypto/check_digit.h"

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;

constexpr int kMostDays = 31;

std::string FieldAt(const UkeClaim::Fields& fields, size_t index) {
  if (index >= fields.size()) return "";
  std::string buffer;
  return std::string(Fold(fields[index], &buffer));
}

// Four digits: the first names the kind of claim; of medical claims an odd last digit is inpatient.
std::optional<uint8_t> ClaimTypeOf(absl::string_view type) {
  if (type.size() != 4 || !IsAllDigits(type)) return std::nullopt;
  switch (type[0]) {
    case '1':
      return (type[3] - '0') % 2 == 1 ? catalogue::kInpatient : catalogue::kOutpatient;
    case '3':
      return catalogue::kDental;
    case '4':
      return catalogue::kPharmacy;
    default:
      return std::nullopt;
  }
}

Rejection Reject(MessageCode code, absl::string_view column, absl::string_view text = "") {
  return {code, column, text.empty() ? std::string() : ValueShape(text)};
}

}  // namespace

std::optional<absl::CivilMonth> ParseUkeMonth(absl::string_view text) {
  if (text.size() == 6) return ParseServiceMonth(text);
  const std::optional<int> number = text.size() == 5 ? ParseCount(text) : std::nullopt;
  if (!number) return std::nullopt;
  const auto day = DayOfEra(*number / 10'000, *number / 100 % 100, *number % 100, 1);
  return day ? std::optional(absl::CivilMonth(*day)) : std::nullopt;
}

std::optional<absl::CivilDay> ParseUkeDay(absl::string_view text) {
  if (text.size() == 8) return policy::base::ParseDay(text);
  const std::optional<int> number = text.size() == 7 ? ParseCount(text) : std::nullopt;
  if (!number) return std::nullopt;
  return DayOfEra(*number / 1'000'000, *number / 10'000 % 100, *number / 100 % 100, *number % 100);
}

void UkeClaim::Start(const Fields& re, uint64_t line) {
  is_open_ = true;
  has_insurance_ = has_public_fund_ = has_disease_ = has_main_ = false;
  line_ = line;
  points_ = 0;
  type_ = FieldAt(re, 2);
  month_ = FieldAt(re, 3);
  sex_ = FieldAt(re, 5);
  birth_ = FieldAt(re, 6);
  insurer_.clear();
  symbol_.clear();
  number_.clear();
  days_.clear();
  points_text_.clear();
  first_disease_.clear();
  main_disease_.clear();
}

void UkeClaim::TakeInsurance(const Fields& ho) {
  has_insurance_ = true;
  insurer_ = FieldAt(ho, 1);
  symbol_ = FieldAt(ho, 2);
  number_ = FieldAt(ho, 3);
  days_ = FieldAt(ho, 4);
  points_text_ = FieldAt(ho, 5);
  points_ = ParseCount(points_text_).value_or(0);
}

void UkeClaim::TakeDisease(const Fields& sy) {
  const std::string code = FieldAt(sy, 1);
  if (!has_disease_) first_disease_ = code;
  has_disease_ = true;
  if (FieldAt(sy, 6) == "01" && !has_main_) {
    main_disease_ = code;
    has_main_ = true;
  }
}

std::optional<Rejection> UkeClaim::ReadPerson(cohort::Person* out, Doubts* doubts) {
  if (insurer_.empty()) return Reject(MessageCode::kHdrMissing, "HO insurer");
  if ((insurer_.size() != 8 && insurer_.size() != 6) || !IsAllDigits(insurer_)) {
    return Reject(MessageCode::kHdrFormat, "HO insurer", insurer_);
  }
  if (insurer_.size() == 6) insurer_.insert(0, "00");
  doubts->insurer_digit_is_wrong = !policy::crypto::InsurerNumberIsValid(insurer_);
  if (sex_ != "1" && sex_ != "2") {
    return Reject(sex_.empty() ? MessageCode::kHdrMissing : MessageCode::kHdrFormat, "RE sex",
                  sex_);
  }
  const std::optional<absl::CivilDay> birth = ParseUkeDay(birth_);
  if (!birth) {
    return Reject(birth_.empty() ? MessageCode::kHdrMissing : MessageCode::kHdrFormat,
                  "RE birth date", birth_);
  }
  cohort::PersonColumns columns;
  columns.insurer_number = insurer_;
  columns.symbol = symbol_;
  columns.number = number_;
  columns.birth_date = *birth;
  columns.sex = sex_ == "1" ? 0 : 1;
  absl::StatusOr<cohort::Person> person = pseudonymiser_.Make(columns);
  if (!person.ok()) {
    return Reject(number_.empty() ? MessageCode::kHdrMissing : MessageCode::kHdrFormat, "HO number",
                  number_);
  }
  *out = *std::move(person);
  return std::nullopt;
}

// The flagged disease, else the first one.
std::string UkeClaim::DiseaseClass(Doubts* doubts) const {
  doubts->no_disease = !has_disease_;
  if (!has_disease_) return "";
  const std::string& code = has_main_ ? main_disease_ : first_disease_;
  const std::optional<std::string> found =
      options_.diseases == nullptr ? std::nullopt : options_.diseases->ClassOf(code);
  if (!found) {
    doubts->unknown_disease = true;
    doubts->disease_shape = ValueShape(code);
  }
  return found.value_or("");
}

std::optional<Rejection> UkeClaim::Finish(cohort::ClaimRecord* out, Doubts* doubts) {
  is_open_ = false;
  *doubts = Doubts();
  if (!has_insurance_) {
    return has_public_fund_ ? Reject(MessageCode::kHdrMissing, "HO")
                            : Reject(MessageCode::kUkeSeq, "HO");
  }
  const std::optional<absl::CivilMonth> month = ParseUkeMonth(month_);
  if (!month) {
    return Reject(month_.empty() ? MessageCode::kHdrMissing : MessageCode::kHdrFormat,
                  "RE month of service", month_);
  }
  out->service_year = static_cast<int>(month->year());
  out->service_month = month->month();
  const policy::base::FiscalYear year = FiscalYearOfMonth(out->service_year, out->service_month);
  if (year.first_year() < options_.first_fiscal_year ||
      year.first_year() > options_.last_fiscal_year) {
    return Reject(MessageCode::kFyRange, "RE month of service");
  }
  const std::optional<uint8_t> type = ClaimTypeOf(type_);
  if (!type) return Reject(MessageCode::kValCode, "RE claim type", type_);
  out->claim_type = *type;
  if (auto rejection = ReadPerson(&out->person, doubts)) return rejection;
  const int age = policy::base::AgeAtEndOf(year, out->person.birth_date);
  if (age < 0 || age > 120) return Reject(MessageCode::kAgeRange, "RE birth date");
  const std::optional<int> points = ParseCount(points_text_);
  if (!points) return Reject(MessageCode::kValFormat, "HO points", points_text_);
  out->points = *points;
  const int days = ParseCount(days_).value_or(0);
  out->days = days <= kMostDays ? days : 0;
  out->disease_code = DiseaseClass(doubts);
  return std::nullopt;
}

}  // namespace renkei::agents::intake
