// How far an import is: one line that rewrites itself on a terminal, a line every few seconds
// elsewhere. Not thread-safe.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/time/time.h"
#include "agents/intake/options.h"

namespace renkei::agents::app {

// "roster.csv [#######......]  52 %  12,345 records  8.1 MB/s  0:07 left"; pure.
std::string ProgressText(const std::string& file, const intake::ProgressStep& step,
                         absl::Duration elapsed, bool with_bar);

class ProgressLine {
 public:
  // Writes to `out` (stderr); quiet: nothing.
  ProgressLine(std::string file, std::FILE* out, bool is_terminal, bool quiet);
  void Show(const intake::ProgressStep& step, absl::Time now);
  // Ends the rewritten line.
  void Finish();

 private:
  std::string file_;
  std::FILE* out_;
  bool is_terminal_;
  bool quiet_;
  absl::Time started_ = absl::InfinitePast();
  absl::Time shown_ = absl::InfinitePast();
  bool line_is_open_ = false;
};

}  // namespace renkei::agents::app
