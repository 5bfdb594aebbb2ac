// One row of a Renkei CSV file -> one record (csv.md). The first problem with a person or date
// column rejects the row; a faulty value of another column is missing, with a message. Not
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agents/cohort/pseudonym.h"
#include "agents/cohort/records.h"
#include "agents/intake/csv_columns.h"
#include "agents/intake/messages.h"
#include "agents/intake/options.h"
#include "agents/intake/report.h"
#include "agents/intake/values.h"
#include "policy/catalogue/areas.h"
#include "policy/catalogue/items.h"

namespace renkei::agents::intake {

// Why a row is not taken.
struct Rejection {
  MessageCode code;
  absl::string_view column;
  std::string shape;
};

// The report type that a row of this program would have had as national XML; nullopt: no program's
// code.
std::optional<int> ReportTypeOfProgram(absl::string_view program);
inline constexpr absl::string_view kProgramOfBlank = "010";

// A folded cell of an item.
Judgement JudgeCell(const policy::catalogue::ItemTable& items, int column, absl::string_view text,
                    int period);
void NoteJudgement(const policy::catalogue::ItemColumn& column, const Judgement& judgement,
                   absl::string_view text, uint64_t line, MessageLog* messages);

class CsvRowReader {
 public:
  // All references outlive the reader.
  CsvRowReader(const policy::catalogue::ItemTable& items, const policy::catalogue::AreaTable& areas,
               const cohort::Pseudonymiser& pseudonymiser, const ImportOptions& options,
               const CsvHeader& header, ImportReport* report)
      : items_(items),
        areas_(areas),
        pseudonymiser_(pseudonymiser),
        options_(options),
        header_(header),
        report_(report) {}

  std::optional<Rejection> ReadExam(CsvCells& cells, cohort::ExamRecord* out);
  std::optional<Rejection> ReadRoster(CsvCells& cells, cohort::RosterRecord* out);
  std::optional<Rejection> ReadGuidance(CsvCells& cells, cohort::GuidanceRecord* out);
  std::optional<Rejection> ReadClaim(CsvCells& cells, cohort::ClaimRecord* out);
  std::optional<Rejection> ReadAbsence(CsvCells& cells, cohort::AbsenceRecord* out);
  std::optional<Rejection> ReadConsent(CsvCells& cells, cohort::ConsentRecord* out);

 private:
  // `insurer` receives 8 digits, or nothing when unknown.
  std::optional<Rejection> ReadPerson(CsvCells& cells, cohort::Person* out, std::string* insurer);
  // Blank leaves `out` alone; `required` makes blank a rejection.
  std::optional<Rejection> ReadDay(CsvCells& cells, Field field, bool required,
                                   std::optional<absl::CivilDay>* out);
  std::optional<Rejection> ReadTime(CsvCells& cells, Field field, bool required,
                                    std::optional<absl::Time>* out);
  std::optional<Rejection> ReadFiscalYear(CsvCells& cells, policy::base::FiscalYear* out);
  std::optional<Rejection> CheckAge(policy::base::FiscalYear year, const cohort::Person& person);
  std::string ReadResidence(CsvCells& cells);
  std::string ReadWorkplace(CsvCells& cells);
  void Warn(MessageCode code, Level level, absl::string_view column, absl::string_view text,
            uint64_t line);
  void ReadItems(CsvCells& cells, int period, cohort::ExamRecord* out);

  const policy::catalogue::ItemTable& items_;
  const policy::catalogue::AreaTable& areas_;
  const cohort::Pseudonymiser& pseudonymiser_;
  const ImportOptions& options_;
  const CsvHeader& header_;
  ImportReport* report_;
  std::string buffer_;
};

}  // namespace renkei::agents::intake
