// A14: three-year sums beside single years would give a year away by subtraction. Random persons
// are counted in two years; no figure of a year is the sum of figures of this year and of the year
// before, and no sum over years travels (magnitudes are refused, layouts have one fiscal year).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/agents/evaluate/random_persons.h"
#include "tests/unit/agents/evaluate/reference_evaluator.h"

namespace renkei::agents::evaluate {
namespace {

// Persons that a figure must hold before a sum is believed: fewer could be chance.
constexpr size_t kEnough = 14;

// Who is in it.
using Persons = std::vector<bool>;

struct Figure {
  std::string name;
  Persons persons;
  size_t count() const {
    return static_cast<size_t>(std::count(persons.begin(), persons.end(), true));
  }
};

// n and k of every measure that counts persons.
std::vector<Figure> Count(const Catalogue& catalogue, const std::vector<TestPerson>& persons) {
  std::vector<Figure> figures;
  for (const v1::Measure& measure : catalogue.definitions().measure()) {
    if (measure.has_magnitude() || !policy::catalogue::IsValidIn(measure, 2023)) continue;
    Figure n{"n of " + measure.id(), Persons(persons.size())};
    Figure k{measure.id(), Persons(persons.size())};
    for (size_t p = 0; p < persons.size(); ++p) {
      const ReferenceEvaluator reference(catalogue, persons[p]);
      if (reference.Of(measure.population()) != true) continue;
      const auto truth = reference.Of(measure.numerator());
      n.persons[p] = truth.has_value();
      k.persons[p] = truth == true;
    }
    figures.push_back(std::move(n));
    figures.push_back(std::move(k));
  }
  return figures;
}

// "whole = part of the year before + other", other of this year.
std::vector<std::string> SumsOverYears(const std::vector<Figure>& now,
                                       const std::vector<Figure>& before) {
  std::map<Persons, std::string> name_of;
  for (const Figure& figure : now) {
    if (figure.count() >= kEnough) name_of.emplace(figure.persons, figure.name);
  }
  std::vector<std::string> found;
  for (const auto& [persons, name] : name_of) {
    for (const Figure& part : before) {
      if (part.count() < kEnough) continue;
      Persons rest = persons;
      bool is_within = true;
      for (size_t p = 0; p < rest.size() && is_within; ++p) {
        if (!part.persons[p]) continue;
        is_within = rest[p];
        rest[p] = false;
      }
      if (!is_within) continue;
      const auto other = name_of.find(rest);
      if (other != name_of.end()) {
        found.push_back(name + " = " + part.name + " of the year before + " + other->second);
      }
    }
  }
  return found;
}

TEST(RollingSums, NoMeasureAddsYears) {
  const CataloguePtr catalogue = Catalogue::LoadBuiltIn().value();
  constexpr uint32_t kSeed = 20261123;
  Dice dice(kSeed);
  std::vector<TestPerson> persons, before;
  while (persons.size() < 3000) {
    for (TestPerson& person : RandomPersons(*catalogue, 500, &dice)) {
      person.age = static_cast<int16_t>(dice.Roll(41, 74));  // in the tables of both years
      before.push_back(person.Before());
      persons.push_back(std::move(person));
    }
  }
  std::vector<Figure> now = Count(*catalogue, persons);
  const std::vector<Figure> then = Count(*catalogue, before);
  EXPECT_GT(now.size(), 200u);
  for (const std::string& sum : SumsOverYears(now, then)) ADD_FAILURE() << sum;

  // Mutation: a measure of "this year or only last year" beside the single years.
  const auto find = [](const std::vector<Figure>& figures, const std::string& name) {
    return std::find_if(figures.begin(), figures.end(),
                        [&](const Figure& figure) { return figure.name == name; });
  };
  Figure other{"other", find(now, "checkup_rate")->persons};
  Figure sum = other;
  for (size_t p = 0; p < sum.persons.size(); ++p) {
    const bool last_year = find(then, "checkup_rate")->persons[p];
    other.persons[p] = other.persons[p] && !last_year;
    sum.persons[p] = other.persons[p] || last_year;
  }
  now.push_back(std::move(other));
  now.push_back({"sum", sum.persons});
  EXPECT_EQ(SumsOverYears(now, then).size(), 1u);
}

}  // namespace
}  // namespace renkei::agents::evaluate
