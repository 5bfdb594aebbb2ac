#include "policy/disclosure/family_counts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/disclosure/implied_relations.h"
#include "policy/tables/structurally_empty.h"

namespace renkei::policy::disclosure {
namespace {

using tables::kBands;
using tables::kSexes;

absl::Status CheckMembers(const ProtectRequest& request, FamilyCounts* family) {
  std::set<base::MemberId> seen;
  for (const PooledContribution& c : request.contributions) {
    const int kind = KindIndex(c.kind);
    if (kind < 0) return absl::InvalidArgumentError("protect: a contribution has no member kind");
    if (c.member.empty() || !seen.insert(c.member).second) {
      return absl::InvalidArgumentError("protect: a member is missing or contributes twice");
    }
    if (c.cube == nullptr || !(c.cube->layout() == *request.layout)) {
      return absl::InvalidArgumentError("protect: a contribution has another layout");
    }
    RENKEI_RETURN_IF_ERROR(tables::CheckPlausible(*c.cube));
    family->kind_of.push_back(kind);
    family->min_cell = std::max(family->min_cell, c.min_cell_persons);
    family->min_contributors = std::max(family->min_contributors, c.min_contributors);
    family->capped.Add(c.capped);
  }
  return absl::OkStatus();
}

absl::Status FindAttributes(const ProtectRequest& request, FamilyCounts* family) {
  for (const tables::MeasureVersion& wanted : request.layout->measures()) {
    const auto found = std::find_if(
        request.measures.begin(), request.measures.end(),
        [&](const v1::Measure& m) { return m.id() == wanted.id && m.version() == wanted.version; });
    if (found == request.measures.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("protect: measure ", wanted.id, "@", wanted.version, " is not described"));
    }
    family->attributes.push_back(&*found);
    std::array<bool, 7> empty{};
    for (int band = 0; band < kBands; ++band) {
      empty[static_cast<size_t>(band)] = tables::IsStructurallyEmpty(*found, band, band);
    }
    family->structurally_empty.push_back(empty);
  }
  return absl::OkStatus();
}

absl::Status FillMeasures(const ProtectRequest& request, FamilyCounts* family) {
  const int measures = static_cast<int>(request.layout->measures().size());
  for (int m = 0; m < measures; ++m) {
    Block block(request.contributions.size(), family->geographies);
    for (size_t i = 0; i < request.contributions.size(); ++i) {
      const tables::Cube& cube = *request.contributions[i].cube;
      for (int g = 0; g < family->geographies; ++g) {
        for (int s = 0; s < kSexes; ++s) {
          for (int b = 0; b < kBands; ++b) {
            const int64_t x = cube.at(m, g, s, b, 0);
            const int64_t rest = cube.at(m, g, s, b, 1);
            if (x != 0 &&
                family->structurally_empty[static_cast<size_t>(m)][static_cast<size_t>(b)]) {
              return absl::InvalidArgumentError(absl::StrCat(
                  "protect: measure ", request.layout->measures()[static_cast<size_t>(m)].id,
                  " has counts where nobody can be"));
            }
            block.Add(i, g, s, b, {x, x + rest});
          }
        }
      }
    }
    family->blocks.push_back(std::move(block));
  }
  return absl::OkStatus();
}

int MeasureIndex(const tables::Layout& layout, const std::string& id) {
  for (size_t m = 0; m < layout.measures().size(); ++m) {
    if (layout.measures()[m].id == id) return static_cast<int>(m);
  }
  return -1;
}

// Classes that divide everybody in n: with n and all classes but one a reader has the last. n is
// shown with every class, so a cell is shown in all of them or in none. Some classes without the
// others would leave a rest that nobody has judged.
absl::Status TieClasses(const tables::Layout& layout, const v1::Relation& relation,
                        FamilyCounts* family) {
  std::vector<int> classes;
  for (const std::string& part : relation.part()) {
    if (const int index = MeasureIndex(layout, part); index >= 0) classes.push_back(index);
  }
  if (classes.size() > 1 && static_cast<int>(classes.size()) != relation.part_size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("protect: ", relation.part(0),
                     " and the classes beside it divide the same people; ask for one or all"));
  }
  for (size_t i = 0; i < classes.size(); ++i) {
    const int next = classes[(i + 1) % classes.size()];
    if (next != classes[i]) family->ties.push_back({classes[i], next});
  }
  if (classes.size() > 1) family->whole_populations.push_back(std::move(classes));
  return absl::OkStatus();
}

// What the parts of a relation leave in one inner cell of a member: of their total's x, or, without
// a total, of the n of `holder`.
Count RestOf(const FamilyCounts& family, const RelationBlock& relation, int holder, size_t member,
             int geography, int sex, int band) {
  const auto inner = [&](int block) {
    return family.blocks[static_cast<size_t>(block)].Inner(member, geography, sex, band);
  };
  const Count whole = inner(relation.total >= 0 ? relation.total : holder);
  int64_t parts = 0;
  for (const int part : relation.parts) parts += inner(part).x;
  return {(relation.total >= 0 ? whole.x : whole.n) - parts, whole.n};
}

absl::Status DoNotFit(const v1::Relation& relation) {
  return absl::InvalidArgumentError(
      absl::StrCat("protect: ", relation.part(0), " and the other parts of ", relation.total(),
                   " do not add up in a contribution; mend the relation in the catalogue"));
}

absl::Status RefuseApart(const tables::Layout& layout, const v1::Relation& relation) {
  const auto is_asked = [&](const std::string& id) { return MeasureIndex(layout, id) >= 0; };
  const auto part = std::find_if(relation.part().begin(), relation.part().end(), is_asked);
  const auto apart = std::find_if(relation.apart().begin(), relation.apart().end(), is_asked);
  if (part == relation.part().end() || apart == relation.apart().end()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("protect: ", *part, " and ", *apart,
                                                 " are not released of the same area and year"));
}

// Calls `visit` with each member's inner cells.
template <typename Visit>
void ForEachInner(const ProtectRequest& request, const FamilyCounts& family, Visit visit) {
  for (size_t i = 0; i < request.contributions.size(); ++i) {
    for (int g = 0; g < family.geographies; ++g) {
      for (int s = 0; s < kSexes; ++s) {
        for (int b = 0; b < kBands; ++b) visit(i, g, s, b);
      }
    }
  }
}

void AddDifference(const ProtectRequest& request, int total, int measure, FamilyCounts* family) {
  Block difference(request.contributions.size(), family->geographies);
  ForEachInner(request, *family, [&](size_t i, int g, int s, int b) {
    const Count all = family->blocks[static_cast<size_t>(total)].Inner(i, g, s, b);
    const Count some = family->blocks[static_cast<size_t>(measure)].Inner(i, g, s, b);
    difference.Add(i, g, s, b, {std::max<int64_t>(all.x - some.n, 0), all.n});
  });
  family->differences.push_back({total, std::move(difference)});
}

// Has the member delivered what all measures of the relation read?
bool CollectsAll(const PooledContribution& contribution, const RelationBlock& relation) {
  const std::vector<bool>& collected = contribution.cube->collected();
  return (relation.total < 0 || collected[static_cast<size_t>(relation.total)]) &&
         std::all_of(relation.parts.begin(), relation.parts.end(),
                     [&](int part) { return collected[static_cast<size_t>(part)]; });
}

struct Rest {
  Block block;
  // Members that deliver all measures and whose parts do not fit into the whole somewhere (or,
  // where there is to be no rest, leave one), and how many deliver all.
  int misfits = 0;
  int complete = 0;
};

Rest MakeRest(const ProtectRequest& request, const FamilyCounts& family,
              const RelationBlock& relation, int holder, bool may_leave) {
  Rest rest{Block(request.contributions.size(), family.geographies)};
  std::vector<bool> fits(request.contributions.size(), true);
  ForEachInner(request, family, [&](size_t i, int g, int s, int b) {
    Count inner = RestOf(family, relation, holder, i, g, s, b);
    if (inner.x < 0 || (!may_leave && inner.x != 0)) fits[i] = false;
    if (relation.total < 0) inner.x = std::max<int64_t>(inner.x, 0);
    rest.block.Add(i, g, s, b, inner);
  });
  for (size_t i = 0; i < fits.size(); ++i) {
    if (!CollectsAll(request.contributions[i], relation)) continue;
    ++rest.complete;
    rest.misfits += !fits[i];
  }
  return rest;
}

bool HaveSameN(const ProtectRequest& request, const FamilyCounts& family, int a, int b) {
  bool same = true;
  ForEachInner(request, family, [&](size_t i, int g, int s, int band) {
    same = same && family.blocks[static_cast<size_t>(a)].Inner(i, g, s, band).n ==
                       family.blocks[static_cast<size_t>(b)].Inner(i, g, s, band).n;
  });
  return same;
}

// Classes that share nobody, and no total: the n of a class that counts everybody of the others too
// leaves a class of persons. Which n does is not said: each that is large enough at half of the
// members is taken for one, which can only hide more; so no single member can talk it away.
void AddRestsOfEverybody(const ProtectRequest& request, RelationBlock relation,
                         FamilyCounts* family) {
  std::vector<int> holders;
  for (const int holder : relation.parts) {
    const bool is_known = std::any_of(holders.begin(), holders.end(), [&](int other) {
      return HaveSameN(request, *family, holder, other);
    });
    if (is_known) continue;
    Rest rest = MakeRest(request, *family, relation, holder, /*may_leave=*/true);
    if (2 * rest.misfits > rest.complete) continue;
    holders.push_back(holder);
    relation.rest = static_cast<int>(family->blocks.size());
    family->blocks.push_back(std::move(rest.block));
    family->relations.push_back(relation);
  }
}

absl::Status AddRelation(const ProtectRequest& request, const v1::Relation& relation,
                         FamilyCounts* family) {
  if (!relation.apart().empty()) return RefuseApart(*request.layout, relation);
  if (relation.whole_population()) return TieClasses(*request.layout, relation, family);
  RelationBlock out;
  out.total = MeasureIndex(*request.layout, relation.total());
  for (const std::string& id : relation.same_people()) {
    const int index = MeasureIndex(*request.layout, id);
    if (out.total < 0 || index < 0) continue;
    family->ties.push_back({out.total, index});
    AddDifference(request, out.total, index, family);
  }
  bool has_rest = relation.rest_unpublished();
  for (const std::string& part : relation.part()) {
    const int index = MeasureIndex(*request.layout, part);
    if (index < 0) has_rest = true;  // a part that is no cell of this round is a rest to the reader
    if (index >= 0) out.parts.push_back(index);
  }
  // What one class leaves of n is its complement, which is judged with it.
  if (out.parts.empty() || (out.total < 0 && out.parts.size() == 1)) return absl::OkStatus();
  if (out.total < 0) {
    AddRestsOfEverybody(request, std::move(out), family);
    return absl::OkStatus();
  }
  has_rest = has_rest || !std::all_of(request.contributions.begin(), request.contributions.end(),
                                      [&](const auto& c) { return CollectsAll(c, out); });
  Rest rest = MakeRest(request, *family, out, out.total, has_rest);
  if (rest.misfits > 0) return DoNotFit(relation);
  if (has_rest) {
    out.rest = static_cast<int>(family->blocks.size());
    family->blocks.push_back(std::move(rest.block));
  }
  family->relations.push_back(std::move(out));
  return absl::OkStatus();
}

}  // namespace

bool FamilyCounts::HidesZeroRests(const RelationBlock& relation) const {
  const auto is_sensitive = [this](int m) {
    return attributes[static_cast<size_t>(m)]->sensitive();
  };
  return relation.total < 0 || is_sensitive(relation.total) ||
         std::any_of(relation.parts.begin(), relation.parts.end(), is_sensitive);
}

Block::Block(size_t members, int geographies)
    : rows_(geographies + 1),
      cells_(members * static_cast<size_t>(rows_) * kSexGroups.size() * kAgeGroups.size()) {}

void Block::Add(size_t member, int geography, int sex, int band, const Count& count) {
  for (const int row : {geography, rows_ - 1}) {
    for (size_t s = 0; s < kSexGroups.size(); ++s) {
      if (sex < kSexGroups[s].from || sex > kSexGroups[s].to) continue;
      for (size_t a = 0; a < kAgeGroups.size(); ++a) {
        if (band < kAgeGroups[a].from || band > kAgeGroups[a].to) continue;
        Count& cell = cells_[IndexOf(member, row, static_cast<int>(s), static_cast<int>(a))];
        cell = cell + count;
      }
    }
  }
}

Count Block::Of(size_t member, int kind, const Slice& slice, int sex_group, int age_group) const {
  const bool kind_in = (slice.kinds >> kind & 1) != 0;
  const Count& whole = At(member, rows_ - 1, sex_group, age_group);
  switch (slice.scope) {
    case Slice::Scope::kWhole:
      return kind_in ? whole : Count{};
    case Slice::Scope::kOne:
      return kind_in ? At(member, slice.geography, sex_group, age_group) : Count{};
    case Slice::Scope::kAllButOne:
      return kind_in ? whole - At(member, slice.geography, sex_group, age_group) : Count{};
    case Slice::Scope::kAllButPair:
      return kind_in ? whole - At(member, slice.geography, sex_group, age_group) : whole;
    case Slice::Scope::kAllButSeveral: {
      if (!kind_in) return Count{};
      Count rest = whole;
      for (const int g : slice.left_out) rest = rest - At(member, g, sex_group, age_group);
      return rest;
    }
    case Slice::Scope::kSelected: {
      Count sum;
      for (int g = 0; g + 1 < rows_; ++g) {
        if (slice.Contains(g, kind)) sum = sum + At(member, g, sex_group, age_group);
      }
      return sum;
    }
  }
  return Count{};
}

Count PooledInner(const FamilyCounts& family, int block, int geography, int kind, int sex,
                  int band) {
  const Block& counts = family.blocks[static_cast<size_t>(block)];
  Count pooled;
  for (size_t i = 0; i < family.kind_of.size(); ++i) {
    if (family.kind_of[i] == kind) pooled = pooled + counts.Inner(i, geography, sex, band);
  }
  return pooled;
}

absl::StatusOr<FamilyCounts> PoolFamily(const ProtectRequest& request) {
  if (request.layout == nullptr) return absl::InvalidArgumentError("protect: no layout");
  FamilyCounts family;
  family.request = &request;
  family.geographies = request.layout->geographies();
  family.min_cell = int64_t{request.policy.min_cell_persons()};
  family.min_contributors = int64_t{request.policy.min_contributors()};
  if (family.min_cell < 10 || family.min_contributors < 3) {
    return absl::InvalidArgumentError("protect: the policy is looser than the guideline");
  }
  for (const std::string& code : request.layout->municipalities()) {
    if (!request.population_persons.contains(code)) {
      return absl::InvalidArgumentError(
          absl::StrCat("protect: no population of municipality ", code, " in the edition"));
    }
  }
  RENKEI_RETURN_IF_ERROR(CheckMembers(request, &family));
  RENKEI_RETURN_IF_ERROR(FindAttributes(request, &family));
  RENKEI_RETURN_IF_ERROR(FillMeasures(request, &family));
  for (const v1::Relation& relation : WithImpliedRelations(request.relations, *request.layout)) {
    RENKEI_RETURN_IF_ERROR(AddRelation(request, relation, &family));
  }
  return family;
}

}  // namespace renkei::policy::disclosure
