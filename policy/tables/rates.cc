#include "policy/tables/rates.h"

#include "absl/strings/str_cat.h"

namespace renkei::policy::tables {

std::optional<int64_t> PercentTenths(int64_t k, int64_t n) {
  if (n <= 0) return std::nullopt;
  return (2000 * k + n) / (2 * n);
}

std::string FormatTenths(int64_t tenths) { return absl::StrCat(tenths / 10, ".", tenths % 10); }

}  // namespace renkei::policy::tables
