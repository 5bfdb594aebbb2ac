#include "agents/intake/hg08_guidance.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "agents/intake/text.h"
#include "embedded/kGuidanceItems.h"

namespace renkei::agents::intake {
namespace {

namespace base = policy::base;

constexpr absl::string_view kLevel = "1020000001";
constexpr absl::string_view kActualPoints = "1042800114";
constexpr absl::string_view kLevelList = "1.2.392.200119.6.3001";
// Acts lie directly in an entry, their items one level below; more is no known layout.
constexpr int kDeepest = 4;
constexpr int kMostPoints = 9999;

bool LooksLikeGuidanceCode(absl::string_view code) {
  return code.size() == 10 && std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// What the report type says of the course (formats.md 2.8); nothing for 24, "other".
const char* OutcomeOf(int report_type) {
  switch (report_type) {
    case 22:
      return "completed";
    case 23:
      return "dropped";
    case 21:
    case 25:
      return "ongoing";
  }
  return "";
}

absl::string_view DayText(const XmlDocument& d, const pugi::xml_node& time) {
  absl::string_view text = time.attribute("value").value();
  if (text.empty()) text = d.Child(time, "low").attribute("value").value();
  return text;
}

}  // namespace

bool IsGuidanceReport(int report_type) { return report_type >= 21 && report_type <= 25; }

Hg08Guidance::Hg08Guidance() {
  for (const absl::string_view line :
       absl::StrSplit(kGuidanceItems[0].bytes(), '\n', absl::SkipEmpty())) {
    known_codes_.emplace(line.substr(0, line.find(',')));
  }
}

void Hg08Guidance::Note(MessageCode code, absl::string_view subject, absl::string_view text,
                        const pugi::xml_node& at) {
  const std::string shape = text.data() == nullptr ? std::string() : ValueShape(text);
  if (Place* place = report_->messages.Add(code, subject, shape)) {
    place->member.assign(member_.data(), member_.size());
    place->locator = document_->Locate(at);
  }
}

std::optional<HeaderRejection> Hg08Guidance::Read(const XmlDocument& document,
                                                  const Hc08Header& header,
                                                  const ImportOptions& options,
                                                  absl::string_view member, ImportReport* report,
                                                  cohort::GuidanceRecord* out) {
  document_ = &document;
  member_ = member;
  report_ = report;
  out_ = out;
  out->level = 0;
  out->first_interview.reset();
  out->final_evaluation.reset();
  out->points.reset();
  level_.reset();
  points_.reset();
  level_is_doubtful_ = points_are_doubtful_ = false;

  document.ForEachSection([this](const pugi::xml_node& section) { ReadSection(section); });
  out->level = level_is_doubtful_ ? 0 : level_.value_or(0);
  if (!points_are_doubtful_) out->points = points_;
  out->outcome = OutcomeOf(header.report_type);
  if (header.report_type == 22 && !out->final_evaluation) {
    // Not completed then (definitions 5.5), whatever the report type says.
    if (Place* place = report->messages.Add(MessageCode::kHdrMissing, Level::kWarn,
                                            "section 90060/act/effectiveTime", "")) {
      *place = {std::string(member), ""};
    }
  }
  const std::optional<absl::CivilDay> day =
      out->first_interview ? out->first_interview : header.event_date;
  if (!day) {
    return HeaderRejection{MessageCode::kHdrMissing, "section 90030/act/effectiveTime", "",
                           document.root()};
  }
  out->course_day = day;
  out->file_date = header.file_date;
  out->fiscal_year = base::FiscalYear::Of(*day);
  if (out->fiscal_year.first_year() < options.first_fiscal_year ||
      out->fiscal_year.first_year() > options.last_fiscal_year) {
    return HeaderRejection{MessageCode::kFyRange, "section 90030/act/effectiveTime", "",
                           document.root()};
  }
  const int age = base::AgeAtEndOf(out->fiscal_year, header.birth_date);
  if (age < 0 || age > 120) {
    return HeaderRejection{MessageCode::kAgeRange, "birthTime", "", document.root()};
  }
  return std::nullopt;
}

void Hg08Guidance::ReadSection(const pugi::xml_node& section) {
  const absl::string_view code = document_->Child(section, "code").attribute("code").value();
  const Part part = code == "90020" || code == "90030" ? Part::kFirstInterview
                    : code == "90060"                  ? Part::kFinalEvaluation
                                                       : Part::kOther;
  for (pugi::xml_node entry = section.first_child(); entry; entry = entry.next_sibling()) {
    if (document_->Is(entry, "entry")) ReadEntry(entry, part, 1);
  }
}

void Hg08Guidance::ReadEntry(const pugi::xml_node& node, Part part, int depth) {
  for (pugi::xml_node child = node.first_child(); child; child = child.next_sibling()) {
    if (document_->Is(child, "act")) {
      ReadDay(child, part);
    } else if (document_->Is(child, "observation")) {
      ReadObservation(child);
    } else if (!document_->Is(child, "entryRelationship")) {
      continue;
    }
    if (depth < kDeepest) ReadEntry(child, part, depth + 1);
  }
}

// The first of the first interviews, the last of the final evaluations.
void Hg08Guidance::ReadDay(const pugi::xml_node& act, Part part) {
  if (part == Part::kOther) return;
  const pugi::xml_node time = document_->Child(act, "effectiveTime");
  const absl::string_view text = DayText(*document_, time);
  if (text.empty()) return;
  const std::optional<absl::CivilDay> day =
      text.size() >= 8 ? base::ParseDay(text.substr(0, 8)) : std::nullopt;
  if (!day) {
    if (Place* place = report_->messages.Add(MessageCode::kHdrFormat, Level::kDropValue,
                                             "act/effectiveTime", ValueShape(text))) {
      *place = {std::string(member_), document_->Locate(time)};
    }
    return;
  }
  if (part == Part::kFirstInterview) {
    out_->first_interview = std::min(*day, out_->first_interview.value_or(*day));
  } else {
    out_->final_evaluation = std::max(*day, out_->final_evaluation.value_or(*day));
  }
}

void Hg08Guidance::Keep(std::optional<int> value, absl::string_view subject,
                        const pugi::xml_node& at, std::optional<int>* kept, bool* is_doubtful) {
  if (!value) return;
  if (*kept && **kept != *value) {
    Note(MessageCode::kItemDup, subject, {}, at);
    *is_doubtful = true;
  }
  *kept = value;
}

void Hg08Guidance::ReadObservation(const pugi::xml_node& observation) {
  const absl::string_view code = document_->Child(observation, "code").attribute("code").value();
  if (code.empty()) return;
  const pugi::xml_node value = document_->Child(observation, "value");
  if (code == kLevel) {
    const absl::string_view level = value.attribute("code").value();
    const absl::string_view list = value.attribute("codeSystem").value();
    if (!list.empty() && list != kLevelList) {
      return Note(MessageCode::kListUnknown, "level", {}, observation);
    }
    if (level != "1" && level != "2") {
      return Note(MessageCode::kValCode, "level", level, observation);
    }
    Keep(level == "1" ? 1 : 2, "level", observation, &level_, &level_is_doubtful_);
  } else if (code == kActualPoints) {
    std::string buffer;
    const absl::string_view text = Fold(value.attribute("value").value(), &buffer);
    if (text.empty()) return;
    const std::optional<FixedPoint> points = ParseFixedPoint(text, 0);
    if (!points || points->has_rest || points->scaled < 0 || points->scaled > kMostPoints) {
      return Note(MessageCode::kValFormat, "points", text, observation);
    }
    Keep(static_cast<int>(points->scaled), "points", observation, &points_, &points_are_doubtful_);
  } else if (!known_codes_.contains(code)) {
    Note(MessageCode::kItemUnknown,
         LooksLikeGuidanceCode(code) ? std::string(code) : ValueShape(code), {}, observation);
  }
}

}  // namespace renkei::agents::intake
