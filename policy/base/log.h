// Operational log lines (not the transparency log): literals, ids and counts only, never a value of
// a record, a name, a key or SQL text. spdlog to stderr, one line per event.
#pragma once

#include "spdlog/spdlog.h"

namespace renkei::policy::base {

// Level info, "2026-11-22T06:44:00Z level message" on stderr.
void StartLog(const char* program);

}  // namespace renkei::policy::base
