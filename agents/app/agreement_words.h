// Agreements in plain words for the member's officer: what one allows, and how far it is.
#pragma once

#include <string>

#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/config.pb.h"

namespace renkei::agents::app {

// "active", "proposed, not signed by this member", "active until 2027-04-01 09:00 JST (notice by
// …)"
std::string StateWords(const v1::AgreementRecord& record);

// What the member permits by signing, one line each.
std::string Allowances(const v1::DataUseAgreement& terms, const v1::AgentConfig& config);

}  // namespace renkei::agents::app
