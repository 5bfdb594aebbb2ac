#include "policy/catalogue/generate.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/catalogue/check_condition.h"
#include "policy/catalogue/decimal.h"

namespace renkei::policy::catalogue {
namespace {

constexpr int kMaxAxes = 4;
constexpr int kMaxValues = 32;
constexpr size_t kMaxGenerated = 256;
constexpr int kMaxEdges = 32;
constexpr int kFinestDecimals = 4;  // of edges, compared with each other before any item is known

void AddMeasure(const v1::Measure& measure, const Place& place, MeasureFiles* files) {
  *files->merged.add_measure() = measure;
  files->measure.push_back(place);
}

void AddPartition(const std::vector<std::string>& ids, const std::string& source,
                  const Place& place, MeasureFiles* files) {
  v1::Relation* relation = files->merged.add_relation();
  relation->set_whole_population(true);
  relation->set_source(source);
  for (const std::string& id : ids) relation->add_part(id);
  files->relation.push_back(place);
}

absl::Status CheckTemplate(const v1::Measure& measure, const Place& place) {
  if (measure.has_numerator() || measure.has_magnitude()) {
    return place.Error("its `measure` has no numerator and no magnitude: they are generated");
  }
  return absl::OkStatus();
}

class CrossTable {
 public:
  CrossTable(const v1::Cross& cross, const Place& place) : cross_(cross), place_(place) {}

  absl::Status Check() const {
    RENKEI_RETURN_IF_ERROR(CheckTemplate(cross_.measure(), place_));
    if (cross_.axis().empty() || cross_.axis_size() > kMaxAxes) {
      return place_.Error(absl::StrCat("needs 1 to ", kMaxAxes, " axes"));
    }
    size_t measures = 1;
    bool numerator = false;
    for (int a = 0; a < cross_.axis_size(); ++a) {
      const v1::Cross::Axis& axis = cross_.axis(a);
      const Place at = place_.In("axis", a);
      if (axis.value().empty() || axis.value_size() > kMaxValues) {
        return at.Error(absl::StrCat("needs 1 to ", kMaxValues, " values"));
      }
      for (int v = 0; v < axis.value_size(); ++v) {
        if (!IsId(absl::StrCat("x", axis.value(v).suffix())) || axis.value(v).suffix().empty() ||
            axis.value(v).name_ja().empty() || axis.value(v).name_en().empty()) {
          return at.In("value", v).Error("a value needs a suffix, name_ja and name_en");
        }
      }
      measures *= static_cast<size_t>(axis.value_size());
      numerator = numerator || !axis.in_population();
    }
    if (measures > kMaxGenerated) {
      return place_.Error(absl::StrCat("stands for more than ", kMaxGenerated, " measures"));
    }
    if (!numerator) return place_.Error("every axis is in_population: nothing is counted");
    return absl::OkStatus();
  }

  void Spread(MeasureFiles* files) {
    std::vector<const v1::Cross::Value*> chosen;
    Choose(&chosen, files);
    if (!cross_.partition()) return;
    for (const auto& [population, ids] : classes_) {
      AddPartition(ids, cross_.measure().source(), place_, files);
    }
  }

 private:
  void Choose(std::vector<const v1::Cross::Value*>* chosen, MeasureFiles* files) {
    const int depth = static_cast<int>(chosen->size());
    if (depth == cross_.axis_size()) return Add(*chosen, files);
    for (const v1::Cross::Value& value : cross_.axis(depth).value()) {
      chosen->push_back(&value);
      Choose(chosen, files);
      chosen->pop_back();
    }
  }

  void Add(const std::vector<const v1::Cross::Value*>& chosen, MeasureFiles* files) {
    v1::Measure measure = cross_.measure();
    std::string population;
    v1::Condition narrowed;
    *narrowed.mutable_all()->add_of() = measure.population();
    v1::Condition counted;
    for (int a = 0; a < cross_.axis_size(); ++a) {
      const v1::Cross::Value& value = *chosen[static_cast<size_t>(a)];
      measure.set_id(absl::StrCat(measure.id(), "_", value.suffix()));
      measure.set_name_ja(absl::StrCat(measure.name_ja(), " ", value.name_ja()));
      measure.set_name_en(absl::StrCat(measure.name_en(), ", ", value.name_en()));
      if (cross_.axis(a).in_population()) {
        *narrowed.mutable_all()->add_of()->mutable_certain() = value.when();
        absl::StrAppend(&population, "_", value.suffix());
      } else {
        *counted.mutable_all()->add_of() = value.when();
      }
    }
    if (narrowed.all().of_size() > 1) *measure.mutable_population() = narrowed;
    *measure.mutable_numerator() = counted.all().of_size() == 1 ? counted.all().of(0) : counted;
    classes_[population].push_back(measure.id());
    AddMeasure(measure, place_, files);
  }

  const v1::Cross& cross_;
  const Place& place_;
  std::map<std::string, std::vector<std::string>> classes_;  // ids by choice of population
};

v1::Condition Bound(const v1::Histogram& histogram, bool from, const std::string& edge) {
  v1::Condition condition;
  v1::Comparison* compare = condition.mutable_compare();
  compare->set_item(histogram.item());
  compare->set_unit(histogram.unit());
  (from ? compare->mutable_ge() : compare->mutable_lt())->set_all(edge);
  return condition;
}

absl::Status CheckHistogram(const v1::Histogram& histogram, const Place& place) {
  RENKEI_RETURN_IF_ERROR(CheckTemplate(histogram.measure(), place));
  if (histogram.edge().empty() || histogram.edge_size() > kMaxEdges) {
    return place.Error(absl::StrCat("needs 1 to ", kMaxEdges, " edges"));
  }
  std::optional<int32_t> before;
  for (int i = 0; i < histogram.edge_size(); ++i) {
    const std::optional<int32_t> edge = ParseScaled(histogram.edge(i), kFinestDecimals);
    if (!edge.has_value() || (before.has_value() && *edge <= *before)) {
      return place.In("edge", i).Error(
          absl::StrCat("edge '", histogram.edge(i), "' is no number above the one before"));
    }
    before = edge;
  }
  return absl::OkStatus();
}

void SpreadHistogram(const v1::Histogram& histogram, const Place& place, MeasureFiles* files) {
  std::vector<std::string> ids;
  for (int i = 0; i <= histogram.edge_size(); ++i) {
    v1::Measure measure = histogram.measure();
    measure.set_id(absl::StrCat(measure.id(), "_", i + 1));
    const std::string from = i == 0 ? "" : histogram.edge(i - 1);
    const std::string to = i == histogram.edge_size() ? "" : histogram.edge(i);
    measure.set_name_ja(absl::StrCat(measure.name_ja(), " ", from.empty() ? "" : from + "以上",
                                     to.empty() ? "" : to + "未満"));
    measure.set_name_en(absl::StrCat(measure.name_en(), ", ",
                                     from.empty() ? absl::StrCat("below ", to)
                                     : to.empty() ? absl::StrCat(from, " and more")
                                                  : absl::StrCat(from, " to below ", to)));
    v1::Condition counted;
    if (!from.empty()) *counted.mutable_all()->add_of() = Bound(histogram, true, from);
    if (!to.empty()) *counted.mutable_all()->add_of() = Bound(histogram, false, to);
    *measure.mutable_numerator() = counted.all().of_size() == 1 ? counted.all().of(0) : counted;
    ids.push_back(measure.id());
    AddMeasure(measure, place, files);
  }
  AddPartition(ids, histogram.measure().source(), place, files);
}

// The part "*": every measure but those that are apart and those in an equation with one of them.
void SpreadEverything(const v1::Catalogue& all, v1::Relation* relation) {
  std::set<std::string> tied(relation->apart().begin(), relation->apart().end());
  const std::set<std::string> apart = tied;
  for (const v1::Relation& other : all.relation()) {
    if (other.apart_size() != 0) continue;
    std::vector<std::string> ids(other.part().begin(), other.part().end());
    if (!other.total().empty()) ids.push_back(other.total());
    if (std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return apart.contains(id); })) {
      tied.insert(ids.begin(), ids.end());
    }
  }
  relation->clear_part();
  for (const v1::Measure& measure : all.measure()) {
    if (!measure.has_magnitude() && !tied.contains(measure.id())) relation->add_part(measure.id());
  }
}

// In `apart` a cross stands for all its measures.
void SpreadCrossNames(const std::map<std::string, std::vector<std::string>>& crosses,
                      google::protobuf::RepeatedPtrField<std::string>* ids) {
  google::protobuf::RepeatedPtrField<std::string> spread;
  for (const std::string& id : *ids) {
    const auto cross = crosses.find(id);
    if (cross == crosses.end()) {
      *spread.Add() = id;
      continue;
    }
    for (const std::string& measure : cross->second) *spread.Add() = measure;
  }
  ids->Swap(&spread);
}

}  // namespace

absl::Status Generate(MeasureFiles* files) {
  std::map<std::string, std::vector<std::string>> crosses;
  for (int i = 0; i < files->merged.cross_size(); ++i) {
    const v1::Cross cross = files->merged.cross(i);
    const Place place =
        files->cross[static_cast<size_t>(i)].Named(absl::StrCat("cross ", cross.measure().id()));
    CrossTable table(cross, place);
    RENKEI_RETURN_IF_ERROR(table.Check());
    const int before = files->merged.measure_size();
    table.Spread(files);
    std::vector<std::string>& ids = crosses[cross.measure().id()];
    for (int m = before; m < files->merged.measure_size(); ++m) {
      ids.push_back(files->merged.measure(m).id());
    }
  }

  for (int i = 0; i < files->merged.histogram_size(); ++i) {
    const v1::Histogram histogram = files->merged.histogram(i);
    const Place place = files->histogram[static_cast<size_t>(i)].Named(
        absl::StrCat("histogram ", histogram.measure().id()));
    RENKEI_RETURN_IF_ERROR(CheckHistogram(histogram, place));
    SpreadHistogram(histogram, place, files);
  }
  for (v1::Relation& relation : *files->merged.mutable_relation()) {
    if (relation.apart().empty()) continue;
    SpreadCrossNames(crosses, relation.mutable_apart());
    if (relation.part_size() == 1 && relation.part(0) == "*") {
      SpreadEverything(files->merged, &relation);
    }
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::catalogue
