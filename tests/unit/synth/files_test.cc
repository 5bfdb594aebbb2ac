// The written files: read back, compared, and written twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zip.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/synth/archive.h"
#include "tests/synth/bench_files.h"
#include "tests/synth/csv_files.h"
#include "tests/synth/demo.h"
#include "tests/synth/hc08.h"
#include "tests/synth/people.h"
#include "tests/synth/reference.h"

namespace renkei::tests::synth {
namespace {

namespace fs = std::filesystem;

Table Published() {
  return *LoadTable(std::string(RENKEI_SOURCE_DIR) +
                    "/tests/golden/data/tsuruoka_table5_counts.csv");
}

class TempDir {
 public:
  TempDir() {
    std::string name = (fs::temp_directory_path() / "renkei-synth-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempDir() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::map<std::string, std::string> ReadTree(const std::string& dir) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(dir)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    out[fs::relative(entry.path(), dir).string()] = text.str();
  }
  return out;
}

std::map<std::string, std::string> ReadZip(const std::string& path) {
  std::map<std::string, std::string> out;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, nullptr);
  EXPECT_NE(archive, nullptr);
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t stat;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat);
    std::string content(stat.size, '\0');
    zip_file_t* file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    EXPECT_EQ(zip_fread(file, content.data(), content.size()),
              static_cast<zip_int64_t>(content.size()));
    zip_fclose(file);
    out[stat.name] = content;
  }
  zip_discard(archive);
  return out;
}

// A small reader of hc08 bodies, made for this test alone.
Reading Read(const pugi::xml_node& observation, Item item) {
  if (observation.attribute("negationInd").as_bool()) return Reading::NotDone();
  Mark mark = Mark::kNone;
  std::optional<int32_t> number;
  for (const pugi::xml_node& value : observation.children("value")) {
    if (value.attribute("nullFlavor")) return Reading::Unmeasurable();
    if (std::string(value.attribute("codeSystem").value()) == "2.16.840.1.113883.5.83") {
      mark = std::string(value.attribute("code").value()) == "H" ? Mark::kHigh : Mark::kLow;
    } else if (value.attribute("code")) {
      return Reading::Of(value.attribute("code").as_int());
    } else {
      number = static_cast<int32_t>(std::lround(value.attribute("value").as_double() * 100));
    }
  }
  return ReadingOf(item, number, mark);
}

Exam ReadExam(const std::string& text) {
  std::map<std::string, Item> items;
  for (const ItemRow& row : Items()) items[row.code] = row.item;
  pugi::xml_document document;
  EXPECT_TRUE(document.load_buffer(text.data(), text.size()));
  Exam exam;
  for (const auto& found : document.select_nodes("//observation")) {
    const auto it = items.find(found.node().child("code").attribute("code").value());
    if (it != items.end()) exam[it->second] = Read(found.node(), it->second);
  }
  return exam;
}

TEST(Hc08, ReadsBackAsTheExamThatWasWritten) {
  for (int fiscal_year : {2011, 2024}) {
    const int period = fiscal_year == 2011 ? 1 : 4;
    const Hc08Writer writer(period, {"0610310005", absl::CivilDay(2012, 5, 10)});
    for (uint64_t i = 0; i < 1500; ++i) {
      const Person person = BenchPerson(Published(), fiscal_year, 4, i);
      std::string text;
      writer.Append(person, 1, &text);
      ASSERT_EQ(ReadExam(text), person.exam) << text;
    }
  }
}

// Every element path of a document occurs in the schema-valid sample or is named here.
void CollectPaths(const pugi::xml_node& node, const std::string& prefix,
                  std::set<std::string>* out) {
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    const std::string path = prefix + "/" + child.name();
    out->insert(path);
    CollectPaths(child, path, out);
  }
}

TEST(Hc08, HasTheElementPathsOfTheSchemaValidSample) {
  pugi::xml_document sample;
  ASSERT_TRUE(sample.load_file(
      (std::string(RENKEI_SOURCE_DIR) + "/tests/golden/data/synthetic_hc08.xml").c_str()));
  std::set<std::string> known;
  CollectPaths(sample, "", &known);
  const std::string observation =
      "/ClinicalDocument/component/structuredBody/component/section/entry/observation";
  for (const char* path :
       {"/interpretationCode", "/referenceRange", "/referenceRange/observationRange",
        "/referenceRange/observationRange/value", "/referenceRange/observationRange/value/low",
        "/referenceRange/observationRange/value/high"}) {
    known.insert(observation + path);
  }
  const Hc08Writer writer(1, {"0610310005", absl::CivilDay(2012, 5, 10)});
  std::set<std::string> written;
  for (uint64_t i = 0; i < 200; ++i) {
    std::string text;
    writer.Append(BenchPerson(Published(), 2011, 4, i), 1, &text);
    pugi::xml_document document;
    ASSERT_TRUE(document.load_buffer(text.data(), text.size()));
    CollectPaths(document, "", &written);
    EXPECT_EQ(text.find("9N501"), std::string::npos);
    EXPECT_EQ(text.find("9N506"), std::string::npos);
  }
  EXPECT_THAT(known, testing::IsSupersetOf(written));
}

TEST(Hc08, WritesCardsFullWidthAndBirthAndExamDays) {
  Person person = BenchPerson(Published(), 2011, 4, 0);
  person.symbol = "鶴1";
  person.number = "42";
  person.branch = "2";
  person.birth = absl::CivilDay(1950, 3, 31);
  person.exam_date = absl::CivilDay(2011, 9, 5);
  std::string text;
  Hc08Writer(1, {"0610310005", absl::CivilDay(2012, 5, 10)}).Append(person, 7, &text);
  pugi::xml_document document;
  ASSERT_TRUE(document.load_buffer(text.data(), text.size()));
  const auto id = [&document](const char* root) {
    return std::string(document
                           .select_node((std::string("//patientRole/id[@root='1.2.392.200119.6.") +
                                         root + "']/@extension")
                                            .c_str())
                           .attribute()
                           .value());
  };
  EXPECT_EQ(id("101"), "00060038");
  EXPECT_EQ(id("204"), "鶴１");
  EXPECT_EQ(id("205"), "０００００４２");
  EXPECT_EQ(id("211"), "０２");
  EXPECT_STREQ(document.select_node("//birthTime/@value").attribute().value(), "19500331");
  EXPECT_STREQ(document.select_node("//serviceEvent/effectiveTime/@value").attribute().value(),
               "20110905");
}

TEST(Demo, WritesTheSameBytesTwice) {
  TempDir dir;
  const DemoOptions options{.seed = 12,
                            .scale_permille = 250,
                            .only = {"mikawa", "kyokai", "society", "workplace-a", "workplace-b"}};
  ASSERT_TRUE(WriteDemo(dir / "one", Published(), options).ok());
  ASSERT_TRUE(WriteDemo(dir / "two", Published(), options).ok());
  const auto one = ReadTree(dir / "one");
  EXPECT_EQ(one, ReadTree(dir / "two"));
  for (const char* name :
       {"members.csv", "README", "mikawa/roster.csv", "mikawa/guidance.csv", "kyokai/exams.csv",
        "kyokai/consents.csv", "mikawa/0614260008_00060418_201205100_1.zip",
        "society/0610900003_06060123_201205100_1.zip", "workplace-b/exams.csv"}) {
    EXPECT_TRUE(one.count(name)) << name;
  }
  EXPECT_FALSE(one.count("society/exams.csv"));
}

TEST(Demo, RefusesAFolderWithContentAndLeavesItAlone) {
  TempDir dir;
  const DemoOptions options{.scale_permille = 20, .only = {"mikawa"}};
  ASSERT_TRUE(WriteDemo(dir / "demo", Published(), options).ok());
  const auto before = ReadTree(dir / "demo");
  EXPECT_EQ(WriteDemo(dir / "demo", Published(), options).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadTree(dir / "demo"), before);
}

TEST(Archive, HasTheNationalLayoutAndTheCountsOfItsIndex) {
  TempDir dir;
  ASSERT_TRUE(WriteDemo(dir / "d", Published(), {.scale_permille = 100, .only = {"yuza"}}).ok());
  const std::string stem = "0614610004_00060491_201205100_1";
  const auto files = ReadZip(dir / ("d/yuza/" + stem + ".zip"));
  size_t documents = 0;
  for (const auto& [name, content] : files) {
    EXPECT_EQ(name.rfind(stem + "/", 0), 0u) << name;
    if (name.find("/DATA/") == std::string::npos) continue;
    ++documents;
    EXPECT_THAT(name, testing::MatchesRegex(".*/DATA/h[0-9]{26}\\.xml"));
  }
  ASSERT_GT(documents, 50u);
  EXPECT_EQ(files.size(), documents + 2);
  pugi::xml_document index;
  ASSERT_TRUE(index.load_string(files.at(stem + "/ix08_V08.xml").c_str()));
  EXPECT_EQ(index.select_node("//totalRecordCount/@value").attribute().as_uint(), documents);
  ASSERT_TRUE(index.load_string(files.at(stem + "/su08_V08.xml").c_str()));
  EXPECT_EQ(index.select_node("//totalSubjectCount/@value").attribute().as_uint(), documents);
}

TEST(Csv, HasAsManyFieldsInEveryRowAsInTheHeader) {
  TempDir dir;
  const BenchOptions options{.seed = 2, .fiscal_year = 2024, .count = 300};
  ASSERT_TRUE(WriteBenchExams(dir / "exams.csv", Published(), options).ok());
  ASSERT_TRUE(WriteBenchRoster(dir / "roster.csv", Published(), options).ok());
  for (const auto& [name, text] : ReadTree(dir / "")) {
    std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
    EXPECT_EQ(lines.size(), 301u) << name;
    const std::vector<std::string> header = absl::StrSplit(lines[0], ',');
    EXPECT_EQ(std::set<std::string>(header.begin(), header.end()).size(), header.size());
    for (const std::string& line : lines) {
      const std::vector<std::string> fields = absl::StrSplit(line, ',');
      EXPECT_EQ(fields.size(), header.size()) << name;
    }
  }
}

TEST(Csv, WritesThePressurePairThatCountsAndTheDecimalsOfTheItem) {
  Person person = BenchPerson(Published(), 2011, 4, 0);
  person.exam = {};
  person.exam[Item::kSbpFirst] = Reading::Of(15000);
  person.exam[Item::kDbpFirst] = Reading::Of(9500);
  person.exam[Item::kSbpSecond] = Reading::Of(12800);
  person.exam[Item::kDbpSecond] = Reading::Of(8400);
  person.exam[Item::kWaist] = Reading::Of(9120);
  person.exam[Item::kCreatinine] = Reading::Of(84);
  std::string row;
  AppendExamRow(person, "010", {}, &row);
  const std::string header_line = ExamsHeader({});
  const std::vector<std::string> header =
      absl::StrSplit(header_line.substr(0, header_line.size() - 1), ',');
  const std::vector<std::string> fields = absl::StrSplit(row.substr(0, row.size() - 1), ',');
  std::map<std::string, std::string> cells;
  for (size_t i = 0; i < header.size(); ++i) cells[header[i]] = fields[i];
  EXPECT_EQ(cells["sbp_mmhg"], "128");
  EXPECT_EQ(cells["dbp_mmhg"], "84");
  EXPECT_EQ(cells["waist_cm"], "91.2");
  EXPECT_EQ(cells["creatinine_mgdl"], "0.84");
  EXPECT_EQ(cells["metabolic_judgement"], "");
}

TEST(BenchArchive, HoldsTheSamePersonsAsThePlainFiles) {
  TempDir dir;
  ASSERT_TRUE(WriteBenchArchive(dir / "b.zip", dir / "files", Published(),
                                {.seed = 2, .fiscal_year = 2024, .count = 40})
                  .ok());
  const auto zipped = ReadZip(dir / "b.zip");
  const auto plain = ReadTree(dir / "files");
  ASSERT_EQ(plain.size(), 40u);
  for (const auto& [name, content] : plain) EXPECT_EQ(zipped.at("b/DATA/" + name), content);
  EXPECT_EQ(WriteBenchArchive(dir / "c.zip", "", Published(), {.count = 0}).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace renkei::tests::synth
