#include "hub/releases/stored_release.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/rules/withheld_levels.h"

namespace renkei::hub::releases {
using google::protobuf::util::TimeUtil;

absl::StatusOr<store::ReleaseRow> StoredRelease(store::Snapshot& snapshot, uint64_t number,
                                                const std::string& layout_name) {
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::ReleaseRow> row, snapshot.FindRelease(number));
  if (!row.has_value()) return absl::DataLossError("a release of a round is not in the store");
  if (layout_name.empty()) return *std::move(row);
  RENKEI_ASSIGN_OR_RETURN(const v1::Release release, ReleaseOf(*row));
  if (const std::string name = policy::rules::LayoutOf(release.withheld_level()).name;
      name != layout_name) {
    return base::MakeError(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_ALREADY_RELEASED,
                           absl::StrCat("the round is released already, in the layout ", name),
                           "layout", "release.once", "read the release");
  }
  return *std::move(row);
}

v1::ReleaseHead HeadOf(const store::ReleaseRow& row) {
  v1::ReleaseHead head;
  head.set_number(row.number);
  head.set_round_id(row.round_id.value());
  head.set_area_code(row.area_code);
  head.set_fiscal_year(static_cast<uint32_t>(row.fiscal_year));
  *head.mutable_created_at() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(row.created_at));
  head.set_sha256(crypto::ToBytes(row.sha256));
  for (const std::string& indicator : row.indicators) head.add_indicator(indicator);
  for (const uint64_t number : row.replaces) head.add_replaces(number);
  head.set_grouping_name(row.grouping_name);
  head.set_with_noise(row.with_noise);
  return head;
}

absl::StatusOr<v1::Release> ReleaseOf(const store::ReleaseRow& row) {
  v1::Release release;
  if (crypto::Sha256(base::AsBytes(row.bytes)) != row.sha256 ||
      !release.ParseFromString(row.bytes)) {
    return absl::DataLossError("a stored release does not fit its digest");
  }
  return release;
}

}  // namespace renkei::hub::releases
