// The file that makes somebody of `renkei --bundle F` (R22): a v1.Bundle as text-proto, mode 0600,
// with key, certificate, root and address. Touches the disk.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "renkei/v1/config.pb.h"

namespace renkei::hub::identity {

// FAILED_PRECONDITION when others can read the file; INVALID_ARGUMENT when it is no complete bundle
// or its parts do not belong together. No message repeats content. The caller wipes key_pem and
// signing_seed.
absl::StatusOr<v1::Bundle> ReadBundle(const std::string& path);

// ALREADY_EXISTS rather than overwriting somebody's key.
absl::Status WriteBundle(const std::string& path, const v1::Bundle& bundle);

// Overwrites the secret fields in memory and clears them.
void WipeBundle(v1::Bundle* bundle);

}  // namespace renkei::hub::identity
