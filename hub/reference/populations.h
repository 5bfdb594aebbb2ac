// Populations of municipalities by edition. Immutable; safe to share between threads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace renkei::hub::reference {

class Populations {
 public:
  // Names of the embedded editions, oldest first.
  static std::vector<std::string> Editions();
  // The embedded edition with this name, e.g. "juki-2025-01-01"; NOT_FOUND names the known one.
  static absl::StatusOr<Populations> Load(absl::string_view edition);
  // CSV with the header code6,name_ja,pop_total. INVALID_ARGUMENT names file and line.
  static absl::StatusOr<Populations> Parse(absl::string_view csv, const std::string& file_name);

  // 6-digit code -> persons, both sexes, all ages; the shape that disclosure::ProtectRequest wants.
  const std::map<std::string, int64_t>& persons() const { return persons_; }

 private:
  explicit Populations(std::map<std::string, int64_t> persons) : persons_(std::move(persons)) {}
  std::map<std::string, int64_t> persons_;
};

}  // namespace renkei::hub::reference
