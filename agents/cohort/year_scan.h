// The persons of one fiscal year as batches of rows: roster, examinations and guidance joined per
// person, one row per person (definitions 1.6, 5.5, 15.2, 15.3).
//
// Reads roster, guidance and the keys of the examinations first (16 bytes per person in memory; the
// year before another 1 and 3 per column, attendance 8, an amount 4), and then once the blocks of
// the needed columns, chunk by chunk. Examined persons come first, then those without an
// examination.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agents/cohort/store.h"
#include "policy/consent/rows.h"
#include "renkei/v1/common.pb.h"

namespace renkei::agents::cohort {

inline constexpr size_t kMaxBatchRows = 4096;

struct RowQuery {
  policy::base::FiscalYear fiscal_year;
  policy::base::AgeRule age_rule = policy::base::AgeRule::kPlain;
  v1::MemberKind member_kind = v1::MEMBER_KIND_UNSPECIFIED;
  // Insurer numbers of the round's members, 8 digits; read for workplaces only (definitions 15.3).
  std::vector<std::string> insurer_numbers;
  // Geography index of a 6-digit municipality; nullopt: outside the area. Asked once per
  // municipality.
  std::function<std::optional<int>(const std::string& municipality)> geography_of;
  int unknown_geography = 0;
  // ItemTable columns to decode; the others stay empty in RowBatch::items.
  std::vector<int> needed_columns;
  // Columns to decode of the year before, into RowBatch::previous; with_previous fills its facts.
  std::vector<int> previous_columns;
  bool with_previous = false;
  bool with_attendance = false;
  // One element of RowBatch::amounts each.
  std::vector<policy::catalogue::Amount> amounts;
};

// Who a row is to the consent ledger: a local row number, no pseudonym.
struct ConsentSubjectRef {
  PersonId person = 0;
};

struct ScanCounts {
  int64_t rows = 0;
  int64_t roster_without_exam = 0;
  int64_t exam_without_roster = 0;
  int64_t further_exams = 0;  // of persons examined more than once in the year
  // Persons that are not counted, by the first reason that applies.
  int64_t outside_age = 0;        // not 40..74 at the end of the year
  int64_t insured_by_member = 0;  // counted by that insurer
  int64_t insurer_unknown = 0;    // workplace persons: coverage only
  int64_t outside_area = 0;
  // Counted, in the unknown row.
  int64_t unknown_residence = 0;
  int64_t ambiguous_branch = 0;  // cards without branch that match several persons
  ScanCounts& operator+=(const ScanCounts& other);
  bool operator==(const ScanCounts&) const = default;
};

// RowBatch::subject carries the local row number (8 bytes, big-endian, then zeros): the pseudonym
// is not needed past the store. refs[i] belongs to row i. Stops at the first error of `visit`.
// INVALID_ARGUMENT for an unspecified member kind or a column that does not exist; DATA_LOSS for an
// undecodable value.
absl::StatusOr<ScanCounts> ForEachBatch(
    CohortStore& store, const RowQuery& query,
    absl::FunctionRef<absl::Status(policy::consent::RowBatch, std::vector<ConsentSubjectRef>)>
        visit);

// One thread's visits. The batch may be moved from; what is left in it is memory for the next one.
using BatchVisit = std::function<absl::Status(policy::consent::RowBatch& batch,
                                              std::span<const ConsentSubjectRef> refs)>;

// As above on several threads, each with a connection of its own to the same state of the store;
// 0 threads = one per core. `visit_of(i)`, i in [0, threads), is called before any visit. Which
// thread gets which batch is open, so whatever is gathered must not depend on the order. The first
// error of a visit stops all. A store with an open file is read by one thread.
absl::StatusOr<ScanCounts> ForEachBatch(CohortStore& store, const RowQuery& query, int threads,
                                        absl::FunctionRef<BatchVisit(int thread)> visit_of);
// What 0 threads means, at least 1.
int DefaultThreads();

}  // namespace renkei::agents::cohort
