#include "policy/noise/budget_ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::policy::noise {
namespace {

absl::Status CheckCharge(const Charge& charge) {
  if (charge.release_id.empty() || charge.scope.hub.empty()) {
    return absl::InvalidArgumentError("a charge names its release and its hub");
  }
  if (charge.rho.is_zero()) {
    return absl::InvalidArgumentError(
        absl::StrCat("release ", charge.release_id, ": rho must be above 0"));
  }
  return absl::OkStatus();
}

bool SameContent(const Charge& a, const Charge& b) {
  return a.scope == b.scope && a.rho == b.rho && a.content == b.content;
}

// The three states of a ledger's making, and the draw that each allows.
bool IsConsistent(ChargeState state, bool noise_drawn) {
  switch (state) {
    case ChargeState::kReserved:
      return true;
    case ChargeState::kCommitted:
      return noise_drawn;
    case ChargeState::kRefunded:
      return !noise_drawn;
  }
  return false;
}

absl::Status StateError(absl::string_view release_id, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("release ", release_id, ": ", why));
}

rules::Decision OverCap() {
  return rules::Decision::Refuse(
      {rules::Gate::kDisclosure, absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_HELD,
       "policy.noise_budget",
       "the noise budget of the hub and data year does not cover the release",
       "a release with more noise, or a larger budget for a future data year"});
}

}  // namespace

absl::StatusOr<BudgetLedger> BudgetLedger::FromRows(const std::vector<BudgetRow>& rows) {
  BudgetLedger ledger;
  for (const BudgetRow& row : rows) {
    const auto broken = [&row](absl::string_view why) {
      return absl::DataLossError(
          absl::StrCat("noise budget, row of release '", row.release_id, "': ", why));
    };
    const auto rho = Rational::Make(row.rho_numerator, row.rho_denominator);
    if (!rho.ok()) return broken(rho.status().message());
    Entry entry{{row.release_id, {row.hub, base::FiscalYear(row.data_year)}, *rho, row.content},
                row.state,
                row.noise_drawn};
    if (const absl::Status status = CheckCharge(entry.charge); !status.ok()) {
      return broken(status.message());
    }
    if (!IsConsistent(row.state, row.noise_drawn)) {
      return broken("its state and its draw contradict each other");
    }
    if (!ledger.entries_.emplace(row.release_id, std::move(entry)).second) {
      return broken("the release is charged twice");
    }
  }
  std::vector<BudgetScope> seen;
  for (const auto& [id, entry] : ledger.entries_) {
    const BudgetScope& scope = entry.charge.scope;
    if (std::find(seen.begin(), seen.end(), scope) != seen.end()) continue;
    seen.push_back(scope);
    if (const auto sum = ledger.Spent(scope); !sum.ok()) {
      return absl::DataLossError(
          absl::StrCat("noise budget of ", scope.hub, ": ", sum.status().message()));
    }
  }
  return ledger;
}

std::vector<BudgetRow> BudgetLedger::Rows() const {
  std::vector<BudgetRow> rows;
  rows.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) {
    const Charge& charge = entry.charge;
    rows.push_back({id, charge.scope.hub, charge.scope.data_year.first_year(),
                    charge.rho.numerator(), charge.rho.denominator(), charge.content, entry.state,
                    entry.noise_drawn});
  }
  return rows;
}

absl::StatusOr<rules::Decision> BudgetLedger::Reserve(const Charge& charge, const Rational& cap) {
  RENKEI_RETURN_IF_ERROR(CheckCharge(charge));
  if (const auto known = entries_.find(charge.release_id); known != entries_.end()) {
    if (!SameContent(known->second.charge, charge)) {
      return absl::AlreadyExistsError(
          absl::StrCat("release ", charge.release_id, " is charged with other content"));
    }
    // Permitting would let a release draw that no longer counts in the sum.
    if (known->second.state == ChargeState::kRefunded) {
      return StateError(charge.release_id, "its charge was refunded; a new release has a new id");
    }
    return rules::Decision::Permit();
  }
  const auto added = entries_.emplace(charge.release_id, Entry{charge}).first;
  const absl::StatusOr<Rational> sum = Spent(charge.scope);
  if (!sum.ok() || *sum > cap) {
    entries_.erase(added);
    if (!sum.ok()) return base::Annotate(sum.status(), "noise budget");
    return OverCap();
  }
  return rules::Decision::Permit();
}

absl::Status BudgetLedger::RecordDraw(absl::string_view release_id) {
  RENKEI_ASSIGN_OR_RETURN(Entry* const entry, Find(release_id));
  if (entry->state != ChargeState::kReserved) {
    return StateError(release_id, "noise is drawn for a reserved charge only");
  }
  entry->noise_drawn = true;
  return absl::OkStatus();
}

absl::Status BudgetLedger::Commit(absl::string_view release_id) {
  RENKEI_ASSIGN_OR_RETURN(Entry* const entry, Find(release_id));
  if (entry->state == ChargeState::kRefunded || !entry->noise_drawn) {
    return StateError(release_id, "no noise was drawn for it");
  }
  entry->state = ChargeState::kCommitted;
  return absl::OkStatus();
}

absl::Status BudgetLedger::Refund(absl::string_view release_id) {
  RENKEI_ASSIGN_OR_RETURN(Entry* const entry, Find(release_id));
  if (entry->noise_drawn) return StateError(release_id, "noise was drawn; it stays charged");
  const ChargeState before = std::exchange(entry->state, ChargeState::kRefunded);
  // A sum of fewer fractions can have longer terms; what cannot be added up stays charged.
  if (const auto sum = Spent(entry->charge.scope); !sum.ok()) {
    entry->state = before;
    return sum.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<Rational> BudgetLedger::Spent(const BudgetScope& scope) const {
  Rational sum;
  for (const auto& [id, entry] : entries_) {
    if (entry.charge.scope != scope || entry.state == ChargeState::kRefunded) continue;
    RENKEI_ASSIGN_OR_RETURN(sum, Rational::Add(sum, entry.charge.rho));
  }
  return sum;
}

absl::StatusOr<BudgetLedger::Entry*> BudgetLedger::Find(absl::string_view release_id) {
  const auto found = entries_.find(std::string(release_id));
  if (found != entries_.end()) return &found->second;
  return absl::NotFoundError(absl::StrCat("release ", release_id, " has no charge"));
}

}  // namespace renkei::policy::noise
