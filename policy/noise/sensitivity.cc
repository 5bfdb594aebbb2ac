#include "policy/noise/sensitivity.h"

#include "absl/strings/str_cat.h"

namespace renkei::policy::noise {
namespace {

constexpr int64_t kLargestCount = 1'000'000;
constexpr int64_t kMemberKinds = 3;

}  // namespace

absl::StatusOr<int64_t> SquaredSensitivity(const Exposure& exposure) {
  const struct {
    int64_t count;
    int64_t most;
    const char* what;
  } counts[] = {{exposure.measures, kLargestCount, "measures"},
                {exposure.councils, kLargestCount, "councils"},
                {exposure.member_kinds, kMemberKinds, "kinds of members"}};
  for (const auto& [count, most, what] : counts) {
    if (count < 1 || count > most) {
      return absl::InvalidArgumentError(
          absl::StrCat("a person is in 1 to ", most, " ", what, ", not ", count));
    }
  }
  return 2 * exposure.measures * (exposure.may_move_cell ? 2 : 1) * exposure.councils *
         exposure.member_kinds;
}

}  // namespace renkei::policy::noise
