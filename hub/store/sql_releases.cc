// Releases, what they have released, and what counted in them.
#include <utility>

#include "hub/store/columns.h"
#include "hub/store/sql_session.h"
#include "policy/base/status.h"

namespace renkei::hub::store {
namespace {

Listed<std::string> IndicatorsOf(policy::sqlcipher::Database& database, int64_t number) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database.Prepare(
          "SELECT indicator FROM released_indicators WHERE number = ?1 ORDER BY indicator"));
  query.Bind(1, number);
  std::vector<std::string> ids;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return ids;
    ids.push_back(query.Text(0));
  }
}

// Of each indicator of a release the newest release of the area and year before it.
Listed<uint64_t> ReplacedBy(policy::sqlcipher::Database& database, int64_t number) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database.Prepare(
          "SELECT DISTINCT max(old.number) AS before FROM released_indicators AS new JOIN "
          "released_indicators AS old ON old.area_code = new.area_code AND old.fiscal_year = "
          "new.fiscal_year AND old.indicator = new.indicator AND old.number < new.number "
          "WHERE new.number = ?1 GROUP BY new.indicator ORDER BY before"));
  query.Bind(1, number);
  std::vector<uint64_t> numbers;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const bool more, query.Step());
    if (!more) return numbers;
    numbers.push_back(static_cast<uint64_t>(query.Int(0)));
  }
}

// What follows from the other tables.
absl::Status AddTheRest(policy::sqlcipher::Database& database, ReleaseRow* row) {
  const bool is_grouping = row->grouping_of != 0;
  const auto number = static_cast<int64_t>(is_grouping ? row->grouping_of : row->number);
  RENKEI_ASSIGN_OR_RETURN(row->indicators, IndicatorsOf(database, number));
  if (is_grouping) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(row->replaces, ReplacedBy(database, number));
  RENKEI_ASSIGN_OR_RETURN(Statement charge,
                          database.Prepare("SELECT 1 FROM noise_charges WHERE number = ?1"));
  charge.Bind(1, number);
  RENKEI_ASSIGN_OR_RETURN(row->with_noise, charge.Step());
  return absl::OkStatus();
}

ReleaseRow ReleaseAt(const Statement& query) {
  ReleaseRow row;
  row.number = static_cast<uint64_t>(query.Int(0));
  row.round_id = base::RoundId(query.Text(1));
  row.area_code = query.Text(2);
  row.fiscal_year = static_cast<int>(query.Int(3));
  row.created_at = TimeAt(query, 4);
  row.sha256 = DigestAt(query, 5);
  row.grouping_of = static_cast<uint64_t>(query.Int(6));
  row.grouping_name = query.Text(7);
  return row;
}

}  // namespace

Found<ReleaseRow> SqlSession::FindRelease(uint64_t number) {
  ReleaseRow row;
  {
    RENKEI_ASSIGN_OR_RETURN(
        Statement query,
        database_.Prepare("SELECT number, round_id, area_code, fiscal_year, created_at, sha256, "
                          "grouping_of, grouping_name, bytes FROM numbered_releases "
                          "WHERE number = ?1"));
    query.Bind(1, static_cast<int64_t>(number));
    RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) return std::nullopt;
    row = ReleaseAt(query);
    row.bytes = BytesAt(query, 8);
  }
  RENKEI_RETURN_IF_ERROR(AddTheRest(database_, &row));
  return row;
}

Listed<ReleaseRow> SqlSession::ListReleases(uint64_t after, int limit) {
  std::vector<ReleaseRow> rows;
  {
    RENKEI_ASSIGN_OR_RETURN(
        Statement query,
        database_.Prepare("SELECT number, round_id, area_code, fiscal_year, created_at, sha256, "
                          "grouping_of, grouping_name FROM numbered_releases WHERE number > ?1 "
                          "ORDER BY number LIMIT ?2"));
    query.Bind(1, static_cast<int64_t>(after)).Bind(2, static_cast<int64_t>(limit));
    RENKEI_ASSIGN_OR_RETURN(rows, AllRows(query, ReleaseAt));
  }
  for (ReleaseRow& row : rows) RENKEI_RETURN_IF_ERROR(AddTheRest(database_, &row));
  return rows;
}

Listed<ReleaseRow> SqlSession::ListReleasesOf(absl::string_view area_code, int fiscal_year) {
  std::vector<ReleaseRow> rows;
  {
    RENKEI_ASSIGN_OR_RETURN(
        Statement query,
        database_.Prepare("SELECT number, round_id, area_code, fiscal_year, created_at, sha256, "
                          "grouping_of, grouping_name FROM numbered_releases "
                          "WHERE area_code = ?1 AND fiscal_year = ?2 ORDER BY number"));
    query.Bind(1, area_code).Bind(2, static_cast<int64_t>(fiscal_year));
    RENKEI_ASSIGN_OR_RETURN(rows, AllRows(query, ReleaseAt));
  }
  for (ReleaseRow& row : rows) RENKEI_RETURN_IF_ERROR(AddTheRest(database_, &row));
  return rows;
}

Listed<CountedRow> SqlSession::ListCounted(uint64_t release) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT member_id, revision, terms FROM counted_contributions "
                        "WHERE number = ?1 ORDER BY member_id"));
  query.Bind(1, static_cast<int64_t>(release));
  return AllRows(query, [](const Statement& row) {
    return CountedRow{.member_id = base::MemberId(row.Text(0)),
                      .revision = static_cast<uint32_t>(row.Int(1)),
                      .terms = BytesAt(row, 2)};
  });
}

Found<uint64_t> SqlSession::FindReleaseOf(absl::string_view area_code, int fiscal_year,
                                          absl::string_view indicator) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT number FROM released_indicators WHERE area_code = ?1 AND "
                        "fiscal_year = ?2 AND indicator = ?3 ORDER BY number DESC LIMIT 1"));
  query.Bind(1, area_code).Bind(2, static_cast<int64_t>(fiscal_year)).Bind(3, indicator);
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return static_cast<uint64_t>(query.Int(0));
}

Found<uint64_t> SqlSession::FindFirstReleaseOf(absl::string_view area_code,
                                               absl::string_view indicator) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT number FROM released_indicators WHERE area_code = ?1 AND "
                        "indicator = ?2 ORDER BY number LIMIT 1"));
  query.Bind(1, area_code).Bind(2, indicator);
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return static_cast<uint64_t>(query.Int(0));
}

Found<uint64_t> SqlSession::NewestRelease(absl::string_view area_code, int fiscal_year) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT number FROM releases WHERE area_code = ?1 AND fiscal_year = ?2 "
                        "ORDER BY number DESC LIMIT 1"));
  query.Bind(1, area_code).Bind(2, static_cast<int64_t>(fiscal_year));
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return static_cast<uint64_t>(query.Int(0));
}

absl::StatusOr<uint64_t> SqlSession::ReleaseCount() {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT number FROM numbered_releases ORDER BY number DESC LIMIT 1"));
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  return found ? static_cast<uint64_t>(query.Int(0)) : uint64_t{0};
}

absl::Status SqlSession::InsertGrouping(const ReleaseRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO groupings(number, grouping_of, name, created_at, "
                        "sha256, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  insert.Bind(1, static_cast<int64_t>(row.number))
      .Bind(2, static_cast<int64_t>(row.grouping_of))
      .Bind(3, absl::string_view(row.grouping_name))
      .Bind(4, Micros(row.created_at))
      .BindBlob(5, row.sha256);
  BindBytes(insert, 6, row.bytes);
  return RunInsert(insert, "grouping");
}

absl::Status SqlSession::InsertRelease(const ReleaseRow& row,
                                       const std::vector<CountedRow>& counted) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<ReleaseRow> known, FindRelease(row.number));
  if (known.has_value()) return absl::AlreadyExistsError("release: the number is taken");
  if (row.grouping_of != 0) return InsertGrouping(row);
  {
    RENKEI_ASSIGN_OR_RETURN(
        Statement insert,
        database_.Prepare("INSERT OR IGNORE INTO releases(number, round_id, area_code, "
                          "fiscal_year, created_at, sha256, bytes) "
                          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
    insert.Bind(1, static_cast<int64_t>(row.number))
        .Bind(2, absl::string_view(row.round_id.value()))
        .Bind(3, absl::string_view(row.area_code))
        .Bind(4, static_cast<int64_t>(row.fiscal_year))
        .Bind(5, Micros(row.created_at))
        .BindBlob(6, row.sha256);
    BindBytes(insert, 7, row.bytes);
    RENKEI_RETURN_IF_ERROR(RunInsert(insert, "release"));
  }
  for (const std::string& indicator : row.indicators) {
    RENKEI_ASSIGN_OR_RETURN(
        Statement insert,
        database_.Prepare("INSERT OR IGNORE INTO released_indicators(area_code, fiscal_year, "
                          "indicator, number) VALUES(?1, ?2, ?3, ?4)"));
    insert.Bind(1, absl::string_view(row.area_code))
        .Bind(2, static_cast<int64_t>(row.fiscal_year))
        .Bind(3, absl::string_view(indicator))
        .Bind(4, static_cast<int64_t>(row.number));
    RENKEI_RETURN_IF_ERROR(RunInsert(insert, "released indicator"));
  }
  for (const CountedRow& one : counted) {
    RENKEI_ASSIGN_OR_RETURN(
        Statement insert,
        database_.Prepare("INSERT OR IGNORE INTO counted_contributions(number, member_id, "
                          "revision, terms) VALUES(?1, ?2, ?3, ?4)"));
    insert.Bind(1, static_cast<int64_t>(row.number))
        .Bind(2, absl::string_view(one.member_id.value()))
        .Bind(3, static_cast<int64_t>(one.revision));
    BindBytes(insert, 4, one.terms);
    RENKEI_RETURN_IF_ERROR(RunInsert(insert, "counted contribution"));
  }
  return absl::OkStatus();
}

}  // namespace renkei::hub::store
