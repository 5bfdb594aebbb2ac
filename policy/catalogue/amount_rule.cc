#include "policy/catalogue/amount_rule.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace renkei::policy::catalogue {
namespace {

constexpr int kMaxDiseaseCodes = 200;
constexpr int kMaxDays = 366;

bool IsAbsence(v1::AmountOf of) {
  return of == v1::AMOUNT_OF_ABSENCE_EPISODES || of == v1::AMOUNT_OF_ABSENCE_DAYS;
}

bool IsDiseaseCode(const std::string& code) {
  return code.size() == 4 && std::all_of(code.begin(), code.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

absl::Status CheckClaims(const v1::Amount& amount, const Place& place) {
  if (amount.cause_size() != 0 || amount.min_days() != 0) {
    return place.Error("`cause` and `min_days` are of absences, the amount is of claims");
  }
  std::set<int> types;
  for (int i = 0; i < amount.claim_type_size(); ++i) {
    const v1::ClaimType type = amount.claim_type(i);
    if (!v1::ClaimType_IsValid(type) || type == v1::CLAIM_TYPE_UNSPECIFIED ||
        !types.insert(type).second) {
      return place.In("claim_type", i).Error("unknown or repeated claim type");
    }
  }
  if (amount.disease_code_size() > kMaxDiseaseCodes) {
    return place.Error(absl::StrCat("more than ", kMaxDiseaseCodes, " disease codes"));
  }
  std::set<std::string> codes;
  for (int i = 0; i < amount.disease_code_size(); ++i) {
    if (!IsDiseaseCode(amount.disease_code(i)) || !codes.insert(amount.disease_code(i)).second) {
      return place.In("disease_code", i)
          .Error(absl::StrCat("'", amount.disease_code(i),
                              "' is repeated or not a class of 4 digits"));
    }
  }
  if (amount.month() < 0 || amount.month() > 12) {
    return place.In("month").Error("a month is 1 to 12, or 0 for the whole fiscal year");
  }
  return absl::OkStatus();
}

absl::Status CheckAbsences(const v1::Amount& amount, const Place& place) {
  if (amount.claim_type_size() != 0 || amount.disease_code_size() != 0 || amount.month() != 0) {
    return place.Error(
        "`claim_type`, `disease_code` and `month` are of claims, the amount is of absences");
  }
  std::set<int> causes;
  for (int i = 0; i < amount.cause_size(); ++i) {
    const v1::AbsenceCause cause = amount.cause(i);
    if (!v1::AbsenceCause_IsValid(cause) || cause == v1::ABSENCE_CAUSE_UNSPECIFIED ||
        !causes.insert(cause).second) {
      return place.In("cause", i).Error("unknown or repeated cause");
    }
  }
  if (amount.min_days() < 0 || amount.min_days() > kMaxDays) {
    return place.In("min_days").Error(absl::StrCat("needs 0 to ", kMaxDays, " days"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckAmount(const v1::Amount& amount, const Place& place, Uses* uses) {
  if (!v1::AmountOf_IsValid(amount.of()) || amount.of() == v1::AMOUNT_OF_UNSPECIFIED) {
    return place.Error("`of` must say what is summed, for example AMOUNT_OF_COST_YEN");
  }
  if (IsAbsence(amount.of())) {
    uses->absence = true;
    return CheckAbsences(amount, place);
  }
  uses->claims = true;
  return CheckClaims(amount, place);
}

Amount AmountFrom(const v1::Amount& amount) {
  Amount out;
  switch (amount.of()) {
    case v1::AMOUNT_OF_CLAIMS:
      out.of = AmountOf::kClaims;
      break;
    case v1::AMOUNT_OF_CLAIM_DAYS:
      out.of = AmountOf::kClaimDays;
      break;
    case v1::AMOUNT_OF_ABSENCE_EPISODES:
      out.of = AmountOf::kAbsenceEpisodes;
      break;
    case v1::AMOUNT_OF_ABSENCE_DAYS:
      out.of = AmountOf::kAbsenceDays;
      break;
    default:
      out.of = AmountOf::kCostYen;
  }
  if (amount.claim_type_size() != 0) {
    out.claim_types = 0;
    for (const int type : amount.claim_type()) {
      out.claim_types = static_cast<uint8_t>(out.claim_types | (1 << (type - 1)));
    }
  }
  out.disease_codes.assign(amount.disease_code().begin(), amount.disease_code().end());
  std::sort(out.disease_codes.begin(), out.disease_codes.end());
  out.month = amount.month();
  if (amount.cause_size() != 0) {
    out.causes = 0;
    for (const int cause : amount.cause()) {
      out.causes = static_cast<uint8_t>(out.causes | (1 << (cause - 1)));
    }
  }
  out.min_days = amount.min_days();
  return out;
}

const char* UnitOf(v1::AmountOf of) {
  switch (of) {
    case v1::AMOUNT_OF_COST_YEN:
      return "yen";
    case v1::AMOUNT_OF_CLAIMS:
      return "claims";
    case v1::AMOUNT_OF_CLAIM_DAYS:
    case v1::AMOUNT_OF_ABSENCE_DAYS:
      return "days";
    case v1::AMOUNT_OF_ABSENCE_EPISODES:
      return "episodes";
    default:
      return "";
  }
}

}  // namespace renkei::policy::catalogue
