// The import report (formats.md 1.5): counts and messages of one file or archive, as text for the
// agent's operator and as JSON. It carries no value of a person; file names are shown by their base
// name.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "agents/cohort/records.h"
#include "agents/intake/messages.h"
#include "policy/catalogue/items.h"

namespace renkei::agents::intake {

// The six states of formats.md 1.5; their sum is the number of accepted records.
struct ItemCounts {
  uint64_t valid = 0;
  uint64_t marked = 0;
  uint64_t not_done = 0;
  uint64_t unmeasurable = 0;
  uint64_t invalid = 0;
  uint64_t absent = 0;
  uint64_t sum() const { return valid + marked + not_done + unmeasurable + invalid + absent; }
  void Count(policy::catalogue::ValueState state);
};

struct Tally {
  uint64_t seen = 0;
  uint64_t accepted = 0;
  uint64_t rejected = 0;
};

// A total that the delivery states of itself, beside what was found.
struct StatedTotal {
  std::string what;  // "ix08 totalRecordCount"
  uint64_t stated = 0;
  uint64_t found = 0;
};

struct ImportReport {
  std::string source;    // base name of the file
  std::string kind;      // FileKindName
  std::string encoding;  // of a CSV file
  Tally files;           // members of an archive, or the one file
  Tally records;
  uint64_t stored_new = 0;
  uint64_t stored_changed = 0;
  uint64_t stored_unchanged = 0;  // all of them: the file had been imported before
  uint64_t without_municipality = 0;
  uint64_t values_without_unit = 0;
  uint64_t guidance_records = 0;           // accepted records without items
  uint64_t claims_without_disease = 0;     // UKE: no disease, or none of the table
  std::map<int, uint64_t> by_fiscal_year;  // accepted records
  std::vector<StatedTotal> totals;
  struct Item {
    std::string name;
    std::string range;  // open input range, empty for codes
    ItemCounts counts;
  };
  std::vector<Item> items;  // by ItemTable column; empty unless the file holds examinations
  MessageLog messages;
  std::string quarantine_file;  // base name; empty when nothing was quarantined

  // Filled in by whoever asks the store after the import.
  std::optional<uint64_t> persons_in_two_exams;
  std::optional<uint64_t> exams_without_roster;
  std::optional<uint64_t> roster_without_exam;

  // Prepares `items`.
  void ExpectItems(const policy::catalogue::ItemTable& table);
  void CountItems(const std::vector<policy::catalogue::ItemValue>& values);
  void CountStored(const cohort::PutCounts& counts);
  void CountStored(cohort::PutOutcome outcome);
  // Makes this the report of a part of a file that is read apart, still empty.
  void StartPart(const policy::catalogue::ItemTable& table);
  // Adds the counts and messages of the next part of the file.
  void Append(const ImportReport& part);
  // Nothing of the file is kept: all that was seen counts as rejected.
  void CountAllRejected();
  // INTERNAL when counts do not add up; checked before anything is committed.
  absl::Status SelfCheck() const;
};

enum class Language : uint8_t { kEnglish, kJapanese };

std::string RenderText(const ImportReport& report, Language language);
// One object; keys in a fixed order.
std::string RenderJson(const ImportReport& report);

}  // namespace renkei::agents::intake
