// Courses of guidance without a stated year: which fiscal year they count in (definitions 5.5), and
// which of several reports of a course stands.
#include "agents/cohort/guidance_courses.h"

#include "policy/consent/rows.h"
#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::cohort {
namespace {

using policy::base::FiscalYear;
using policy::consent::kGuidanceCompletedBit;
using policy::consent::kGuidanceStartedBit;

class GuidanceCoursesTest : public CohortTest {
 protected:
  static GuidanceRecord Course(Person person, absl::CivilDay first, int file_days_later = 30) {
    GuidanceRecord record;
    record.person = std::move(person);
    record.fiscal_year = FiscalYear::Of(first);
    record.level = 1;
    record.first_interview = first;
    record.outcome = "ongoing";
    record.course_day = first;
    record.file_date = first + file_days_later;
    return record;
  }
  static GuidanceRecord Completed(GuidanceRecord record) {
    record.final_evaluation = *record.course_day + 200;
    record.outcome = "completed";
    return record;
  }
  // The years of 2008 to 2014 in which anybody's course counts.
  std::vector<int> YearsWithGuidance() {
    std::vector<int> years;
    for (int year = 2008; year <= 2014; ++year) {
      bool any = false;
      for (const auto& [person, row] : Scan(Query(year))) any |= (row.facts & kStarted) != 0;
      EXPECT_EQ(store_->HasGuidance(FiscalYear(year)).value(), any) << year;
      if (any) years.push_back(year);
    }
    return years;
  }
  static constexpr uint8_t kStarted = kGuidanceStartedBit;
};

constexpr absl::CivilDay kCheckup2011(2011, 10, 3);

TEST_F(GuidanceCoursesTest, BelongToTheYearOfTheCheckupBeforeThem) {
  // April 2012 is fiscal year 2012; the checkup was in 2011.
  Import(Course(Card("1"), absl::CivilDay(2012, 4, 20)));
  EXPECT_EQ(YearsWithGuidance(), std::vector{2012}) << "no checkup is known yet";
  Import(Exam(Card("1"), kCheckup2011));
  EXPECT_EQ(YearsWithGuidance(), std::vector{2011});
  // The next checkup comes after the interview.
  Import(Exam(Card("1"), absl::CivilDay(2012, 4, 21)));
  EXPECT_EQ(YearsWithGuidance(), std::vector{2011});
  Import(Exam(Card("1"), absl::CivilDay(2012, 4, 20)));
  EXPECT_EQ(YearsWithGuidance(), std::vector{2012}) << "the interview on the day of the checkup";
}

TEST_F(GuidanceCoursesTest, LookBackAsFarAsTheLatestCheckup) {
  Import(Exam(Card("1"), absl::CivilDay(2009, 6, 1)), Exam(Card("1"), absl::CivilDay(2008, 6, 1)),
         Course(Card("1"), absl::CivilDay(2012, 1, 10)));
  EXPECT_EQ(YearsWithGuidance(), std::vector{2009});
  // Another person's checkup decides nothing.
  Import(Exam(Card("2"), kCheckup2011));
  EXPECT_EQ(YearsWithGuidance(), std::vector{2009});
}

TEST_F(GuidanceCoursesTest, TwoOfOneYearAreTwoCourses) {
  Import(Exam(Card("1"), kCheckup2011), Exam(Card("1"), absl::CivilDay(2012, 10, 1)),
         Completed(Course(Card("1"), absl::CivilDay(2012, 4, 20))),
         Course(Card("1"), absl::CivilDay(2013, 2, 1)));
  EXPECT_EQ(YearsWithGuidance(), (std::vector{2011, 2012}));
  EXPECT_TRUE(Scan(Query(2011)).begin()->second.facts & kGuidanceCompletedBit);
  EXPECT_FALSE(Scan(Query(2012)).begin()->second.facts & kGuidanceCompletedBit);
}

TEST_F(GuidanceCoursesTest, TheLaterReportStandsInWhateverOrderTheyCome) {
  const GuidanceRecord begun = Course(Card("1"), absl::CivilDay(2011, 11, 1), 30);
  const GuidanceRecord done = Completed(Course(Card("1"), absl::CivilDay(2011, 11, 1), 230));
  Import(Exam(Card("1"), kCheckup2011));
  const auto completed = [&] {
    return (Scan(Query(2011)).begin()->second.facts & kGuidanceCompletedBit) != 0;
  };
  EXPECT_EQ(Import(begun, done, begun, done),
            (std::vector{PutOutcome::kNew, PutOutcome::kChanged, PutOutcome::kUnchanged,
                         PutOutcome::kUnchanged}));
  EXPECT_TRUE(completed());
  // Reports of one day: the evaluated one.
  const GuidanceRecord same_day = Course(Card("1"), absl::CivilDay(2011, 11, 1), 230);
  EXPECT_EQ(Import(same_day), std::vector{PutOutcome::kUnchanged});
  EXPECT_TRUE(completed());
  // A later one that takes the completion back.
  GuidanceRecord dropped = Course(Card("1"), absl::CivilDay(2011, 11, 1), 300);
  dropped.outcome = "dropped";
  EXPECT_EQ(Import(dropped), std::vector{PutOutcome::kChanged});
  EXPECT_FALSE(completed());
}

TEST_F(GuidanceCoursesTest, FindTheCheckupOfTheOtherCard) {
  Import(Exam(Card("1", "01"), kCheckup2011), Course(Card("1"), absl::CivilDay(2012, 4, 20)));
  EXPECT_EQ(YearsWithGuidance(), std::vector{2011});
}

TEST_F(GuidanceCoursesTest, AreForgottenWithThePerson) {
  Import(Exam(Card("1"), kCheckup2011), Course(Card("1"), absl::CivilDay(2012, 4, 20)),
         Course(Card("2"), absl::CivilDay(2013, 5, 1)));
  const auto traces = store_->Forget(Card("1"));
  ASSERT_TRUE(traces.ok()) << traces.status();
  EXPECT_EQ(traces->guidance_courses, 1);
  EXPECT_EQ(YearsWithGuidance(), std::vector{2013});
}

}  // namespace
}  // namespace renkei::agents::cohort
