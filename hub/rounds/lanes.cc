#include "hub/rounds/lanes.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::rounds {
namespace base = renkei::policy::base;
namespace {

bool IsNoiseFamily(const v1::PolicyDocument& policy, const std::string& family) {
  const auto& families = policy.noise().family();
  return std::find(families.begin(), families.end(), family) != families.end();
}

absl::Status Invalid(absl::string_view message, absl::string_view pass) {
  return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                         absl::StrCat("noise.family: ", message), "noise.family", "policy.noise",
                         pass);
}

// Does a definition, or what it names, look at other fiscal years than its own?
class YearsRead {
 public:
  explicit YearsRead(const policy::catalogue::Catalogue& catalogue) {
    for (const v1::NamedCondition& condition : catalogue.definitions().condition()) {
      named_.emplace(condition.id(), &condition);
    }
    for (const v1::Classification& classes : catalogue.definitions().classification()) {
      named_.emplace(classes.id(), &classes);
    }
  }

  bool Others(const google::protobuf::Message& message) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const google::protobuf::FieldDescriptor* field : fields) {
      if (field->name() == "previous" || field->name() == "to_years_ago" ||
          field->name() == "needs_previous_guidance_file") {
        return true;
      }
      const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) {
        if (InField(message, reflection, *field, i)) return true;
      }
    }
    return false;
  }

 private:
  bool InField(const google::protobuf::Message& message,
               const google::protobuf::Reflection& reflection,
               const google::protobuf::FieldDescriptor& field, int i) {
    if (field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      return Others(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                        : reflection.GetMessage(message, &field));
    }
    if (field.cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) return false;
    const std::string text = field.is_repeated() ? reflection.GetRepeatedString(message, &field, i)
                                                 : reflection.GetString(message, &field);
    const auto named = named_.find(text);
    return named != named_.end() && seen_.insert(text).second && Others(*named->second);
  }

  std::map<std::string, const google::protobuf::Message*> named_;
  std::set<std::string> seen_;
};

std::set<std::string> FamiliesOf(const policy::catalogue::Catalogue& catalogue,
                                 const v1::Relation& relation) {
  std::set<std::string> families;
  const auto add = [&](const std::string& id) {
    const v1::Measure* measure = catalogue.FindMeasure(id);
    if (measure != nullptr) families.insert(measure->family());
  };
  add(relation.total());
  for (const std::string& id : relation.part()) add(id);
  for (const std::string& id : relation.same_people()) add(id);
  return families;
}

}  // namespace

Lane LaneOf(const policy::catalogue::Catalogue& catalogue, const v1::PolicyDocument& policy,
            const std::string& measure) {
  const v1::Measure* definition = catalogue.FindMeasure(measure);
  return definition != nullptr && IsNoiseFamily(policy, definition->family()) ? Lane::kNoise
                                                                              : Lane::kExact;
}

absl::StatusOr<Lane> LaneOfRound(const policy::catalogue::Catalogue& catalogue,
                                 const v1::PolicyDocument& policy,
                                 const std::vector<std::string>& measures) {
  const auto noisy = std::count_if(measures.begin(), measures.end(), [&](const std::string& id) {
    return LaneOf(catalogue, policy, id) == Lane::kNoise;
  });
  if (noisy == 0) return Lane::kExact;
  if (noisy == static_cast<std::ptrdiff_t>(measures.size())) {
    for (const std::string& id : measures) {
      if (!YearsRead(catalogue).Others(*catalogue.FindMeasure(id))) continue;
      return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_MALFORMED,
                             absl::StrCat(id,
                                          " reads other fiscal years too, whose budget it "
                                          "would not be charged to"),
                             "indicator", "policy.noise",
                             "measures of one fiscal year, or a policy without the noise lane");
    }
    return Lane::kNoise;
  }
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_MALFORMED,
                         "some of the round's measures are released with noise and some exactly",
                         "indicator", "policy.noise",
                         "open a round of their own for the measures of the noise lane");
}

bool AreLinked(const policy::catalogue::Catalogue& catalogue, const std::string& a,
               const std::string& b) {
  const v1::Measure* from = catalogue.FindMeasure(a);
  const v1::Measure* to = catalogue.FindMeasure(b);
  if (from == nullptr || to == nullptr) return true;
  std::set<std::string> reached = {from->family()};
  for (size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const v1::Relation& relation : catalogue.definitions().relation()) {
      const std::set<std::string> families = FamiliesOf(catalogue, relation);
      const bool touches = std::any_of(families.begin(), families.end(), [&](const auto& family) {
        return reached.contains(family);
      });
      if (touches) reached.insert(families.begin(), families.end());
    }
  }
  return reached.contains(to->family());
}

absl::Status CheckNoiseFamilies(const policy::catalogue::Catalogue& catalogue,
                                const v1::PolicyDocument& policy) {
  const auto& known = catalogue.definitions().family();
  for (const std::string& family : policy.noise().family()) {
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const v1::FamilyRule& rule) {
      return rule.id() == family;
    });
    if (!is_known) {
      return Invalid(absl::StrCat("the catalogue has no family ", family),
                     "name a family that `renkei indicator list` shows");
    }
  }
  for (const v1::Relation& relation : catalogue.definitions().relation()) {
    const std::set<std::string> families = FamiliesOf(catalogue, relation);
    std::string inside, outside;
    for (const std::string& family : families) {
      (IsNoiseFamily(policy, family) ? inside : outside) = family;
    }
    if (!inside.empty() && !outside.empty()) {
      return Invalid(absl::StrCat(inside, " and ", outside,
                                  " count the same persons; one lane would tell of the other"),
                     "name both families or neither");
    }
  }
  return absl::OkStatus();
}

}  // namespace renkei::hub::rounds
