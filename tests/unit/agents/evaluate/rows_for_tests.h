// Persons written down item by item, and the rows that the consent gate makes of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agents/evaluate/measure_program.h"
#include "policy/catalogue/catalogue.h"
#include "policy/catalogue/decimal.h"
#include "policy/consent/gate.h"
#include "policy/tables/cube.h"

namespace renkei::agents::evaluate {

using CataloguePtr = std::shared_ptr<const policy::catalogue::Catalogue>;

struct TestPerson {
  uint8_t sex = 0;
  int16_t age = 50;
  int16_t geography = 0;
  uint8_t facts = policy::consent::kEligibleBit | policy::consent::kExaminedBit;
  policy::consent::CategoryOutcomes outcomes = AllGranted();
  std::map<int, policy::catalogue::ItemValue> items;

  static policy::consent::CategoryOutcomes AllGranted() {
    policy::consent::CategoryOutcomes all;
    all.by_category.fill(policy::consent::FoldOutcome::kGranted);
    return all;
  }
};

// A batch in which columns that nobody has stay empty.
inline policy::consent::RowBatch BatchOf(const policy::catalogue::Catalogue& catalogue,
                                         policy::base::FiscalYear year,
                                         const std::vector<TestPerson>& persons) {
  policy::consent::RowBatch batch;
  batch.fiscal_year = year;
  batch.items.resize(catalogue.items().columns().size());
  for (size_t i = 0; i < persons.size(); ++i) {
    const TestPerson& person = persons[i];
    batch.subject.push_back({});
    batch.sex.push_back(person.sex);
    batch.age.push_back(person.age);
    batch.geography.push_back(person.geography);
    batch.facts.push_back(person.facts);
    for (const auto& [column, value] : person.items) {
      policy::consent::ItemValues& values = batch.items[static_cast<size_t>(column)];
      values.value.resize(persons.size(), 0);
      values.state.resize(persons.size(), policy::catalogue::ValueState::kAbsent);
      values.value[i] = value.value;
      values.state[i] = value.state;
    }
  }
  return batch;
}

inline policy::consent::ConsentedRows Admit(const policy::catalogue::Catalogue& catalogue,
                                            policy::base::FiscalYear year,
                                            const std::vector<TestPerson>& persons) {
  const auto gate =
      policy::consent::ConsentGate::Make(catalogue.definitions(), policy::consent::BasisTable())
          .value();
  std::vector<policy::consent::CategoryOutcomes> outcomes;
  for (const TestPerson& person : persons) outcomes.push_back(person.outcomes);
  return gate.Admit(BatchOf(catalogue, year, persons), outcomes);
}

// All measures of the catalogue that are valid in the year, over `municipalities` of 庄内.
inline std::shared_ptr<const policy::tables::Layout> LayoutOfAll(
    const policy::catalogue::Catalogue& catalogue, policy::base::FiscalYear year,
    std::vector<std::string> municipalities = {"062031"}) {
  std::vector<policy::tables::MeasureVersion> measures;
  for (const v1::Measure& measure : catalogue.definitions().measure()) {
    if (policy::catalogue::IsValidIn(measure, year.first_year())) {
      measures.push_back({measure.id(), measure.version()});
    }
  }
  return std::make_shared<const policy::tables::Layout>(
      policy::tables::Layout::Make("0604", year, std::move(measures), std::move(municipalities))
          .value());
}

// A person described with names and decimal text.
class Someone {
 public:
  Someone(CataloguePtr catalogue, int sex, int age) : catalogue_(std::move(catalogue)) {
    person_.sex = static_cast<uint8_t>(sex);
    person_.age = static_cast<int16_t>(age);
  }
  Someone Has(const std::string& item, const std::string& number,
              policy::catalogue::ValueState state = policy::catalogue::ValueState::kValid) const {
    const int column = Column(item);
    const int decimals = catalogue_->items().columns()[static_cast<size_t>(column)].decimals;
    return With(column, {policy::catalogue::ParseScaled(number, decimals).value(), state});
  }
  Someone Is(const std::string& item, policy::catalogue::ValueState state) const {
    return With(Column(item), {0, state});
  }
  // `list` is the end of the OID, e.g. ".6.2003"; empty takes the item's only list.
  Someone Answers(const std::string& item, int code, const std::string& list = "") const {
    const int column = Column(item);
    const auto& lists = catalogue_->items().columns()[static_cast<size_t>(column)].lists;
    for (size_t i = 0; i < lists.size(); ++i) {
      const std::string& oid = lists[i].oid;
      if (oid.size() < list.size() || oid.substr(oid.size() - list.size()) != list) continue;
      return With(column, {policy::catalogue::CodedValue(static_cast<int>(i), code),
                           policy::catalogue::ValueState::kValid});
    }
    std::abort();
  }
  Someone Without(const std::string& item) const {
    Someone other = *this;
    other.person_.items.erase(Column(item));
    return other;
  }
  Someone AtAge(int age) const {
    Someone other = *this;
    other.person_.age = static_cast<int16_t>(age);
    return other;
  }
  Someone WithFacts(int facts) const {
    Someone other = *this;
    other.person_.facts = static_cast<uint8_t>(facts);
    return other;
  }
  const TestPerson& person() const { return person_; }
  const CataloguePtr& catalogue() const { return catalogue_; }

 private:
  int Column(const std::string& item) const { return catalogue_->items().ColumnOf(item).value(); }
  Someone With(int column, policy::catalogue::ItemValue value) const {
    Someone other = *this;
    other.person_.items[column] = value;
    return other;
  }
  CataloguePtr catalogue_;
  TestPerson person_;
};

enum class Counted { kYes, kNo, kNotInN };

inline void PrintTo(Counted counted, std::ostream* out) {
  *out << (counted == Counted::kYes ? "yes" : counted == Counted::kNo ? "no" : "not in n");
}

// How a measure counts one person.
inline Counted CountOf(const std::string& measure, const Someone& someone,
                       policy::base::FiscalYear year = policy::base::FiscalYear(2023)) {
  const policy::catalogue::Catalogue& catalogue = *someone.catalogue();
  const auto layout = std::make_shared<const policy::tables::Layout>(
      policy::tables::Layout::Make("0604", year, {{measure, 1}}, {"062031"}).value());
  policy::tables::Cube cube(layout);
  MeasureProgram::Compile(catalogue, *layout)
      .value()
      .Evaluate(Admit(catalogue, year, {someone.person()}), &cube);
  int64_t true_persons = 0;
  int64_t all = 0;
  for (size_t i = 0; i < cube.counts().size(); ++i) {
    all += cube.counts()[i];
    if (i % 2 == 0) true_persons += cube.counts()[i];
  }
  return all == 0 ? Counted::kNotInN : true_persons == 1 ? Counted::kYes : Counted::kNo;
}

}  // namespace renkei::agents::evaluate
