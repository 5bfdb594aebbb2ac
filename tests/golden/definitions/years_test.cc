// Indicators over two and more years (definitions 8, 9), cancer screening and sums (definitions
// 11).
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "agents/evaluate/sum_program.h"
#include "tests/golden/definitions/boundary_cases.h"

namespace renkei::agents::evaluate {
namespace {

using policy::base::FiscalYear;
using policy::catalogue::Amount;
using policy::catalogue::AmountOf;
using policy::catalogue::ValueState;
using policy::consent::kEligibleBit;
using policy::consent::kExaminedBit;
using policy::consent::kGuidanceCompletedBit;
using policy::consent::kInsuredApril1Bit;
using policy::consent::kOnRosterBit;

constexpr Counted kYes = Counted::kYes;
constexpr Counted kNo = Counted::kNo;
constexpr Counted kNotInN = Counted::kNotInN;

// Somebody in the cell: "A1" to "B4".
Someone InCell(const std::string& cell, int age = 50) {
  Someone someone = Normal(Man(age));
  if (cell[0] == 'B') someone = someone.Has("waist_cm", "85.0");
  if (cell[1] == '2') someone = someone.Has("sbp_mmhg", "135");
  if (cell[1] == '3') someone = someone.Has("sbp_mmhg", "145");
  if (cell[1] == '4') someone = someone.Answers("q01_med_bp", 1);
  return someone;
}

Counted Moves(const char* measure, const std::string& from, const std::string& to) {
  EXPECT_EQ(MapCellOf(InCell(from)), from);
  return CountOf(measure, InCell(to).WasBefore(InCell(from)));
}

const char* const kCells[] = {"A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"};

TEST(TwoYears, Row48And49EveryTransitionIsWhatDefinitionEightSays) {
  const auto is = [](const std::string& cell, std::initializer_list<const char*> of) {
    return std::find(of.begin(), of.end(), cell) != of.end();
  };
  for (const std::string from : kCells) {
    for (const std::string to : kCells) {
      const bool good_now = is(to, {"A1", "A2", "A3", "B1"});
      const bool bad_now = is(to, {"B2", "B3"});
      const Counted improved = !is(from, {"B2", "B3"}) ? kNotInN : good_now ? kYes : kNo;
      const Counted worsened = !is(from, {"A1", "A2", "A3", "B1"}) ? kNotInN : bad_now ? kYes : kNo;
      EXPECT_EQ(Moves("improve_rate", from, to), improved) << from << to;
      EXPECT_EQ(Moves("worsen_rate", from, to), worsened) << from << to;
    }
  }
  // The rows by name.
  EXPECT_EQ(Moves("improve_rate", "B2", "B4"), kNo);
  EXPECT_EQ(Moves("improve_rate", "A3", "B1"), kNotInN);
  EXPECT_EQ(Moves("worsen_rate", "A3", "B1"), kNo);
  EXPECT_EQ(Moves("improve_rate", "B3", "B2"), kNo);
  EXPECT_EQ(Moves("improve_rate", "A4", "B2"), kNotInN);
  EXPECT_EQ(Moves("worsen_rate", "A4", "B2"), kNotInN);
}

TEST(TwoYears, OfAllOfTheYearBeforeTheUnexaminedAndTheUndecidedStayInTheDenominator) {
  for (const std::string from : kCells) {
    const Someone before = InCell(from);
    for (const std::string to : kCells) {
      for (const char* rate : {"improve_rate", "worsen_rate"}) {
        EXPECT_EQ(Moves(absl::StrCat(rate, "_all_previous").c_str(), from, to),
                  Moves(rate, from, to))
            << rate << " " << from << to;
      }
    }
    const bool was_bad = from == "B2" || from == "B3", was_drug = from[1] == '4';
    for (const Someone& now : {Man().WithFacts(kOnRosterBit | kEligibleBit),
                               InCell("A1").Without("waist_cm").Without("bmi")}) {
      const Someone both = now.WasBefore(before);
      EXPECT_EQ(CountOf("improve_rate", both), kNotInN);
      EXPECT_EQ(CountOf("improve_rate_all_previous", both), was_bad ? kNo : kNotInN) << from;
      EXPECT_EQ(CountOf("worsen_rate_all_previous", both), was_bad || was_drug ? kNotInN : kNo)
          << from;
    }
  }
}

TEST(TwoYears, EachTransitionHasOneCellOfTheTable) {
  for (const std::string from : kCells) {
    for (const std::string to : kCells) {
      EXPECT_EQ(Moves(("map_transition_" + from + "_" + to).c_str(), from, to), kYes);
      EXPECT_EQ(Moves("map_transition_A1_B3", from, to), from == "A1" && to == "B3" ? kYes : kNo);
    }
  }
}

TEST(TwoYears, CountWhoIsFortyToSeventyFourAndClassifiedInBothYears) {
  const auto improved = [](int age, const Someone& before, const Someone& now) {
    return CountOf("improve_rate", now.AtAge(age).WasBefore(before));
  };
  EXPECT_EQ(improved(41, InCell("B2"), InCell("A1")), kYes);
  EXPECT_EQ(improved(40, InCell("B2"), InCell("A1")), kNotInN);  // 39 last year
  EXPECT_EQ(improved(74, InCell("B2"), InCell("A1")), kYes);
  EXPECT_EQ(improved(50, InCell("B2"), InCell("A1").Without("waist_cm").Without("bmi")), kNotInN);
  EXPECT_EQ(improved(50, InCell("B2").Without("waist_cm").Without("bmi"), InCell("A1")), kNotInN);
  EXPECT_EQ(improved(50, InCell("B2").WithFacts(kEligibleBit), InCell("A1")), kNotInN);
  EXPECT_EQ(CountOf("improve_rate", InCell("A1")), kNotInN);  // nothing is known of last year
}

TEST(Continuity, RepeatExaminationIsOfLastYearsExaminees) {
  const Someone last_year = Man().WithFacts(kExaminedBit);
  EXPECT_EQ(CountOf("continue_rate", Man().WasBefore(last_year)), kYes);
  EXPECT_EQ(CountOf("continue_rate", Man().WithFacts(kEligibleBit).WasBefore(last_year)), kNo);
  EXPECT_EQ(CountOf("continue_rate", Man().WasBefore(Man().WithFacts(kEligibleBit))), kNotInN);
  EXPECT_EQ(CountOf("continue_rate", Man(40).WasBefore(last_year)), kNotInN);
}

TEST(Continuity, FourYearsFallIntoThreeClasses) {
  const auto classes = [](const Someone& someone) {
    std::string text;
    for (const char* suffix : {"all", "none", "some"}) {
      const Counted counted = CountOf(std::string("consecutive4_") + suffix, someone);
      text += counted == kYes ? 'y' : counted == kNo ? 'n' : '-';
    }
    return text;
  };
  const Someone eligible = Man().EligibleYearsAgo({0, 1, 2, 3});
  EXPECT_EQ(classes(eligible.ExaminedYearsAgo({0, 1, 2, 3})), "ynn");
  EXPECT_EQ(classes(eligible), "nyn");
  EXPECT_EQ(classes(eligible.ExaminedYearsAgo({4})), "nyn");
  EXPECT_EQ(classes(eligible.ExaminedYearsAgo({0})), "nny");
  EXPECT_EQ(classes(eligible.ExaminedYearsAgo({1, 2, 3})), "nny");
  EXPECT_EQ(classes(Man().EligibleYearsAgo({0, 1, 2}).ExaminedYearsAgo({0, 1, 2})), "---");
  // Three years on record do not say what happened in the fourth.
  EXPECT_EQ(classes(eligible.WithYearsOnRecord(3)), "---");
  EXPECT_EQ(classes(eligible.WithYearsOnRecord(4)), "nyn");
}

TEST(Continuity, NewMeansNeverBeforeOnRecord) {
  const Someone examined = Man().ExaminedYearsAgo({0});
  EXPECT_EQ(CountOf("new_exam", examined), kYes);
  EXPECT_EQ(CountOf("new_exam", examined.ExaminedYearsAgo({5})), kNo);
  EXPECT_EQ(CountOf("new_exam", examined.ExaminedYearsAgo({5}).WithYearsOnRecord(5)), kYes);
  // In the first year on record nobody can be told to be new.
  EXPECT_EQ(CountOf("new_exam", examined.WithYearsOnRecord(1)), kNotInN);
  EXPECT_EQ(CountOf("new_exam", examined.WithFacts(kEligibleBit)), kNotInN);
  EXPECT_EQ(CountOf("new_exam_40", examined), kNotInN);
  EXPECT_EQ(CountOf("new_exam_40", examined.AtAge(40)), kYes);
}

TEST(Continuity, NewExamineesOfLastYearHaveThreeFates) {
  const auto fate = [](int facts, const std::vector<int>& examined) {
    const Someone someone = Man().WithFacts(facts).WasBefore(Man()).ExaminedYearsAgo(examined);
    std::string text;
    for (const char* suffix : {"examined", "absent", "not_eligible"}) {
      const Counted counted = CountOf(std::string("new_next_year_") + suffix, someone);
      text += counted == kYes ? 'y' : counted == kNo ? 'n' : '-';
    }
    return text;
  };
  EXPECT_EQ(fate(kEligibleBit | kExaminedBit, {0, 1}), "ynn");
  EXPECT_EQ(fate(kExaminedBit, {0, 1}), "ynn");
  EXPECT_EQ(fate(kEligibleBit, {1}), "nyn");
  EXPECT_EQ(fate(0, {1}), "nny");
  EXPECT_EQ(fate(kEligibleBit, {1, 2}), "---");
}

TEST(TransitionLevel, FollowsTheTargetsOfLastYear) {
  const int done = kEligibleBit | kExaminedBit | kGuidanceCompletedBit;
  const Someone active = Row28();
  const Someone drug = Normal(Man()).Answers("q02_med_glucose", 1);
  const auto moved = [](const char* id, const Someone& before, const Someone& now) {
    return CountOf(std::string("transition_level_") + id, now.WasBefore(before));
  };
  EXPECT_EQ(moved("active_done_to_info", active.WithFacts(done), Normal(Man())), kYes);
  EXPECT_EQ(moved("active_open_to_info", active.WithFacts(done), Normal(Man())), kNotInN);
  EXPECT_EQ(moved("active_open_to_info", active, Normal(Man())), kYes);
  EXPECT_EQ(moved("active_open_to_active", active, Row28()), kYes);
  EXPECT_EQ(moved("active_open_to_info", active, drug), kNo);
  EXPECT_EQ(moved("active_open_to_drug", active, drug), kYes);
  EXPECT_EQ(moved("motiv_open_to_drug", active, drug), kNotInN);
  EXPECT_EQ(moved("motiv_open_to_motiv", Row28(66), Row28(66).AtAge(67)), kYes);
  EXPECT_EQ(moved("active_open_to_info", active, Normal(Man()).WithFacts(kEligibleBit)), kNotInN);
  EXPECT_EQ(moved("active_open_to_info", Normal(Man()), Normal(Man())), kNotInN);
  EXPECT_TRUE(BuiltIn()
                  ->FindMeasure("transition_level_active_done_to_info")
                  ->needs_previous_guidance_file());
}

TEST(Cancer, TwoYearlyTestsCountThisYearOrLast) {
  const Someone eligible = Man(55).WithFacts(kEligibleBit);
  const Someone screened = Man(54).Answers("cancer_stomach_judgement", 2);
  EXPECT_EQ(CountOf("cancer_stomach", eligible), kNo);
  EXPECT_EQ(CountOf("cancer_stomach", eligible.WasBefore(screened)), kYes);
  EXPECT_EQ(CountOf("cancer_stomach", eligible.Answers("cancer_stomach_judgement", 1)), kYes);
  EXPECT_EQ(CountOf("cancer_stomach",
                    eligible.Answers("cancer_stomach_judgement", 1).WasBefore(screened)),
            kYes);
  EXPECT_EQ(CountOf("cancer_stomach", eligible.AtAge(49)), kNotInN);
  EXPECT_EQ(CountOf("cancer_stomach", eligible.AtAge(70)), kNotInN);
  EXPECT_EQ(CountOf("cancer_stomach", eligible.WithFacts(kExaminedBit)), kNotInN);
  // Yearly ones do not look back.
  EXPECT_EQ(CountOf("cancer_lung", eligible.WasBefore(Man(54).Answers("cancer_lung_judgement", 2))),
            kNo);
  EXPECT_EQ(
      CountOf("cancer_colon",
              Man(55).WithFacts(kEligibleBit | kExaminedBit).Answers("cancer_colon_judgement", 2)),
      kYes);
  EXPECT_EQ(CountOf("cancer_breast", eligible), kNotInN);
  const Someone woman = Woman(45).WithFacts(kEligibleBit);
  EXPECT_EQ(CountOf("cancer_breast", woman), kNo);
  EXPECT_EQ(
      CountOf("cancer_cervix", woman.WasBefore(Woman(44).Answers("cancer_cervix_judgement", 2))),
      kYes);
}

SumCell Sum(const std::string& measure, const std::vector<Someone>& people) {
  const FiscalYear year(2023);
  const auto layout = std::make_shared<const policy::tables::Layout>(
      policy::tables::Layout::Make("0604", year, {{measure, 1}}, {"062031"}).value());
  const SumProgram program = SumProgram::Compile(*BuiltIn(), *layout).value();
  SumTable table(layout);
  std::vector<TestPerson> persons;
  for (const Someone& someone : people) persons.push_back(someone.person());
  program.Evaluate(Admit(*BuiltIn(), year, persons, program.amounts()), &table);
  SumCell all;
  for (const SumCell& cell : table.cells()) {
    all.persons += cell.persons;
    all.sum += cell.sum;
    all.sum_of_squares += cell.sum_of_squares;
  }
  return all;
}

Someone Patient(int64_t yen, int64_t diabetes_yen, int64_t claims) {
  return Man()
      .WithFacts(kOnRosterBit | kInsuredApril1Bit)
      .WithAmount([=](const Amount& amount) -> int64_t {
        EXPECT_EQ(amount.claim_types,
                  policy::catalogue::kInpatient | policy::catalogue::kOutpatient);
        const bool diabetes = !amount.disease_codes.empty() && amount.disease_codes[0] == "0402";
        if (amount.of == AmountOf::kClaims) return diabetes ? (diabetes_yen > 0 ? 1 : 0) : claims;
        return diabetes ? diabetes_yen : yen;
      });
}

TEST(Sums, CostPerInsuredAndPerPatientGiveTheSameTotal) {
  const std::vector<Someone> people = {Patient(30'000, 10'000, 2), Patient(0, 0, 0),
                                       Patient(12'000, 0, 1)};
  const SumCell insured = Sum("cost_per_capita", people);
  const SumCell patients = Sum("cost_per_patient", people);
  EXPECT_EQ(insured, (SumCell{3, 42'000, 900'000'000 + 144'000'000}));
  EXPECT_EQ(patients, (SumCell{2, 42'000, 900'000'000 + 144'000'000}));
  EXPECT_EQ(Sum("cost_per_patient_0402", people), (SumCell{1, 10'000, 100'000'000}));
  EXPECT_EQ(Sum("visit_rate_100", people), (SumCell{3, 3, 5}));
}

TEST(Sums, APersonIsTopCodedAtTheCap) {
  const int64_t cap = BuiltIn()->FindMeasure("cost_per_capita")->magnitude().cap();
  EXPECT_EQ(Sum("cost_per_capita", {Patient(cap + 1, 0, 1)}).sum, cap);
  EXPECT_EQ(Sum("cost_per_capita", {Patient(-5, 0, 1)}).sum, 0);
}

TEST(Sums, WhoJoinsDuringTheYearAddsCostButIsNoHeadOfApril) {
  const SumCell sum = Sum("cost_per_capita", {Patient(5'000, 0, 1).WithFacts(kOnRosterBit)});
  EXPECT_EQ(sum.persons, 0);
  EXPECT_EQ(sum.sum, 5'000);
  EXPECT_EQ(Sum("cost_per_capita", {Patient(5'000, 0, 1).WithFacts(0)}), SumCell{});
}

TEST(Sums, AbsencesAreEpisodesPerHeadOfApril) {
  const auto person = [](int64_t episodes) {
    return Man()
        .WithFacts(kOnRosterBit | kInsuredApril1Bit)
        .WithAmount([=](const Amount& amount) -> int64_t {
          if (amount.min_days != 7 || amount.of != AmountOf::kAbsenceEpisodes) return 0;
          return amount.causes == 127 || amount.causes == 4 ? episodes : 0;
        });
  };
  EXPECT_EQ(Sum("absence_rate", {person(2), person(0), person(1)}), (SumCell{3, 3, 5}));
  EXPECT_EQ(Sum("absence_rate_mental", {person(2)}), (SumCell{1, 2, 4}));
  EXPECT_EQ(Sum("absence_rate_other", {person(2)}), (SumCell{1, 0, 0}));
  EXPECT_EQ(Sum("absence_rate_21", {person(2)}), (SumCell{1, 0, 0}));
}

TEST(Sums, Row19MeansTakeValidValuesOnly) {
  const std::vector<Someone> people = {Man().Has("sbp_mmhg", "120"), Man().Has("sbp_mmhg", "130"),
                                       Man().Has("sbp_mmhg", "300", ValueState::kMarkedHigh),
                                       Man().Is("sbp_mmhg", ValueState::kAboveRange), Man()};
  EXPECT_EQ(Sum("mean_sbp_mmhg", people), (SumCell{2, 250, 14'400 + 16'900}));
  // A derived value is one like any other.
  EXPECT_EQ(Sum("mean_bmi", {Man().Has("weight_kg", "63.9").Has("height_cm", "160.0")}),
            (SumCell{1, 250, 62'500}));
}

TEST(Sums, StandInNoTableOfCounts) {
  const auto layout =
      policy::tables::Layout::Make("0604", FiscalYear(2023), {{"cost_per_capita", 1}}, {"062031"})
          .value();
  EXPECT_EQ(MeasureProgram::Compile(*BuiltIn(), layout).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto counts =
      policy::tables::Layout::Make("0604", FiscalYear(2023), {{"finding_bp", 1}}, {"062031"})
          .value();
  EXPECT_EQ(SumProgram::Compile(*BuiltIn(), counts).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Classes, OfTheNdbDivideWhoWasMeasured) {
  const auto class_of = [](const Someone& someone) {
    int found = 0;
    for (int i = 1; i <= 6; ++i) {
      const Counted counted = CountOf("ndb_sbp_" + std::to_string(i), someone);
      if (counted == kNotInN) return -1;
      if (counted == kYes) found = found == 0 ? i : 99;
    }
    return found;
  };
  EXPECT_EQ(class_of(Man().Has("sbp_mmhg", "119")), 1);
  EXPECT_EQ(class_of(Man().Has("sbp_mmhg", "120")), 2);
  EXPECT_EQ(class_of(Man().Has("sbp_mmhg", "139")), 3);
  EXPECT_EQ(class_of(Man().Has("sbp_mmhg", "140")), 4);
  EXPECT_EQ(class_of(Man().Has("sbp_mmhg", "179")), 5);
  EXPECT_EQ(class_of(Man().Has("sbp_mmhg", "180")), 6);
  EXPECT_EQ(class_of(Man().Is("sbp_mmhg", ValueState::kAboveRange)), 6);
  EXPECT_EQ(class_of(Man().Is("sbp_mmhg", ValueState::kBelowRange)), 1);
  EXPECT_EQ(class_of(Man()), -1);
}

}  // namespace
}  // namespace renkei::agents::evaluate
