#include "agents/cohort/row_store.h"

#include <algorithm>
#include <string>

#include "agents/cohort/exam_blob.h"
#include "agents/cohort/exam_import.h"
#include "agents/cohort/person_table.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace catalogue = policy::catalogue;
namespace sqlcipher = policy::sqlcipher;
using sqlcipher::Statement;

namespace {

absl::StatusOr<bool> HasRows(sqlcipher::Database& database) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database.Prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'exams'"));
  return read.Step();
}

absl::Status Broken() {
  return absl::DataLossError("cohort store: a row of the earlier format cannot be decoded");
}

absl::StatusOr<PersonIndex::Prefix> PrefixOf(std::span<const uint8_t> bytes) {
  policy::consent::SubjectKey key{};
  if (bytes.size() < sizeof(PersonIndex::Prefix) || bytes.size() > key.size()) return Broken();
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return PersonIndex::PrefixOf(key);
}

absl::Status MovePersons(sqlcipher::Database& database) {
  PersonTable persons(database);
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database.Prepare("SELECT id, key, word, branch, card FROM persons ORDER BY id"));
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return persons.Flush();
    const int64_t form = read.Int(3);
    if (read.Int(0) != static_cast<int64_t>(persons.index().size()) + 1 || form < 0 || form > 2) {
      return Broken();
    }
    RENKEI_ASSIGN_OR_RETURN(const PersonIndex::Prefix key, PrefixOf(read.Blob(1)));
    CardKey card{};
    if (form != 0) {
      RENKEI_ASSIGN_OR_RETURN(card, PrefixOf(read.Blob(4)));
    }
    RENKEI_RETURN_IF_ERROR(persons.Add(key, static_cast<PersonWord>(read.Int(2)),
                                       static_cast<BranchForm>(form), card));
  }
}

// The rows of one schema keep it: an item that this program's table lacks stays in the store.
absl::Status MoveExams(sqlcipher::Database& database, const StoredSchema& schema,
                       const std::vector<StoredSchema>& schemas, const ExamDigest& digests) {
  ExamImport exams(database);
  exams.UseSchema(schema, schemas);
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database.Prepare("SELECT fiscal_year, person, rank, content FROM exams ORDER BY id"));
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return exams.Finish().status();
    const std::span<const uint8_t> blob = read.Blob(3);
    RENKEI_ASSIGN_OR_RETURN(const uint16_t id, ExamView::SchemaOf(blob));
    if (id != schema.id) {
      const bool is_known = std::any_of(schemas.begin(), schemas.end(),
                                        [id](const StoredSchema& known) { return known.id == id; });
      if (!is_known) return Broken();
      continue;
    }
    RENKEI_ASSIGN_OR_RETURN(const ExamView exam, ExamView::Make(blob, schema.columns));
    if (read.Int(1) < 1 || read.Int(1) > UINT32_MAX) return Broken();
    const std::string program = exam.program();
    if (program.size() > kMaxProgramBytes) return Broken();
    std::vector<catalogue::ItemValue> by_item;
    by_item.reserve(schema.stored_by_column.size());
    for (const int stored : schema.stored_by_column) {
      by_item.push_back(stored < 0 ? catalogue::ItemValue()
                                   : exam.Item(static_cast<size_t>(stored)));
    }
    ExamFacts facts;
    facts.fiscal_year = static_cast<int>(read.Int(0));
    facts.person = static_cast<uint32_t>(read.Int(1));
    facts.rank = static_cast<int32_t>(read.Int(2));
    facts.file_day = exam.file_day();
    facts.report_type = exam.report_type();
    facts.residence = exam.municipality();
    facts.work = exam.work_municipality();
    facts.program = &program;
    facts.digest = digests.OfFacts(facts.report_type, facts.residence, facts.work, program) +
                   digests.OfItems(by_item);
    RENKEI_ASSIGN_OR_RETURN(const ExamVerdict verdict, exams.Put(facts));
    if (verdict != ExamVerdict::kNew) return Broken();
    std::vector<catalogue::ItemValue> stored_items(schema.columns);
    for (size_t column = 0; column < schema.columns; ++column) {
      stored_items[column] = exam.Item(column);
    }
    exams.open().SetLastItems(stored_items);
    RENKEI_RETURN_IF_ERROR(exams.WriteIfFull());
  }
}

}  // namespace

absl::Status MoveRowsToChunks(sqlcipher::Database& database,
                              const std::vector<StoredSchema>& schemas,
                              const catalogue::ItemTable& items) {
  RENKEI_ASSIGN_OR_RETURN(bool has_rows, HasRows(database));
  if (!has_rows) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database));
  // Another process may have moved them between the look and the lock.
  RENKEI_ASSIGN_OR_RETURN(has_rows, HasRows(database));
  if (!has_rows) return absl::OkStatus();
  RENKEI_RETURN_IF_ERROR(MovePersons(database));
  const ExamDigest digests(items);
  for (const StoredSchema& schema : schemas) {
    RENKEI_RETURN_IF_ERROR(MoveExams(database, schema, schemas, digests));
  }
  RENKEI_RETURN_IF_ERROR(database.Execute("DROP TABLE exams; DROP TABLE persons"));
  return transaction.Commit();
}

}  // namespace renkei::agents::cohort
