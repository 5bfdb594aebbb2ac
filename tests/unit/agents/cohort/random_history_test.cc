// Random histories of files, compared with a slow and obvious model of the same store.
#include <algorithm>
#include <random>

#include "agents/cohort/exam_chunk.h"
#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::cohort {
namespace {

using policy::base::FiscalYear;
using policy::catalogue::ItemValue;
using policy::catalogue::ValueState;

struct Card {
  int number = 0;
  std::string branch;
  auto operator<=>(const Card&) const = default;
};

// What is stored, as plain maps; person row numbers by first appearance.
struct Model {
  std::vector<Card> persons;
  std::map<std::pair<PersonId, int32_t>, ExamRecord> exams;  // by person and rank
  std::map<std::pair<PersonId, int>, RosterRecord> roster;

  PersonId IdOf(const Card& card) {
    const auto found = std::find(persons.begin(), persons.end(), card);
    if (found == persons.end()) persons.push_back(card);
    return std::find(persons.begin(), persons.end(), card) - persons.begin() + 1;
  }
  static bool SameContent(const ExamRecord& a, const ExamRecord& b) {
    return a.report_type == b.report_type && a.program == b.program &&
           a.municipality == b.municipality && a.work_municipality == b.work_municipality &&
           a.items == b.items;
  }
  PutOutcome Put(const Card& card, const ExamRecord& exam) {
    const auto [at, is_new] =
        exams.try_emplace({IdOf(card), RankOf(exam.report_type, exam.exam_date)}, exam);
    if (is_new) return PutOutcome::kNew;
    if (SameContent(at->second, exam) || exam.file_date < at->second.file_date) {
      return PutOutcome::kUnchanged;
    }
    at->second = exam;
    return PutOutcome::kChanged;
  }
  void Put(const Card& card, const RosterRecord& row) {
    roster[{IdOf(card), row.fiscal_year.first_year()}] = row;
  }
  PersonId CanonicalOf(PersonId person) const {
    const Card& card = persons[static_cast<size_t>(person) - 1];
    if (!card.branch.empty()) return person;
    PersonId only = 0;
    for (size_t i = 0; i < persons.size(); ++i) {
      if (persons[i].number != card.number || persons[i].branch.empty()) continue;
      if (only != 0) return person;
      only = static_cast<PersonId>(i) + 1;
    }
    return only == 0 ? person : only;
  }

  struct Known {
    const RosterRecord* roster = nullptr;
    const ExamRecord* exam = nullptr;
    bool is_eligible = false;
    uint8_t facts = 0;
    int age = 0;
    uint8_t sex = 0;
  };
  Known KnownOf(PersonId person, int year) const {
    Known known;
    int32_t best = 0;
    for (PersonId other = 1; other <= static_cast<PersonId>(persons.size()); ++other) {
      if (CanonicalOf(other) != person) continue;
      const auto row = roster.find({other, year});
      if (row != roster.end() && (known.roster == nullptr || other == person)) {
        known.roster = &row->second;
      }
      for (const auto& [key, exam] : exams) {
        if (key.first != other || FiscalYear::Of(exam.exam_date).first_year() != year) continue;
        if (known.exam != nullptr && key.second < best) continue;
        if (known.exam != nullptr && key.second == best && other != person) continue;
        known.exam = &exam;
        best = key.second;
      }
    }
    const Person* who = known.roster != nullptr ? &known.roster->person
                        : known.exam != nullptr ? &known.exam->person
                                                : nullptr;
    if (who == nullptr) return known;
    known.age = policy::base::AgeAtEndOf(FiscalYear(year), who->birth_date);
    known.sex = who->sex;
    const FiscalYear fiscal_year(year);
    if (known.exam != nullptr) {
      known.facts |= policy::consent::kExaminedBit;
      if (known.exam->report_type != 10) known.facts |= policy::consent::kWorkplaceSourceBit;
    }
    if (known.roster != nullptr) {
      const RosterRecord& row = *known.roster;
      known.facts |= policy::consent::kOnRosterBit;
      const bool on_april_1 = row.enrolled_from <= fiscal_year.first_day();
      if (on_april_1) known.facts |= policy::consent::kInsuredApril1Bit;
      known.is_eligible = on_april_1 && row.enrolled_to >= fiscal_year.last_day() &&
                          row.exclusion.empty() && known.age >= 40 && known.age <= 74;
      if (known.is_eligible) known.facts |= policy::consent::kEligibleBit;
    }
    return known;
  }
};

class RandomHistoryTest : public CohortTest {
 protected:
  void Run(uint32_t seed);
  Person PersonOf(const cohort::Card& card) const {
    return Card(std::to_string(card.number), card.branch,
                absl::CivilDay(1934 + card.number % 45, 1 + card.number % 12, 28),
                static_cast<uint8_t>(card.number % 2));
  }
  cohort::Card RandomCard() {
    const int number = 1 + static_cast<int>(random_() % 25);
    const char* branches[] = {"", "1", "1", "2"};
    // Every other number has one branch at most.
    return {number, branches[random_() % (number % 2 == 0 ? 4 : 3)]};
  }
  ExamRecord RandomExam(const cohort::Card& card, int report_type, absl::CivilDay file_date) {
    ExamRecord exam =
        Exam(PersonOf(card), absl::CivilDay(2009, 4, 1) + static_cast<int>(random_() % 8) * 180);
    exam.report_type = report_type;
    exam.file_date = file_date;
    exam.program = random_() % 4 == 0 ? "" : "010";
    exam.municipality = random_() % 3 == 0 ? "" : random_() % 2 == 0 ? "062049" : "131016";
    exam.items.assign(items_.columns().size(), ItemValue());
    for (ItemValue& item : exam.items) {
      item.state = static_cast<ValueState>(random_() % 9);
      const int32_t values[] = {0, 850, 70'000, INT16_MIN, INT32_MAX};
      if (policy::catalogue::IsMeasured(item.state)) item.value = values[random_() % 5];
    }
    return exam;
  }
  RosterRecord RandomRoster(const cohort::Card& card) {
    RosterRecord row = Roster(PersonOf(card), 2009 + static_cast<int>(random_() % 4));
    if (random_() % 4 == 0) row.municipality = "";
    if (random_() % 5 == 0) row.enrolled_from += 30;
    if (random_() % 5 == 0) row.exclusion = "pregnancy";
    return row;
  }
  void PutRandomExams(Model& model, int day) {
    const int report_type = random_() % 3 == 0 ? 40 : 10;
    const absl::CivilDay file_date = absl::CivilDay(2013, 1, 1) + day;
    std::vector<std::pair<cohort::Card, ExamRecord>> exams;
    for (size_t i = 0, count = 1 + random_() % 30; i < count; ++i) {
      const cohort::Card card = RandomCard();
      exams.emplace_back(card, RandomExam(card, report_type, file_date));
    }
    if (random_() % 2 == 0) {
      for (const auto& [card, exam] : exams) {
        ASSERT_EQ(store_->PutExam(exam).value(), model.Put(card, exam));
      }
      return;
    }
    PutCounts wanted;
    ExamBatch batch;
    batch.file_date = file_date;
    batch.report_type = report_type;
    batch.items.resize(items_.columns().size());
    for (const auto& [card, exam] : exams) {
      batch.person.push_back(exam.person);
      batch.exam_date.push_back(exam.exam_date);
      batch.program.push_back(exam.program);
      batch.municipality.push_back(MunicipalityNumber(exam.municipality, "").value());
      batch.work_municipality.push_back(0);
      for (size_t c = 0; c < batch.items.size(); ++c) {
        batch.items[c].value.push_back(exam.items[c].value);
        batch.items[c].state.push_back(exam.items[c].state);
      }
      const PutOutcome outcome = model.Put(card, exam);
      ++(outcome == PutOutcome::kNew       ? wanted.added
         : outcome == PutOutcome::kChanged ? wanted.changed
                                           : wanted.unchanged);
    }
    const PutCounts counts = store_->PutExams(batch).value();
    ASSERT_EQ(counts.added, wanted.added);
    ASSERT_EQ(counts.changed, wanted.changed);
    ASSERT_EQ(counts.unchanged, wanted.unchanged);
  }

  std::map<PersonId, Row> Expected(const Model& model, int year) const {
    std::map<PersonId, Row> rows;
    for (PersonId person = 1; person <= static_cast<PersonId>(model.persons.size()); ++person) {
      if (model.CanonicalOf(person) != person) continue;
      const Model::Known known = model.KnownOf(person, year);
      if (known.roster == nullptr && known.exam == nullptr) continue;
      if (known.age < 40 || known.age > 74) continue;
      std::string place = known.roster != nullptr ? known.roster->municipality : "";
      if (place.empty() && known.exam != nullptr) place = known.exam->municipality;
      if (place == "131016") continue;
      Row row;
      row.person = person;
      row.sex = known.sex;
      row.age = known.age;
      row.geography = place.empty() ? 2 : place == "062031" ? 0 : 1;
      row.facts = known.facts;
      row.items.resize(items_.columns().size());
      if (known.exam != nullptr) row.items = known.exam->items;
      const Model::Known before = model.KnownOf(person, year - 1);
      row.previous_facts = before.facts;
      row.previous_items.resize(items_.columns().size());
      if (before.exam != nullptr) row.previous_items = before.exam->items;
      for (int back = 0; back < 10; ++back) {
        const Model::Known then = model.KnownOf(person, year - back);
        if (then.exam != nullptr) row.examined |= 1u << back;
        if (then.is_eligible) row.eligible |= 1u << back;
      }
      rows[person] = row;
    }
    return rows;
  }
  void Compare(const Model& model) {
    for (int year = 2008; year <= 2013; ++year) {
      RowQuery query = Query(year);
      query.previous_columns = {0, 1, 2};
      query.with_previous = true;
      query.with_attendance = true;
      const auto wanted = Expected(model, year);
      for (const int threads : {1, 3}) {
        const auto rows = Scan(query, threads);
        ASSERT_EQ(rows.size(), wanted.size()) << year;
        for (const auto& [person, row] : wanted) {
          const auto found = rows.find(person);
          ASSERT_NE(found, rows.end()) << year << " person " << person;
          ASSERT_EQ(found->second.items, row.items) << year << " person " << person;
          ASSERT_EQ(found->second.previous_items, row.previous_items) << year << " " << person;
          ASSERT_EQ(found->second, row) << year << " person " << person;
        }
      }
    }
  }

  std::mt19937 random_;
};

void RandomHistoryTest::Run(uint32_t seed) {
  random_.seed(seed);
  Model model;
  for (int file = 0; file < 12; ++file) {
    Model changed = model;
    ASSERT_TRUE(store_->BeginFile("file.csv").ok());
    for (size_t i = 0, parts = random_() % 5; i < parts; ++i) {
      if (random_() % 3 == 0) {
        const cohort::Card card = RandomCard();
        const RosterRecord row = RandomRoster(card);
        changed.Put(card, row);
        ASSERT_TRUE(store_->PutRoster(row).ok());
      } else {
        ASSERT_NO_FATAL_FAILURE(PutRandomExams(changed, static_cast<int>(random_() % 20)));
      }
    }
    if (random_() % 5 == 0) {
      store_->RollbackFile();
    } else {
      ASSERT_TRUE(store_->CommitFile().ok());
      model = changed;
    }
    if (random_() % 4 == 0) Open();
  }
  ASSERT_NO_FATAL_FAILURE(Compare(model));
}

TEST_F(RandomHistoryTest, EndsLikeTheModel) {
  for (uint32_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    store_.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path() + suffix);
    Open();
    ASSERT_NO_FATAL_FAILURE(Run(seed));
  }
}

TEST_F(RandomHistoryTest, ManyReplacementsLeaveChunksThatAreMostlyAlive) {
  constexpr int kPersons = 9'000;
  for (int round = 0; round < 4; ++round) {
    ASSERT_TRUE(store_->BeginFile("file.csv").ok());
    for (int i = 1; i <= kPersons; ++i) {
      if (round == 2 && i % 3 == 0) continue;
      const Person person = Card(std::to_string(i));
      ExamRecord exam = Exam(person, absl::CivilDay(2011, 10, 3), 500 + round * 100 + i % 90);
      exam.file_date += round;
      ASSERT_EQ(store_->PutExam(exam).value(),
                round == 0 ? PutOutcome::kNew : PutOutcome::kChanged);
    }
    ASSERT_TRUE(store_->CommitFile().ok());
    if (round == 1) Open();
  }
  for (const int threads : {1, 4}) {
    const auto rows = Scan(Query(), threads);
    ASSERT_EQ(rows.size(), size_t{kPersons});
    for (const auto& [person, row] : rows) {
      ASSERT_EQ(row.items[0], Valid(800 + static_cast<int>(person) % 90));
    }
    EXPECT_EQ(counts_.further_exams, 0);
  }
  // Of 35,000 examinations that were put at most 9,000 live rows and as many dead ones are left.
  EXPECT_LE(store_->TracesOf(Card("1"))->examinations, 2);
}

TEST_F(RandomHistoryTest, RowsThatMoveAreAChangeOfRecords) {
  // More years than an import keeps open: the first ones are closed with their dead rows.
  const auto import = [&](int first_year, int last_year, int waist) {
    EXPECT_TRUE(store_->BeginFile("file.csv").ok());
    for (int year = first_year; year <= last_year; ++year) {
      EXPECT_TRUE(store_->PutExam(Exam(Card("1"), absl::CivilDay(year, 10, 3), waist)).ok());
    }
    EXPECT_TRUE(store_->CommitFile().ok());
  };
  for (const int waist : {700, 710, 720}) import(1900, 2011, waist);
  EXPECT_EQ(store_->TracesOf(Card("1"))->examinations, 112 + 2 * (112 - 64));
  const int64_t version = store_->RecordVersion().value();
  import(1900, 1900, 720);
  EXPECT_EQ(store_->TracesOf(Card("1"))->examinations, 112 + 2 * (112 - 64) - 2);
  EXPECT_EQ(store_->RecordVersion().value(), version + 1);
  import(1900, 1900, 720);
  EXPECT_EQ(store_->RecordVersion().value(), version + 1);
}

}  // namespace
}  // namespace renkei::agents::cohort
