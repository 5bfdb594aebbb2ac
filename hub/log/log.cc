#include "hub/log/log.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/crypto/spiffe.h"

namespace renkei::hub::log {

absl::StatusOr<uint64_t> Append(store::Transaction& transaction, const Entry& entry) {
  RENKEI_ASSIGN_OR_RETURN(std::string json, CanonicalJson(entry));
  RENKEI_ASSIGN_OR_RETURN(const store::LogHead head, transaction.Head());
  store::EntryRow row;
  row.sequence = head.size;
  row.leaf = LeafHash(json);
  row.chain = ChainHash(head.chain, row.leaf);
  row.json = std::move(json);
  RENKEI_RETURN_IF_ERROR(transaction.InsertEntry(row));
  return row.sequence;
}

absl::StatusOr<uint64_t> Append(store::Transaction& transaction, const Act& act, About about) {
  Entry entry;
  entry.type = about.type;
  RENKEI_ASSIGN_OR_RETURN(entry.by, ActorOf(transaction, act.who, act.now, *act.random));
  entry.dsse = about.dsse;
  entry.fiscal_year = about.fiscal_year;
  entry.objects = std::move(about.objects);
  entry.clock_offset_ms = act.clock_offset_ms;
  entry.at = act.now;
  return Append(transaction, entry);
}

absl::StatusOr<std::string> ActorOf(store::Transaction& transaction, absl::string_view spiffe_id,
                                    absl::Time now, base::Random& random) {
  RENKEI_ASSIGN_OR_RETURN(const crypto::SpiffeId id, crypto::ParseSpiffeId(spiffe_id));
  absl::string_view role;
  switch (id.role) {
    case v1::ROLE_SECRETARIAT:
      role = "secretariat";
      break;
    case v1::ROLE_AUDITOR:
      role = "auditor";
      break;
    case v1::ROLE_OPERATOR:
      role = "operator";
      break;
    default:
      return id.text;
  }
  const int year = static_cast<int>(absl::ToCivilYear(now, absl::UTCTimeZone()).year());
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::ActorRow> actor,
                          transaction.FindActor(year, spiffe_id));
  if (!actor.has_value()) {
    std::array<uint8_t, 8> bytes{};
    random.Fill(bytes);
    actor = store::ActorRow{
        .year = year,
        .spiffe_id = std::string(spiffe_id),
        .pseudonym = absl::StrCat("p-", absl::BytesToHexString(base::AsText(bytes)))};
    RENKEI_RETURN_IF_ERROR(transaction.InsertActor(*actor));
  }
  return absl::StrCat("spiffe://", id.trust_domain, "/", role, id.scope.empty() ? "" : "/",
                      id.scope, "/", actor->pseudonym);
}

crypto::Digest ChainHash(const crypto::Digest& previous, const crypto::Digest& leaf) {
  crypto::Sha256Stream hash;
  hash.Update(previous);
  hash.Update(leaf);
  return hash.Finish();
}

absl::Status VerifyEntries(store::Snapshot& snapshot) {
  constexpr int kPage = 1000;
  crypto::Digest chain{};
  uint64_t next = 0;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows,
                            snapshot.ListEntries(next, kPage));
    for (const store::EntryRow& row : rows) {
      const crypto::Digest leaf = LeafHash(row.json);
      chain = ChainHash(chain, leaf);
      if (row.sequence != next || row.leaf != leaf || row.chain != chain) {
        return absl::DataLossError(absl::StrCat("log entry ", next,
                                                " is missing or was changed; restore the newest "
                                                "backup and compare it with the anchor file"));
      }
      ++next;
    }
    if (rows.size() < kPage) return absl::OkStatus();
  }
}

}  // namespace renkei::hub::log
