#include "agents/evaluate/derived_column.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "policy/catalogue/decimal.h"

namespace renkei::agents::evaluate {
namespace {

using policy::catalogue::Decimal;
using policy::catalogue::ItemColumn;
using policy::catalogue::ItemTable;
using policy::catalogue::ItemValue;
using policy::catalogue::PowerOfTen;
using policy::catalogue::ValueState;

// Factors below these keep every product of a 32-bit value inside 64 bits.
constexpr int64_t kMaxFactor = 100'000'000;
constexpr int64_t kMaxDivisor = 1'000'000;
constexpr int32_t kMaxDenominator = 1'000'000;

const ItemColumn& Column(const ItemTable& items, int index) {
  return items.columns()[static_cast<size_t>(index)];
}

int64_t FloorDivide(int64_t a, int64_t b) {
  const int64_t quotient = a / b;
  return quotient * b > a ? quotient - 1 : quotient;
}

bool HasNumber(ValueState state) {
  return state == ValueState::kValid || state == ValueState::kMarkedHigh ||
         state == ValueState::kMarkedLow;
}

ItemValue Row(const ColumnView& column, size_t i) {
  if (column.state == nullptr) return {};
  return {column.value[i], column.state[i]};
}

}  // namespace

absl::StatusOr<DerivedColumn> DerivedColumn::Make(const v1::Derivation& derivation,
                                                  const ItemTable& items) {
  DerivedColumn out;
  out.target_ = items.ColumnOf(derivation.item()).value();
  const ItemColumn& target = Column(items, out.target_);
  if (target.min.has_value()) out.min_ = *target.min;
  if (target.max.has_value()) out.max_ = *target.max;
  if (derivation.has_linear()) {
    const v1::Derivation::Linear& rule = derivation.linear();
    out.first_source_ = items.ColumnOf(rule.from()).value();
    const Decimal multiplier = policy::catalogue::ParseDecimal(rule.multiplier()).value();
    const Decimal offset = policy::catalogue::ParseDecimal(rule.offset()).value();
    const int from_decimals = Column(items, out.first_source_).decimals;
    out.multiplier_ = multiplier.digits * PowerOfTen(offset.decimals + target.decimals);
    out.divisor_ = PowerOfTen(multiplier.decimals + from_decimals + offset.decimals);
    // The offset has at most 9 digits; the powers together at most 10^12.
    const int64_t power = PowerOfTen(multiplier.decimals + from_decimals + target.decimals);
    if (std::llabs(offset.digits) > std::numeric_limits<int64_t>::max() / power) {
      return absl::InvalidArgumentError(
          absl::StrCat("derivation of ", derivation.item(), ": the offset is too large"));
    }
    out.offset_ = offset.digits * power;
    const int64_t common = std::gcd(std::gcd(out.multiplier_, out.offset_), out.divisor_);
    out.multiplier_ /= common;
    out.offset_ /= common;
    out.divisor_ /= common;
  } else {
    const v1::Derivation::RatioOfSquare& rule = derivation.ratio_of_square();
    out.first_source_ = items.ColumnOf(rule.numerator()).value();
    out.second_source_ = items.ColumnOf(rule.denominator()).value();
    const Decimal factor = policy::catalogue::ParseDecimal(rule.factor()).value();
    out.multiplier_ = factor.digits * PowerOfTen(2 * Column(items, out.second_source_).decimals);
    out.divisor_ = PowerOfTen(factor.decimals + Column(items, out.first_source_).decimals);
    const int64_t common = std::gcd(out.multiplier_, out.divisor_);
    out.multiplier_ = out.multiplier_ / common * PowerOfTen(target.decimals);
    out.divisor_ /= common;
  }
  if (out.multiplier_ > kMaxFactor || std::llabs(out.offset_) > kMaxFactor * kMaxFactor ||
      out.divisor_ > kMaxDivisor) {
    return absl::InvalidArgumentError(absl::StrCat(
        "derivation of ", derivation.item(), ": the factors have too many digits; use fewer"));
  }
  return out;
}

bool DerivedColumn::Linear(int32_t from, int32_t* out) const {
  const int64_t doubled = 2 * (multiplier_ * from + offset_) + divisor_;
  const int64_t result = FloorDivide(doubled, 2 * divisor_);
  if (result > std::numeric_limits<int32_t>::max() ||
      result < std::numeric_limits<int32_t>::min()) {
    return false;
  }
  *out = static_cast<int32_t>(result);
  return true;
}

bool DerivedColumn::RatioOfSquare(int32_t numerator, int32_t denominator, int32_t* out) const {
  if (numerator < 0 || denominator <= 0 || denominator > kMaxDenominator) return false;
  const int64_t below = divisor_ * denominator * denominator;
  const int64_t result = (2 * multiplier_ * numerator + below) / (2 * below);
  if (result > std::numeric_limits<int32_t>::max()) return false;
  *out = static_cast<int32_t>(result);
  return true;
}

ItemValue DerivedColumn::DeriveOne(ItemValue first, ItemValue second) const {
  int32_t number = 0;
  if (second_source_ < 0) {
    // The multiplier is positive, so what lies beyond every number stays there.
    if (first.state == ValueState::kAboveRange || first.state == ValueState::kBelowRange) {
      return {0, first.state};
    }
    if (!HasNumber(first.state) || !Linear(first.value, &number)) return {};
    if (first.state != ValueState::kValid) return {number, first.state};
  } else {
    if (!HasNumber(first.state) || !HasNumber(second.state) ||
        !RatioOfSquare(first.value, second.value, &number)) {
      return {};
    }
  }
  if (number <= min_ || number >= max_) return {};
  return {number, ValueState::kValid};
}

void DerivedColumn::Fill(const ColumnView& delivered, const ColumnView& first,
                         const ColumnView& second, size_t n, int32_t* value,
                         ValueState* state) const {
  if (delivered.state == nullptr) {
    std::fill_n(value, n, 0);
    std::fill_n(state, n, ValueState::kAbsent);
  } else {
    std::copy_n(delivered.value, n, value);
    std::copy_n(delivered.state, n, state);
  }
  for (size_t i = 0; i < n; ++i) {
    if (policy::catalogue::IsMeasured(state[i])) continue;
    const ItemValue derived = DeriveOne(Row(first, i), Row(second, i));
    if (!policy::catalogue::IsMeasured(derived.state)) continue;
    value[i] = derived.value;
    state[i] = derived.state;
  }
}

}  // namespace renkei::agents::evaluate
