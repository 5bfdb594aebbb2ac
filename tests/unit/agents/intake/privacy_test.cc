// No value of a person shows in anything that an import writes besides the sink: reports in every
// form, the quarantine list, statuses. Canary values stand in every field, well-formed and not.
#include "nlohmann/json.hpp"
#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

class PrivacyTest : public IntakeTest {
 protected:
  void ExpectSilent(const FileOutcome& outcome, const std::vector<std::string>& canaries) {
    std::string written = RenderText(outcome.report, Language::kEnglish) +
                          RenderText(outcome.report, Language::kJapanese) +
                          RenderJson(outcome.report);
    if (std::filesystem::exists(options_.quarantine_dir)) {
      for (const auto& entry : std::filesystem::directory_iterator(options_.quarantine_dir)) {
        written += ReadAll(entry.path().string());
      }
    }
    for (const std::string& canary : canaries) {
      EXPECT_EQ(written.find(canary), std::string::npos) << canary << " in\n" << written;
    }
  }
};

TEST_F(PrivacyTest, NoCellOfACsvFileIsToldWhereverItStands) {
  const std::vector<std::string> columns = {"insurer_number",
                                            "symbol",
                                            "number",
                                            "branch",
                                            "person_id",
                                            "birth_date",
                                            "sex",
                                            "exam_date",
                                            "postal_code",
                                            "municipality_code",
                                            "work_municipality_code",
                                            "program",
                                            "waist_cm",
                                            "q08_smoking"};
  const std::vector<std::string> good = {"01130012", "12",  "34",       "00",      "",
                                         "19600115", "1",   "20110620", "9970000", "062031",
                                         "062031",   "010", "88.5",     "1"};
  const std::vector<std::string> canaries = {"山田太郎", "ﾔﾏﾀﾞﾀﾛｳ",   "87654321", "19631123",
                                             "5436789",  "canary-X7", "1234.567", "９８７６５４"};
  std::string header, row;
  for (const std::string& column : columns)
    absl::StrAppend(&header, header.empty() ? "" : ",", column);
  for (const std::string& canary : canaries) {
    std::string file = header + "\n";
    for (size_t at = 0; at < columns.size(); ++at) {
      for (size_t i = 0; i < columns.size(); ++i) {
        absl::StrAppend(&file, i == 0 ? "" : ",", i == at ? canary : good[i]);
      }
      file += "\n";
    }
    absl::StrAppend(&file, canary, ",short\n");
    ExpectSilent(ImportText("exams.csv", file), canaries);
    // Without a header the first row is a person.
    ExpectSilent(ImportText("bare.csv", file.substr(header.size() + 1), FileKind::kExams),
                 canaries);
    ExpectSilent(ImportText("bare2.csv", file.substr(header.size() + 1)), canaries);
  }
}

TEST_F(PrivacyTest, NoValueOfADocumentIsToldWhereverItStands) {
  const std::vector<std::string> canaries = {"山田太郎", "87654321", "19631123", "543-6789",
                                             "canary-X7"};
  for (const std::string& canary : canaries) {
    const std::vector<std::string DocumentParts::*> fields = {
        &DocumentParts::report_type, &DocumentParts::insurer,     &DocumentParts::symbol,
        &DocumentParts::number,      &DocumentParts::postal_code, &DocumentParts::name,
        &DocumentParts::sex,         &DocumentParts::birth,       &DocumentParts::exam_date,
        &DocumentParts::program,     &DocumentParts::institution};
    for (const auto field : fields) {
      DocumentParts parts;
      parts.*field = canary;
      ExpectSilent(ImportText("p.xml", MakeDocument(parts)), canaries);
    }
    DocumentParts parts;
    parts.body = Section(
        "01010",
        Quantity("9N016160100000001", canary, "cm") +
            Quantity("9N011000000000001", "22.0", canary) +
            Coded("9N736000000000011", canary, "1.2.392.200119.6.2003") +
            Coded("9N701000000000011", "1", canary) + Quantity(canary, "1", "cm") +
            Observation("9N511000000000049", "<value xsi:type=\"ST\">" + canary + "</value>") +
            Observation("9N001000000000001", "<value xsi:type=\"" + canary + "\" value=\"1\"/>"));
    ExpectSilent(ImportText("p.xml", MakeDocument(parts)), canaries);
    // Broken off inside the value.
    const std::string document = MakeDocument(parts);
    ExpectSilent(ImportText("p.xml", document.substr(0, document.find(canary) + canary.size())),
                 canaries);
  }
}

TEST(MessageLogs, StayBoundedUnderHostileVariety) {
  MessageLog log;
  for (int i = 0; i < 100000; ++i) {
    log.Add(MessageCode::kItemUnknown, absl::StrCat("code", i), "");
  }
  EXPECT_LE(log.Ordered().size(), MessageLog::kDifferentMessages + 1);
  EXPECT_EQ(log.CountOf(MessageCode::kItemUnknown), 100000u);
}

TEST(Reports, FailTheirSelfCheckWhenCountsDoNotAddUp) {
  ImportReport report;
  report.items.push_back({"waist_cm", "", {}});
  EXPECT_TRUE(report.SelfCheck().ok());
  report.records = {1, 1, 0};
  report.stored_new = 1;
  EXPECT_FALSE(report.SelfCheck().ok());
  report.CountItems({});
  EXPECT_TRUE(report.SelfCheck().ok());
  report.records.seen = 2;
  EXPECT_FALSE(report.SelfCheck().ok());
}

TEST(Reports, SayThatASecondImportChangedNothing) {
  ImportReport report;
  report.records = {2, 2, 0};
  report.stored_unchanged = 2;
  EXPECT_NE(RenderText(report, Language::kEnglish).find("nothing changed"), std::string::npos);
  EXPECT_NE(RenderText(report, Language::kJapanese).find("取込済み"), std::string::npos);
}

TEST(Reports, SplitTheInvalidValuesOfAnItemByReason) {
  ImportReport report;
  ImportReport::Item item{"waist_cm", "0 < x < 1", {}};
  item.counts.invalid = 3;
  report.items.push_back(item);
  report.records = {3, 3, 0};
  report.messages.Add(MessageCode::kValRange, "waist_cm", "999");
  report.messages.Add(MessageCode::kValRange, "waist_cm", "99");
  report.messages.Add(MessageCode::kListUnknown, "waist_cm", "");
  report.messages.Add(MessageCode::kValCode, "other", "9");
  EXPECT_NE(RenderText(report, Language::kEnglish).find("(2, 1)"), std::string::npos);
  const std::string json = RenderJson(report);
  EXPECT_NE(json.find("\"out_of_range\":2,\"unknown_code\":1"), std::string::npos) << json;
}

TEST(Reports, EscapeTheirJson) {
  ImportReport report;
  report.source = "a\"b\\c\n.csv";
  EXPECT_EQ(nlohmann::json::parse(RenderJson(report)).at("source"), report.source);
}

TEST(Reports, NameAFileThatIsNotUtf8) {
  ImportReport report;
  report.source = "a\xff.csv";
  EXPECT_EQ(nlohmann::json::parse(RenderJson(report)).at("source"), "a\ufffd.csv");
}

}  // namespace
}  // namespace renkei::agents::intake
