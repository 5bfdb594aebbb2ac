// A store of the first format (a row per examination), to be moved when it is opened.
#pragma once

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "agents/cohort/exam_chunk.h"
#include "agents/cohort/item_schema.h"
#include "agents/cohort/person_index.h"
#include "agents/cohort/store_schema.h"
#include "policy/sqlcipher/database.h"
#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::cohort {

using policy::catalogue::ItemValue;
using policy::catalogue::ValueState;
using policy::sqlcipher::Database;

// An examination as the first format kept it.
inline std::vector<uint8_t> RowOf(const ExamRecord& record, uint16_t schema, size_t columns) {
  std::vector<uint8_t> out;
  const auto append = [&out](uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  append(1, 1);
  append(static_cast<uint64_t>(record.report_type), 1);
  append(schema, 2);
  append(PackPerson(record.person.birth_date, record.person.sex), 4);
  append(static_cast<uint64_t>(DayNumber(record.file_date)), 4);
  append(MunicipalityNumber(record.municipality, "").value(), 3);
  append(MunicipalityNumber(record.work_municipality, "").value(), 3);
  append(record.program.size(), 1);
  out.insert(out.end(), record.program.begin(), record.program.end());
  const size_t present = out.size();
  const size_t marked = present + (columns + 7) / 8;
  out.resize(marked + (columns + 7) / 8, 0);
  std::vector<ItemValue> values;
  for (size_t i = 0; i < record.items.size(); ++i) {
    const ItemValue item = record.items[i];
    if (item.state == ValueState::kAbsent) continue;
    out[present + i / 8] |= static_cast<uint8_t>(1u << (i % 8));
    values.push_back(item);
    if (item.state == ValueState::kValid) continue;
    out[marked + i / 8] |= static_cast<uint8_t>(1u << (i % 8));
    append(static_cast<uint64_t>(item.state), 1);
  }
  const auto is_wide = [](int32_t value) { return value <= INT16_MIN || value > INT16_MAX; };
  for (const ItemValue& item : values) {
    append(is_wide(item.value) ? 0x8000 : static_cast<uint16_t>(item.value), 2);
  }
  for (const ItemValue& item : values) {
    if (is_wide(item.value)) append(static_cast<uint32_t>(item.value), 4);
  }
  return out;
}

class RowStoreTest : public CohortTest {
 protected:
  // A store of the first format, with its schema of items.
  void MakeOld(const policy::catalogue::ItemTable& table,
               const std::vector<std::pair<Person, std::vector<ExamRecord>>>& persons) {
    store_.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path() + suffix);
    const std::unique_ptr<Database> old = Database::Open(path(), Key()).value();
    ASSERT_TRUE(old->Migrate(std::span(kCohortMigrations).first(1)).ok());
    const ItemSchema schema = ItemSchema::FromItems(table).value();
    ASSERT_TRUE(old->Prepare("INSERT INTO item_schemas(digest, text) VALUES(?, ?)")
                    ->BindBlob(1, schema.digest())
                    .Bind(2, schema.text())
                    .Run()
                    .ok());
    int64_t id = 0;
    for (const auto& [person, exams] : persons) {
      auto insert =
          old->Prepare("INSERT INTO persons(id, key, word, branch, card) VALUES(?, ?, ?, ?, ?)");
      const bool has_card = person.key.without_branch.has_value();
      insert->Bind(1, ++id)
          .BindBlob(2, person.key.exact)
          .Bind(3, PackPerson(person.birth_date, person.sex))
          .Bind(4, !has_card                  ? 0
                   : person.key.branch_absent ? 2
                                              : 1)
          .BindNull(5);
      if (has_card) insert->BindBlob(5, std::span(*person.key.without_branch).first(16));
      ASSERT_TRUE(insert->Run().ok());
      for (const ExamRecord& exam : exams) {
        ASSERT_TRUE(old->Prepare("INSERT INTO exams(fiscal_year, person, rank, content) "
                                 "VALUES(?, ?, ?, ?)")
                        ->Bind(1, policy::base::FiscalYear::Of(exam.exam_date).first_year())
                        .Bind(2, id)
                        .Bind(3, cohort::RankOf(exam.report_type, exam.exam_date))
                        .BindBlob(4, RowOf(exam, 1, schema.columns()))
                        .Run()
                        .ok());
      }
    }
    ASSERT_TRUE(old->Execute("UPDATE meta SET value = 41 WHERE name = 'record_version'; "
                             "UPDATE meta SET value = 1 WHERE name LIKE 'cards%'")
                    .ok());
  }
};

}  // namespace renkei::agents::cohort
