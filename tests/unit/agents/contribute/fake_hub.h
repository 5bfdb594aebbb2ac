// A hub for the courier, without a network.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agents/contribute/delivery.h"
#include "policy/base/bytes.h"
#include "policy/base/secret.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/ed25519.h"
#include "policy/crypto/hash.h"

namespace renkei::agents::contribute {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;

inline std::unique_ptr<crypto::Signer> SignerOf(uint8_t fill) {
  return *crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, fill)));
}

// A hub that keeps what it accepts and answers with signed receipts.
class FakeHub {
 public:
  HubCalls Calls() {
    return {.submit = [this](const v1::DsseEnvelope& envelope) { return Submit(envelope); },
            .get_submission = [this](const std::string& id) { return Get(id); }};
  }
  absl::StatusOr<v1::DsseEnvelope> Submit(const v1::DsseEnvelope& envelope) {
    ++submits;
    if (!before.ok()) return before;
    v1::ContributionStatement statement;
    EXPECT_TRUE(statement.ParseFromString(envelope.payload()));
    accepted.push_back(envelope.payload());
    receipts[statement.request_id()] = Receipt(statement, envelope.payload());
    if (!after.ok()) return after;
    return receipts[statement.request_id()];
  }
  absl::StatusOr<v1::GetSubmissionResponse> Get(const std::string& id) {
    ++questions;
    if (!before.ok()) return before;
    v1::GetSubmissionResponse response;
    if (auto found = receipts.find(id); found != receipts.end()) {
      response.set_known(true);
      *response.mutable_receipt() = found->second;
    }
    return response;
  }
  v1::DsseEnvelope Receipt(const v1::ContributionStatement& statement, const std::string& payload) {
    v1::ReceiptStatement receipt;
    receipt.set_request_id(statement.request_id());
    receipt.set_payload_sha256(crypto::ToBytes(crypto::Sha256(base::AsBytes(payload))));
    receipt.set_round_id(statement.round_id());
    receipt.set_revision(statement.revision());
    receipt.set_log_sequence(41 + accepted.size());
    return crypto::SignEnvelope(crypto::kReceiptType, receipt.SerializeAsString(), *signer);
  }

  std::unique_ptr<crypto::Signer> signer = SignerOf(7);
  absl::Status before;  // the call never reaches the hub, or is refused
  absl::Status after;   // accepted, but the answer is lost
  std::vector<std::string> accepted;
  std::map<std::string, v1::DsseEnvelope> receipts;
  int submits = 0;
  int questions = 0;
};

}  // namespace renkei::agents::contribute
