// Attacks on the output of Protect alone: row reduction with every inner cell as an unknown, with
// the zeros that a reader may conclude, the equations between measures, and the sealed list of
// primaries as the target.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/policy/disclosure/attack_rows.h"
#include "tests/unit/policy/disclosure/dense_reference.h"

namespace renkei::policy::disclosure {
namespace {

struct Tally {
  size_t primaries = 0;
  size_t shown = 0;
  size_t exact = 0;              // with the pattern of Protect
  size_t exact_unprotected = 0;  // if primaries alone were hidden
};

// `zeros`: the reader concludes from a shown zero that every cell below is zero; targets are counts
// above 0.
Tally Attack(const Family& family, bool zeros, bool with_relation) {
  SealedAudit audit;
  const auto table = family.Run(&audit);
  EXPECT_TRUE(table.ok()) << table.status();
  Tally tally;
  if (!table.ok()) return tally;
  const uint32_t measures = static_cast<uint32_t>(table->measures().size());
  DenseSpan with(measures * kPerMeasure, kReferencePrimes[0]);
  DenseSpan without(measures * kPerMeasure, kReferencePrimes[0]);
  const auto add_zeros = [](const Row& row, DenseSpan* span) {
    for (const Term& t : row) span->Add({t});
  };
  if (with_relation) {  // measure 0 = measure 1 + measure 2
    for (uint32_t v = 0; v < kPerMeasure; ++v) {
      const Row equation = {{v, 1}, {kPerMeasure + v, -1}, {2 * kPerMeasure + v, -1}};
      with.Add(equation);
      without.Add(equation);
    }
  }
  std::vector<Row> targets;
  for (uint32_t m = 0; m < measures; ++m) {
    const std::vector<ProtectedCell>& cells = table->measures()[m].cells;
    for (size_t c = 0; c < cells.size(); ++c) {
      const Row row = RowOf(cells[c], m);
      const CellFate fate = SealedAuditReader::Fates(audit, m)[c];
      if (fate != CellFate::kPrimary) without.Add(row);
      if (cells[c].state == v1::CELL_STATE_SUPPRESSED) {
        EXPECT_EQ(cells[c].numerator, 0);
        EXPECT_EQ(cells[c].denominator, 0);
        EXPECT_EQ(cells[c].members, v1::MEMBERS_CLASS_UNSPECIFIED);
      } else {
        with.Add(row);
        ++tally.shown;
        if (cells[c].denominator == 0 || (zeros && cells[c].numerator == 0)) {
          add_zeros(row, &with);
        }
      }
      if (fate != CellFate::kPrimary) continue;
      ++tally.primaries;
      int64_t truth = 0;
      for (const auto& cube : family.cubes()) {
        const size_t member = static_cast<size_t>(&cube - family.cubes().data());
        const int kind = static_cast<int>(family.request().contributions[member].kind) - 1;
        for (const Term& t : row) {
          const uint32_t v = t.variable - m * kPerMeasure;
          if (static_cast<int>(v / 14 % 3) != kind) continue;
          truth += cube->at(static_cast<int>(m), static_cast<int>(v / 42),
                            static_cast<int>(v / 7 % 2), static_cast<int>(v % 7), 0);
        }
      }
      if (!zeros || truth > 0) targets.push_back(row);
    }
  }
  for (const Row& target : targets) {
    tally.exact += with.Contains(target);
    tally.exact_unprotected += without.Contains(target);
  }
  return tally;
}

Family RandomFamily(uint64_t seed, bool with_relation) {
  std::mt19937_64 random(seed);
  Family family(with_relation ? std::vector<std::string>{"total", "a", "b"}
                              : std::vector<std::string>{"m"});
  const int members = 4 + static_cast<int>(random() % 5);
  const uint64_t scale = 20 + random() % 200;
  for (int i = 0; i < members; ++i) {
    const auto kind = static_cast<v1::MemberKind>(1 + random() % 3);
    tables::Cube* cube = family.AddMember(kind, random() % 2 == 0, random() % 3 == 0);
    for (int g = 0; g < kPlaces; ++g) {
      for (int s = 0; s < 2; ++s) {
        for (int b = 0; b < 7; ++b) {
          if (random() % 6 == 0) continue;
          const int64_t n = static_cast<int64_t>(random() % scale);
          const int64_t x = random() % 4 == 0 ? 0 : n / static_cast<int64_t>(2 + random() % 6);
          Family::Set(cube, 0, g, s, b, x, n);
          if (!with_relation) continue;
          const int64_t a =
              x == 0 ? 0 : static_cast<int64_t>(random() % static_cast<uint64_t>(x + 1));
          Family::Set(cube, 1, g, s, b, a, n);
          Family::Set(cube, 2, g, s, b, x - a, n);
        }
      }
    }
  }
  if (with_relation) {
    v1::Relation relation;
    relation.set_total("total");
    relation.add_part("a");
    relation.add_part("b");
    family.request().relations.push_back(relation);
  }
  family.request().population_persons["064262"] = static_cast<int64_t>(1000 + random() % 40000);
  return family;
}

TEST(AttackOnARelease, RowReductionFindsNoPrimaryInRandomFamilies) {
  Tally sum;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Tally t = Attack(RandomFamily(seed, false), /*zeros=*/false, false);
    ASSERT_EQ(t.exact, 0u) << "seed " << seed;
    sum.primaries += t.primaries;
    sum.shown += t.shown;
    sum.exact_unprotected += t.exact_unprotected;
  }
  EXPECT_GT(sum.primaries, 5000u);
  EXPECT_GT(sum.shown, 1000u);
  // Mutation: with primaries alone hidden the attack succeeds.
  EXPECT_GT(sum.exact_unprotected, 500u);
}

TEST(AttackOnARelease, ConcludingZerosFindsNoCountAboveZero) {
  for (uint64_t seed = 100; seed < 160; ++seed) {
    ASSERT_EQ(Attack(RandomFamily(seed, false), /*zeros=*/true, false).exact, 0u)
        << "seed " << seed;
  }
}

// A coarser layout hides whole levels, and the primaries among them stay protected.
TEST(AttackOnARelease, NoLayoutOfTheLadderGivesAPrimaryAway) {
  for (const rules::OfferedLayout& layout :
       rules::LayoutsOf(rules::Policy::Default()->document())) {
    for (const bool zeros : {false, true}) {
      Tally sum;
      for (uint64_t seed = 400; seed < 420; ++seed) {
        Family family = RandomFamily(seed, false);
        family.request().withheld = layout.levels();
        const Tally t = Attack(family, zeros, false);
        ASSERT_EQ(t.exact, 0u) << layout.name << " seed " << seed;
        sum.primaries += t.primaries;
        sum.shown += t.shown;
        sum.exact_unprotected += t.exact_unprotected;
      }
      EXPECT_GT(sum.primaries, 1000u) << layout.name;
      EXPECT_GT(sum.shown, 20u) << layout.name;
      EXPECT_GT(sum.exact_unprotected, 100u) << layout.name;
    }
  }
}

TEST(AttackOnARelease, EquationsBetweenMeasuresDoNotHelp) {
  Tally sum;
  for (uint64_t seed = 200; seed < 206; ++seed) {
    const Tally t = Attack(RandomFamily(seed, true), /*zeros=*/seed % 2 == 0, true);
    ASSERT_EQ(t.exact, 0u) << "seed " << seed;
    sum.exact_unprotected += t.exact_unprotected;
  }
  EXPECT_GT(sum.exact_unprotected, 100u);
}

// Classes "a", "b", "c" divide everybody in n, and "g" counts among those of "a": whoever sees n in
// one table has a number of another.
Family RandomClasses(uint64_t seed) {
  std::mt19937_64 random(seed);
  Family family({"a", "b", "c", "g"});
  for (int i = 0; i < 5; ++i) {
    tables::Cube* cube = family.AddMember(static_cast<v1::MemberKind>(1 + random() % 3), true);
    for (int g = 0; g < kPlaces; ++g) {
      for (int s = 0; s < 2; ++s) {
        for (int b = 0; b < 7; ++b) {
          const int64_t n = static_cast<int64_t>(random() % 120);
          const int64_t x[] = {n / 8, n / 3, n - n / 8 - n / 3};
          for (int m = 0; m < 3; ++m) Family::Set(cube, m, g, s, b, x[m], n);
          Family::Set(cube, 3, g, s, b, x[0] / 2, x[0]);
        }
      }
    }
  }
  return family;
}

// Cells of "a" to "c" that are hidden although n minus the two others gives them; cells of "a" that
// are hidden although the n of "g" is them.
size_t GivenAwayByN(const ProtectedTable<ForRelease>& table) {
  const auto is_hidden = [&](size_t m, size_t c) {
    return table.measures()[m].cells[c].state == v1::CELL_STATE_SUPPRESSED;
  };
  size_t given_away = 0;
  for (size_t c = 0; c < table.measures()[0].cells.size(); ++c) {
    const int hidden = is_hidden(0, c) + is_hidden(1, c) + is_hidden(2, c);
    given_away += hidden == 1;
    given_away += is_hidden(0, c) && !is_hidden(3, c);
  }
  return given_away;
}

TEST(AttackOnARelease, DenominatorsGiveNoClassAndNoNumeratorAway) {
  size_t given_away_untied = 0;
  size_t shown = 0;
  for (uint64_t seed = 300; seed < 312; ++seed) {
    Family family = RandomClasses(seed);
    const auto untied = family.Run();
    ASSERT_TRUE(untied.ok());
    given_away_untied += GivenAwayByN(*untied);
    v1::Relation classes;
    classes.set_whole_population(true);
    for (const char* part : {"a", "b", "c"}) classes.add_part(part);
    v1::Relation people;
    people.set_total("a");
    people.add_same_people("g");
    family.request().relations = {classes, people};
    const auto tied = family.Run();
    ASSERT_TRUE(tied.ok());
    EXPECT_EQ(GivenAwayByN(*tied), 0u) << "seed " << seed;
    for (const ProtectedCell& cell : tied->measures()[2].cells) shown += cell.numerator > 0;
  }
  EXPECT_GT(given_away_untied, 100u);
  EXPECT_GT(shown, 100u);
}

// Two places are shown, two are hidden because two members alone count persons there.
TEST(AttackOnARelease, TheHiddenPlacesTogetherAreNoRestOfTwoMembers) {
  Family family;
  for (int i = 0; i < 5; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_INSURER, true);
    for (int g = 0; g < kPlaces; ++g) {
      for (int s = 0; s < 2; ++s) {
        for (int b = 0; b < 7; ++b) {
          if (g < 2 || i < 2) Family::Set(cube, 0, g, s, b, 40 + i, 100);
        }
      }
    }
  }
  const auto table = family.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  const auto is_shown = [&](const char* place, const ProtectedCell& cell) {
    return CellOf(*table, 0, place, cell.member_kind, cell.sex, cell.age_band).state ==
           v1::CELL_STATE_PUBLISHED;
  };
  size_t shown = 0;
  for (const ProtectedCell& cell : table->measures()[0].cells) {
    if (!cell.municipality.empty() || cell.state != v1::CELL_STATE_PUBLISHED) continue;
    if (cell.member_kind == v1::MEMBER_KIND_WORKPLACE ||
        cell.member_kind == v1::MEMBER_KIND_MUNICIPALITY) {
      continue;  // nobody of these kinds takes part
    }
    ++shown;
    EXPECT_FALSE(is_shown(kMunicipalities[0], cell) && is_shown(kMunicipalities[1], cell))
        << cell.age_band;
  }
  EXPECT_GT(shown, 20u);
}

TEST(AttackOnARelease, SomeOfTheClassesWithoutTheOthersAreRefused) {
  Family family = RandomClasses(300);
  v1::Relation classes;
  classes.set_whole_population(true);
  for (const char* part : {"a", "b", "c", "d"}) classes.add_part(part);
  family.request().relations = {classes};
  EXPECT_EQ(family.Run().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(AttackOnARelease, WithoutTheRelationTheEquationsWouldHelp) {
  size_t exact = 0;
  for (uint64_t seed = 200; seed < 203; ++seed) {
    Family family = RandomFamily(seed, true);
    family.request().relations.clear();
    exact += Attack(family, false, true).exact;
  }
  EXPECT_GT(exact, 0u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
