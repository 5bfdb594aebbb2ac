// The fast road of exams files beside the general one, row by row: same records, report and list of
// rejected rows, whatever the number of threads and the size of the chunks.
#include <random>

#include "agents/intake/csv_rows.h"
#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

struct Result {
  std::string report;
  std::string quarantine;
  std::vector<cohort::ExamRecord> exams;
};

void ExpectSame(const Result& a, const Result& b) {
  EXPECT_EQ(a.report, b.report);
  EXPECT_EQ(a.quarantine, b.quarantine);
  ASSERT_EQ(a.exams.size(), b.exams.size());
  for (size_t i = 0; i < a.exams.size(); ++i) {
    const cohort::ExamRecord &x = a.exams[i], &y = b.exams[i];
    EXPECT_EQ(x.person.key.exact, y.person.key.exact) << i;
    EXPECT_EQ(x.person.key.without_branch, y.person.key.without_branch) << i;
    EXPECT_EQ(x.person.key.branch_absent, y.person.key.branch_absent) << i;
    EXPECT_EQ(x.person.sex, y.person.sex) << i;
    EXPECT_EQ(x.person.birth_date, y.person.birth_date) << i;
    EXPECT_EQ(x.exam_date, y.exam_date) << i;
    EXPECT_EQ(x.file_date, y.file_date) << i;
    EXPECT_EQ(x.report_type, y.report_type) << i;
    EXPECT_EQ(x.program, y.program) << i;
    EXPECT_EQ(x.municipality, y.municipality) << i;
    EXPECT_EQ(x.work_municipality, y.work_municipality) << i;
    EXPECT_EQ(x.items, y.items) << i;
  }
}

class CsvExamsTest : public IntakeTest {
 protected:
  Result Fast(const std::string& path, int threads, size_t chunk_bytes) {
    options_.threads = threads;
    options_.csv_chunk_bytes = chunk_bytes;
    sink_ = RememberingSink();
    const FileOutcome outcome = Import(path);
    Result result{RenderText(outcome.report, Language::kEnglish), "", sink_.exams};
    if (!outcome.report.quarantine_file.empty()) {
      result.quarantine = ReadAll(options_.quarantine_dir + "/" + outcome.report.quarantine_file);
    }
    return result;
  }

  // One row after another through CsvRowReader, into one report.
  Result General(const std::string& path) {
    ImportReport report;
    report.source = "exams.csv";
    report.kind = "exams";
    report.encoding = "UTF-8";
    report.files = {1, 1, 0};
    InputFile file = InputFile::Open(path).value();
    Utf8Source source = Utf8Source::Start(&file, TextEncoding::kUtf8, false).value();
    CsvSplitter splitter(&source, options_.limits.max_row_bytes);
    CsvRow row;
    EXPECT_TRUE(splitter.Next(&row).value());
    const CsvHeader header =
        ReadHeader(ColumnNames(row), FileKind::kExams, BuiltIn().items(), options_.member_kind);
    EXPECT_TRUE(header.IsUsable());
    for (const std::string& name : header.unknown) {
      report.messages.Add(MessageCode::kCsvColumn, name, "");
    }
    report.ExpectItems(BuiltIn().items());
    CsvRowReader reader(BuiltIn().items(), BuiltIn().areas(), pseudonymiser_, options_, header,
                        &report);
    CsvCells cells(&header, &row);
    Result result;
    std::vector<uint64_t> empty_lines;
    const auto reject = [&](const Rejection& rejection, uint64_t line) {
      ++report.records.seen;
      ++report.records.rejected;
      report.messages.Add(rejection.code, Level::kRejectRecord, rejection.column, rejection.shape,
                          {"", absl::StrCat("line ", line)});
      if (result.quarantine.empty()) result.quarantine = "line,column,reason\n";
      absl::StrAppend(&result.quarantine, line, ",", rejection.column, ",\"",
                      CodeName(rejection.code), ": ", CodeText(rejection.code, false), "\"\n");
    };
    while (splitter.Next(&row).value()) {
      if (row.IsEmptyLine()) {
        empty_lines.push_back(row.line);
        continue;
      }
      for (const uint64_t line : empty_lines) reject({MessageCode::kCsvWidth, "", ""}, line);
      empty_lines.clear();
      cohort::ExamRecord record;
      if (row.fields.size() != header.width || row.is_malformed) {
        reject({MessageCode::kCsvWidth, "", ""}, row.line);
      } else if (const auto rejection = reader.ReadExam(cells, &record)) {
        reject(*rejection, row.line);
      } else {
        ++report.records.seen;
        ++report.records.accepted;
        ++report.stored_new;
        ++report.by_fiscal_year[policy::base::FiscalYear::Of(record.exam_date).first_year()];
        if (record.municipality.empty()) ++report.without_municipality;
        report.CountItems(record.items);
        result.exams.push_back(record);
      }
    }
    EXPECT_TRUE(report.SelfCheck().ok());
    if (!result.quarantine.empty()) report.quarantine_file = "exams.csv.rejected.csv";
    result.report = RenderText(report, Language::kEnglish);
    return result;
  }
};

// What a cell of a kind may hold: mostly the usual, and everything that was ever seen or feared.
struct Cells {
  std::vector<std::string> usual;
  std::vector<std::string> odd;
};

std::string OfCells(const Cells& cells, std::mt19937& random, unsigned odd_in) {
  const auto& from = odd_in != 0 && random() % odd_in == 0 ? cells.odd : cells.usual;
  return from[random() % from.size()];
}

const std::vector<std::pair<const char*, Cells>>& Columns() {
  static const auto* const columns = new std::vector<std::pair<const char*, Cells>>{
      {"insurer_number",
       {{"01130012", "01130012", "00060038"},
        {"", "01130013", "060038", "60038", "０１１３００１２", " 01130012 ", "unknown", "x",
         "0113001200"}}},
      {"symbol", {{"12", "900", ""}, {"１２", "鶴-国", " 12-3", "ー", "\"1\"\"2\"", "1\"2"}}},
      {"number",
       {{"1", "22", "333", "4444", "000055"}, {"", "０１", "ａ", "7-7", std::string(300, '7')}}},
      {"branch", {{"", "00", "01"}, {"１", "x"}}},
      {"person_id", {{"", "E1", "E2"}, {" Ｅ３ ", "\xE3\x80\x80", "-"}}},
      {"birth_date",
       {{"1960-01-15", "19601231"},
        {"", "1960-02-30", "1800-01-01", "１９６００１１５", "2025-01-01", "1960/01/15",
         "00000000"}}},
      {"sex", {{"1", "2"}, {"", "男", "女", "M", "F", "3", "１", "12"}}},
      {"exam_date",
       {{"2011-06-20", "20240401", "2018-03-31", "2024-03-31"},
        {"", "2007-06-20", "2199-01-01", "２０２４０４０１", "2024-04-31", "20240401 "}}},
      {"program", {{"", "010"}, {"030", "000", "999", "990", "０１０", "xx"}}},
      {"municipality_code",
       {{"", "062031", "06203"}, {"062032", "000000", "06203１", "x", "999999"}}},
      {"postal_code",
       {{"", "9970000", "997-0000", "9980003"},
        {"997-000", "0000000", "９９７００００", "abcdefg"}}},
      {"work_municipality_code", {{"", "062031"}, {"062030", "６２"}}},
      {"waist_cm",
       {{"91.2", "85", "84.9", "", "100.0", "085.5"},
        {"91.25",        "-1",     "0",     "2000",     "9999999",  "99999999",
         "999999999",    "85.",    ".5",    "8 5",      "８５．５", "85．5",
         "85.50",        " 85.5 ", "85,5",  "\"85.5\"", "1e2",      "85.5cm",
         "\xEF\xBD\xB1", "--1",    "1.2.3", "85\x1A",   "\t90\t"}}},
      {"tg_fasting_mgdl",
       {{"150", "149", "30", "", "2000", "10", "9"}, {"150.0", "150.5", "-150", "+150", "１５０"}}},
      {"hba1c_ngsp_pct", {{"5.6", "6.5", "", "2.9", "20.0"}, {"5.65", "56", "5,6"}}},
      {"creatinine_mgdl", {{"0.78", "0.8", "1", "", "0"}, {"0.785", "00000.78", "0.7８"}}},
      {"ggt_ul", {{"0", "100000", "19", ""}, {"100001", "100000.0", "-0"}}},
      {"q08_smoking",
       {{"1", "2", "3", ""}, {"0", "4", "01", "001", "１", "x", "12", "999", "1000"}}},
      {"q18_drink_freq", {{"1", "8", "3", ""}, {"9", "16", "-1", "2 "}}},
      {"urine_protein", {{"1", "5", ""}, {"6", "+"}}},
      {"ignored_column", {{"", "x"}, {"anything"}}},
  };
  return *columns;
}

std::string MakeFile(std::mt19937& random, int rows, unsigned odd_in, absl::string_view line_end) {
  std::string text;
  for (const auto& [name, cells] : Columns()) {
    absl::StrAppend(&text, text.empty() ? "" : ",", name);
  }
  absl::StrAppend(&text, line_end);
  for (int row = 0; row < rows; ++row) {
    std::string line;
    for (const auto& [name, cells] : Columns()) {
      std::string cell = OfCells(cells, random, odd_in);
      if (odd_in != 0 && random() % (20 * odd_in) == 0) cell = "\"a\nb,\"\"\r\"";
      absl::StrAppend(&line, &name == &Columns().front().first ? "" : ",", cell);
    }
    if (odd_in != 0 && random() % 50 == 0) absl::StrAppend(&line, ",one too many");
    if (odd_in != 0 && random() % 50 == 0) line.clear();
    absl::StrAppend(&text, line, line_end);
  }
  return text;
}

TEST_F(CsvExamsTest, AreReadAsTheGeneralRoadReadsThem) {
  const uint32_t seed = 20261122;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  int round = 0;
  for (const unsigned odd_in : {0u, 200u, 20u, 3u}) {
    for (const char* line_end : {"\n", "\r\n", "\r"}) {
      SCOPED_TRACE(testing::Message() << "round " << round++);
      const std::string path = Write("exams.csv", MakeFile(random, 300, odd_in, line_end));
      const Result expected = General(path);
      if (odd_in == 0) {
        EXPECT_GT(expected.exams.size(), 100u);
      }
      ExpectSame(Fast(path, 1, 1 << 20), expected);
      ExpectSame(Fast(path, 2, 1 << 20), expected);
      ExpectSame(Fast(path, 2, 999), expected);
      ExpectSame(Fast(path, 4, 64), expected);
    }
  }
}

// The edges of every item's range and every code of every list and period.
TEST_F(CsvExamsTest, JudgeEveryItemAtItsLimitsAsTheGeneralRoadDoes) {
  const auto& columns = BuiltIn().items().columns();
  std::string text = "insurer_number,number,birth_date,sex,exam_date";
  for (const auto& column : columns) absl::StrAppend(&text, ",", column.name);
  text += "\n";
  const auto scaled = [](int64_t value, int decimals) {
    std::string digits = absl::StrCat(value < 0 ? -value : value);
    while (digits.size() <= static_cast<size_t>(decimals)) digits.insert(0, "0");
    if (decimals > 0) digits.insert(digits.size() - static_cast<size_t>(decimals), ".");
    return absl::StrCat(value < 0 ? "-" : "", digits);
  };
  for (const char* day : {"2011-06-20", "2015-06-20", "2020-06-20", "2024-06-20"}) {
    for (int step = 0; step < 32; ++step) {
      absl::StrAppend(&text, "01130012,1,19600115,1,", day);
      for (const auto& column : columns) {
        const int64_t around = (step % 2 == 0 ? column.min.value_or(0)
                                              : column.max.value_or(column.is_coded ? 9 : 100000));
        const int64_t value = column.is_coded ? step : around + step / 2 - 4;
        absl::StrAppend(&text, ",", scaled(value, column.is_coded ? 0 : column.decimals));
      }
      text += "\n";
    }
  }
  const std::string path = Write("exams.csv", text);
  ExpectSame(Fast(path, 2, 5000), General(path));
}

TEST_F(CsvExamsTest, RejectEmptyLinesBetweenRowsWhereverAChunkEnds) {
  std::string text = "insurer_number,number,birth_date,sex,exam_date\n";
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&text, "01130012,", i, ",19600115,1,20240620\n", std::string(i % 7, '\n'));
  }
  text += "\n\n\n\n";
  const std::string path = Write("exams.csv", text);
  const Result expected = General(path);
  for (const size_t chunk_bytes : {1, 2, 5, 40, 41, 45, 1 << 20}) {
    ExpectSame(Fast(path, 2, chunk_bytes), expected);
  }
}

// More different messages than a log keeps apart: which ones are kept must not hang on threads.
TEST_F(CsvExamsTest, TellTheSameOfAFileOfEndlessDifferentFaults) {
  std::mt19937 random(7);
  std::string text = "insurer_number,number,birth_date,sex,exam_date,waist_cm,bmi,ggt_ul\n";
  for (int row = 0; row < 1500; ++row) {
    absl::StrAppend(&text, "01130012,", row, ",19600115,1,20240620");
    for (int i = 0; i < 3; ++i) {
      text += ',';
      for (size_t n = 1 + random() % 5; n > 0; --n) text += "1A.-x"[random() % 5];
    }
    text += "\n";
  }
  const std::string path = Write("exams.csv", text);
  const Result expected = General(path);
  ExpectSame(Fast(path, 1, 3000), expected);
  ExpectSame(Fast(path, 2, 700), expected);
}

TEST_F(CsvExamsTest, KeepNothingOfAFileThatCannotBeSplitToItsEnd) {
  options_.csv_chunk_bytes = 64;
  const std::string row = "01130012,1,19600115,1,20240620,91.2\n";
  std::string text = "insurer_number,number,birth_date,sex,exam_date,waist_cm\n";
  for (int i = 0; i < 50; ++i) text += row;
  const FileOutcome outcome =
      ImportText("exams.csv", text + "01130012,\"1,19600115,1,2024\n" + row);
  EXPECT_EQ(outcome.verdict, Verdict::kNothing);
  EXPECT_EQ(outcome.report.records.seen, 50u);
  EXPECT_EQ(outcome.report.records.rejected, 50u);
  EXPECT_EQ(sink_.rollbacks, 1);
  EXPECT_EQ(sink_.commits, 0);
  EXPECT_NE(RenderText(outcome.report, Language::kEnglish).find("line 52"), std::string::npos);
}

TEST_F(CsvExamsTest, RollBackWhenTheDiskIsFullAtAnyRecord) {
  options_.csv_chunk_bytes = 100;
  std::string text = "insurer_number,number,birth_date,sex,exam_date,waist_cm\n";
  for (int i = 0; i < 12; ++i)
    absl::StrAppend(&text, "01130012,", i, ",19600115,1,20240620,91.2\n");
  const std::string path = Write("exams.csv", text);
  for (int n = 0; n < 12; ++n) {
    sink_ = RememberingSink();
    sink_.fail_at_put = n;
    EXPECT_EQ(TryImport(path).status().code(), absl::StatusCode::kResourceExhausted) << n;
    EXPECT_EQ(sink_.rollbacks, 1);
    EXPECT_FALSE(sink_.is_open());
  }
}

}  // namespace
}  // namespace renkei::agents::intake
