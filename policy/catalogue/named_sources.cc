#include "policy/catalogue/named_sources.h"

#include <set>
#include <utility>

namespace renkei::policy::catalogue {
namespace {

// Named definitions in the order in which they are met.
class SourceWalk {
 public:
  explicit SourceWalk(const Catalogue& catalogue) : all_(catalogue.definitions()) {}

  void Visit(const google::protobuf::Message& message) {
    if (message.GetDescriptor() == v1::Condition::descriptor()) {
      v1::Condition condition;
      condition.CopyFrom(message);
      if (condition.has_ref()) return VisitNamed(condition.ref());
      if (condition.has_class_()) return VisitClass(condition.class_().classification());
    }
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    const auto* reflection = message.GetReflection();
    reflection->ListFields(message, &fields);
    for (const auto* field : fields) {
      if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
      if (!field->is_repeated()) {
        Visit(reflection->GetMessage(message, field));
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        Visit(reflection->GetRepeatedMessage(message, field, i));
      }
    }
  }

  std::vector<NamedSource> found;

 private:
  void VisitNamed(const std::string& id) {
    for (const v1::NamedCondition& named : all_.condition()) {
      if (named.id() != id || !Add({id, named.source(), &named})) continue;
      Visit(named.when());
    }
  }
  void VisitClass(const std::string& id) {
    for (const v1::Classification& classification : all_.classification()) {
      if (classification.id() != id || !Add({id, classification.source(), nullptr})) {
        continue;
      }
      for (const std::string& input : classification.input()) VisitNamed(input);
    }
  }
  bool Add(NamedSource source) {
    if (!seen_.insert(source.id).second) return false;
    found.push_back(std::move(source));
    return true;
  }

  const v1::Catalogue& all_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<NamedSource> SourcesOf(const v1::Measure& measure, const Catalogue& catalogue) {
  SourceWalk walk(catalogue);
  walk.Visit(measure);
  return std::move(walk.found);
}

}  // namespace renkei::policy::catalogue
