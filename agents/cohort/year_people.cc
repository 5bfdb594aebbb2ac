#include "agents/cohort/year_people.h"

#include <algorithm>

#include "agents/cohort/exam_chunk.h"
#include "agents/cohort/guidance_courses.h"
#include "policy/base/status.h"
#include "policy/consent/rows.h"
#include "policy/tables/layout.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace consent = policy::consent;
namespace tables = policy::tables;
using policy::sqlcipher::Database;
using policy::sqlcipher::Statement;

namespace {

constexpr uint32_t kMarch31 = 331, kApril1 = 401;

void SetBit(PersonYear& person, PersonYearBit bit, bool value) {
  person.bits = static_cast<uint16_t>(value ? person.bits | bit : person.bits & ~bit);
}

}  // namespace

uint8_t FactsOf(const PersonYear& person, bool is_workplace) {
  unsigned facts = 0;
  if (person.exam != 0) facts |= consent::kExaminedBit;
  if (is_workplace || person.Is(kHasEmployerReport)) facts |= consent::kWorkplaceSourceBit;
  if (person.Is(kIsEligible)) facts |= consent::kEligibleBit;
  if (person.Is(kGuidanceStarted)) facts |= consent::kGuidanceStartedBit;
  if (person.Is(kGuidanceCompleted)) facts |= consent::kGuidanceCompletedBit;
  if (person.Is(kEnrolledOnApril1)) facts |= consent::kInsuredApril1Bit;
  if (person.Is(kEnrolledInYear)) facts |= consent::kOnRosterBit;
  return static_cast<uint8_t>(facts);
}

CardLinks::CardLinks(const std::vector<BranchLink>& links) {
  for (const BranchLink& link : links) {
    canonical_[static_cast<uint32_t>(link.without_branch)] =
        static_cast<uint32_t>(link.with_branch);
  }
}

YearPeople::YearPeople(base::FiscalYear year, base::AgeRule age_rule, const CardLinks& links,
                       uint32_t persons)
    : year_(year), age_rule_(age_rule), links_(links), people_(size_t{persons} + 1) {}

absl::StatusOr<PersonYear*> YearPeople::Of(int64_t person) {
  if (person < 1 || static_cast<size_t>(person) >= people_.size()) {
    return absl::DataLossError("cohort store: a row names a person that does not exist");
  }
  return &people_[links_.Canonical(static_cast<uint32_t>(person))];
}

void YearPeople::Release() {
  people_ = {};
  chunks_ = {};
}

// As base::AgeAtEndOf, without a civil day per person.
void YearPeople::SetIdentity(PersonYear& person, PersonWord word) const {
  const uint32_t day = word / 2;
  const uint32_t last_birthday = age_rule_ == base::AgeRule::kLegal ? kApril1 : kMarch31;
  const int age = year_.first_year() + 1 - static_cast<int>(day / 10000) -
                  (day % 10000 > last_birthday ? 1 : 0);
  person.age = static_cast<int16_t>(std::clamp(age, -1, 1000));
  SetBit(person, kIsFemale, SexOf(word) != 0);
}

absl::Status YearPeople::ReadRoster(Database& database, const std::set<int64_t>& insurers) {
  const int64_t first = DayNumber(year_.first_day());
  const int64_t last = DayNumber(year_.last_day());
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database.Prepare("SELECT person, word, municipality, enrolled_from, enrolled_to, "
                       "exclusion = '', insurer FROM roster WHERE fiscal_year = ?"));
  read.Bind(1, year_.first_year());
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return absl::OkStatus();
    RENKEI_ASSIGN_OR_RETURN(PersonYear* const person, Of(read.Int(0)));
    // Of two cards of one person the row of the card with a branch stands.
    const bool is_other_card = &people_[static_cast<size_t>(read.Int(0))] != person;
    if (is_other_card && person->Is(kHasRosterRow)) continue;
    person->bits = kHasRosterRow;
    SetIdentity(*person, static_cast<PersonWord>(read.Int(1)));
    person->municipality = static_cast<uint32_t>(read.Int(2));
    const int64_t from = read.Int(3);
    const int64_t to = read.Int(4);
    const bool is_in_age = person->age >= tables::kMinAge && person->age <= tables::kMaxAge;
    SetBit(*person, kIsEligible, from <= first && to >= last && read.Int(5) != 0 && is_in_age);
    SetBit(*person, kEnrolledOnApril1, from <= first && to >= first);
    SetBit(*person, kEnrolledInYear, from <= last && to >= first);
    const int64_t insurer = read.Int(6);
    SetBit(*person, kInsurerKnown, insurer != 0);
    SetBit(*person, kInsuredByMember, insurers.contains(insurer));
  }
}

absl::Status YearPeople::ReadGuidance(Database& database) {
  RENKEI_ASSIGN_OR_RETURN(Statement read,
                          database.Prepare("SELECT person, word, first_interview IS NOT NULL, "
                                           "final_evaluation IS NOT NULL AND outcome = 'completed' "
                                           "FROM guidance WHERE fiscal_year = ?"));
  read.Bind(1, year_.first_year());
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) break;
    const auto word = static_cast<PersonWord>(read.Int(1));
    RENKEI_RETURN_IF_ERROR(AddCourse(read.Int(0), word, read.Int(2) != 0, read.Int(3) != 0));
  }
  RENKEI_ASSIGN_OR_RETURN(const std::vector<GuidanceCourse> courses,
                          GuidanceCourses(database).Of(year_, links_));
  for (const GuidanceCourse& course : courses) {
    RENKEI_RETURN_IF_ERROR(
        AddCourse(course.person, course.word, course.is_started, course.is_completed));
  }
  return absl::OkStatus();
}

absl::Status YearPeople::AddCourse(int64_t id, PersonWord word, bool is_started,
                                   bool is_completed) {
  RENKEI_ASSIGN_OR_RETURN(PersonYear* const person, Of(id));
  if (!person->Is(kHasRosterRow)) SetIdentity(*person, word);
  person->bits |= kHasGuidance;
  if (is_started) person->bits |= kGuidanceStarted;
  if (is_completed) person->bits |= kGuidanceCompleted;
  return absl::OkStatus();
}

absl::Status YearPeople::ReadExams(Database& database) {
  RENKEI_ASSIGN_OR_RETURN(chunks_, ExamTable(database).ChunksOf(year_.first_year()));
  if (chunks_.size() >= UINT32_MAX / kChunkRows) {
    return absl::ResourceExhaustedError("cohort store: more examinations than can be numbered");
  }
  for (size_t c = 0; c < chunks_.size(); ++c) {
    RENKEI_ASSIGN_OR_RETURN(const ChunkKeys keys, UnpackKeys(chunks_[c].keys));
    for (size_t row = 0; row < keys.size(); ++row) {
      if (keys.is_live[row] == 0) continue;
      RENKEI_ASSIGN_OR_RETURN(PersonYear* const person, Of(keys.person[row]));
      if (person->exam != 0) ++further_exams_;
      // The same rank on both cards of a person: the card with a branch stands, in whatever order
      // the files came.
      const bool is_own_card = person == &people_[keys.person[row]];
      if (person->exam == 0 || keys.rank[row] > person->rank ||
          (keys.rank[row] == person->rank && is_own_card)) {
        person->exam = static_cast<uint32_t>(c * kChunkRows + row + 1);
        person->rank = keys.rank[row];
        const int type = keys.report_type[row];
        SetBit(*person, kHasEmployerReport, type == 40 || type == 41);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace renkei::agents::cohort
