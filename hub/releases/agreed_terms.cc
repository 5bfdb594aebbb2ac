#include "hub/releases/agreed_terms.h"

#include <algorithm>
#include <utility>

#include "hub/rounds/agreements.h"
#include "policy/agreement/agreement.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/status.h"

namespace renkei::hub::releases {
using policy::agreement::Agreement;
namespace {

constexpr int kPage = 500;

// Permissions that both give, thresholds and caps that satisfy both.
void Tighten(const v1::DataUseAgreement& by, v1::DataUseAgreement* terms) {
  terms->set_min_cell_persons(std::max(terms->min_cell_persons(), by.min_cell_persons()));
  terms->set_min_contributors(std::max(terms->min_contributors(), by.min_contributors()));
  terms->set_allow_insurer_type_by_municipality(terms->allow_insurer_type_by_municipality() &&
                                                by.allow_insurer_type_by_municipality());
  terms->set_allow_member_level_display(terms->allow_member_level_display() &&
                                        by.allow_member_level_display());
  terms->set_public_release(terms->public_release() && by.public_release());
  terms->set_finest_geography(std::max(terms->finest_geography(), by.finest_geography()));
  terms->set_finest_age(std::max(terms->finest_age(), by.finest_age()));
}

// What is left of an agreement that has ended: its notice says whether accepted counts stay.
bool StaysAfterItsEnd(const Agreement& agreement) {
  return agreement.terms().withdrawal_effect() == v1::WITHDRAWAL_EFFECT_STOP_NEXT;
}

}  // namespace

absl::StatusOr<std::optional<AgreedTerms>> TermsAtRelease(store::Snapshot& snapshot,
                                                          const GivenUnder& given,
                                                          const v1::RoundDescriptor& descriptor,
                                                          absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::AgreementRow> given_row,
                          snapshot.FindAgreement(given.dua_id, given.version));
  if (!given_row.has_value()) {
    return absl::DataLossError("the agreement of a contribution is not in the store");
  }
  RENKEI_ASSIGN_OR_RETURN(const Agreement given_under,
                          Agreement::Parse(given_row->text, given.dua_id));
  AgreedTerms agreed{given_under.terms(), {given_under.digest()}};
  std::vector<std::string> measures;
  for (const v1::MeasureRef& measure : descriptor.measure()) measures.push_back(measure.id());
  const base::FiscalYear year(static_cast<int>(descriptor.fiscal_year()));

  bool counts = false;
  std::string after;
  uint32_t after_version = 0;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<store::AgreementRow> rows,
                            snapshot.ListAgreements(given.member, after, after_version, kPage));
    for (const store::AgreementRow& row : rows) {
      after = row.dua_id;
      after_version = row.version;
      const bool itself = row.dua_id == given.dua_id && row.version == given.version;
      const bool in_force = rounds::IsInForce(row, now);
      // Of the versions that both signed the newest alone is ACTIVE or, after a notice, past it.
      const bool ended = !in_force && row.notice_at.has_value() && row.dua_id == given.dua_id &&
                         row.state != v1::AGREEMENT_STATE_SUPERSEDED;
      if (!in_force && !ended) continue;
      RENKEI_ASSIGN_OR_RETURN(const Agreement agreement, Agreement::Parse(row.text, row.dua_id));
      const bool covers =
          itself || agreement.Covers(descriptor.purpose(), descriptor.area_code(), year, measures);
      // What was accepted in its period is released within its time; a later one must be current.
      if (!covers || (!itself && !agreement.IsActiveAt(now))) continue;
      if (ended && !StaysAfterItsEnd(agreement)) continue;
      counts = true;
      if (itself) continue;
      Tighten(agreement.terms(), &agreed.terms);
      agreed.digests.push_back(agreement.digest());
    }
    if (rows.size() < kPage) break;
  }
  if (!counts) return std::optional<AgreedTerms>();
  return std::optional<AgreedTerms>(std::move(agreed));
}

}  // namespace renkei::hub::releases
