// The list of rejected rows (csv.md): `<input>.rejected.csv` with line number, column and reason,
// never a value. Mode 0600, in the agent's own quarantine folder, replaced by the next import of
// the same name. Touches the disk. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace renkei::agents::intake {

class Quarantine {
 public:
  // Nothing is created until a row is rejected. An empty `folder` keeps no list.
  Quarantine(std::string folder, absl::string_view input_base_name);
  ~Quarantine();
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;

  absl::Status Add(uint64_t line, absl::string_view column, absl::string_view reason);
  // Writes the rest and gives the file its name. Without rejected rows a list of an earlier import
  // of the same name is removed: it no longer holds.
  absl::Status Finish();
  // Base name of the list; empty while there is none.
  const std::string& file_name() const { return file_name_; }

 private:
  absl::Status Flush();
  std::string folder_;
  std::string final_name_;
  std::string file_name_;
  std::string part_path_;
  std::string pending_;
  int fd_ = -1;
};

}  // namespace renkei::agents::intake
