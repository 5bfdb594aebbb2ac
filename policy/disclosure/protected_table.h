// The privacy boundary as a type (architecture rule 5). A ProtectedTable has a private constructor
// and four makers: ExactForPooling (here), Protect (protect.h), AddNoise (noisy_table.h) and, when
// it exists, the mask. A
// contribution is built from ProtectedTable<ForPooling> alone, a release from
// ProtectedTable<ForRelease> alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/agreement/signed_agreement.h"
#include "policy/tables/cube.h"
#include "policy/tables/layout.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/release.pb.h"

namespace renkei::policy::disclosure {

struct ForPooling;
struct ForRelease;
template <typename Use>
class ProtectedTable;
class TableMaker;       // of protect.cc, which alone defines it
class NoisyTableMaker;  // of noisy_table.cc, likewise

// Exact inner cells that a signed agreement lets the hub receive (R2).
template <>
class ProtectedTable<ForPooling> {
 public:
  const tables::Layout& layout() const { return *layout_; }
  // Dense, in the layout's order.
  const std::vector<int64_t>& counts() const { return counts_; }
  const std::vector<bool>& collected() const { return collected_; }
  // Digest of the agreement under which the counts may leave.
  const crypto::Digest& agreement_digest() const { return agreement_digest_; }

 private:
  ProtectedTable(const tables::Cube& cube, const crypto::Digest& agreement_digest)
      : layout_(cube.shared_layout()),
        counts_(cube.counts()),
        collected_(cube.collected()),
        agreement_digest_(agreement_digest) {}
  friend absl::StatusOr<ProtectedTable> ExactForPooling(const tables::Cube& cube,
                                                        const agreement::ExactCellsGrant& grant);

  std::shared_ptr<const tables::Layout> layout_;
  std::vector<int64_t> counts_;
  std::vector<bool> collected_;
  crypto::Digest agreement_digest_;
};

// PERMISSION_DENIED when the agreement does not cover the layout's area, fiscal year or measures;
// INVALID_ARGUMENT when the counts are implausible (tables::CheckPlausible).
absl::StatusOr<ProtectedTable<ForPooling>> ExactForPooling(const tables::Cube& cube,
                                                           const agreement::ExactCellsGrant& grant);

// A cell as a reader may see it, numbers rounded as the table says. They are 0 unless it is
// published with n > 0.
struct ProtectedCell {
  std::string municipality;  // 6 digits, "unknown", or empty for the area
  v1::MemberKind member_kind = v1::MEMBER_KIND_UNSPECIFIED;  // UNSPECIFIED = all kinds
  v1::Sex sex = v1::SEX_UNSPECIFIED;
  const char* age_band = "";
  v1::CellState state = v1::CELL_STATE_UNSPECIFIED;
  int64_t numerator = 0;
  int64_t denominator = 0;
  v1::MembersClass members = v1::MEMBERS_CLASS_UNSPECIFIED;
  bool structurally_empty = false;
  bool withheld = false;  // by the layout, as a whole level
  // Whose noise its counts add up, numerators and not-numerators alike; 0: the counts are exact.
  int noisy_inner_cells = 0;
};

struct ProtectedMeasure {
  tables::MeasureVersion measure;
  std::vector<ProtectedCell> cells;  // geography, kind, sex, age; the same order in every release
  std::vector<v1::TableReason> reasons;
  v1::LossClass loss = v1::LOSS_CLASS_UNSPECIFIED;
};

template <>
class ProtectedTable<ForRelease> {
 public:
  const tables::Layout& layout() const { return *layout_; }
  const std::vector<ProtectedMeasure>& measures() const { return measures_; }
  // Of every number in it; UNSPECIFIED: exact.
  v1::Rounding rounding() const { return rounding_; }

 private:
  ProtectedTable(std::shared_ptr<const tables::Layout> layout,
                 std::vector<ProtectedMeasure> measures, v1::Rounding rounding)
      : layout_(std::move(layout)), measures_(std::move(measures)), rounding_(rounding) {}
  friend class TableMaker;
  friend class NoisyTableMaker;

  std::shared_ptr<const tables::Layout> layout_;
  std::vector<ProtectedMeasure> measures_;
  v1::Rounding rounding_;
};

}  // namespace renkei::policy::disclosure
