#include "agents/intake/xml_document.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agents/intake/text.h"

namespace renkei::agents::intake {
namespace {

constexpr absl::string_view kBom = "\xEF\xBB\xBF";

// The encoding named by the XML declaration; empty when none is.
absl::string_view DeclaredEncoding(absl::string_view text) {
  if (!absl::StartsWith(text, "<?xml")) return {};
  text = text.substr(0, text.find("?>"));
  const size_t at = text.find("encoding");
  if (at == text.npos) return {};
  text.remove_prefix(at + 8);
  const size_t open = text.find_first_of("\"'");
  if (open == text.npos) return {};
  const size_t close = text.find(text[open], open + 1);
  if (close == text.npos) return {};
  return text.substr(open + 1, close - open - 1);
}

bool DeclaresNamespace(const pugi::xml_attribute& attribute) {
  const char* name = attribute.name();
  return std::strncmp(name, "xmlns", 5) == 0 && (name[5] == '\0' || name[5] == ':');
}

// Names are short: a loop that the compiler sees beats a call.
bool IsSame(const char* a, const char* b) {
  while (*a == *b) {
    if (*a == '\0') return true;
    ++a;
    ++b;
  }
  return false;
}

// Can an attribute of this document be longer than `limit`? Its value holds no quote of its own
// kind, so a document whose every window of limit / 2 bytes has one cannot; others are looked at
// one by one.
bool MayHoldLongAttribute(absl::string_view bytes, size_t limit) {
  if (bytes.size() <= limit) return false;
  if (std::memchr(bytes.data(), '\'', bytes.size()) != nullptr) return true;
  const size_t window = std::max<size_t>(limit / 2, 1);
  for (size_t at = 0; at + window <= bytes.size(); at += window) {
    if (std::memchr(bytes.data() + at, '"', window) == nullptr) return true;
  }
  return false;
}

// Can an element below the root declare a namespace? Looked up in the bytes behind the root's start
// tag.
bool MayDeclareBelowRoot(absl::string_view bytes, const pugi::xml_node& root) {
  const ptrdiff_t start = root.offset_debug();
  if (start < 0) return true;
  size_t at = static_cast<size_t>(start);
  char quote = '\0';
  for (; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      break;
    }
  }
  return at >= bytes.size() || bytes.find("xmlns", at) != bytes.npos;
}

absl::string_view PrefixOf(absl::string_view name) {
  const size_t colon = name.find(':');
  return colon == name.npos ? absl::string_view() : name.substr(0, colon);
}

}  // namespace

absl::string_view LocalPart(absl::string_view qualified_name) {
  const size_t colon = qualified_name.find(':');
  return colon == qualified_name.npos ? qualified_name : qualified_name.substr(colon + 1);
}

std::optional<XmlProblem> XmlDocument::Parse(absl::string_view bytes) {
  root_ = pugi::xml_node();
  if (absl::StartsWith(bytes, kBom)) bytes.remove_prefix(kBom.size());
  bytes_ = bytes;
  if (absl::StartsWith(bytes, "\xFF\xFE") || absl::StartsWith(bytes, "\xFE\xFF")) {
    return XmlProblem{MessageCode::kXmlEncoding, "UTF-16", 1};
  }
  if (const size_t bad = FirstInvalidUtf8(bytes); bad != bytes.npos) {
    return XmlProblem{MessageCode::kXmlEncoding, absl::StrCat("invalid byte at offset ", bad),
                      LineAt(bad)};
  }
  if (const void* nul = std::memchr(bytes.data(), 0, bytes.size())) {
    const auto offset = static_cast<size_t>(static_cast<const char*>(nul) - bytes.data());
    return XmlProblem{MessageCode::kXmlFormed, absl::StrCat("NUL byte at offset ", offset),
                      LineAt(offset)};
  }
  const absl::string_view declared = DeclaredEncoding(bytes);
  if (!declared.empty() && !absl::EqualsIgnoreCase(declared, "utf-8")) {
    return XmlProblem{MessageCode::kXmlEncoding, "declares another encoding", 1};
  }

  work_.assign(bytes.begin(), bytes.end());
  const pugi::xml_parse_result parsed = document_.load_buffer_inplace(
      work_.data(), work_.size(), pugi::parse_minimal | pugi::parse_escapes | pugi::parse_doctype,
      pugi::encoding_utf8);
  if (!parsed) {
    const auto offset = static_cast<size_t>(std::max<ptrdiff_t>(parsed.offset, 0));
    return XmlProblem{
        parsed.status == pugi::status_bad_doctype ? MessageCode::kXmlDtd : MessageCode::kXmlFormed,
        "", LineAt(offset)};
  }
  int elements = 0;
  for (const pugi::xml_node& child : document_.children()) {
    if (child.type() == pugi::node_doctype) return XmlProblem{MessageCode::kXmlDtd, "", 0};
    if (child.type() == pugi::node_element) ++elements;
  }
  if (elements != 1) return XmlProblem{MessageCode::kXmlFormed, "one root element is needed", 0};
  root_ = document_.document_element();
  return CheckTree();
}

std::optional<XmlProblem> XmlDocument::CheckTree() {
  const absl::string_view prefix = PrefixOf(root_.name());
  namespace_ = {};
  for (const pugi::xml_attribute& attribute : root_.attributes()) {
    if (!DeclaresNamespace(attribute)) continue;
    const absl::string_view name = attribute.name();
    if ((name.size() == 5 && prefix.empty()) || (name.size() > 6 && name.substr(6) == prefix)) {
      namespace_ = attribute.value();
    }
  }
  unprefixed_is_ours_ = false;
  our_prefixes_.clear();
  for (const pugi::xml_attribute& attribute : root_.attributes()) {
    if (!DeclaresNamespace(attribute) || namespace_ != attribute.value()) continue;
    const absl::string_view name = attribute.name();
    if (name.size() == 5) {
      unprefixed_is_ours_ = true;
    } else {
      our_prefixes_.push_back(name.substr(6));
    }
  }

  has_inner_declarations_ = MayDeclareBelowRoot(bytes_, root_);
  const bool checks_attributes = MayHoldLongAttribute(bytes_, limits_.max_attribute_bytes);
  int depth = 1;
  pugi::xml_node node = root_;
  for (;;) {
    if (node.type() == pugi::node_element) {
      for (pugi::xml_attribute a = checks_attributes ? node.first_attribute()
                                                     : pugi::xml_attribute();
           a; a = a.next_attribute()) {
        const char* value = a.value();
        if (strnlen(value, limits_.max_attribute_bytes + 1) > limits_.max_attribute_bytes) {
          return XmlProblem{
              MessageCode::kXmlDepth,
              absl::StrCat("attribute over ", limits_.max_attribute_bytes, " bytes"),
              LineAt(static_cast<size_t>(std::max<ptrdiff_t>(node.offset_debug(), 0)))};
        }
      }
      if (pugi::xml_node child = node.first_child()) {
        if (++depth > limits_.max_depth) {
          return XmlProblem{
              MessageCode::kXmlDepth, absl::StrCat("more than ", limits_.max_depth, " levels"),
              LineAt(static_cast<size_t>(std::max<ptrdiff_t>(node.offset_debug(), 0)))};
        }
        node = child;
        continue;
      }
    }
    for (;;) {
      if (node == root_) return std::nullopt;
      if (const pugi::xml_node next = node.next_sibling()) {
        node = next;
        break;
      }
      node = node.parent();
      --depth;
    }
  }
}

absl::string_view XmlDocument::NamespaceOf(const pugi::xml_node& node) const {
  const absl::string_view prefix = PrefixOf(node.name());
  for (pugi::xml_node at = node; at.type() == pugi::node_element; at = at.parent()) {
    for (const pugi::xml_attribute& attribute : at.attributes()) {
      if (!DeclaresNamespace(attribute)) continue;
      const absl::string_view name = attribute.name();
      if ((name.size() == 5 && prefix.empty()) || (name.size() > 6 && name.substr(6) == prefix)) {
        return attribute.value();
      }
    }
  }
  return {};
}

bool XmlDocument::Is(const pugi::xml_node& node, const char* local) const {
  const char* name = node.name();
  if (!has_inner_declarations_) {
    if (IsSame(name, local)) return unprefixed_is_ours_ || namespace_.empty();
    if (our_prefixes_.empty()) return false;
    const char* colon = std::strchr(name, ':');
    if (colon == nullptr || std::strcmp(colon + 1, local) != 0) return false;
    const absl::string_view prefix(name, static_cast<size_t>(colon - name));
    return std::find(our_prefixes_.begin(), our_prefixes_.end(), prefix) != our_prefixes_.end();
  }
  return LocalPart(name) == local && NamespaceOf(node) == namespace_;
}

pugi::xml_node XmlDocument::Child(const pugi::xml_node& node, const char* local) const {
  for (pugi::xml_node child = node.first_child(); child; child = child.next_sibling()) {
    if (Is(child, local)) return child;
  }
  return pugi::xml_node();
}

void XmlDocument::ForEachSection(absl::FunctionRef<void(const pugi::xml_node&)> visit) const {
  for (pugi::xml_node c = root_.first_child(); c; c = c.next_sibling()) {
    if (!Is(c, "component")) continue;
    const pugi::xml_node body = Child(c, "structuredBody");
    for (pugi::xml_node part = body.first_child(); part; part = part.next_sibling()) {
      if (!Is(part, "component")) continue;
      for (pugi::xml_node s = part.first_child(); s; s = s.next_sibling()) {
        if (Is(s, "section")) visit(s);
      }
    }
  }
}

std::string XmlDocument::Locate(const pugi::xml_node& node) const {
  std::string path;
  for (pugi::xml_node at = node; at.type() == pugi::node_element; at = at.parent()) {
    int position = 1;
    for (pugi::xml_node s = at.previous_sibling(); s; s = s.previous_sibling()) {
      if (std::strcmp(s.name(), at.name()) == 0) ++position;
    }
    const bool is_only = position == 1 && !at.next_sibling(at.name());
    path = absl::StrCat("/", LocalPart(at.name()), is_only ? "" : absl::StrCat("[", position, "]"),
                        path);
  }
  // Element names come from the file: a name that is not one of the format's could carry anything.
  for (char& c : path) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '/' && c != '[' && c != ']')
      c = '?';
  }
  if (path.size() > 200) path = absl::StrCat(path.substr(0, 197), "...");
  const ptrdiff_t offset = node.offset_debug();
  if (offset >= 0) absl::StrAppend(&path, " line ", LineAt(static_cast<size_t>(offset)));
  return path;
}

size_t XmlDocument::LineAt(size_t offset) const {
  offset = std::min(offset, bytes_.size());
  return 1 + static_cast<size_t>(
                 std::count(bytes_.begin(), bytes_.begin() + static_cast<ptrdiff_t>(offset), '\n'));
}

}  // namespace renkei::agents::intake
