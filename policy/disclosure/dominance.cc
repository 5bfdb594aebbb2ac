#include "policy/disclosure/dominance.h"

#include <algorithm>

namespace renkei::policy::disclosure {
namespace {

constexpr int kLeastForSquares = 5;      // members beside the colluders
constexpr int kLeastWithoutSquares = 5;  // contributors beside the colluders
constexpr int kPercentOfRootSquares = 63;

bool IsPlausible(int64_t sum) { return sum >= 0 && sum <= kMaxMagnitude; }

}  // namespace

void MagnitudeSum::Add(int64_t contribution) {
  const int64_t own = std::clamp<int64_t>(contribution, 0, std::min(cap_, kMaxMagnitude));
  sum_ = std::min(sum_ + own, kMaxMagnitude + 1);
  second_ = std::max(second_, std::min(own, largest_));
  largest_ = std::max(largest_, own);
  const absl::uint128 square =
      absl::uint128(static_cast<uint64_t>(own)) * static_cast<uint64_t>(own);
  squares_ = square > absl::Uint128Max() - squares_ ? absl::Uint128Max() : squares_ + square;
}

bool IsDominated(const MagnitudeSum& cell, DominanceRule rule) {
  const int64_t held = cell.largest() + (rule.largest == 2 ? cell.second() : 0);
  return held * 100 > cell.sum() * rule.percent;
}

bool IsWithinPercent(const MagnitudeSum& cell, int percent) {
  return (cell.sum() - cell.largest() - cell.second()) * 100 < cell.largest() * percent;
}

bool IsSafeOfPersons(const MagnitudeSum& persons) {
  return IsPlausible(persons.sum()) && !IsDominated(persons, kOneHolds80) &&
         !IsWithinPercent(persons, kProtectionPercent);
}

bool IsSafeOfMembers(const MagnitudeSum& members) {
  return IsSafeOfPersons(members) && !IsDominated(members, kTwoHold90);
}

bool IsSafeOfBlock(const BlockMoments& cell) {
  if (!IsPlausible(cell.sum) || cell.colluders < 0) return false;
  if (!cell.squares.has_value()) return cell.contributors - cell.colluders >= kLeastWithoutSquares;
  if (cell.block_members < kLeastForSquares + cell.colluders) return false;
  // Q may be anything up to 2^128: the other side is divided, which loses nothing.
  const absl::uint128 share =
      absl::uint128(static_cast<uint64_t>(cell.sum)) * static_cast<uint64_t>(kPercentOfRootSquares);
  return *cell.squares <= share * share / 10000;
}

}  // namespace renkei::policy::disclosure
