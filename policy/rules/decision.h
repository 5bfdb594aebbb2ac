// A decision of policy: permit, or a refusal with the rule that refused and what would pass
// (architecture rule 7). Never a failure (absl::Status) and never a hidden number (a cell state).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "renkei/v1/common.pb.h"

namespace renkei::policy::rules {

// The gates of trust 3, by their numbers there; 0 stands before them.
enum class Gate {
  kReader = 0,  // role and area of who asks
  kAgreement = 1,
  kContribution = 2,
  kConsentCheckpoint = 3,
  kPolicyApproval = 4,
  kDisclosure = 5,
  kContributors = 6,
  kDurableEntry = 7,
  kWitness = 8,
};

// "3 consent checkpoint": the text that `release show` prints for a gate that was not evaluated
// (R30).
absl::string_view GateLabel(Gate gate);

struct Refusal {
  Gate gate = Gate::kAgreement;
  absl::StatusCode code = absl::StatusCode::kPermissionDenied;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  std::string rule;        // policy field, agreement field or rule, e.g. "agreement.area"
  std::string message;     // what was wrong
  std::string would_pass;  // what the caller can do; never a figure that depends on data (R12)
};

class Decision {
 public:
  static Decision Permit(std::vector<Gate> not_evaluated = {}) {
    return Decision(std::nullopt, std::move(not_evaluated));
  }
  static Decision Refuse(Refusal refusal, std::vector<Gate> not_evaluated = {}) {
    return Decision(std::move(refusal), std::move(not_evaluated));
  }

  bool permitted() const { return !refusal_.has_value(); }
  // Needs !permitted().
  const Refusal& refusal() const { return *refusal_; }
  const std::vector<Gate>& gates_not_evaluated() const { return not_evaluated_; }

 private:
  Decision(std::optional<Refusal> refusal, std::vector<Gate> not_evaluated)
      : refusal_(std::move(refusal)), not_evaluated_(std::move(not_evaluated)) {}
  std::optional<Refusal> refusal_;
  std::vector<Gate> not_evaluated_;
};

// For the door: OK, or the refusal as a status with its ErrorDetail.
absl::Status ToStatus(const Decision& decision);

// Labels of every gate that the three decisions of this version do not evaluate, in order (R30).
std::vector<std::string> GatesNotEvaluated();

}  // namespace renkei::policy::rules
