#include "agents/intake/residence.h"

#include <cstring>

#include "agents/intake/text.h"
#include "policy/crypto/check_digit.h"

namespace renkei::agents::intake {

using policy::catalogue::AreaTable;

Residence FromMunicipalityCode(const AreaTable& areas, absl::string_view code) {
  if (code.empty()) return {};
  if ((code.size() != 5 && code.size() != 6) || !IsAllDigits(code)) {
    return {"", MessageCode::kValCode};
  }
  if (code.size() == 6 && !policy::crypto::MunicipalityCodeIsValid(code)) {
    return {"", MessageCode::kCheckDigit};
  }
  std::optional<std::string> known = areas.MunicipalityFromCode(code);
  if (!known) return {"", MessageCode::kValCode};
  return {*std::move(known), {}};
}

Residence FromPostalCode(const AreaTable& areas, absl::string_view postal_code) {
  if (postal_code.empty()) return {};
  char digits[7];
  if (postal_code.size() == 8 && postal_code[3] == '-') {
    std::memcpy(digits, postal_code.data(), 3);
    std::memcpy(digits + 3, postal_code.data() + 4, 4);
  } else if (postal_code.size() == 7) {
    std::memcpy(digits, postal_code.data(), 7);
  } else {
    return {"", MessageCode::kValFormat};
  }
  const absl::string_view seven(digits, 7);
  if (!IsAllDigits(seven)) return {"", MessageCode::kValFormat};
  return {areas.MunicipalityFromPostalCode(seven).value_or(""), {}};
}

Residence FromColumns(const AreaTable& areas, absl::string_view municipality_code,
                      absl::string_view postal_code) {
  if (!municipality_code.empty()) return FromMunicipalityCode(areas, municipality_code);
  return FromPostalCode(areas, postal_code);
}

}  // namespace renkei::agents::intake
