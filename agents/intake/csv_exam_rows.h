// A chunk of an exams file -> batches of examinations, column-wise. Cells of the usual form are
// read without a string; every other row or cell takes the general road (csv_rows.h, values.h), so
// both give the same records and messages. One reader per thread; what it makes of a chunk depends
// on the chunk alone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "agents/cohort/records.h"
#include "agents/intake/csv_chunks.h"
#include "agents/intake/csv_columns.h"
#include "agents/intake/csv_rows.h"
#include "agents/intake/import_run.h"
#include "agents/intake/report.h"

namespace renkei::agents::intake {

// More are dropped without a message: empty lines are harmless at the end of the file.
inline constexpr size_t kEmptyLinesKept = 4096;

struct ExamRows {
  struct Rejected {
    uint64_t line;
    MessageCode code;
    absl::string_view column;
  };
  CsvChunk chunk;
  // Of the rows of this chunk, but for empty lines at its start and end: whether they count hangs
  // on what follows them.
  ImportReport report;
  std::vector<Rejected> rejected;
  std::vector<uint64_t> leading_empty;
  std::vector<uint64_t> trailing_empty;
  bool has_rows = false;  // other than empty lines; without one, all empty lines are leading
  // In the file's order; the first batch_count of them.
  std::vector<cohort::ExamBatch> batches;
  size_t batch_count = 0;
};

class ExamRowsReader {
 public:
  // Both outlive the reader; of `run` its tables and options are used, not its report or sink.
  ExamRowsReader(const ImportRun& run, const CsvHeader& header);
  ExamRowsReader(const ExamRowsReader&) = delete;
  ExamRowsReader& operator=(const ExamRowsReader&) = delete;

  // Reads rows->chunk.
  void Read(ExamRows* rows);

 private:
  static constexpr int kPeriods = 4;
  static constexpr size_t kQuickCodes = 16;
  struct QuickItem {
    size_t position;  // of the cell
    size_t column;    // of the ItemTable
    bool is_coded;
    int decimals;
    // Valid numbers, inclusive.
    int64_t first;
    int64_t last;
    // Codes 0..15 by period: the stored value, negative when it is not that simple.
    std::array<std::array<int32_t, kQuickCodes>, kPeriods> codes;
  };
  // Municipality of residence texts that were met before.
  struct Known {
    std::string code;
    std::string postal_code;
    uint32_t municipality = 0;
  };

  // False: not of the usual form; nothing was done.
  bool TakeQuickly();
  void TakeSlowly();
  void ReadItems(uint64_t line, int period);
  void ReadItem(const QuickItem& item, absl::string_view text, uint64_t line, int period);
  bool ReadInsurer(absl::string_view text, bool has_card);
  bool FindMunicipality(absl::string_view code, absl::string_view postal_code,
                        std::vector<Known>* known, uint32_t* municipality);
  void Reject(MessageCode code, absl::string_view column, absl::string_view shape, uint64_t line);
  cohort::ExamBatch& BatchFor(int report_type);
  void Put(size_t column, policy::catalogue::ItemValue value);
  void FinishBatch();

  const ImportRun& run_;
  const CsvHeader& header_;
  std::vector<QuickItem> items_;
  CsvRow row_;
  CsvCells cells_;
  cohort::ExamRecord record_;
  std::array<std::string, kFieldCount> buffers_;
  std::string buffer_;
  std::string insurer_text_;  // the last one that was valid
  std::string insurer_;       // in 8 digits
  std::vector<Known> residences_;
  std::vector<Known> workplaces_;
  // Of the chunk being read.
  ExamRows* out_ = nullptr;
  cohort::ExamBatch* batch_ = nullptr;
};

}  // namespace renkei::agents::intake
