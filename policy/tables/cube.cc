#include "policy/tables/cube.h"

#include "absl/strings/str_cat.h"

namespace renkei::policy::tables {

absl::Status CheckPlausible(const Cube& cube) {
  const Layout& layout = cube.layout();
  if (cube.counts().size() != layout.size() ||
      cube.collected().size() != layout.measures().size()) {
    return absl::InvalidArgumentError("contribution: number of counts differs from the layout");
  }
  for (size_t m = 0; m < layout.measures().size(); ++m) {
    const size_t from = m * layout.cells_per_measure();
    for (size_t i = from; i < from + layout.cells_per_measure(); ++i) {
      const int64_t x = cube.counts()[i];
      if (x < 0 || x >= kMaxCount) {
        return absl::InvalidArgumentError(absl::StrCat(
            "contribution: measure ", layout.measures()[m].id, " has a count outside [0, 2^40)"));
      }
      if (x != 0 && !cube.collected()[m]) {
        return absl::InvalidArgumentError(absl::StrCat(
            "contribution: measure ", layout.measures()[m].id, " is not collected but has counts"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::tables
