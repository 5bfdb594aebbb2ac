#include "policy/catalogue/check_relation.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"

namespace renkei::policy::catalogue {
namespace {

// Whoever permits what `part` reads permits what `total` reads: then a class of the one family can
// lie within a class of the other.
bool ReadsAll(const v1::FamilyRule& part, const v1::FamilyRule& total) {
  return part.exam_as_workplace() == total.exam_as_workplace() &&
         std::all_of(total.reads().begin(), total.reads().end(), [&](int category) {
           return std::find(part.reads().begin(), part.reads().end(), category) !=
                  part.reads().end();
         });
}

absl::Status CheckApart(const v1::Relation& relation, const Place& place) {
  if (!relation.total().empty() || relation.whole_population() || relation.rest_unpublished() ||
      relation.same_people_size() != 0) {
    return place.Error("has either `apart` or equations");
  }
  if (relation.part().empty()) return place.Error("says what is apart, but not from which parts");
  return absl::OkStatus();
}

// Total and parts are of one family; where there is a rest, parts may read more than the total, or
// than the first of them.
absl::Status CheckFamilies(const v1::Relation& relation, const Place& place,
                           const std::map<std::string, const v1::Measure*>& measures,
                           const FamiliesById& families) {
  const std::string& first = relation.total().empty() ? relation.part(0) : relation.total();
  const std::string& family = measures.at(first)->family();
  for (const std::string& part : relation.part()) {
    const std::string& other = measures.at(part)->family();
    const auto total_rule = families.find(family), part_rule = families.find(other);
    const bool fits =
        other == family ||
        (relation.rest_unpublished() && total_rule != families.end() &&
         part_rule != families.end() && ReadsAll(*part_rule->second, *total_rule->second));
    if (!fits) {
      return place.Error(
          "total and parts must be of one family; where there is a rest, parts may read more");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRelation(const v1::Relation& relation, const Place& place,
                           const std::map<std::string, const v1::Measure*>& measures,
                           const FamiliesById& families) {
  const bool is_apart = relation.apart_size() != 0;
  if (is_apart) {
    if (absl::Status status = CheckApart(relation, place); !status.ok()) return status;
  }
  if (relation.whole_population() && !relation.total().empty()) {
    return place.Error("has either a total or whole_population");
  }
  const bool has_rest_of_n = relation.total().empty() && relation.rest_unpublished();
  if (relation.total().empty() && !relation.whole_population() && !has_rest_of_n && !is_apart) {
    return place.Error("without a total needs whole_population, rest_unpublished or apart");
  }
  if (has_rest_of_n && relation.same_people_size() != 0) {
    return place.Error("without a total has no numerator of its own");
  }
  if (relation.whole_population() &&
      (relation.rest_unpublished() || relation.same_people_size() != 0)) {
    return place.Error("whole_population leaves no rest, and has no numerator of its own");
  }
  std::vector<std::string> ids(relation.part().begin(), relation.part().end());
  if (!relation.total().empty()) ids.push_back(relation.total());
  ids.insert(ids.end(), relation.same_people().begin(), relation.same_people().end());
  ids.insert(ids.end(), relation.apart().begin(), relation.apart().end());
  std::set<std::string> seen;
  for (const std::string& id : ids) {
    if (!measures.contains(id)) {
      return place.Error(absl::StrCat("no measure is named '", id, "'"));
    }
    if (!seen.insert(id).second) {
      return place.Error(absl::StrCat("measure '", id, "' stands twice"));
    }
  }
  if (is_apart) return absl::OkStatus();
  if (absl::Status status = CheckFamilies(relation, place, measures, families); !status.ok()) {
    return status;
  }
  const bool only_people = relation.part().empty() && !relation.same_people().empty();
  // One part without a rest is the total under another name.
  if (!only_people && relation.part_size() < (relation.total().empty() ? 2 : 1)) {
    return place.Error("needs two parts, or one of a total");
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::catalogue
