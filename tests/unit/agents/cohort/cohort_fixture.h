// A cohort store in a temporary folder over a small item table, and short makers of records.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agents/cohort/pseudonym.h"
#include "agents/cohort/store.h"
#include "agents/cohort/year_scan.h"

namespace renkei::agents::cohort {

inline constexpr char kItemsHeader[] =
    "code,csv_column,priority,name_ja,name_en,unit,decimals,type,min,max,section,required,periods,"
    "oid,oid_periods_1_3,export,range_certainty,notes\n";
inline constexpr char kWaistRow[] =
    "9N016160100000001,waist_cm,1,腹囲,Waist,cm,1,PQ,40.0,250.0,01010,MUST,1-4,,,count,source,\n";
inline constexpr char kSbpRow[] =
    "9A751000000000001,sbp_mmhg,1,収縮期血圧,SBP,mm[Hg],0,PQ,60,300,01010,MUST,1-4,,,count,source,"
    "\n";
inline constexpr char kTgRow[] =
    "3F015000002327101,tg_fasting_mgdl,1,中性脂肪,TG,mg/dL,0,PQ,10,2000,01010,MUST,1-4,,,count,"
    "source,\n";
inline constexpr char kListsHeader[] = "oid,name_ja,period,code,meaning,certainty,source\n";

inline policy::catalogue::ItemTable Items(const std::string& rows) {
  absl::StatusOr<policy::catalogue::ItemTable> items =
      policy::catalogue::ItemTable::Parse(kItemsHeader + rows, kListsHeader);
  if (!items.ok()) {
    ADD_FAILURE() << items.status();
    std::abort();
  }
  return *std::move(items);
}

inline policy::catalogue::ItemValue Valid(int32_t value) {
  return {value, policy::catalogue::ValueState::kValid};
}

class CohortTest : public ::testing::Test {
 protected:
  CohortTest()
      : items_(Items(std::string(kWaistRow) + kSbpRow + kTgRow)),
        pseudonymiser_(policy::base::Secret::Copy(std::vector<uint8_t>(32, 7))) {
    std::string pattern = (std::filesystem::temp_directory_path() / "cohortXXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    Open();
  }
  ~CohortTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string path() const { return folder_ + "/cohort.db"; }
  static policy::base::Secret Key() {
    return policy::base::Secret::Copy(std::vector<uint8_t>(32, 9));
  }
  void Open() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<CohortStore>> opened = CohortStore::Open(path(), Key(), items_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  // A card of the insurer 00060038.
  Person Card(const std::string& number, const std::string& branch = "",
              absl::CivilDay birth = absl::CivilDay(1960, 5, 1), uint8_t sex = 0) const {
    PersonColumns columns;
    columns.insurer_number = "00060038";
    columns.symbol = "12";
    columns.number = number;
    columns.branch = branch;
    columns.birth_date = birth;
    columns.sex = sex;
    return pseudonymiser_.Make(columns).value();
  }
  Person Local(const std::string& id, absl::CivilDay birth = absl::CivilDay(1960, 5, 1),
               uint8_t sex = 0) const {
    PersonColumns columns;
    columns.person_id = id;
    columns.birth_date = birth;
    columns.sex = sex;
    return pseudonymiser_.Make(columns).value();
  }
  static ExamRecord Exam(Person person, absl::CivilDay day, int32_t waist = 850) {
    ExamRecord exam;
    exam.person = std::move(person);
    exam.exam_date = day;
    exam.file_date = day + 30;
    exam.municipality = "062031";
    exam.items = {Valid(waist), Valid(128)};
    return exam;
  }
  static RosterRecord Roster(Person person, int year = 2011) {
    RosterRecord roster;
    roster.person = std::move(person);
    roster.fiscal_year = policy::base::FiscalYear(year);
    roster.municipality = "062031";
    roster.enrolled_from = roster.fiscal_year.first_day();
    roster.enrolled_to = roster.fiscal_year.last_day();
    roster.insurer_number = "00060038";
    return roster;
  }

  // Of everything, in force at once.
  static ConsentRecord Withdrawal(Person person, int64_t second = 1'310'000'000) {
    ConsentRecord record;
    record.person = std::move(person);
    record.event.type = policy::consent::EventType::kWithdrawn;
    record.event.event_time = absl::FromUnixSeconds(second);
    record.event.effective_at = record.event.event_time;
    record.collection_method = "paper";
    return record;
  }

  template <typename... Records>
  std::vector<PutOutcome> Import(const Records&... records) {
    EXPECT_TRUE(store_->BeginFile("file.csv").ok());
    std::vector<PutOutcome> outcomes;
    (outcomes.push_back(Put(records).value()), ...);
    EXPECT_TRUE(store_->CommitFile().ok());
    return outcomes;
  }
  absl::StatusOr<PutOutcome> Put(const ExamRecord& r) { return store_->PutExam(r); }
  absl::StatusOr<PutOutcome> Put(const RosterRecord& r) { return store_->PutRoster(r); }
  absl::StatusOr<PutOutcome> Put(const GuidanceRecord& r) { return store_->PutGuidance(r); }
  absl::StatusOr<PutOutcome> Put(const ConsentRecord& r) { return store_->PutConsent(r); }
  absl::StatusOr<PutOutcome> Put(const ClaimRecord& r) { return store_->PutClaim(r); }
  absl::StatusOr<PutOutcome> Put(const AbsenceRecord& r) { return store_->PutAbsence(r); }

  // 鶴岡市 is 0, 酒田市 is 1, unknown 2; everything else lies outside.
  static RowQuery Query(int year = 2011, v1::MemberKind kind = v1::MEMBER_KIND_MUNICIPALITY) {
    RowQuery query;
    query.fiscal_year = policy::base::FiscalYear(year);
    query.member_kind = kind;
    query.geography_of = [](const std::string& code) -> std::optional<int> {
      if (code == "062031") return 0;
      if (code == "062049") return 1;
      return std::nullopt;
    };
    query.unknown_geography = 2;
    query.needed_columns = {0, 1, 2};
    return query;
  }

  struct Row {
    PersonId person = 0;
    uint8_t sex = 0;
    int age = 0;
    int geography = 0;
    uint8_t facts = 0;
    std::vector<policy::catalogue::ItemValue> items;
    uint8_t previous_facts = 0;
    std::vector<policy::catalogue::ItemValue> previous_items;
    uint32_t examined = 0, eligible = 0;
    std::vector<int64_t> amounts;
    bool operator==(const Row&) const = default;
  };
  static std::vector<policy::catalogue::ItemValue> ItemsOf(
      const std::vector<policy::consent::ItemValues>& columns, size_t row, size_t rows) {
    std::vector<policy::catalogue::ItemValue> items;
    for (const policy::consent::ItemValues& column : columns) {
      if (column.value.empty()) {
        items.push_back({});
      } else {
        EXPECT_EQ(column.value.size(), rows);
        items.push_back({column.value.at(row), column.state.at(row)});
      }
    }
    return items;
  }
  // Rows by person.
  std::map<PersonId, Row> Scan(const RowQuery& query, int threads = 1) {
    std::map<PersonId, Row> rows;
    std::mutex mutex;
    const absl::StatusOr<ScanCounts> counts =
        ForEachBatch(*store_, query, threads, [&](int) -> BatchVisit {
          return [&](policy::consent::RowBatch& batch,
                     std::span<const ConsentSubjectRef> refs) -> absl::Status {
            const std::lock_guard<std::mutex> lock(mutex);
            Gather(batch, refs, rows);
            return absl::OkStatus();
          };
        });
    EXPECT_TRUE(counts.ok()) << counts.status();
    if (counts.ok()) counts_ = *counts;
    return rows;
  }
  void Gather(const policy::consent::RowBatch& batch, std::span<const ConsentSubjectRef> refs,
              std::map<PersonId, Row>& rows) {
    EXPECT_LE(batch.size(), kMaxBatchRows);
    EXPECT_EQ(batch.size(), refs.size());
    EXPECT_EQ(batch.items.size(), items_.columns().size());
    first_year_on_record_ = batch.first_year_on_record;
    for (size_t i = 0; i < batch.size(); ++i) {
      Row row{refs[i].person,     batch.sex[i],   batch.age[i],
              batch.geography[i], batch.facts[i], ItemsOf(batch.items, i, batch.size())};
      PersonId subject = 0;
      for (size_t b = 0; b < 8; ++b) subject = subject * 256 + batch.subject[i][b];
      EXPECT_EQ(subject, row.person);
      if (!batch.previous.facts.empty()) row.previous_facts = batch.previous.facts.at(i);
      row.previous_items = ItemsOf(batch.previous.items, i, batch.size());
      if (!batch.attendance.examined.empty()) {
        row.examined = batch.attendance.examined.at(i);
        row.eligible = batch.attendance.eligible.at(i);
      }
      for (const std::vector<int64_t>& amount : batch.amounts) row.amounts.push_back(amount.at(i));
      EXPECT_TRUE(rows.emplace(row.person, row).second) << "a person twice";
    }
  }

  policy::base::FiscalYear first_year_on_record_;
  policy::catalogue::ItemTable items_;
  Pseudonymiser pseudonymiser_;
  std::string folder_;
  std::unique_ptr<CohortStore> store_;
  ScanCounts counts_;
};

}  // namespace renkei::agents::cohort
