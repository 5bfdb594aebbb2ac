// Invented persons, members and consents as the files will state them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "policy/base/fiscal_year.h"
#include "tests/synth/exam.h"

namespace renkei::tests::synth {

struct Person {
  std::string insurer_number;  // 8 digits, or "unknown"
  std::string symbol;          // half-width; documents write it full-width
  std::string number;          // without leading zeros
  std::string branch;          // empty = none
  std::string person_id;       // instead of a card, of people whose insurer is unknown
  absl::CivilDay birth;
  Sex sex = Sex::kMale;
  // Residence: either may be empty, both empty is unknown.
  std::string municipality_code;
  std::string postal_code;
  std::string exam_postal_code;  // of the document, always 7 digits
  std::string work_municipality_code;
  std::optional<absl::CivilDay> enrolled_from;
  std::optional<absl::CivilDay> enrolled_to;
  std::string exclusion;
  std::string relationship;
  std::optional<absl::CivilDay> exam_date;
  Exam exam;  // when exam_date

  int AgeAtEndOf(int fiscal_year) const {
    return policy::base::AgeAtEndOf(policy::base::FiscalYear(fiscal_year), birth);
  }
  bool whole_year() const { return !enrolled_from && !enrolled_to; }
};

struct ConsentEvent {
  size_t person = 0;  // index into Member::people
  std::string event;
  std::string event_time;
  std::string valid_to;
  bool given = false;
  std::string purposes;
  std::string categories;
};

struct Course {
  size_t person = 0;
  int level = 0;
  std::optional<absl::CivilDay> first_interview;
  std::optional<absl::CivilDay> final_evaluation;
  int points = 0;
  std::string outcome;
};

// How a member's programs write CSV; all forms are valid Renkei CSV.
struct CsvStyle {
  bool byte_order_mark = false;
  bool crlf = false;
  bool cp932 = false;          // sex written 男/女 in CP932
  bool compact_dates = false;  // YYYYMMDD
  bool person_ids = false;     // with the column person_id
};

struct Member {
  std::string folder;
  std::string kind;  // municipality, insurer, workplace
  std::string code;
  std::string name;
  std::vector<std::string> insurer_numbers;
  std::string municipality_code;
  std::string basis;        // statute, consent
  std::string institution;  // 10 digits of the examining institution; empty = exams.csv
  CsvStyle style;
  std::vector<Person> people;
  std::vector<ConsentEvent> consents;
  std::vector<Course> courses;
};

}  // namespace renkei::tests::synth
