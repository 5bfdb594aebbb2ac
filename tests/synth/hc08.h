// Writes checkup documents of the national exchange format (hc08) and the two companions of an
// archive (ix08, su08), in the structure of tests/golden/data/synthetic_hc08.xml. All persons,
// institutions and addresses are invented. Coded judgements (9N501, 9N506) are never written.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "tests/synth/person.h"

namespace renkei::tests::synth {

// Digits and letters to their full-width forms; other characters as they are.
std::string FullWidth(absl::string_view text);
std::string CompactDay(absl::CivilDay day);  // YYYYMMDD

struct Provenance {
  std::string institution;  // 10 digits, sender and performer
  absl::CivilDay file_day;
};

// Appends documents; immutable after construction.
class Hc08Writer {
 public:
  // The period decides items and code lists.
  Hc08Writer(int period, Provenance provenance);
  // `sequence` gives the voucher number. The person has an exam_date.
  void Append(const Person& person, int sequence, std::string* out) const;

 private:
  void AppendHeader(const Person& person, int sequence, std::string* out) const;
  void AppendEntry(Item item, const Reading& reading, std::string* out) const;
  void AppendGroup(Group group, const Exam& exam, std::string* out) const;
  void AppendObservation(Item item, const Reading& reading, std::string* out) const;

  const Provenance provenance_;
  const std::string file_day_;
  std::array<bool, kItemCount> written_{};
  std::array<std::string, kItemCount> code_;       // <code .../>
  std::array<std::string, kItemCount> value_;      // up to the value
  std::array<std::string, kItemCount> value_end_;  // after the value
  std::array<std::string, kItemCount> after_;      // methodCode, referenceRange
};

std::string Ix08(const Provenance& provenance, absl::string_view insurer_number, int documents);
std::string Su08(int documents);

}  // namespace renkei::tests::synth
