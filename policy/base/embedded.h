// Data files that travel inside the program (renkei_embed in .cmake/RenkeiRoom.cmake).
#pragma once

#include "absl/strings/string_view.h"

namespace renkei::policy::base {

struct EmbeddedFile {
  const char* name;
  const char* begin;
  const char* end;
  absl::string_view bytes() const {
    return absl::string_view(begin, static_cast<size_t>(end - begin));
  }
};

}  // namespace renkei::policy::base
