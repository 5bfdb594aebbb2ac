// Store: everything the hub remembers. One writer at a time, any number of readers; a Transaction
// is all or nothing and durable when Commit returns. Implementations pass tests/contract/store.
//
// Left out on purpose: deletion. Rows are added or change state; nothing is removed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hub/store/records.h"
#include "policy/base/secret.h"

namespace renkei::hub::store {

template <typename T>
using Found = absl::StatusOr<std::optional<T>>;
template <typename T>
using Listed = absl::StatusOr<std::vector<T>>;

// A consistent view: later commits are not seen. Used by one thread; keep it short-lived.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  virtual Found<MemberRow> FindMember(const base::MemberId& id) = 0;
  // Ascending by id, those after `after`.
  virtual Listed<MemberRow> ListMembers(absl::string_view after, int limit) = 0;
  virtual Found<IdentityRow> FindIdentity(absl::string_view spiffe_id) = 0;
  virtual Found<IdentityRow> FindIdentityByKey(const crypto::Digest& spki_sha256) = 0;
  virtual Listed<IdentityRow> ListIdentitiesOf(const base::MemberId& id) = 0;
  virtual Found<EnrolmentCodeRow> FindEnrolmentCode(const crypto::Digest& code_hash) = 0;
  virtual Found<ActorRow> FindActor(int year, absl::string_view spiffe_id) = 0;
  // Keys that live nowhere but here and in memory, e.g. the issuing CA's.
  virtual absl::StatusOr<std::optional<base::Secret>> FindSecret(absl::string_view name) = 0;
  virtual Found<std::string> FindMeta(absl::string_view name) = 0;

  virtual Found<AgreementRow> FindAgreement(absl::string_view dua_id, uint32_t version) = 0;
  // Ascending by (dua_id, version), those after that pair; every member's when `member` is empty.
  virtual Listed<AgreementRow> ListAgreements(const base::MemberId& member,
                                              absl::string_view after_id, uint32_t after_version,
                                              int limit) = 0;
  // That `by` proposed with or for the member and nobody has signed or taken back.
  virtual absl::StatusOr<int> CountOpenProposals(const base::MemberId& member, v1::Role by) = 0;
  // In force by state, with a notice that has run out at `now`.
  virtual Listed<AgreementRow> ListAgreementsPastNotice(absl::Time now, int limit) = 0;
  virtual Found<PolicyRow> FindPolicy(const crypto::Digest& digest) = 0;
  // Of the highest in_force_sequence; nullopt when none ever was.
  virtual Found<PolicyRow> FindPolicyInForce() = 0;
  virtual absl::StatusOr<PolicyVersions> FindPolicyVersions(absl::string_view id) = 0;
  // Newest proposal first, those proposed before the entry `before`; rows with an id only.
  virtual Listed<PolicyRow> ListPolicies(uint64_t before, int limit) = 0;
  // Ascending by time, then by who.
  virtual Listed<PolicySignatureRow> ListPolicySignatures(const crypto::Digest& digest) = 0;

  virtual Found<RoundRow> FindRound(const base::RoundId& id) = 0;
  // Ascending by id (UUIDv7: by opening), those after `after`.
  virtual Listed<RoundRow> ListRounds(absl::string_view after, int limit) = 0;
  // Ascending by id: the rounds that were held, of a prefecture (the first two digits of the area)
  // and fiscal year.
  virtual Listed<RoundRow> ListHeldRounds(absl::string_view prefecture, int fiscal_year) = 0;
  virtual Found<ContributionRow> FindContribution(absl::string_view iss,
                                                  absl::string_view request_id) = 0;
  virtual Found<ContributionRow> FindRevision(const base::RoundId& round,
                                              const base::MemberId& member, uint32_t revision) = 0;
  // Newest revision of each member, ascending by member id; without envelope and receipt unless
  // asked.
  virtual Listed<ContributionRow> LatestContributions(const base::RoundId& round,
                                                      bool with_envelopes) = 0;

  // The newest.
  virtual Found<ConsentCheckpointRow> FindConsentCheckpoint(const base::MemberId& member) = 0;

  virtual Found<ReleaseRow> FindRelease(uint64_t number) = 0;
  // Ascending by number, those after `after`; without bytes.
  virtual Listed<ReleaseRow> ListReleases(uint64_t after, int limit) = 0;
  // Ascending by number: every release of an area and year, groupings too; without bytes.
  virtual Listed<ReleaseRow> ListReleasesOf(absl::string_view area_code, int fiscal_year) = 0;
  // Ascending by member; none for releases of the third schema, nor for groupings.
  virtual Listed<CountedRow> ListCounted(uint64_t release) = 0;
  // Number of the newest release that holds the indicator; from here on no grouping counts.
  virtual Found<uint64_t> FindReleaseOf(absl::string_view area_code, int fiscal_year,
                                        absl::string_view indicator) = 0;
  // Number of the first release of the indicator in the area, of any fiscal year.
  virtual Found<uint64_t> FindFirstReleaseOf(absl::string_view area_code,
                                             absl::string_view indicator) = 0;
  // Newest release of area and year; nullopt when there is none.
  virtual Found<uint64_t> NewestRelease(absl::string_view area_code, int fiscal_year) = 0;

  // Every charge, ascending by release id.
  virtual Listed<NoiseChargeRow> ListNoiseCharges() = 0;
  // Ascending, each once: what any release holds, of whichever area and year, that has a charge
  // (with_noise) or has none.
  virtual Listed<std::string> ListIndicatorsReleased(bool with_noise) = 0;

  // Releases and groupings are numbered from 1 without gaps: the newest number, 0 when there is
  // none.
  virtual absl::StatusOr<uint64_t> ReleaseCount() = 0;

  virtual absl::StatusOr<LogHead> Head() = 0;
  virtual Listed<EntryRow> ListEntries(uint64_t from, int limit) = 0;
};

// Rolled back when destroyed without Commit. Insert* fails with ALREADY_EXISTS for a key that is
// there; Update* with NOT_FOUND for one that is not.
class Transaction : public Snapshot {
 public:
  virtual absl::Status InsertMember(const MemberRow& row) = 0;
  virtual absl::Status UpdateMember(const MemberRow& row) = 0;
  virtual absl::Status InsertIdentity(const IdentityRow& row) = 0;
  virtual absl::Status UpdateIdentity(const IdentityRow& row) = 0;
  virtual absl::Status InsertEnrolmentCode(const EnrolmentCodeRow& row) = 0;
  virtual absl::Status UpdateEnrolmentCode(const EnrolmentCodeRow& row) = 0;
  virtual absl::Status InsertActor(const ActorRow& row) = 0;
  virtual absl::Status InsertSecret(absl::string_view name, const base::Secret& secret) = 0;
  virtual absl::Status InsertMeta(absl::string_view name, absl::string_view value) = 0;

  virtual absl::Status InsertAgreement(const AgreementRow& row) = 0;
  // State, envelopes and times only: the text is frozen.
  virtual absl::Status UpdateAgreement(const AgreementRow& row) = 0;
  // ALREADY_EXISTS also for the same id and version with another digest.
  virtual absl::Status InsertPolicy(const PolicyRow& row) = 0;
  // Id, version and when it came into force only: the text is frozen.
  virtual absl::Status UpdatePolicy(const PolicyRow& row) = 0;
  virtual absl::Status InsertPolicySignature(const PolicySignatureRow& row) = 0;
  // Key, envelope and time: a signature that ran out before a second one came is made again.
  virtual absl::Status UpdatePolicySignature(const PolicySignatureRow& row) = 0;

  virtual absl::Status InsertRound(const RoundRow& row) = 0;
  // State, closing time, release number and holding time only: the descriptor is frozen.
  virtual absl::Status UpdateRound(const RoundRow& row) = 0;
  virtual absl::Status InsertContribution(const ContributionRow& row) = 0;
  // ALREADY_EXISTS for a size that is there under the same key.
  virtual absl::Status InsertConsentCheckpoint(const ConsentCheckpointRow& row) = 0;

  // `replaces` and `with_noise` are not looked at. Of a grouping only what is its own is kept, and
  // `counted` is empty.
  virtual absl::Status InsertRelease(const ReleaseRow& row,
                                     const std::vector<CountedRow>& counted) = 0;
  // After its release. ALREADY_EXISTS for a release id or a number that is charged.
  virtual absl::Status InsertNoiseCharge(const NoiseChargeRow& row) = 0;

  // `row.sequence` must be the head's size. Called by hub/log alone.
  virtual absl::Status InsertEntry(const EntryRow& row) = 0;

  virtual absl::Status Commit() = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  virtual absl::StatusOr<std::unique_ptr<Snapshot>> Read() = 0;
  // Waits for the running writer. A thread that holds a Transaction must not ask for another.
  virtual absl::StatusOr<std::unique_ptr<Transaction>> Write() = 0;
};

}  // namespace renkei::hub::store
