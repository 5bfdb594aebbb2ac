#include "hub/rounds/statement_checks.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "policy/base/error.h"
#include "policy/base/random.h"
#include "policy/base/status.h"

namespace renkei::hub::rounds {
namespace base = renkei::policy::base;
namespace tables = renkei::policy::tables;
namespace {

constexpr size_t kMaxVersionBytes = 64;

absl::Status Invalid(v1::ErrorReason reason, absl::string_view field, absl::string_view message) {
  return base::MakeError(absl::StatusCode::kInvalidArgument, reason,
                         absl::StrCat(field, ": ", message), field, "contribution",
                         "prepare the contribution again");
}

absl::Status Stale(v1::ErrorReason reason, absl::string_view field, absl::string_view message) {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, reason,
                         absl::StrCat(field, ": ", message), field, absl::StrCat("round.", field),
                         "fetch the round again and prepare a new contribution");
}

bool IsCoarse(const v1::CoarseCount& count) {
  return count.below_ten() ? count.rounded_to_ten() == 0
                           : count.rounded_to_ten() % 10 == 0 && count.rounded_to_ten() >= 10;
}

}  // namespace

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(timestamp));
}

bool IsPlausible(const google::protobuf::Timestamp& timestamp) {
  constexpr int64_t kEndOf2199 = 7258118400;
  return timestamp.seconds() >= 0 && timestamp.seconds() < kEndOf2199 && timestamp.nanos() >= 0 &&
         timestamp.nanos() < 1'000'000'000;
}

absl::Status CheckForm(const v1::ContributionStatement& statement) {
  if (!base::IsUuidV7(statement.request_id())) {
    return Invalid(v1::ERROR_REASON_MALFORMED, "request_id", "must be a UUID of version 7");
  }
  if (!base::IsUuidV7(statement.round_id())) {
    return Invalid(v1::ERROR_REASON_MALFORMED, "round_id", "must be a UUID of version 7");
  }
  if (!statement.has_issued_at() || !statement.has_not_after() ||
      !IsPlausible(statement.issued_at()) || !IsPlausible(statement.not_after())) {
    return Invalid(v1::ERROR_REASON_MALFORMED, "issued_at", "issued_at and not_after are required");
  }
  if (statement.member_kind() == v1::MEMBER_KIND_UNSPECIFIED) {
    return Invalid(v1::ERROR_REASON_MALFORMED, "member_kind", "is required");
  }
  if (statement.revision() < 1 || statement.revision() > 3) {
    return Invalid(v1::ERROR_REASON_REVISION, "revision",
                   "must be 1 to 3: a contribution may be revised twice");
  }
  if ((statement.revision() == 1) != statement.supersedes().empty()) {
    return Invalid(v1::ERROR_REASON_REVISION, "supersedes",
                   "names the request id of the previous revision, and is empty for the first");
  }
  if (statement.engine_version().size() > kMaxVersionBytes) {
    return Invalid(v1::ERROR_REASON_MALFORMED, "engine_version", "is longer than 64 bytes");
  }
  if (statement.has_consent_checkpoint() &&
      (!statement.consent_checkpoint().has_made_at() ||
       !IsPlausible(statement.consent_checkpoint().made_at()))) {
    return Invalid(v1::ERROR_REASON_MALFORMED, "consent_checkpoint.made_at", "is required");
  }
  if (statement.has_coverage()) {
    const v1::ConsentCoverage& coverage = statement.coverage();
    if (!IsCoarse(coverage.eligible()) || !IsCoarse(coverage.included()) ||
        !IsCoarse(coverage.excluded_denied()) || !IsCoarse(coverage.excluded_absent())) {
      return Invalid(v1::ERROR_REASON_MALFORMED, "coverage",
                     "figures are rounded to tens, or stated as below ten");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFrozen(const v1::ContributionStatement& statement,
                         const v1::RoundDescriptor& descriptor, const std::string& round_digest) {
  if (statement.policy_digest() != descriptor.policy_digest()) {
    return Stale(v1::ERROR_REASON_POLICY_STALE, "policy_digest",
                 "the contribution was made under another policy than the round's");
  }
  if (statement.catalogue_digest() != descriptor.catalogue_digest()) {
    return Stale(v1::ERROR_REASON_CATALOGUE_STALE, "catalogue_digest",
                 "the contribution was made with another catalogue than the round's");
  }
  if (statement.layout_digest() != descriptor.layout_digest()) {
    return Stale(v1::ERROR_REASON_LAYOUT_MISMATCH, "layout_digest",
                 "the contribution has another layout than the round");
  }
  if (!std::equal(statement.insurer_number().begin(), statement.insurer_number().end(),
                  descriptor.insurer_number().begin(), descriptor.insurer_number().end())) {
    return Stale(v1::ERROR_REASON_INSURER_LIST_MISMATCH, "insurer_number",
                 "the contribution was made for another list of member insurers than the round's");
  }
  if (statement.round_digest() != round_digest) {
    return Stale(v1::ERROR_REASON_LAYOUT_MISMATCH, "round_digest",
                 "the contribution was made for another descriptor of the round");
  }
  return absl::OkStatus();
}

absl::StatusOr<tables::Cube> CubeOf(const v1::ContributionStatement& statement,
                                    const tables::Layout& layout) {
  const size_t measures = layout.measures().size();
  if (static_cast<size_t>(statement.collected_size()) != measures) {
    return Invalid(v1::ERROR_REASON_IMPLAUSIBLE, "collected", "has not one value per measure");
  }
  if (static_cast<size_t>(statement.count_size()) != layout.size()) {
    return Invalid(v1::ERROR_REASON_IMPLAUSIBLE, "count",
                   "has not one value per cell of the layout");
  }
  tables::Cube cube(std::make_shared<const tables::Layout>(layout));
  for (size_t i = 0; i < layout.size(); ++i) {
    const uint64_t count = statement.count(static_cast<int>(i));
    // Also keeps the cast below from wrapping round.
    if (count >= static_cast<uint64_t>(tables::kMaxCount)) {
      return Invalid(v1::ERROR_REASON_IMPLAUSIBLE, "count", "a count must be below 2^40");
    }
    cube.counts()[i] = static_cast<int64_t>(count);
  }
  for (size_t i = 0; i < measures; ++i) {
    cube.collected()[i] = statement.collected(static_cast<int>(i));
  }
  if (const absl::Status plausible = tables::CheckPlausible(cube); !plausible.ok()) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_IMPLAUSIBLE,
                           plausible.message(), "count", "contribution",
                           "prepare the contribution again");
  }
  return cube;
}

}  // namespace renkei::hub::rounds
