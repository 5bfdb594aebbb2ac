// Rows of indicators as the lines of a table for people, of CSV (the columns of the contract) or of
// JSON. Pure.
//
// One symbol for every hidden cell; a dash where there is nobody or nothing to count; numbers only
// where published. CSV text cells that a spreadsheet would read as a formula are prefixed (trust
// 9).
#pragma once

#include <functional>
#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "hub/cli/session.h"
#include "nlohmann/json.hpp"
#include "renkei/v1/indicator_service.pb.h"

namespace renkei::hub::cli {

inline constexpr char kHidden[] = "*";
inline constexpr char kNothing[] = "―";
inline constexpr char kNotCollected[] = "…";

using Rows = google::protobuf::RepeatedPtrField<v1::IndicatorRow>;

// What stands beside the figures of a row.
struct SideColumn {
  std::string title;
  std::function<std::string(const v1::IndicatorRow&)> text;
  bool is_of_indicator = false;  // the same for all its cells, so that headings have it too
};

// A line per indicator where there is one cell each, else a block per indicator.
std::string RowsTable(const Rows& rows, const SideColumn& side, const Session& session);
// What the signs in a table mean; one line.
std::string SignsText(const Session& session);

inline constexpr char kCsvColumns[] =
    "fiscal_year,area_code,area_name,municipality_code,member_kind,indicator,sex,age_band,"
    "numerator,denominator,value,ci_lower,ci_upper,state,members";
std::string CsvFields(const v1::IndicatorRow& row);

nlohmann::ordered_json RowsJson(const Rows& rows);

}  // namespace renkei::hub::cli
