#include "agents/intake/csv_splitter.h"

#include <fstream>

#include "agents/intake/encoding.h"
#include "tests/unit/agents/intake/intake_fixture.h"

namespace renkei::agents::intake {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class CsvSplitterTest : public IntakeTest {
 protected:
  // Every chunk size must give the same rows; returns those of the last.
  absl::StatusOr<Rows> Split(const std::string& bytes, size_t max_row = 1 << 20) {
    const std::string path = Write("split.csv", bytes);
    std::optional<absl::StatusOr<Rows>> first;
    for (const size_t chunk : {size_t{1 << 20}, size_t{1}, size_t{2}, size_t{3}, size_t{7}}) {
      InputFile file = InputFile::Open(path).value();
      Utf8Source source = Utf8Source::Start(&file, TextEncoding::kUtf8, false).value();
      CsvSplitter splitter(&source, max_row, chunk);
      Rows rows;
      lines_.clear();
      malformed_ = 0;
      CsvRow row;
      absl::Status status;
      for (;;) {
        const absl::StatusOr<bool> more = splitter.Next(&row);
        if (!more.ok()) {
          status = more.status();
          break;
        }
        if (!*more) break;
        rows.emplace_back();
        for (const absl::string_view field : row.fields) rows.back().emplace_back(field);
        lines_.push_back(row.line);
        malformed_ += row.is_malformed ? 1 : 0;
      }
      const absl::StatusOr<Rows> result = status.ok() ? absl::StatusOr<Rows>(rows) : status;
      if (!first) first = result;
      EXPECT_EQ(first->status(), result.status()) << "chunk " << chunk;
      if (first->ok() && result.ok()) {
        EXPECT_EQ(**first, *result) << "chunk " << chunk;
      }
    }
    return *first;
  }
  std::vector<uint64_t> lines_;
  int malformed_ = 0;
};

TEST_F(CsvSplitterTest, ReadsAllThreeKindsOfLineEnds) {
  const Rows expected = {{"a", "b"}, {"1", "2"}, {"3", "4"}};
  EXPECT_EQ(*Split("a,b\n1,2\n3,4\n"), expected);
  EXPECT_EQ(*Split("a,b\r\n1,2\r\n3,4"), expected);
  EXPECT_EQ(*Split("a,b\r1,2\r3,4\r"), expected);
}

TEST_F(CsvSplitterTest, FoldsDoubledQuotesAndKeepsQuotedCommas) {
  EXPECT_EQ(*Split("\"a,\"\"b\"\"\",\"\",\"\"\"\"\n"), (Rows{{"a,\"b\"", "", "\""}}));
}

TEST_F(CsvSplitterTest, CountsLinesAcrossQuotedLineBreaks) {
  EXPECT_EQ(*Split("h\n\"x\ny\r\nz\"\nlast\n"), (Rows{{"h"}, {"x\ny\r\nz"}, {"last"}}));
  EXPECT_EQ(lines_, (std::vector<uint64_t>{1, 2, 5}));
}

TEST_F(CsvSplitterTest, KeepsEmptyFieldsAtTheEndOfRowAndFile) {
  EXPECT_EQ(*Split("a,\n,b"), (Rows{{"a", ""}, {"", "b"}}));
  EXPECT_EQ(*Split("a,"), (Rows{{"a", ""}}));
}

TEST_F(CsvSplitterTest, IgnoresAFinalSubstituteCharacter) {
  EXPECT_EQ(*Split("a\nb\n\x1A"), (Rows{{"a"}, {"b"}}));
}

TEST_F(CsvSplitterTest, MarksTextAfterAClosingQuote) {
  EXPECT_TRUE(Split("\"a\"b,c\nd,e\n").ok());
  EXPECT_EQ(malformed_, 1);
}

TEST_F(CsvSplitterTest, NamesTheLineOfAQuoteThatNeverCloses) {
  const auto rows = Split("a,b\n1,\"2\n3,4\n");
  ASSERT_FALSE(rows.ok());
  EXPECT_TRUE(absl::IsInvalidArgument(rows.status()));
  EXPECT_NE(rows.status().message().find("line 2"), absl::string_view::npos);
}

TEST_F(CsvSplitterTest, RefusesARowOverTheLimitInsteadOfGrowing) {
  const std::string path = Write("long.csv", "a\n\"" + std::string(5000, 'x'));
  InputFile file = InputFile::Open(path).value();
  Utf8Source source = Utf8Source::Start(&file, TextEncoding::kUtf8, false).value();
  CsvSplitter splitter(&source, 1000, 100);
  CsvRow row;
  ASSERT_TRUE(*splitter.Next(&row));
  const auto next = splitter.Next(&row);
  ASSERT_FALSE(next.ok());
  EXPECT_NE(next.status().message().find("1000 bytes"), absl::string_view::npos);
}

class EncodingTest : public IntakeTest {
 protected:
  EncodingVerdict Detect(const std::string& bytes, std::optional<TextEncoding> declared = {}) {
    InputFile file = InputFile::Open(Write("e.csv", bytes)).value();
    return DetectEncoding(file, declared).value();
  }
  std::string Decode(const std::string& bytes, TextEncoding encoding, size_t chunk) {
    InputFile file = InputFile::Open(Write("e.csv", bytes)).value();
    Utf8Source source = Utf8Source::Start(&file, encoding, false).value();
    std::string out;
    while (source.Append(chunk, &out).value()) {
    }
    return out;
  }
};

// 表 is 0x95 0x5C: its second byte is a backslash. ① and ㈱ are NEC, 髙 is an IBM extension.
constexpr char kCp932[] = "\x95\x5C,\x87\x40,\x87\x8A,\xFB\xFC,\xB1\n";
constexpr char kCp932AsUtf8[] = "表,①,㈱,髙,ｱ\n";

TEST_F(EncodingTest, TakesUtf8WithAndWithoutMark) {
  EXPECT_EQ(Detect("abc\n").encoding, TextEncoding::kUtf8);
  EXPECT_EQ(Detect("鶴岡\n").encoding, TextEncoding::kUtf8);
  const EncodingVerdict marked = Detect("\xEF\xBB\xBF鶴岡\n");
  EXPECT_EQ(marked.encoding, TextEncoding::kUtf8);
  EXPECT_TRUE(marked.has_bom);
}

TEST_F(EncodingTest, FallsBackToCp932WithItsExtensions) {
  EXPECT_EQ(Detect(kCp932).encoding, TextEncoding::kCp932);
}

TEST_F(EncodingTest, LooksAtTheWholeFile) {
  EXPECT_EQ(Detect(std::string(3 << 20, 'a') + kCp932).encoding, TextEncoding::kCp932);
}

TEST_F(EncodingTest, DecodesCp932WhateverTheChunks) {
  for (const size_t chunk : {size_t{1}, size_t{2}, size_t{3}, size_t{1000}}) {
    EXPECT_EQ(Decode(kCp932, TextEncoding::kCp932, chunk), kCp932AsUtf8) << chunk;
  }
}

TEST_F(EncodingTest, NamesTheOffsetWhereNeitherFits) {
  const EncodingVerdict verdict = Detect("abcd\x81\x20\n");
  EXPECT_FALSE(verdict.encoding.has_value());
  EXPECT_NE(verdict.refusal.find("byte offset 4"), std::string::npos) << verdict.refusal;
}

TEST_F(EncodingTest, RefusesNulBytes) {
  EXPECT_FALSE(Detect(std::string("a\0b", 3)).encoding.has_value());
}

TEST_F(EncodingTest, DoesNotGuessAgainstADeclaration) {
  EXPECT_FALSE(Detect(kCp932, TextEncoding::kUtf8).encoding.has_value());
  EXPECT_FALSE(Detect("鶴岡\n", TextEncoding::kCp932).encoding.has_value());
  EXPECT_EQ(Detect("abc\n", TextEncoding::kCp932).encoding, TextEncoding::kCp932);
}

TEST_F(EncodingTest, RefusesACharacterCutByTheEndOfTheFile) {
  EXPECT_FALSE(Detect("abc\x95").encoding.has_value());
}

}  // namespace
}  // namespace renkei::agents::intake
