#include "agents/contribute/statement.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <utility>

#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"

namespace renkei::agents::contribute {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace disclosure = renkei::policy::disclosure;

namespace {

// Whole milliseconds: the hub stores no finer time.
google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  const int64_t millis = absl::ToUnixMillis(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(millis / 1000);
  timestamp.set_nanos(static_cast<int32_t>(millis % 1000) * 1'000'000);
  return timestamp;
}

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

std::string Serialise(const v1::ContributionStatement& statement) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    statement.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

absl::Time NotAfter(absl::Time issued_at, const v1::PolicyDocument& policy) {
  constexpr uint32_t kMaxDays = 7;
  const uint32_t days = policy.contribution_max_age_days() == 0
                            ? kMaxDays
                            : std::min(policy.contribution_max_age_days(), kMaxDays);
  return issued_at + absl::Hours(24) * days;
}

v1::ContributionStatement MakeStatement(
    const disclosure::ProtectedTable<disclosure::ForPooling>& table, const RoundQuestion& question,
    const policy::agreement::Agreement& agreement, const policy::consent::CoverageCounts& coverage,
    const StatementHead& head) {
  const v1::RoundDescriptor& descriptor = question.descriptor;
  v1::ContributionStatement statement;
  statement.set_aud(descriptor.audience());
  statement.set_iss(head.issuer);
  statement.set_request_id(head.request_id);
  statement.set_round_id(descriptor.round_id());
  statement.set_round_digest(crypto::ToBytes(question.digest));
  *statement.mutable_issued_at() = ToTimestamp(head.issued_at);
  *statement.mutable_not_after() = ToTimestamp(head.not_after);
  statement.set_revision(head.revision);
  statement.set_supersedes(head.supersedes);
  statement.set_dua_id(agreement.terms().dua_id());
  statement.set_dua_version(agreement.terms().version());
  statement.set_dua_digest(crypto::ToBytes(table.agreement_digest()));
  statement.set_policy_digest(descriptor.policy_digest());
  statement.set_catalogue_digest(descriptor.catalogue_digest());
  statement.set_layout_digest(crypto::ToBytes(table.layout().digest()));
  *statement.mutable_insurer_number() = descriptor.insurer_number();
  statement.set_member_kind(agreement.terms().member_kind());
  for (const bool collected : table.collected()) statement.add_collected(collected);
  for (const int64_t count : table.counts()) statement.add_count(static_cast<uint64_t>(count));
  *statement.mutable_coverage() = policy::consent::ToCoverage(coverage);
  statement.set_engine_version(kEngineVersion);
  return statement;
}

OutboxEntry MakeEntry(const v1::ContributionStatement& statement, const crypto::Signer& signer) {
  OutboxEntry entry;
  entry.request_id = statement.request_id();
  entry.round_id = statement.round_id();
  entry.revision = statement.revision();
  entry.supersedes = statement.supersedes();
  entry.not_after = ToTime(statement.not_after());
  entry.envelope = crypto::SignEnvelope(crypto::kContributionType, Serialise(statement), signer);
  entry.payload_sha256 = crypto::Sha256(base::AsBytes(entry.envelope.payload()));
  return entry;
}

absl::StatusOr<v1::ContributionStatement> StatementOf(const OutboxEntry& entry) {
  v1::ContributionStatement statement;
  if (!statement.ParseFromString(entry.envelope.payload())) {
    return absl::DataLossError("outbox: a stored statement does not parse");
  }
  return statement;
}

absl::StatusOr<v1::ContributionStatement> StatementSealed(const OutboxEntry& entry,
                                                          const v1::ConsentCheckpoint& checkpoint,
                                                          absl::Time issued_at) {
  RENKEI_ASSIGN_OR_RETURN(v1::ContributionStatement statement, StatementOf(entry));
  *statement.mutable_issued_at() = ToTimestamp(issued_at);
  *statement.mutable_consent_checkpoint() = checkpoint;
  return statement;
}

absl::StatusOr<v1::ContributionStatement> StatementAgain(const OutboxEntry& old,
                                                         const std::string& request_id,
                                                         absl::Time issued_at,
                                                         absl::Time not_after) {
  RENKEI_ASSIGN_OR_RETURN(v1::ContributionStatement statement, StatementOf(old));
  statement.set_request_id(request_id);
  *statement.mutable_issued_at() = ToTimestamp(issued_at);
  *statement.mutable_not_after() = ToTimestamp(not_after);
  statement.clear_consent_checkpoint();
  return statement;
}

}  // namespace renkei::agents::contribute
