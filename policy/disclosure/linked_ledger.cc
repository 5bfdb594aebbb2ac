#include "policy/disclosure/linked_ledger.h"

#include <set>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

std::vector<int> InCandidate(const LedgerView& view, const StackedSystem& stack) {
  std::vector<int> in_candidate(view.made_by.size(), -1);
  for (const StackedSystem::Candidate& candidate : stack.candidates) {
    const int v = view.MeasureIndex(candidate.id);
    in_candidate[static_cast<size_t>(v)] = static_cast<int>(candidate.measure);
  }
  return in_candidate;
}

std::vector<std::vector<bool>> ShownBefore(const LedgerView& view, const StackedSystem& stack) {
  std::vector<std::set<Row, RowLess>> shown(view.made_by.size());
  for (const StackedSystem::Shown& earlier : stack.earlier) {
    const int v = view.MeasureIndex(earlier.id);
    shown[static_cast<size_t>(v)].insert(earlier.row);
  }
  std::vector<std::vector<bool>> shown_before;
  for (size_t v = 0; v < shown.size(); ++v) {
    std::vector<bool>& flags = shown_before.emplace_back();
    for (const Row& row : stack.rows.back()[v]) flags.push_back(shown[v].contains(row));
  }
  return shown_before;
}

// What no candidate hides: tables of earlier releases, and of its own what was shown before.
std::vector<std::vector<bool>> Staying(const std::vector<int>& in_candidate,
                                       std::vector<std::vector<bool>> shown_before) {
  for (size_t v = 0; v < in_candidate.size(); ++v) {
    if (in_candidate[v] < 0) shown_before[v].assign(shown_before[v].size(), true);
  }
  return shown_before;
}

}  // namespace

LinkedLedger::LinkedLedger(const std::vector<LedgerView>& views, const StackedSystem& stack,
                           const TableShape& shape, std::span<const uint8_t> table_key)
    : in_candidate_(InCandidate(views.back(), stack)),
      shown_before_(ShownBefore(views.back(), stack)),
      linked_(views.back().family, shape, views.back().judgements, table_key,
              Staying(in_candidate_, shown_before_)) {}

bool LinkedLedger::HideMore(std::vector<std::vector<bool>>* hidden) {
  std::vector<std::vector<bool>> pattern;
  bool is_of_candidate_alone = true;
  for (size_t v = 0; v < in_candidate_.size(); ++v) {
    std::vector<bool>& flags = pattern.emplace_back(shown_before_[v].size(), true);
    if (in_candidate_[v] < 0) is_of_candidate_alone = false;
    for (size_t c = 0; c < flags.size(); ++c) {
      if (in_candidate_[v] >= 0) flags[c] = (*hidden)[static_cast<size_t>(in_candidate_[v])][c];
      if (flags[c] && shown_before_[v][c]) {
        flags[c] = false;
        is_of_candidate_alone = false;
      }
    }
  }
  // Then it was audited as a release by itself.
  if (is_of_candidate_alone || !linked_.HideMore(&pattern)) return false;
  for (size_t v = 0; v < in_candidate_.size(); ++v) {
    if (in_candidate_[v] < 0) continue;
    std::vector<bool>& flags = (*hidden)[static_cast<size_t>(in_candidate_[v])];
    for (size_t c = 0; c < pattern[v].size(); ++c) flags[c] = flags[c] || pattern[v][c];
  }
  return true;
}

}  // namespace renkei::policy::disclosure
