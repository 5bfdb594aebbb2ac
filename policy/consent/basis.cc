#include "policy/consent/basis.h"

#include <optional>

#include "absl/strings/str_cat.h"

namespace renkei::policy::consent {
namespace {

bool IsCategory(int category) {
  return category > 0 && static_cast<size_t>(category) < kCategoryCount;
}

absl::Status CheckBasis(v1::LegalBasis basis, int line) {
  if (!v1::LegalBasis_IsValid(basis) || basis == v1::LEGAL_BASIS_UNSPECIFIED) {
    return absl::InvalidArgumentError(absl::StrCat(
        "basis line ", line, ": legal basis missing or unknown; name one of the codes"));
  }
  if (basis == v1::LEGAL_BASIS_OPT_OUT_NOTICE) {
    return absl::InvalidArgumentError(
        absl::StrCat("basis line ", line,
                     ": LEGAL_BASIS_OPT_OUT_NOTICE does not reach health data; every category here "
                     "is health data; "
                     "name consent or another basis"));
  }
  return absl::OkStatus();
}

absl::Status SetOnce(std::optional<v1::LegalBasis>& slot, v1::LegalBasis basis, int line) {
  if (slot.has_value() && *slot != basis) {
    return absl::InvalidArgumentError(
        absl::StrCat("basis line ", line,
                     ": an earlier line gives another basis for the same category; keep one"));
  }
  slot = basis;
  return absl::OkStatus();
}

template <typename Lines>
absl::Status Fill(const Lines& lines, std::array<v1::LegalBasis, kCategoryCount>& table) {
  std::optional<v1::LegalBasis> general;
  std::array<std::optional<v1::LegalBasis>, kCategoryCount> named;
  int line_number = 0;
  for (const auto& line : lines) {
    ++line_number;
    if (absl::Status status = CheckBasis(line.basis(), line_number); !status.ok()) return status;
    if (line.category().empty()) {
      if (absl::Status status = SetOnce(general, line.basis(), line_number); !status.ok()) {
        return status;
      }
    }
    for (int category : line.category()) {
      if (!IsCategory(category)) {
        return absl::InvalidArgumentError(
            absl::StrCat("basis line ", line_number, ": unknown data category"));
      }
      absl::Status status =
          SetOnce(named[static_cast<size_t>(category)], line.basis(), line_number);
      if (!status.ok()) return status;
    }
  }
  for (size_t c = 1; c < kCategoryCount; ++c) {
    table[c] = named[c].value_or(general.value_or(v1::LEGAL_BASIS_CONSENT));
  }
  return absl::OkStatus();
}

}  // namespace

bool BasisPermits(v1::LegalBasis basis, FoldOutcome outcome) {
  switch (basis) {
    case v1::LEGAL_BASIS_CONSENT:
      return outcome == FoldOutcome::kGranted;
    case v1::LEGAL_BASIS_STATUTE:
    case v1::LEGAL_BASIS_STAT_69_2_4:
    case v1::LEGAL_BASIS_JOINT_USE:
      return outcome == FoldOutcome::kGranted || outcome == FoldOutcome::kAbsent;
    case v1::LEGAL_BASIS_OPT_OUT_NOTICE:
    case v1::LEGAL_BASIS_ANON_PROCESSED:
    case v1::LEGAL_BASIS_NONE:
    case v1::LEGAL_BASIS_UNSPECIFIED:
    case v1::LegalBasis_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::LegalBasis_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

BasisTable::BasisTable() {
  basis_.fill(v1::LEGAL_BASIS_CONSENT);
  basis_[v1::DATA_CATEGORY_UNSPECIFIED] = v1::LEGAL_BASIS_NONE;
}

absl::StatusOr<BasisTable> BasisTable::FromAgreement(const v1::DataUseAgreement& agreement) {
  BasisTable table;
  if (absl::Status status = Fill(agreement.basis(), table.basis_); !status.ok()) return status;
  return table;
}

absl::StatusOr<BasisTable> BasisTable::FromConfig(const v1::AgentConfig& config) {
  BasisTable table;
  if (absl::Status status = Fill(config.basis(), table.basis_); !status.ok()) return status;
  return table;
}

v1::LegalBasis BasisTable::Of(v1::DataCategory category) const {
  return IsCategory(category) ? basis_[static_cast<size_t>(category)] : v1::LEGAL_BASIS_NONE;
}

}  // namespace renkei::policy::consent
