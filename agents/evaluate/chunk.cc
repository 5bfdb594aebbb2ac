#include "agents/evaluate/chunk.h"

#include <algorithm>
#include <utility>

namespace renkei::agents::evaluate {
namespace {

using policy::catalogue::CodedValue;
using policy::catalogue::ValueState;
using policy::consent::ItemValues;
using policy::consent::RowBatch;

ColumnView ViewOf(const std::vector<ItemValues>& items, size_t rows, int column, size_t begin) {
  if (static_cast<size_t>(column) >= items.size()) return {};
  const ItemValues& values = items[static_cast<size_t>(column)];
  // Shorter than the rows: nothing of it can be attributed, so it counts as never delivered.
  if (values.value.size() < rows || values.state.size() < rows) return {};
  return {values.value.data() + begin, values.state.data() + begin};
}

}  // namespace

size_t CompleteRows(const RowBatch& rows) {
  return std::min({rows.subject.size(), rows.sex.size(), rows.age.size(), rows.geography.size(),
                   rows.facts.size()});
}

Chunk::Chunk(const Plan& plan)
    : plan_(plan),
      bytes_(plan.steps.size() * kChunkRows),
      age_before_(plan.reads_previous ? kChunkRows : 0),
      no_facts_(plan.reads_previous ? kChunkRows : 0),
      amounts_(plan.amounts.size()),
      state_index_(kChunkRows),
      cell_(kChunkRows),
      counted_(kChunkRows) {
  for (auto [columns, year] :
       {std::pair(&plan.columns, &now_), std::pair(&plan.previous, &previous_)}) {
    year->views.resize(columns->items.size());
    year->derived.assign(columns->derived.size(),
                         {std::vector<int32_t>(kChunkRows), std::vector<ValueState>(kChunkRows)});
  }
}

void Chunk::Run(const RowBatch& rows, size_t begin, size_t n) {
  n_ = n;
  sex_ = rows.sex.data() + begin;
  now_.age = rows.age.data() + begin;
  now_.facts = rows.facts.data() + begin;
  LocateRows(rows, begin);
  BindColumns(rows.items, rows.size(), begin, plan_.columns, &now_);
  if (plan_.reads_previous) BindPrevious(rows, begin);
  if (plan_.reads_attendance) BindAttendance(rows, begin);
  BindAmounts(rows, begin);
  for (size_t s = 0; s < plan_.steps.size(); ++s) RunStep(plan_.steps[s], Slot(s));
}

void Chunk::LocateRows(const RowBatch& rows, size_t begin) {
  using policy::tables::Layout;
  // Indices of one measure are linear in geography, sex and band.
  const Layout& layout = plan_.layout;
  const uint32_t geography_step = static_cast<uint32_t>(layout.Index(0, 1, 0, 0, 0));
  const uint32_t sex_step = static_cast<uint32_t>(layout.Index(0, 0, 1, 0, 0));
  const uint32_t band_step = static_cast<uint32_t>(layout.Index(0, 0, 0, 1, 0));
  const uint32_t geographies = static_cast<uint32_t>(layout.geographies());
  constexpr uint32_t kAges = policy::tables::kMaxAge - policy::tables::kMinAge + 1;
  const int16_t* geography = rows.geography.data() + begin;
  for (size_t i = 0; i < n_; ++i) {
    // Negative numbers become huge ones.
    const uint32_t g = static_cast<uint32_t>(static_cast<int32_t>(geography[i]));
    const uint32_t years = static_cast<uint32_t>(now_.age[i] - policy::tables::kMinAge);
    const bool inside = g < geographies && sex_[i] < policy::tables::kSexes && years < kAges;
    const uint32_t cell = g * geography_step + sex_[i] * sex_step + years / 5 * band_step;
    counted_[i] = inside ? 1 : 0;
    cell_[i] = inside ? cell : 0;
  }
}

void Chunk::BindColumns(const std::vector<ItemValues>& items, size_t rows, size_t begin,
                        const PlanColumns& columns, Year* year) {
  const auto position = [&columns](int column) {
    return static_cast<size_t>(
        std::lower_bound(columns.items.begin(), columns.items.end(), column) -
        columns.items.begin());
  };
  for (size_t c = 0; c < columns.items.size(); ++c) {
    year->views[c] = ViewOf(items, rows, columns.items[c], begin);
  }
  for (size_t d = 0; d < columns.derived.size(); ++d) {
    const DerivedColumn& rule = columns.derived[d];
    ColumnView& target = year->views[position(rule.target())];
    const ColumnView first = year->views[position(rule.first_source())];
    const ColumnView second =
        rule.second_source() < 0 ? ColumnView{} : year->views[position(rule.second_source())];
    // Without any source the delivered column stands as it is.
    if (first.state == nullptr || (rule.second_source() >= 0 && second.state == nullptr)) continue;
    Derived& derived = year->derived[d];
    rule.Fill(target, first, second, n_, derived.value.data(), derived.state.data());
    target = {derived.value.data(), derived.state.data()};
  }
}

// A batch without the year before says that nothing is known of it.
void Chunk::BindPrevious(const RowBatch& rows, size_t begin) {
  const bool known = rows.previous.facts.size() >= rows.size();
  static const std::vector<ItemValues> kNone;
  BindColumns(known ? rows.previous.items : kNone, rows.size(), begin, plan_.previous, &previous_);
  for (size_t i = 0; i < n_; ++i) age_before_[i] = static_cast<int16_t>(now_.age[i] - 1);
  previous_.age = age_before_.data();
  previous_.facts = known ? rows.previous.facts.data() + begin : no_facts_.data();
}

void Chunk::BindAttendance(const RowBatch& rows, size_t begin) {
  const auto words = [&](const std::vector<uint32_t>& of) {
    return of.size() >= rows.size() ? of.data() + begin : nullptr;
  };
  examined_ = words(rows.attendance.examined);
  eligible_ = words(rows.attendance.eligible);
  // Years before the first one on record are not "absent": nobody knows.
  const int years = rows.fiscal_year.first_year() - rows.first_year_on_record.first_year() + 1;
  years_on_record_ = years <= 0    ? 0
                     : years >= 32 ? ~uint32_t{0}
                                   : (uint32_t{1} << static_cast<uint32_t>(years)) - 1;
}

void Chunk::BindAmounts(const RowBatch& rows, size_t begin) {
  for (size_t a = 0; a < amounts_.size(); ++a) {
    const bool known = a < rows.amounts.size() && rows.amounts[a].size() >= rows.size();
    amounts_[a] = known ? rows.amounts[a].data() + begin : nullptr;
  }
}

void Chunk::RunStep(const Step& step, uint8_t* out) {
  const auto input = [&](size_t i) { return slot(step.inputs[i]); };
  const auto fold = [&](auto combine) {
    std::copy_n(input(0), n_, out);
    for (size_t i = 1; i < step.inputs.size(); ++i) combine(input(i), n_, out);
  };
  const Year& year = YearOf(step);
  const ColumnView view =
      step.column < 0 ? ColumnView{} : year.views[static_cast<size_t>(step.column)];
  switch (step.kind) {
    case StepKind::kCompare:
      if (view.state == nullptr) return FillTruth(kUnknown, n_, out);
      return CompareRows(view, sex_, step.male, step.female, step.negated, n_, out);
    case StepKind::kCode:
      if (view.state == nullptr) return FillTruth(kUnknown, n_, out);
      return MatchCodes(view, step.codes, step.not_applicable, step.code_limit, n_, out);
    case StepKind::kMeasured:
      if (view.state == nullptr) return FillTruth(kFalse, n_, out);
      return MeasuredRows(view, n_, out);
    case StepKind::kAge:
      return MatchAges(year.age, step.from, step.to, n_, out);
    case StepKind::kFact:
      return MatchFacts(year.facts, step.fact, n_, out);
    case StepKind::kAll:
      return fold(AndInto);
    case StepKind::kAny:
      return fold(OrInto);
    case StepKind::kAnyMeasured:
      return fold(KnownOrInto);
    case StepKind::kFirstMeasured:
      return fold(FirstKnownInto);
    case StepKind::kNot:
      return NegateRows(input(0), n_, out);
    case StepKind::kCertain:
      return CertainRows(input(0), n_, out);
    case StepKind::kGuarded:
      std::copy_n(input(0), n_, out);
      return DiscardWhere(input(1), n_, out);
    case StepKind::kAtLeast:
      return CountTrue(step, out);
    case StepKind::kSex:
      return MatchSex(sex_, step.sex, n_, out);
    case StepKind::kAttendance:
      return CountYears(step, out);
    case StepKind::kAmount: {
      const int64_t* amount = amounts_[static_cast<size_t>(step.amount)];
      if (amount == nullptr) return FillTruth(kUnknown, n_, out);
      return MatchAmounts(amount, step.at_least_amount, n_, out);
    }
    case StepKind::kClassIs:
      return MatchClasses(input(0), step.codes, n_, out);
    case StepKind::kClassify:
      return Classify(step, out);
    case StepKind::kPreferCode:
      return PreferCode(step, out);
  }
}

void Chunk::CountYears(const Step& step, uint8_t* out) const {
  const uint32_t window = step.window & years_on_record_;
  const uint32_t* words = step.fact == policy::consent::kExaminedBit ? examined_ : eligible_;
  const bool decided = step.since_record ? window != 0 : window == step.window;
  if (words == nullptr || !decided) return FillTruth(kUnknown, n_, out);
  CountBits(words, window, step.from, step.to, n_, out);
}

void Chunk::CountTrue(const Step& step, uint8_t* out) const {
  for (size_t i = 0; i < n_; ++i) {
    int certain = 0;
    int possible = 0;
    for (const int input : step.inputs) {
      certain += slot(input)[i] == kTrue ? 1 : 0;
      possible += slot(input)[i] != kFalse ? 1 : 0;
    }
    out[i] = certain >= step.at_least ? kTrue : possible >= step.at_least ? kUnknown : kFalse;
  }
}

void Chunk::Classify(const Step& step, uint8_t* out) {
  // Horner's rule from the last input down: the first has weight 1. 3^10 fits in 16 bits.
  std::fill_n(state_index_.data(), n_, uint16_t{0});
  for (auto it = step.inputs.rbegin(); it != step.inputs.rend(); ++it) {
    AppendDigit(slot(*it), n_, state_index_.data());
  }
  LookUp(step.table.data(), state_index_.data(), n_, out);
}

void Chunk::CodedClasses(const Step& step, uint8_t* __restrict out) const {
  const ColumnView view = YearOf(step).views[static_cast<size_t>(step.column)];
  if (view.state == nullptr) return FillTruth(kNoCode, n_, out);
  const size_t n = n_;
  const uint8_t* __restrict table = step.table.data();
  const int32_t* __restrict values = view.value;
  const ValueState* __restrict states = view.state;
  const uint32_t no_code = static_cast<uint32_t>(CodedValue(1, 0));  // its entry is kNoCode
  for (size_t i = 0; i < n; ++i) {
    // A negative value is a huge unsigned one.
    const uint32_t code = std::min(static_cast<uint32_t>(values[i]), no_code);
    out[i] = table[states[i] == ValueState::kValid ? code : no_code];
  }
}

void Chunk::PreferCode(const Step& step, uint8_t* __restrict out) const {
  const size_t n = n_;
  const uint8_t* __restrict computed = slot(step.inputs[0]);
  CodedClasses(step, out);
  for (const Step::ImpossibleCode& rule : step.impossible) {
    const int16_t* __restrict age = YearOf(step).age;
    const uint8_t code = static_cast<uint8_t>(rule.code);
    const int32_t from = rule.from_age;
    const int32_t to = rule.to_age;
    for (size_t i = 0; i < n; ++i) {
      out[i] = out[i] == code && age[i] >= from && age[i] <= to ? kNoCode : out[i];
    }
  }
  for (size_t i = 0; i < n; ++i) out[i] = out[i] == kNoCode ? computed[i] : out[i];
}

}  // namespace renkei::agents::evaluate
