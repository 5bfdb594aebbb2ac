#include "policy/disclosure/implied_relations.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// 2^n subsets of more classes are no longer few.
constexpr size_t kMostForAllSubsets = 4;

using Ids = std::vector<std::string>;

// What some of the classes leave is the sum of the others and the rest, and a class too. Of many
// classes what the shown ones leave is judged cell by cell, when it is known which are shown.
std::vector<Ids> SubsetsOf(const Ids& classes) {
  std::vector<Ids> subsets;
  const size_t count = classes.size();
  if (count > kMostForAllSubsets) return subsets;
  for (size_t bits = 1; bits + 1 < size_t{1} << count; ++bits) {
    Ids subset;
    for (size_t i = 0; i < count; ++i) {
      if (bits >> i & 1) subset.push_back(classes[i]);
    }
    subsets.push_back(std::move(subset));
  }
  return subsets;
}

// Total -> what lies within it, as stated; an equality goes both ways.
using Nesting = std::map<std::string, std::set<std::string>>;

Nesting StatedNesting(const std::vector<v1::Relation>& relations) {
  Nesting within;
  for (const v1::Relation& relation : relations) {
    if (relation.total().empty()) continue;
    for (const std::string& part : relation.part()) within[relation.total()].insert(part);
    if (relation.part_size() == 1 && !relation.rest_unpublished()) {
      within[relation.part(0)].insert(relation.total());
    }
  }
  return within;
}

// Everything within `total`, by any number of steps.
std::set<std::string> ReachedFrom(const std::string& total, const Nesting& within) {
  std::set<std::string> reached;
  Ids waiting = {total};
  while (!waiting.empty()) {
    const std::string at = std::move(waiting.back());
    waiting.pop_back();
    const auto parts = within.find(at);
    if (parts == within.end()) continue;
    for (const std::string& part : parts->second) {
      if (part != total && reached.insert(part).second) waiting.push_back(part);
    }
  }
  return reached;
}

// Which of the asked measures share nobody: the classes of a relation, and whatever lies within
// one of them with whatever lies within another.
using Disjoint = std::map<std::string, std::set<std::string>>;

Disjoint DisjointAsked(const std::vector<v1::Relation>& relations, const Nesting& within,
                       const std::set<std::string>& asked) {
  Disjoint disjoint;
  for (const v1::Relation& relation : relations) {
    if (!relation.apart().empty()) continue;
    std::vector<Ids> classes;
    for (const std::string& part : relation.part()) {
      Ids of_class;
      if (asked.contains(part)) of_class.push_back(part);
      for (const std::string& inner : ReachedFrom(part, within)) {
        if (asked.contains(inner)) of_class.push_back(inner);
      }
      classes.push_back(std::move(of_class));
    }
    for (size_t i = 0; i < classes.size(); ++i) {
      for (size_t k = i + 1; k < classes.size(); ++k) {
        for (const std::string& a : classes[i]) {
          for (const std::string& b : classes[k]) {
            if (a == b) continue;
            disjoint[a].insert(b);
            disjoint[b].insert(a);
          }
        }
      }
    }
  }
  return disjoint;
}

// The largest sets of candidates that share nobody, pair by pair (Bron and Kerbosch).
void LargestDisjoint(const Disjoint& disjoint, Ids chosen, std::set<std::string> open,
                     std::set<std::string> done, std::vector<Ids>* out) {
  if (open.empty() && done.empty()) {
    out->push_back(std::move(chosen));
    return;
  }
  const auto neighbours = [&disjoint](const std::string& id) -> const std::set<std::string>& {
    static const std::set<std::string> kNone;
    const auto it = disjoint.find(id);
    return it == disjoint.end() ? kNone : it->second;
  };
  // Only what is no neighbour of the pivot begins a set of its own.
  std::string pivot;
  size_t most = 0;
  for (const std::set<std::string>* from : {&open, &done}) {
    for (const std::string& id : *from) {
      const auto& near = neighbours(id);
      const auto count = static_cast<size_t>(
          std::count_if(open.begin(), open.end(), [&](const auto& o) { return near.contains(o); }));
      if (pivot.empty() || count > most) {
        pivot = id;
        most = count;
      }
    }
  }
  const std::set<std::string>& beside_pivot = neighbours(pivot);
  Ids starts;
  for (const std::string& id : open) {
    if (!beside_pivot.contains(id)) starts.push_back(id);
  }
  for (const std::string& id : starts) {
    const std::set<std::string>& near = neighbours(id);
    std::set<std::string> open_near, done_near;
    for (const std::string& o : open) {
      if (near.contains(o)) open_near.insert(o);
    }
    for (const std::string& d : done) {
      if (near.contains(d)) done_near.insert(d);
    }
    Ids more = chosen;
    more.push_back(id);
    LargestDisjoint(disjoint, std::move(more), std::move(open_near), std::move(done_near), out);
    open.erase(id);
    done.insert(id);
  }
}

bool AreSame(const Ids& ids, const google::protobuf::RepeatedPtrField<std::string>& part) {
  return std::set<std::string>(ids.begin(), ids.end()) ==
         std::set<std::string>(part.begin(), part.end());
}

// Do the classes make up the total, or everybody? As one relation says.
bool AddUp(const std::string& total, const Ids& classes,
           const std::vector<v1::Relation>& relations) {
  return std::any_of(relations.begin(), relations.end(), [&](const v1::Relation& relation) {
    const bool is_sum = total.empty() ? relation.whole_population()
                                      : relation.total() == total && !relation.rest_unpublished();
    return is_sum && !relation.part().empty() && AreSame(classes, relation.part());
  });
}

}  // namespace

std::set<std::string> LinkedWith(const std::set<std::string>& ids,
                                 const std::vector<v1::Relation>& relations) {
  std::set<std::string> all;
  for (const v1::Relation& relation : relations) {
    if (!relation.total().empty()) all.insert(relation.total());
    all.insert(relation.part().begin(), relation.part().end());
  }
  const Nesting within = StatedNesting(relations);
  const Disjoint disjoint = DisjointAsked(relations, within, all);
  std::set<std::string> linked;
  for (const std::string& id : all) {
    const std::set<std::string> inner = ReachedFrom(id, within);
    if (ids.contains(id)) linked.insert(inner.begin(), inner.end());
    if (std::any_of(inner.begin(), inner.end(), [&](const auto& i) { return ids.contains(i); })) {
      linked.insert(id);
    }
    const auto others = disjoint.find(id);
    if (ids.contains(id) && others != disjoint.end()) {
      linked.insert(others->second.begin(), others->second.end());
    }
  }
  const auto link = [&](const std::set<std::string>& one, const std::set<std::string>& other) {
    const auto has_asked = [&ids](const std::set<std::string>& from) {
      return std::any_of(from.begin(), from.end(), [&](const auto& i) { return ids.contains(i); });
    };
    if (has_asked(one)) linked.insert(other.begin(), other.end());
    if (has_asked(other)) linked.insert(one.begin(), one.end());
  };
  for (const v1::Relation& relation : relations) {
    const std::set<std::string> parts(relation.part().begin(), relation.part().end());
    link(parts, {relation.apart().begin(), relation.apart().end()});
    if (relation.same_people_size() == 0) continue;
    std::set<std::string> total = ReachedFrom(relation.total(), within);
    total.insert(relation.total());
    link(total, {relation.same_people().begin(), relation.same_people().end()});
  }
  return linked;
}

std::vector<v1::Relation> WithImpliedRelations(const std::vector<v1::Relation>& relations,
                                               const tables::Layout& layout) {
  std::set<std::string> asked;
  for (const tables::MeasureVersion& measure : layout.measures()) asked.insert(measure.id);
  std::vector<v1::Relation> all;
  for (const v1::Relation& relation : relations) {
    if (relation.whole_population() || relation.apart_size() != 0) all.push_back(relation);
    if (relation.same_people_size() == 0) continue;
    v1::Relation people = relation;
    people.clear_part();
    all.push_back(std::move(people));
  }
  const Nesting within = StatedNesting(relations);
  const Disjoint disjoint = DisjointAsked(relations, within, asked);
  // Parts of a total that is not asked add up to the n of a measure of the same people: the two are
  // judged beside the total only.
  for (const v1::Relation& relation : relations) {
    if (asked.contains(relation.total())) continue;
    const std::set<std::string> same(relation.same_people().begin(), relation.same_people().end());
    v1::Relation apart;
    for (const std::string& part : ReachedFrom(relation.total(), within)) {
      if (asked.contains(part) && !same.contains(part)) apart.add_part(part);
    }
    // Nor what shares nobody with the total: n less both is a class.
    std::set<std::string> with_total = asked;
    with_total.insert(relation.total());
    const Disjoint of_total = DisjointAsked(relations, within, with_total);
    if (const auto others = of_total.find(relation.total()); others != of_total.end()) {
      for (const std::string& other : others->second) {
        if (!same.contains(other)) apart.add_part(other);
      }
    }
    for (const std::string& id : same) {
      if (asked.contains(id)) apart.add_apart(id);
    }
    if (apart.part_size() != 0 && apart.apart_size() != 0) all.push_back(std::move(apart));
  }
  std::set<std::pair<std::string, Ids>> added;
  const auto add_one = [&](const std::string& total, Ids classes, bool adds_up) {
    // Of everybody one class leaves its complement, which is judged with it.
    if (total.empty() && (adds_up || classes.size() == 1)) return;
    std::sort(classes.begin(), classes.end());
    if (!added.insert({total, classes}).second) return;
    v1::Relation relation;
    relation.set_total(total);
    for (const std::string& part : classes) relation.add_part(part);
    relation.set_rest_unpublished(!adds_up);
    all.push_back(std::move(relation));
  };
  const auto add = [&](const std::string& total, const Ids& classes) {
    const bool adds_up = AddUp(total, classes, relations);
    for (const Ids& subset : SubsetsOf(classes)) {
      // Of a sum all but one leave the one, which is a cell.
      if (adds_up && subset.size() + 1 == classes.size()) continue;
      add_one(total, subset, false);
    }
    add_one(total, classes, adds_up);
  };
  for (const std::string& total : asked) {
    std::set<std::string> inner;
    for (const std::string& id : ReachedFrom(total, within)) {
      if (asked.contains(id)) inner.insert(id);
    }
    if (inner.empty()) continue;
    std::vector<Ids> families;
    LargestDisjoint(disjoint, {}, inner, {}, &families);
    for (const Ids& family : families) add(total, family);
  }
  std::vector<Ids> families;
  LargestDisjoint(disjoint, {}, asked, {}, &families);
  for (const Ids& family : families) add("", family);
  return all;
}

}  // namespace renkei::policy::disclosure
