// Checks of one classification: inputs, rows, coded classes.
#pragma once

#include "absl/status/status.h"
#include "policy/catalogue/check_condition.h"
#include "policy/catalogue/place.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::catalogue {

// `uses` gets the conditions that are its inputs.
absl::Status CheckClassification(const v1::Classification& classification, const Place& place,
                                 const Names& names, Uses* uses);

}  // namespace renkei::policy::catalogue
