#include "agents/cohort/store_schema.h"

namespace renkei::agents::cohort {

// The first step kept one row per person and per examination; RowStore moves them to the chunks of
// the second and drops the tables. Persons have no index by pseudonym: PersonIndex does that work
// in memory.
const char* const kCohortMigrations[5] = {R"sql(
CREATE TABLE meta(
  name TEXT PRIMARY KEY NOT NULL,
  value INTEGER NOT NULL CHECK(typeof(value)='integer')) WITHOUT ROWID;
INSERT INTO meta(name, value)
  VALUES('record_version', 0), ('cards_with_branch', 0), ('cards_without_branch', 0);
CREATE TABLE item_schemas(
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  text TEXT NOT NULL);
CREATE TABLE persons(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  word INTEGER NOT NULL,
  branch INTEGER NOT NULL,
  card BLOB);
CREATE TABLE exams(
  id INTEGER PRIMARY KEY,
  fiscal_year INTEGER NOT NULL,
  person INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  content BLOB NOT NULL);
CREATE UNIQUE INDEX exams_by_person ON exams(fiscal_year, person, rank);
CREATE TABLE roster(
  fiscal_year INTEGER NOT NULL,
  person INTEGER NOT NULL,
  word INTEGER NOT NULL,
  municipality INTEGER NOT NULL,
  work_municipality INTEGER NOT NULL,
  enrolled_from INTEGER NOT NULL,
  enrolled_to INTEGER NOT NULL,
  exclusion TEXT NOT NULL,
  relationship TEXT NOT NULL,
  insurer INTEGER NOT NULL,
  PRIMARY KEY(fiscal_year, person)) WITHOUT ROWID;
CREATE TABLE guidance(
  fiscal_year INTEGER NOT NULL,
  person INTEGER NOT NULL,
  word INTEGER NOT NULL,
  level INTEGER NOT NULL,
  first_interview INTEGER,
  final_evaluation INTEGER,
  points INTEGER,
  outcome TEXT NOT NULL,
  PRIMARY KEY(fiscal_year, person)) WITHOUT ROWID;
CREATE TABLE consent_events(
  person INTEGER NOT NULL,
  content BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  word INTEGER NOT NULL,
  PRIMARY KEY(person, content)) WITHOUT ROWID;
CREATE UNIQUE INDEX consent_events_by_sequence ON consent_events(sequence);
)sql",
                                          R"sql(
CREATE TABLE person_chunks(
  id INTEGER PRIMARY KEY,
  words BLOB NOT NULL,
  forms BLOB NOT NULL,
  cards BLOB NOT NULL,
  keys BLOB NOT NULL);
CREATE TABLE exam_chunks(
  id INTEGER PRIMARY KEY,
  fiscal_year INTEGER NOT NULL,
  item_schema INTEGER NOT NULL,
  keys BLOB NOT NULL);
CREATE INDEX exam_chunks_by_year ON exam_chunks(fiscal_year, id);
CREATE TABLE exam_columns(
  id INTEGER PRIMARY KEY,
  content BLOB NOT NULL);
)sql",
                                          R"sql(
INSERT INTO meta(name, value) VALUES('claim_file', 0), ('consent_floor', 0);
CREATE TABLE claims(
  month INTEGER NOT NULL,
  person INTEGER NOT NULL,
  form INTEGER NOT NULL,
  points INTEGER NOT NULL,
  copies INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  file INTEGER NOT NULL,
  PRIMARY KEY(month, person, form, points)) WITHOUT ROWID;
CREATE TABLE absences(
  fiscal_year INTEGER NOT NULL,
  person INTEGER NOT NULL,
  start INTEGER NOT NULL,
  last INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  PRIMARY KEY(fiscal_year, person, start)) WITHOUT ROWID;
)sql",
                                          R"sql(
CREATE TABLE guidance_courses(
  first_day INTEGER NOT NULL,
  person INTEGER NOT NULL,
  word INTEGER NOT NULL,
  level INTEGER NOT NULL,
  has_interview INTEGER NOT NULL,
  final_evaluation INTEGER,
  points INTEGER,
  outcome TEXT NOT NULL,
  file_day INTEGER NOT NULL,
  PRIMARY KEY(first_day, person)) WITHOUT ROWID;
)sql",
                                          R"sql(
INSERT INTO meta(name, value) VALUES('ledger_complete', 0);
CREATE TABLE consent_ledger(
  position INTEGER PRIMARY KEY CHECK(position >= 0),
  commitment BLOB NOT NULL CHECK(length(commitment) = 32),
  salt BLOB,
  record BLOB,
  sequence INTEGER);
CREATE UNIQUE INDEX consent_ledger_by_sequence ON consent_ledger(sequence);
CREATE TABLE consent_nodes(
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK(length(hash) = 32),
  PRIMARY KEY(level, position)) WITHOUT ROWID;
CREATE TABLE consent_heads(
  size INTEGER PRIMARY KEY,
  root BLOB NOT NULL CHECK(length(root) = 32),
  leaves INTEGER NOT NULL CHECK(leaves IN (0, 1)));
)sql"};

}  // namespace renkei::agents::cohort
