// Persons written down item by item, and the rows that the consent gate makes of them.
#pragma once

#include <functional>
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
  // The fiscal year before; facts 0 and no items: nothing is known of it.
  uint8_t facts_before = 0;
  std::map<int, policy::catalogue::ItemValue> items_before;
  // Bit i: i years ago.
  uint32_t examined_years = 0;
  uint32_t eligible_years = 0;
  int years_on_record = 32;  // the same for every person of a batch
  std::function<int64_t(const policy::catalogue::Amount&)> amount;

  // The same person as a row of the year before.
  TestPerson Before() const {
    TestPerson before;
    before.sex = sex;
    before.age = static_cast<int16_t>(age - 1);
    before.facts = facts_before;
    before.items = items_before;
    return before;
  }

  static policy::consent::CategoryOutcomes AllGranted() {
    policy::consent::CategoryOutcomes all;
    all.by_category.fill(policy::consent::FoldOutcome::kGranted);
    return all;
  }
};

inline void PutItems(const std::map<int, policy::catalogue::ItemValue>& items, size_t row,
                     size_t rows, std::vector<policy::consent::ItemValues>* columns) {
  for (const auto& [column, value] : items) {
    policy::consent::ItemValues& values = (*columns)[static_cast<size_t>(column)];
    values.value.resize(rows, 0);
    values.state.resize(rows, policy::catalogue::ValueState::kAbsent);
    values.value[row] = value.value;
    values.state[row] = value.state;
  }
}

// A batch in which columns that nobody has stay empty.
inline policy::consent::RowBatch BatchOf(
    const policy::catalogue::Catalogue& catalogue, policy::base::FiscalYear year,
    const std::vector<TestPerson>& persons,
    const std::vector<policy::catalogue::Amount>& amounts = {}) {
  policy::consent::RowBatch batch;
  batch.fiscal_year = year;
  batch.items.resize(catalogue.items().columns().size());
  batch.previous.items.resize(catalogue.items().columns().size());
  batch.amounts.resize(amounts.size());
  const int on_record = persons.empty() ? 1 : persons.front().years_on_record;
  batch.first_year_on_record = policy::base::FiscalYear(year.first_year() - on_record + 1);
  for (size_t i = 0; i < persons.size(); ++i) {
    const TestPerson& person = persons[i];
    batch.subject.push_back({});
    batch.sex.push_back(person.sex);
    batch.age.push_back(person.age);
    batch.geography.push_back(person.geography);
    batch.facts.push_back(person.facts);
    PutItems(person.items, i, persons.size(), &batch.items);
    batch.previous.facts.push_back(person.facts_before);
    PutItems(person.items_before, i, persons.size(), &batch.previous.items);
    batch.attendance.examined.push_back(person.examined_years);
    batch.attendance.eligible.push_back(person.eligible_years);
    for (size_t a = 0; a < amounts.size(); ++a) {
      batch.amounts[a].push_back(person.amount ? person.amount(amounts[a]) : 0);
    }
  }
  return batch;
}

inline policy::consent::ConsentedRows Admit(
    const policy::catalogue::Catalogue& catalogue, policy::base::FiscalYear year,
    const std::vector<TestPerson>& persons,
    const std::vector<policy::catalogue::Amount>& amounts = {}) {
  const auto gate =
      policy::consent::ConsentGate::Make(catalogue.definitions(), policy::consent::BasisTable())
          .value();
  std::vector<policy::consent::CategoryOutcomes> outcomes;
  for (const TestPerson& person : persons) outcomes.push_back(person.outcomes);
  return gate.Admit(BatchOf(catalogue, year, persons, amounts), outcomes);
}

// All measures of the catalogue that count persons and are valid in the year, over `municipalities`
// of 庄内.
inline std::shared_ptr<const policy::tables::Layout> LayoutOfAll(
    const policy::catalogue::Catalogue& catalogue, policy::base::FiscalYear year,
    std::vector<std::string> municipalities = {"062031"}) {
  std::vector<policy::tables::MeasureVersion> measures;
  for (const v1::Measure& measure : catalogue.definitions().measure()) {
    if (!measure.has_magnitude() && policy::catalogue::IsValidIn(measure, year.first_year())) {
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
  // Last year they were `before` (facts and items).
  Someone WasBefore(const Someone& before) const {
    Someone other = *this;
    other.person_.facts_before = before.person_.facts;
    other.person_.items_before = before.person_.items;
    return other;
  }
  // Years ago, 0 = the own year.
  Someone ExaminedYearsAgo(const std::vector<int>& years) const {
    Someone other = *this;
    for (const int ago : years) other.person_.examined_years |= uint32_t{1} << ago;
    return other;
  }
  Someone EligibleYearsAgo(const std::vector<int>& years) const {
    Someone other = *this;
    for (const int ago : years) other.person_.eligible_years |= uint32_t{1} << ago;
    return other;
  }
  Someone WithYearsOnRecord(int years) const {
    Someone other = *this;
    other.person_.years_on_record = years;
    return other;
  }
  Someone WithAmount(std::function<int64_t(const policy::catalogue::Amount&)> amount) const {
    Someone other = *this;
    other.person_.amount = std::move(amount);
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
  const MeasureProgram program = MeasureProgram::Compile(catalogue, *layout).value();
  program.Evaluate(Admit(catalogue, year, {someone.person()}, program.amounts()), &cube);
  int64_t true_persons = 0;
  int64_t all = 0;
  for (size_t i = 0; i < cube.counts().size(); ++i) {
    all += cube.counts()[i];
    if (i % 2 == 0) true_persons += cube.counts()[i];
  }
  return all == 0 ? Counted::kNotInN : true_persons == 1 ? Counted::kYes : Counted::kNo;
}

}  // namespace renkei::agents::evaluate
