// A national guidance document, hg08 (formats.md 2.8) -> one course of 特定保健指導. The header is
// the checkup document's; of the body only what completion needs is read (definitions 5.5): the
// level, the days of the first interview and of the final evaluation, the points.
// Left out: the points of period 4 by outcome (their item codes are not published), texts, goals.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "agents/cohort/records.h"
#include "agents/intake/hc08_header.h"
#include "agents/intake/options.h"
#include "agents/intake/report.h"
#include "agents/intake/xml_document.h"

namespace renkei::agents::intake {

// Report types 21 to 25.
bool IsGuidanceReport(int report_type);

class Hg08Guidance {
 public:
  Hg08Guidance();

  // Fills everything of `out` but the person. The course begins on the day of its first interview;
  // without one, of the event that the header names. Not thread-safe.
  std::optional<HeaderRejection> Read(const XmlDocument& document, const Hc08Header& header,
                                      const ImportOptions& options, absl::string_view member,
                                      ImportReport* report, cohort::GuidanceRecord* out);

 private:
  enum class Part { kOther, kFirstInterview, kFinalEvaluation };

  void ReadSection(const pugi::xml_node& section);
  void ReadEntry(const pugi::xml_node& node, Part part, int depth);
  void ReadDay(const pugi::xml_node& act, Part part);
  void ReadObservation(const pugi::xml_node& observation);
  void Note(MessageCode code, absl::string_view subject, absl::string_view text,
            const pugi::xml_node& at);
  // A number that is there twice with two values counts as not there.
  void Keep(std::optional<int> value, absl::string_view subject, const pugi::xml_node& at,
            std::optional<int>* kept, bool* is_doubtful);

  absl::flat_hash_set<std::string> known_codes_;

  // Of the document being read.
  const XmlDocument* document_ = nullptr;
  absl::string_view member_;
  ImportReport* report_ = nullptr;
  cohort::GuidanceRecord* out_ = nullptr;
  std::optional<int> level_, points_;
  bool level_is_doubtful_ = false, points_are_doubtful_ = false;
};

}  // namespace renkei::agents::intake
