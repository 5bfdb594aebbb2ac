#include "policy/catalogue/decimal.h"

#include <limits>

#include "absl/strings/ascii.h"

namespace renkei::policy::catalogue {

std::optional<Decimal> ParseDecimal(absl::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  Decimal out;
  int digits = 0;
  bool after_point = false;
  if (text.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(text.back()))) {
    return std::nullopt;
  }
  for (const char c : text) {
    if (c == '.' && !after_point && digits > 0) {
      after_point = true;
      continue;
    }
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) || ++digits > 9) return std::nullopt;
    out.digits = out.digits * 10 + (c - '0');
    if (after_point) ++out.decimals;
  }
  if (negative) out.digits = -out.digits;
  return out;
}

std::optional<int32_t> ParseScaled(absl::string_view text, int decimals) {
  const std::optional<Decimal> value = ParseDecimal(text);
  if (!value.has_value() || decimals < 0 || decimals > 9 || value->decimals > decimals) {
    return std::nullopt;
  }
  const int64_t scaled = value->digits * PowerOfTen(decimals - value->decimals);
  if (scaled > std::numeric_limits<int32_t>::max() ||
      scaled < std::numeric_limits<int32_t>::min()) {
    return std::nullopt;
  }
  return static_cast<int32_t>(scaled);
}

}  // namespace renkei::policy::catalogue
