// What a reader holds of a release of several measures that relations link: the unknowns are the
// inner counts of all of them, and beside the shown cells he has a line per inner cell and stated
// relation. Relations and counts are the test's own, not what the code judged makes of them.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/interval_attacker.h"
#include "tests/unit/policy/disclosure/released_evidence.h"

namespace renkei::policy::disclosure {

class LinkedEvidence {
 public:
  LinkedEvidence(const ProtectRequest& request, const std::vector<ProtectedMeasure>& released)
      : request_(request), of_each_(static_cast<uint32_t>(request.layout->geographies()) * 42) {
    for (size_t m = 0; m < released.size(); ++m) {
      measures_.emplace_back(request, released[m], static_cast<int>(m));
    }
    for (const v1::Relation& relation : request.relations) AddLines(relation);
  }

  const ReleasedEvidence& of(size_t measure) const { return measures_[measure]; }

  // Everything together, or each measure for itself.
  tests::Evidence Shown(bool with_relations = true) const {
    return EvidenceOf(nullptr, with_relations);
  }
  // As if every cell were hidden that may be, but those that these flags, by measure and cell, say
  // were shown before.
  tests::Evidence Nothing(const std::vector<std::vector<bool>>& but = {}) const {
    return EvidenceOf(&but, true);
  }

  // What must stay believable of a measure's hidden cells and of what is derivable of it, cut to
  // what its reader could not think of if nothing were shown.
  std::vector<tests::Target> TargetsOf(size_t measure, tests::IntervalAttacker* of_nothing) const {
    std::vector<tests::Target> targets = measures_[measure].SmallCells(Reader());
    for (tests::Target& target : measures_[measure].SmallDerived(Reader())) {
      targets.push_back(std::move(target));
    }
    for (tests::Target& target : targets) {
      for (auto& term : target.sum) term.first += Offset(measure);
      const tests::Interval most = of_nothing->Of(target.sum);
      target.low = std::max(target.low, static_cast<int64_t>(std::ceil(most.low - 1e-6)));
      target.high = std::min(target.high, static_cast<int64_t>(std::floor(most.high + 1e-6)));
    }
    std::erase_if(targets, [](const tests::Target& target) { return target.low >= target.high; });
    return targets;
  }

 private:
  static ReaderOfARelease Reader() { return {.bounds_hidden_cells = true}; }
  uint32_t Offset(size_t measure) const { return static_cast<uint32_t>(measure) * of_each_; }

  size_t IndexOf(const std::string& id) const {
    const auto& measures = request_.layout->measures();
    size_t m = 0;
    while (measures[m].id != id) ++m;
    return m;
  }

  // Parts less their total, or parts of everybody, in each inner cell.
  void AddLines(const v1::Relation& relation) {
    const bool adds_up =
        relation.total().empty() ? relation.whole_population() : !relation.rest_unpublished();
    const bool has_total = !relation.total().empty();
    const size_t whole = IndexOf(has_total ? relation.total() : relation.part(0));
    for (uint32_t v = 0; v < of_each_; ++v) {
      tests::Evidence::Seen line;
      if (has_total) line.sum.push_back({Offset(whole) + v, -1});
      for (const std::string& part : relation.part()) {
        line.sum.push_back({Offset(IndexOf(part)) + v, 1});
      }
      std::sort(line.sum.begin(), line.sum.end());
      const int64_t persons = measures_[whole].PersonsOf({{v, 1}});
      line.range.high = has_total ? 0 : persons;
      // Who knows all zeros knows where nobody is in the total alone.
      const bool is_exact = adds_up || (has_total && RestOf(relation, whole, v) == 0);
      line.range.low = is_exact ? line.range.high : line.range.high - persons;
      lines_.push_back(std::move(line));
    }
  }

  // Persons of the total in none of the parts.
  int64_t RestOf(const v1::Relation& relation, size_t total, uint32_t v) const {
    int64_t rest = measures_[total].CountOf({{v, 1}});
    for (const std::string& part : relation.part()) {
      rest -= measures_[IndexOf(part)].CountOf({{v, 1}});
    }
    return rest;
  }

  // nullptr: all that is shown is.
  tests::Evidence EvidenceOf(const std::vector<std::vector<bool>>* shown_but,
                             bool with_relations) const {
    tests::Evidence all;
    for (size_t m = 0; m < measures_.size(); ++m) {
      tests::Evidence one = measures_[m].For(Reader());
      all.unknowns.insert(all.unknowns.end(), one.unknowns.begin(), one.unknowns.end());
      for (size_t c = 0; c < one.sums.size(); ++c) {
        tests::Evidence::Seen& seen = one.sums[c];
        const bool stays = shown_but == nullptr || (!shown_but->empty() && (*shown_but)[m][c]);
        if (!stays && seen.range.low == seen.range.high) {
          if (measures_[m].is_sensitive()) continue;
          const int64_t x = seen.range.low, n = measures_[m].PersonsOf(seen.sum);
          seen.range = {x > 0 ? 1 : 0, x < n ? n - 1 : n};
        }
        for (auto& term : seen.sum) term.first += Offset(m);
        all.sums.push_back(std::move(seen));
      }
    }
    if (with_relations) all.sums.insert(all.sums.end(), lines_.begin(), lines_.end());
    return all;
  }

  const ProtectRequest& request_;
  uint32_t of_each_;
  std::vector<ReleasedEvidence> measures_;
  std::vector<tests::Evidence::Seen> lines_;
};

}  // namespace renkei::policy::disclosure
