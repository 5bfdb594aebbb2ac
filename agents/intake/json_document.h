// A JSON document as a bounded tree: depth, number of nodes and bytes are limited while parsing,
// and numbers keep their text, so that no value passes through floating point. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace renkei::agents::intake {

class JsonDocument {
 public:
  using Node = int32_t;
  static constexpr Node kNone = -1;
  enum class Kind : uint8_t { kNull, kTrue, kFalse, kNumber, kString, kArray, kObject };
  static constexpr int kMostDepth = 64;
  static constexpr size_t kMostNodes = 2'000'000;

  // What is wrong, with a limit or a byte offset, never content.
  std::optional<std::string> Parse(absl::string_view bytes);

  Node root() const { return nodes_.empty() ? kNone : 0; }
  // All of these take kNone and give nothing back for it.
  bool Is(Node node, Kind kind) const;
  absl::string_view Text(Node node) const;              // of a string or a number
  Node Find(Node object, absl::string_view key) const;  // the first of this name
  Node First(Node array_or_object) const;
  Node Next(Node node) const;
  // Find along several keys; of an array on the way, its first element.
  Node Path(Node node, std::initializer_list<absl::string_view> keys) const;
  // JSON pointer; names that are no FHIR names are not shown.
  std::string Pointer(Node node) const;

 private:
  friend class JsonBuilder;
  struct Entry {
    Kind kind = Kind::kNull;
    Node parent = kNone, first = kNone, next = kNone;
    std::string key, text;
  };
  std::vector<Entry> nodes_;
};

}  // namespace renkei::agents::intake
