#include "policy/base/text_proto.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <climits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace renkei::policy::base {
namespace {

class ErrorList final : public google::protobuf::io::ErrorCollector {
 public:
  explicit ErrorList(const std::string& file) : file_(file) {}
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (errors_.size() < 3) {
      errors_.push_back(absl::StrCat(file_, ":", line + 1, ":", column + 1, ": ", message));
    }
  }
  void AddWarning(int line, google::protobuf::io::ColumnNumber column,
                  const std::string& message) override {
    AddError(line, column, message);
  }
  std::string Joined() const { return absl::StrJoin(errors_, "; "); }

 private:
  const std::string& file_;
  std::vector<std::string> errors_;
};

}  // namespace

absl::Status ParseTextProto(absl::string_view text, const std::string& file_name,
                            google::protobuf::Message* out) {
  if (text.size() > INT_MAX)
    return absl::InvalidArgumentError(absl::StrCat(file_name, ": too large"));
  google::protobuf::TextFormat::Parser parser;
  ErrorList errors(file_name);
  parser.RecordErrorsTo(&errors);
  parser.SetRecursionLimit(64);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (!parser.Parse(&input, out)) return absl::InvalidArgumentError(errors.Joined());
  return absl::OkStatus();
}

}  // namespace renkei::policy::base
