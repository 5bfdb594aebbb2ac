#include "agents/intake/csv_chunks.h"

#include <random>

#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

struct Split {
  std::vector<std::vector<std::string>> rows;
  std::vector<uint64_t> lines;
  std::vector<bool> malformed;
  absl::Status end;
  bool operator==(const Split&) const = default;

  void Add(const CsvRow& row) {
    rows.emplace_back();
    for (const absl::string_view field : row.fields) rows.back().emplace_back(field);
    lines.push_back(row.line);
    malformed.push_back(row.is_malformed);
  }
};

class CsvChunksTest : public IntakeTest {
 protected:
  static constexpr size_t kMaxRow = 40;

  Split BySplitter(const std::string& path, size_t chunk_bytes) {
    InputFile file = InputFile::Open(path).value();
    Utf8Source source = Utf8Source::Start(&file, TextEncoding::kUtf8, false).value();
    CsvSplitter splitter(&source, kMaxRow, chunk_bytes);
    Split out;
    CsvRow row;
    for (;;) {
      const absl::StatusOr<bool> more = splitter.Next(&row);
      out.end = more.status();
      if (!more.ok() || !*more) return out;
      out.Add(row);
    }
  }

  // The first row by the splitter, as a header is read.
  Split ByChunks(const std::string& path, size_t chunk_bytes) {
    InputFile file = InputFile::Open(path).value();
    Utf8Source source = Utf8Source::Start(&file, TextEncoding::kUtf8, false).value();
    CsvSplitter splitter(&source, kMaxRow, chunk_bytes);
    Split out;
    CsvRow row;
    const absl::StatusOr<bool> first = splitter.Next(&row);
    out.end = first.status();
    if (!first.ok() || !*first) return out;
    out.Add(row);
    CsvChunkReader reader(&splitter, &source, kMaxRow, chunk_bytes);
    CsvChunk chunk;
    for (;;) {
      const absl::StatusOr<bool> more = reader.Next(&chunk);
      out.end = more.status();
      if (!more.ok() || !*more) return out;
      uint64_t line = chunk.line;
      for (size_t at = 0; at < chunk.text.size();) {
        if (chunk.is_plain) {
          ++plain_rows_;
          SplitPlainRow(chunk.text, &at, &line, &row);
        } else {
          ++other_rows_;
          EXPECT_EQ(SplitCsvRow(chunk.text.data(), chunk.text.size(), true, &at, &line, &row),
                    RowSplit::kRow);
        }
        out.Add(row);
      }
    }
  }

  void ExpectSame(const std::string& text) {
    const std::string path = Write("chunks.csv", text);
    for (const size_t chunk_bytes : {1, 2, 3, 7, 16, 33, 64, 1 << 20}) {
      const Split expected = BySplitter(path, chunk_bytes);
      const Split got = ByChunks(path, chunk_bytes);
      EXPECT_EQ(got.rows, expected.rows) << testing::PrintToString(text) << " by " << chunk_bytes;
      EXPECT_EQ(got.lines, expected.lines) << testing::PrintToString(text) << " by " << chunk_bytes;
      EXPECT_EQ(got.malformed, expected.malformed) << testing::PrintToString(text);
      EXPECT_EQ(got.end, expected.end) << testing::PrintToString(text) << " by " << chunk_bytes;
    }
  }

  int plain_rows_ = 0;
  int other_rows_ = 0;
};

TEST_F(CsvChunksTest, GiveTheRowsOfTheSplitter) {
  ExpectSame("");
  ExpectSame("a,b");
  ExpectSame("a,b\n1,2\n3,4");
  ExpectSame("a,b\r\n1,2\r\n3,4\r\n");
  ExpectSame("a,b\r1,2\r3,4\r");
  ExpectSame("a,b\n1,\"2\n3\",4\n5,6\n");
  ExpectSame("a\n\"x\"\"y\"\n\"\"\"\"\n");
  ExpectSame("a,b\n1,2\n\x1A");
  ExpectSame("a,b\n1,2\x1A");
  ExpectSame("a,b\n\x1A,2\n\x1A\x1A");
  ExpectSame("a\n\n\n1\n\n");
  ExpectSame("a,b\n1,\"2");
  ExpectSame("a,b\n1,2\n\"3\nand more than the longest row, with no quote that closes it");
  ExpectSame("a,b\n1,2\n3,4 and more than the longest row without any quote at all");
}

TEST_F(CsvChunksTest, GiveTheRowsOfTheSplitterForAnyText) {
  const uint32_t seed = 20261122;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto piece = [&random](const std::vector<std::string>& pieces) {
    return pieces[random() % pieces.size()];
  };
  for (int round = 0; round < 150; ++round) {
    const bool has_quotes = round % 2 == 0;
    std::string text;
    for (size_t i = random() % 60; i > 0; --i) {
      text += has_quotes
                  ? piece({"a", "12", ",", ",", "\n", "\r\n", "\r", "\"", "\"\"", "\x1A", "あ"})
                  : piece({"a", "12", ",", ",", "\n", "\r\n", " ", "あ", "123456789"});
    }
    ExpectSame(text);
  }
  EXPECT_GT(plain_rows_, 500);
  EXPECT_GT(other_rows_, 500);
}

}  // namespace
}  // namespace renkei::agents::intake
