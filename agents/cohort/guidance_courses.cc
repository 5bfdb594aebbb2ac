#include "agents/cohort/guidance_courses.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "agents/cohort/exam_chunk.h"
#include "agents/cohort/exam_table.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace sqlcipher = policy::sqlcipher;
using sqlcipher::Statement;

namespace {

// What is known of a course while the years are looked through.
struct Candidate {
  GuidanceCourse course;
  int year_of_day = 0;
  bool has_checkup = false;        // in the year that is asked for
  bool belongs_elsewhere = false;  // a checkup of another year decides
};

using ByPerson = absl::flat_hash_map<uint32_t, std::vector<size_t>>;

int YearOf(int64_t day) {
  return base::FiscalYear::Of(absl::CivilDay(1970, 1, 1) + day).first_year();
}

absl::StatusOr<std::vector<Candidate>> ReadCandidates(sqlcipher::Database& database,
                                                      base::FiscalYear year,
                                                      const CardLinks& links) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database.Prepare(
          "SELECT person, word, first_day, has_interview, final_evaluation IS NOT "
          "NULL AND outcome = 'completed' FROM guidance_courses WHERE first_day >= ?"));
  read.Bind(1, DayNumber(year.first_day()));
  std::vector<Candidate> found;
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return found;
    Candidate candidate;
    candidate.course = {links.Canonical(static_cast<uint32_t>(read.Int(0))),
                        static_cast<PersonWord>(read.Int(1)), read.Int(2), read.Int(3) != 0,
                        read.Int(4) != 0};
    candidate.year_of_day = YearOf(candidate.course.first_day);
    found.push_back(candidate);
  }
}

absl::Status ForEachCheckup(sqlcipher::Database& database, int year, const CardLinks& links,
                            absl::FunctionRef<void(uint32_t person, int64_t day)> visit) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<StoredChunk> chunks,
                          ExamTable(database).ChunksOf(year));
  for (const StoredChunk& chunk : chunks) {
    RENKEI_ASSIGN_OR_RETURN(const ChunkKeys keys, UnpackKeys(chunk.keys));
    for (size_t row = 0; row < keys.size(); ++row) {
      if (keys.is_live[row] != 0)
        visit(links.Canonical(keys.person[row]), DayOfRank(keys.rank[row]));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PutOutcome> GuidanceCourses::Put(uint32_t person, PersonWord word,
                                                const GuidanceRecord& record) {
  const auto day = [](const std::optional<absl::CivilDay>& value) -> std::optional<int64_t> {
    return value ? std::optional(DayNumber(*value)) : std::nullopt;
  };
  const std::optional<int64_t> evaluation = day(record.final_evaluation);
  const int64_t file_day = DayNumber(record.file_date);
  const int64_t has_interview = record.first_interview.has_value() ? 1 : 0;
  RENKEI_ASSIGN_OR_RETURN(
      Statement find,
      database_.Prepare("SELECT word, level, has_interview, final_evaluation, points, outcome, "
                        "file_day FROM guidance_courses WHERE first_day = ? AND person = ?"));
  RENKEI_ASSIGN_OR_RETURN(const bool exists,
                          find.Bind(1, DayNumber(*record.course_day)).Bind(2, person).Step());
  if (exists) {
    // Neither days nor points are negative.
    const auto or_none = [](const auto& value) { return value ? int64_t{*value} : int64_t{-1}; };
    const auto stored = [&find](int column) {
      return find.IsNull(column) ? int64_t{-1} : find.Int(column);
    };
    const bool is_same = find.Int(0) == word && find.Int(1) == record.level &&
                         find.Int(2) == has_interview && stored(3) == or_none(evaluation) &&
                         stored(4) == or_none(record.points) && find.Text(5) == record.outcome &&
                         find.Int(6) == file_day;
    const bool is_older =
        find.Int(6) > file_day || (find.Int(6) == file_day && !find.IsNull(3) && !evaluation);
    if (is_same || is_older) return PutOutcome::kUnchanged;
  }
  find.Reset();
  RENKEI_ASSIGN_OR_RETURN(
      Statement write,
      database_.Prepare("INSERT OR REPLACE INTO guidance_courses(first_day, person, word, level, "
                        "has_interview, final_evaluation, points, outcome, file_day) "
                        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  write.Bind(1, DayNumber(*record.course_day)).Bind(2, person).Bind(3, word);
  write.Bind(4, record.level).Bind(5, has_interview);
  evaluation ? write.Bind(6, *evaluation) : write.BindNull(6);
  record.points ? write.Bind(7, *record.points) : write.BindNull(7);
  RENKEI_RETURN_IF_ERROR(write.Bind(8, record.outcome).Bind(9, file_day).Run());
  return exists ? PutOutcome::kChanged : PutOutcome::kNew;
}

absl::StatusOr<bool> GuidanceCourses::MayHave(base::FiscalYear year) {
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT EXISTS(SELECT 1 FROM guidance_courses WHERE first_day >= ?)"));
  RENKEI_ASSIGN_OR_RETURN(const bool row, read.Bind(1, DayNumber(year.first_day())).Step());
  return row && read.Int(0) != 0;
}

absl::StatusOr<std::vector<GuidanceCourse>> GuidanceCourses::Of(base::FiscalYear year,
                                                                const CardLinks& links) {
  RENKEI_ASSIGN_OR_RETURN(std::vector<Candidate> candidates,
                          ReadCandidates(database_, year, links));
  std::vector<GuidanceCourse> courses;
  if (candidates.empty()) return courses;
  const int asked = year.first_year();
  ByPerson by_person;
  int last = asked;
  for (size_t i = 0; i < candidates.size(); ++i) {
    by_person[candidates[i].course.person].push_back(i);
    last = std::max(last, candidates[i].year_of_day);
  }
  RENKEI_ASSIGN_OR_RETURN(const std::vector<int> years, ExamTable(database_).Years());
  const auto look_through = [&](int at, auto&& decide) {
    return ForEachCheckup(database_, at, links, [&](uint32_t person, int64_t day) {
      const auto found = by_person.find(person);
      if (found == by_person.end()) return;
      for (const size_t i : found->second) {
        if (day <= candidates[i].course.first_day) decide(candidates[i]);
      }
    });
  };
  for (const int at : years) {
    if (at < asked || at > last) continue;
    RENKEI_RETURN_IF_ERROR(look_through(at, [&](Candidate& candidate) {
      (at == asked ? candidate.has_checkup : candidate.belongs_elsewhere) = true;
    }));
  }
  const auto is_open = [asked](const Candidate& candidate) {
    return !candidate.has_checkup && !candidate.belongs_elsewhere && candidate.year_of_day == asked;
  };
  for (const int at : years) {
    if (at >= asked || std::none_of(candidates.begin(), candidates.end(), is_open)) continue;
    RENKEI_RETURN_IF_ERROR(look_through(at, [](Candidate& candidate) {
      if (!candidate.has_checkup) candidate.belongs_elsewhere = true;
    }));
  }
  for (const Candidate& candidate : candidates) {
    if (candidate.belongs_elsewhere) continue;
    if (candidate.has_checkup || is_open(candidate)) courses.push_back(candidate.course);
  }
  return courses;
}

}  // namespace renkei::agents::cohort
