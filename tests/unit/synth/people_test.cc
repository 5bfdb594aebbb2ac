#include "tests/synth/people.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

#include "policy/crypto/check_digit.h"
#include "policy/crypto/hash.h"
#include "tests/synth/csv_files.h"
#include "tests/synth/hc08.h"
#include "tests/synth/members.h"
#include "tests/synth/reference.h"
#include "tests/synth/tally.h"

namespace renkei::tests::synth {
namespace {

const Table& Published() {
  static const Table table =
      *LoadTable(std::string(RENKEI_SOURCE_DIR) + "/tests/golden/data/tsuruoka_table5_counts.csv");
  return table;
}

std::vector<Member> Members(const DemoOptions& options) {
  auto members = MakeMembers(Published(), options);
  EXPECT_TRUE(members.ok()) << members.status();
  return *std::move(members);
}

const std::vector<Person>& Tsuruoka() {
  static const std::vector<Person> people = Members({.seed = 3, .only = {"tsuruoka"}}).at(0).people;
  return people;
}

std::string Hash(const std::string& text) {
  return policy::crypto::ToHex(
      policy::crypto::Sha256({reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
}

TEST(Tsuruoka, MeetsEveryPublishedCountByTheReference) {
  for (uint64_t seed : {1, 2, 2011}) {
    const auto members = Members({.seed = seed, .only = {"tsuruoka"}});
    const Tally tally = TallyOf(members.at(0).people, 2011);
    EXPECT_TRUE(VerifyPublished(tally, Published()).ok()) << VerifyPublished(tally, Published());
    EXPECT_EQ(tally.eligible, 25421);
    EXPECT_EQ(tally.examined, 12978);
  }
}

TEST(Tsuruoka, IsRefusedWhenOneValueIsChanged) {
  std::vector<Person> people = Tsuruoka();
  for (Person& person : people) {
    if (!person.exam_date || FindingWaist(person.sex, person.exam) == Truth::kYes) continue;
    person.exam[Item::kWaist] = Reading::Of(12000);
    break;
  }
  EXPECT_THAT(VerifyPublished(TallyOf(people, 2011), Published()).message(),
              testing::HasSubstr("finding_waist"));
}

TEST(Tsuruoka, HasNobodyExaminedOutsideThePublishedTable) {
  int not_eligible = 0, outside_ages = 0;
  for (const Person& person : Tsuruoka()) {
    const int age = person.AgeAtEndOf(2011);
    const bool outside = age < 40 || age > 74;
    const bool partial = !person.whole_year() || !person.exclusion.empty();
    outside_ages += outside;
    not_eligible += partial;
    if (outside || partial) {
      EXPECT_FALSE(person.exam_date);
    }
  }
  EXPECT_GE(not_eligible, 100);
  EXPECT_GE(outside_ages, 100);
}

TEST(Tsuruoka, LivesInTsuruokaByCodeOrByPostalCode) {
  const Place& home = ShonaiPlaces()[0];
  int by_postal_code = 0;
  for (const Person& person : Tsuruoka()) {
    if (!person.municipality_code.empty()) {
      EXPECT_EQ(person.municipality_code, "062031");
    } else {
      EXPECT_THAT(home.postal_codes, testing::Contains(testing::StrEq(person.postal_code)));
      ++by_postal_code;
    }
  }
  EXPECT_GT(by_postal_code, 1000);
}

TEST(Tsuruoka, HasPeopleBornOnBothEdgesOfAnAge) {
  std::map<std::pair<int, int>, int> days;
  for (const Person& person : Tsuruoka()) ++days[{person.birth.month(), person.birth.day()}];
  EXPECT_GT((days[{3, 31}]), 150);
  EXPECT_GT((days[{4, 1}]), 150);
}

// Hidden cells of the golden table would tell nothing if nested findings were all alike.
TEST(Tsuruoka, HasReferralFindingsInsideTheGuidanceFindings) {
  for (const auto& [name, finding] :
       {std::pair{"pressure", &FindingPressure}, std::pair{"glucose", &FindingGlucose},
        std::pair{"lipid", &FindingLipid}, std::pair{"liver", &FindingLiver}}) {
    for (const Sex sex : {Sex::kMale, Sex::kFemale}) {
      int guidance = 0, referral = 0;
      for (const Person& person : Tsuruoka()) {
        const int age = person.AgeAtEndOf(2011);
        if (!person.exam_date || person.sex != sex || age < 60 || age > 64) continue;
        guidance += finding(person.exam, Level::kGuidance) == Truth::kYes;
        referral += finding(person.exam, Level::kReferral) == Truth::kYes;
      }
      EXPECT_GE(referral, 30) << name;
      EXPECT_GE(guidance - referral, 30) << name;
    }
  }
}

TEST(Tsuruoka, HasReadingsOfLowerRankThatWouldChangeTheFinding) {
  int changed = 0, glucose_differs = 0;
  for (const Person& person : Tsuruoka()) {
    if (!person.exam_date) continue;
    Exam only_first = person.exam;
    if (!only_first[Item::kSbpFirst].usable()) continue;
    for (Item item : {Item::kSbpOther, Item::kSbpSecond, Item::kDbpOther, Item::kDbpSecond}) {
      only_first[item] = {};
    }
    changed += FindingPressure(only_first, Level::kGuidance) !=
               FindingPressure(person.exam, Level::kGuidance);
    glucose_differs += TieringGlucose(person.exam) != FindingGlucose(person.exam, Level::kGuidance);
  }
  EXPECT_GT(changed, 200);
  EXPECT_GT(glucose_differs, 100);
}

TEST(Members, HaveCodesWithValidCheckDigits) {
  const auto members = Members({.scale_permille = 10});
  ASSERT_EQ(members.size(), 9u);
  for (const Member& m : members) {
    if (m.kind == "municipality") {
      EXPECT_TRUE(policy::crypto::MunicipalityCodeIsValid(m.code)) << m.folder;
    } else if (m.kind == "workplace") {
      EXPECT_TRUE(policy::crypto::CorporationNumberIsValid(m.code)) << m.folder;
    } else {
      EXPECT_TRUE(policy::crypto::InsurerNumberIsValid(m.code)) << m.folder;
    }
    for (const std::string& number : m.insurer_numbers) {
      EXPECT_EQ(number.size(), 8u);
      EXPECT_TRUE(policy::crypto::InsurerNumberIsValid(number)) << m.folder;
    }
    if (!m.institution.empty()) {
      EXPECT_EQ(m.institution.size(), 10u);
      EXPECT_TRUE(policy::crypto::InsurerNumberIsValid(m.institution)) << m.folder;
    }
  }
  EXPECT_TRUE(policy::crypto::InsurerNumberIsValid(kForeignSociety));
}

TEST(Members, NameEachPersonOnce) {
  for (const Member& m : Members({.scale_permille = 100})) {
    std::set<std::tuple<std::string, std::string, std::string, absl::CivilDay, Sex>> seen;
    for (const Person& p : m.people) {
      EXPECT_TRUE(
          seen.emplace(p.insurer_number, p.number + p.person_id, p.branch, p.birth, p.sex).second)
          << m.folder;
    }
  }
}

TEST(Members, ShareTheWorkersOfTheSocietyAndNoneOfTheOtherWorkplace) {
  const auto members =
      Members({.scale_permille = 500, .only = {"society", "workplace-a", "workplace-b"}});
  std::set<std::pair<std::string, std::string>> cards;
  for (const Person& p : members[0].people) cards.emplace(p.number, p.branch);
  ASSERT_EQ(members[1].people.size(), 300u);
  for (const Person& p : members[1].people) {
    EXPECT_EQ(p.insurer_number, "06060123");
    EXPECT_TRUE(cards.count({p.number, p.branch}));
  }
  int unknown = 0;
  for (const Person& p : members[2].people) {
    unknown += p.insurer_number == "unknown";
    EXPECT_EQ(p.number.empty(), p.insurer_number == "unknown");
    EXPECT_EQ(p.person_id.empty(), p.insurer_number != "unknown");
    EXPECT_TRUE(p.insurer_number == "unknown" || p.insurer_number == kForeignSociety);
  }
  EXPECT_GE(unknown, 2);
  EXPECT_LE(unknown, 20);
}

TEST(Members, AreCompleteInTsuruokaAndAsDeliveredElsewhere) {
  const auto members = Members({.only = {"yuza"}});
  std::map<Reading::State, int> states;
  for (const Person& p : members[0].people) {
    for (const Reading& r : p.exam.readings) ++states[r.state];
  }
  EXPECT_GT(states[Reading::State::kNotDone], 50);
  EXPECT_GT(states[Reading::State::kUnmeasurable], 10);
  EXPECT_GT(states[Reading::State::kMarkedHigh], 0);
}

TEST(Consents, HoldEveryKindOfAnswerAndNoneInTsuruoka) {
  const auto members = Members({.scale_permille = 200});
  std::map<std::string, int> events;
  int expired = 0, others = 0, absent = 0;
  for (const Member& m : members) {
    if (m.folder == "tsuruoka") {
      EXPECT_TRUE(m.consents.empty());
    }
    if (m.basis == "statute") {
      for (const ConsentEvent& e : m.consents) EXPECT_EQ(e.event, "refused");
      continue;
    }
    std::set<size_t> asked;
    for (const ConsentEvent& e : m.consents) {
      ++events[e.event];
      expired += !e.valid_to.empty();
      others += e.purposes == "academic_study";
      asked.insert(e.person);
      EXPECT_LT(e.event_time.substr(0, 10), "2026-04-01");
    }
    absent += static_cast<int>(m.people.size() - asked.size());
  }
  EXPECT_GT(events["given"], 2000);
  EXPECT_GT(events["refused"], 50);
  EXPECT_GT(events["withdrawn"], 30);
  EXPECT_GT(expired, 5);
  EXPECT_GT(others, 2);
  EXPECT_GT(absent, 80);
}

TEST(Courses, BelongToPersonsOfLevelOneOrTwo) {
  const auto members = Members({.only = {"mikawa"}});
  int completed = 0;
  for (const Course& c : members[0].courses) {
    const Person& p = members[0].people[c.person];
    EXPECT_EQ(static_cast<int>(TieringOf(p.sex, p.AgeAtEndOf(2011), p.exam)->level), c.level);
    EXPECT_EQ(c.final_evaluation.has_value(), c.outcome == "completed");
    completed += c.outcome == "completed";
  }
  EXPECT_GT(completed, 5);
}

TEST(Members, RefuseAFolderThatNobodyHas) {
  EXPECT_EQ(MakeMembers(Published(), {.only = {"tsuruoka2"}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// Fixed digests: another compiler, library or machine must write the same bytes.
TEST(Determinism, GivesTheSameTextEverywhere) {
  const auto members =
      Members({.seed = 5, .scale_permille = 50, .only = {"sakata", "workplace-b"}});
  std::string text;
  const Hc08Writer writer(1, {"0610410003", absl::CivilDay(2012, 5, 10)});
  int sequence = 0;
  for (const Member& m : members) {
    text += RosterCsv(m, 2011) + ExamsCsv(m) + GuidanceCsv(m, 2011) + ConsentsCsv(m);
    for (const Person& p : m.people) {
      if (p.exam_date) writer.Append(p, ++sequence, &text);
    }
  }
  EXPECT_EQ(Hash(text), "07c1937efcf262defc931e67273982e88f4f6af9e461a122179799a61118192d");
  std::string bench = ExamsHeader({});
  for (uint64_t i = 0; i < 500; ++i) {
    const Person p = BenchPerson(Published(), 2024, 9, i);
    AppendExamRow(p, "010", {}, &bench);
    AppendRosterRow(p, 2024, {}, &bench);
  }
  EXPECT_EQ(Hash(bench), "beea28df8733ef3a0c7847c717b46863df1cbe7c2a9c0f2c315b92a016fb3792");
}

TEST(Determinism, GivesOtherPeopleForAnotherSeed) {
  const auto one = Members({.seed = 1, .only = {"mikawa"}});
  const auto two = Members({.seed = 2, .only = {"mikawa"}});
  EXPECT_NE(RosterCsv(one[0], 2011), RosterCsv(two[0], 2011));
  EXPECT_EQ(RosterCsv(one[0], 2011), RosterCsv(Members({.seed = 1, .only = {"mikawa"}})[0], 2011));
}

}  // namespace
}  // namespace renkei::tests::synth
