// Where a definition stands in a text-proto file, followed down into nested messages, so that every
// refusal names file and line.
#pragma once

#include <google/protobuf/text_format.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace renkei::policy::catalogue {

class Place {
 public:
  using Tree = google::protobuf::TextFormat::ParseInfoTree;

  // The top of a file. `tree` may be null and must outlive the place.
  Place(std::string file, const google::protobuf::Descriptor* message, const Tree* tree)
      : file_(std::move(file)), message_(message), tree_(tree) {}

  // A field of the message at this place; keeps the line of the message where the parser recorded
  // none. `index` -1 for a field that is not repeated.
  Place In(const char* field, int index = -1) const;
  // The place knows what it is part of: "measure finding_bp".
  Place Named(std::string name) const;

  // INVALID_ARGUMENT "findings.textproto:12: measure finding_bp: <what>".
  absl::Status Error(absl::string_view what) const;

 private:
  std::string file_;
  std::string name_;
  const google::protobuf::Descriptor* message_;
  const Tree* tree_;
  int line_ = -1;  // from 0
};

}  // namespace renkei::policy::catalogue
