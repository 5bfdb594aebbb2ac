#include "hub/releases/grouping.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/indicators/release_tables.h"
#include "hub/releases/stored_release.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/disclosure/protect_union.h"
#include "policy/rules/withheld_levels.h"

namespace renkei::hub::releases {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace disclosure = renkei::policy::disclosure;
namespace rules = renkei::policy::rules;
using google::protobuf::util::TimeUtil;
namespace {

constexpr size_t kLongestName = 100;  // bytes

absl::Status Record(store::Transaction& transaction, const log::Act& act, log::EntryType type,
                    const store::ReleaseRow& of, std::map<std::string, log::Value> objects) {
  objects["area"] = of.area_code;
  objects["round_id"] = of.round_id.value();
  return log::Append(transaction, act,
                     {.type = type, .objects = std::move(objects), .fiscal_year = of.fiscal_year})
      .status();
}

// The entry of a refusal, which is then returned.
absl::Status Refused(store::Store& store, const log::Act& act, const store::ReleaseRow& of,
                     absl::Status refusal) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_RETURN_IF_ERROR(Record(*transaction, act, log::EntryType::kGroupingRefused, of,
                                {{"release", static_cast<int64_t>(of.number)}}));
  RENKEI_RETURN_IF_ERROR(transaction->Commit());
  return refusal;
}

absl::Status CheckName(const std::string& name) {
  if (!name.empty() && name.size() <= kLongestName && base::Printable(name) == name) {
    return absl::OkStatus();
  }
  return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                         "the name of the grouping is empty, too long or not fit to print",
                         "grouping.name", "grouping.name",
                         absl::StrCat("one line of at most ", kLongestName, " bytes of UTF-8"));
}

absl::Status Exists(absl::string_view message, absl::string_view field) {
  return base::MakeError(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_CONFLICT, message,
                         field, "grouping.name", "another name, or the grouping that there is");
}

absl::StatusOr<store::ReleaseRow> FindBase(store::Snapshot& snapshot, uint64_t number) {
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::ReleaseRow> row, snapshot.FindRelease(number));
  if (!row.has_value()) {
    return base::MakeError(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND,
                           "no release of this number", "release_number", "", "list the releases");
  }
  if (row->grouping_of != 0) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                           "a grouping has no groupings", "release_number", "grouping.release",
                           absl::StrCat("release ", row->grouping_of, ", of which it is made"));
  }
  return *std::move(row);
}

// The stored grouping of that name and set; nullopt when both are new.
absl::StatusOr<std::optional<store::ReleaseRow>> FindStored(store::Snapshot& snapshot,
                                                            const store::ReleaseRow& of,
                                                            const v1::Grouping& wanted) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ReleaseRow> rows,
                          snapshot.ListReleasesOf(of.area_code, of.fiscal_year));
  for (const store::ReleaseRow& head : rows) {
    if (head.grouping_of == 0) continue;
    RENKEI_ASSIGN_OR_RETURN(std::optional<store::ReleaseRow> row,
                            snapshot.FindRelease(head.number));
    if (!row.has_value()) return absl::DataLossError("a grouping is not in the store");
    RENKEI_ASSIGN_OR_RETURN(const v1::Release release, ReleaseOf(*row));
    const auto& codes = release.grouping().municipality();
    const bool same_set = std::equal(codes.begin(), codes.end(), wanted.municipality().begin(),
                                     wanted.municipality().end());
    const bool same_name = release.grouping().name() == wanted.name();
    if (same_name && !same_set) {
      return Exists("a grouping of the area and year has this name and other municipalities",
                    "grouping.name");
    }
    if (head.grouping_of != of.number || !same_set) continue;
    if (!same_name) {
      return Exists("a grouping of the release has these municipalities and another name",
                    "grouping.municipality");
    }
    return row;
  }
  return std::nullopt;
}

absl::Status Replaced() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_ALREADY_RELEASED,
                         "a newer release has indicators of this one", "release_number",
                         "grouping.release", "a grouping of the newer release");
}

absl::Status NotExact() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LAYOUT_MISMATCH,
                         "the release has noise; unions are made of exact ones", "release_number",
                         "grouping.release", "a release of exact counts");
}

absl::Status OtherTerms() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_NO_AGREEMENT,
                         "what members agreed has changed since the release was made",
                         "release_number", "agreement", "a new round, and a grouping of it");
}

// What the union is made from: the round as if it were to be released now.
struct Ground {
  Candidate candidate;
  absl::Status refusal;  // why there may be no grouping now
};

absl::StatusOr<Ground> GroundOf(store::Snapshot& snapshot, const rounds::Terms& terms,
                                const store::ReleaseRow& of, const v1::Release& release,
                                absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::RoundRow> round, snapshot.FindRound(of.round_id));
  if (!round.has_value()) return absl::DataLossError("a release has no round in the store");
  round->state = v1::ROUND_STATE_CLOSED;
  RENKEI_ASSIGN_OR_RETURN(
      Candidate candidate,
      CandidateOf(snapshot, terms, *round, rules::LayoutOf(release.withheld_level()).name, now));
  Ground ground{std::move(candidate), absl::OkStatus()};
  for (const std::string& indicator : of.indicators) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<uint64_t> newest,
                            snapshot.FindReleaseOf(of.area_code, of.fiscal_year, indicator));
    if (newest != of.number) ground.refusal = Replaced();
  }
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::CountedRow> counted,
                          snapshot.ListCounted(of.number));
  const std::vector<store::CountedRow>& now_counted = ground.candidate.inputs.counted;
  const bool same_terms = std::equal(
      counted.begin(), counted.end(), now_counted.begin(), now_counted.end(),
      [](const store::CountedRow& a, const store::CountedRow& b) {
        return a.member_id == b.member_id && a.revision == b.revision && a.terms == b.terms;
      });
  if (release.has_noise()) {
    ground.refusal = NotExact();
  } else if (!ground.candidate.decision.permitted()) {
    ground.refusal = rules::ToStatus(ground.candidate.decision);
  } else if (!same_terms) {
    ground.refusal = OtherTerms();
  }
  return ground;
}

disclosure::UnionRequest RequestFor(const Ground& ground, const store::ReleaseRow& of,
                                    const v1::Grouping& grouping,
                                    const disclosure::ProtectRequest& as_round) {
  disclosure::UnionRequest request;
  request.ledger = as_round.earlier;
  const std::vector<SealedRelease>& ledger = ground.candidate.inputs.ledger;
  request.of = static_cast<size_t>(
      std::find_if(ledger.begin(), ledger.end(),
                   [&](const SealedRelease& sealed) { return sealed.number == of.number; }) -
      ledger.begin());
  request.municipalities = {grouping.municipality().begin(), grouping.municipality().end()};
  return request;
}

// The release's own head with the cells of the union.
v1::Release Assemble(const v1::Release& of, const Ground& ground, const v1::Grouping& grouping,
                     const disclosure::ProtectedTable<disclosure::ForRelease>& table,
                     absl::Time now) {
  v1::Release release = of;
  release.clear_table();
  release.clear_replaces();
  release.clear_agreement_digest();
  for (const crypto::Digest& digest : ground.candidate.inputs.agreement_digests) {
    release.add_agreement_digest(crypto::ToBytes(digest));
  }
  for (v1::ReleaseTable& one : indicators::BuildTables(table))
    *release.add_table() = std::move(one);
  *release.mutable_created_at() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now));
  release.set_public_release(of.public_release() && ground.candidate.inputs.public_release);
  *release.mutable_grouping() = grouping;
  return release;
}

absl::StatusOr<store::ReleaseRow> Publish(store::Store& store, const rounds::Terms& terms,
                                          const store::ReleaseRow& of, const Ground& ground,
                                          const v1::Release& base_release, v1::Release release,
                                          const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ReleaseRow> stored,
                          FindStored(*transaction, of, release.grouping()));
  if (stored.has_value()) return *stored;  // made by another call meanwhile
  RENKEI_ASSIGN_OR_RETURN(const Ground now,
                          GroundOf(*transaction, terms, of, base_release, act.now));
  RENKEI_RETURN_IF_ERROR(now.refusal);
  if (now.candidate.inputs.newest_release != ground.candidate.inputs.newest_release) {
    return base::MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_IN_PROGRESS,
                           "another release of the area and year was made meanwhile",
                           "release_number", "release.ledger", "ask for the grouping again");
  }
  RENKEI_ASSIGN_OR_RETURN(const uint64_t count, transaction->ReleaseCount());
  release.set_number(count + 1);
  store::ReleaseRow row = of;
  row.number = count + 1;
  row.created_at = act.now;
  row.replaces.clear();
  row.grouping_of = of.number;
  row.grouping_name = release.grouping().name();
  row.bytes = release.SerializeAsString();
  row.sha256 = crypto::Sha256(base::AsBytes(row.bytes));
  RENKEI_RETURN_IF_ERROR(transaction->InsertRelease(row, {}));
  RENKEI_RETURN_IF_ERROR(Record(
      *transaction, act, log::EntryType::kGroupingAdmitted, of,
      {{"release", static_cast<int64_t>(row.number)}, {"sha256", crypto::ToHex(row.sha256)}}));
  RENKEI_RETURN_IF_ERROR(transaction->Commit());
  return row;
}

}  // namespace

absl::StatusOr<store::ReleaseRow> MakeGrouping(store::Store& store, const rounds::Terms& terms,
                                               const Surroundings& surroundings,
                                               uint64_t release_number,
                                               const v1::Grouping& grouping, const log::Act& act) {
  RENKEI_RETURN_IF_ERROR(CheckName(grouping.name()));
  v1::Grouping wanted = grouping;
  std::sort(wanted.mutable_municipality()->begin(), wanted.mutable_municipality()->end());
  RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const store::ReleaseRow of, FindBase(*snapshot, release_number));
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::ReleaseRow> stored,
                          FindStored(*snapshot, of, wanted));
  if (stored.has_value()) return *std::move(stored);
  RENKEI_ASSIGN_OR_RETURN(const v1::Release base_release, ReleaseOf(of));
  RENKEI_ASSIGN_OR_RETURN(const Ground ground,
                          GroundOf(*snapshot, terms, of, base_release, act.now));
  snapshot.reset();
  if (!ground.refusal.ok()) return Refused(store, act, of, ground.refusal);
  const auto request = RequestOf(ground.candidate, terms, surroundings);
  if (!request.ok()) return Refused(store, act, of, request.status());
  const base::Secret table_key =
      disclosure::DeriveTableKey(surroundings.release_root, of.area_code);
  const auto table =
      disclosure::ProtectUnion(RequestFor(ground, of, wanted, *request), table_key.bytes());
  if (!table.ok()) {
    const bool is_refusal = table.status().code() == absl::StatusCode::kFailedPrecondition ||
                            table.status().code() == absl::StatusCode::kResourceExhausted;
    return is_refusal ? Refused(store, act, of, table.status()) : table.status();
  }
  return Publish(store, terms, of, ground, base_release,
                 Assemble(base_release, ground, wanted, *table, act.now), act);
}

}  // namespace renkei::hub::releases
