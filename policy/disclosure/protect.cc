#include "policy/disclosure/protect.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/parallel.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/family_pattern.h"
#include "policy/disclosure/family_system.h"
#include "policy/disclosure/ledger_pattern.h"
#include "policy/disclosure/linked_intervals.h"
#include "policy/disclosure/loss.h"
#include "policy/disclosure/primary.h"
#include "policy/disclosure/protect_union.h"
#include "policy/disclosure/rounding.h"
#include "policy/disclosure/union_pattern.h"

namespace renkei::policy::disclosure {
namespace {

constexpr size_t kTableKeyBytes = 32;

v1::MembersClass ClassOf(int contributors) {
  if (contributors <= 2) return v1::MEMBERS_CLASS_1_2;
  if (contributors <= 4) return v1::MEMBERS_CLASS_3_4;
  if (contributors <= 9) return v1::MEMBERS_CLASS_5_9;
  return v1::MEMBERS_CLASS_10_PLUS;
}

std::vector<v1::TableReason> ToReasons(uint8_t all) {
  std::vector<v1::TableReason> reasons;
  if (all & kSmallCount) reasons.push_back(v1::TABLE_REASON_SMALL_COUNTS);
  if (all & kFewMembers) reasons.push_back(v1::TABLE_REASON_TOO_FEW_MEMBERS);
  if (all & kNoAgreement) reasons.push_back(v1::TABLE_REASON_AGREEMENT);
  if (all & kPopulation) reasons.push_back(v1::TABLE_REASON_POPULATION);
  return reasons;
}

// Carries hidden cells over to the measures that would give them away. Hiding more of a measure
// that is clean leaves it clean.
void HideTogether(const std::vector<HiddenTogether>& ties, std::vector<std::vector<bool>>* hidden) {
  for (bool changed = true; changed;) {
    changed = false;
    for (const HiddenTogether& tie : ties) {
      const std::vector<bool>& from = (*hidden)[static_cast<size_t>(tie.from)];
      std::vector<bool>& to = (*hidden)[static_cast<size_t>(tie.to)];
      for (size_t c = 0; c < from.size(); ++c) {
        if (!from[c] || to[c]) continue;
        to[c] = true;
        changed = true;
      }
    }
  }
}

// Hidden flags of every measure's publishable cells.
absl::StatusOr<Pattern> HideAll(const FamilyCounts& family, const TableShape& shape,
                                const std::vector<std::vector<Judgement>>& judgements,
                                std::span<const uint8_t> table_key, LedgerPattern* ledger) {
  const auto cells = static_cast<std::ptrdiff_t>(shape.publishable_cells());
  Pattern hidden(family.attributes.size(), WithheldCells(family, shape, {0, shape.publishable}));
  ledger->KeepHidden(&hidden);
  const std::vector<Component> components = LinkedComponents(family);
  std::vector<std::vector<bool>> protected_as(components.size());
  std::vector<absl::Status> results(components.size());
  // Components share no measure.
  const auto hide = [&](size_t k) -> absl::Status {
    const Component& component = components[k];
    std::vector<bool> pattern;
    for (const int measure : component.measures) {
      const std::vector<bool>& of_measure = hidden[static_cast<size_t>(measure)];
      pattern.insert(pattern.end(), of_measure.begin(), of_measure.end());
    }
    if (pattern == protected_as[k]) return absl::OkStatus();  // nobody hid more since
    RENKEI_ASSIGN_OR_RETURN(pattern, HideComponent(family, shape, component, judgements, table_key,
                                                   std::move(pattern)));
    protected_as[k] = pattern;
    auto from = pattern.begin();
    for (const int measure : component.measures) {
      hidden[static_cast<size_t>(measure)].assign(from, from + cells);
      from += cells;
    }
    return absl::OkStatus();
  };
  LinkedIntervals linked(family, shape, judgements, table_key);
  bool hid_more = true;
  while (hid_more) {
    base::InParallel(components.size(), [&](size_t k) { results[k] = hide(k); });
    for (const absl::Status& result : results) RENKEI_RETURN_IF_ERROR(result);
    HideTogether(family.ties, &hidden);
    if (linked.HideMore(&hidden)) continue;
    RENKEI_ASSIGN_OR_RETURN(hid_more, ledger->Hide(&hidden));
  }
  return hidden;
}

}  // namespace

class TableMaker {
 public:
  static ProtectedTable<ForRelease> Make(const FamilyCounts& family, const TableShape& shape,
                                         const SliceRange& slices,
                                         const std::vector<std::vector<Judgement>>& judgements,
                                         const std::vector<std::vector<bool>>& hidden,
                                         const std::vector<std::vector<Count>>& to_show,
                                         SealedAudit* audit) {
    const tables::Layout& layout = *family.request->layout;
    std::vector<ProtectedMeasure> measures;
    std::vector<std::vector<CellFate>> fates;
    for (size_t m = 0; m < layout.measures().size(); ++m) {
      ProtectedMeasure out;
      out.measure = layout.measures()[m];
      std::vector<CellFate> fate;
      // Of the cells that the layout has: what it withholds is no loss of this release. In counts
      // as they are shown, since the exact ones could be told from the class.
      int64_t lost = 0;
      int64_t total = 0;
      uint8_t reasons = 0;
      // A cell without a reason of its own is hidden for some other cell or difference.
      uint8_t of_others = 0;
      for (const Judgement& j : judgements[m]) of_others |= j.reasons;
      for (size_t slice = slices.from; slice < slices.to; ++slice) {
        for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
          for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
            const size_t c = CellIndex(slice, s, a);
            const Judgement& j = judgements[m][c];
            const Count& count = to_show[m][c];
            ProtectedCell cell = Emit(layout, shape.slices[slice], s, a, j, count, hidden[m][c]);
            const bool suppressed = cell.state == v1::CELL_STATE_SUPPRESSED;
            const rules::Grain grain = GrainOf(shape, c);
            cell.withheld = family.request->withheld.Withholds(grain);
            if (!cell.withheld) {
              total += count.x;
              if (suppressed) {
                lost += count.x;
                const uint8_t own =
                    j.reasons | (family.capped.Withholds(grain) ? kNoAgreement : uint8_t{0});
                reasons |= own != 0 ? own : of_others;
              }
            }
            // An empty cell of a municipality that shows nothing is withheld, but holds no secret.
            const bool primary = j.reasons != 0 && j.count.n > 0;
            fate.push_back(!suppressed ? CellFate::kOpen
                           : primary   ? CellFate::kPrimary
                                       : CellFate::kComplementary);
            out.cells.push_back(std::move(cell));
          }
        }
      }
      out.reasons = ToReasons(reasons);
      out.loss = LossOf(lost, total);
      measures.push_back(std::move(out));
      fates.push_back(std::move(fate));
    }
    if (audit != nullptr) audit->fates_ = std::move(fates);
    return ProtectedTable<ForRelease>(family.request->layout, std::move(measures),
                                      family.request->policy.rounding());
  }

 private:
  static ProtectedCell Emit(const tables::Layout& layout, const Slice& slice, int sex, int age,
                            const Judgement& j, const Count& count, bool hidden) {
    ProtectedCell cell;
    cell.municipality = GeographyLabel(slice, layout);
    cell.member_kind = KindOf(slice);
    cell.sex = kSexGroups[static_cast<size_t>(sex)].sex;
    cell.age_band = kAgeGroups[static_cast<size_t>(age)].label;
    cell.state = v1::CELL_STATE_PUBLISHED;
    if (!j.collected) {
      cell.state = v1::CELL_STATE_NOT_COLLECTED;
    } else if (j.structurally_empty) {
      cell.structurally_empty = true;
    } else if (hidden) {
      cell.state = v1::CELL_STATE_SUPPRESSED;
    } else if (count.n > 0) {
      cell.numerator = count.x;
      cell.denominator = count.n;
      cell.members = ClassOf(j.contributors);
    }
    return cell;
  }
};

PooledContribution MakePooledContribution(base::MemberId member,
                                          std::shared_ptr<const tables::Cube> cube,
                                          const v1::DataUseAgreement& terms) {
  PooledContribution out;
  out.member = std::move(member);
  out.kind = terms.member_kind();
  out.cube = std::move(cube);
  out.allow_insurer_type_by_municipality = terms.allow_insurer_type_by_municipality();
  out.allow_member_level_display = terms.allow_member_level_display();
  out.min_cell_persons = int64_t{terms.min_cell_persons()};
  out.min_contributors = int64_t{terms.min_contributors()};
  out.capped = rules::CapsOf(terms);
  return out;
}

absl::StatusOr<ProtectedTable<ForRelease>> Protect(const ProtectRequest& request,
                                                   std::span<const uint8_t> table_key,
                                                   SealedAudit* audit) {
  if (table_key.size() != kTableKeyBytes) {
    return absl::InvalidArgumentError("protect: the table key must have 32 bytes");
  }
  RENKEI_RETURN_IF_ERROR(CheckRounding(request));
  RENKEI_ASSIGN_OR_RETURN(const FamilyCounts family, PoolFamily(request));
  std::vector<PlaceSet> sets = UnionsOf(request.earlier);
  while (true) {
    const TableShape shape = ShapeOf(family.geographies, sets);
    const std::vector<std::vector<Judgement>> judgements = JudgeFamily(family, shape);
    RENKEI_ASSIGN_OR_RETURN(LedgerPattern ledger, LedgerPattern::Make(request, shape, table_key));
    RENKEI_ASSIGN_OR_RETURN(const Pattern hidden,
                            HideAll(family, shape, judgements, table_key, &ledger));
    RENKEI_ASSIGN_OR_RETURN(const bool found, ledger.FindSets(hidden, &sets));
    if (found) continue;
    return TableMaker::Make(family, shape, {0, shape.publishable}, judgements, hidden,
                            CountsToShow(family, shape, judgements, table_key), audit);
  }
}

absl::StatusOr<ProtectedTable<ForRelease>> ProtectUnion(const UnionRequest& request,
                                                        std::span<const uint8_t> table_key) {
  if (table_key.size() != kTableKeyBytes) {
    return absl::InvalidArgumentError("protect: the table key must have 32 bytes");
  }
  RENKEI_ASSIGN_OR_RETURN(const UnionPattern made, HideUnionCells(request, table_key));
  const size_t first = made.shape.SliceOfSet(made.set, 0);
  std::vector<std::vector<Count>> exact;
  for (const std::vector<Judgement>& of_measure : made.judgements) {
    std::vector<Count>& counts = exact.emplace_back();
    for (const Judgement& j : of_measure) counts.push_back(j.count);
  }
  return TableMaker::Make(made.family, made.shape, {first, first + kKinds + 1}, made.judgements,
                          made.hidden, exact, nullptr);
}

base::Secret DeriveTableKey(const base::Secret& release_root, absl::string_view family_id) {
  return crypto::Hkdf(release_root.bytes(), {}, absl::StrCat("renkei/v1/table-key/", family_id),
                      kTableKeyBytes);
}

}  // namespace renkei::policy::disclosure
