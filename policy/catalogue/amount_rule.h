// Amounts of the catalogue's language: their check, and what they mean to the cohort store.
#pragma once

#include "absl/status/status.h"
#include "policy/catalogue/amount.h"
#include "policy/catalogue/check_condition.h"
#include "policy/catalogue/place.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::catalogue {

// Notes in `uses` whether claims or absences are read.
absl::Status CheckAmount(const v1::Amount& amount, const Place& place, Uses* uses);

// The amount has passed the check.
Amount AmountFrom(const v1::Amount& amount);

// "yen", "claims", "days" or "episodes".
const char* UnitOf(v1::AmountOf of);

}  // namespace renkei::policy::catalogue
