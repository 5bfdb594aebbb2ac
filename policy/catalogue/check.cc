#include "policy/catalogue/check.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/base/status.h"
#include "policy/catalogue/check_classification.h"
#include "policy/catalogue/check_condition.h"
#include "policy/catalogue/check_derived.h"
#include "policy/catalogue/check_measure.h"
#include "policy/catalogue/check_relation.h"
#include "policy/catalogue/decimal.h"

namespace renkei::policy::catalogue {
namespace {

constexpr int kMaxMeasures = 1000;
constexpr int kMaxNames = 1000;   // conditions, and classifications
constexpr int kMaxFamilies = 32;  // bits of ConsentedRows

class DefinitionCheck {
 public:
  DefinitionCheck(const MeasureFiles& files, const ItemTable& items)
      : files_(files), all_(files.merged), items_(items) {
    names_.items = &items;
  }

  absl::Status Run() {
    RENKEI_RETURN_IF_ERROR(CheckFamilies());
    RENKEI_RETURN_IF_ERROR(CollectNames());
    RENKEI_RETURN_IF_ERROR(CheckPairings());
    RENKEI_RETURN_IF_ERROR(CheckDerivations());
    RENKEI_RETURN_IF_ERROR(CheckConditions());
    RENKEI_RETURN_IF_ERROR(CheckClassifications());
    RENKEI_RETURN_IF_ERROR(CheckCycles());
    RENKEI_RETURN_IF_ERROR(CheckMeasures());
    RENKEI_RETURN_IF_ERROR(CheckRelations());
    return CheckDerivedIndicators(files_, measures_);
  }

 private:
  template <typename Message>
  static absl::Status CheckHead(const Message& message, const char* kind, const Place& place) {
    if (!IsId(message.id())) {
      return place.Error(absl::StrCat(kind, " '", message.id(),
                                      "': an id is up to 64 letters, digits and _, and begins with "
                                      "a lower-case letter"));
    }
    return CheckSource(message.source(), place);
  }

  static absl::Status CheckSource(const std::string& source, const Place& place) {
    if (!absl::StripAsciiWhitespace(source).empty()) return absl::OkStatus();
    return place.Error("`source` is missing: say where the definition comes from");
  }

  absl::Status CheckFamilies() {
    if (all_.family_size() > kMaxFamilies) {
      return files_.family[kMaxFamilies].Error(
          absl::StrCat("more than ", kMaxFamilies, " families"));
    }
    for (int i = 0; i < all_.family_size(); ++i) {
      const v1::FamilyRule& family = all_.family(i);
      const Place place = At(files_.family, i).Named(absl::StrCat("family ", family.id()));
      RENKEI_RETURN_IF_ERROR(CheckHead(family, "family", place));
      if (!families_.emplace(family.id(), &family).second) {
        return place.In("id").Error("the id is repeated");
      }
      std::set<int> reads;
      for (int r = 0; r < family.reads_size(); ++r) {
        if (!v1::DataCategory_IsValid(family.reads(r)) ||
            family.reads(r) == v1::DATA_CATEGORY_UNSPECIFIED ||
            !reads.insert(family.reads(r)).second) {
          return place.In("reads", r).Error("unknown or repeated data category");
        }
      }
      if (reads.empty()) return place.Error("a family must read at least one data category");
      if (family.exam_as_workplace() && !reads.contains(v1::DATA_CATEGORY_EXAM_RESULT)) {
        return place.In("exam_as_workplace").Error("needs DATA_CATEGORY_EXAM_RESULT in `reads`");
      }
    }
    return absl::OkStatus();
  }

  absl::Status CollectNames() {
    if (all_.condition_size() > kMaxNames) {
      return files_.condition[kMaxNames].Error(
          absl::StrCat("more than ", kMaxNames, " conditions"));
    }
    if (all_.classification_size() > kMaxNames) {
      return files_.classification[kMaxNames].Error(
          absl::StrCat("more than ", kMaxNames, " classifications"));
    }
    for (int i = 0; i < all_.condition_size(); ++i) {
      const v1::NamedCondition& condition = all_.condition(i);
      const Place place = ConditionPlace(i);
      RENKEI_RETURN_IF_ERROR(CheckHead(condition, "condition", place));
      if (!names_.conditions.emplace(condition.id(), &condition).second) {
        return place.In("id").Error("the id is repeated");
      }
    }
    for (int i = 0; i < all_.classification_size(); ++i) {
      const v1::Classification& classification = all_.classification(i);
      const Place place = ClassificationPlace(i);
      RENKEI_RETURN_IF_ERROR(CheckHead(classification, "classification", place));
      if (!names_.classifications.emplace(classification.id(), &classification).second) {
        return place.In("id").Error("the id is repeated");
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckPairings() {
    std::set<std::string> paired;
    for (int i = 0; i < all_.pairing_size(); ++i) {
      const v1::Pairing& pairing = all_.pairing(i);
      const Place place =
          At(files_.pairing, i)
              .Named(absl::StrCat("pairing ", pairing.first(), " with ", pairing.second()));
      RENKEI_RETURN_IF_ERROR(CheckItem(pairing.first(), false, place.In("first"), items_));
      RENKEI_RETURN_IF_ERROR(CheckItem(pairing.second(), false, place.In("second"), items_));
      RENKEI_RETURN_IF_ERROR(CheckSource(pairing.source(), place));
      if (!paired.insert(pairing.first()).second || !paired.insert(pairing.second()).second) {
        return place.Error("an item is paired with itself or twice");
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckFactor(const std::string& text, const Place& place) {
    const std::optional<Decimal> factor = ParseDecimal(text);
    if (factor.has_value() && factor->digits > 0 && factor->decimals <= 4 &&
        factor->digits <= 1'000'000) {
      return absl::OkStatus();
    }
    return place.Error(absl::StrCat("'", text,
                                    "' is no positive number of at most 4 decimals and 1000000 "
                                    "without its point"));
  }

  absl::Status CheckDerivation(const v1::Derivation& derivation, const Place& place,
                               std::vector<std::string>* sources) {
    RENKEI_RETURN_IF_ERROR(CheckItem(derivation.item(), false, place.In("item"), items_));
    RENKEI_RETURN_IF_ERROR(CheckSource(derivation.source(), place));
    switch (derivation.rule_case()) {
      case v1::Derivation::kLinear: {
        const Place at = place.In("linear");
        const v1::Derivation::Linear& linear = derivation.linear();
        RENKEI_RETURN_IF_ERROR(CheckItem(linear.from(), false, at.In("from"), items_));
        RENKEI_RETURN_IF_ERROR(CheckFactor(linear.multiplier(), at.In("multiplier")));
        const std::optional<Decimal> offset = ParseDecimal(linear.offset());
        if (!offset.has_value() || offset->decimals > 4) {
          return at.In("offset").Error("the offset is no number of at most 4 decimals");
        }
        sources->push_back(linear.from());
        return absl::OkStatus();
      }
      case v1::Derivation::kRatioOfSquare: {
        const Place at = place.In("ratio_of_square");
        const v1::Derivation::RatioOfSquare& ratio = derivation.ratio_of_square();
        RENKEI_RETURN_IF_ERROR(CheckItem(ratio.numerator(), false, at.In("numerator"), items_));
        RENKEI_RETURN_IF_ERROR(CheckItem(ratio.denominator(), false, at.In("denominator"), items_));
        RENKEI_RETURN_IF_ERROR(CheckFactor(ratio.factor(), at.In("factor")));
        sources->push_back(ratio.numerator());
        sources->push_back(ratio.denominator());
        return absl::OkStatus();
      }
      case v1::Derivation::RULE_NOT_SET:
        break;
    }
    return place.Error("a derivation needs a rule: linear or ratio_of_square");
  }

  absl::Status CheckDerivations() {
    std::set<std::string> targets;
    for (const v1::Derivation& derivation : all_.derivation()) targets.insert(derivation.item());
    std::set<std::string> seen;
    for (int i = 0; i < all_.derivation_size(); ++i) {
      const v1::Derivation& derivation = all_.derivation(i);
      const Place place =
          At(files_.derivation, i).Named(absl::StrCat("derivation of ", derivation.item()));
      std::vector<std::string> sources;
      RENKEI_RETURN_IF_ERROR(CheckDerivation(derivation, place, &sources));
      if (!seen.insert(derivation.item()).second) {
        return place.In("item").Error("the item is derived twice");
      }
      for (const std::string& source : sources) {
        if (targets.contains(source)) {
          return place.Error(absl::StrCat("'", source, "' is itself derived; name measured items"));
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckConditions() {
    for (int i = 0; i < all_.condition_size(); ++i) {
      const v1::NamedCondition& condition = all_.condition(i);
      const Place place = ConditionPlace(i);
      Uses& uses = uses_[absl::StrCat("condition ", condition.id())];
      RENKEI_RETURN_IF_ERROR(CheckCondition(condition.when(), place.In("when"), names_, &uses));
    }
    return absl::OkStatus();
  }

  absl::Status CheckClassifications() {
    for (int i = 0; i < all_.classification_size(); ++i) {
      const Place place = ClassificationPlace(i);
      Uses& uses = uses_[absl::StrCat("classification ", all_.classification(i).id())];
      RENKEI_RETURN_IF_ERROR(CheckClassification(all_.classification(i), place, names_, &uses));
    }
    return absl::OkStatus();
  }

  // Depth first over conditions and classifications; a name met again on its own path is a cycle.
  absl::Status CheckCycles() {
    std::map<std::string, int> state;  // 1 on the path, 2 done
    std::vector<std::string> path;
    std::function<bool(const std::string&)> visit = [&](const std::string& name) {
      int& mark = state[name];
      if (mark == 2) return true;
      path.push_back(name);
      if (mark == 1) return false;
      mark = 1;
      const Uses& uses = uses_[name];
      for (const auto* names : {&uses.conditions, &uses.previous_conditions}) {
        for (const std::string& next : *names) {
          if (!visit(absl::StrCat("condition ", next))) return false;
        }
      }
      for (const auto* names : {&uses.classifications, &uses.previous_classifications}) {
        for (const std::string& next : *names) {
          if (!visit(absl::StrCat("classification ", next))) return false;
        }
      }
      path.pop_back();
      state[name] = 2;
      return true;
    };
    for (int i = 0; i < all_.condition_size(); ++i) {
      if (!visit(absl::StrCat("condition ", all_.condition(i).id()))) {
        return ConditionPlace(i).Error(absl::StrCat(
            "the definitions refer to each other in a circle: ", absl::StrJoin(path, " -> ")));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckMeasures() {
    if (all_.measure_size() > kMaxMeasures) {
      return files_.measure[kMaxMeasures].Error(
          absl::StrCat("more than ", kMaxMeasures, " measures"));
    }
    for (int i = 0; i < all_.measure_size(); ++i) {
      const v1::Measure& measure = all_.measure(i);
      const Place place = At(files_.measure, i).Named(absl::StrCat("measure ", measure.id()));
      if (!measures_.emplace(measure.id(), &measure).second) {
        return place.In("id").Error("the id is repeated");
      }
      RENKEI_RETURN_IF_ERROR(CheckHead(measure, "measure", place));
      RENKEI_RETURN_IF_ERROR(CheckMeasure(measure, place, names_, families_, uses_));
      const auto [policy, first] = sensitive_.emplace(measure.family(), measure.sensitive());
      if (!first && policy->second != measure.sensitive()) {
        return place.Error(
            "`sensitive` differs from another measure of the family; a family has one zero policy");
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckRelations() {
    for (int i = 0; i < all_.relation_size(); ++i) {
      const v1::Relation& relation = all_.relation(i);
      const Place place = At(files_.relation, i).Named(absl::StrCat("relation ", relation.total()));
      RENKEI_RETURN_IF_ERROR(CheckSource(relation.source(), place));
      RENKEI_RETURN_IF_ERROR(CheckRelation(relation, place, measures_, families_));
    }
    return absl::OkStatus();
  }

  static const Place& At(const std::vector<Place>& places, int index) {
    return places[static_cast<size_t>(index)];
  }
  Place ConditionPlace(int i) const {
    return At(files_.condition, i).Named(absl::StrCat("condition ", all_.condition(i).id()));
  }
  Place ClassificationPlace(int i) const {
    return At(files_.classification, i)
        .Named(absl::StrCat("classification ", all_.classification(i).id()));
  }

  const MeasureFiles& files_;
  const v1::Catalogue& all_;
  const ItemTable& items_;
  Names names_;
  UsesByName uses_;
  FamiliesById families_;
  std::map<std::string, bool> sensitive_;  // by family
  std::map<std::string, const v1::Measure*> measures_;
};

}  // namespace

absl::Status CheckDefinitions(const MeasureFiles& files, const ItemTable& items) {
  return DefinitionCheck(files, items).Run();
}

}  // namespace renkei::policy::catalogue
