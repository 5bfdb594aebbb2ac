#include "agents/cohort/year_scan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "agents/cohort/read_snapshot.h"
#include "agents/cohort/store_state.h"
#include "policy/base/status.h"
#include "policy/tables/layout.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace catalogue = policy::catalogue;
namespace consent = policy::consent;
namespace tables = policy::tables;
using policy::sqlcipher::Statement;

namespace {

constexpr int16_t kNoGeography = -1;  // no residence yet
constexpr int16_t kOutsideArea = -2;
constexpr uint32_t kNoMunicipality = 0;

enum SlotBit : uint8_t {
  kOnRoster = 1,
  kFemale = 2,
  kEligible = 4,
  kLeftOut = 8,
  kGuided = 16,
  kGuidanceStarted = 32,
  kGuidanceCompleted = 64,
};

// What is known of a person before the examinations are read; 16 bytes.
struct Slot {
  uint32_t exam_id = 0;  // 0 = not examined
  int32_t rank = 0;
  int16_t geography = kNoGeography;
  int16_t age = -1;
  uint8_t bits = 0;
};
static_assert(sizeof(Slot) <= 16);

}  // namespace

class YearScan {
 public:
  using Visit = absl::FunctionRef<absl::Status(consent::RowBatch, std::vector<ConsentSubjectRef>)>;

  static absl::StatusOr<ScanCounts> Of(CohortStore& store, const RowQuery& query, Visit visit) {
    const ReadSnapshot snapshot(*store.state_->database);
    RENKEI_RETURN_IF_ERROR(snapshot.status());
    RENKEI_ASSIGN_OR_RETURN(const CohortStore::Links links, store.BranchLinks());
    return YearScan(*store.state_, query, visit).Run(links);
  }

 private:
  YearScan(CohortStore::State& state, const RowQuery& query, Visit visit)
      : state_(state), query_(query), visit_(visit), year_(query.fiscal_year.first_year()) {}

  absl::StatusOr<ScanCounts> Run(const CohortStore::Links& links) {
    RENKEI_RETURN_IF_ERROR(CheckQuery());
    for (const BranchLink& link : links.links) {
      linked_[static_cast<uint32_t>(link.without_branch)] = static_cast<uint32_t>(link.with_branch);
    }
    counts_.ambiguous_branch = links.ambiguous;
    RENKEI_ASSIGN_OR_RETURN(const int64_t persons, state_.Scalar("SELECT max(id) FROM persons"));
    slots_.resize(static_cast<size_t>(persons) + 1);
    RENKEI_RETURN_IF_ERROR(ReadRoster());
    RENKEI_RETURN_IF_ERROR(ReadGuidance());
    RENKEI_RETURN_IF_ERROR(ChooseExams());
    NewBatch();
    RENKEI_RETURN_IF_ERROR(EmitExamined());
    RENKEI_RETURN_IF_ERROR(EmitOthers());
    RENKEI_RETURN_IF_ERROR(Flush());
    return counts_;
  }

  absl::Status CheckQuery() {
    switch (query_.member_kind) {
      case v1::MEMBER_KIND_MUNICIPALITY:
      case v1::MEMBER_KIND_INSURER:
        break;
      case v1::MEMBER_KIND_WORKPLACE:
        is_workplace_ = true;
        break;
      default:
        return absl::InvalidArgumentError("row query: member kind is not specified");
    }
    if (!query_.geography_of) {
      return absl::InvalidArgumentError("row query: geography_of is not given");
    }
    const std::set<int> columns(query_.needed_columns.begin(), query_.needed_columns.end());
    for (const int column : columns) {
      if (column < 0 || static_cast<size_t>(column) >= state_.items.columns().size()) {
        return absl::InvalidArgumentError("row query: a column that the item table does not have");
      }
    }
    columns_.assign(columns.begin(), columns.end());
    for (const std::string& number : query_.insurer_numbers) {
      int64_t value = 0;
      for (const char c : number) {
        if (c < '0' || c > '9' || number.size() != 8) {
          return absl::InvalidArgumentError("row query: an insurer number is not 8 digits");
        }
        value = value * 10 + (c - '0');
      }
      insurers_.insert(value);
    }
    return absl::OkStatus();
  }

  uint32_t Canonical(uint32_t person) const {
    if (linked_.empty()) return person;
    const auto found = linked_.find(person);
    return found == linked_.end() ? person : found->second;
  }

  absl::StatusOr<Slot*> SlotOf(int64_t person) {
    if (person < 1 || static_cast<size_t>(person) >= slots_.size()) {
      return absl::DataLossError("cohort store: a row names a person that does not exist");
    }
    return &slots_[Canonical(static_cast<uint32_t>(person))];
  }

  int16_t GeographyOf(uint32_t municipality) {
    if (municipality == kNoMunicipality) return kNoGeography;
    const auto [entry, is_new] = geographies_.try_emplace(municipality, kOutsideArea);
    if (is_new) {
      const std::optional<int> index = query_.geography_of(MunicipalityCode(municipality));
      if (index.has_value()) entry->second = static_cast<int16_t>(*index);
    }
    return entry->second;
  }

  void SetPerson(Slot& slot, PersonWord word) const {
    slot.age = static_cast<int16_t>(
        std::clamp(base::AgeAtEndOf(query_.fiscal_year, BirthDateOf(word)), -1, 1000));
    slot.bits = static_cast<uint8_t>((slot.bits & ~kFemale) | (SexOf(word) != 0 ? kFemale : 0));
  }

  static bool IsInAge(const Slot& slot) {
    return slot.age >= tables::kMinAge && slot.age <= tables::kMaxAge;
  }

  // Why a person who is on the roster is not counted, in the order of ScanCounts. The area is
  // judged when the residence is settled.
  bool LeavesOut(const Slot& slot, int64_t insurer) {
    if (!IsInAge(slot)) {
      ++counts_.outside_age;
      return true;
    }
    if (!is_workplace_) return false;
    if (insurer == 0) {
      ++counts_.insurer_unknown;
      return true;
    }
    if (insurers_.contains(insurer)) {
      ++counts_.insured_by_member;
      return true;
    }
    return false;
  }

  absl::Status ReadRoster() {
    const int64_t first = DayNumber(query_.fiscal_year.first_day());
    const int64_t last = DayNumber(query_.fiscal_year.last_day());
    RENKEI_ASSIGN_OR_RETURN(
        Statement read,
        state_.database->Prepare("SELECT person, word, municipality, enrolled_from, enrolled_to, "
                                 "exclusion = '', insurer FROM roster WHERE fiscal_year = ?"));
    read.Bind(1, year_);
    // Rows of linked cards wait until both are read: the row of the card with a branch stands.
    absl::flat_hash_map<uint32_t, int64_t> insurer_of_linked;
    for (;;) {
      RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
      if (!row) break;
      const int64_t person = read.Int(0);
      RENKEI_ASSIGN_OR_RETURN(Slot* const slot, SlotOf(person));
      const uint32_t own = Canonical(static_cast<uint32_t>(person));
      const bool other_card = own != static_cast<uint32_t>(person);
      if (other_card && (slot->bits & kOnRoster) != 0) continue;
      slot->bits = kOnRoster;
      SetPerson(*slot, static_cast<PersonWord>(read.Int(1)));
      slot->geography = GeographyOf(static_cast<uint32_t>(read.Int(2)));
      const bool whole_year = read.Int(3) <= first && read.Int(4) >= last;
      if (whole_year && read.Int(5) != 0 && IsInAge(*slot)) slot->bits |= kEligible;
      if (!linked_.empty()) {
        insurer_of_linked[own] = read.Int(6);
      } else if (LeavesOut(*slot, read.Int(6))) {
        slot->bits |= kLeftOut;
      }
    }
    for (const auto& [person, insurer] : insurer_of_linked) {
      if (LeavesOut(slots_[person], insurer)) slots_[person].bits |= kLeftOut;
    }
    return absl::OkStatus();
  }

  absl::Status ReadGuidance() {
    RENKEI_ASSIGN_OR_RETURN(
        Statement read,
        state_.database->Prepare("SELECT person, word, first_interview IS NOT NULL, "
                                 "final_evaluation IS NOT NULL AND outcome = 'completed' "
                                 "FROM guidance WHERE fiscal_year = ?"));
    read.Bind(1, year_);
    for (;;) {
      RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
      if (!row) return absl::OkStatus();
      RENKEI_ASSIGN_OR_RETURN(Slot* const slot, SlotOf(read.Int(0)));
      if ((slot->bits & kOnRoster) == 0) SetPerson(*slot, static_cast<PersonWord>(read.Int(1)));
      slot->bits |= kGuided;
      if (read.Int(2) != 0) slot->bits |= kGuidanceStarted;
      if (read.Int(3) != 0) slot->bits |= kGuidanceCompleted;
    }
  }

  // The index alone answers this; the last row of a person has the highest rank.
  absl::Status ChooseExams() {
    RENKEI_ASSIGN_OR_RETURN(
        Statement read,
        state_.database->Prepare("SELECT person, rank, id FROM exams WHERE fiscal_year = ? "
                                 "ORDER BY person, rank"));
    read.Bind(1, year_);
    for (;;) {
      RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
      if (!row) return absl::OkStatus();
      RENKEI_ASSIGN_OR_RETURN(Slot* const slot, SlotOf(read.Int(0)));
      const auto rank = static_cast<int32_t>(read.Int(1));
      const int64_t id = read.Int(2);
      if (id < 1 || id > UINT32_MAX) {
        return absl::DataLossError("cohort store: an examination's row number is out of range");
      }
      if (slot->exam_id != 0) ++counts_.further_exams;
      if (slot->exam_id == 0 || rank > slot->rank) {
        slot->exam_id = static_cast<uint32_t>(id);
        slot->rank = rank;
        first_exam_ = std::min(first_exam_, id);
        last_exam_ = std::max(last_exam_, id);
      }
    }
  }

  absl::StatusOr<const StoredSchema*> SchemaOf(std::span<const uint8_t> blob) const {
    RENKEI_ASSIGN_OR_RETURN(const uint16_t id, ExamView::SchemaOf(blob));
    for (const StoredSchema& schema : state_.schemas) {
      if (schema.id == id) return &schema;
    }
    return absl::DataLossError("cohort store: an examination names an unknown item schema");
  }

  absl::Status EmitExamined() {
    if (last_exam_ == 0) return absl::OkStatus();
    // By row number, so that pages are read in sequence; the plus keeps the index away.
    RENKEI_ASSIGN_OR_RETURN(
        Statement read,
        state_.database->Prepare("SELECT id, person, content FROM exams "
                                 "WHERE id BETWEEN ? AND ? AND +fiscal_year = ? ORDER BY id"));
    read.Bind(1, first_exam_).Bind(2, last_exam_).Bind(3, year_);
    for (;;) {
      RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
      if (!row) return absl::OkStatus();
      const int64_t person = read.Int(1);
      RENKEI_ASSIGN_OR_RETURN(Slot* const slot, SlotOf(person));
      if (slot->exam_id != read.Int(0)) continue;
      const std::span<const uint8_t> blob = read.Blob(2);
      RENKEI_ASSIGN_OR_RETURN(const StoredSchema* const schema, SchemaOf(blob));
      RENKEI_ASSIGN_OR_RETURN(const ExamView exam, ExamView::Make(blob, schema->columns));
      if ((slot->bits & kOnRoster) == 0) {
        ++counts_.exam_without_roster;
        SetPerson(*slot, exam.person());
        if (LeavesOut(*slot, 0)) slot->bits |= kLeftOut;
      }
      if ((slot->bits & kLeftOut) != 0) continue;
      if (slot->geography == kNoGeography) slot->geography = GeographyOf(exam.municipality());
      uint8_t facts = consent::kExaminedBit;
      if (exam.report_type() == 40 || exam.report_type() == 41) {
        facts |= consent::kWorkplaceSourceBit;
      }
      if (!AddRow(Canonical(static_cast<uint32_t>(person)), *slot, facts)) continue;
      AddItems(exam, *schema);
      if (batch_.size() == kMaxBatchRows) RENKEI_RETURN_IF_ERROR(Flush());
    }
  }

  absl::Status EmitOthers() {
    for (uint32_t person = 1; person < slots_.size(); ++person) {
      Slot& slot = slots_[person];
      if (slot.exam_id != 0 || (slot.bits & (kOnRoster | kGuided)) == 0) continue;
      if ((slot.bits & kOnRoster) != 0) {
        ++counts_.roster_without_exam;
      } else if (LeavesOut(slot, 0)) {
        continue;
      }
      if ((slot.bits & kLeftOut) != 0 || !AddRow(person, slot, 0)) continue;
      if (batch_.size() == kMaxBatchRows) RENKEI_RETURN_IF_ERROR(Flush());
    }
    return absl::OkStatus();
  }

  // False: the person lives outside the area.
  bool AddRow(uint32_t person, const Slot& slot, uint8_t facts) {
    if (slot.geography == kOutsideArea) {
      ++counts_.outside_area;
      return false;
    }
    const bool known = slot.geography != kNoGeography;
    if (!known) ++counts_.unknown_residence;
    if (is_workplace_) facts |= consent::kWorkplaceSourceBit;
    if ((slot.bits & kEligible) != 0) facts |= consent::kEligibleBit;
    if ((slot.bits & kGuidanceStarted) != 0) facts |= consent::kGuidanceStartedBit;
    if ((slot.bits & kGuidanceCompleted) != 0) facts |= consent::kGuidanceCompletedBit;
    consent::SubjectKey subject{};
    for (size_t i = 0; i < 4; ++i) subject[7 - i] = static_cast<uint8_t>(person >> (8 * i));
    batch_.subject.push_back(subject);
    batch_.sex.push_back((slot.bits & kFemale) != 0 ? 1 : 0);
    batch_.age.push_back(slot.age);
    batch_.geography.push_back(known ? slot.geography
                                     : static_cast<int16_t>(query_.unknown_geography));
    batch_.facts.push_back(facts);
    refs_.push_back({static_cast<PersonId>(person)});
    ++counts_.rows;
    return true;
  }

  // Examined persons come first in a batch, so a column grows row by row and is padded in Flush.
  void AddItems(const ExamView& exam, const StoredSchema& schema) {
    const size_t row = batch_.size() - 1;
    for (const int column : columns_) {
      const int stored = schema.stored_by_column[static_cast<size_t>(column)];
      if (stored < 0) continue;
      const catalogue::ItemValue item = exam.Item(static_cast<size_t>(stored));
      if (item.state == catalogue::ValueState::kAbsent) continue;
      consent::ItemValues& values = batch_.items[static_cast<size_t>(column)];
      if (values.value.size() <= row) {
        values.value.reserve(kMaxBatchRows);
        values.state.reserve(kMaxBatchRows);
        values.value.resize(row + 1, 0);
        values.state.resize(row + 1, catalogue::ValueState::kAbsent);
      }
      values.value[row] = item.value;
      values.state[row] = item.state;
    }
  }

  void NewBatch() {
    batch_ = {};
    batch_.fiscal_year = query_.fiscal_year;
    batch_.items.resize(state_.items.columns().size());
    batch_.subject.reserve(kMaxBatchRows);
    batch_.sex.reserve(kMaxBatchRows);
    batch_.age.reserve(kMaxBatchRows);
    batch_.geography.reserve(kMaxBatchRows);
    batch_.facts.reserve(kMaxBatchRows);
    refs_.clear();
    refs_.reserve(kMaxBatchRows);
  }

  absl::Status Flush() {
    if (batch_.size() == 0) return absl::OkStatus();
    for (consent::ItemValues& values : batch_.items) {
      if (values.value.empty()) continue;
      values.value.resize(batch_.size(), 0);
      values.state.resize(batch_.size(), catalogue::ValueState::kAbsent);
    }
    RENKEI_RETURN_IF_ERROR(visit_(std::move(batch_), std::move(refs_)));
    NewBatch();
    return absl::OkStatus();
  }

  CohortStore::State& state_;
  const RowQuery& query_;
  Visit visit_;
  int year_;
  bool is_workplace_ = false;
  std::vector<int> columns_;
  std::set<int64_t> insurers_;
  absl::flat_hash_map<uint32_t, uint32_t> linked_;
  absl::flat_hash_map<uint32_t, int16_t> geographies_;
  std::vector<Slot> slots_;
  int64_t first_exam_ = INT64_MAX;
  int64_t last_exam_ = 0;
  consent::RowBatch batch_;
  std::vector<ConsentSubjectRef> refs_;
  ScanCounts counts_;
};

absl::StatusOr<ScanCounts> ForEachBatch(
    CohortStore& store, const RowQuery& query,
    absl::FunctionRef<absl::Status(consent::RowBatch, std::vector<ConsentSubjectRef>)> visit) {
  return YearScan::Of(store, query, visit);
}

}  // namespace renkei::agents::cohort
