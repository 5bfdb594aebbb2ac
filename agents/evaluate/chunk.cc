#include "agents/evaluate/chunk.h"

#include <algorithm>

namespace renkei::agents::evaluate {
namespace {

using policy::catalogue::CodedValue;
using policy::catalogue::ValueState;
using policy::consent::ItemValues;
using policy::consent::RowBatch;

ColumnView ViewOf(const RowBatch& rows, int column, size_t begin) {
  if (static_cast<size_t>(column) >= rows.items.size()) return {};
  const ItemValues& values = rows.items[static_cast<size_t>(column)];
  // Shorter than the rows: nothing of it can be attributed, so it counts as never delivered.
  if (values.value.size() < rows.size() || values.state.size() < rows.size()) return {};
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
      views_(plan.columns.size()),
      derived_(plan.derived.size(),
               {std::vector<int32_t>(kChunkRows), std::vector<ValueState>(kChunkRows)}),
      state_index_(kChunkRows),
      cell_(kChunkRows),
      counted_(kChunkRows) {}

void Chunk::Run(const RowBatch& rows, size_t begin, size_t n) {
  n_ = n;
  sex_ = rows.sex.data() + begin;
  age_ = rows.age.data() + begin;
  facts_ = rows.facts.data() + begin;
  LocateRows(rows, begin);
  BindColumns(rows, begin);
  for (size_t s = 0; s < plan_.steps.size(); ++s) RunStep(plan_.steps[s], Slot(s));
}

void Chunk::LocateRows(const RowBatch& rows, size_t begin) {
  const int geographies = plan_.layout.geographies();
  for (size_t i = 0; i < n_; ++i) {
    const int geography = rows.geography[begin + i];
    const int sex = sex_[i];
    const int age = age_[i];
    const bool inside = geography >= 0 && geography < geographies && sex < policy::tables::kSexes &&
                        age >= policy::tables::kMinAge && age <= policy::tables::kMaxAge;
    counted_[i] = inside ? 1 : 0;
    cell_[i] = inside ? static_cast<uint32_t>(plan_.layout.Index(
                            0, geography, sex, (age - policy::tables::kMinAge) / 5, 0))
                      : 0;
  }
}

void Chunk::BindColumns(const RowBatch& rows, size_t begin) {
  const auto position = [this](int column) {
    return static_cast<size_t>(
        std::lower_bound(plan_.columns.begin(), plan_.columns.end(), column) -
        plan_.columns.begin());
  };
  for (size_t c = 0; c < plan_.columns.size(); ++c) {
    views_[c] = ViewOf(rows, plan_.columns[c], begin);
  }
  for (size_t d = 0; d < plan_.derived.size(); ++d) {
    const DerivedColumn& rule = plan_.derived[d];
    ColumnView& target = views_[position(rule.target())];
    const ColumnView first = views_[position(rule.first_source())];
    const ColumnView second =
        rule.second_source() < 0 ? ColumnView{} : views_[position(rule.second_source())];
    // Without any source the delivered column stands as it is.
    if (first.state == nullptr || (rule.second_source() >= 0 && second.state == nullptr)) continue;
    rule.Fill(target, first, second, n_, derived_[d].value.data(), derived_[d].state.data());
    target = {derived_[d].value.data(), derived_[d].state.data()};
  }
}

void Chunk::RunStep(const Step& step, uint8_t* out) {
  const auto input = [&](size_t i) { return slot(step.inputs[i]); };
  const auto fold = [&](auto combine) {
    std::copy_n(input(0), n_, out);
    for (size_t i = 1; i < step.inputs.size(); ++i) combine(input(i), n_, out);
  };
  const ColumnView view = step.column < 0 ? ColumnView{} : views_[static_cast<size_t>(step.column)];
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
      return MatchAges(age_, step.from, step.to, n_, out);
    case StepKind::kFact:
      return MatchFacts(facts_, step.fact, n_, out);
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
    case StepKind::kClassIs:
      return MatchClasses(input(0), step.codes, n_, out);
    case StepKind::kClassify:
      return Classify(step, out);
    case StepKind::kPreferCode:
      return PreferCode(step, out);
  }
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

void Chunk::Classify(const Step& step, uint8_t* __restrict out) {
  // Horner's rule from the last input down: the first has weight 1. 3^10 fits in 16 bits.
  const size_t n = n_;
  uint16_t* __restrict state = state_index_.data();
  std::fill_n(state, n, uint16_t{0});
  for (auto it = step.inputs.rbegin(); it != step.inputs.rend(); ++it) {
    const uint8_t* __restrict truth = slot(*it);
    for (size_t i = 0; i < n; ++i) state[i] = static_cast<uint16_t>(state[i] * 3 + truth[i]);
  }
  const uint8_t* __restrict table = step.table.data();
  for (size_t i = 0; i < n; ++i) out[i] = table[state[i]];
}

void Chunk::CodedClasses(const Step& step, uint8_t* __restrict out) const {
  const ColumnView view = views_[static_cast<size_t>(step.column)];
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
    const int16_t* __restrict age = age_;
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
