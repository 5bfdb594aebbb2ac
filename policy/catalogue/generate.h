// Measures that one entry of the catalogue stands for: tables of conditions (cross) and classes of
// a measured number (histogram).
#pragma once

#include "absl/status/status.h"
#include "policy/catalogue/measure_files.h"

namespace renkei::policy::catalogue {

// Appends the generated measures and relations, with the place of their entry. INVALID_ARGUMENT
// with file and line for an entry that cannot be spread out; the measures themselves are checked
// like written ones.
absl::Status Generate(MeasureFiles* files);

}  // namespace renkei::policy::catalogue
