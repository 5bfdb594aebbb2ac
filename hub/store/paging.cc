#include "hub/store/paging.h"

#include <cstdint>
#include <string>
#include <vector>

#include "policy/base/status.h"

namespace renkei::hub::store {
namespace {

constexpr int kPage = 500;

}  // namespace

absl::Status ForEachRound(Snapshot& snapshot,
                          absl::FunctionRef<absl::StatusOr<bool>(const RoundRow&)> visit) {
  std::string after;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<RoundRow> rows, snapshot.ListRounds(after, kPage));
    for (const RoundRow& row : rows) {
      RENKEI_ASSIGN_OR_RETURN(const bool goes_on, visit(row));
      if (!goes_on) return absl::OkStatus();
    }
    if (rows.size() < kPage) return absl::OkStatus();
    after = rows.back().id.value();
  }
}

absl::Status ForEachRelease(Snapshot& snapshot,
                            absl::FunctionRef<absl::StatusOr<bool>(const ReleaseRow&)> visit) {
  uint64_t after = 0;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<ReleaseRow> rows,
                            snapshot.ListReleases(after, kPage));
    for (const ReleaseRow& row : rows) {
      RENKEI_ASSIGN_OR_RETURN(const bool goes_on, visit(row));
      if (!goes_on) return absl::OkStatus();
    }
    if (rows.size() < kPage) return absl::OkStatus();
    after = rows.back().number;
  }
}

}  // namespace renkei::hub::store
