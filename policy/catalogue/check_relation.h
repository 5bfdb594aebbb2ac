// Checks of one relation: its measures exist, stand once, and form one of the four kinds.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "policy/catalogue/check_measure.h"
#include "policy/catalogue/place.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::catalogue {

absl::Status CheckRelation(const v1::Relation& relation, const Place& place,
                           const std::map<std::string, const v1::Measure*>& measures,
                           const FamiliesById& families);

}  // namespace renkei::policy::catalogue
