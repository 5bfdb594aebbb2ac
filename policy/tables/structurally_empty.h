// Ages at which a measure counts nobody by its definition. Pure.
#pragma once

#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::tables {

// Is each band from `first_band` to `last_band` (as in kBandLabels, closed) inside one of the
// measure's ranges? Two ranges that follow each other may cover a span together.
bool IsStructurallyEmpty(const v1::Measure& measure, int first_band, int last_band);

}  // namespace renkei::policy::tables
