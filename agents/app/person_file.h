// Persons named in a file or on standard input (person_lines.h): never on the command line, which
// other users of the machine can read. Reads the file.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agents/app/person_lines.h"

namespace renkei::agents::app {

// `path` "-" is standard input. Errors as ParsePersonLines, with the file named before the line;
// NOT_FOUND without such a file.
absl::StatusOr<std::vector<cohort::Person>> ReadPersonFile(
    const std::string& path, const cohort::Pseudonymiser& pseudonymiser);

}  // namespace renkei::agents::app
