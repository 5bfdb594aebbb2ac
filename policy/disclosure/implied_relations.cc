#include "policy/disclosure/implied_relations.h"

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

void AddClosure(const std::vector<v1::Relation>& relations, const std::set<std::string>& asked,
                std::vector<v1::Relation>* out) {
  std::map<std::string, std::set<std::string>> within;
  std::set<Pair> stated;
  for (const v1::Relation& relation : relations) {
    if (relation.total().empty()) continue;
    for (const std::string& part : relation.part()) {
      within[relation.total()].insert(part);
      stated.insert({relation.total(), part});
    }
  }
  for (const std::string& total : asked) {
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
    for (const std::string& part : reached) {
      if (!asked.contains(part) || stated.contains({total, part})) continue;
      out->push_back(RelationOf(total, {part}, "by way of a third measure"));
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
    if (!relation.whole_population()) AddSubsets(relation, asked, &all);
  }
  AddClosure(relations, asked, &all);
  return all;
}

}  // namespace renkei::policy::disclosure
