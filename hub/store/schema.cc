#include "hub/store/schema.h"

namespace renkei::hub::store {
namespace {

// Times are microseconds since 1970 UTC; digests are blobs of 32 bytes; enums are proto numbers.
constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE members(
  member_id TEXT PRIMARY KEY NOT NULL,
  kind INTEGER NOT NULL CHECK(typeof(kind)='integer'),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  insurer_numbers TEXT NOT NULL,
  invited_at INTEGER NOT NULL,
  enrolled_at INTEGER,
  revoked_at INTEGER,
  revocation_reason TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE identities(
  spiffe_id TEXT PRIMARY KEY NOT NULL,
  role INTEGER NOT NULL CHECK(typeof(role)='integer'),
  scope TEXT NOT NULL,
  member_id TEXT NOT NULL,
  spki_sha256 BLOB NOT NULL UNIQUE CHECK(length(spki_sha256)=32),
  signing_public_key BLOB NOT NULL CHECK(length(signing_public_key) IN (0,32)),
  certificate_expires_at INTEGER NOT NULL,
  enrolled_at INTEGER NOT NULL,
  revoked_at INTEGER
) WITHOUT ROWID;
CREATE INDEX identities_by_member ON identities(member_id);

CREATE TABLE enrolment_codes(
  code_hash BLOB PRIMARY KEY NOT NULL CHECK(length(code_hash)=32),
  member_id TEXT NOT NULL REFERENCES members(member_id),
  issued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  request_digest BLOB,
  response BLOB
) WITHOUT ROWID;

CREATE TABLE actors(
  year INTEGER NOT NULL,
  spiffe_id TEXT NOT NULL,
  pseudonym TEXT NOT NULL UNIQUE,
  PRIMARY KEY(year, spiffe_id)
) WITHOUT ROWID;

CREATE TABLE secrets(
  name TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE meta(
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE agreements(
  dua_id TEXT NOT NULL,
  version INTEGER NOT NULL CHECK(version >= 1),
  member_id TEXT NOT NULL,
  state INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK(length(digest)=32),
  text BLOB NOT NULL,
  secretariat_envelope BLOB NOT NULL,
  member_envelope BLOB NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY(dua_id, version)
) WITHOUT ROWID;
CREATE INDEX agreements_by_member ON agreements(member_id, dua_id, version);

CREATE TABLE policies(
  digest BLOB PRIMARY KEY NOT NULL CHECK(length(digest)=32),
  text BLOB NOT NULL,
  loaded_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE rounds(
  round_id TEXT PRIMARY KEY NOT NULL,
  area_code TEXT NOT NULL,
  fiscal_year INTEGER NOT NULL,
  descriptor BLOB NOT NULL,
  digest BLOB NOT NULL CHECK(length(digest)=32),
  state INTEGER NOT NULL CHECK(state BETWEEN 1 AND 5),
  opened_at INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  closed_at INTEGER,
  release_number INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE contributions(
  id INTEGER PRIMARY KEY,
  iss TEXT NOT NULL,
  request_id TEXT NOT NULL,
  round_id TEXT NOT NULL REFERENCES rounds(round_id),
  member_id TEXT NOT NULL,
  revision INTEGER NOT NULL CHECK(revision BETWEEN 1 AND 3),
  issued_at INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  payload_digest BLOB NOT NULL CHECK(length(payload_digest)=32),
  receipt BLOB NOT NULL,
  log_sequence INTEGER NOT NULL,
  envelope BLOB NOT NULL,
  UNIQUE(iss, request_id),
  UNIQUE(round_id, member_id, revision)
);

CREATE TABLE releases(
  number INTEGER PRIMARY KEY CHECK(number >= 1),
  round_id TEXT NOT NULL UNIQUE REFERENCES rounds(round_id),
  area_code TEXT NOT NULL,
  fiscal_year INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK(length(sha256)=32),
  bytes BLOB NOT NULL
);
CREATE TABLE released_indicators(
  area_code TEXT NOT NULL,
  fiscal_year INTEGER NOT NULL,
  indicator TEXT NOT NULL,
  number INTEGER NOT NULL REFERENCES releases(number),
  PRIMARY KEY(area_code, fiscal_year, indicator)
) WITHOUT ROWID;
CREATE INDEX released_by_number ON released_indicators(number, indicator);

CREATE TABLE log_entries(
  sequence INTEGER PRIMARY KEY CHECK(sequence >= 0),
  json BLOB NOT NULL,
  leaf BLOB NOT NULL CHECK(length(leaf)=32),
  chain BLOB NOT NULL CHECK(length(chain)=32)
);
)sql",
    R"sql(
ALTER TABLE agreements ADD COLUMN proposed_at INTEGER;
ALTER TABLE agreements ADD COLUMN proposed_by INTEGER NOT NULL DEFAULT 2;
ALTER TABLE agreements ADD COLUMN activated_at INTEGER;
ALTER TABLE agreements ADD COLUMN notice_at INTEGER;
ALTER TABLE agreements ADD COLUMN notice_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agreements ADD COLUMN ends_at INTEGER;
CREATE INDEX agreements_by_end ON agreements(ends_at) WHERE ends_at IS NOT NULL;

ALTER TABLE policies ADD COLUMN policy_id TEXT NOT NULL DEFAULT '';
ALTER TABLE policies ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policies ADD COLUMN proposed_sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policies ADD COLUMN in_force_at INTEGER;
ALTER TABLE policies ADD COLUMN in_force_sequence INTEGER;
CREATE UNIQUE INDEX policies_by_version ON policies(policy_id, version) WHERE policy_id <> '';

CREATE TABLE policy_signatures(
  digest BLOB NOT NULL REFERENCES policies(digest),
  spiffe_id TEXT NOT NULL,
  public_key BLOB NOT NULL CHECK(length(public_key) IN (0,32)),
  envelope BLOB NOT NULL,
  signed_at INTEGER NOT NULL,
  PRIMARY KEY(digest, spiffe_id)
) WITHOUT ROWID;
)sql",
    // Newest last; never more than one of a size under one key.
    R"sql(
CREATE TABLE consent_checkpoints(
  id INTEGER PRIMARY KEY,
  member_id TEXT NOT NULL,
  verifier_key TEXT NOT NULL,
  size INTEGER NOT NULL CHECK(size >= 1),
  root BLOB NOT NULL CHECK(length(root)=32),
  note BLOB NOT NULL,
  accepted_at INTEGER NOT NULL,
  UNIQUE(member_id, verifier_key, size)
);
CREATE INDEX consent_checkpoints_by_member ON consent_checkpoints(member_id, id);
)sql",
    // An indicator may be released again; what counted in a release is kept with it.
    R"sql(
CREATE TABLE released_again(
  number INTEGER NOT NULL REFERENCES releases(number),
  area_code TEXT NOT NULL,
  fiscal_year INTEGER NOT NULL,
  indicator TEXT NOT NULL,
  PRIMARY KEY(number, indicator)
) WITHOUT ROWID;
INSERT INTO released_again(number, area_code, fiscal_year, indicator)
  SELECT number, area_code, fiscal_year, indicator FROM released_indicators;
DROP TABLE released_indicators;
ALTER TABLE released_again RENAME TO released_indicators;
CREATE INDEX released_by_indicator
  ON released_indicators(area_code, fiscal_year, indicator, number);

CREATE TABLE counted_contributions(
  number INTEGER NOT NULL REFERENCES releases(number),
  member_id TEXT NOT NULL,
  revision INTEGER NOT NULL CHECK(revision BETWEEN 1 AND 3),
  terms BLOB NOT NULL,
  PRIMARY KEY(number, member_id)
) WITHOUT ROWID;

ALTER TABLE rounds ADD COLUMN held_at INTEGER;
)sql",
    // The budget of the noise lane: one charge of a release, and none without its release.
    R"sql(
CREATE TABLE noise_charges(
  release_id TEXT PRIMARY KEY NOT NULL,
  number INTEGER NOT NULL UNIQUE REFERENCES releases(number),
  hub TEXT NOT NULL,
  data_year INTEGER NOT NULL,
  rho_numerator INTEGER NOT NULL CHECK(rho_numerator >= 1),
  rho_denominator INTEGER NOT NULL CHECK(rho_denominator >= 1),
  cap_numerator INTEGER NOT NULL CHECK(cap_numerator >= 1),
  cap_denominator INTEGER NOT NULL CHECK(cap_denominator >= 1),
  content BLOB NOT NULL CHECK(length(content)=32)
) WITHOUT ROWID;
)sql",
    // Groupings are numbered with the releases that they are unions of.
    R"sql(
CREATE TABLE groupings(
  number INTEGER PRIMARY KEY CHECK(number >= 1),
  grouping_of INTEGER NOT NULL REFERENCES releases(number),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK(length(sha256)=32),
  bytes BLOB NOT NULL,
  UNIQUE(grouping_of, name)
);
CREATE VIEW numbered_releases AS
  SELECT number, round_id, area_code, fiscal_year, created_at, sha256, bytes,
    0 AS grouping_of, '' AS grouping_name FROM releases
  UNION ALL
  SELECT g.number, r.round_id, r.area_code, r.fiscal_year, g.created_at, g.sha256, g.bytes,
    g.grouping_of, g.name FROM groupings AS g JOIN releases AS r ON r.number = g.grouping_of;
)sql",
};

}  // namespace

std::span<const char* const> Migrations() { return kMigrations; }

}  // namespace renkei::hub::store
