#include "agents/cohort/year_scan.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include "agents/cohort/read_snapshot.h"
#include "agents/cohort/scan_worker.h"
#include "agents/cohort/store_state.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace consent = policy::consent;
namespace sqlcipher = policy::sqlcipher;

namespace {

constexpr uint32_t kPersonsPerTask = 65536;
constexpr int kMaxThreads = 64;
// How often a commit of another process between two threads' first looks is waited out.
constexpr int kMaxTries = 20;

// Numbers of insurers, 8 digits each.
absl::StatusOr<std::set<int64_t>> InsurersOf(const RowQuery& query) {
  std::set<int64_t> insurers;
  for (const std::string& number : query.insurer_numbers) {
    int64_t value = 0;
    for (const char c : number) {
      if (c < '0' || c > '9' || number.size() != 8) {
        return absl::InvalidArgumentError("row query: an insurer number is not 8 digits");
      }
      value = value * 10 + (c - '0');
    }
    insurers.insert(value);
  }
  return insurers;
}

absl::StatusOr<std::vector<int>> ColumnsOf(const std::vector<int>& wanted, size_t limit) {
  const std::set<int> columns(wanted.begin(), wanted.end());
  for (const int column : columns) {
    if (column < 0 || static_cast<size_t>(column) >= limit) {
      return absl::InvalidArgumentError("row query: a column that the item table does not have");
    }
  }
  return std::vector<int>(columns.begin(), columns.end());
}

absl::StatusOr<bool> IsWorkplace(const RowQuery& query) {
  switch (query.member_kind) {
    case v1::MEMBER_KIND_MUNICIPALITY:
    case v1::MEMBER_KIND_INSURER:
      return false;
    case v1::MEMBER_KIND_WORKPLACE:
      return true;
    default:
      return absl::InvalidArgumentError("row query: member kind is not specified");
  }
}

// Runs work(thread, task) for every task in [0, tasks); the first error ends it.
absl::Status RunOnAll(size_t threads, size_t tasks,
                      absl::FunctionRef<absl::Status(size_t thread, size_t task)> work) {
  std::atomic<size_t> next{0};
  std::atomic<bool> has_failed{false};
  std::vector<absl::Status> results(threads);
  const auto run = [&](size_t thread) {
    while (!has_failed.load(std::memory_order_relaxed)) {
      const size_t task = next.fetch_add(1, std::memory_order_relaxed);
      if (task >= tasks) return;
      results[thread] = work(thread, task);
      if (!results[thread].ok()) has_failed.store(true, std::memory_order_relaxed);
    }
  };
  std::vector<std::thread> others;
  others.reserve(threads - 1);
  for (size_t thread = 1; thread < threads; ++thread) others.emplace_back(run, thread);
  run(0);
  for (std::thread& other : others) other.join();
  for (const absl::Status& result : results) RENKEI_RETURN_IF_ERROR(result);
  return absl::OkStatus();
}

}  // namespace

ScanCounts& ScanCounts::operator+=(const ScanCounts& other) {
  rows += other.rows;
  roster_without_exam += other.roster_without_exam;
  exam_without_roster += other.exam_without_roster;
  further_exams += other.further_exams;
  outside_age += other.outside_age;
  insured_by_member += other.insured_by_member;
  insurer_unknown += other.insurer_unknown;
  outside_area += other.outside_area;
  unknown_residence += other.unknown_residence;
  ambiguous_branch += other.ambiguous_branch;
  return *this;
}

int DefaultThreads() {
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
}

class YearScan {
 public:
  using VisitOf = absl::FunctionRef<BatchVisit(int thread)>;

  static absl::StatusOr<ScanCounts> Of(CohortStore& store, const RowQuery& query, int threads,
                                       VisitOf visit_of) {
    RENKEI_RETURN_IF_ERROR(store.state_->Flush());
    for (int attempt = 0;; ++attempt) {
      // A store that is written to without pause is read by one thread.
      const bool alone = store.state_->transaction.has_value() || attempt == kMaxTries;
      YearScan scan(store, query, alone ? 1 : threads);
      RENKEI_ASSIGN_OR_RETURN(const bool is_one_state, scan.OpenSnapshots());
      if (is_one_state) return scan.Run(visit_of);
    }
  }

 private:
  YearScan(CohortStore& store, const RowQuery& query, int threads)
      : store_(store), state_(*store.state_), query_(query), threads_(threads) {}

  // False: another process committed between the first looks of two connections.
  absl::StatusOr<bool> OpenSnapshots() {
    RENKEI_RETURN_IF_ERROR(state_.OpenReaders(static_cast<size_t>(threads_) - 1));
    databases_.push_back(state_.database.get());
    for (int i = 1; i < threads_; ++i) {
      databases_.push_back(state_.readers[static_cast<size_t>(i) - 1].get());
    }
    std::optional<int64_t> first;
    for (sqlcipher::Database* const database : databases_) {
      snapshots_.push_back(std::make_unique<ReadSnapshot>(*database));
      RENKEI_RETURN_IF_ERROR(snapshots_.back()->status());
      RENKEI_ASSIGN_OR_RETURN(
          sqlcipher::Statement read,
          database->Prepare("SELECT value FROM meta WHERE name = 'record_version'"));
      RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
      if (!row) return absl::DataLossError("cohort store: no record version");
      if (!first.has_value()) first = read.Int(0);
      if (*first != read.Int(0)) return false;
    }
    return true;
  }

  absl::StatusOr<ScanCounts> Run(VisitOf visit_of) {
    RENKEI_RETURN_IF_ERROR(Prepare());
    std::vector<ScanWorker> workers;
    workers.reserve(databases_.size());
    for (size_t i = 0; i < databases_.size(); ++i) {
      RENKEI_ASSIGN_OR_RETURN(ChunkReader reader,
                              ChunkReader::Make(*databases_[i], state_.schemas));
      workers.emplace_back(*frame_, std::move(reader), visit_of(static_cast<int>(i)));
    }
    if (frame_->before != nullptr) {
      RENKEI_RETURN_IF_ERROR(RunOnAll(
          workers.size(), frame_->before->chunks(),
          [&](size_t thread, size_t chunk) { return workers[thread].ReadChunkBefore(chunk); }));
      frame_->before->FinishReading();
    }
    const size_t chunks = frame_->people.chunks().size();
    RENKEI_RETURN_IF_ERROR(RunOnAll(workers.size(), chunks, [&](size_t thread, size_t chunk) {
      return workers[thread].ScanChunk(chunk);
    }));
    const auto people = static_cast<uint32_t>(frame_->people.people().size());
    const size_t ranges = (people + kPersonsPerTask - 1) / kPersonsPerTask;
    RENKEI_RETURN_IF_ERROR(RunOnAll(workers.size(), ranges, [&](size_t thread, size_t range) {
      const auto begin = static_cast<uint32_t>(range) * kPersonsPerTask;
      return workers[thread].ScanOthers(begin, std::min(begin + kPersonsPerTask, people));
    }));
    for (const ScanWorker& worker : workers) counts_ += worker.counts();
    return counts_;
  }

  absl::Status Prepare() {
    RENKEI_ASSIGN_OR_RETURN(const bool is_workplace, IsWorkplace(query_));
    if (!query_.geography_of) {
      return absl::InvalidArgumentError("row query: geography_of is not given");
    }
    const size_t item_columns = state_.items.columns().size();
    RENKEI_ASSIGN_OR_RETURN(std::vector<int> columns,
                            ColumnsOf(query_.needed_columns, item_columns));
    RENKEI_ASSIGN_OR_RETURN(std::vector<int> columns_before,
                            ColumnsOf(query_.previous_columns, item_columns));
    RENKEI_ASSIGN_OR_RETURN(std::set<int64_t> insurers, InsurersOf(query_));
    if (!is_workplace) insurers.clear();
    sqlcipher::Database& database = *state_.database;
    RENKEI_ASSIGN_OR_RETURN(const uint32_t persons, PersonTable(database).Count());
    RENKEI_ASSIGN_OR_RETURN(const CohortStore::Links links, store_.BranchLinks());
    counts_.ambiguous_branch = links.ambiguous;
    links_ = CardLinks(links.links);

    std::unique_ptr<YearBefore> before;
    if (query_.with_previous || !columns_before.empty()) {
      YearPeople people(base::FiscalYear(query_.fiscal_year.first_year() - 1), query_.age_rule,
                        links_, persons);
      RENKEI_RETURN_IF_ERROR(people.ReadRoster(database, {}));
      RENKEI_RETURN_IF_ERROR(people.ReadGuidance(database));
      RENKEI_RETURN_IF_ERROR(people.ReadExams(database));
      before =
          std::make_unique<YearBefore>(std::move(people), std::move(columns_before), is_workplace);
    }
    std::unique_ptr<AttendanceByPerson> attendance;
    base::FiscalYear first_year = query_.fiscal_year;
    if (query_.with_attendance) {
      RENKEI_ASSIGN_OR_RETURN(const std::vector<int> years, ExamTable(database).Years());
      if (!years.empty()) first_year = base::FiscalYear(years.front());
      attendance = std::make_unique<AttendanceByPerson>();
      attendance->examined.resize(size_t{persons} + 1, 0);
      attendance->eligible.resize(size_t{persons} + 1, 0);
      for (int back = 0; back < AttendanceByPerson::kYears; ++back) {
        const base::FiscalYear year(query_.fiscal_year.first_year() - back);
        RENKEI_RETURN_IF_ERROR(attendance->Add(database, year, query_.age_rule, back, links_));
      }
    }
    YearPeople people(query_.fiscal_year, query_.age_rule, links_, persons);
    RENKEI_RETURN_IF_ERROR(people.ReadRoster(database, insurers));
    RENKEI_RETURN_IF_ERROR(people.ReadGuidance(database));
    RENKEI_RETURN_IF_ERROR(people.ReadExams(database));
    counts_.further_exams = people.further_exams();
    std::vector<PersonWord> words;
    if (std::any_of(people.people().begin(), people.people().end(), [](const PersonYear& person) {
          return person.exam != 0 && !person.Is(kHasRosterRow);
        })) {
      RENKEI_ASSIGN_OR_RETURN(words, PersonTable(database).Words());
    }
    RENKEI_ASSIGN_OR_RETURN(
        std::vector<AmountByPerson> amounts,
        ReadAmounts(database, query_.fiscal_year, query_.amounts, links_, persons));
    frame_.reset(new ScanFrame{.query = query_,
                               .schemas = state_.schemas,
                               .is_workplace = is_workplace,
                               .item_columns = item_columns,
                               .columns = std::move(columns),
                               .links = links_,
                               .people = std::move(people),
                               .words = std::move(words),
                               .before = std::move(before),
                               .attendance = std::move(attendance),
                               .first_year_on_record = first_year,
                               .amounts = std::move(amounts),
                               .geographies = Geographies(query_)});
    return absl::OkStatus();
  }

  CohortStore& store_;
  CohortStore::State& state_;
  const RowQuery& query_;
  int threads_;
  std::vector<sqlcipher::Database*> databases_;
  std::vector<std::unique_ptr<ReadSnapshot>> snapshots_;
  CardLinks links_;
  std::unique_ptr<ScanFrame> frame_;
  ScanCounts counts_;
};

absl::StatusOr<ScanCounts> ForEachBatch(CohortStore& store, const RowQuery& query, int threads,
                                        absl::FunctionRef<BatchVisit(int)> visit_of) {
  return YearScan::Of(store, query,
                      threads <= 0 ? DefaultThreads() : std::min(threads, kMaxThreads), visit_of);
}

absl::StatusOr<ScanCounts> ForEachBatch(
    CohortStore& store, const RowQuery& query,
    absl::FunctionRef<absl::Status(consent::RowBatch, std::vector<ConsentSubjectRef>)> visit) {
  return ForEachBatch(store, query, 1, [visit](int) -> BatchVisit {
    return [visit](consent::RowBatch& batch, std::span<const ConsentSubjectRef> refs) {
      return visit(std::move(batch), {refs.begin(), refs.end()});
    };
  });
}

}  // namespace renkei::agents::cohort
