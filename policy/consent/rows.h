// Rows of persons of one fiscal year, column-wise, before and after the consent gate.
//
// ConsentedRows is the privacy boundary inside the agent: only ConsentGate makes it, and it is all
// that agents/evaluate accepts.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "policy/base/fiscal_year.h"
#include "policy/catalogue/value.h"

namespace renkei::policy::consent {

// Keyed pseudonym, HMAC-SHA-256 (trust 2.1). Never leaves the agent.
using SubjectKey = std::array<uint8_t, 32>;

// Facts of a person in the fiscal year, as bits.
enum FactBit : uint8_t {
  kEligibleBit = 1,           // on the roster the whole year, not excluded, 40-74
  kExaminedBit = 2,           // a counted checkup in the year
  kGuidanceStartedBit = 4,    // first interview dated
  kGuidanceCompletedBit = 8,  // definitions 5.5
  kWorkplaceSourceBit = 16,   // the examination comes from a workplace or an employer report
  kInsuredApril1Bit = 32,     // on the roster on 1 April of the year (headcount)
  kOnRosterBit = 64,          // on the roster at any time of the year
};

struct ItemValues {
  std::vector<int32_t> value;                // one per row
  std::vector<catalogue::ValueState> state;  // one per row
};

// What the same person brought in the fiscal year before (definitions 8, 9).
struct PreviousYear {
  std::vector<uint8_t> facts;     // FactBit of that year; 0: nothing known of the person then
  std::vector<ItemValues> items;  // by ItemTable column; a column without any value may be empty
};

// Years on record of the same person, one word per row: bit i is fiscal year Y - i, bit 0 the
// batch's own year.
struct Attendance {
  std::vector<uint32_t> examined;
  std::vector<uint32_t> eligible;
};

// Row i is one person; all vectors have the same length. At most a few thousand rows per batch.
struct RowBatch {
  base::FiscalYear fiscal_year;
  std::vector<SubjectKey> subject;
  std::vector<uint8_t> sex;        // 0 male, 1 female
  std::vector<int16_t> age;        // completed years at fiscal-year end
  std::vector<int16_t> geography;  // index in the round's Layout, unknown included
  std::vector<uint8_t> facts;      // FactBit
  std::vector<ItemValues> items;   // by ItemTable column; a column without any value may be empty
  // Empty vectors unless the query asked for them.
  PreviousYear previous;
  Attendance attendance;
  // First fiscal year with an examination in the store; bits of Attendance before it mean nothing.
  base::FiscalYear first_year_on_record;
  // By the index of the query's amounts: yen, claims, days or episodes of the person in the year.
  std::vector<std::vector<int64_t>> amounts;

  size_t size() const { return subject.size(); }
};

// A batch with, per row, the families that may count it (bit f = f-th FamilyRule of the catalogue).
class ConsentedRows {
 public:
  const RowBatch& rows() const { return rows_; }
  bool Permits(size_t row, int family) const { return (families_[row] >> family) & 1u; }
  const std::vector<uint32_t>& families() const { return families_; }
  // The batch without its admission, so that its memory can be used again.
  RowBatch Release() && { return std::move(rows_); }

 private:
  friend class ConsentGate;
  ConsentedRows(RowBatch rows, std::vector<uint32_t> families)
      : rows_(std::move(rows)), families_(std::move(families)) {}
  RowBatch rows_;
  std::vector<uint32_t> families_;
};

}  // namespace renkei::policy::consent
