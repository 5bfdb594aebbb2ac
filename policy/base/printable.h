// Text from elsewhere, made fit for a terminal: nothing that a file, a member or the hub wrote
// drives it, turns the direction of writing, or begins a line of its own.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace renkei::policy::base {

// UTF-8 text with every control and format character, line and paragraph separator, and byte that
// is not UTF-8 (Unicode categories Cc, Cf, Zl, Zp) shown as U+FFFD. `keep_lines` keeps the line
// feed: for texts of many lines that are shown whole, never for one value within a line.
std::string Printable(absl::string_view text, bool keep_lines = false);

}  // namespace renkei::policy::base
