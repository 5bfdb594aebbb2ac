#include "agents/contribute/round_question.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/status.h"
#include "policy/base/text_proto.h"
#include "policy/crypto/hash.h"

namespace renkei::agents::contribute {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace tables = renkei::policy::tables;

namespace {

absl::Status CheckComplete(const v1::RoundDescriptor& descriptor) {
  const char* missing = descriptor.round_id().empty()       ? "round_id"
                        : descriptor.area_code().empty()    ? "area_code"
                        : descriptor.fiscal_year() == 0     ? "fiscal_year"
                        : descriptor.measure().empty()      ? "measure"
                        : descriptor.audience().empty()     ? "audience"
                        : !descriptor.has_consent_instant() ? "consent_instant"
                        : descriptor.purpose() == v1::PURPOSE_UNSPECIFIED ||
                                !v1::Purpose_IsValid(descriptor.purpose())
                            ? "purpose"
                            : nullptr;
  if (missing == nullptr) return absl::OkStatus();
  return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                         absl::StrCat("round descriptor: ", missing, " is missing or unknown"),
                         missing);
}

absl::Status CheckMeasures(const v1::RoundDescriptor& descriptor,
                           const policy::catalogue::Catalogue& catalogue) {
  for (const v1::MeasureRef& ref : descriptor.measure()) {
    const v1::Measure* measure = catalogue.FindMeasure(ref.id());
    if (measure == nullptr || measure->version() != ref.version()) {
      return base::MakeError(
          absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_CATALOGUE_STALE,
          absl::StrCat("round ", descriptor.round_id(), ": this agent's catalogue has no ",
                       ref.id(), "@", ref.version()),
          "measure", "catalogue", "use the release of the agent that the hub runs");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RoundQuestion> ReadRound(const v1::Round& round, const std::string& policy_text,
                                        const policy::catalogue::Catalogue& catalogue) {
  RoundQuestion question;
  question.state = round.state();
  question.digest = crypto::Sha256(base::AsBytes(round.descriptor_bytes()));
  if (round.descriptor_digest() != crypto::ToBytes(question.digest)) {
    return absl::DataLossError("round: the digest does not fit the descriptor's bytes");
  }
  v1::RoundDescriptor& descriptor = question.descriptor;
  if (!descriptor.ParseFromString(round.descriptor_bytes())) {
    return absl::InvalidArgumentError("round: the descriptor does not parse");
  }
  RENKEI_RETURN_IF_ERROR(CheckComplete(descriptor));

  if (descriptor.policy_digest() != crypto::ToBytes(crypto::Sha256(base::AsBytes(policy_text)))) {
    return absl::DataLossError(absl::StrCat("round ", descriptor.round_id(),
                                            ": the policy's text is not the one that the round "
                                            "froze"));
  }
  RENKEI_RETURN_IF_ERROR(base::ParseTextProto(policy_text, "policy", &question.policy));

  RENKEI_RETURN_IF_ERROR(CheckMeasures(descriptor, catalogue));
  if (descriptor.catalogue_digest() != crypto::ToBytes(catalogue.digest())) {
    return base::MakeError(
        absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_CATALOGUE_STALE,
        absl::StrCat("round ", descriptor.round_id(),
                     ": the hub's catalogue is not this agent's; definitions may differ"),
        "catalogue_digest", "catalogue", "use the release of the agent that the hub runs");
  }
  std::vector<tables::MeasureVersion> measures;
  for (const v1::MeasureRef& ref : descriptor.measure()) {
    measures.push_back({.id = ref.id(), .version = ref.version()});
  }
  RENKEI_ASSIGN_OR_RETURN(
      tables::Layout layout,
      tables::Layout::Make(descriptor.area_code(),
                           base::FiscalYear(static_cast<int>(descriptor.fiscal_year())),
                           std::move(measures),
                           {descriptor.municipality().begin(), descriptor.municipality().end()}));
  if (descriptor.layout_digest() != crypto::ToBytes(layout.digest())) {
    return base::MakeError(
        absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LAYOUT_MISMATCH,
        absl::StrCat("round ", descriptor.round_id(),
                     ": the order of cells is not the one that this agent would send"),
        "layout_digest", "tables.layout", "use the release of the agent that the hub runs");
  }
  question.layout = std::make_shared<const tables::Layout>(std::move(layout));
  return question;
}

}  // namespace renkei::agents::contribute
