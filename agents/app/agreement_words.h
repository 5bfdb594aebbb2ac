// Agreements in plain words for the member's officer, Japanese or English: what one allows, how far
// it is, and what the commands say and ask.
#pragma once

#include <cstdint>
#include <string>

#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/config.pb.h"

namespace renkei::agents::app {

// "active", "proposed, not signed by this member",
// "active until 2027-04-01 09:00 JST (notice by the secretariat)".
std::string StateWords(const v1::AgreementRecord& record, bool japanese);

// What the member permits by signing, one line each.
std::string Allowances(const v1::DataUseAgreement& terms, const v1::AgentConfig& config,
                       bool japanese);

// `is_one_named`: by --id or --version.
const char* NothingThereWords(bool is_one_named, bool japanese);
const char* NothingToSignWords(bool japanese);
const char* NoticeWasGivenWords(bool japanese);
std::string SignedWords(const v1::AgreementRecord& record, bool japanese);

const char* SignQuestion(bool japanese);
const char* ProposeQuestion(bool japanese);
// Of a proposal: to take it back or decline it; of an agreement in force: to give notice.
std::string WithdrawQuestion(const v1::AgreementRecord& record, uint32_t notice_days,
                             bool japanese);

}  // namespace renkei::agents::app
