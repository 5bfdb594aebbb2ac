// One claim of a レセプト電算 (UKE) file (formats.md 4): records RE, HO, KO and SY in their order
// -> ClaimRecord. Names are never read. Pure but for the pseudonym. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "agents/cohort/pseudonym.h"
#include "agents/cohort/records.h"
#include "agents/intake/csv_rows.h"
#include "agents/intake/disease_classes.h"
#include "agents/intake/options.h"

namespace renkei::agents::intake {

// GYYMM or YYYYMM; GYYMMDD or YYYYMMDD (G: 1 明治 to 5 令和).
std::optional<absl::CivilMonth> ParseUkeMonth(absl::string_view text);
std::optional<absl::CivilDay> ParseUkeDay(absl::string_view text);

class UkeClaim {
 public:
  UkeClaim(const cohort::Pseudonymiser& pseudonymiser, const ImportOptions& options)
      : pseudonymiser_(pseudonymiser), options_(options) {}

  using Fields = std::vector<absl::string_view>;  // the first is the record's name

  // Starts a claim; what was open is dropped.
  void Start(const Fields& re, uint64_t line);
  bool is_open() const { return is_open_; }
  uint64_t line() const { return line_; }
  void TakeInsurance(const Fields& ho);
  void TakePublicFund() { has_public_fund_ = true; }
  void TakeDisease(const Fields& sy);

  // What a finished claim says besides its record.
  struct Doubts {
    bool no_disease = false;       // no SY at all
    bool unknown_disease = false;  // no 7 digits, or not in the table
    bool insurer_digit_is_wrong = false;
    std::string disease_shape;
  };
  // Ends the claim. The points of a rejected one still count for the file's total.
  std::optional<Rejection> Finish(cohort::ClaimRecord* out, Doubts* doubts);
  int64_t points() const { return points_; }

 private:
  std::optional<Rejection> ReadPerson(cohort::Person* out, Doubts* doubts);
  std::string DiseaseClass(Doubts* doubts) const;

  const cohort::Pseudonymiser& pseudonymiser_;
  const ImportOptions& options_;
  bool is_open_ = false, has_insurance_ = false, has_public_fund_ = false;
  uint64_t line_ = 0;
  // Texts of the records, trimmed; they outlive the lines.
  std::string type_, month_, sex_, birth_, insurer_, symbol_, number_, days_, points_text_;
  std::string first_disease_, main_disease_;
  bool has_disease_ = false, has_main_ = false;
  int64_t points_ = 0;
};

}  // namespace renkei::agents::intake
