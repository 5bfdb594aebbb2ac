// Members, identities, enrolment codes, actors, secrets.
#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "hub/store/columns.h"
#include "hub/store/sql_session.h"
#include "policy/base/status.h"

namespace renkei::hub::store {
namespace {

constexpr char kMemberByIdSql[] =
    "SELECT member_id, kind, code, name, insurer_numbers, invited_at, enrolled_at, revoked_at, "
    "revocation_reason FROM members WHERE member_id = ?1";
constexpr char kMembersAfterSql[] =
    "SELECT member_id, kind, code, name, insurer_numbers, invited_at, enrolled_at, revoked_at, "
    "revocation_reason FROM members WHERE member_id > ?1 ORDER BY member_id LIMIT ?2";

MemberRow MemberAt(const Statement& query) {
  MemberRow row;
  row.id = base::MemberId(query.Text(0));
  row.kind = static_cast<v1::MemberKind>(query.Int(1));
  row.code = query.Text(2);
  row.name = query.Text(3);
  const std::string numbers = query.Text(4);
  if (!numbers.empty()) row.insurer_numbers = absl::StrSplit(numbers, ',');
  row.invited_at = TimeAt(query, 5);
  row.enrolled_at = MaybeTimeAt(query, 6);
  row.revoked_at = MaybeTimeAt(query, 7);
  row.revocation_reason = query.Text(8);
  return row;
}

#define RENKEI_IDENTITY_COLUMNS                                                 \
  "SELECT spiffe_id, role, scope, member_id, spki_sha256, signing_public_key, " \
  "certificate_expires_at, enrolled_at, revoked_at FROM identities "

IdentityRow IdentityAt(const Statement& query) {
  IdentityRow row;
  row.spiffe_id = query.Text(0);
  row.role = static_cast<v1::Role>(query.Int(1));
  row.scope = query.Text(2);
  row.member_id = base::MemberId(query.Text(3));
  row.spki_sha256 = DigestAt(query, 4);
  row.signing_public_key = query.BlobCopy(5);
  row.certificate_expires_at = TimeAt(query, 6);
  row.enrolled_at = TimeAt(query, 7);
  row.revoked_at = MaybeTimeAt(query, 8);
  return row;
}

}  // namespace

Found<MemberRow> SqlSession::FindMember(const base::MemberId& id) {
  RENKEI_ASSIGN_OR_RETURN(Statement query, database_.Prepare(kMemberByIdSql));
  query.Bind(1, absl::string_view(id.value()));
  return OneRow(query, MemberAt);
}

Listed<MemberRow> SqlSession::ListMembers(absl::string_view after, int limit) {
  RENKEI_ASSIGN_OR_RETURN(Statement query, database_.Prepare(kMembersAfterSql));
  query.Bind(1, after).Bind(2, static_cast<int64_t>(limit));
  return AllRows(query, MemberAt);
}

absl::Status SqlSession::InsertMember(const MemberRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO members(member_id, kind, code, name, "
                        "insurer_numbers, invited_at, enrolled_at, revoked_at, revocation_reason) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  const std::string numbers = absl::StrJoin(row.insurer_numbers, ",");
  insert.Bind(1, absl::string_view(row.id.value()))
      .Bind(2, static_cast<int64_t>(row.kind))
      .Bind(3, absl::string_view(row.code))
      .Bind(4, absl::string_view(row.name))
      .Bind(5, absl::string_view(numbers))
      .Bind(6, Micros(row.invited_at));
  BindMaybeTime(insert, 7, row.enrolled_at);
  BindMaybeTime(insert, 8, row.revoked_at);
  insert.Bind(9, absl::string_view(row.revocation_reason));
  return RunInsert(insert, "member");
}

absl::Status SqlSession::UpdateMember(const MemberRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement update,
      database_.Prepare("UPDATE members SET name = ?2, insurer_numbers = ?3, enrolled_at = ?4, "
                        "revoked_at = ?5, revocation_reason = ?6, invited_at = ?7 "
                        "WHERE member_id = ?1"));
  const std::string numbers = absl::StrJoin(row.insurer_numbers, ",");
  update.Bind(1, absl::string_view(row.id.value()))
      .Bind(2, absl::string_view(row.name))
      .Bind(3, absl::string_view(numbers));
  BindMaybeTime(update, 4, row.enrolled_at);
  BindMaybeTime(update, 5, row.revoked_at);
  update.Bind(6, absl::string_view(row.revocation_reason)).Bind(7, Micros(row.invited_at));
  return RunUpdate(update, "member");
}

Found<IdentityRow> SqlSession::FindIdentity(absl::string_view spiffe_id) {
  RENKEI_ASSIGN_OR_RETURN(Statement query,
                          database_.Prepare(RENKEI_IDENTITY_COLUMNS "WHERE spiffe_id = ?1"));
  query.Bind(1, spiffe_id);
  return OneRow(query, IdentityAt);
}

Found<IdentityRow> SqlSession::FindIdentityByKey(const crypto::Digest& spki_sha256) {
  RENKEI_ASSIGN_OR_RETURN(Statement query,
                          database_.Prepare(RENKEI_IDENTITY_COLUMNS "WHERE spki_sha256 = ?1"));
  query.BindBlob(1, spki_sha256);
  return OneRow(query, IdentityAt);
}

Listed<IdentityRow> SqlSession::ListIdentitiesOf(const base::MemberId& id) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare(RENKEI_IDENTITY_COLUMNS "WHERE member_id = ?1 ORDER BY spiffe_id"));
  query.Bind(1, absl::string_view(id.value()));
  return AllRows(query, IdentityAt);
}

absl::Status SqlSession::InsertIdentity(const IdentityRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO identities(spiffe_id, role, scope, member_id, "
                        "spki_sha256, signing_public_key, certificate_expires_at, enrolled_at, "
                        "revoked_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  insert.Bind(1, absl::string_view(row.spiffe_id))
      .Bind(2, static_cast<int64_t>(row.role))
      .Bind(3, absl::string_view(row.scope))
      .Bind(4, absl::string_view(row.member_id.value()))
      .BindBlob(5, row.spki_sha256)
      .BindBlob(6, row.signing_public_key)
      .Bind(7, Micros(row.certificate_expires_at))
      .Bind(8, Micros(row.enrolled_at));
  BindMaybeTime(insert, 9, row.revoked_at);
  return RunInsert(insert, "identity");
}

absl::Status SqlSession::UpdateIdentity(const IdentityRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement update,
      database_.Prepare("UPDATE OR IGNORE identities SET spki_sha256 = ?2, signing_public_key = "
                        "?3, certificate_expires_at = ?4, enrolled_at = ?5, revoked_at = ?6 "
                        "WHERE spiffe_id = ?1"));
  update.Bind(1, absl::string_view(row.spiffe_id))
      .BindBlob(2, row.spki_sha256)
      .BindBlob(3, row.signing_public_key)
      .Bind(4, Micros(row.certificate_expires_at))
      .Bind(5, Micros(row.enrolled_at));
  BindMaybeTime(update, 6, row.revoked_at);
  return RunUpdate(update, "identity");
}

Found<EnrolmentCodeRow> SqlSession::FindEnrolmentCode(const crypto::Digest& code_hash) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT code_hash, member_id, issued_at, expires_at, used_at, "
                        "request_digest, response FROM enrolment_codes WHERE code_hash = ?1"));
  query.BindBlob(1, code_hash);
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  EnrolmentCodeRow row;
  row.code_hash = DigestAt(query, 0);
  row.member_id = base::MemberId(query.Text(1));
  row.issued_at = TimeAt(query, 2);
  row.expires_at = TimeAt(query, 3);
  row.used_at = MaybeTimeAt(query, 4);
  if (!query.IsNull(5)) row.request_digest = DigestAt(query, 5);
  if (!query.IsNull(6)) row.response = BytesAt(query, 6);
  return row;
}

absl::Status SqlSession::InsertEnrolmentCode(const EnrolmentCodeRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO enrolment_codes(code_hash, member_id, issued_at, "
                        "expires_at) VALUES(?1, ?2, ?3, ?4)"));
  insert.BindBlob(1, row.code_hash)
      .Bind(2, absl::string_view(row.member_id.value()))
      .Bind(3, Micros(row.issued_at))
      .Bind(4, Micros(row.expires_at));
  return RunInsert(insert, "enrolment code");
}

absl::Status SqlSession::UpdateEnrolmentCode(const EnrolmentCodeRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement update,
      database_.Prepare("UPDATE enrolment_codes SET expires_at = ?2, used_at = ?3, "
                        "request_digest = ?4, response = ?5 WHERE code_hash = ?1"));
  update.BindBlob(1, row.code_hash).Bind(2, Micros(row.expires_at));
  BindMaybeTime(update, 3, row.used_at);
  update.BindBlob(4, row.request_digest);
  BindBytes(update, 5, row.response);
  return RunUpdate(update, "enrolment code");
}

Found<ActorRow> SqlSession::FindActor(int year, absl::string_view spiffe_id) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement query,
      database_.Prepare("SELECT pseudonym FROM actors WHERE year = ?1 AND spiffe_id = ?2"));
  query.Bind(1, static_cast<int64_t>(year)).Bind(2, spiffe_id);
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return ActorRow{.year = year, .spiffe_id = std::string(spiffe_id), .pseudonym = query.Text(0)};
}

absl::Status SqlSession::InsertActor(const ActorRow& row) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare(
          "INSERT OR IGNORE INTO actors(year, spiffe_id, pseudonym) VALUES(?1, ?2, ?3)"));
  insert.Bind(1, static_cast<int64_t>(row.year))
      .Bind(2, absl::string_view(row.spiffe_id))
      .Bind(3, absl::string_view(row.pseudonym));
  return RunInsert(insert, "actor");
}

absl::StatusOr<std::optional<base::Secret>> SqlSession::FindSecret(absl::string_view name) {
  RENKEI_ASSIGN_OR_RETURN(Statement query,
                          database_.Prepare("SELECT value FROM secrets WHERE name = ?1"));
  query.Bind(1, name);
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::optional<base::Secret>();
  return std::optional<base::Secret>(base::Secret::Copy(query.Blob(0)));
}

absl::Status SqlSession::InsertSecret(absl::string_view name, const base::Secret& secret) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO secrets(name, value) VALUES(?1, ?2)"));
  insert.Bind(1, name).BindBlob(2, secret.bytes());
  return RunInsert(insert, "secret");
}

Found<std::string> SqlSession::FindMeta(absl::string_view name) {
  RENKEI_ASSIGN_OR_RETURN(Statement query,
                          database_.Prepare("SELECT value FROM meta WHERE name = ?1"));
  query.Bind(1, name);
  RENKEI_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return query.Text(0);
}

absl::Status SqlSession::InsertMeta(absl::string_view name, absl::string_view value) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement insert,
      database_.Prepare("INSERT OR IGNORE INTO meta(name, value) VALUES(?1, ?2)"));
  insert.Bind(1, name).Bind(2, value);
  return RunInsert(insert, "meta");
}

}  // namespace renkei::hub::store
