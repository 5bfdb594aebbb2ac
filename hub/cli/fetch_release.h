// A release as the hub has stored it.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "hub/cli/session.h"
#include "renkei/v1/release.pb.h"
#include "renkei/v1/release_service.pb.h"

namespace renkei::hub::cli {

struct FetchedRelease {
  v1::Release release;
  v1::GetReleaseResponse answer;  // that it came with
};

// Errors of GetRelease; DATA_LOSS when the answer is no release.
absl::StatusOr<FetchedRelease> FetchRelease(Session& session, uint64_t number);

}  // namespace renkei::hub::cli
