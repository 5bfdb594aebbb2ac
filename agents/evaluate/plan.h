// The compiled form of the measures of a layout: steps that fill one byte per row, in an order in
// which every step finds its inputs. Immutable once made.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "agents/evaluate/derived_column.h"
#include "policy/catalogue/amount.h"
#include "policy/catalogue/catalogue.h"
#include "policy/tables/layout.h"

namespace renkei::agents::evaluate {

enum class StepKind : uint8_t {
  kCompare,
  kCode,
  kMeasured,
  kAge,
  kFact,
  kAll,
  kAny,
  kAnyMeasured,
  kFirstMeasured,
  kNot,
  kCertain,
  kGuarded,  // inputs: value, invalid_when
  kAtLeast,
  kSex,
  kAttendance,
  kAmount,
  kClassIs,     // inputs: a class slot
  kClassify,    // fills a class slot, inputs: truth slots
  kPreferCode,  // fills a class slot, inputs: the computed class slot
};

// In place of a class: nothing was delivered.
inline constexpr uint8_t kNoCode = 255;

// Fills slot = index of the step. Which fields mean something depends on the kind.
struct Step {
  StepKind kind = StepKind::kCompare;
  std::vector<int> inputs;  // earlier slots
  bool previous = false;    // of the fiscal year before: columns, facts and age are of that year
  int column = -1;       // index into the columns of the step's year: kCompare, kCode, kMeasured,
                         // kPreferCode
  bool negated = false;  // kCompare: not (value >= threshold)
  int32_t male = 0;      // kCompare: smallest value that reaches it, scaled
  int32_t female = 0;
  int32_t from = 0;  // kAge: years; kAttendance: how often; inclusive
  int32_t to = 0;
  uint32_t window = 0;        // kAttendance: bits of policy::consent::Attendance
  bool since_record = false;  // kAttendance
  int amount = -1;            // kAmount: index into Plan::amounts
  int64_t at_least_amount = 0;
  int32_t code_limit = 0;           // kCode
  std::vector<int32_t> codes;       // kCode: CodedValue; kClassIs: classes
  std::vector<int> not_applicable;  // kCode: list ordinals
  uint8_t fact = 0;                 // kFact, kAttendance: FactBit
  uint8_t sex = 0;                  // kSex: 0 male, 1 female
  int at_least = 0;                 // kAtLeast
  std::vector<uint8_t> table;  // kClassify: by state; kPreferCode: class by code, 0 = unknown, and
                               // kNoCode behind the last code
  struct ImpossibleCode {
    int32_t code;
    int32_t from_age;
    int32_t to_age;
  };
  std::vector<ImpossibleCode> impossible;  // kPreferCode
};

// Columns of one fiscal year.
struct PlanColumns {
  std::vector<int> items;  // ItemTable columns that steps or derivations read, ascending
  std::vector<DerivedColumn> derived;  // targets are among `items`
};

struct Plan {
  explicit Plan(policy::tables::Layout of) : layout(std::move(of)) {}

  struct Measure {
    int numerator = -1;  // slot
    int group = -1;      // index into groups
  };
  // Rows that a measure may count: of its family, and in its population.
  struct Group {
    int population = -1;  // slot
    int family = -1;      // bit of ConsentedRows
    bool operator==(const Group&) const = default;
  };
  struct Coded {
    std::string classification;
    int slot = -1;          // its kPreferCode step
    uint32_t families = 0;  // bits of the families whose measures use it
  };

  policy::tables::Layout layout;
  std::vector<Step> steps;
  std::vector<Measure> measures;  // in the layout's order
  std::vector<Group> groups;
  std::vector<Coded> coded;
  PlanColumns columns;
  PlanColumns previous;
  bool reads_previous = false;
  bool reads_attendance = false;
  std::vector<policy::catalogue::Amount> amounts;
};

// The catalogue's measure. INVALID_ARGUMENT when it does not have it in this version or year.
absl::StatusOr<const v1::Measure*> MeasureOf(const policy::catalogue::Catalogue& catalogue,
                                             const policy::tables::MeasureVersion& wanted,
                                             policy::base::FiscalYear year);
// Bit of the measure's family in ConsentedRows.
int FamilyIndex(const policy::catalogue::Catalogue& catalogue, const v1::Measure& measure);

// INVALID_ARGUMENT for a measure that the catalogue does not have in the layout's version or fiscal
// year, or that is a magnitude.
absl::StatusOr<Plan> CompilePlan(const policy::catalogue::Catalogue& catalogue,
                                 const policy::tables::Layout& layout);

}  // namespace renkei::agents::evaluate
