// Commitments of the consent ledger (trust 2.1, 2.5): a record in canonical bytes, hidden behind a
// random salt, and the ledger's entry of it. Only the order of entries is visible. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/consent/events.h"
#include "policy/crypto/digest.h"

namespace renkei::policy::consent {

inline constexpr int kRecordSchemaVersion = 1;
using Salt = std::array<uint8_t, 32>;

// What a record says beside the event. Names as in ISO/IEC TS 27560:2023 where it has one.
struct RecordFacts {
  std::string record_id;         // UUIDv7
  int64_t event_seq = 0;         // of the ledger's agent, never given twice
  std::string pii_principal_id;  // hex of the pseudonym as the store keeps it
  absl::Time recorded_at;
  std::string collection_method;  // paper, counter, web, phone, voucher; empty = not stated
};

// RFC 8785 JSON: keys sorted, no spaces, UTC times. An empty list of the event is ["ALL"].
std::string RecordJson(const Event& event, const RecordFacts& facts);
// The record of an erasure: how many records went, and nothing else (trust 2.7).
std::string ErasureJson(int64_t erased_records, absl::Time recorded_at);

// SHA-256(salt || record).
crypto::Digest Commit(const Salt& salt, absl::string_view record);
// {"c":"<hex>","t":"consent.event","v":1}, the bytes that are hashed as a leaf.
std::string LedgerEntryJson(const crypto::Digest& commitment);

}  // namespace renkei::policy::consent
