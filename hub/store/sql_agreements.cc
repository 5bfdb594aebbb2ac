// Agreements and policies: what was signed, by whom, and from when to when it is in force.
#include <limits>
#include <utility>

#include "hub/store/columns.h"
#include "hub/store/sql_session.h"
#include "policy/base/status.h"

namespace renkei::hub::store {
namespace {

#define RENKEI_AGREEMENT_COLUMNS                                                     \
  "SELECT dua_id, version, member_id, state, digest, text, secretariat_envelope, "   \
  "member_envelope, changed_at, proposed_at, proposed_by, activated_at, notice_at, " \
  "notice_by, ends_at FROM agreements "
#define RENKEI_POLICY_COLUMNS                                                            \
  "SELECT digest, text, loaded_at, policy_id, version, proposed_sequence, in_force_at, " \
  "in_force_sequence FROM policies "

AgreementRow AgreementAt(const Statement& query) {
  AgreementRow row;
  row.dua_id = query.Text(0);
  row.version = static_cast<uint32_t>(query.Int(1));
  row.member_id = base::MemberId(query.Text(2));
  row.state = static_cast<v1::AgreementState>(query.Int(3));
  row.digest = DigestAt(query, 4);
  row.text = BytesAt(query, 5);
  row.secretariat_envelope = BytesAt(query, 6);
  row.member_envelope = BytesAt(query, 7);
  row.changed_at = TimeAt(query, 8);
  row.proposed_at = MaybeTimeAt(query, 9);
  row.proposed_by = static_cast<v1::Role>(query.Int(10));
  row.activated_at = MaybeTimeAt(query, 11);
  row.notice_at = MaybeTimeAt(query, 12);
  row.notice_by = static_cast<v1::Role>(query.Int(13));
  row.ends_at = MaybeTimeAt(query, 14);
  return row;
}

PolicyRow PolicyAt(const Statement& query) {
  PolicyRow row;
  row.digest = DigestAt(query, 0);
  row.text = BytesAt(query, 1);
  row.loaded_at = TimeAt(query, 2);
  row.id = query.Text(3);
  row.version = static_cast<uint32_t>(query.Int(4));
  row.proposed_sequence = static_cast<uint64_t>(query.Int(5));
  row.in_force_at = MaybeTimeAt(query, 6);
  if (!query.IsNull(7)) row.in_force_sequence = static_cast<uint64_t>(query.Int(7));
  return row;
}

PolicySignatureRow SignatureAt(const Statement& query) {
  return {.digest = DigestAt(query, 0),
          .spiffe_id = query.Text(1),
          .public_key = query.BlobCopy(2),
          .envelope = BytesAt(query, 3),
          .signed_at = TimeAt(query, 4)};
}

void BindMaybeSequence(Statement& statement, int index, const std::optional<uint64_t>& sequence) {
  if (sequence.has_value()) {
    statement.Bind(index, static_cast<int64_t>(*sequence));
  } else {
    statement.BindNull(index);
  }
}

}  // namespace

Found<AgreementRow> SqlSession::FindAgreement(absl::string_view dua_id, uint32_t version) {
  RENKEI_ASSIGN_OR_RETURN(Statement query, database_.Prepare(RENKEI_AGREEMENT_COLUMNS
                                                             "WHERE dua_id = ?1 AND version = ?2"));
  query.Bind(1, dua_id).Bind(2, static_cast<int64_t>(version));
  return OneRow(query, AgreementAt);
}

Listed<AgreementRow> SqlSession::ListAgreements(const base::MemberId& member,
                                                absl::string_view after_id, uint32_t after_version,
                                                int limit) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_AGREEMENT_COLUMNS "WHERE (?1 = '' OR member_id = ?1) AND "
                                                 "(dua_id > ?2 OR (dua_id = ?2 AND version > ?3)) "
                                                 "ORDER BY dua_id, version LIMIT ?4"));
  query.Bind(1, absl::string_view(member.value()))
      .Bind(2, after_id)
      .Bind(3, static_cast<int64_t>(after_version))
      .Bind(4, static_cast<int64_t>(limit));
  return AllRows(query, AgreementAt);
}

absl::StatusOr<int> SqlSession::CountOpenProposals(const base::MemberId& member, v1::Role by) {
  RENKEI_ASSIGN_OR_RETURN(Statement query,
                          database_.Prepare("SELECT count(*) FROM agreements WHERE member_id = ?1 "
                                            "AND state = ?2 AND proposed_by = ?3"));
  query.Bind(1, absl::string_view(member.value()))
      .Bind(2, static_cast<int64_t>(v1::AGREEMENT_STATE_PROPOSED))
      .Bind(3, static_cast<int64_t>(by));
  RENKEI_ASSIGN_OR_RETURN(const std::optional<int> count, OneRow(query, [](const Statement& row) {
                            return static_cast<int>(row.Int(0));
                          }));
  return count.value_or(0);
}

Listed<AgreementRow> SqlSession::ListAgreementsPastNotice(absl::Time now, int limit) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_AGREEMENT_COLUMNS
                        "WHERE ends_at IS NOT NULL AND ends_at <= ?1 AND state = ?2 "
                        "ORDER BY ends_at, dua_id, version LIMIT ?3"));
  query.Bind(1, Micros(now))
      .Bind(2, static_cast<int64_t>(v1::AGREEMENT_STATE_ACTIVE))
      .Bind(3, static_cast<int64_t>(limit));
  return AllRows(query, AgreementAt);
}

absl::Status SqlSession::InsertAgreement(const AgreementRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare(
          "INSERT OR IGNORE INTO agreements(dua_id, version, member_id, state, digest, text, "
          "secretariat_envelope, member_envelope, changed_at, proposed_at, proposed_by, "
          "activated_at, notice_at, notice_by, ends_at) "
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"));
  insert.Bind(1, absl::string_view(row.dua_id))
      .Bind(2, static_cast<int64_t>(row.version))
      .Bind(3, absl::string_view(row.member_id.value()))
      .Bind(4, static_cast<int64_t>(row.state))
      .BindBlob(5, row.digest);
  BindBytes(insert, 6, row.text);
  BindBytes(insert, 7, row.secretariat_envelope);
  BindBytes(insert, 8, row.member_envelope);
  insert.Bind(9, Micros(row.changed_at));
  BindMaybeTime(insert, 10, row.proposed_at);
  insert.Bind(11, static_cast<int64_t>(row.proposed_by));
  BindMaybeTime(insert, 12, row.activated_at);
  BindMaybeTime(insert, 13, row.notice_at);
  insert.Bind(14, static_cast<int64_t>(row.notice_by));
  BindMaybeTime(insert, 15, row.ends_at);
  return RunInsert(insert, "agreement");
}

absl::Status SqlSession::UpdateAgreement(const AgreementRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement update,
      database_.Prepare("UPDATE agreements SET state = ?3, secretariat_envelope = ?4, "
                        "member_envelope = ?5, changed_at = ?6, activated_at = ?7, "
                        "notice_at = ?8, notice_by = ?9, ends_at = ?10 "
                        "WHERE dua_id = ?1 AND version = ?2"));
  update.Bind(1, absl::string_view(row.dua_id))
      .Bind(2, static_cast<int64_t>(row.version))
      .Bind(3, static_cast<int64_t>(row.state));
  BindBytes(update, 4, row.secretariat_envelope);
  BindBytes(update, 5, row.member_envelope);
  update.Bind(6, Micros(row.changed_at));
  BindMaybeTime(update, 7, row.activated_at);
  BindMaybeTime(update, 8, row.notice_at);
  update.Bind(9, static_cast<int64_t>(row.notice_by));
  BindMaybeTime(update, 10, row.ends_at);
  return RunUpdate(update, "agreement");
}

Found<PolicyRow> SqlSession::FindPolicy(const crypto::Digest& digest) {
  RENKEI_ASSIGN_OR_RETURN(Statement query,
                          database_.Prepare(RENKEI_POLICY_COLUMNS "WHERE digest = ?1"));
  query.BindBlob(1, digest);
  return OneRow(query, PolicyAt);
}

Found<PolicyRow> SqlSession::FindPolicyInForce() {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_POLICY_COLUMNS
                        "WHERE in_force_sequence IS NOT NULL ORDER BY in_force_sequence DESC "
                        "LIMIT 1"));
  return OneRow(query, PolicyAt);
}

absl::StatusOr<PolicyVersions> SqlSession::FindPolicyVersions(absl::string_view id) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT coalesce(max(version), 0), coalesce(max(CASE WHEN "
                        "in_force_sequence IS NOT NULL THEN version END), 0) FROM policies WHERE "
                        "policy_id = ?1"));
  query.Bind(1, id);
  RENKEI_ASSIGN_OR_RETURN(const std::optional<PolicyVersions> versions,
                          OneRow(query, [](const Statement& row) {
                            return PolicyVersions{.proposed = static_cast<uint32_t>(row.Int(0)),
                                                  .in_force = static_cast<uint32_t>(row.Int(1))};
                          }));
  return versions.value_or(PolicyVersions{});
}

Listed<PolicyRow> SqlSession::ListPolicies(uint64_t before, int limit) {
  constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_POLICY_COLUMNS "WHERE policy_id <> '' AND proposed_sequence < ?1 "
                                              "ORDER BY proposed_sequence DESC LIMIT ?2"));
  query.Bind(1, static_cast<int64_t>(std::min(before, kMost))).Bind(2, static_cast<int64_t>(limit));
  return AllRows(query, PolicyAt);
}

absl::Status SqlSession::InsertPolicy(const PolicyRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO policies(digest, text, loaded_at, policy_id, "
                        "version, proposed_sequence, in_force_at, in_force_sequence) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  insert.BindBlob(1, row.digest);
  BindBytes(insert, 2, row.text);
  insert.Bind(3, Micros(row.loaded_at))
      .Bind(4, absl::string_view(row.id))
      .Bind(5, static_cast<int64_t>(row.version))
      .Bind(6, static_cast<int64_t>(row.proposed_sequence));
  BindMaybeTime(insert, 7, row.in_force_at);
  BindMaybeSequence(insert, 8, row.in_force_sequence);
  return RunInsert(insert, "policy");
}

absl::Status SqlSession::UpdatePolicy(const PolicyRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement update,
      database_.Prepare("UPDATE policies SET policy_id = ?2, version = ?3, in_force_at = ?4, "
                        "in_force_sequence = ?5 WHERE digest = ?1"));
  update.BindBlob(1, row.digest)
      .Bind(2, absl::string_view(row.id))
      .Bind(3, static_cast<int64_t>(row.version));
  BindMaybeTime(update, 4, row.in_force_at);
  BindMaybeSequence(update, 5, row.in_force_sequence);
  return RunUpdate(update, "policy");
}

Listed<PolicySignatureRow> SqlSession::ListPolicySignatures(const crypto::Digest& digest) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT digest, spiffe_id, public_key, envelope, signed_at FROM "
                        "policy_signatures WHERE digest = ?1 ORDER BY signed_at, spiffe_id"));
  query.BindBlob(1, digest);
  return AllRows(query, SignatureAt);
}

absl::Status SqlSession::InsertPolicySignature(const PolicySignatureRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO policy_signatures(digest, spiffe_id, public_key, "
                        "envelope, signed_at) VALUES(?1, ?2, ?3, ?4, ?5)"));
  insert.BindBlob(1, row.digest)
      .Bind(2, absl::string_view(row.spiffe_id))
      .BindBlob(3, row.public_key);
  BindBytes(insert, 4, row.envelope);
  insert.Bind(5, Micros(row.signed_at));
  return RunInsert(insert, "policy signature");
}

absl::Status SqlSession::UpdatePolicySignature(const PolicySignatureRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement update,
      database_.Prepare("UPDATE policy_signatures SET public_key = ?3, envelope = ?4, "
                        "signed_at = ?5 WHERE digest = ?1 AND spiffe_id = ?2"));
  update.BindBlob(1, row.digest)
      .Bind(2, absl::string_view(row.spiffe_id))
      .BindBlob(3, row.public_key);
  BindBytes(update, 4, row.envelope);
  update.Bind(5, Micros(row.signed_at));
  return RunUpdate(update, "policy signature");
}

}  // namespace renkei::hub::store
