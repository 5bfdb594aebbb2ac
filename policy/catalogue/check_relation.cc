#include "policy/catalogue/check_relation.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"

namespace renkei::policy::catalogue {

absl::Status CheckRelation(const v1::Relation& relation, const Place& place,
                           const std::map<std::string, const v1::Measure*>& measures) {
  if (relation.whole_population() && !relation.total().empty()) {
    return place.Error("has either a total or whole_population");
  }
  const bool has_rest_of_n = relation.total().empty() && relation.rest_unpublished();
  if (relation.total().empty() && !relation.whole_population() && !has_rest_of_n) {
    return place.Error("without a total needs whole_population or rest_unpublished");
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
  const size_t of_one_family = ids.size();
  ids.insert(ids.end(), relation.same_people().begin(), relation.same_people().end());
  std::set<std::string> seen;
  std::set<std::string> families;
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto it = measures.find(ids[i]);
    if (it == measures.end()) {
      return place.Error(absl::StrCat("no measure is named '", ids[i], "'"));
    }
    if (!seen.insert(ids[i]).second) {
      return place.Error(absl::StrCat("measure '", ids[i], "' stands twice"));
    }
    if (i < of_one_family) families.insert(it->second->family());
  }
  if (families.size() > 1) return place.Error("total and parts must be of one family");
  const bool only_people = relation.part().empty() && !relation.same_people().empty();
  // One part without a rest is the total under another name.
  if (!only_people && relation.part_size() < (relation.total().empty() ? 2 : 1)) {
    return place.Error("needs two parts, or one of a total");
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::catalogue
