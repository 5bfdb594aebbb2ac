// CohortStore: the agent's encrypted store of persons, examinations, rosters, guidance and consent
// events, in one SQLCipher file. Touches the disk; used by one thread at a time; one process writes
// at a time (a second one waits in BeginFile).
//
// No name, card number or postal code is here: intake hands over pseudonyms. Evaluation reads
// through ForEachBatch (year_scan.h), consent through agents/consent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/cohort/commitment_tree.h"
#include "agents/cohort/records.h"
#include "policy/base/clock.h"
#include "policy/base/random.h"
#include "policy/base/secret.h"
#include "policy/catalogue/items.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

// Row number of a person in this store, 1 and up. Never leaves the agent.
using PersonId = int64_t;

// A card without branch next to the only card of that number, birth date and sex that has one
// (R32).
struct BranchLink {
  PersonId without_branch = 0;
  PersonId with_branch = 0;
};

// Counts of one import, since BeginFile; for the import report.
struct FileCounts {
  int64_t persons_new = 0;
  int64_t superseded = 0;          // same person, day and source, but an older file: not taken
  int64_t identity_conflicts = 0;  // same person_id, other birth date or sex: the roster's stands
};

class CohortStore : public RecordSink {
 public:
  // Salts of the consent ledger, and when its records are made. Both outlive the store.
  struct Sources {
    policy::base::Random& random;
    policy::base::Clock& clock;
  };

  // Opens or makes the file. `items` must outlive the store. FAILED_PRECONDITION when stored values
  // cannot be read by this item table (an item changed its decimals or lists): the message names
  // it.
  static absl::StatusOr<std::unique_ptr<CohortStore>> Open(
      const std::string& path, const policy::base::Secret& key,
      const policy::catalogue::ItemTable& items, const Sources& sources);
  // With the machine's randomness and clock.
  static absl::StatusOr<std::unique_ptr<CohortStore>> Open(
      const std::string& path, const policy::base::Secret& key,
      const policy::catalogue::ItemTable& items);
  ~CohortStore() override;

  // RecordSink. INVALID_ARGUMENT: the record cannot be stored (no field is named by its value); the
  // file goes on. Any other error: roll the file back.
  absl::Status BeginFile(const std::string& source) override;
  // An examination of the same person, day and source (specific checkup or employer) is replaced by
  // one of a file of the same or a later date.
  absl::StatusOr<PutOutcome> PutExam(const ExamRecord& record) override;
  absl::StatusOr<PutCounts> PutExams(const ExamBatch& batch) override;
  absl::StatusOr<PutOutcome> PutRoster(const RosterRecord& record) override;
  absl::StatusOr<PutOutcome> PutGuidance(const GuidanceRecord& record) override;
  absl::StatusOr<PutOutcome> PutClaim(const ClaimRecord& record) override;
  absl::StatusOr<PutOutcome> PutAbsence(const AbsenceRecord& record) override;
  // Append-only: the same event again is kUnchanged, everything else kNew and an entry of the
  // consent ledger in the same transaction.
  absl::StatusOr<PutOutcome> PutConsent(const ConsentRecord& record) override;
  absl::Status CommitFile() override;
  // Leaves nothing of the file. Harmless without an open file.
  void RollbackFile() override;
  const FileCounts& file_counts() const;

  // True when a committed file brought guidance records of the year (definitions 15.5).
  absl::StatusOr<bool> HasGuidance(policy::base::FiscalYear year);
  // True when a committed file brought a claim of a month of the year, an absence that starts in
  // it.
  absl::StatusOr<bool> HasClaims(policy::base::FiscalYear year);
  absl::StatusOr<bool> HasAbsences(policy::base::FiscalYear year);
  // Fiscal years with a roster or an examination, ascending.
  absl::StatusOr<std::vector<policy::base::FiscalYear>> FiscalYears();
  // Grows with every change of persons, examinations, rosters, guidance, claims and absences.
  absl::StatusOr<int64_t> RecordVersion();
  // Grows with every consent event and with every person that is forgotten; 0 = none ever.
  absl::StatusOr<int64_t> ConsentVersion();

  // What Forget would erase, or has erased. The card with and the one without its branch are one
  // person where BranchLinks says so.
  struct Traces {
    int64_t persons = 0;       // rows of the person; 0 = not known here
    int64_t examinations = 0;  // replaced ones that are still there included
    int64_t roster_rows = 0;
    int64_t guidance_courses = 0;
    int64_t claims = 0;  // rows of equal claims
    int64_t absences = 0;
    int64_t consent_events = 0;
    std::vector<policy::base::FiscalYear> fiscal_years;  // of all but consent events, ascending
    // Records of the card without branch that may be the person's or another's: they stay, and from
    // then on no card with a branch takes them over.
    bool has_unclear_records = false;
  };
  // FAILED_PRECONDITION when a card without branch fits several persons and none of it is here, or
  // when the stored person has another birth date or sex.
  absl::StatusOr<Traces> TracesOf(const Person& person);
  // Erases every trace of the person: values inside chunks are written over, freed pages are
  // zeroed, the journal is emptied. In one transaction; again is harmless. FAILED_PRECONDITION
  // while a file is open.
  absl::StatusOr<Traces> Forget(const Person& person);

  // Of persons without a branch, those whose card is one person's only.
  struct Links {
    std::vector<BranchLink> links;
    int64_t ambiguous = 0;  // several branches: no match, reported
  };
  absl::StatusOr<Links> BranchLinks();

  // All consent events, those of one person together.
  struct StoredEvent {
    PersonId person = 0;
    int64_t sequence = 0;
    absl::CivilDay birth_date;
    policy::consent::Event event;
  };
  absl::Status ForEachConsentEvent(absl::FunctionRef<absl::Status(const StoredEvent&)> visit);

  // The person's own, by sequence. Errors as TracesOf.
  absl::StatusOr<std::vector<StoredEvent>> ConsentEventsOf(const Person& person);

  // The consent ledger: one entry per event, per erasure and per piece of padding, none of which
  // can be told apart from outside (R15).
  absl::StatusOr<LedgerHead> ConsentLedgerHead();
  // Sizes at which the ledger was sealed, ascending: no other ever left.
  absl::StatusOr<std::vector<uint64_t>> ConsentLeavingSizes();
  // Pads the ledger for a checkpoint that leaves. FAILED_PRECONDITION while a file is open.
  absl::StatusOr<LedgerHead> SealConsentLedger();
  // INVALID_ARGUMENT unless 1 <= old_size <= new_size, DATA_LOSS when the ledger is smaller.
  absl::StatusOr<policy::transparency::Proof> ConsentConsistency(uint64_t old_size,
                                                                 uint64_t new_size);
  absl::StatusOr<policy::transparency::Proof> ConsentInclusion(uint64_t position, uint64_t size);
  // Nothing for an event that is unknown or was forgotten.
  absl::StatusOr<std::optional<LedgerOpening>> OpenConsentEvent(int64_t sequence);

  const policy::catalogue::ItemTable& items() const;

 private:
  friend class YearScan;
  struct State;
  explicit CohortStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace renkei::agents::cohort
