#include "policy/noise/sensitivity.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace renkei::policy::noise {
namespace {

constexpr int64_t kLargestCount = 1'000'000;

}  // namespace

absl::StatusOr<int64_t> SquaredSensitivity(const Exposure& exposure) {
  for (const auto& [count, what] :
       {std::pair(exposure.measures, "measures"), std::pair(exposure.councils, "councils")}) {
    if (count < 1 || count > kLargestCount) {
      return absl::InvalidArgumentError(
          absl::StrCat("a person is in 1 to ", kLargestCount, " ", what, ", not ", count));
    }
  }
  return 2 * exposure.measures * (exposure.may_move_cell ? 2 : 1) * exposure.councils;
}

}  // namespace renkei::policy::noise
