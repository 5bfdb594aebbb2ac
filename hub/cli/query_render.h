// Indicator rows as a table for people, CSV (the columns of the contract) or JSON. Pure.
//
// One symbol for every hidden cell; a dash where there is nobody or nothing to count; numbers only
// where published. CSV text cells that a spreadsheet would read as a formula are prefixed (trust
// 9).
#pragma once

#include <string>

#include "hub/cli/session.h"
#include "renkei/v1/indicator_service.pb.h"

namespace renkei::hub::cli {

inline constexpr char kHidden[] = "*";
inline constexpr char kNothing[] = "―";
inline constexpr char kNotCollected[] = "…";

std::string RenderCsv(const v1::QueryIndicatorsResponse& response);
std::string RenderJson(const v1::QueryIndicatorsResponse& response);
std::string RenderTable(const v1::QueryIndicatorsResponse& response, const Session& session);

}  // namespace renkei::hub::cli
