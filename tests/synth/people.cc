#include "tests/synth/people.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "tests/synth/joint.h"

namespace renkei::tests::synth {
namespace {

constexpr int kEmployeeBands[kBandCount] = {140, 140, 145, 155, 160, 140, 120};

absl::CivilDay BirthDay(int age, int fiscal_year, Draw& draw) {
  // Born between 1 April and 31 March twelve months later; the two edges more often than by
  // chance, because that is where ages go wrong.
  const absl::CivilDay first(fiscal_year - age, 4, 1);
  const absl::CivilDay last(fiscal_year + 1 - age, 3, 31);
  const int edge = static_cast<int>(draw.Below(100));
  if (edge == 0) return first;
  if (edge == 1) return last;
  return first + draw.Between(0, static_cast<int>(last - first));
}

absl::CivilDay ExamDay(int fiscal_year, Ages ages, Draw& draw) {
  const absl::CivilDay first(fiscal_year, 4, 1);
  const int edge = static_cast<int>(draw.Below(400));
  if (edge == 0) return first;
  if (edge == 1) return absl::CivilDay(fiscal_year + 1, 3, 31);
  return ages == Ages::kInsuredResidents ? absl::CivilDay(fiscal_year, 6, 1) + draw.Between(0, 182)
                                         : first + draw.Between(0, 365);
}

void SetResidence(const Place& place, Draw& draw, Person* person) {
  const char* postal =
      place.postal_codes[draw.Below(static_cast<uint32_t>(place.postal_codes.size()))];
  person->exam_postal_code = postal;
  const int form = draw.Pick({800, 120, 80});  // code, postal code, both
  if (form != 1) person->municipality_code = place.municipality_code;
  if (form != 0) person->postal_code = postal;
}

void Settle(const Population& population, Draw& draw, Person* person) {
  if (population.residence == Residence::kOnePlace) {
    return SetResidence(ShonaiPlaces()[population.place], draw, person);
  }
  // By population of the five; elsewhere; unknown.
  const int where = draw.Pick({420, 340, 25, 70, 45, 75, 25});
  if (where < 5) return SetResidence(ShonaiPlaces()[where], draw, person);
  if (where == 5) {
    const auto other = draw.Below(static_cast<uint32_t>(OtherPlaces().size()));
    return SetResidence(OtherPlaces()[other], draw, person);
  }
  person->exam_postal_code = "9999999";
  const int unknown = draw.Pick({70, 25, 5});
  if (unknown == 1) person->postal_code = "9999999";       // a code that nobody has
  if (unknown == 2) person->municipality_code = "062039";  // 鶴岡市 with a wrong check digit
}

void Examine(const Population& population, const Conditions& conditions, Completeness completeness,
             Draw& draw, Person* person) {
  person->exam_date = ExamDay(population.fiscal_year, population.ages, draw);
  const int period = policy::base::PeriodOf(policy::base::FiscalYear(population.fiscal_year));
  person->exam = DrawExam(conditions, person->sex, person->AgeAtEndOf(population.fiscal_year),
                          period, completeness, draw);
}

void MakeIneligible(const Population& population, Draw& draw, Person* person) {
  static constexpr const char* kReasons[] = {"pregnancy", "prison", "abroad", "long_stay",
                                             "facility"};
  const int reason = draw.Pick({500, 250, 250});
  if (reason == 0) {
    person->enrolled_from = absl::CivilDay(population.fiscal_year, 4, 2) + draw.Between(0, 360);
  } else if (reason == 1) {
    person->enrolled_to = absl::CivilDay(population.fiscal_year, 4, 1) + draw.Between(0, 363);
  } else {
    person->exclusion = kReasons[draw.Below(5)];
  }
}

// Mixes the order and gives out cards. Two people of a household share a number when their sex
// differs, so card, birth date and sex name one person. A workplace has no dependants.
void GiveCards(const Population& population, Draw& draw, std::vector<Person>* people) {
  for (size_t i = people->size(); i > 1; --i) {
    std::swap((*people)[i - 1], (*people)[draw.Below(static_cast<uint32_t>(i))]);
  }
  int number = population.first_number;
  for (size_t i = 0; i < people->size(); ++i) {
    Person& person = (*people)[i];
    const bool shares =
        i > 0 && population.ages != Ages::kWorkforce && (*people)[i - 1].sex != person.sex &&
        (i < 2 || (*people)[i - 2].number != absl::StrCat(number)) && draw.Permille(400);
    if (!shares) ++number;
    person.insurer_number = population.insurer_number;
    person.symbol = population.symbol;
    person.number = absl::StrCat(number);
    if (population.branches) person.branch.assign(1, shares ? '2' : '1');
    const bool municipal = population.ages == Ages::kInsuredResidents;
    person.relationship.assign(1, municipal ? '7' : shares ? '2' : '1');
  }
}

Sex DrawSex(const Population& population, Draw& draw) {
  return draw.Permille(population.ages == Ages::kInsuredResidents ? 487 : 560) ? Sex::kMale
                                                                               : Sex::kFemale;
}

int DrawAge(const Table& table, Ages ages, Sex sex, Draw& draw) {
  if (ages == Ages::kWorkforce && draw.Permille(280)) return draw.Between(18, 39);
  int weights[kBandCount];
  for (int b = 0; b < kBandCount; ++b) {
    weights[b] = ages == Ages::kInsuredResidents ? table.At(sex, b).eligible : kEmployeeBands[b];
  }
  const int band = draw.Pick(weights);
  return 40 + 5 * band + draw.Between(0, 4);
}

const Cell& CellOf(const Table& table, Sex sex, int age) {
  return table.At(sex, std::clamp((age - 40) / 5, 0, kBandCount - 1));
}

}  // namespace

std::span<const Place> ShonaiPlaces() {
  static const std::array<Place, 5> places = {{
      {"062031", "鶴岡市", {"9970000", "9970003", "9970011", "9970028", "9970035", "9970041"}},
      {"062049", "酒田市", {"9980000", "9980003", "9980011", "9980013", "9980015"}},
      {"064262", "三川町", {"9971301", "9971311", "9971315", "9971321"}},
      {"064289", "庄内町", {"9996601", "9996605", "9997700", "9997701"}},
      {"064611", "遊佐町", {"9998301", "9998311", "9998314", "9998317"}},
  }};
  return places;
}

std::span<const Place> OtherPlaces() {
  static const std::array<Place, 3> places = {{
      {"062014", "山形市", {"9900000"}},
      {"072010", "福島市", {"9600000", "9600101"}},
      {"131016", "千代田区", {"1000001"}},
  }};
  return places;
}

absl::StatusOr<std::vector<Person>> PublishedPeople(const Table& table,
                                                    const Population& population, uint64_t seed) {
  std::vector<Person> people;
  uint64_t stream = 1;
  for (const Cell& cell : table.cells) {
    Draw cell_draw(seed, stream++ << 32);
    RENKEI_ASSIGN_OR_RETURN(const std::vector<Conditions> conditions, SolveCell(cell, cell_draw));
    for (int i = 0; i < cell.eligible; ++i) {
      Draw draw(seed, stream << 32 | static_cast<uint32_t>(i));
      Person person;
      person.sex = cell.sex;
      person.birth = BirthDay(cell.first_age() + draw.Between(0, 4), population.fiscal_year, draw);
      Settle(population, draw, &person);
      if (i < cell.examined) {
        Examine(population, conditions[i], Completeness::kEveryIndicatorItem, draw, &person);
      }
      people.push_back(std::move(person));
    }
  }
  Draw draw(seed, 1);
  // Nobody of these is examined: whoever is examined enters the finding rates.
  for (int i = 0; i < 360; ++i) {
    Person person;
    person.sex = DrawSex(population, draw);
    const int age = i % 6 == 0 ? 39 : i % 6 == 1 ? 75 : draw.Between(40, 74);
    person.birth = BirthDay(age, population.fiscal_year, draw);
    Settle(population, draw, &person);
    if (age >= 40 && age <= 74) MakeIneligible(population, draw, &person);
    people.push_back(std::move(person));
  }
  GiveCards(population, draw, &people);
  return people;
}

std::vector<Person> InventedPeople(const Table& table, const Population& population,
                                   uint64_t seed) {
  std::vector<Person> people;
  const int others = population.eligible / 30;
  for (int i = 0; i < population.eligible + others; ++i) {
    Draw draw(seed, uint64_t{1} << 32 | static_cast<uint32_t>(i));
    Person person;
    person.sex = DrawSex(population, draw);
    int age = DrawAge(table, population.ages, person.sex, draw);
    const bool eligible = i < population.eligible;
    if (!eligible && draw.Permille(300)) age = draw.Permille(500) ? 39 : 75;
    person.birth = BirthDay(age, population.fiscal_year, draw);
    Settle(population, draw, &person);
    if (!eligible && age >= 40 && age <= 74) MakeIneligible(population, draw, &person);
    // Older people of an insurer are examined more often, as in the published table.
    const Cell& cell = CellOf(table, person.sex, age);
    int rate = population.examined_permille;
    if (population.ages == Ages::kInsuredResidents) {
      rate = rate * cell.examined * 2 / cell.eligible;
    }
    if (draw.Permille(std::min(rate, 970))) {
      Examine(population, DrawConditions(cell, population.conditions_permille, draw),
              Completeness::kAsDelivered, draw, &person);
    }
    people.push_back(std::move(person));
  }
  Draw draw(seed, 1);
  GiveCards(population, draw, &people);
  return people;
}

Person BenchPerson(const Table& table, int fiscal_year, uint64_t seed, uint64_t index,
                   Completeness completeness) {
  Draw draw(seed, uint64_t{2} << 60 | index);
  Population population{.fiscal_year = fiscal_year, .residence = Residence::kRegion};
  Person person;
  person.sex = DrawSex(population, draw);
  const int age = DrawAge(table, population.ages, person.sex, draw);
  person.birth = BirthDay(age, fiscal_year, draw);
  Settle(population, draw, &person);
  person.insurer_number = "00060038";
  person.symbol = "900";
  person.number = absl::StrCat(index + 1);
  person.relationship.assign(1, '7');
  Examine(population, DrawConditions(CellOf(table, person.sex, age), 1000, draw), completeness,
          draw, &person);
  return person;
}

}  // namespace renkei::tests::synth
