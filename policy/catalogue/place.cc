#include "policy/catalogue/place.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace renkei::policy::catalogue {

Place Place::In(const char* field, int index) const {
  Place out = *this;
  const google::protobuf::FieldDescriptor* descriptor =
      message_ == nullptr ? nullptr : message_->FindFieldByName(field);
  out.message_ = descriptor == nullptr ? nullptr : descriptor->message_type();
  out.tree_ = nullptr;
  if (descriptor == nullptr || tree_ == nullptr) return out;
  if (const int line = tree_->GetLocation(descriptor, index).line; line >= 0) out.line_ = line;
  if (out.message_ != nullptr) out.tree_ = tree_->GetTreeForNested(descriptor, index);
  return out;
}

Place Place::Named(std::string name) const {
  Place out = *this;
  out.name_ = std::move(name);
  return out;
}

absl::Status Place::Error(absl::string_view what) const {
  std::string text = file_;
  if (line_ >= 0) absl::StrAppend(&text, ":", line_ + 1);
  absl::StrAppend(&text, ": ");
  if (!name_.empty()) absl::StrAppend(&text, name_, ": ");
  return absl::InvalidArgumentError(absl::StrCat(text, what));
}

}  // namespace renkei::policy::catalogue
