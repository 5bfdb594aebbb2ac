#include "policy/disclosure/family_system.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::disclosure {
namespace {

using tables::kBands;
using tables::kSexes;

// Inner cells of the pooled table, known ones marked.
class Variables {
 public:
  Variables(const FamilyCounts& family, const Component& component,
            const std::vector<std::vector<Judgement>>& judgements, ReaderKnows knows)
      : family_(family), position_(family.blocks.size(), -1), knows_(knows) {
    for (const int measure : component.measures) {
      const auto m = static_cast<size_t>(measure);
      Place(measure, family.structurally_empty[m],
            knows == ReaderKnows::kZeros && !family.attributes[m]->sensitive(), true,
            judgements[m]);
    }
    for (const RelationBlock* relation : component.relations) {
      if (relation->rest >= 0) {
        // A rest is empty where its total is; a rest of everybody is nowhere.
        constexpr std::array<bool, kBands> kNowhere{};
        Place(relation->rest,
              relation->total >= 0 ? family.structurally_empty[static_cast<size_t>(relation->total)]
                                   : kNowhere,
              knows == ReaderKnows::kZeros && !family.HidesZeroRests(*relation), false,
              judgements[static_cast<size_t>(relation->rest)]);
      }
    }
  }

  uint32_t size() const { return static_cast<uint32_t>(known_.size()); }
  const std::vector<bool>& known() const { return known_; }

  void Append(int block, int geography, int kind, int sex, int band, int32_t coefficient,
              Row* row) const {
    const uint32_t v = Index(block, geography, kind, sex, band);
    if (!known_[v]) row->push_back({v, coefficient});
  }

 private:
  uint32_t Index(int block, int geography, int kind, int sex, int band) const {
    const int block_at = position_[static_cast<size_t>(block)];
    const int index =
        (((block_at * family_.geographies + geography) * kKinds + kind) * kSexes + sex) * kBands +
        band;
    return static_cast<uint32_t>(index);
  }

  void Place(int block, const std::array<bool, kBands>& empty, bool zeros_are_known,
             bool full_is_known, const std::vector<Judgement>& cells) {
    position_[static_cast<size_t>(block)] = blocks_++;
    const int cells_so_far = blocks_ * family_.geographies * kKinds * kSexes * kBands;
    known_.resize(static_cast<size_t>(cells_so_far));
    for (int g = 0; g < family_.geographies; ++g) {
      for (int k = 0; k < kKinds; ++k) {
        // Slice of geography g and kind k among the publishable ones: four per geography, all kinds
        // first.
        const int slice_index = (g + 1) * 4 + 1 + k;
        const auto slice = static_cast<size_t>(slice_index);
        for (int s = 0; s < kSexes; ++s) {
          for (int b = 0; b < kBands; ++b) {
            const Judgement& j = cells[CellIndex(slice, s, b)];
            bool known = knows_ != ReaderKnows::kNothing &&
                         (j.count.n == 0 || empty[static_cast<size_t>(b)]);
            if (zeros_are_known) {
              const bool full =
                  full_is_known && j.count.x == j.count.n && (j.reasons & kSmallCount) == 0;
              known = known || j.count.x == 0 || full;
            }
            known_[Index(block, g, k, s, b)] = known;
          }
        }
      }
    }
  }

  const FamilyCounts& family_;
  std::vector<int> position_;
  ReaderKnows knows_;
  std::vector<bool> known_;
  int blocks_ = 0;
};

Row CellRow(const FamilyCounts& family, const Variables& variables, int block, const Slice& slice,
            const SexGroup& sex, const AgeGroup& age) {
  Row row;
  for (int g = 0; g < family.geographies; ++g) {
    for (int k = 0; k < kKinds; ++k) {
      if (!slice.Contains(g, k)) continue;
      for (int s = sex.from; s <= sex.to; ++s) {
        for (int b = age.from; b <= age.to; ++b) variables.Append(block, g, k, s, b, 1, &row);
      }
    }
  }
  return row;
}

void AddEquations(const FamilyCounts& family, const Variables& variables,
                  const RelationBlock& relation, LinearSystem* system) {
  for (int g = 0; g < family.geographies; ++g) {
    for (int k = 0; k < kKinds; ++k) {
      for (int s = 0; s < kSexes; ++s) {
        for (int b = 0; b < kBands; ++b) {
          Row row;
          if (relation.total >= 0) variables.Append(relation.total, g, k, s, b, 1, &row);
          for (const int part : relation.parts) variables.Append(part, g, k, s, b, -1, &row);
          if (relation.rest >= 0) variables.Append(relation.rest, g, k, s, b, -1, &row);
          std::sort(row.begin(), row.end(),
                    [](const Term& l, const Term& r) { return l.variable < r.variable; });
          if (!row.empty()) system->known.push_back(std::move(row));
        }
      }
    }
  }
}

}  // namespace

uint64_t TieOfCell(const FamilyCounts& family, int measure, const Slice& slice, const SexGroup& sex,
                   const AgeGroup& age, std::span<const uint8_t> table_key) {
  const tables::MeasureVersion& m =
      family.request->layout->measures()[static_cast<size_t>(measure)];
  const crypto::Digest prf = crypto::HmacSha256(
      table_key, base::AsBytes(absl::StrCat("renkei/v1/disclosure/cell|", m.id, "|",
                                            SliceName(slice, *family.request->layout), "|",
                                            static_cast<int>(sex.sex), "|", age.label)));
  uint64_t tie = 0;
  for (size_t i = 0; i < 8; ++i) tie = tie << 8 | prf[i];
  return tie;
}

std::vector<Component> LinkedComponents(const FamilyCounts& family) {
  const size_t measures = family.attributes.size();
  std::vector<size_t> root(measures);
  std::iota(root.begin(), root.end(), size_t{0});
  const auto find = [&](size_t m) {
    while (root[m] != m) m = root[m];
    return m;
  };
  for (const RelationBlock& relation : family.relations) {
    for (const int part : relation.parts) {
      const size_t a = find(static_cast<size_t>(relation.first()));
      const size_t b = find(static_cast<size_t>(part));
      root[std::max(a, b)] = std::min(a, b);
    }
  }
  std::vector<Component> components;
  std::vector<int> component_of(measures, -1);
  for (size_t m = 0; m < measures; ++m) {
    const size_t r = find(m);
    if (component_of[r] < 0) {
      component_of[r] = static_cast<int>(components.size());
      components.emplace_back();
    }
    components[static_cast<size_t>(component_of[r])].measures.push_back(static_cast<int>(m));
  }
  for (const RelationBlock& relation : family.relations) {
    const size_t r = find(static_cast<size_t>(relation.first()));
    components[static_cast<size_t>(component_of[r])].relations.push_back(&relation);
  }
  return components;
}

std::vector<int> BlocksOf(const Component& component) {
  std::vector<int> blocks = component.measures;
  for (const RelationBlock* relation : component.relations) {
    if (relation->rest >= 0) blocks.push_back(relation->rest);
  }
  return blocks;
}

std::vector<bool> KnownVariables(const FamilyCounts& family, const Component& component,
                                 const std::vector<std::vector<Judgement>>& judgements,
                                 ReaderKnows knows) {
  return Variables(family, component, judgements, knows).known();
}

ComponentSystem BuildSystem(const FamilyCounts& family, const TableShape& shape,
                            const Component& component,
                            const std::vector<std::vector<Judgement>>& judgements,
                            ReaderKnows knows, std::span<const uint8_t> table_key,
                            const std::vector<bool>& hidden,
                            std::span<const Remainder> remainders) {
  const Variables variables(family, component, judgements, knows);
  ComponentSystem out;
  out.cells_per_measure = shape.publishable_cells();
  out.system.variables = variables.size();
  for (const RelationBlock* relation : component.relations) {
    AddEquations(family, variables, *relation, &out.system);
  }
  // Publishable cells of every measure, then differences and rests that must not be derivable.
  const auto add = [&](int block, size_t from_slice, size_t to_slice, bool is_measure) {
    for (size_t slice = from_slice; slice < to_slice; ++slice) {
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
          const Judgement& j = judgements[static_cast<size_t>(block)][CellIndex(slice, s, a)];
          const bool publishable = is_measure && slice < shape.publishable;
          if (!publishable && j.reasons == 0) continue;
          const SexGroup& sex = kSexGroups[static_cast<size_t>(s)];
          const AgeGroup& age = kAgeGroups[static_cast<size_t>(a)];
          SystemCell cell;
          cell.row = CellRow(family, variables, block, shape.slices[slice], sex, age);
          cell.publishable = publishable;
          cell.primary = j.reasons != 0 && !cell.row.empty();
          if (publishable) {
            cell.preset_hidden =
                j.reasons != 0 || (!hidden.empty() && hidden[out.system.cells.size()]);
            cell.level = (slice >= 4 ? 1u : 0u) +
                         (shape.slices[slice].kinds == kAllKinds ? 0u : 1u) + sex.level + age.level;
            cell.magnitude = LogClass(j.count.x);
            cell.tie = TieOfCell(family, block, shape.slices[slice], sex, age, table_key);
          }
          // Without unknowns a difference has nothing to protect.
          if (publishable || cell.primary) out.system.cells.push_back(std::move(cell));
        }
      }
    }
  };
  for (const int measure : component.measures) add(measure, 0, shape.publishable, true);
  for (const int measure : component.measures) {
    add(measure, shape.publishable, shape.slices.size(), true);
  }
  for (const RelationBlock* relation : component.relations) {
    if (relation->rest >= 0) add(relation->rest, 0, shape.slices.size(), false);
  }
  for (const Remainder& r : remainders) {
    SystemCell cell;
    for (const int block : r.blocks) {
      for (const int age : r.age_groups) {
        const Row part =
            CellRow(family, variables, block, r.slice, kSexGroups[static_cast<size_t>(r.sex_group)],
                    kAgeGroups[static_cast<size_t>(age)]);
        cell.row.insert(cell.row.end(), part.begin(), part.end());
      }
    }
    std::sort(cell.row.begin(), cell.row.end(),
              [](const Term& a, const Term& b) { return a.variable < b.variable; });
    cell.publishable = false;
    cell.primary = !cell.row.empty();
    if (cell.primary) out.system.cells.push_back(std::move(cell));
  }
  return out;
}

}  // namespace renkei::policy::disclosure
