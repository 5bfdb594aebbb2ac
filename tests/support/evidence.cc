#include "tests/support/evidence.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "tests/unit/policy/disclosure/dense_reference.h"

namespace renkei::tests {
namespace {

bool IsKnown(const Range& range) { return range.low == range.high; }

void Narrow(const Range& by, Range* range) {
  range->low = std::max(range->low, by.low);
  range->high = std::min(range->high, by.high);
}

int64_t FloorOf(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

// Of an unknown, when this is the range of so many times of it.
Range Divided(const Range& range, int64_t times) {
  const auto up = [&](int64_t end) { return -FloorOf(-end, times); };
  if (times < 0) return {up(range.high), FloorOf(range.low, times)};
  return {up(range.low), FloorOf(range.high, times)};
}

// Do the ranges of its unknowns say as much?
bool IsImplied(const Evidence::Seen& seen, const std::vector<Range>& ranges) {
  Range sum{0, 0};
  for (const auto& [unknown, coefficient] : seen.sum) {
    if (coefficient != 1) return false;
    sum.low += ranges[unknown].low;
    sum.high += ranges[unknown].high;
  }
  return seen.range.low <= sum.low && seen.range.high >= std::min(sum.high, kEndless);
}

// Sums by what is open of them, narrowest range each.
class OpenSums {
 public:
  void Add(UnknownSum sum, const Range& range) {
    const auto [at, is_new] = sums_.try_emplace(std::move(sum), range);
    if (!is_new) Narrow(range, &at->second);
  }
  std::vector<Evidence::Seen> List() const {
    std::vector<Evidence::Seen> list;
    for (const auto& [sum, range] : sums_) list.push_back({sum, range});
    return list;
  }

 private:
  std::map<UnknownSum, Range> sums_;
};

std::vector<uint32_t> ComponentsOf(size_t unknowns, const std::vector<Evidence::Seen>& sums) {
  std::vector<uint32_t> root(unknowns);
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&](uint32_t u) {
    while (root[u] != u) u = root[u] = root[root[u]];
    return u;
  };
  for (const Evidence::Seen& seen : sums) {
    for (const auto& term : seen.sum) root[find(term.first)] = find(seen.sum.front().first);
  }
  for (uint32_t u = 0; u < unknowns; ++u) root[u] = find(u);
  return root;
}

// The known sums of one component, by row reduction modulo two primes.
class KnownSpan {
 public:
  void Add(const UnknownSum& sum) {
    for (const auto& [unknown, coefficient] : sum) {
      column_.try_emplace(unknown, static_cast<uint32_t>(column_.size()));
    }
    sums_.push_back(sum);
  }
  bool Contains(const UnknownSum& sum) {
    if (spans_.empty()) {
      for (const uint64_t prime : policy::disclosure::kReferencePrimes) {
        spans_.emplace_back(static_cast<uint32_t>(column_.size()), prime);
        for (const UnknownSum& known : sums_) spans_.back().Add(RowOf(known));
      }
    }
    const bool is_seen = std::all_of(sum.begin(), sum.end(),
                                     [&](const auto& t) { return column_.contains(t.first); });
    if (!is_seen) return false;
    const policy::disclosure::Row row = RowOf(sum);
    return spans_[0].Contains(row) && spans_[1].Contains(row);
  }

 private:
  policy::disclosure::Row RowOf(const UnknownSum& sum) const {
    policy::disclosure::Row row;
    for (const auto& [unknown, coefficient] : sum) {
      row.push_back({column_.at(unknown), static_cast<int32_t>(coefficient)});
    }
    return row;
  }

  std::map<uint32_t, uint32_t> column_;
  std::vector<UnknownSum> sums_;
  std::vector<policy::disclosure::DenseSpan> spans_;
};

}  // namespace

int64_t OpenEvidence::SolvedPart(const UnknownSum& sum, UnknownSum* open) const {
  int64_t part = 0;
  for (const auto& [unknown, coefficient] : sum) {
    if (solved[unknown].has_value()) {
      part += coefficient * *solved[unknown];
    } else {
      open->push_back({unknown, coefficient});
    }
  }
  return part;
}

OpenEvidence SolveLines(const Evidence& evidence) {
  OpenEvidence out;
  out.solved.resize(evidence.unknowns.size());
  std::vector<std::vector<uint32_t>> sums_of(evidence.unknowns.size());
  std::vector<size_t> open(evidence.sums.size());
  for (uint32_t s = 0; s < evidence.sums.size(); ++s) {
    open[s] = evidence.sums[s].sum.size();
    for (const auto& [unknown, coefficient] : evidence.sums[s].sum) sums_of[unknown].push_back(s);
  }
  std::vector<uint32_t> waiting;
  const auto is_line = [&](uint32_t s) { return open[s] == 1 && IsKnown(evidence.sums[s].range); };
  const auto solve = [&](uint32_t unknown, int64_t value) {
    out.solved[unknown] = value;
    for (const uint32_t s : sums_of[unknown]) {
      --open[s];
      if (is_line(s)) waiting.push_back(s);
    }
  };
  for (uint32_t s = 0; s < evidence.sums.size(); ++s) {
    if (is_line(s)) waiting.push_back(s);
  }
  for (uint32_t u = 0; u < evidence.unknowns.size(); ++u) {
    if (IsKnown(evidence.unknowns[u])) solve(u, evidence.unknowns[u].low);
  }
  while (!waiting.empty()) {
    const uint32_t s = waiting.back();
    waiting.pop_back();
    UnknownSum rest;
    const int64_t part = out.SolvedPart(evidence.sums[s].sum, &rest);
    if (rest.empty()) continue;
    solve(rest.front().first, (evidence.sums[s].range.low - part) / rest.front().second);
  }
  OpenSums left;
  out.ranges = evidence.unknowns;
  for (const Evidence::Seen& seen : evidence.sums) {
    UnknownSum rest;
    const int64_t part = out.SolvedPart(seen.sum, &rest);
    const bool ends = seen.range.high < kEndless;
    const Range range{seen.range.low - part, ends ? seen.range.high - part : kEndless};
    if (rest.size() == 1) Narrow(Divided(range, rest[0].second), &out.ranges[rest[0].first]);
    if (rest.size() > 1) left.Add(std::move(rest), range);
  }
  for (Evidence::Seen& seen : left.List()) {
    if (!IsImplied(seen, out.ranges)) out.sums.push_back(std::move(seen));
  }
  out.component = ComponentsOf(evidence.unknowns.size(), out.sums);
  return out;
}

std::vector<bool> FollowFrom(const Evidence& evidence, const std::vector<UnknownSum>& wanted) {
  const OpenEvidence open = SolveLines(evidence);
  std::map<uint32_t, KnownSpan> spans;
  for (const Evidence::Seen& seen : open.sums) {
    if (IsKnown(seen.range)) spans[open.component[seen.sum.front().first]].Add(seen.sum);
  }
  std::vector<bool> follow;
  for (const UnknownSum& sum : wanted) {
    UnknownSum rest;
    open.SolvedPart(sum, &rest);
    std::map<uint32_t, UnknownSum> parts;
    for (const auto& term : rest) parts[open.component[term.first]].push_back(term);
    follow.push_back(std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
      return spans[part.first].Contains(part.second);
    }));
  }
  return follow;
}

}  // namespace renkei::tests
