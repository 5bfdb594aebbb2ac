#include "policy/agreement/agreement.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/clock.h"
#include "policy/base/status.h"
#include "policy/base/text_position.h"
#include "policy/base/text_proto.h"
#include "policy/crypto/check_digit.h"
#include "policy/crypto/hash.h"
#include "policy/crypto/spiffe.h"

namespace renkei::policy::agreement {
namespace {

constexpr size_t kMaxTextBytes = 64 * 1024;
constexpr uint32_t kMinCellFloor = 10;         // privacy 2: the guideline's minimum cell
constexpr uint32_t kMinContributorsFloor = 3;  // privacy 2
constexpr uint32_t kMaxIncidentHours = 24;     // trust 3, duties
constexpr uint32_t kMaxNoticeDays = 365;
constexpr uint32_t kMaxDominancePercent = 80;  // privacy 2: n = 1, k = 80 %
constexpr uint32_t kFirstFiscalYear = 2008;    // the national checkups begin
constexpr uint32_t kLastFiscalYear = 2099;

absl::Status Wrong(const std::string& place, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(place, ": ", what));
}

bool IsUuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

bool IsDigits(const std::string& text, size_t size) {
  return text.size() == size &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsMeasureId(const std::string& text) {
  if (text.empty() || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// YYYY-MM-DD alone; the compact form stays for health data.
absl::StatusOr<absl::CivilDay> ParseTermDay(const std::string& text, const std::string& place) {
  const auto day = base::ParseDay(text);
  if (!day || text.size() != 10) return Wrong(place, "must be a day that exists, as YYYY-MM-DD");
  return *day;
}

// Each category here tells of a person's health, absence included, so none may rest on an opt-out.
bool IsHealthCategory(v1::DataCategory category) {
  switch (category) {
    case v1::DATA_CATEGORY_EXAM_RESULT:
    case v1::DATA_CATEGORY_QUESTIONNAIRE:
    case v1::DATA_CATEGORY_GUIDANCE:
    case v1::DATA_CATEGORY_CLAIMS:
    case v1::DATA_CATEGORY_WORKPLACE_EXAM:
    case v1::DATA_CATEGORY_ABSENCE:
    case v1::DATA_CATEGORY_STRESS_CHECK_GROUP:
      return true;
    default:
      return false;
  }
}

absl::Status CheckParties(const v1::DataUseAgreement& t, const base::TextPositions& at) {
  if (!IsUuid(t.dua_id())) return Wrong(at.Of("dua_id"), "must be a UUID in lower case");
  if (t.version() == 0) return Wrong(at.Of("version"), "must be 1 or more");
  if (t.supersedes_version() >= t.version()) {
    return Wrong(at.Of("supersedes_version"), "must be smaller than version; 0 for the first");
  }
  if (crypto::MemberKindWord(t.member_kind()).empty()) {
    return Wrong(at.Of("member_kind"), "must be a municipality, an insurer or a workplace");
  }
  if (const absl::Status code = crypto::CheckOrganisationCode(t.member_kind(), t.member_code());
      !code.ok()) {
    return base::Annotate(code, at.Of("member_code"));
  }
  if (t.member_name().empty()) return Wrong(at.Of("member_name"), "is missing");
  if (t.counterparty().empty()) return Wrong(at.Of("counterparty"), "is missing");
  if (t.member_kind() == v1::MEMBER_KIND_WORKPLACE && t.handling_rule_ref().empty()) {
    return Wrong(at.Of("handling_rule_ref"),
                 "a workplace names version and date of its handling rules");
  }
  return absl::OkStatus();
}

absl::Status CheckUse(const v1::DataUseAgreement& t, const base::TextPositions& at) {
  if (t.first_fiscal_year() < kFirstFiscalYear || t.last_fiscal_year() > kLastFiscalYear ||
      t.first_fiscal_year() > t.last_fiscal_year()) {
    return Wrong(at.Of("first_fiscal_year"),
                 "first_fiscal_year to last_fiscal_year must be a range within 2008 to 2099");
  }
  if (t.purpose().empty()) return Wrong(at.Of("purpose"), "at least one purpose is needed");
  std::set<int> purposes;
  for (int i = 0; i < t.purpose_size(); ++i) {
    const int purpose = t.purpose(i);
    if (purpose == 0 || !v1::Purpose_IsValid(purpose) || !purposes.insert(purpose).second) {
      return Wrong(at.Of("purpose", i), "unknown or repeated purpose");
    }
  }
  if (t.indicator().empty()) {
    return Wrong(at.Of("indicator"), "at least one measure id is needed, or \"*\" for all");
  }
  std::set<std::string> ids;
  for (int i = 0; i < t.indicator_size(); ++i) {
    const std::string& id = t.indicator(i);
    if (id == "*" ? t.indicator_size() != 1 : !IsMeasureId(id)) {
      return Wrong(at.Of("indicator", i), "must be measure ids, or \"*\" alone");
    }
    if (!ids.insert(id).second) return Wrong(at.Of("indicator", i), "is repeated");
  }
  if (t.area().empty()) return Wrong(at.Of("area"), "at least one area is needed");
  std::set<std::string> areas;
  for (int i = 0; i < t.area_size(); ++i) {
    if (!IsDigits(t.area(i), 4) || !areas.insert(t.area(i)).second) {
      return Wrong(at.Of("area", i), "must be 4-digit secondary medical areas, each once");
    }
  }
  std::set<std::string> councils;
  for (int i = 0; i < t.council_size(); ++i) {
    if (!IsDigits(t.council(i), 4) || !councils.insert(t.council(i)).second) {
      return Wrong(at.Of("council", i), "must be 4-digit secondary medical areas, each once");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCaps(const v1::DataUseAgreement& t, const base::TextPositions& at) {
  if (!v1::FinestGeography_IsValid(t.finest_geography())) {
    return Wrong(at.Of("finest_geography"), "must be a municipality or an area");
  }
  if (!v1::FinestAge_IsValid(t.finest_age())) {
    return Wrong(at.Of("finest_age"), "must be five years, two bands or all ages");
  }
  if (!v1::WithdrawalEffect_IsValid(t.withdrawal_effect())) {
    return Wrong(at.Of("withdrawal_effect"), "must be STOP_NEXT or RECALL_UNPUBLISHED");
  }
  if (t.dominance_percent() > kMaxDominancePercent) {
    return Wrong(at.Of("dominance_percent"),
                 "an agreement only tightens: 0 for the policy's, else 1 to 80");
  }
  if (t.notice_days() > kMaxNoticeDays) {
    return Wrong(at.Of("notice_days"), "must be at most 365 days");
  }
  return absl::OkStatus();
}

absl::Status CheckDuties(const v1::DataUseAgreement& t, const base::TextPositions& at) {
  if (!t.has_duties()) return absl::OkStatus();
  const v1::DataUseAgreement::Duties& d = t.duties();
  const std::pair<const char*, bool> promises[] = {{"no_other_use", d.no_other_use()},
                                                   {"no_reidentification", d.no_reidentification()},
                                                   {"no_onward_transfer", d.no_onward_transfer()},
                                                   {"keep_evidence", d.keep_evidence()}};
  for (const auto& [field, promised] : promises) {
    if (!promised) return Wrong(at.Of("duties"), absl::StrCat(field, " must be true"));
  }
  return absl::OkStatus();
}

absl::Status CheckThresholds(const v1::DataUseAgreement& t, const base::TextPositions& at) {
  if (t.min_cell_persons() != 0 && t.min_cell_persons() < kMinCellFloor) {
    return Wrong(at.Of("min_cell_persons"),
                 "an agreement only tightens: 0 for the policy's, else at least 10");
  }
  if (t.min_contributors() != 0 && t.min_contributors() < kMinContributorsFloor) {
    return Wrong(at.Of("min_contributors"),
                 "an agreement only tightens: 0 for the policy's, else at least 3");
  }
  if (t.incident_contact_hours() == 0 || t.incident_contact_hours() > kMaxIncidentHours) {
    return Wrong(at.Of("incident_contact_hours"), "must be 1 to 24 hours");
  }
  return absl::OkStatus();
}

absl::Status CheckBasis(const v1::DataUseAgreement& t, const base::TextPositions& at) {
  std::set<int> covered;
  bool covers_all = false;
  for (int i = 0; i < t.basis_size(); ++i) {
    const v1::DataUseAgreement::BasisLine& line = t.basis(i);
    const int basis = line.basis();
    if (basis == 0 || !v1::LegalBasis_IsValid(basis)) {
      return Wrong(at.Within("basis", i, "basis"), "unknown legal basis");
    }
    if (covers_all || (line.category().empty() && !covered.empty())) {
      return Wrong(at.Within("basis", i, "category"),
                   "another line covers the same category; each category has one basis");
    }
    covers_all = line.category().empty();
    bool health = covers_all;
    for (int c = 0; c < line.category_size(); ++c) {
      const int category = line.category(c);
      if (category == 0 || !v1::DataCategory_IsValid(category)) {
        return Wrong(at.Within("basis", i, "category", c), "unknown data category");
      }
      if (!covered.insert(category).second) {
        return Wrong(at.Within("basis", i, "category", c),
                     "another line covers the same category; each category has one basis");
      }
      health = health || IsHealthCategory(line.category(c));
    }
    if (basis == v1::LEGAL_BASIS_OPT_OUT_NOTICE && health) {
      return Wrong(at.Within("basis", i, "basis"),
                   "OPT_OUT_NOTICE cannot carry health data; use CONSENT or name the statute");
    }
    const bool needs_article = basis == v1::LEGAL_BASIS_STATUTE ||
                               basis == v1::LEGAL_BASIS_STAT_69_2_4 ||
                               basis == v1::LEGAL_BASIS_JOINT_USE;
    if (needs_article && line.article().empty()) {
      return Wrong(at.Within("basis", i, "article"), "name the law and article or the decision");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Agreement> Agreement::Parse(absl::string_view text, const std::string& file_name) {
  if (text.size() > kMaxTextBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(file_name, ": an agreement has at most ", kMaxTextBytes, " bytes"));
  }
  Agreement out;
  RENKEI_RETURN_IF_ERROR(base::ParseTextProto(text, file_name, &out.terms_));
  const v1::DataUseAgreement& t = out.terms_;
  const base::TextPositions at(text, file_name, t);
  RENKEI_RETURN_IF_ERROR(CheckParties(t, at));
  RENKEI_ASSIGN_OR_RETURN(out.valid_from_, ParseTermDay(t.valid_from(), at.Of("valid_from")));
  RENKEI_ASSIGN_OR_RETURN(out.valid_to_, ParseTermDay(t.valid_to(), at.Of("valid_to")));
  if (out.valid_to_ <= out.valid_from_) {
    return Wrong(at.Of("valid_to"),
                 "must be later than valid_from (the last day is the day before)");
  }
  RENKEI_RETURN_IF_ERROR(CheckUse(t, at));
  RENKEI_RETURN_IF_ERROR(CheckCaps(t, at));
  RENKEI_RETURN_IF_ERROR(CheckThresholds(t, at));
  RENKEI_RETURN_IF_ERROR(CheckDuties(t, at));
  RENKEI_RETURN_IF_ERROR(CheckBasis(t, at));
  out.text_ = std::string(text);
  out.digest_ = crypto::Sha256(base::AsBytes(text));
  out.member_id_ = crypto::MakeMemberId(t.member_kind(), t.member_code());
  return out;
}

bool Agreement::IsActiveAt(absl::Time instant) const {
  return IsActiveAt(absl::ToCivilDay(instant, base::Jst()));
}

bool Agreement::AllowsPurpose(v1::Purpose purpose) const {
  return std::find(terms_.purpose().begin(), terms_.purpose().end(), purpose) !=
         terms_.purpose().end();
}

bool Agreement::AllowsMeasure(absl::string_view measure_id) const {
  if (terms_.indicator_size() == 1 && terms_.indicator(0) == "*") return true;
  return std::any_of(terms_.indicator().begin(), terms_.indicator().end(),
                     [&](const std::string& id) { return measure_id == id; });
}

bool Agreement::AllowsArea(absl::string_view area_code) const {
  return std::any_of(terms_.area().begin(), terms_.area().end(),
                     [&](const std::string& area) { return area_code == area; });
}

bool Agreement::AllowsCouncil(absl::string_view area_code) const {
  return terms_.council().empty() ||
         std::any_of(terms_.council().begin(), terms_.council().end(),
                     [&](const std::string& council) { return area_code == council; });
}

bool Agreement::Covers(v1::Purpose purpose, absl::string_view area_code, base::FiscalYear year,
                       std::span<const std::string> measures) const {
  return AllowsPurpose(purpose) && AllowsArea(area_code) && AllowsCouncil(area_code) &&
         AllowsFiscalYear(year) && terms_.exact_inner_cells() &&
         std::all_of(measures.begin(), measures.end(),
                     [&](const std::string& id) { return AllowsMeasure(id); });
}

absl::Time Agreement::EndOfNotice(absl::Time given_at) const {
  return given_at + absl::Hours(24) * terms_.notice_days();
}

bool Agreement::AllowsFiscalYear(base::FiscalYear year) const {
  return year.first_year() >= static_cast<int>(terms_.first_fiscal_year()) &&
         year.first_year() <= static_cast<int>(terms_.last_fiscal_year());
}

v1::LegalBasis Agreement::BasisFor(v1::DataCategory category) const {
  for (const v1::DataUseAgreement::BasisLine& line : terms_.basis()) {
    if (line.category().empty() || std::find(line.category().begin(), line.category().end(),
                                             category) != line.category().end()) {
      return line.basis();
    }
  }
  return v1::LEGAL_BASIS_CONSENT;
}

absl::Status CheckOnlyTightens(const Agreement& agreement, const v1::PolicyDocument& policy) {
  const v1::DataUseAgreement& t = agreement.terms();
  if (t.min_cell_persons() != 0 && t.min_cell_persons() < policy.min_cell_persons()) {
    return absl::InvalidArgumentError(
        "agreement: min_cell_persons is below the policy's; leave it 0 or raise it");
  }
  if (t.min_contributors() != 0 && t.min_contributors() < policy.min_contributors()) {
    return absl::InvalidArgumentError(
        "agreement: min_contributors is below the policy's; leave it 0 or raise it");
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::agreement
