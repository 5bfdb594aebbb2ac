// Queries: views over the published cells of one release (architecture rule 6). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::indicators {

// Which rows: one (both sexes, 40-74); 24 by sex and age (seven bands and 40-74, per sex and both);
// 30 with 40-64 and 65-74 (definitions 15.6).
enum class Breakdown { kNone, kSexAge, kSexAge2 };

struct ViewQuery {
  std::string municipality;  // 6 digits, "unknown", or empty for the whole area
  v1::MemberKind member_kind = v1::MEMBER_KIND_UNSPECIFIED;  // UNSPECIFIED = all kinds
  std::vector<std::string> indicators;                       // empty = every released one
  Breakdown by = Breakdown::kNone;
};

struct ViewRow {
  std::string indicator;
  v1::ReleaseCell cell;
};

// The caller has chosen the release by area, year and number, and was permitted to show it
// (rules::DecideShow). Order: indicators as asked or as released; male, female, both; bands, 40-64,
// 65-74, 40-74. NOT_FOUND for an indicator or municipality that the release does not have;
// INVALID_ARGUMENT for an unknown member kind; DATA_LOSS when a stored table lacks a cell.
absl::StatusOr<std::vector<ViewRow>> ViewRelease(const v1::Release& release,
                                                 const ViewQuery& query);

}  // namespace renkei::hub::indicators
