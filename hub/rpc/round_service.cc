// Rounds and contributions.
#include <algorithm>
#include <optional>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/rounds/open.h"
#include "hub/rounds/statement_checks.h"
#include "hub/rpc/services.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::rpc {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kLargestPage = 500;

absl::Status NotVisible() {
  return base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE,
                         "no round of this id that the caller may see", "round_id", "scope",
                         "list the rounds");
}

bool TakesPart(const v1::RoundDescriptor& descriptor, const base::MemberId& member) {
  return std::find(descriptor.member().begin(), descriptor.member().end(), member.value()) !=
         descriptor.member().end();
}

bool MaySee(const Caller& caller, const store::RoundRow& row,
            const v1::RoundDescriptor& descriptor) {
  if (caller.identity.role == v1::ROLE_MEMBER_AGENT) {
    return TakesPart(descriptor, caller.identity.member_id);
  }
  return CheckArea(caller, row.area_code).ok();
}

// An agent sees its own participation only.
absl::StatusOr<v1::Round> ToProto(store::Snapshot& snapshot, const store::RoundRow& row,
                                  const v1::RoundDescriptor& descriptor, const Caller& caller) {
  v1::Round round;
  round.set_descriptor_bytes(row.descriptor);
  round.set_descriptor_digest(crypto::ToBytes(row.digest));
  round.set_state(row.state);
  round.set_release_number(row.release_number);
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ContributionRow> contributions,
                          snapshot.LatestContributions(row.id, false));
  const bool agent = caller.identity.role == v1::ROLE_MEMBER_AGENT;
  for (const std::string& member : descriptor.member()) {
    if (agent && member != caller.identity.member_id.value()) continue;
    v1::Round::Participation* participation = round.add_participation();
    participation->set_member(member);
    for (const store::ContributionRow& contribution : contributions) {
      if (contribution.member_id.value() != member) continue;
      participation->set_contributed(true);
      participation->set_revision(contribution.revision);
      *participation->mutable_accepted_at() =
          google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
              absl::ToUnixMicros(contribution.accepted_at));
    }
  }
  return round;
}

// The round if the caller may see it; the same denial whether or not it exists.
absl::StatusOr<store::RoundRow> VisibleRound(store::Snapshot& snapshot, const Caller& caller,
                                             const std::string& round_id,
                                             v1::RoundDescriptor* descriptor) {
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::RoundRow> row,
                          snapshot.FindRound(base::RoundId(round_id)));
  if (!row.has_value()) {
    if (caller.identity.role != v1::ROLE_AUDITOR) return NotVisible();
    return base::MakeError(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND,
                           "no round of this id", "round_id", "", "list the rounds");
  }
  RENKEI_ASSIGN_OR_RETURN(*descriptor, rounds::DescriptorOf(*row));
  if (!MaySee(caller, *row, *descriptor)) return NotVisible();
  return *std::move(row);
}

absl::StatusOr<std::optional<absl::Time>> TimeOf(bool present,
                                                 const google::protobuf::Timestamp& timestamp,
                                                 absl::string_view field) {
  if (!present) return std::optional<absl::Time>();
  if (!rounds::IsPlausible(timestamp)) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                           "an instant outside 1970 to 2199", field, "", "correct it");
  }
  return std::optional<absl::Time>(rounds::ToTime(timestamp));
}

}  // namespace

grpc::Status RoundService::OpenRound(grpc::ServerContext* context,
                                     const v1::OpenRoundRequest* request,
                                     v1::OpenRoundResponse* response) {
  return shared_.door.Call(
      "renkei.v1.RoundService.OpenRound", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_RETURN_IF_ERROR(CheckArea(caller, request->area_code()));
        rounds::Question question;
        question.area_code = request->area_code();
        question.fiscal_year =
            static_cast<int>(std::min<uint32_t>(request->fiscal_year(), 1'000'000));
        question.purpose = request->purpose();
        question.indicators = {request->indicator().begin(), request->indicator().end()};
        question.members = {request->member().begin(), request->member().end()};
        RENKEI_ASSIGN_OR_RETURN(
            question.consent_instant,
            TimeOf(request->has_consent_instant(), request->consent_instant(), "consent_instant"));
        RENKEI_ASSIGN_OR_RETURN(question.deadline,
                                TimeOf(request->has_deadline(), request->deadline(), "deadline"));
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(const store::RoundRow row,
                                rounds::Open(*transaction, shared_.terms, question, caller.act));
        RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor descriptor, rounds::DescriptorOf(row));
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_round(),
                                ToProto(*transaction, row, descriptor, caller));
        return transaction->Commit();
      });
}

grpc::Status RoundService::CloseRound(grpc::ServerContext* context,
                                      const v1::CloseRoundRequest* request,
                                      v1::CloseRoundResponse* response) {
  return shared_.door.Call(
      "renkei.v1.RoundService.CloseRound", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        v1::RoundDescriptor descriptor;
        RENKEI_ASSIGN_OR_RETURN(
            const store::RoundRow row,
            VisibleRound(*transaction, caller, request->round_id(), &descriptor));
        RENKEI_ASSIGN_OR_RETURN(const store::RoundRow closed,
                                rounds::Close(*transaction, row, caller.act));
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_round(),
                                ToProto(*transaction, closed, descriptor, caller));
        return transaction->Commit();
      });
}

grpc::Status RoundService::ListRounds(grpc::ServerContext* context,
                                      const v1::ListRoundsRequest* request,
                                      v1::ListRoundsResponse* response) {
  return shared_.door.Call(
      "renkei.v1.RoundService.ListRounds", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        const int page = static_cast<int>(request->page_size() == 0
                                              ? kDefaultPage
                                              : std::min(request->page_size(), kLargestPage));
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        std::string after = request->page_token();
        while (true) {
          RENKEI_ASSIGN_OR_RETURN(const std::vector<store::RoundRow> rows,
                                  snapshot->ListRounds(after, page));
          for (const store::RoundRow& row : rows) {
            after = row.id.value();
            if (request->state_size() > 0 &&
                std::find(request->state().begin(), request->state().end(), row.state) ==
                    request->state().end()) {
              continue;
            }
            RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor descriptor,
                                    rounds::DescriptorOf(row));
            if (!MaySee(caller, row, descriptor)) continue;
            RENKEI_ASSIGN_OR_RETURN(*response->add_round(),
                                    ToProto(*snapshot, row, descriptor, caller));
            if (response->round_size() == page) {
              response->set_next_page_token(after);
              return absl::OkStatus();
            }
          }
          if (static_cast<int>(rows.size()) < page) return absl::OkStatus();
        }
      });
}

grpc::Status RoundService::GetRound(grpc::ServerContext* context,
                                    const v1::GetRoundRequest* request,
                                    v1::GetRoundResponse* response) {
  return shared_.door.Call(
      "renkei.v1.RoundService.GetRound", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        v1::RoundDescriptor descriptor;
        RENKEI_ASSIGN_OR_RETURN(const store::RoundRow row,
                                VisibleRound(*snapshot, caller, request->round_id(), &descriptor));
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_round(),
                                ToProto(*snapshot, row, descriptor, caller));
        RENKEI_ASSIGN_OR_RETURN(const crypto::Digest digest,
                                crypto::DigestFromBytes(descriptor.policy_digest()));
        RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> policy,
                                snapshot->FindPolicy(digest));
        if (policy.has_value()) response->set_policy_text(policy->text);
        return absl::OkStatus();
      });
}

grpc::Status ContributionService::SubmitContribution(grpc::ServerContext* context,
                                                     const v1::SubmitContributionRequest* request,
                                                     v1::SubmitContributionResponse* response) {
  return shared_.door.Call("renkei.v1.ContributionService.SubmitContribution", *context, *request,
                           [&](const Caller& caller) -> absl::Status {
                             RENKEI_ASSIGN_OR_RETURN(
                                 *response->mutable_receipt(),
                                 rounds::Accept(shared_.store, shared_.terms, shared_.receipt_key,
                                                caller.peer(), request->envelope(), caller.act));
                             return absl::OkStatus();
                           });
}

grpc::Status ContributionService::GetSubmission(grpc::ServerContext* context,
                                                const v1::GetSubmissionRequest* request,
                                                v1::GetSubmissionResponse* response) {
  return shared_.door.Call(
      "renkei.v1.ContributionService.GetSubmission", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        RENKEI_ASSIGN_OR_RETURN(
            const std::optional<store::ContributionRow> row,
            snapshot->FindContribution(caller.identity.spiffe_id, request->request_id()));
        if (!row.has_value()) return absl::OkStatus();
        response->set_known(true);
        if (!response->mutable_receipt()->ParseFromString(row->receipt)) {
          return absl::DataLossError("a stored receipt cannot be read");
        }
        return absl::OkStatus();
      });
}

}  // namespace renkei::hub::rpc
