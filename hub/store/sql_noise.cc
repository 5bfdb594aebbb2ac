// What noise releases cost, and which indicators either lane has released.
#include "hub/store/columns.h"
#include "hub/store/sql_session.h"
#include "policy/base/status.h"

namespace renkei::hub::store {

Listed<NoiseChargeRow> SqlSession::ListNoiseCharges() {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT release_id, number, hub, data_year, rho_numerator, "
                        "rho_denominator, cap_numerator, cap_denominator, content "
                        "FROM noise_charges ORDER BY release_id"));
  return AllRows(query, [](const Statement& row) {
    return NoiseChargeRow{.release_id = row.Text(0),
                          .number = static_cast<uint64_t>(row.Int(1)),
                          .hub = row.Text(2),
                          .data_year = static_cast<int>(row.Int(3)),
                          .rho_numerator = row.Int(4),
                          .rho_denominator = row.Int(5),
                          .cap_numerator = row.Int(6),
                          .cap_denominator = row.Int(7),
                          .content = DigestAt(row, 8)};
  });
}

Listed<std::string> SqlSession::ListIndicatorsReleased(bool with_noise) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(
          "SELECT DISTINCT indicator FROM released_indicators LEFT JOIN noise_charges ON "
          "noise_charges.number = released_indicators.number "
          "WHERE (noise_charges.number IS NOT NULL) = ?1 ORDER BY indicator"));
  query.Bind(1, int64_t{with_noise});
  return AllRows(query, [](const Statement& row) { return std::string(row.Text(0)); });
}

absl::Status SqlSession::InsertNoiseCharge(const NoiseChargeRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO noise_charges(release_id, number, hub, data_year, "
                        "rho_numerator, rho_denominator, cap_numerator, cap_denominator, content) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  insert.Bind(1, absl::string_view(row.release_id))
      .Bind(2, static_cast<int64_t>(row.number))
      .Bind(3, absl::string_view(row.hub))
      .Bind(4, static_cast<int64_t>(row.data_year))
      .Bind(5, row.rho_numerator)
      .Bind(6, row.rho_denominator)
      .Bind(7, row.cap_numerator)
      .Bind(8, row.cap_denominator)
      .BindBlob(9, row.content);
  return RunInsert(insert, "noise charge");
}

}  // namespace renkei::hub::store
