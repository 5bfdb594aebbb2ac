// Where a field stands in a text-proto file, for messages that name file and line. Pure.
#pragma once

#include <google/protobuf/text_format.h>

#include <string>

#include "absl/strings/string_view.h"

namespace renkei::policy::base {

class TextPositions {
 public:
  // `text` must parse as a message like `prototype`; otherwise every position is the file alone.
  TextPositions(absl::string_view text, std::string file_name,
                const google::protobuf::Message& prototype);
  // "file:line: field", or "file: field" when the field is absent. `index` counts repeated fields.
  std::string Of(absl::string_view field, int index = 0) const;
  // A field of the index-th message of a repeated field.
  std::string Within(absl::string_view field, int index, absl::string_view inner,
                     int inner_index = 0) const;

 private:
  std::string file_name_;
  const google::protobuf::Descriptor* descriptor_;
  google::protobuf::TextFormat::ParseInfoTree tree_;
};

}  // namespace renkei::policy::base
