#include "policy/base/printable.h"

#include <utf8proc.h>

#include "absl/strings/str_cat.h"

namespace renkei::policy::base {

std::string Printable(absl::string_view text, bool keep_lines) {
  std::string out;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  size_t at = 0;
  while (at < text.size()) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t used =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    const size_t size = used > 0 ? static_cast<size_t>(used) : 1;
    const utf8proc_category_t category = used > 0 ? utf8proc_category(point) : UTF8PROC_CATEGORY_CN;
    // Format characters include those that turn the direction of writing.
    const bool plain = used > 0 && category != UTF8PROC_CATEGORY_CC &&
                       category != UTF8PROC_CATEGORY_CF && category != UTF8PROC_CATEGORY_ZL &&
                       category != UTF8PROC_CATEGORY_ZP;
    if (plain || (keep_lines && point == '\n')) {
      absl::StrAppend(&out, text.substr(at, size));
    } else {
      absl::StrAppend(&out, "\xEF\xBF\xBD");
    }
    at += size;
  }
  return out;
}

}  // namespace renkei::policy::base
