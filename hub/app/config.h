// The hub's configuration (R26): one text-proto file, every field checked before anything is made.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "renkei/v1/config.pb.h"

namespace renkei::hub::app {

// Reads and checks; relative paths become absolute from the file's folder. INVALID_ARGUMENT names
// file, line or field, what is expected and what to do.
absl::StatusOr<v1::HubConfig> LoadConfig(const std::string& path);

// A commented sample, as `init --print-config` prints it. It passes LoadConfig.
std::string SampleConfig();

// Log origin, and the audience of contributions: <trust domain>/log/1.
std::string OriginOf(const v1::HubConfig& config);

// FAILED_PRECONDITION when `path` lies inside `folder`: what protects a database must not lie
// beside it.
absl::Status RefuseInside(const std::string& folder, const std::string& path,
                          const std::string& field);

}  // namespace renkei::hub::app
