#include "policy/base/text_position.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <climits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace renkei::policy::base {
namespace {

class Silent final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
};

std::string Place(const std::string& file, int zero_based_line, const std::string& field) {
  if (zero_based_line < 0) return absl::StrCat(file, ": ", field);
  return absl::StrCat(file, ":", zero_based_line + 1, ": ", field);
}

}  // namespace

TextPositions::TextPositions(absl::string_view text, std::string file_name,
                             const google::protobuf::Message& prototype)
    : file_name_(std::move(file_name)), descriptor_(prototype.GetDescriptor()) {
  if (text.size() > INT_MAX) return;
  google::protobuf::TextFormat::Parser parser;
  Silent silent;
  parser.RecordErrorsTo(&silent);
  parser.WriteLocationsTo(&tree_);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  const std::unique_ptr<google::protobuf::Message> scratch(prototype.New());
  parser.Parse(&input, scratch.get());
}

std::string TextPositions::Of(absl::string_view field, int index) const {
  const std::string name(field);
  const google::protobuf::FieldDescriptor* found = descriptor_->FindFieldByName(name);
  if (found == nullptr) return Place(file_name_, -1, name);
  // The tree counts repeated fields and wants -1 for the others.
  return Place(file_name_, tree_.GetLocation(found, found->is_repeated() ? index : -1).line, name);
}

std::string TextPositions::Within(absl::string_view field, int index, absl::string_view inner,
                                  int inner_index) const {
  const google::protobuf::FieldDescriptor* outer = descriptor_->FindFieldByName(std::string(field));
  const std::string name = absl::StrCat(field, ".", inner);
  if (outer == nullptr || outer->message_type() == nullptr) return Place(file_name_, -1, name);
  const google::protobuf::FieldDescriptor* found =
      outer->message_type()->FindFieldByName(std::string(inner));
  const auto* nested = tree_.GetTreeForNested(outer, index);
  if (found == nullptr || nested == nullptr) return Place(file_name_, -1, name);
  int line = nested->GetLocation(found, found->is_repeated() ? inner_index : -1).line;
  if (line < 0) line = tree_.GetLocation(outer, index).line;
  return Place(file_name_, line, name);
}

}  // namespace renkei::policy::base
