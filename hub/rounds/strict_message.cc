#include "hub/rounds/strict_message.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::rounds {
namespace base = renkei::policy::base;
namespace pb = google::protobuf;
namespace {

constexpr int kMaxDepth = 16;

absl::Status Malformed(const std::string& field, absl::string_view what) {
  return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                         absl::StrCat(field, ": ", what), field, "protos",
                         "use the message definitions of this hub's version");
}

absl::Status CheckEnum(const pb::Message& message, const pb::Reflection& reflection,
                       const pb::FieldDescriptor& field) {
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    const int value = field.is_repeated() ? reflection.GetRepeatedEnumValue(message, &field, i)
                                          : reflection.GetEnumValue(message, &field);
    if (field.enum_type()->FindValueByNumber(value) == nullptr) {
      return Malformed(std::string(field.name()), "unknown enum value");
    }
    if (field.is_repeated() && value == 0) {
      return Malformed(std::string(field.name()), "an unspecified value in a list");
    }
  }
  return absl::OkStatus();
}

absl::Status Check(const pb::Message& message, int depth) {
  if (depth > kMaxDepth) return Malformed("message", "nested too deeply");
  const pb::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) {
    return Malformed(std::string(message.GetDescriptor()->name()), "unknown field");
  }
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_ENUM) {
      RENKEI_RETURN_IF_ERROR(CheckEnum(message, reflection, *field));
    }
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const pb::Message& inner = field->is_repeated()
                                     ? reflection.GetRepeatedMessage(message, field, i)
                                     : reflection.GetMessage(message, field);
      RENKEI_RETURN_IF_ERROR(Check(inner, depth + 1));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefuseUnknown(const pb::Message& message) { return Check(message, 0); }

}  // namespace renkei::hub::rounds
