// Seeded random families of measures that a relation links, and an attacker who bounds few persons
// by a linear program over all their tables and the relation's lines.
#pragma once

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/policy/disclosure/linked_evidence.h"

namespace renkei::policy::disclosure {

// Tightly: all but a few persons of "a" are in "b".
enum class Link {
  kNested,
  kTightlyNested,
  kChain,
  kPartsAndRest,
  kPartsThatAddUp,
  kClasses,
  kDisjoint
};
inline constexpr uint64_t kLinks = 7;
inline bool AreNested(Link link) { return link == Link::kNested || link == Link::kTightlyNested; }

// Classes "b" and "c" of "a", or "c" of "b" of "a", or of everybody.
inline void Relate(Link link, Family* family) {
  v1::Relation everybody;
  switch (link) {
    case Link::kNested:
    case Link::kTightlyNested:
      return family->Relate({"b"}, "a");
    case Link::kChain:
      family->Relate({"b"}, "a");
      return family->Relate({"c"}, "b");
    case Link::kPartsAndRest:
      return family->Relate({"b", "c"}, "a");
    case Link::kPartsThatAddUp:
      return family->Relate({"b", "c"}, "a", /*rest_unpublished=*/false);
    case Link::kClasses:
      everybody.set_whole_population(true);
      for (const char* part : {"a", "b", "c"}) everybody.add_part(part);
      family->request().relations.push_back(everybody);
      return;
    case Link::kDisjoint:
      return family->Relate({"a", "b"});
  }
}

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}
  uint64_t Below(uint64_t end) { return random_() % end; }
  // Persons among so many; of four draws one is nobody.
  int64_t Of(int64_t most) {
    return Below(4) == 0 ? 0 : static_cast<int64_t>(Below(static_cast<uint64_t>(most) + 1));
  }
  // Of so many persons, each with the same chance.
  int64_t Successes(int64_t of, uint64_t in_thousand) {
    int64_t sum = 0;
    for (int64_t i = 0; i < of; ++i) sum += Below(1000) < in_thousand;
    return sum;
  }

 private:
  std::mt19937_64 random_;
};

// Persons of one inner cell with each finding; x of n have the first.
inline std::array<int64_t, 3> CountsOf(Link link, int64_t x, int64_t n, Draw* draw) {
  switch (link) {
    case Link::kNested:
      return {x, draw->Of(x), 0};
    case Link::kTightlyNested:
      return {x, std::max<int64_t>(0, x - static_cast<int64_t>(draw->Below(4))), 0};
    case Link::kChain: {
      const int64_t b = draw->Of(x);
      return {x, b, draw->Of(b)};
    }
    case Link::kPartsAndRest: {
      const int64_t b = draw->Of(x);
      return {x, b, draw->Of(x - b)};
    }
    case Link::kPartsThatAddUp: {
      const int64_t b = draw->Of(x);
      return {x, b, x - b};
    }
    case Link::kClasses: {
      const int64_t b = draw->Of(n - x);
      return {x, b, n - x - b};
    }
    case Link::kDisjoint:
      return {x, draw->Of(n - x), 0};
  }
  return {};
}

// Mostly everybody agrees, so that what is small is hidden and little else.
inline Family RandomFamily(Link link, uint64_t seed) {
  Draw draw(seed);
  const bool are_two = AreNested(link) || link == Link::kDisjoint;
  const size_t municipalities = 1 + draw.Below(3);
  const uint64_t kinds = 1 + draw.Below(3);
  Family family(
      are_two ? std::vector<std::string>{"a", "b"} : std::vector<std::string>{"a", "b", "c"},
      municipalities);
  Relate(link, &family);
  family.request().policy.set_audit_member_intervals(false);
  const std::vector<rules::OfferedLayout> layouts =
      rules::LayoutsOf(rules::Policy::Default()->document());
  family.request().withheld = layouts[draw.Below(layouts.size())].levels();
  const uint64_t members = 3 + draw.Below(6);
  const uint64_t scale = uint64_t{20} << draw.Below(8);
  const auto with_in_ten = static_cast<int64_t>(1 + draw.Below(9));
  const uint64_t empty_in_ten = draw.Below(4);
  const bool agree = link != Link::kTightlyNested || draw.Below(2) == 0;
  for (uint64_t i = 0; i < members; ++i) {
    tables::Cube* cube =
        family.AddMember(static_cast<v1::MemberKind>(1 + draw.Below(kinds)), agree, true);
    for (int g = 0; g <= static_cast<int>(municipalities); ++g) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) {
          if (draw.Below(10) < empty_in_ten) continue;
          const auto n = static_cast<int64_t>(draw.Below(scale));
          const std::array<int64_t, 3> counts =
              CountsOf(link, draw.Of(n * with_in_ten / 10), n, &draw);
          for (int m = 0; m < (are_two ? 2 : 3); ++m) {
            Family::Set(cube, m, g, s, b, counts[static_cast<size_t>(m)], n);
          }
        }
      }
    }
  }
  return family;
}

struct Judged {
  size_t shown = 0;
  size_t targets = 0;
  size_t narrow = 0;
};

// The attacker knows the relations; the tables may come of a program that does not. `shown_before`,
// by measure and cell, cannot be hidden.
inline Judged Judge(const Family& family, const std::vector<ProtectedMeasure>& tables,
                    const std::vector<std::vector<bool>>& shown_before = {}) {
  Judged judged;
  const LinkedEvidence evidence(family.request(), tables);
  tests::IntervalAttacker of_nothing(evidence.Nothing(shown_before));
  tests::IntervalAttacker of_all(evidence.Shown());
  for (size_t m = 0; m < tables.size(); ++m) {
    for (const ProtectedCell& cell : tables[m].cells) {
      judged.shown += cell.denominator > 0;
    }
    for (const tests::Target& target : evidence.TargetsOf(m, &of_nothing)) {
      ++judged.targets;
      judged.narrow += of_all.IsNarrow(target);
    }
  }
  return judged;
}

}  // namespace renkei::policy::disclosure
