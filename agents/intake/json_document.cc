#include "agents/intake/json_document.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

namespace renkei::agents::intake {

// Callbacks of the library's streaming parser; returning false stops it.
class JsonBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;
  using Kind = JsonDocument::Kind;

  explicit JsonBuilder(JsonDocument* document) : document_(*document) {}

  bool null() { return Add(Kind::kNull, ""); }
  bool boolean(bool value) { return Add(value ? Kind::kTrue : Kind::kFalse, ""); }
  bool number_integer(number_integer_t value) { return Add(Kind::kNumber, absl::StrCat(value)); }
  bool number_unsigned(number_unsigned_t value) { return Add(Kind::kNumber, absl::StrCat(value)); }
  bool number_float(number_float_t, const string_t& text) { return Add(Kind::kNumber, text); }
  bool string(string_t& text) { return Add(Kind::kString, std::move(text)); }
  bool binary(binary_t&) { return false; }
  bool key(string_t& name) {
    key_ = std::move(name);
    return true;
  }
  bool start_object(size_t) { return Open(Kind::kObject); }
  bool start_array(size_t) { return Open(Kind::kArray); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool parse_error(size_t offset, const std::string&, const nlohmann::json::exception&) {
    problem_ = absl::StrCat("not well-formed JSON at byte ", offset);
    return false;
  }

  const std::string& problem() const { return problem_; }

 private:
  bool Add(Kind kind, std::string text) {
    std::vector<JsonDocument::Entry>& nodes = document_.nodes_;
    if (nodes.size() >= JsonDocument::kMostNodes) {
      problem_ = absl::StrCat("more than ", JsonDocument::kMostNodes, " values");
      return false;
    }
    const auto index = static_cast<JsonDocument::Node>(nodes.size());
    JsonDocument::Entry entry;
    entry.kind = kind;
    entry.text = std::move(text);
    entry.key = std::move(key_);
    key_.clear();
    if (!open_.empty()) {
      Level& level = open_.back();
      entry.parent = level.node;
      (level.last == JsonDocument::kNone ? nodes[static_cast<size_t>(level.node)].first
                                         : nodes[static_cast<size_t>(level.last)].next) = index;
      level.last = index;
    }
    nodes.push_back(std::move(entry));
    return true;
  }
  bool Open(Kind kind) {
    if (open_.size() >= JsonDocument::kMostDepth) {
      problem_ = absl::StrCat("more than ", JsonDocument::kMostDepth, " levels");
      return false;
    }
    if (!Add(kind, "")) return false;
    open_.push_back(
        {static_cast<JsonDocument::Node>(document_.nodes_.size() - 1), JsonDocument::kNone});
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  struct Level {
    JsonDocument::Node node, last;
  };
  JsonDocument& document_;
  std::vector<Level> open_;
  std::string key_, problem_;
};

std::optional<std::string> JsonDocument::Parse(absl::string_view bytes) {
  nodes_.clear();
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
  JsonBuilder builder(this);
  if (nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &builder)) return std::nullopt;
  nodes_.clear();
  return builder.problem();
}

bool JsonDocument::Is(Node node, Kind kind) const {
  return node >= 0 && nodes_[static_cast<size_t>(node)].kind == kind;
}

absl::string_view JsonDocument::Text(Node node) const {
  return node < 0 ? absl::string_view() : absl::string_view(nodes_[static_cast<size_t>(node)].text);
}

JsonDocument::Node JsonDocument::First(Node node) const {
  return node < 0 ? kNone : nodes_[static_cast<size_t>(node)].first;
}

JsonDocument::Node JsonDocument::Next(Node node) const {
  return node < 0 ? kNone : nodes_[static_cast<size_t>(node)].next;
}

JsonDocument::Node JsonDocument::Find(Node object, absl::string_view key) const {
  if (!Is(object, Kind::kObject)) return kNone;
  for (Node child = First(object); child >= 0; child = Next(child)) {
    if (nodes_[static_cast<size_t>(child)].key == key) return child;
  }
  return kNone;
}

JsonDocument::Node JsonDocument::Path(Node node,
                                      std::initializer_list<absl::string_view> keys) const {
  for (const absl::string_view key : keys) {
    if (Is(node, Kind::kArray)) node = First(node);
    node = Find(node, key);
  }
  return Is(node, Kind::kArray) ? First(node) : node;
}

std::string JsonDocument::Pointer(Node node) const {
  std::vector<std::string> parts;
  while (node >= 0) {
    const Entry& entry = nodes_[static_cast<size_t>(node)];
    if (entry.parent < 0) break;
    if (Is(entry.parent, Kind::kArray)) {
      int position = 0;
      for (Node at = First(entry.parent); at != node; at = Next(at)) ++position;
      parts.push_back(absl::StrCat(position));
    } else {
      const bool is_name = entry.key.size() <= 40 &&
                           std::all_of(entry.key.begin(), entry.key.end(),
                                       [](unsigned char c) { return absl::ascii_isalpha(c); });
      parts.push_back(is_name ? entry.key : "?");
    }
    node = entry.parent;
  }
  std::reverse(parts.begin(), parts.end());
  return absl::StrCat("/", absl::StrJoin(parts, "/"));
}

}  // namespace renkei::agents::intake
