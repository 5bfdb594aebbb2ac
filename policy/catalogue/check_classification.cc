#include "policy/catalogue/check_classification.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::policy::catalogue {
namespace {

// Names of a row are inputs, each at most once.
absl::Status CheckInputs(const google::protobuf::RepeatedPtrField<std::string>& inputs,
                         const std::set<std::string>& known, std::set<std::string>* seen,
                         const Place& place) {
  for (const std::string& input : inputs) {
    if (!known.contains(input)) {
      return place.Error(absl::StrCat("'", input, "' is not an input of the classification"));
    }
    if (!seen->insert(input).second) {
      return place.Error(absl::StrCat("'", input, "' stands twice in one row"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckClassNumber(int value, const Place& place) {
  if (value >= 1 && value <= kMaxClass) return absl::OkStatus();
  return place.Error(absl::StrCat("a class is a number from 1 to ", kMaxClass));
}

absl::Status CheckRows(const v1::Classification& classification, const Place& place,
                       const Names& names, Uses* uses) {
  std::set<std::string> inputs;
  for (int i = 0; i < classification.input_size(); ++i) {
    if (!names.conditions.contains(classification.input(i))) {
      return place.In("input", i)
          .Error(absl::StrCat("no condition is named '", classification.input(i), "'"));
    }
    if (!inputs.insert(classification.input(i)).second) {
      return place.In("input", i)
          .Error(absl::StrCat("input '", classification.input(i), "' is repeated"));
    }
    uses->conditions.push_back(classification.input(i));
  }
  if (inputs.empty() || inputs.size() > kMaxInputs) {
    return place.Error(
        absl::StrCat("a classification has 1 to ", kMaxInputs, " inputs, not ", inputs.size()));
  }
  if (classification.row().empty()) return place.Error("a classification needs a row");
  for (int i = 0; i < classification.row_size(); ++i) {
    const v1::Classification::Row& row = classification.row(i);
    const Place at = place.In("row", i);
    std::set<std::string> seen;
    RENKEI_RETURN_IF_ERROR(CheckInputs(row.true_input(), inputs, &seen, at));
    RENKEI_RETURN_IF_ERROR(CheckInputs(row.false_input(), inputs, &seen, at));
    if (row.has_count()) {
      RENKEI_RETURN_IF_ERROR(CheckInputs(row.count().of(), inputs, &seen, at.In("count")));
      if (row.count().at_least() < 1 || row.count().at_least() > row.count().of_size()) {
        return at.In("count").Error("at_least must be 1 to the number of inputs it counts");
      }
    }
    if (seen.empty()) return at.Error("a row tests nothing; use `otherwise`");
    RENKEI_RETURN_IF_ERROR(CheckClassNumber(row.class_(), at));
  }
  return CheckClassNumber(classification.otherwise(), place.In("otherwise"));
}

absl::Status CheckCoded(const v1::Classification& classification, const Place& place,
                        const ItemTable& items) {
  if (classification.coded_item().empty()) {
    if (classification.coded_known().empty() && classification.coded_impossible().empty()) {
      return absl::OkStatus();
    }
    return place.Error("coded_known and coded_impossible need a coded_item");
  }
  RENKEI_RETURN_IF_ERROR(
      CheckItem(classification.coded_item(), true, place.In("coded_item"), items));
  const ItemColumn& item =
      items.columns()[static_cast<size_t>(*items.ColumnOf(classification.coded_item()))];
  if (item.lists.size() != 1) {
    return place.In("coded_item").Error("a coded class must have exactly one code list");
  }
  std::set<int> known;
  for (int i = 0; i < classification.coded_known_size(); ++i) {
    const int code = classification.coded_known(i);
    const std::vector<int>& codes = item.lists.front().codes;
    if (!std::binary_search(codes.begin(), codes.end(), code) || !known.insert(code).second) {
      return place.In("coded_known", i)
          .Error(absl::StrCat("code ", code, " is repeated or not in the list of the item"));
    }
    RENKEI_RETURN_IF_ERROR(CheckClassNumber(code, place.In("coded_known", i)));
  }
  if (known.empty()) return place.Error("coded_known names no code");
  for (int i = 0; i < classification.coded_impossible_size(); ++i) {
    const v1::ImpossibleCode& impossible = classification.coded_impossible(i);
    const Place at = place.In("coded_impossible", i);
    if (!known.contains(impossible.code())) return at.Error("the code is not in coded_known");
    RENKEI_RETURN_IF_ERROR(CheckAgeRange(impossible.age(), at));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckClassification(const v1::Classification& classification, const Place& place,
                                 const Names& names, Uses* uses) {
  RENKEI_RETURN_IF_ERROR(CheckRows(classification, place, names, uses));
  return CheckCoded(classification, place, *names.items);
}

}  // namespace renkei::policy::catalogue
