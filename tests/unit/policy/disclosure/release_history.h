// Random sequences of releases of one area and year: publish, correct, join, leave.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "policy/base/error.h"
#include "policy/disclosure/ledger_pattern.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {

// Members whose counts change as time goes by.
class History {
 public:
  explicit History(uint64_t seed, std::vector<std::string> measures = {"m"})
      : random_(seed), measures_(std::move(measures)), places_(seed % 10 == 0 ? 3 : 1 + Below(2)) {
    const int members = 4 + static_cast<int>(Below(4));
    scale_ = 10 + Below(150);
    for (int i = 0; i < members; ++i) Join();
  }

  void Correct() {
    const size_t members = 1 + Below(5);
    const int64_t sign = Below(2) == 0 ? 1 : -1;
    const uint64_t persons = 1 + Below(60);
    for (size_t i = 0; i < members; ++i) {
      PooledContribution& member = members_[Below(members_.size())];
      auto cube = std::make_shared<tables::Cube>(*member.cube);
      for (uint64_t p = 0; p < persons; ++p) {
        int64_t& count = cube->counts()[Below(cube->counts().size())];
        if (count + sign >= 0) count += sign;
      }
      member.cube = std::move(cube);
    }
  }
  void Join() {
    PooledContribution c;
    c.member = base::MemberId(absl::StrCat("member/test/", 100 + joined_++));
    c.kind = static_cast<v1::MemberKind>(1 + Below(3));
    c.allow_insurer_type_by_municipality = Below(2) == 0;
    c.allow_member_level_display = Below(3) == 0;
    const Family blank(measures_, places_);
    auto cube = std::make_shared<tables::Cube>(blank.request().layout);
    for (int64_t& count : cube->counts()) {
      if (Below(6) != 0) count = static_cast<int64_t>(Below(scale_));
    }
    c.cube = std::move(cube);
    members_.push_back(std::move(c));
  }
  void Leave() {
    if (members_.size() > 4) {
      members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(Below(members_.size())));
    }
  }
  void Happen() {
    switch (Below(4)) {
      case 0:
      case 1:
        return Correct();
      case 2:
        for (uint64_t i = 1 + Below(4); i > 0; --i) Join();
        return;
      default:
        for (uint64_t i = 1 + Below(4); i > 0; --i) Leave();
    }
  }

  ProtectRequest Now() const {
    ProtectRequest request = Family(measures_, places_).request();
    request.contributions = members_;
    for (PooledContribution& c : request.contributions) {
      auto cube = std::make_shared<tables::Cube>(request.layout);
      cube->counts() = c.cube->counts();
      CountTheSamePeople(cube.get());
      c.cube = std::move(cube);
    }
    return request;
  }
  uint64_t Below(uint64_t limit) { return random_() % limit; }

 private:
  // All measures have the n of the first; of the findings of the others what fits into it.
  static void CountTheSamePeople(tables::Cube* cube) {
    const size_t per_measure = cube->layout().cells_per_measure();
    for (size_t c = per_measure; c < cube->counts().size(); c += 2) {
      const size_t first = c % per_measure;
      const int64_t n = cube->counts()[first] + cube->counts()[first + 1];
      int64_t& x = cube->counts()[c];
      x = n == 0 ? 0 : x * 7 % (n + 1);
      cube->counts()[c + 1] = n - x;
    }
  }

  std::mt19937_64 random_;
  std::vector<std::string> measures_;
  size_t places_;
  uint64_t scale_ = 0;
  int joined_ = 0;
  std::vector<PooledContribution> members_;
};

enum class Defences { kAll, kNoLedger, kNoDeltaRule, kNoJointAudit, kNoRests };

struct Outcome {
  std::vector<SeenRelease> seen;
  size_t held = 0;
  size_t unchanged = 0;
};

// The table of a candidate by itself, with what a weakened ledger hides beside: without the rests
// that changes leave along a line (delta_rests.h), without intervals, and without what `defences`
// names.
inline absl::StatusOr<std::vector<ProtectedCell>> Weakened(const ProtectRequest& request,
                                                           std::vector<ProtectedCell> cells,
                                                           Defences defences) {
  if (defences == Defences::kNoLedger || request.earlier.empty()) return cells;
  std::vector<const ProtectRequest*> releases;
  std::vector<std::vector<std::vector<bool>>> shown;
  for (const auto& earlier : request.earlier) {
    releases.push_back(&earlier->inputs);
    shown.push_back(earlier->shown);
  }
  releases.push_back(&request);
  const TableShape shape = ShapeOf(request.layout->geographies());
  const std::vector<uint8_t> key(32, 7);
  const auto views = ViewsOf(releases, shape, {"m"});
  if (!views.ok()) return views.status();
  StackedSystem stack = Stack(releases, shown, *views, shape, key);
  if (defences == Defences::kNoDeltaRule) {
    stack.deltas.clear();
    for (auto& of_figure : stack.deltas_of) of_figure.clear();
  }
  if (defences == Defences::kNoJointAudit) {
    stack.primaries.clear();
    for (StackedSystem::Candidate& candidate : stack.candidates) candidate.cell.primary = false;
  }
  std::vector<bool> hidden;
  for (const StackedSystem::Candidate& candidate : stack.candidates) {
    hidden.push_back(cells[candidate.index].state == v1::CELL_STATE_SUPPRESSED);
  }
  const auto pattern = HideStacked(stack, std::move(hidden));
  if (!pattern.ok()) return pattern.status();
  for (size_t c = 0; c < pattern->size(); ++c) {
    if ((*pattern)[c]) cells[stack.candidates[c].index].state = v1::CELL_STATE_SUPPRESSED;
  }
  return cells;
}

// At most three releases; what is held nobody sees. `trusts_members`: under a policy that does not
// ask for members' intervals, and so hides less.
inline Outcome Publish(uint64_t seed, Defences defences, bool trusts_members = false) {
  History history(seed);
  Outcome out;
  std::vector<std::shared_ptr<const EarlierRelease>> ledger;
  for (int step = 0; step < 6 && out.seen.size() < 3; ++step) {
    if (step > 0) history.Happen();
    ProtectRequest request = history.Now();
    if (trusts_members) request.policy.set_audit_member_intervals(false);
    if (defences == Defences::kAll) request.earlier = ledger;
    SealedAudit audit;
    const auto table = Protect(request, std::vector<uint8_t>(32, 7), &audit);
    if (!table.ok()) {
      EXPECT_EQ(table.status().code(), absl::StatusCode::kFailedPrecondition) << table.status();
      const bool held = base::DetailOf(table.status()).reason() == v1::ERROR_REASON_HELD;
      out.held += held;
      out.unchanged += !held;
      continue;
    }
    request.earlier = ledger;
    auto cells = table->measures()[0].cells;
    if (defences != Defences::kAll) {
      auto weakened = Weakened(request, std::move(cells), defences);
      if (!weakened.ok()) continue;
      cells = *std::move(weakened);
    }
    request.earlier.clear();
    ledger.push_back(Ledgered(request, {cells}));
    out.seen.push_back({std::move(request), std::move(cells), SealedAuditReader::Fates(audit, 0)});
  }
  return out;
}

}  // namespace renkei::policy::disclosure
