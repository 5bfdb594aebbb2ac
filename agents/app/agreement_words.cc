#include "agents/app/agreement_words.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "policy/base/clock.h"
#include "policy/base/printable.h"
#include "policy/consent/basis.h"

namespace renkei::agents::app {
namespace {

std::string Word(const std::string& name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
}

const char* GeographyWord(v1::FinestGeography geography) {
  return geography == v1::FINEST_GEOGRAPHY_AREA ? "whole area" : "municipality";
}

const char* AgeWord(v1::FinestAge age) {
  switch (age) {
    case v1::FINEST_AGE_TWO_BANDS:
      return "ages 40-64 and 65-74";
    case v1::FINEST_AGE_ALL:
      return "ages 40-74 together";
    default:
      return "5-year ages";
  }
}

const char* SideWord(v1::Role role) {
  return role == v1::ROLE_MEMBER_AGENT ? "this member" : "the secretariat";
}

}  // namespace

std::string StateWords(const v1::AgreementRecord& record) {
  switch (record.state()) {
    case v1::AGREEMENT_STATE_PROPOSED:
      return record.has_member() ? "proposed by this member, not signed by the secretariat"
                                 : "proposed, not signed by this member";
    case v1::AGREEMENT_STATE_ACTIVE:
      if (!record.has_ends_at()) return "active";
      return absl::StrCat(
          "active until ",
          absl::FormatTime("%Y-%m-%d %H:%M JST", absl::FromUnixSeconds(record.ends_at().seconds()),
                           policy::base::Jst()),
          " (notice by ", SideWord(record.notice_by()), ")");
    case v1::AGREEMENT_STATE_SUPERSEDED:
      return "superseded";
    case v1::AGREEMENT_STATE_ENDED:
      return record.has_notice_at() ? "ended" : "taken back";
    default:
      return "unknown";
  }
}

std::string Allowances(const v1::DataUseAgreement& terms, const v1::AgentConfig& config) {
  std::vector<std::string> purposes;
  for (const int p : terms.purpose()) {
    purposes.push_back(Word(v1::Purpose_Name(static_cast<v1::Purpose>(p)), "PURPOSE_"));
  }
  std::string out = absl::StrCat(
      "What it allows:\n  use          ", absl::StrJoin(purposes, ", "), "\n  indicators   ",
      absl::StrJoin(terms.indicator(), ", "),
      terms.indicator_size() == 1 && terms.indicator(0) == "*" ? " (every measure of the catalogue)"
                                                               : "",
      "\n  areas        ", absl::StrJoin(terms.area(), ", "), "\n  data years   ",
      terms.first_fiscal_year(), " to ", terms.last_fiscal_year(), "\n  period       from ",
      terms.valid_from(), " until the day before ", terms.valid_to(), "\n  publication  ",
      terms.public_release() ? "public" : "members of the council only", "\n");
  absl::StrAppend(
      &out, terms.exact_inner_cells()
                ? "  counts       the hub receives exact counts per municipality, sex and 5-year "
                  "age; whoever operates the hub's machine could read them\n"
                : "  counts       exact counts may NOT leave; this agent cannot contribute under "
                  "it\n");
  absl::StrAppend(&out, "  display      insurer kind by municipality: ",
                  terms.allow_insurer_type_by_municipality() ? "yes" : "no",
                  "; this member's own tables: ", terms.allow_member_level_display() ? "yes" : "no",
                  "\n");
  absl::StrAppend(&out, "  finest       ", GeographyWord(terms.finest_geography()), ", ",
                  AgeWord(terms.finest_age()), "\n");
  if (!terms.council().empty()) {
    absl::StrAppend(&out, "  councils     ", absl::StrJoin(terms.council(), ", "), "\n");
  }
  if (terms.min_cell_persons() > 0) {
    absl::StrAppend(&out, "  min cell     ", terms.min_cell_persons(), " persons\n");
  }
  if (terms.min_contributors() > 0) {
    absl::StrAppend(&out, "  min members  ", terms.min_contributors(), "\n");
  }
  if (terms.dominance_percent() > 0) {
    absl::StrAppend(&out, "  dominance    no member more than ", terms.dominance_percent(),
                    " % of a sum\n");
  }
  absl::StrAppend(&out, "  withdrawal   ", terms.notice_days(), " days after the notice; ",
                  terms.withdrawal_effect() == v1::WITHDRAWAL_EFFECT_STOP_NEXT
                      ? "what was accepted before stays"
                      : "what is not released by then is left out",
                  "\n");
  if (terms.has_duties()) {
    absl::StrAppend(
        &out,
        "  duties       no other use, no re-identification, no onward transfer, evidence "
        "is kept\n");
  }
  if (terms.basis().empty()) absl::StrAppend(&out, "  basis        consent of each person\n");
  for (const v1::DataUseAgreement::BasisLine& line : terms.basis()) {
    std::vector<std::string> categories;
    for (const int c : line.category()) {
      categories.push_back(
          Word(v1::DataCategory_Name(static_cast<v1::DataCategory>(c)), "DATA_CATEGORY_"));
    }
    absl::StrAppend(
        &out, "  basis        ", Word(v1::LegalBasis_Name(line.basis()), "LEGAL_BASIS_"), " for ",
        categories.empty() ? "all data" : absl::StrJoin(categories, ", "),
        line.article().empty() ? ""
                               : absl::StrCat(" (", policy::base::Printable(line.article()), ")"),
        "\n");
  }
  const absl::StatusOr<policy::consent::BasisTable> own =
      policy::consent::BasisTable::FromConfig(config);
  const absl::StatusOr<policy::consent::BasisTable> agreed =
      policy::consent::BasisTable::FromAgreement(terms);
  if (own.ok() && agreed.ok()) {
    for (size_t c = 1; c < policy::consent::kCategoryCount; ++c) {
      const auto category = static_cast<v1::DataCategory>(c);
      if (own->Of(category) == agreed->Of(category)) continue;
      absl::StrAppend(&out, "  note         this agent's configuration has another basis for ",
                      Word(v1::DataCategory_Name(category), "DATA_CATEGORY_"),
                      ": consent will be asked\n");
    }
  }
  return out;
}

}  // namespace renkei::agents::app
