// A27: random sequences of releases of one area and year (publish, correct, join, leave), judged by
// an attacker of his own. 200 sequences; 2,000 with RENKEI_FULL=1.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "absl/strings/match.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {
namespace {

// Members whose counts change as time goes by.
class History {
 public:
  explicit History(uint64_t seed) : random_(seed), places_(1 + Below(2)) {
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
    const Family blank({"m"}, places_);
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
    ProtectRequest request = Family({"m"}, places_).request();
    request.contributions = members_;
    for (PooledContribution& c : request.contributions) {
      auto cube = std::make_shared<tables::Cube>(request.layout);
      cube->counts() = c.cube->counts();
      c.cube = std::move(cube);
    }
    return request;
  }
  uint64_t Below(uint64_t limit) { return random_() % limit; }

 private:
  std::mt19937_64 random_;
  size_t places_;
  uint64_t scale_ = 0;
  int joined_ = 0;
  std::vector<PooledContribution> members_;
};

struct Outcome {
  std::vector<SeenRelease> seen;
  size_t held = 0;
  size_t unchanged = 0;
};

// At most three releases; what is held nobody sees.
Outcome Publish(uint64_t seed, bool with_ledger) {
  History history(seed);
  Outcome out;
  std::vector<std::shared_ptr<const EarlierRelease>> ledger;
  for (int step = 0; step < 6 && out.seen.size() < 3; ++step) {
    if (step > 0) history.Happen();
    ProtectRequest request = history.Now();
    if (with_ledger) request.earlier = ledger;
    SealedAudit audit;
    const auto table = Protect(request, std::vector<uint8_t>(32, 7), &audit);
    if (!table.ok()) {
      const bool changed = absl::StrContains(table.status().message(), "stay as published") ||
                           absl::StrContains(table.status().message(), "are held");
      out.held += changed;
      out.unchanged += !changed;
      continue;
    }
    ledger.push_back(Ledgered(request, *table));
    request.earlier.clear();
    out.seen.push_back(
        {std::move(request), table->measures()[0].cells, SealedAuditReader::Fates(audit, 0)});
  }
  return out;
}

TEST(RandomSequencesOfReleases, GiveNoCellAndNoFewPersonsAway) {
  const bool full = std::getenv("RENKEI_FULL") != nullptr;
  const uint64_t sequences = full ? 2000 : 200;
  LedgerTally sum, without;
  size_t held = 0, unchanged = 0, again = 0;
  for (uint64_t seed = 1; seed <= sequences; ++seed) {
    const Outcome out = Publish(seed, true);
    held += out.held;
    unchanged += out.unchanged;
    again += out.seen.empty() ? 0 : out.seen.size() - 1;
    const LedgerTally tally = LedgerAttacker(out.seen).Run();
    EXPECT_EQ(tally.exact, 0u) << "seed " << seed;
    EXPECT_EQ(tally.differences, 0u) << "seed " << seed;
    sum.primaries += tally.primaries;
    sum.deltas += tally.deltas;
    if (seed > 20) continue;
    // Mutation: without the ledger the attack succeeds.
    const LedgerTally open = LedgerAttacker(Publish(seed, false).seen).Run();
    without.exact += open.exact;
    without.differences += open.differences;
  }
  RecordProperty("again", static_cast<int>(again));
  std::printf(
      "%zu sequences: released again %zu, held %zu, nothing new %zu; %zu primaries, %zu "
      "unsafe differences; without the ledger %zu exact, %zu differences (20 sequences)\n",
      static_cast<size_t>(sequences), again, held, unchanged, sum.primaries, sum.deltas,
      without.exact, without.differences);
  EXPECT_GT(again, sequences / 4);
  EXPECT_GT(held, sequences / 4);
  EXPECT_GT(without.exact, 0u);
  EXPECT_GT(without.differences, 0u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
