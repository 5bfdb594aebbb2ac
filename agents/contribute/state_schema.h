// The agent's own state database (agent.db, SQLCipher): identity, rounds seen, agreements signed,
// outbox and journal. Times are microseconds since the Unix epoch. The persons live in another
// file.
#pragma once

#include <array>

namespace renkei::agents::contribute {

inline constexpr std::array<const char*, 3> kStateMigrations = {
    "CREATE TABLE identity ("
    "  name TEXT PRIMARY KEY,"
    "  value BLOB NOT NULL);"
    "CREATE TABLE round ("
    "  round_id TEXT PRIMARY KEY,"
    "  bytes BLOB NOT NULL,"
    "  policy_text BLOB NOT NULL,"
    "  state INTEGER NOT NULL CHECK(typeof(state) = 'integer'),"
    "  seen_at INTEGER NOT NULL CHECK(typeof(seen_at) = 'integer'));"
    "CREATE TABLE agreement ("
    "  dua_id TEXT NOT NULL,"
    "  version INTEGER NOT NULL CHECK(typeof(version) = 'integer'),"
    "  envelope BLOB NOT NULL,"
    "  signed_at INTEGER NOT NULL CHECK(typeof(signed_at) = 'integer'),"
    "  active INTEGER NOT NULL CHECK(active IN (0, 1)),"
    "  PRIMARY KEY (dua_id, version));"
    "CREATE TABLE outbox ("
    "  request_id TEXT PRIMARY KEY,"
    "  round_id TEXT NOT NULL,"
    "  revision INTEGER NOT NULL CHECK(revision BETWEEN 1 AND 3),"
    "  supersedes TEXT NOT NULL,"
    "  state INTEGER NOT NULL CHECK(state BETWEEN 1 AND 5),"
    "  envelope BLOB NOT NULL,"
    "  payload_sha256 BLOB NOT NULL CHECK(length(payload_sha256) = 32),"
    "  not_after INTEGER NOT NULL CHECK(typeof(not_after) = 'integer'),"
    "  consent_mark TEXT NOT NULL,"
    "  approved INTEGER NOT NULL CHECK(approved IN (0, 1)),"
    "  previewed INTEGER NOT NULL DEFAULT 0 CHECK(previewed IN (0, 1)),"
    "  attempts INTEGER NOT NULL DEFAULT 0,"
    "  receipt BLOB,"
    "  note TEXT NOT NULL DEFAULT '');"
    "CREATE INDEX outbox_round ON outbox(round_id, revision);"
    "CREATE TABLE journal ("
    "  sequence INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at INTEGER NOT NULL CHECK(typeof(at) = 'integer'),"
    "  act TEXT NOT NULL,"
    "  round_id TEXT NOT NULL,"
    "  request_id TEXT NOT NULL,"
    "  revision INTEGER NOT NULL,"
    "  payload_sha256 BLOB,"
    "  payload_bytes INTEGER NOT NULL,"
    "  log_sequence INTEGER,"
    "  note TEXT NOT NULL);",
    "ALTER TABLE outbox ADD COLUMN consent_size INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE agreement ADD COLUMN ends_at INTEGER;"};

}  // namespace renkei::agents::contribute
