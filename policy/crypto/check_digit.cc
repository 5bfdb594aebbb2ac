#include "policy/crypto/check_digit.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace renkei::policy::crypto {
namespace {

bool AreDigits(absl::string_view text) {
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return !text.empty();
}

int DigitAt(absl::string_view digits, size_t i) { return digits[i] - '0'; }

}  // namespace

bool InsurerNumberIsValid(absl::string_view digits) {
  if (!AreDigits(digits)) return false;
  // Leading zeros add nothing to the sum, so the padding of 6-digit numbers needs no copy.
  if (digits.size() != 6 && digits.size() != 8 && digits.size() != 10) return false;
  int sum = 0;
  int weight = 2;
  for (size_t i = digits.size() - 1; i-- > 0;) {
    const int product = DigitAt(digits, i) * weight;
    sum += product / 10 + product % 10;
    weight = 3 - weight;
  }
  return DigitAt(digits, digits.size() - 1) == (10 - sum % 10) % 10;
}

bool MunicipalityCodeIsValid(absl::string_view digits) {
  if (digits.size() != 6 || !AreDigits(digits)) return false;
  int sum = 0;
  for (size_t i = 0; i < 5; ++i) sum += DigitAt(digits, i) * (6 - static_cast<int>(i));
  return DigitAt(digits, 5) == (11 - sum % 11) % 10;
}

bool CorporationNumberIsValid(absl::string_view digits) {
  if (digits.size() != 13 || !AreDigits(digits)) return false;
  int sum = 0;
  int weight = 1;
  for (size_t i = 12; i >= 1; --i) {
    sum += DigitAt(digits, i) * weight;
    weight = 3 - weight;
  }
  return DigitAt(digits, 0) == 9 - sum % 9;
}

absl::Status CheckOrganisationCode(v1::MemberKind kind, absl::string_view code) {
  size_t expected = 0;
  const char* what = "";
  bool (*is_valid)(absl::string_view) = nullptr;
  switch (kind) {
    case v1::MEMBER_KIND_MUNICIPALITY:
      expected = 6;
      what = "municipality code (全国地方公共団体コード)";
      is_valid = MunicipalityCodeIsValid;
      break;
    case v1::MEMBER_KIND_INSURER:
      expected = 8;
      what = "insurer number (保険者番号)";
      is_valid = InsurerNumberIsValid;
      break;
    case v1::MEMBER_KIND_WORKPLACE:
      expected = 13;
      what = "corporation number (法人番号)";
      is_valid = CorporationNumberIsValid;
      break;
    default:
      return absl::InvalidArgumentError("kind must be municipality, insurer or workplace");
  }
  if (code.size() != expected || !AreDigits(code)) {
    return absl::InvalidArgumentError(
        absl::StrCat("organisation code: a ", what, " has ", expected, " digits"));
  }
  if (!is_valid(code)) {
    return absl::InvalidArgumentError(absl::StrCat("organisation code: the check digit of the ",
                                                   what, " is wrong; compare with the register"));
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::crypto
