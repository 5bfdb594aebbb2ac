// A store whose n-th writing call fails, or ends the process, as a crash would: at each insert,
// just before a commit, and just after it. Reading calls go through.
#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hub/store/store.h"
#include "policy/base/status.h"

namespace renkei::hub::store {

// 0-based; negative: none. Not thread-safe.
struct Faults {
  int at = -1;
  bool ends_process = false;
  // A transaction that inserted a release never commits; its bytes are in `lost_release`.
  bool loses_releases = false;
  int seen = 0;
  std::string lost_release;

  absl::Status Next() {
    if (seen++ != at) return absl::OkStatus();
    if (ends_process) _exit(kEnded);
    return absl::UnavailableError("a call failed for the test");
  }
  static constexpr int kEnded = 77;
};

class FaultyTransaction final : public Transaction {
 public:
  FaultyTransaction(std::unique_ptr<Transaction> inner, Faults& faults)
      : inner_(std::move(inner)), faults_(faults) {}

  Found<MemberRow> FindMember(const base::MemberId& id) override { return inner_->FindMember(id); }
  Listed<MemberRow> ListMembers(absl::string_view after, int limit) override {
    return inner_->ListMembers(after, limit);
  }
  Found<IdentityRow> FindIdentity(absl::string_view spiffe_id) override {
    return inner_->FindIdentity(spiffe_id);
  }
  Found<IdentityRow> FindIdentityByKey(const crypto::Digest& spki_sha256) override {
    return inner_->FindIdentityByKey(spki_sha256);
  }
  Listed<IdentityRow> ListIdentitiesOf(const base::MemberId& id) override {
    return inner_->ListIdentitiesOf(id);
  }
  Found<EnrolmentCodeRow> FindEnrolmentCode(const crypto::Digest& code_hash) override {
    return inner_->FindEnrolmentCode(code_hash);
  }
  Found<ActorRow> FindActor(int year, absl::string_view spiffe_id) override {
    return inner_->FindActor(year, spiffe_id);
  }
  absl::StatusOr<std::optional<base::Secret>> FindSecret(absl::string_view name) override {
    return inner_->FindSecret(name);
  }
  Found<std::string> FindMeta(absl::string_view name) override { return inner_->FindMeta(name); }
  Found<AgreementRow> FindAgreement(absl::string_view dua_id, uint32_t version) override {
    return inner_->FindAgreement(dua_id, version);
  }
  Listed<AgreementRow> ListAgreements(const base::MemberId& member, absl::string_view after_id,
                                      uint32_t after_version, int limit) override {
    return inner_->ListAgreements(member, after_id, after_version, limit);
  }
  absl::StatusOr<int> CountOpenProposals(const base::MemberId& member, v1::Role by) override {
    return inner_->CountOpenProposals(member, by);
  }
  Listed<AgreementRow> ListAgreementsPastNotice(absl::Time now, int limit) override {
    return inner_->ListAgreementsPastNotice(now, limit);
  }
  Found<PolicyRow> FindPolicy(const crypto::Digest& digest) override {
    return inner_->FindPolicy(digest);
  }
  Found<PolicyRow> FindPolicyInForce() override { return inner_->FindPolicyInForce(); }
  absl::StatusOr<PolicyVersions> FindPolicyVersions(absl::string_view id) override {
    return inner_->FindPolicyVersions(id);
  }
  Listed<PolicyRow> ListPolicies(uint64_t before, int limit) override {
    return inner_->ListPolicies(before, limit);
  }
  Listed<PolicySignatureRow> ListPolicySignatures(const crypto::Digest& digest) override {
    return inner_->ListPolicySignatures(digest);
  }
  Found<RoundRow> FindRound(const base::RoundId& id) override { return inner_->FindRound(id); }
  Listed<RoundRow> ListRounds(absl::string_view after, int limit) override {
    return inner_->ListRounds(after, limit);
  }
  Listed<RoundRow> ListHeldRounds(absl::string_view prefecture, int fiscal_year) override {
    return inner_->ListHeldRounds(prefecture, fiscal_year);
  }
  Found<ContributionRow> FindContribution(absl::string_view iss,
                                          absl::string_view request_id) override {
    return inner_->FindContribution(iss, request_id);
  }
  Found<ContributionRow> FindRevision(const base::RoundId& round, const base::MemberId& member,
                                      uint32_t revision) override {
    return inner_->FindRevision(round, member, revision);
  }
  Listed<ContributionRow> LatestContributions(const base::RoundId& round,
                                              bool with_envelopes) override {
    return inner_->LatestContributions(round, with_envelopes);
  }
  Found<ConsentCheckpointRow> FindConsentCheckpoint(const base::MemberId& member) override {
    return inner_->FindConsentCheckpoint(member);
  }
  Found<ReleaseRow> FindRelease(uint64_t number) override { return inner_->FindRelease(number); }
  Listed<ReleaseRow> ListReleases(uint64_t after, int limit) override {
    return inner_->ListReleases(after, limit);
  }
  Listed<ReleaseRow> ListReleasesOf(absl::string_view area_code, int fiscal_year) override {
    return inner_->ListReleasesOf(area_code, fiscal_year);
  }
  Listed<CountedRow> ListCounted(uint64_t release) override { return inner_->ListCounted(release); }
  Found<uint64_t> FindReleaseOf(absl::string_view area_code, int fiscal_year,
                                absl::string_view indicator) override {
    return inner_->FindReleaseOf(area_code, fiscal_year, indicator);
  }
  Found<uint64_t> FindFirstReleaseOf(absl::string_view area_code,
                                     absl::string_view indicator) override {
    return inner_->FindFirstReleaseOf(area_code, indicator);
  }
  Found<uint64_t> NewestRelease(absl::string_view area_code, int fiscal_year) override {
    return inner_->NewestRelease(area_code, fiscal_year);
  }
  Listed<NoiseChargeRow> ListNoiseCharges() override { return inner_->ListNoiseCharges(); }
  Listed<std::string> ListIndicatorsReleased(bool with_noise) override {
    return inner_->ListIndicatorsReleased(with_noise);
  }
  absl::StatusOr<uint64_t> ReleaseCount() override { return inner_->ReleaseCount(); }
  absl::StatusOr<LogHead> Head() override { return inner_->Head(); }
  Listed<EntryRow> ListEntries(uint64_t from, int limit) override {
    return inner_->ListEntries(from, limit);
  }

  absl::Status InsertMember(const MemberRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertMember(row);
  }
  absl::Status UpdateMember(const MemberRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->UpdateMember(row);
  }
  absl::Status InsertIdentity(const IdentityRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertIdentity(row);
  }
  absl::Status UpdateIdentity(const IdentityRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->UpdateIdentity(row);
  }
  absl::Status InsertEnrolmentCode(const EnrolmentCodeRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertEnrolmentCode(row);
  }
  absl::Status UpdateEnrolmentCode(const EnrolmentCodeRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->UpdateEnrolmentCode(row);
  }
  absl::Status InsertActor(const ActorRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertActor(row);
  }
  absl::Status InsertSecret(absl::string_view name, const base::Secret& secret) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertSecret(name, secret);
  }
  absl::Status InsertMeta(absl::string_view name, absl::string_view value) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertMeta(name, value);
  }
  absl::Status InsertAgreement(const AgreementRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertAgreement(row);
  }
  absl::Status UpdateAgreement(const AgreementRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->UpdateAgreement(row);
  }
  absl::Status InsertPolicy(const PolicyRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertPolicy(row);
  }
  absl::Status UpdatePolicy(const PolicyRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->UpdatePolicy(row);
  }
  absl::Status InsertPolicySignature(const PolicySignatureRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertPolicySignature(row);
  }
  absl::Status UpdatePolicySignature(const PolicySignatureRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->UpdatePolicySignature(row);
  }
  absl::Status InsertRound(const RoundRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertRound(row);
  }
  absl::Status UpdateRound(const RoundRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->UpdateRound(row);
  }
  absl::Status InsertContribution(const ContributionRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertContribution(row);
  }
  absl::Status InsertConsentCheckpoint(const ConsentCheckpointRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertConsentCheckpoint(row);
  }
  absl::Status InsertRelease(const ReleaseRow& row,
                             const std::vector<CountedRow>& counted) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    inserted_ = row.bytes;
    return inner_->InsertRelease(row, counted);
  }
  absl::Status InsertNoiseCharge(const NoiseChargeRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertNoiseCharge(row);
  }
  absl::Status InsertEntry(const EntryRow& row) override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    return inner_->InsertEntry(row);
  }
  absl::Status Commit() override {
    RENKEI_RETURN_IF_ERROR(faults_.Next());
    if (faults_.loses_releases && !inserted_.empty()) {
      faults_.lost_release = inserted_;
      return absl::UnavailableError("a release was lost for the test");
    }
    RENKEI_RETURN_IF_ERROR(inner_->Commit());
    return faults_.Next();
  }

 private:
  std::unique_ptr<Transaction> inner_;
  Faults& faults_;
  std::string inserted_;
};

class FaultyStore final : public Store {
 public:
  FaultyStore(Store& inner, Faults& faults) : inner_(inner), faults_(faults) {}
  absl::StatusOr<std::unique_ptr<Snapshot>> Read() override { return inner_.Read(); }
  absl::StatusOr<std::unique_ptr<Transaction>> Write() override {
    RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<Transaction> transaction, inner_.Write());
    return std::unique_ptr<Transaction>(
        std::make_unique<FaultyTransaction>(std::move(transaction), faults_));
  }

 private:
  Store& inner_;
  Faults& faults_;
};

}  // namespace renkei::hub::store
