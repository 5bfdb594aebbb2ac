#include "agents/app/person_file.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::agents::app {

absl::StatusOr<std::vector<cohort::Person>> ReadPersonFile(
    const std::string& path, const cohort::Pseudonymiser& pseudonymiser) {
  const bool is_stdin = path == "-";
  std::FILE* const file = is_stdin ? stdin : std::fopen(path.c_str(), "re");
  if (file == nullptr) {
    return absl::NotFoundError(absl::StrCat("cannot open ", path, "; is the name right?"));
  }
  std::string text(kMaxPersonText + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  const bool failed = std::ferror(file) != 0;
  if (!is_stdin) (void)std::fclose(file);
  if (failed) return absl::UnavailableError(absl::StrCat("cannot read ", path));
  absl::StatusOr<std::vector<cohort::Person>> persons = ParsePersonLines(text, pseudonymiser);
  if (!persons.ok()) {
    return policy::base::Annotate(persons.status(), is_stdin ? "standard input" : path);
  }
  return persons;
}

}  // namespace renkei::agents::app
