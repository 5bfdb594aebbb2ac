// Archives read by one and by several threads: same records, report and order.
#include <random>

#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

class XmlThreadsTest : public IntakeTest {
 protected:
  // A document of any kind: sound, doubtful, faulty, not XML, and now and then more than 1 MiB.
  std::string AnyDocument(std::mt19937& random, int number) {
    DocumentParts parts;
    parts.number = absl::StrCat(1000 + number);
    parts.body = Section(
        "01010", absl::StrCat(Quantity("9N011000000000001", "1" + absl::StrCat(number % 100),
                                       random() % 5 == 0 ? "kg" : "kg/m2"),
                              Observation("9N999000000000009", "")));
    switch (random() % 12) {
      case 0:
        parts.insurer = "01130013";
        break;
      case 1:
        parts.birth = "19600230";
        break;
      case 2:
        parts.sex = "";
        break;
      case 3:
        return "<ClinicalDocument";
      case 4:
        return "<!DOCTYPE a><a/>";
      case 5:
        parts.postal_code = absl::StrCat(number, "-x");
        break;
      case 6:
        parts.name = std::string(1'100'000, 'x');
        break;
      default:
        break;
    }
    return MakeDocument(parts);
  }
  struct Result {
    std::string report;
    std::vector<std::string> exams;
  };
  Result Read(const std::string& path, int threads) {
    options_.threads = threads;
    sink_ = RememberingSink();
    const FileOutcome outcome = Import(path);
    Result result{RenderText(outcome.report, Language::kEnglish), {}};
    for (const cohort::ExamRecord& exam : sink_.exams) {
      std::string text(exam.person.key.exact.begin(), exam.person.key.exact.end());
      absl::StrAppend(&text, exam.municipality, ",", exam.program, ",", exam.report_type);
      for (const catalogue::ItemValue& item : exam.items) {
        absl::StrAppend(&text, ",", item.value, "/", static_cast<int>(item.state));
      }
      result.exams.push_back(std::move(text));
    }
    return result;
  }
};

TEST_F(XmlThreadsTest, ReadAnArchiveAsOneDoes) {
  const uint32_t seed = 20261122;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (const int documents : {1, 15, 16, 17, 150}) {
    std::vector<ZipEntry> entries = {{absl::StrCat(kStem, "/ix08_V08.xml"), MakeIndex(documents)}};
    for (int i = 0; i < documents; ++i) {
      entries.push_back({PersonFile(i + 1), AnyDocument(random, i)});
    }
    const std::string path = folder_ + "/" + ZipName();
    options_.limits.max_ratio = 100'000;
    WriteZip(path, entries);
    const Result one = Read(path, 1);
    if (documents == 150) {
      EXPECT_GT(one.exams.size(), 60u);
    }
    for (const int threads : {2, 2, 5}) {
      const Result several = Read(path, threads);
      EXPECT_EQ(several.report, one.report);
      EXPECT_EQ(several.exams, one.exams);
    }
  }
}

TEST_F(XmlThreadsTest, KeepNothingOfAnArchiveWithADamagedDocument) {
  std::vector<ZipEntry> entries = {{absl::StrCat(kStem, "/ix08_V08.xml"), MakeIndex(40)}};
  for (int i = 0; i < 40; ++i) {
    DocumentParts parts;
    parts.number = absl::StrCat(1000 + i);
    // The last but one is the one that can be found in the archive's bytes.
    entries.push_back({PersonFile(i + 1), MakeDocument(parts)});
  }
  const std::string path = folder_ + "/" + ZipName();
  WriteZip(path, entries);
  std::string bytes = ReadAll(path);
  // Its first local header lies before the directory's entry of the same name.
  const size_t name = bytes.find(PersonFile(39));
  ASSERT_NE(name, std::string::npos);
  for (size_t i = 0; i < 40; ++i) bytes[name + PersonFile(39).size() + 20 + i] ^= 0x55;
  Write(ZipName(), bytes);
  for (const int threads : {1, 2, 4}) {
    options_.threads = threads;
    sink_ = RememberingSink();
    const FileOutcome outcome = Import(path);
    EXPECT_EQ(outcome.verdict, Verdict::kNothing);
    EXPECT_EQ(outcome.report.records.accepted, 0u);
    EXPECT_EQ(outcome.report.files.seen, 38u);
    EXPECT_EQ(outcome.report.messages.CountOf(MessageCode::kArcLayout), 1u);
    EXPECT_EQ(sink_.commits, 0);
    EXPECT_EQ(sink_.rollbacks, 1);
  }
}

}  // namespace
}  // namespace renkei::agents::intake
