// The door that every call goes through: identity, role, limits, scope, then the thin service
// method; on the way out, errors with a reason. A method without a row in the table is refused.
// Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"
#include "hub/log/log.h"
#include "hub/rounds/accept.h"
#include "hub/rpc/method_table.h"
#include "hub/rpc/peer_registry.h"
#include "hub/rpc/token_bucket.h"
#include "hub/store/store.h"
#include "policy/base/clock.h"
#include "policy/base/random.h"

namespace google::protobuf {
class Message;
}

namespace renkei::hub::rpc {

// Who calls, as registered.
struct Caller {
  store::IdentityRow identity;
  v1::MemberKind member_kind = v1::MEMBER_KIND_UNSPECIFIED;
  log::Act act;  // of this call

  rounds::Peer peer() const;
};

// PERMISSION_DENIED (SCOPE) unless the caller is an auditor, or the secretariat of the area.
absl::Status CheckArea(const Caller& caller, absl::string_view area_code);

struct RateLimits {
  double member_writes_per_second = 1;
  double member_write_burst = 5;
  double calls_per_second = 5;  // reads of everybody, writes of persons
  double call_burst = 20;
};

// What tries are counted by: the IPv4 address of a gRPC peer, or the /64 network of an IPv6 one, of
// whose addresses everybody has as many as he likes.
std::string NetworkOf(absl::string_view grpc_peer);

class Door {
 public:
  Door(store::Store& store, base::Clock& clock, base::Random& random, const RateLimits& limits);

  // Runs `body(caller)` for an admitted call; any refusal becomes a gRPC status with its
  // ErrorDetail.
  template <typename Body>
  grpc::Status Call(absl::string_view method, const grpc::ServerContext& context,
                    const google::protobuf::Message& request, Body body) {
    const MethodRule* rule = FindMethodRule(method);
    absl::StatusOr<Caller> caller = Admit(rule, context, request);
    if (!caller.ok()) return Answer(caller.status());
    // The rate first: refusals are entries, and nobody may flood the log with them.
    absl::Status status = CheckRate(*rule, *caller);
    if (status.ok()) status = CheckRole(*rule, *caller);
    if (status.ok()) status = body(*caller);
    RecordDenial(*rule, *caller, status);
    return Answer(status);
  }

  // Enrolment: nobody is identified yet; `body(peer address, act)`.
  template <typename Body>
  grpc::Status CallUnidentified(absl::string_view method, const grpc::ServerContext& context,
                                const google::protobuf::Message& request, Body body) {
    const MethodRule* rule = FindMethodRule(method);
    absl::Status status = CheckCall(rule, context, request);
    if (status.ok()) status = body(NetworkOf(context.peer()), ActOf(""));
    return Answer(status);
  }

  PeerRegistry& registry() { return registry_; }
  // True once a hash or key check has failed: the hub must stop serving.
  bool data_loss_seen() const { return data_loss_seen_.load(); }

 private:
  absl::StatusOr<Caller> Admit(const MethodRule* rule, const grpc::ServerContext& context,
                               const google::protobuf::Message& request);
  // Row, size, deadline, unknown fields.
  absl::Status CheckCall(const MethodRule* rule, const grpc::ServerContext& context,
                         const google::protobuf::Message& request);
  absl::Status CheckRole(const MethodRule& rule, const Caller& caller);
  absl::Status CheckRate(const MethodRule& rule, const Caller& caller);
  // Refused writes are entries (access.denied).
  void RecordDenial(const MethodRule& rule, const Caller& caller, const absl::Status& status);
  grpc::Status Answer(const absl::Status& status);
  log::Act ActOf(std::string who);

  store::Store& store_;
  base::Clock& clock_;
  base::Random& random_;
  PeerRegistry registry_;
  TokenBuckets member_writes_;
  TokenBuckets reads_;
  TokenBuckets person_writes_;
  std::atomic<bool> data_loss_seen_ = false;
};

}  // namespace renkei::hub::rpc
