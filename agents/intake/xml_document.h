// A national XML document as a guarded DOM over pugixml: UTF-8 only, no DOCTYPE, bounded depth and
// attributes, names resolved by namespace and not by prefix. Buffers are reused from document to
// document. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "agents/intake/messages.h"
#include "agents/intake/options.h"
#include "pugixml.hpp"

namespace renkei::agents::intake {

struct XmlProblem {
  MessageCode code;
  std::string detail;  // a limit or an offset, never content
  size_t line = 0;     // 1-based; 0 when there is none
};

class XmlDocument {
 public:
  explicit XmlDocument(const ImportLimits& limits) : limits_(limits) {}

  // `bytes` stay untouched and outlive the use of the document: lines are counted in them.
  // XML_FORMED, XML_DTD, XML_ENCODING, XML_DEPTH.
  std::optional<XmlProblem> Parse(absl::string_view bytes);

  pugi::xml_node root() const { return root_; }
  absl::string_view root_namespace() const { return namespace_; }

  // Is this element `local` of the root's namespace?
  bool Is(const pugi::xml_node& node, const char* local) const;
  // First such child, or an empty node.
  pugi::xml_node Child(const pugi::xml_node& node, const char* local) const;

  // The sections of a clinical document's structured body.
  void ForEachSection(absl::FunctionRef<void(const pugi::xml_node&)> visit) const;

  // "/ClinicalDocument/component[3]/section line 57": positions are 1-based among equal names and
  // left out where there is only one.
  std::string Locate(const pugi::xml_node& node) const;

 private:
  std::optional<XmlProblem> CheckTree();
  absl::string_view NamespaceOf(const pugi::xml_node& node) const;
  size_t LineAt(size_t offset) const;

  const ImportLimits limits_;
  absl::string_view bytes_;
  std::vector<char> work_;  // what pugixml takes apart
  pugi::xml_document document_;
  pugi::xml_node root_;
  absl::string_view namespace_;
  bool unprefixed_is_ours_ = false;
  std::vector<absl::string_view> our_prefixes_;
  bool has_inner_declarations_ = false;  // xmlns below the root: every name is resolved upwards
};

// The part after the colon.
absl::string_view LocalPart(absl::string_view qualified_name);

}  // namespace renkei::agents::intake
