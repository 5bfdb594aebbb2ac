// The answer to a query about an area, for people, as CSV or as JSON (indicator_rows.h). Pure.
#pragma once

#include <string>

#include "hub/cli/session.h"
#include "renkei/v1/indicator_service.pb.h"

namespace renkei::hub::cli {

std::string RenderCsv(const v1::QueryIndicatorsResponse& response);
std::string RenderJson(const v1::QueryIndicatorsResponse& response);
std::string RenderTable(const v1::QueryIndicatorsResponse& response, const Session& session);

}  // namespace renkei::hub::cli
