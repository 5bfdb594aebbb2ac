// Links that definitions make between measures: whoever one counts another counts too, or never
// does. A reader subtracts such measures, so protection must know every link; here they are found
// by counting random persons, and each must follow from the catalogue's relations.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/disclosure/implied_relations.h"
#include "tests/support/full_run.h"
#include "tests/unit/agents/evaluate/random_persons.h"
#include "tests/unit/agents/evaluate/reference_evaluator.h"

namespace renkei::agents::evaluate {
namespace {

using policy::base::FiscalYear;
using Pair = std::pair<std::string, std::string>;

// Persons that were seen together before a link is believed: fewer could be chance.
constexpr double kEnough = 14;

// One bit per person.
using Bits = std::vector<uint64_t>;

int64_t CountOf(const Bits& bits) {
  int64_t count = 0;
  for (const uint64_t word : bits) count += __builtin_popcountll(word);
  return count;
}
bool IsWithin(const Bits& a, const Bits& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if ((a[i] & ~b[i]) != 0) return false;
  }
  return true;
}
bool AreDisjoint(const Bits& a, const Bits& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if ((a[i] & b[i]) != 0) return false;
  }
  return true;
}

struct Seen {
  std::string id;
  Bits n, k;
};

// Most people are healthy in most things: only so do rare classes occur.
class Health {
 public:
  explicit Health(const Catalogue& catalogue) : catalogue_(catalogue) {
    for (const char* item : {"hdl_mgdl", "hemoglobin_gdl", "egfr"}) {
      if (const auto column = catalogue.items().ColumnOf(item)) better_when_high_.insert(*column);
    }
    for (const char* item : {"q01_med_bp", "q02_med_glucose", "q03_med_lipid"}) {
      drugs_.push_back(catalogue.items().ColumnOf(item).value());
    }
  }
  // With `chance` in ten each item becomes a healthy one.
  void Mend(int chance, std::map<int, policy::catalogue::ItemValue>* items, Dice* dice) const {
    for (auto& [column, value] : *items) {
      if (dice->Roll(1, 10) > chance) continue;
      const ItemColumn& item = catalogue_.items().columns()[static_cast<size_t>(column)];
      if (std::find(drugs_.begin(), drugs_.end(), column) != drugs_.end()) {
        value = {CodedValue(0, 2), ValueState::kValid};
      } else if (!item.is_coded) {
        value = {HealthyNumber(item, column, dice), ValueState::kValid};
      }
    }
  }

 private:
  int32_t HealthyNumber(const ItemColumn& item, int column, Dice* dice) const {
    // Healthy pressure lies in two classes of the NDB.
    if (item.name == "sbp_mmhg") return dice->Roll(100, 129);
    if (item.name == "dbp_mmhg") return dice->Roll(60, 84);
    const int32_t min = item.min.value_or(0), max = item.max.value_or(2000);
    const int32_t room = (max - min) / 50;
    return better_when_high_.contains(column) ? max - room : min + room;
  }

  const Catalogue& catalogue_;
  std::set<int> better_when_high_;
  std::vector<int> drugs_;
};

// Facts of a person agree: this year's and last year's with the years on record.
void MakeConsistent(TestPerson* person, Dice* dice) {
  using policy::consent::kEligibleBit, policy::consent::kExaminedBit;
  if (dice->Roll(0, 2) != 0) person->facts |= kEligibleBit | kExaminedBit;
  // Only who was examined has values.
  if ((person->facts & kExaminedBit) == 0) person->items.clear();
  if ((person->facts_before & kExaminedBit) == 0) person->items_before.clear();
  const auto bit = [](uint32_t years, int at, bool is_set) {
    return (years & ~(uint32_t{1} << at)) | (uint32_t{is_set} << at);
  };
  person->examined_years = bit(person->examined_years, 0, (person->facts & kExaminedBit) != 0);
  person->eligible_years = bit(person->eligible_years, 0, (person->facts & kEligibleBit) != 0);
  if (person->years_on_record < 2) return;
  person->examined_years =
      bit(person->examined_years, 1, (person->facts_before & kExaminedBit) != 0);
  person->eligible_years =
      bit(person->eligible_years, 1, (person->facts_before & kEligibleBit) != 0);
}

std::vector<Seen> See(const Catalogue& catalogue, int year, int persons, Dice* dice) {
  std::vector<const v1::Measure*> measures;
  std::vector<Seen> seen;
  const size_t words = static_cast<size_t>(persons + 63) / 64;
  for (const v1::Measure& measure : catalogue.definitions().measure()) {
    if (measure.has_magnitude() || !policy::catalogue::IsValidIn(measure, year)) continue;
    measures.push_back(&measure);
    seen.push_back({measure.id(), Bits(words), Bits(words)});
  }
  const Health health(catalogue);
  constexpr int kBatch = 500;
  for (int from = 0; from < persons; from += kBatch) {
    std::vector<TestPerson> batch = RandomPersons(catalogue, kBatch, dice);
    for (int i = 0; i < std::min(kBatch, persons - from); ++i) {
      TestPerson& person = batch[static_cast<size_t>(i)];
      person.age = static_cast<int16_t>(dice->Roll(41, 74));
      const int healthy = dice->Pick(std::vector<int>{0, 4, 8, 9, 10});
      health.Mend(healthy, &person.items, dice);
      health.Mend(dice->Roll(0, 1) == 0 ? healthy : 3, &person.items_before, dice);
      MakeConsistent(&person, dice);
      const ReferenceEvaluator reference(catalogue, person);
      const auto at = static_cast<size_t>(from + i);
      const uint64_t bit = uint64_t{1} << (at % 64);
      for (size_t m = 0; m < measures.size(); ++m) {
        if (reference.Of(measures[m]->population()) != true) continue;
        const auto truth = reference.Of(measures[m]->numerator());
        if (truth.has_value()) seen[m].n[at / 64] |= bit;
        if (truth == true) seen[m].k[at / 64] |= bit;
      }
    }
  }
  return seen;
}

struct Known {
  std::set<Pair> within;  // the first lies within the second
  std::set<Pair> disjoint;
  std::set<Pair> apart;
};

Known KnownLinks(const Catalogue& catalogue, const std::vector<Seen>& seen, int year) {
  std::vector<policy::tables::MeasureVersion> measures;
  for (const Seen& one : seen)
    measures.push_back({one.id, catalogue.FindMeasure(one.id)->version()});
  const auto layout =
      policy::tables::Layout::Make("0604", FiscalYear(year), std::move(measures), {"062031"})
          .value();
  const auto& stated = catalogue.definitions().relation();
  Known known;
  for (const v1::Relation& relation :
       policy::disclosure::WithImpliedRelations({stated.begin(), stated.end()}, layout)) {
    for (const std::string& part : relation.part()) {
      for (const std::string& apart : relation.apart()) {
        known.apart.insert({part, apart});
        known.apart.insert({apart, part});
      }
      if (!relation.apart().empty()) continue;
      for (const std::string& other : relation.part()) known.disjoint.insert({part, other});
      if (relation.total().empty()) continue;
      known.within.insert({part, relation.total()});
      if (relation.part_size() == 1 && !relation.rest_unpublished()) {
        known.within.insert({relation.total(), part});
      }
    }
    // Whom a measure of the same people counts, their total counts.
    for (const std::string& same : relation.same_people()) {
      known.within.insert({same, relation.total()});
    }
  }
  return known;
}

class Links : public ::testing::TestWithParam<int> {};

TEST_P(Links, AllFollowFromTheCataloguesRelations) {
  const int year = GetParam();
  const CataloguePtr catalogue = Catalogue::LoadBuiltIn().value();
  constexpr uint32_t kSeed = 20261123;
  Dice dice(kSeed);
  const int persons = tests::IsFullRun() ? 60'000 : 12'000;
  const std::vector<Seen> seen = See(*catalogue, year, persons, &dice);
  const Known known = KnownLinks(*catalogue, seen, year);
  int nested = 0, disjoint = 0;
  for (const Seen& a : seen) {
    const auto in_a = static_cast<double>(CountOf(a.k));
    for (const Seen& b : seen) {
      if (a.id == b.id || known.apart.contains({a.id, b.id})) continue;
      const double share_of_b = static_cast<double>(CountOf(b.k)) / persons;
      if (in_a * (1 - share_of_b) >= kEnough && IsWithin(a.k, b.k)) {
        ++nested;
        EXPECT_TRUE(known.within.contains({a.id, b.id}))
            << a.id << " lies within " << b.id << " (seed " << kSeed << ")";
      }
      if (in_a * share_of_b >= kEnough && AreDisjoint(a.k, b.k) && IsWithin(a.k, b.n)) {
        ++disjoint;
        EXPECT_TRUE(known.disjoint.contains({a.id, b.id}))
            << a.id << " and " << b.id << " have nobody in common (seed " << kSeed << ")";
      }
    }
  }
  std::printf("year %d: %d nested, %d disjoint\n", year, nested, disjoint);
  EXPECT_GT(nested, 20);
  EXPECT_GT(disjoint, 20);
}

INSTANTIATE_TEST_SUITE_P(OfPeriods, Links, ::testing::Values(2011, 2016, 2023, 2024));

}  // namespace
}  // namespace renkei::agents::evaluate
