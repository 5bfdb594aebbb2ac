// What the noise of all releases of a scope has cost, and whether one more may be made (privacy 7,
// I14). A value: the caller loads rows, asks, and stores the changed row in the transaction of the
// release itself. Sums and comparisons are exact; there are no doubles here.
//
//   Reserve -> RESERVED -> RecordDraw -> Commit -> COMMITTED
//                       -> Refund (no noise was drawn) -> REFUNDED
//
// A reservation counts in full until it is refunded. Not thread-safe; a caller with threads holds
// one lock from loading to storing. Left out: releases over several data years.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/fiscal_year.h"
#include "policy/crypto/digest.h"
#include "policy/noise/rational.h"
#include "policy/rules/decision.h"

namespace renkei::policy::noise {

// The budget is one per hub and data year, whatever area or indicator is released (R45).
struct BudgetScope {
  std::string hub;  // trust domain
  base::FiscalYear data_year;
  bool operator==(const BudgetScope&) const = default;
};

struct Charge {
  std::string release_id;
  BudgetScope scope;
  Rational rho;  // above 0
  // Of all that settles the release's numbers but the counts: round, law, grid.
  crypto::Digest content{};
};

enum class ChargeState { kReserved, kCommitted, kRefunded };

// A charge as it is stored.
struct BudgetRow {
  std::string release_id;
  std::string hub;
  int data_year = 0;
  int64_t rho_numerator = 0;
  int64_t rho_denominator = 1;
  crypto::Digest content{};
  ChargeState state = ChargeState::kReserved;
  bool noise_drawn = false;
  bool operator==(const BudgetRow&) const = default;
};

class BudgetLedger {
 public:
  BudgetLedger() = default;
  // DATA_LOSS for rows that no ledger wrote: a release twice, a charge of nothing, an empty name,
  // an unknown state, a refund after a draw, a commit without one.
  static absl::StatusOr<BudgetLedger> FromRows(const std::vector<BudgetRow>& rows);
  // Ordered by release id. FromRows gives the same ledger again.
  std::vector<BudgetRow> Rows() const;

  // Permits and charges, or refuses (rule "policy.noise_budget") when the scope's sum would pass
  // `cap`; a refusal charges nothing. The same charge again is permitted and charged once.
  // ALREADY_EXISTS: the release is charged with other content. FAILED_PRECONDITION: it was
  // refunded; a new release has a new id. RESOURCE_EXHAUSTED: the exact sum has no place in 63
  // bits. INVALID_ARGUMENT: empty name, or rho of 0.
  absl::StatusOr<rules::Decision> Reserve(const Charge& charge, const Rational& cap);

  // Before the first bit is drawn; from then on there is no refund. Again is OK: a retry draws the
  // same noise. FAILED_PRECONDITION unless reserved, NOT_FOUND without a reservation.
  absl::Status RecordDraw(absl::string_view release_id);
  // With the release's row. FAILED_PRECONDITION unless noise was drawn. Again is OK.
  absl::Status Commit(absl::string_view release_id);
  // FAILED_PRECONDITION once noise was drawn. Again is OK.
  absl::Status Refund(absl::string_view release_id);

  // Sum of rho over what is reserved or committed; 0/1 for an unknown scope.
  absl::StatusOr<Rational> Spent(const BudgetScope& scope) const;

 private:
  struct Entry {
    Charge charge;
    ChargeState state = ChargeState::kReserved;
    bool noise_drawn = false;
  };

  absl::StatusOr<Entry*> Find(absl::string_view release_id);

  // Ordered, so that a ledger and its stored rows add up alike.
  std::map<std::string, Entry> entries_;
};

}  // namespace renkei::policy::noise
