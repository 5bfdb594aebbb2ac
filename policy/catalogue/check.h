// The catalogue checked as a whole, before anything uses it: what passes here can be evaluated
// without another question.
#pragma once

#include "absl/status/status.h"
#include "policy/catalogue/items.h"
#include "policy/catalogue/measure_files.h"

namespace renkei::policy::catalogue {

// INVALID_ARGUMENT for the first definition that cannot stand, with file, line and id.
absl::Status CheckDefinitions(const MeasureFiles& files, const ItemTable& items);

}  // namespace renkei::policy::catalogue
