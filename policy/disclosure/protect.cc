#include "policy/disclosure/protect.h"

#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"
#include "policy/disclosure/complementary.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/family_system.h"
#include "policy/disclosure/ledger_pattern.h"
#include "policy/disclosure/linear_audit.h"
#include "policy/disclosure/primary.h"
#include "policy/disclosure/protect_union.h"
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

v1::LossClass LossOf(int64_t hidden, int64_t total) {
  if (hidden * 100 < total || total == 0) return v1::LOSS_CLASS_BELOW_1;
  if (hidden * 100 <= total * 5) return v1::LOSS_CLASS_1_5;
  if (hidden * 100 <= total * 20) return v1::LOSS_CLASS_5_20;
  return v1::LOSS_CLASS_ABOVE_20;
}

std::vector<v1::TableReason> ToReasons(uint8_t all) {
  std::vector<v1::TableReason> reasons;
  if (all & kSmallCount) reasons.push_back(v1::TABLE_REASON_SMALL_COUNTS);
  if (all & kFewMembers) reasons.push_back(v1::TABLE_REASON_TOO_FEW_MEMBERS);
  if (all & kNoAgreement) reasons.push_back(v1::TABLE_REASON_AGREEMENT);
  if (all & kPopulation) reasons.push_back(v1::TABLE_REASON_POPULATION);
  return reasons;
}

absl::Status Held() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "the tables could not be protected and are held", "",
                         "disclosure.linear_audit", "coarser tables or other indicators");
}

// What the shown cells of a pattern give together: the area less every place that is shown, an age
// margin less every band that is shown, a total (or n) less every class that is shown. What is left
// is the sum of hidden cells; it must not follow where it is few (R4, R5), even where each of them
// is hidden for that. One hidden cell alone is a cell or a difference of the shape.
class RemainderSearch {
 public:
  RemainderSearch(const FamilyCounts& family, const TableShape& shape, const Component& component,
                  const std::vector<bool>& hidden)
      : family_(family), shape_(shape), component_(component), hidden_(hidden) {}

  std::vector<Remainder> Run() {
    for (const int measure : component_.measures) {
      AmongPlaces(measure, {measure}, [&](const Slice& slice, int s, int a) {
        return ReasonsOfCells(family_, measure, slice, s, std::span(&a, 1)) != 0;
      });
      ForEachCell(shape_.publishable, [&](size_t slice, int s, int a) {
        if (kAgeGroups[static_cast<size_t>(a)].level < 2) AmongBands(measure, slice, s, a);
      });
    }
    for (const RelationBlock* relation : component_.relations) {
      ForEachCell(shape_.publishable,
                  [&](size_t slice, int s, int a) { AmongClasses(*relation, slice, s, a); });
      if (relation->rest < 0) continue;
      std::vector<int> measures = relation->parts;
      if (relation->total >= 0) measures.push_back(relation->total);
      AmongPlaces(relation->rest, measures, [&](const Slice& slice, int s, int a) {
        return IsSmallRest(family_, *relation, slice, s, a);
      });
    }
    return std::move(found_);
  }

 private:
  static void ForEachCell(size_t slices, absl::FunctionRef<void(size_t, int, int)> visit) {
    for (size_t slice = 0; slice < slices; ++slice) {
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) visit(slice, s, a);
      }
    }
  }

  bool IsShown(int measure, size_t slice, int s, int a) const {
    const auto at = std::find(component_.measures.begin(), component_.measures.end(), measure);
    const auto p = static_cast<size_t>(at - component_.measures.begin());
    return !hidden_[p * shape_.publishable_cells() + CellIndex(slice, s, a)];
  }
  bool AreShown(const std::vector<int>& measures, size_t slice, int s, int a) const {
    return std::all_of(measures.begin(), measures.end(),
                       [&](int measure) { return IsShown(measure, slice, s, a); });
  }

  void AmongPlaces(int block, const std::vector<int>& measures,
                   absl::FunctionRef<bool(const Slice&, int sex, int age)> must_not_follow) {
    ForEachCell(4, [&](size_t kind, int s, int a) {
      if (!AreShown(measures, kind, s, a)) return;
      Remainder rest{{block}, shape_.slices[kind], s, {a}};
      rest.slice.scope = Slice::Scope::kAllButSeveral;
      for (int g = 0; g < family_.geographies; ++g) {
        const size_t slice = static_cast<size_t>(g + 1) * 4 + kind;
        if (AreShown(measures, slice, s, a)) rest.slice.left_out.push_back(g);
      }
      const int shown = static_cast<int>(rest.slice.left_out.size());
      if (shown < 2 || family_.geographies - shown < 2) return;
      if (must_not_follow(rest.slice, s, a)) found_.push_back(std::move(rest));
    });
  }

  void AmongBands(int measure, size_t slice, int s, int margin) {
    if (!IsShown(measure, slice, s, margin)) return;
    const AgeGroup& ages = kAgeGroups[static_cast<size_t>(margin)];
    Remainder rest{{measure}, shape_.slices[slice], s, {}};
    for (int band = ages.from; band <= ages.to; ++band) {
      if (!IsShown(measure, slice, s, band)) rest.age_groups.push_back(band);
    }
    const int hidden = static_cast<int>(rest.age_groups.size());
    if (hidden < 2 || hidden > ages.to - ages.from) return;
    if (ReasonsOfCells(family_, measure, rest.slice, s, rest.age_groups) != 0) {
      found_.push_back(std::move(rest));
    }
  }

  void AmongClasses(const RelationBlock& relation, size_t slice, int s, int a) {
    if (relation.total >= 0 && !IsShown(relation.total, slice, s, a)) return;
    Remainder rest{{}, shape_.slices[slice], s, {a}};
    for (const int part : relation.parts) {
      if (!IsShown(part, slice, s, a)) rest.blocks.push_back(part);
    }
    if (rest.blocks.empty() || rest.blocks.size() == relation.parts.size()) return;
    if (relation.rest >= 0) rest.blocks.push_back(relation.rest);
    if (rest.blocks.size() < 2) return;
    if (IsSmallSum(family_, rest.blocks, rest.slice, s, a)) found_.push_back(std::move(rest));
  }

  const FamilyCounts& family_;
  const TableShape& shape_;
  const Component& component_;
  const std::vector<bool>& hidden_;
  std::vector<Remainder> found_;
};

// What follows without any shown cell, from what a view lets the reader know anyway (denominators,
// where nobody can be, in the strong one zeros and full cells), no hiding protects: it is hidden,
// and no reason to hold everything else. What follows only in the strong view the weak one
// protects.
void LeaveOutWhatFollowsAnyway(LinearSystem* system) {
  const std::vector<bool> nothing_shown(system->cells.size(), true);
  for (const uint32_t c : ExactPrimaries(*system, nothing_shown)) {
    system->cells[c].primary = false;
  }
}

// Hidden flags of the publishable cells of a component, measure by measure, on top of `preset`.
absl::StatusOr<std::vector<bool>> HidePattern(const FamilyCounts& family, const TableShape& shape,
                                              const Component& component,
                                              const std::vector<std::vector<Judgement>>& judgements,
                                              std::span<const uint8_t> table_key,
                                              const std::vector<bool>& preset,
                                              std::span<const Remainder> remainders) {
  ComponentSystem strong = BuildSystem(family, shape, component, judgements, ReaderKnows::kZeros,
                                       table_key, preset, remainders);
  ComponentSystem weak = BuildSystem(family, shape, component, judgements, ReaderKnows::kEmptyCells,
                                     table_key, preset, remainders);
  LeaveOutWhatFollowsAnyway(&strong.system);
  LeaveOutWhatFollowsAnyway(&weak.system);
  const size_t cells = component.measures.size() * strong.cells_per_measure;
  RENKEI_ASSIGN_OR_RETURN(std::vector<bool> hidden, SuppressComplementary(strong.system));
  for (size_t c = 0; c < cells; ++c) {
    SystemCell& cell = weak.system.cells[c];
    cell.preset_hidden = cell.preset_hidden || hidden[c];
  }
  RENKEI_ASSIGN_OR_RETURN(hidden, SuppressComplementary(weak.system));
  // Hiding more protects more; that it did is checked, not assumed.
  std::vector<bool> final_pattern = hidden;
  final_pattern.resize(cells);
  std::vector<bool> on_strong = final_pattern;
  on_strong.resize(strong.system.cells.size(), true);
  if (!ExactPrimaries(strong.system, on_strong).empty()) return Held();
  return final_pattern;
}

// On top of `hidden`. A pattern decides which places are shown, and so which remainders there are;
// hiding for one may make another. Each round hides more, so the rounds end.
absl::StatusOr<std::vector<bool>> HideComponent(
    const FamilyCounts& family, const TableShape& shape, const Component& component,
    const std::vector<std::vector<Judgement>>& judgements, std::span<const uint8_t> table_key,
    std::vector<bool> hidden) {
  std::vector<Remainder> remainders;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(
        std::vector<bool> pattern,
        HidePattern(family, shape, component, judgements, table_key, hidden, remainders));
    if (!remainders.empty() && pattern == hidden) return pattern;
    hidden = std::move(pattern);
    const size_t known = remainders.size();
    for (Remainder& more : RemainderSearch(family, shape, component, hidden).Run()) {
      const bool is_new = std::find(remainders.begin(), remainders.end(), more) == remainders.end();
      if (is_new) remainders.push_back(std::move(more));
    }
    if (remainders.size() == known) return hidden;
  }
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
  bool hid_more = true;
  while (hid_more) {
    for (const Component& component : LinkedComponents(family)) {
      std::vector<bool> pattern;
      for (const int measure : component.measures) {
        const std::vector<bool>& of_measure = hidden[static_cast<size_t>(measure)];
        pattern.insert(pattern.end(), of_measure.begin(), of_measure.end());
      }
      RENKEI_ASSIGN_OR_RETURN(pattern, HideComponent(family, shape, component, judgements,
                                                     table_key, std::move(pattern)));
      auto from = pattern.begin();
      for (const int measure : component.measures) {
        hidden[static_cast<size_t>(measure)].assign(from, from + cells);
        from += cells;
      }
    }
    HideTogether(family.ties, &hidden);
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
                                         SealedAudit* audit) {
    const tables::Layout& layout = *family.request->layout;
    std::vector<ProtectedMeasure> measures;
    std::vector<std::vector<CellFate>> fates;
    for (size_t m = 0; m < layout.measures().size(); ++m) {
      ProtectedMeasure out;
      out.measure = layout.measures()[m];
      std::vector<CellFate> fate;
      // Of the cells that the layout has: what it withholds is no loss of this release.
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
            ProtectedCell cell = Emit(layout, shape.slices[slice], s, a, j, hidden[m][c]);
            const bool suppressed = cell.state == v1::CELL_STATE_SUPPRESSED;
            const rules::Grain grain = GrainOf(shape, c);
            cell.withheld = family.request->withheld.Withholds(grain);
            if (!cell.withheld) {
              total += j.count.x;
              if (suppressed) {
                lost += j.count.x;
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
    return ProtectedTable<ForRelease>(family.request->layout, std::move(measures));
  }

 private:
  static ProtectedCell Emit(const tables::Layout& layout, const Slice& slice, int sex, int age,
                            const Judgement& j, bool hidden) {
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
    } else if (j.count.n > 0) {
      cell.numerator = j.count.x;
      cell.denominator = j.count.n;
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
    return TableMaker::Make(family, shape, {0, shape.publishable}, judgements, hidden, audit);
  }
}

absl::StatusOr<ProtectedTable<ForRelease>> ProtectUnion(const UnionRequest& request,
                                                        std::span<const uint8_t> table_key) {
  if (table_key.size() != kTableKeyBytes) {
    return absl::InvalidArgumentError("protect: the table key must have 32 bytes");
  }
  RENKEI_ASSIGN_OR_RETURN(const UnionPattern made, HideUnionCells(request, table_key));
  const size_t first = made.shape.SliceOfSet(made.set, 0);
  return TableMaker::Make(made.family, made.shape, {first, first + kKinds + 1}, made.judgements,
                          made.hidden, nullptr);
}

base::Secret DeriveTableKey(const base::Secret& release_root, absl::string_view family_id) {
  return crypto::Hkdf(release_root.bytes(), {}, absl::StrCat("renkei/v1/table-key/", family_id),
                      kTableKeyBytes);
}

}  // namespace renkei::policy::disclosure
