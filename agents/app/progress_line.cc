#include "agents/app/progress_line.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace renkei::agents::app {

std::string ProgressText(const std::string& file, const intake::ProgressStep& step,
                         absl::Duration elapsed, bool with_bar) {
  const double share = step.total_bytes == 0
                           ? 1.0
                           : std::min(1.0, static_cast<double>(step.done_bytes) /
                                               static_cast<double>(step.total_bytes));
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 1e-3);
  const double rate = static_cast<double>(step.done_bytes) / seconds;
  std::string out = file;
  if (with_bar) {
    constexpr int kWidth = 24;
    const int full = static_cast<int>(share * kWidth);
    absl::StrAppend(&out, " [", std::string(static_cast<size_t>(full), '#'),
                    std::string(static_cast<size_t>(kWidth - full), '.'), "]");
  }
  absl::StrAppend(&out, absl::StrFormat(" %3d %%  %d records  %.1f MB/s",
                                        static_cast<int>(share * 100), step.records, rate / 1e6));
  if (share < 1.0 && rate > 0) {
    const auto left =
        static_cast<int64_t>(static_cast<double>(step.total_bytes - step.done_bytes) / rate);
    absl::StrAppend(&out, absl::StrFormat("  %d:%02d left", left / 60, left % 60));
  }
  return out;
}

ProgressLine::ProgressLine(std::string file, std::FILE* out, bool is_terminal, bool quiet)
    : file_(std::move(file)), out_(out), is_terminal_(is_terminal), quiet_(quiet) {}

void ProgressLine::Show(const intake::ProgressStep& step, absl::Time now) {
  if (quiet_) return;
  if (started_ == absl::InfinitePast()) started_ = now;
  const bool is_end = step.done_bytes >= step.total_bytes;
  const absl::Duration pause = is_terminal_ ? absl::Milliseconds(100) : absl::Seconds(5);
  if (!is_end && now - shown_ < pause) return;
  shown_ = now;
  const std::string text = ProgressText(file_, step, now - started_, is_terminal_);
  std::fprintf(out_, is_terminal_ ? "\r\x1b[K%s" : "%s\n", text.c_str());
  std::fflush(out_);
  line_is_open_ = is_terminal_;
}

void ProgressLine::Finish() {
  if (line_is_open_) std::fputc('\n', out_);
  line_is_open_ = false;
}

}  // namespace renkei::agents::app
