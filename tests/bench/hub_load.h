// The load on a hub: 64 member identities with their own keys and channels, made over the wire.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "policy/crypto/ed25519.h"
#include "policy/transport/transport.h"
#include "renkei/v1/config.pb.h"
#include "renkei/v1/envelope.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::tests::bench {

struct LoadMember {
  std::string code;
  std::string spiffe_id;
  std::string dua_id;
  std::string dua_digest;  // 32 bytes
  std::unique_ptr<policy::crypto::Signer> signer;
  policy::transport::TlsFiles tls;
  std::shared_ptr<grpc::Channel> channel;
};

struct HubAddresses {
  std::string main;
  std::string enrolment;
};

// Invites, enrols and agrees `count` insurers.
std::vector<LoadMember> MakeMembers(int count, const HubAddresses& addresses,
                                    const v1::Bundle& operator_bundle,
                                    const v1::Bundle& secretariat_bundle);

v1::Round OpenRound(const std::string& address, const v1::Bundle& secretariat, int fiscal_year);

// A signed contribution of plausible counts for the round.
v1::DsseEnvelope MakeContribution(const LoadMember& member, const v1::Round& round);

}  // namespace renkei::tests::bench
