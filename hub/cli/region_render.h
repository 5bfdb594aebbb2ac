// The answer to a query about a prefecture or the nation, for people, as CSV or as JSON
// (indicator_rows.h): beside each figure how many areas are in it. Pure.
#pragma once

#include <string>

#include "hub/cli/session.h"
#include "renkei/v1/indicator_service.pb.h"

namespace renkei::hub::cli {

// Two columns more than an area's: areas_added, and areas, that the region has.
std::string RenderCsv(const v1::QueryRegionResponse& response);
std::string RenderJson(const v1::QueryRegionResponse& response);
std::string RenderTable(const v1::QueryRegionResponse& response, const Session& session);
// Which areas are in the sums and which are not and why, and what readers of the sums have to know;
// for CSV, which has no room for it.
std::string RegionNotes(const v1::QueryRegionResponse& response, const Session& session);

}  // namespace renkei::hub::cli
