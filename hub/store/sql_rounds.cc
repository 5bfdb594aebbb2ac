// Rounds and contributions.
#include <utility>

#include "hub/store/columns.h"
#include "hub/store/sql_session.h"
#include "policy/base/status.h"

namespace renkei::hub::store {
namespace {

#define RENKEI_ROUND_COLUMNS                                                                  \
  "SELECT round_id, area_code, fiscal_year, descriptor, digest, state, opened_at, deadline, " \
  "closed_at, release_number, held_at FROM rounds "
#define RENKEI_CONTRIBUTION_COLUMNS                                                 \
  "SELECT iss, request_id, round_id, member_id, revision, issued_at, accepted_at, " \
  "payload_digest, log_sequence"

RoundRow RoundAt(const Statement& query) {
  RoundRow row;
  row.id = base::RoundId(query.Text(0));
  row.area_code = query.Text(1);
  row.fiscal_year = static_cast<int>(query.Int(2));
  row.descriptor = BytesAt(query, 3);
  row.digest = DigestAt(query, 4);
  row.state = static_cast<v1::RoundState>(query.Int(5));
  row.opened_at = TimeAt(query, 6);
  row.deadline = TimeAt(query, 7);
  row.closed_at = MaybeTimeAt(query, 8);
  row.release_number = static_cast<uint64_t>(query.Int(9));
  row.held_at = MaybeTimeAt(query, 10);
  return row;
}

ContributionRow ContributionAt(const Statement& query, bool with_envelopes) {
  ContributionRow row;
  row.iss = query.Text(0);
  row.request_id = query.Text(1);
  row.round_id = base::RoundId(query.Text(2));
  row.member_id = base::MemberId(query.Text(3));
  row.revision = static_cast<uint32_t>(query.Int(4));
  row.issued_at = TimeAt(query, 5);
  row.accepted_at = TimeAt(query, 6);
  row.payload_digest = DigestAt(query, 7);
  row.log_sequence = static_cast<uint64_t>(query.Int(8));
  if (with_envelopes) {
    row.receipt = BytesAt(query, 9);
    row.envelope = BytesAt(query, 10);
  }
  return row;
}

}  // namespace

Found<RoundRow> SqlSession::FindRound(const base::RoundId& id) {
  RENKEI_ASSIGN_OR_RETURN(Statement query,
                          database_.Prepare(RENKEI_ROUND_COLUMNS "WHERE round_id = ?1"));
  query.Bind(1, absl::string_view(id.value()));
  return OneRow(query, RoundAt);
}

Listed<RoundRow> SqlSession::ListRounds(absl::string_view after, int limit) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_ROUND_COLUMNS "WHERE round_id > ?1 ORDER BY round_id LIMIT ?2"));
  query.Bind(1, after).Bind(2, static_cast<int64_t>(limit));
  return AllRows(query, RoundAt);
}

Listed<RoundRow> SqlSession::ListHeldRounds(absl::string_view prefecture, int fiscal_year) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_ROUND_COLUMNS "WHERE state = ?1 AND substr(area_code, 1, 2) = ?2 "
                                             "AND fiscal_year = ?3 ORDER BY round_id"));
  query.Bind(1, static_cast<int64_t>(v1::ROUND_STATE_HELD))
      .Bind(2, prefecture)
      .Bind(3, static_cast<int64_t>(fiscal_year));
  return AllRows(query, RoundAt);
}

absl::Status SqlSession::InsertRound(const RoundRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO rounds(round_id, area_code, fiscal_year, "
                        "descriptor, digest, state, opened_at, deadline, closed_at, "
                        "release_number, held_at) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  insert.Bind(1, absl::string_view(row.id.value()))
      .Bind(2, absl::string_view(row.area_code))
      .Bind(3, static_cast<int64_t>(row.fiscal_year));
  BindBytes(insert, 4, row.descriptor);
  insert.BindBlob(5, row.digest)
      .Bind(6, static_cast<int64_t>(row.state))
      .Bind(7, Micros(row.opened_at))
      .Bind(8, Micros(row.deadline));
  BindMaybeTime(insert, 9, row.closed_at);
  insert.Bind(10, static_cast<int64_t>(row.release_number));
  BindMaybeTime(insert, 11, row.held_at);
  return RunInsert(insert, "round");
}

absl::Status SqlSession::UpdateRound(const RoundRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement update,
      database_.Prepare("UPDATE rounds SET state = ?2, closed_at = ?3, release_number = ?4, "
                        "held_at = ?5 WHERE round_id = ?1"));
  update.Bind(1, absl::string_view(row.id.value())).Bind(2, static_cast<int64_t>(row.state));
  BindMaybeTime(update, 3, row.closed_at);
  update.Bind(4, static_cast<int64_t>(row.release_number));
  BindMaybeTime(update, 5, row.held_at);
  return RunUpdate(update, "round");
}

Found<ContributionRow> SqlSession::FindContribution(absl::string_view iss,
                                                    absl::string_view request_id) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_CONTRIBUTION_COLUMNS ", receipt, envelope FROM contributions "
                                                    "WHERE iss = ?1 AND request_id = ?2"));
  query.Bind(1, iss).Bind(2, request_id);
  return OneRow(query, [](const Statement& row) { return ContributionAt(row, true); });
}

Found<ContributionRow> SqlSession::FindRevision(const base::RoundId& round,
                                                const base::MemberId& member, uint32_t revision) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_CONTRIBUTION_COLUMNS
                        " FROM contributions "
                        "WHERE round_id = ?1 AND member_id = ?2 AND revision = ?3"));
  query.Bind(1, absl::string_view(round.value()))
      .Bind(2, absl::string_view(member.value()))
      .Bind(3, static_cast<int64_t>(revision));
  return OneRow(query, [](const Statement& row) { return ContributionAt(row, false); });
}

Listed<ContributionRow> SqlSession::LatestContributions(const base::RoundId& round,
                                                        bool with_envelopes) {
  constexpr char kWhere[] =
      " FROM contributions AS c WHERE round_id = ?1 AND revision = (SELECT max(revision) FROM "
      "contributions AS d WHERE d.round_id = ?1 AND d.member_id = c.member_id) ORDER BY member_id";
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(absl::StrCat(RENKEI_CONTRIBUTION_COLUMNS,
                                     with_envelopes ? ", receipt, envelope" : "", kWhere)));
  query.Bind(1, absl::string_view(round.value()));
  return AllRows(query, [&](const Statement& row) { return ContributionAt(row, with_envelopes); });
}

Found<ConsentCheckpointRow> SqlSession::FindConsentCheckpoint(const base::MemberId& member) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT member_id, verifier_key, size, root, note, accepted_at FROM "
                        "consent_checkpoints WHERE member_id = ?1 ORDER BY id DESC LIMIT 1"));
  query.Bind(1, absl::string_view(member.value()));
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return ConsentCheckpointRow{.member_id = base::MemberId(query.Text(0)),
                              .verifier_key = query.Text(1),
                              .size = static_cast<uint64_t>(query.Int(2)),
                              .root = DigestAt(query, 3),
                              .note = BytesAt(query, 4),
                              .accepted_at = TimeAt(query, 5)};
}

absl::Status SqlSession::InsertConsentCheckpoint(const ConsentCheckpointRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO consent_checkpoints(member_id, verifier_key, size, "
                        "root, note, accepted_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  insert.Bind(1, absl::string_view(row.member_id.value()))
      .Bind(2, absl::string_view(row.verifier_key))
      .Bind(3, static_cast<int64_t>(row.size))
      .BindBlob(4, row.root);
  BindBytes(insert, 5, row.note);
  insert.Bind(6, Micros(row.accepted_at));
  return RunInsert(insert, "consent checkpoint");
}

absl::Status SqlSession::InsertContribution(const ContributionRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO contributions(iss, request_id, round_id, "
                        "member_id, revision, issued_at, accepted_at, payload_digest, receipt, "
                        "log_sequence, envelope) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  insert.Bind(1, absl::string_view(row.iss))
      .Bind(2, absl::string_view(row.request_id))
      .Bind(3, absl::string_view(row.round_id.value()))
      .Bind(4, absl::string_view(row.member_id.value()))
      .Bind(5, static_cast<int64_t>(row.revision))
      .Bind(6, Micros(row.issued_at))
      .Bind(7, Micros(row.accepted_at))
      .BindBlob(8, row.payload_digest);
  BindBytes(insert, 9, row.receipt);
  insert.Bind(10, static_cast<int64_t>(row.log_sequence));
  BindBytes(insert, 11, row.envelope);
  return RunInsert(insert, "contribution");
}

}  // namespace renkei::hub::store
