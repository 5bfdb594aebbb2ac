// One use of one connection: a read view or a write transaction over the tables of schema.cc.
// Used by one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/store/store.h"
#include "policy/sqlcipher/database.h"

namespace renkei::hub::store {

class SqlSession final : public Transaction {
 public:
  // `release` runs last, after the transaction has ended: it gives the connection back.
  SqlSession(policy::sqlcipher::Database& database,
             std::optional<policy::sqlcipher::Transaction> transaction,
             std::function<void()> release);
  ~SqlSession() override;
  SqlSession(const SqlSession&) = delete;
  SqlSession& operator=(const SqlSession&) = delete;

  Found<MemberRow> FindMember(const base::MemberId& id) override;
  Listed<MemberRow> ListMembers(absl::string_view after, int limit) override;
  Found<IdentityRow> FindIdentity(absl::string_view spiffe_id) override;
  Found<IdentityRow> FindIdentityByKey(const crypto::Digest& spki_sha256) override;
  Listed<IdentityRow> ListIdentitiesOf(const base::MemberId& id) override;
  Found<EnrolmentCodeRow> FindEnrolmentCode(const crypto::Digest& code_hash) override;
  Found<ActorRow> FindActor(int year, absl::string_view spiffe_id) override;
  absl::StatusOr<std::optional<base::Secret>> FindSecret(absl::string_view name) override;
  Found<std::string> FindMeta(absl::string_view name) override;
  Found<AgreementRow> FindAgreement(absl::string_view dua_id, uint32_t version) override;
  Listed<AgreementRow> ListAgreements(const base::MemberId& member, absl::string_view after_id,
                                      uint32_t after_version, int limit) override;
  absl::StatusOr<int> CountOpenProposals(const base::MemberId& member, v1::Role by) override;
  Listed<AgreementRow> ListAgreementsPastNotice(absl::Time now, int limit) override;
  Found<PolicyRow> FindPolicy(const crypto::Digest& digest) override;
  Found<PolicyRow> FindPolicyInForce() override;
  absl::StatusOr<PolicyVersions> FindPolicyVersions(absl::string_view id) override;
  Listed<PolicyRow> ListPolicies(uint64_t before, int limit) override;
  Listed<PolicySignatureRow> ListPolicySignatures(const crypto::Digest& digest) override;
  Found<RoundRow> FindRound(const base::RoundId& id) override;
  Listed<RoundRow> ListRounds(absl::string_view after, int limit) override;
  Listed<RoundRow> ListHeldRounds(absl::string_view prefecture, int fiscal_year) override;
  Found<ContributionRow> FindContribution(absl::string_view iss,
                                          absl::string_view request_id) override;
  Found<ContributionRow> FindRevision(const base::RoundId& round, const base::MemberId& member,
                                      uint32_t revision) override;
  Listed<ContributionRow> LatestContributions(const base::RoundId& round,
                                              bool with_envelopes) override;
  Found<ConsentCheckpointRow> FindConsentCheckpoint(const base::MemberId& member) override;
  Found<ReleaseRow> FindRelease(uint64_t number) override;
  Listed<ReleaseRow> ListReleases(uint64_t after, int limit) override;
  Listed<ReleaseRow> ListReleasesOf(absl::string_view area_code, int fiscal_year) override;
  Listed<CountedRow> ListCounted(uint64_t release) override;
  Found<uint64_t> FindReleaseOf(absl::string_view area_code, int fiscal_year,
                                absl::string_view indicator) override;
  Found<uint64_t> FindFirstReleaseOf(absl::string_view area_code,
                                     absl::string_view indicator) override;
  Found<uint64_t> NewestRelease(absl::string_view area_code, int fiscal_year) override;
  Listed<NoiseChargeRow> ListNoiseCharges() override;
  Listed<std::string> ListIndicatorsReleased(bool with_noise) override;
  absl::StatusOr<uint64_t> ReleaseCount() override;
  absl::StatusOr<LogHead> Head() override;
  Listed<EntryRow> ListEntries(uint64_t from, int limit) override;

  absl::Status InsertMember(const MemberRow& row) override;
  absl::Status UpdateMember(const MemberRow& row) override;
  absl::Status InsertIdentity(const IdentityRow& row) override;
  absl::Status UpdateIdentity(const IdentityRow& row) override;
  absl::Status InsertEnrolmentCode(const EnrolmentCodeRow& row) override;
  absl::Status UpdateEnrolmentCode(const EnrolmentCodeRow& row) override;
  absl::Status InsertActor(const ActorRow& row) override;
  absl::Status InsertSecret(absl::string_view name, const base::Secret& secret) override;
  absl::Status InsertMeta(absl::string_view name, absl::string_view value) override;
  absl::Status InsertAgreement(const AgreementRow& row) override;
  absl::Status UpdateAgreement(const AgreementRow& row) override;
  absl::Status InsertPolicy(const PolicyRow& row) override;
  absl::Status UpdatePolicy(const PolicyRow& row) override;
  absl::Status InsertPolicySignature(const PolicySignatureRow& row) override;
  absl::Status UpdatePolicySignature(const PolicySignatureRow& row) override;
  absl::Status InsertRound(const RoundRow& row) override;
  absl::Status UpdateRound(const RoundRow& row) override;
  absl::Status InsertContribution(const ContributionRow& row) override;
  absl::Status InsertConsentCheckpoint(const ConsentCheckpointRow& row) override;
  absl::Status InsertRelease(const ReleaseRow& row,
                             const std::vector<CountedRow>& counted) override;
  absl::Status InsertNoiseCharge(const NoiseChargeRow& row) override;
  absl::Status InsertEntry(const EntryRow& row) override;
  absl::Status Commit() override;

 private:
  absl::Status InsertGrouping(const ReleaseRow& row);
  // Runs an INSERT OR IGNORE or an UPDATE and wants exactly one row changed.
  absl::Status RunInsert(policy::sqlcipher::Statement& statement, absl::string_view what);
  absl::Status RunUpdate(policy::sqlcipher::Statement& statement, absl::string_view what);

  policy::sqlcipher::Database& database_;
  std::optional<policy::sqlcipher::Transaction> transaction_;
  bool reading_ = false;
  std::function<void()> release_;
};

}  // namespace renkei::hub::store
