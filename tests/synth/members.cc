#include "tests/synth/members.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "policy/base/status.h"
#include "tests/synth/draw.h"
#include "tests/synth/people.h"
#include "tests/synth/reference.h"

namespace renkei::tests::synth {
namespace {

constexpr char kSocietyNumber[] = "06060123";

struct Plan {
  Member member;
  Population population;
  bool courses = false;
};

Plan Municipality(const char* folder, int place, const char* insurer, const char* institution,
                  const char* symbol, int eligible, int examined_permille,
                  int conditions_permille) {
  const Place& home = ShonaiPlaces()[static_cast<size_t>(place)];
  Plan plan;
  plan.member = {.folder = folder,
                 .kind = "municipality",
                 .code = home.municipality_code,
                 .name = home.name,
                 .insurer_numbers = {insurer},
                 .municipality_code = home.municipality_code,
                 .basis = "statute",
                 .institution = institution};
  plan.population = {.eligible = eligible,
                     .place = place,
                     .examined_permille = examined_permille,
                     .conditions_permille = conditions_permille,
                     .insurer_number = insurer,
                     .symbol = symbol,
                     .first_number = 20'000 + place * 1000};
  plan.courses = true;
  return plan;
}

std::vector<Plan> Plans() {
  std::vector<Plan> plans;
  plans.push_back(Municipality("tsuruoka", 0, "00060038", "0610310005", "鶴", 0, 0, 1000));
  plans.push_back(Municipality("sakata", 1, "00060046", "0610410003", "酒", 20'000, 450, 1010));
  plans.push_back(Municipality("mikawa", 2, "00060418", "0614260008", "三", 1'500, 550, 960));
  plans.push_back(Municipality("shonai", 3, "00060426", "0614280006", "庄", 4'500, 520, 1030));
  plans.push_back(Municipality("yuza", 4, "00060491", "0614610004", "遊", 3'000, 500, 1060));
  plans[1].member.style = {.byte_order_mark = true, .crlf = true};

  Plan branch;
  branch.member = {.folder = "kyokai",
                   .kind = "insurer",
                   .code = "01060011",
                   .name = "協会けんぽ模擬支部",
                   .insurer_numbers = {"01060011"},
                   .basis = "consent",
                   .style = {.compact_dates = true}};
  branch.population = {.eligible = 30'000,
                       .ages = Ages::kEmployees,
                       .residence = Residence::kRegion,
                       .examined_permille = 560,
                       .conditions_permille = 980,
                       .insurer_number = "01060011",
                       .symbol = "31060012",
                       .first_number = 10};
  branch.courses = true;
  plans.push_back(branch);

  Plan society;
  society.member = {.folder = "society",
                    .kind = "insurer",
                    .code = kSocietyNumber,
                    .name = "模擬製造健康保険組合",
                    .insurer_numbers = {kSocietyNumber},
                    .basis = "consent",
                    .institution = "0610900003"};
  society.population = {.eligible = 6'000,
                        .ages = Ages::kEmployees,
                        .residence = Residence::kRegion,
                        .examined_permille = 760,
                        .conditions_permille = 930,
                        .insurer_number = kSocietyNumber,
                        .symbol = "120",
                        .first_number = 400,
                        .branches = true};
  plans.push_back(society);

  Plan workplace_a;
  workplace_a.member = {.folder = "workplace-a",
                        .kind = "workplace",
                        .code = "9390001000101",
                        .name = "模擬製造株式会社",
                        .basis = "consent"};
  workplace_a.population = {.eligible = 600};
  plans.push_back(workplace_a);

  Plan workplace_b;
  workplace_b.member = {.folder = "workplace-b",
                        .kind = "workplace",
                        .code = "7390001000202",
                        .name = "模擬物流株式会社",
                        .basis = "consent",
                        .style = {.crlf = true, .cp932 = true, .person_ids = true}};
  workplace_b.population = {.eligible = 2'500,
                            .ages = Ages::kWorkforce,
                            .residence = Residence::kRegion,
                            .examined_permille = 930,
                            .insurer_number = kForeignSociety,
                            .symbol = "77",
                            .first_number = 100};
  plans.push_back(workplace_b);
  return plans;
}

// Workers of the society's company: the first insured persons of its roster, same cards.
std::vector<Person> Workers(const std::vector<Person>& society, int count) {
  std::vector<Person> out;
  for (const Person& person : society) {
    if (static_cast<int>(out.size()) == count) break;
    if (person.relationship != "1") continue;  // dependants work elsewhere
    Person worker = person;
    worker.work_municipality_code = "062049";
    out.push_back(std::move(worker));
  }
  return out;
}

void MakeSomeInsurersUnknown(uint64_t seed, std::vector<Person>* people) {
  Draw draw(seed, 3);
  for (Person& person : *people) {
    person.work_municipality_code = "064262";
    if (!draw.Permille(15)) continue;
    // The employer knows its own staff number only.
    person.person_id = absl::StrCat("S", person.number);
    person.insurer_number = "unknown";
    person.symbol.clear();
    person.number.clear();
  }
}

std::string EventTime(absl::CivilDay day, Draw& draw) {
  const std::string date =
      absl::StrFormat("%04d-%02d-%02d", static_cast<int>(day.year()), day.month(), day.day());
  if (draw.Permille(500)) return date;
  const int hour = draw.Between(8, 18);
  const int minute = draw.Between(0, 59);
  return absl::StrFormat("%sT%02d:%02d:00+09:00", date, hour, minute);
}

void AskForConsent(const DemoOptions& options, Draw& draw, size_t index, Member* member) {
  const absl::CivilDay first = options.consents_until - 200;
  const absl::CivilDay asked = first + draw.Between(0, 90);
  ConsentEvent given{
      .person = index, .event = "given", .given = true, .purposes = "regional_planning"};
  given.event_time = EventTime(asked, draw);
  // What is named: everything, a list, or the results without the answers.
  const int named = draw.Pick({560, 425, 15});
  if (named == 1) given.categories = "exam_result;questionnaire;workplace_exam;guidance";
  if (named == 2) given.categories = "exam_result;workplace_exam";
  // given, no answer at all, refused, withdrawn, expired, for another purpose only
  switch (draw.Pick({868, 50, 40, 28, 10, 4})) {
    case 0:
      member->consents.push_back(given);
      break;
    case 1:
      break;
    case 2:
      member->consents.push_back({.person = index,
                                  .event = "refused",
                                  .event_time = given.event_time,
                                  .purposes = "regional_planning"});
      break;
    case 3:
      member->consents.push_back(given);
      member->consents.push_back({.person = index,
                                  .event = "withdrawn",
                                  .event_time = EventTime(asked + draw.Between(1, 100), draw)});
      break;
    case 4: {
      const absl::CivilDay end = asked + 30;
      given.valid_to =
          absl::StrFormat("%04d-%02d-%02d", static_cast<int>(end.year()), end.month(), end.day());
      member->consents.push_back(given);
      break;
    }
    default:
      given.purposes = "academic_study";
      member->consents.push_back(given);
      break;
  }
}

void MakeConsents(const DemoOptions& options, uint64_t seed, Member* member) {
  for (size_t i = 0; i < member->people.size(); ++i) {
    Draw draw(seed, uint64_t{5} << 32 | i);
    if (member->basis == "consent") {
      AskForConsent(options, draw, i, member);
    } else if (draw.Permille(3)) {
      // Under a statute nobody is asked; a few object.
      const absl::CivilDay day = options.consents_until - draw.Between(10, 190);
      member->consents.push_back({.person = i,
                                  .event = "refused",
                                  .event_time = EventTime(day, draw),
                                  .purposes = "regional_planning"});
    }
  }
}

void MakeCourses(int fiscal_year, uint64_t seed, Member* member) {
  for (size_t i = 0; i < member->people.size(); ++i) {
    const Person& person = member->people[i];
    if (!person.exam_date || !person.whole_year() || !person.exclusion.empty()) continue;
    const auto tiering = TieringOf(person.sex, person.AgeAtEndOf(fiscal_year), person.exam);
    if (!tiering || tiering->level > Tier::kMotivational) continue;
    Draw draw(seed, uint64_t{6} << 32 | i);
    if (!draw.Permille(420)) continue;
    Course course{.person = i, .level = static_cast<int>(tiering->level)};
    course.first_interview = *person.exam_date + draw.Between(20, 120);
    const int outcome = draw.Pick({620, 230, 150});
    course.outcome = outcome == 0 ? "completed" : outcome == 1 ? "dropped" : "ongoing";
    course.points = course.level == 1
                        ? (outcome == 0 ? 180 + 10 * draw.Between(0, 12) : 10 * draw.Between(0, 17))
                        : 0;
    if (outcome == 0) course.final_evaluation = *course.first_interview + 184;
    member->courses.push_back(course);
  }
}

}  // namespace

absl::StatusOr<std::vector<Member>> MakeMembers(const Table& table, const DemoOptions& options) {
  std::vector<Plan> plans = Plans();
  for (const std::string& folder : options.only) {
    if (std::none_of(plans.begin(), plans.end(),
                     [&](const Plan& p) { return p.member.folder == folder; })) {
      return absl::InvalidArgumentError(absl::StrCat("no member has the folder ", folder));
    }
  }
  const auto wanted = [&options](absl::string_view folder) {
    return options.only.empty() ||
           std::find(options.only.begin(), options.only.end(), folder) != options.only.end();
  };
  std::vector<Member> members;
  std::vector<Person> society;
  for (size_t i = 0; i < plans.size(); ++i) {
    Plan& plan = plans[i];
    Member& member = plan.member;
    // Workplace A's people are the society's.
    const bool needed =
        wanted(member.folder) || (member.folder == "society" && wanted("workplace-a"));
    if (!needed) continue;
    const uint64_t seed = options.seed * 1'000'003 + i;
    Population& population = plan.population;
    population.fiscal_year = options.fiscal_year;
    population.eligible =
        static_cast<int>(int64_t{population.eligible} * options.scale_permille / 1000);
    if (member.folder == "tsuruoka") {
      RENKEI_ASSIGN_OR_RETURN(member.people, PublishedPeople(table, population, seed));
    } else if (member.folder == "workplace-a") {
      member.people = Workers(society, population.eligible);
    } else {
      member.people = InventedPeople(table, population, seed);
    }
    if (member.folder == "society") society = member.people;
    if (member.folder == "workplace-b") MakeSomeInsurersUnknown(seed, &member.people);
    // 鶴岡市 has no objections: a refusal would take somebody out of the published counts.
    if (member.folder != "tsuruoka") MakeConsents(options, seed, &member);
    if (plan.courses) MakeCourses(options.fiscal_year, seed, &member);
    if (wanted(member.folder)) members.push_back(std::move(member));
  }
  return members;
}

}  // namespace renkei::tests::synth
