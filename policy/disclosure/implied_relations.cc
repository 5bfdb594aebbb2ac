#include "policy/disclosure/implied_relations.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// Of more classes only one or two are left out at a time: 2^n subsets are no longer few.
constexpr size_t kMostForAllSubsets = 6;

using Ids = std::vector<std::string>;
using Pair = std::pair<std::string, std::string>;  // the second lies within the first

v1::Relation RelationOf(const std::string& total, const Ids& parts, const std::string& source) {
  v1::Relation relation;
  relation.set_total(total);
  for (const std::string& part : parts) relation.add_part(part);
  relation.set_rest_unpublished(true);
  relation.set_source(source);
  return relation;
}

// Subsets of the classes, but not all of them.
std::vector<Ids> SubsetsOf(const Ids& classes) {
  std::vector<Ids> subsets;
  const size_t count = classes.size();
  if (count > kMostForAllSubsets) {
    for (size_t i = 0; i < count; ++i) {
      subsets.push_back({classes[i]});
      for (size_t k = i + 1; k < count; ++k) subsets.push_back({classes[i], classes[k]});
    }
    return subsets;
  }
  for (size_t bits = 1; bits + 1 < size_t{1} << count; ++bits) {
    Ids subset;
    for (size_t i = 0; i < count; ++i) {
      if (bits >> i & 1) subset.push_back(classes[i]);
    }
    subsets.push_back(std::move(subset));
  }
  return subsets;
}

void AddSubsets(const v1::Relation& relation, const std::set<std::string>& asked,
                std::vector<v1::Relation>* out) {
  Ids classes;
  for (const std::string& part : relation.part()) {
    if (asked.contains(part)) classes.push_back(part);
  }
  const bool has_total = asked.contains(relation.total());
  const bool adds_up = has_total && !relation.rest_unpublished() &&
                       classes.size() == static_cast<size_t>(relation.part_size());
  for (const Ids& subset : SubsetsOf(classes)) {
    // Of everybody one class leaves its complement, of a sum all but one leave the one: both are
    // judged as cells.
    if (!has_total && subset.size() == 1) continue;
    if (adds_up && subset.size() + 1 == classes.size()) continue;
    out->push_back(RelationOf(has_total ? relation.total() : "", subset, relation.source()));
  }
}

// Total -> what lies within it, as stated; an equality goes both ways.
std::map<std::string, std::set<std::string>> StatedNesting(
    const std::vector<v1::Relation>& relations) {
  std::map<std::string, std::set<std::string>> within;
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
std::set<std::string> ReachedFrom(const std::string& total,
                                  const std::map<std::string, std::set<std::string>>& within) {
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

void AddClosure(const std::vector<v1::Relation>& relations, const std::set<std::string>& asked,
                std::vector<v1::Relation>* out) {
  const auto within = StatedNesting(relations);
  std::set<Pair> stated;
  for (const v1::Relation& relation : relations) {
    if (relation.total().empty()) continue;
    for (const std::string& part : relation.part()) stated.insert({relation.total(), part});
  }
  for (const std::string& total : asked) {
    for (const std::string& part : ReachedFrom(total, within)) {
      const bool is_new = !stated.contains({total, part}) && !stated.contains({part, total});
      if (!asked.contains(part) || !is_new) continue;
      out->push_back(RelationOf(total, {part}, "by way of a third measure"));
    }
  }
}

// What lies within one class has nobody of another class.
void AddDisjointWithin(const std::vector<v1::Relation>& relations,
                       const std::set<std::string>& asked, std::vector<v1::Relation>* out) {
  const auto within = StatedNesting(relations);
  std::set<Pair> stated, added;
  for (const v1::Relation& relation : relations) {
    for (const std::string& a : relation.part()) {
      for (const std::string& b : relation.part()) stated.insert({a, b});
    }
  }
  for (const v1::Relation& relation : relations) {
    if (!relation.apart().empty()) continue;
    std::vector<Ids> classes;
    for (const std::string& part : relation.part()) {
      Ids asked_of_it;
      if (asked.contains(part)) asked_of_it.push_back(part);
      for (const std::string& inner : ReachedFrom(part, within)) {
        if (asked.contains(inner)) asked_of_it.push_back(inner);
      }
      classes.push_back(std::move(asked_of_it));
    }
    for (size_t i = 0; i < classes.size(); ++i) {
      for (size_t k = i + 1; k < classes.size(); ++k) {
        for (const std::string& a : classes[i]) {
          for (const std::string& b : classes[k]) {
            if (a == b || stated.contains({a, b})) continue;
            if (!added.insert(std::minmax(a, b)).second) continue;
            out->push_back(RelationOf("", {a, b}, relation.source()));
          }
        }
      }
    }
  }
}

}  // namespace

std::vector<v1::Relation> WithImpliedRelations(const std::vector<v1::Relation>& relations,
                                               const tables::Layout& layout) {
  std::set<std::string> asked;
  for (const tables::MeasureVersion& measure : layout.measures()) asked.insert(measure.id);
  std::vector<v1::Relation> all = relations;
  for (const v1::Relation& relation : relations) {
    const bool is_equation = !relation.whole_population() && relation.apart().empty();
    if (is_equation) AddSubsets(relation, asked, &all);
  }
  AddClosure(relations, asked, &all);
  AddDisjointWithin(relations, asked, &all);
  return all;
}

}  // namespace renkei::policy::disclosure
