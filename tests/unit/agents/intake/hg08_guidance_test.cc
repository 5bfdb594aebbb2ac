// Guidance documents, hg08 (formats.md 2.8), to completion (definitions 5.5).
#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

std::string Act(const std::string& day, const std::string& inside = "") {
  return absl::StrCat("<entry><act classCode=\"ACT\" moodCode=\"EVN\"><code code=\"1\" codeSystem=",
                      "\"1.2.392.200119.6.24010\"/>",
                      day.empty() ? "" : absl::StrCat("<effectiveTime value=\"", day, "\"/>"),
                      inside, "</act></entry>\n");
}
std::string Level(const std::string& code, const std::string& list = "1.2.392.200119.6.3001") {
  return Section("90010", Coded("1020000001", code, list));
}
std::string Points(const std::string& points) {
  return Section("90070", Observation("1042800114", absl::StrCat("<value xsi:type=\"INT\" value=\"",
                                                                 points, "\"/>")));
}

class GuidanceTest : public IntakeTest {
 protected:
  FileOutcome ImportGuidance(const std::string& type, const std::string& body,
                             const std::string& event_day = "20240520") {
    sink_ = RememberingSink();
    DocumentParts parts;
    parts.report_type = type;
    parts.program = "100";
    parts.exam_date = event_day;
    parts.body = body;
    return ImportText("g.xml", MakeDocument(parts));
  }
  const cohort::GuidanceRecord& Course() const { return sink_.guidance.at(0); }
  static uint64_t Count(const FileOutcome& outcome, MessageCode code) {
    return outcome.report.messages.CountOf(code);
  }
};

TEST_F(GuidanceTest, ReadsACompletedCourse) {
  const FileOutcome outcome =
      ImportGuidance("22", Level("1") + Section("90030", Act("20240311")) +
                               Section("90060", Act("20240910")) + Points("200"));
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  EXPECT_EQ(Course().level, 1);
  EXPECT_EQ(Course().first_interview, absl::CivilDay(2024, 3, 11));
  EXPECT_EQ(Course().final_evaluation, absl::CivilDay(2024, 9, 10));
  EXPECT_EQ(Course().points, 200);
  EXPECT_EQ(Course().outcome, "completed");
  // The first interview decides, not the event of the header.
  EXPECT_EQ(Course().fiscal_year.first_year(), 2023);
  EXPECT_EQ(outcome.report.by_fiscal_year.at(2023), 1u);
  EXPECT_EQ(outcome.report.guidance_records, 1u);
  EXPECT_TRUE(sink_.exams.empty());
}

TEST_F(GuidanceTest, TakesTheOutcomeFromTheReportType) {
  const std::string first = Section("90030", Act("20240501"));
  const std::pair<const char*, const char*> outcomes[] = {
      {"21", "ongoing"}, {"23", "dropped"}, {"24", ""}, {"25", "ongoing"}};
  for (const auto& [type, word] : outcomes) {
    ImportGuidance(type, first);
    EXPECT_EQ(Course().outcome, word) << type;
    EXPECT_EQ(Course().final_evaluation, std::nullopt) << type;
  }
}

TEST_F(GuidanceTest, DoubtsACompletionWithoutADatedFinalEvaluation) {
  FileOutcome outcome =
      ImportGuidance("22", Section("90030", Act("20240501")) + Section("90060", Act("")));
  EXPECT_EQ(Course().final_evaluation, std::nullopt);
  EXPECT_EQ(Count(outcome, MessageCode::kHdrMissing), 1u);
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
  outcome = ImportGuidance("21", Section("90030", Act("20240501")));
  EXPECT_EQ(Count(outcome, MessageCode::kHdrMissing), 0u);
}

TEST_F(GuidanceTest, CountsAFirstInterviewInTwoPartsFromItsFirst) {
  ImportGuidance("22", Section("90030", Act("20240612")) + Section("90020", Act("20240601")) +
                           Section("90060", Act("20241001") + Act("20241101")));
  EXPECT_EQ(Course().first_interview, absl::CivilDay(2024, 6, 1));
  EXPECT_EQ(Course().final_evaluation, absl::CivilDay(2024, 11, 1));
}

TEST_F(GuidanceTest, TakesNoInterimOrSupportForAnEvaluation) {
  ImportGuidance("22", Section("90030", Act("20240612")) + Section("90040", Act("20240701")) +
                           Section("90050", Act("20240801")));
  EXPECT_EQ(Course().first_interview, absl::CivilDay(2024, 6, 12));
  EXPECT_EQ(Course().final_evaluation, std::nullopt);
}

TEST_F(GuidanceTest, FindsItemsInsideAnAct) {
  ImportGuidance(
      "22",
      Section("90030",
              Act("20240612",
                  "<entryRelationship typeCode=\"COMP\"><observation><code code=\"1020000001\"/>"
                  "<value xsi:type=\"CD\" code=\"2\"/></observation></entryRelationship>")));
  EXPECT_EQ(Course().level, 2);
}

TEST_F(GuidanceTest, DropsALevelThatIsNoneOfTheTwo) {
  FileOutcome outcome = ImportGuidance("21", Level("3") + Section("90030", Act("20240612")));
  EXPECT_EQ(Course().level, 0);
  EXPECT_EQ(Count(outcome, MessageCode::kValCode), 1u);
  outcome = ImportGuidance("21", Level("1", "1.2.3") + Section("90030", Act("20240612")));
  EXPECT_EQ(Course().level, 0);
  EXPECT_EQ(Count(outcome, MessageCode::kListUnknown), 1u);
}

TEST_F(GuidanceTest, DropsALevelOrPointsThatAreThereTwiceAndDiffer) {
  FileOutcome outcome = ImportGuidance("22", Level("1") + Level("2") + Points("180") +
                                                 Points("180") + Section("90030", Act("20240612")));
  EXPECT_EQ(Course().level, 0);
  EXPECT_EQ(Course().points, 180);
  EXPECT_EQ(Count(outcome, MessageCode::kItemDup), 1u);
  outcome = ImportGuidance("22", Points("180") + Points("200") + Section("90030", Act("20240612")));
  EXPECT_EQ(Course().points, std::nullopt);
  outcome = ImportGuidance("22", Points("many") + Section("90030", Act("20240612")));
  EXPECT_EQ(Course().points, std::nullopt);
  EXPECT_EQ(Count(outcome, MessageCode::kValFormat), 1u);
}

TEST_F(GuidanceTest, UsesTheEventOfTheHeaderWithoutAFirstInterview) {
  FileOutcome outcome = ImportGuidance("25", Level("2"), "20240401");
  EXPECT_EQ(Course().fiscal_year.first_year(), 2024);
  EXPECT_EQ(Course().first_interview, std::nullopt);
  outcome = ImportGuidance("25", Level("2"), "");
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_EQ(Count(outcome, MessageCode::kHdrMissing), 1u);
  outcome = ImportGuidance("21", Section("90030", Act("20240501")), "");
  EXPECT_EQ(outcome.verdict, Verdict::kAllAccepted);
}

TEST_F(GuidanceTest, DropsADayThatDoesNotExist) {
  const FileOutcome outcome =
      ImportGuidance("22", Section("90030", Act("20240501")) + Section("90060", Act("20240931")));
  EXPECT_EQ(Course().final_evaluation, std::nullopt);
  EXPECT_EQ(Count(outcome, MessageCode::kHdrFormat), 1u);
}

TEST_F(GuidanceTest, RefusesACourseOutsideTheFiscalYears) {
  EXPECT_EQ(ImportGuidance("21", Section("90030", Act("20080331"))).verdict, Verdict::kNothing);
  EXPECT_EQ(ImportGuidance("21", Section("90030", Act("20080401"))).verdict, Verdict::kAllAccepted);
}

TEST_F(GuidanceTest, KnowsTheItemsItDoesNotUseAndCountsTheRest) {
  FileOutcome outcome =
      ImportGuidance("22", Section("90030", Act("20240501")) +
                               Section("90060", Quantity("1042001031", "88.5", "cm")));
  EXPECT_EQ(Count(outcome, MessageCode::kItemUnknown), 0u);
  outcome = ImportGuidance(
      "22", Section("90030", Act("20240501")) +
                Section("90060", Quantity("9999999999", "1", "") + Quantity("ヤマダ", "1", "")));
  EXPECT_EQ(Count(outcome, MessageCode::kItemUnknown), 2u);
  EXPECT_EQ(RenderText(outcome.report, Language::kEnglish).find("ヤマダ"), std::string::npos);
}

TEST_F(GuidanceTest, MeetsThePseudonymOfTheCheckup) {
  ImportGuidance("21", Section("90030", Act("20110701")));
  const cohort::GuidanceRecord course = Course();
  ImportText("h.xml", MakeDocument({}));
  EXPECT_EQ(course.person.key.exact, sink_.exams.at(0).person.key.exact);
}

TEST_F(GuidanceTest, SurvivesDeepNesting) {
  std::string deep = "<entry>";
  for (int i = 0; i < 40; ++i) deep += "<act><entryRelationship>";
  for (int i = 0; i < 40; ++i) deep += "</entryRelationship></act>";
  EXPECT_EQ(ImportGuidance("21", Section("90030", deep + "</entry>")).verdict, Verdict::kNothing);
}

}  // namespace
}  // namespace renkei::agents::intake
