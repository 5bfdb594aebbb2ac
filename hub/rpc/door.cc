#include "hub/rpc/door.h"

#include <arpa/inet.h>

#include <algorithm>
#include <chrono>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/message.h"
#include "hub/rounds/strict_message.h"
#include "policy/base/error.h"
#include "policy/base/log.h"
#include "policy/base/status.h"
#include "policy/crypto/spiffe.h"
#include "policy/transport/transport.h"

namespace renkei::hub::rpc {
namespace {

// What a caller may think of as 60 s while the clocks and the way differ.
constexpr absl::Duration kDeadlineTolerance = absl::Seconds(5);

absl::Status ScopeDenied() {
  return base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE,
                         "outside the caller's own area or organisation", "", "scope",
                         "use an identity of that area or organisation");
}

absl::Status CheckDeadline(const MethodRule& rule, const grpc::ServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) {
    return base::MakeError(
        absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_DEADLINE_MISSING,
        "the call has no deadline", "", "deadline",
        absl::StrCat("set one of at most ", absl::FormatDuration(rule.max_deadline)));
  }
  if (absl::FromChrono(deadline - std::chrono::system_clock::now()) >
      rule.max_deadline + kDeadlineTolerance) {
    return base::MakeError(
        absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_DEADLINE_MISSING,
        absl::StrCat("the deadline is later than ", absl::FormatDuration(rule.max_deadline)), "",
        "deadline", "set an earlier one");
  }
  return absl::OkStatus();
}

}  // namespace

rounds::Peer Caller::peer() const {
  return {.spiffe_id = identity.spiffe_id,
          .member_id = identity.member_id,
          .kind = member_kind,
          .signing_public_key = identity.signing_public_key};
}

absl::Status CheckArea(const Caller& caller, absl::string_view area_code) {
  if (caller.identity.role == v1::ROLE_AUDITOR) return absl::OkStatus();
  if (caller.identity.role == v1::ROLE_SECRETARIAT && !area_code.empty() &&
      caller.identity.scope == area_code) {
    return absl::OkStatus();
  }
  return ScopeDenied();
}

Door::Door(store::Store& store, base::Clock& clock, base::Random& random, const RateLimits& limits)
    : store_(store),
      clock_(clock),
      random_(random),
      registry_(store),
      member_writes_(limits.member_writes_per_second, limits.member_write_burst),
      reads_(limits.calls_per_second, limits.call_burst),
      person_writes_(limits.calls_per_second, limits.call_burst) {}

log::Act Door::ActOf(std::string who) {
  return {.who = std::move(who), .now = clock_.Now(), .random = &random_};
}

std::string NetworkOf(absl::string_view grpc_peer) {
  // "ipv4:127.0.0.1:40000" or "ipv6:%5B2001:db8::1%5D:40000", without the port.
  const absl::string_view address = grpc_peer.substr(0, grpc_peer.rfind(':'));
  absl::string_view text = address;
  if (!absl::ConsumePrefix(&text, "ipv6:")) return std::string(address);
  if (!absl::ConsumePrefix(&text, "%5B")) absl::ConsumePrefix(&text, "[");
  if (!absl::ConsumeSuffix(&text, "%5D")) absl::ConsumeSuffix(&text, "]");
  in6_addr bytes{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), &bytes) != 1) return std::string(address);
  return absl::StrCat("ipv6:", absl::BytesToHexString(absl::string_view(
                                   reinterpret_cast<const char*>(bytes.s6_addr), 8)));
}

absl::Status Door::CheckCall(const MethodRule* rule, const grpc::ServerContext& context,
                             const google::protobuf::Message& request) {
  if (rule == nullptr) return absl::UnimplementedError("a method that the hub does not know");
  if (const size_t size = request.ByteSizeLong(); size > rule->max_request_bytes) {
    return base::MakeError(
        absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_TOO_LARGE,
        absl::StrCat("the request is larger than ", rule->max_request_bytes, " bytes"), "",
        "method.max_request_bytes", "send less");
  }
  RENKEI_RETURN_IF_ERROR(CheckDeadline(*rule, context));
  return rounds::RefuseUnknown(request);
}

absl::StatusOr<Caller> Door::Admit(const MethodRule* rule, const grpc::ServerContext& context,
                                   const google::protobuf::Message& request) {
  const auto certificates =
      context.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (certificates.size() != 1) {
    return base::MakeError(absl::StatusCode::kUnauthenticated, v1::ERROR_REASON_UNKNOWN_IDENTITY,
                           "the connection carries no client certificate", "", "mTLS",
                           "use the certificate that the hub issued");
  }
  const absl::string_view pem(certificates[0].data(), certificates[0].size());
  Caller caller;
  RENKEI_ASSIGN_OR_RETURN(caller.identity, registry_.Identify(pem, clock_.Now()));
  RENKEI_RETURN_IF_ERROR(CheckCall(rule, context, request));
  if (caller.identity.role == v1::ROLE_MEMBER_AGENT) {
    RENKEI_ASSIGN_OR_RETURN(const crypto::SpiffeId id,
                            crypto::ParseSpiffeId(caller.identity.spiffe_id));
    caller.member_kind = id.member_kind;
  }
  caller.act = ActOf(caller.identity.spiffe_id);
  return caller;
}

absl::Status Door::CheckRole(const MethodRule& rule, const Caller& caller) {
  if ((rule.roles & Bit(caller.identity.role)) != 0) return absl::OkStatus();
  return base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_ROLE,
                         "the caller's role may not use this method", "", "method.roles",
                         "use an identity of another role");
}

absl::Status Door::CheckRate(const MethodRule& rule, const Caller& caller) {
  const bool write = rule.rate == RateClass::kWrite;
  const bool agent = caller.identity.role == v1::ROLE_MEMBER_AGENT;
  TokenBuckets& buckets = !write ? reads_ : agent ? member_writes_ : person_writes_;
  if (buckets.Take(caller.identity.spiffe_id, caller.act.now)) return absl::OkStatus();
  return base::MakeError(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_RATE_LIMIT,
                         "too many calls in a short time", "",
                         agent && write ? "writes_per_second" : "reads_per_second",
                         "wait some seconds and call again");
}

void Door::RecordDenial(const MethodRule& rule, const Caller& caller, const absl::Status& status) {
  if (rule.audit != AuditType::kAct) return;
  const v1::ErrorReason reason = base::DetailOf(status).reason();
  if (reason != v1::ERROR_REASON_ROLE && reason != v1::ERROR_REASON_SCOPE) return;
  const absl::Status recorded = [&]() -> absl::Status {
    RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store_.Write());
    RENKEI_RETURN_IF_ERROR(
        log::Append(*transaction, caller.act,
                    {.type = log::EntryType::kAccessDenied,
                     .objects = {{"method", std::string(rule.method)},
                                 {"reason", std::string(v1::ErrorReason_Name(reason))}}})
            .status());
    return transaction->Commit();
  }();
  if (!recorded.ok()) spdlog::error("a refusal could not be recorded in the log");
}

grpc::Status Door::Answer(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kDataLoss:
      data_loss_seen_.store(true);
      spdlog::critical("a hash or key check failed; the hub stops serving");
      return policy::transport::ToGrpc(
          base::MakeError(absl::StatusCode::kDataLoss, v1::ERROR_REASON_STORAGE,
                          "the hub's storage failed a check; it stops serving", "", "storage",
                          "the operator restores the newest backup"));
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      spdlog::error("internal error: {}", std::string(status.message()));
      return policy::transport::ToGrpc(absl::InternalError("internal error of the hub"));
    case absl::StatusCode::kResourceExhausted:
      if (base::DetailOf(status).reason() == v1::ERROR_REASON_UNSPECIFIED) {
        return policy::transport::ToGrpc(base::MakeError(
            absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_STORAGE,
            "the hub cannot store anything more; nothing was changed", "", "storage",
            "send the same request again once the operator has made room"));
      }
      return policy::transport::ToGrpc(status);
    default:
      return policy::transport::ToGrpc(status);
  }
}

}  // namespace renkei::hub::rpc
