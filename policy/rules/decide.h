// The three decisions (R20): may a contribution enter a computation, may a computation be released,
// may a release be shown. Pure functions of the facts given; the first failing rule decides. Gates
// 7 and 8 need the hub's transparency log and are named as not evaluated (R30).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/agreement/agreement.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/strong_id.h"
#include "policy/crypto/digest.h"
#include "policy/rules/decision.h"
#include "policy/rules/withheld_levels.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/policy.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::policy::rules {

// Two signatures of a policy further apart are two attempts of one person each (trust 5.3).
inline constexpr absl::Duration kApprovalWindow = absl::Hours(72);

// What a contribution's consent checkpoint turned out to be, next to the one that the hub has from
// the member (trust 2.5).
enum class CheckpointStanding : uint8_t {
  kMissing,       // none, or none that can be read
  kOtherKey,      // not signed by the member's pinned key, or of another log
  kSmaller,       // fewer entries than the hub has seen already
  kInconsistent,  // not proven to be a continuation
  kContinues,     // the first, or a continuation
  kRestarts,      // begins under another key; the member was enrolled anew since the last
};

// Facts about one contribution; the caller has looked them up, nothing here is trusted from the
// sender but what its signature covers.
struct ComputeRequest {
  // Gate 1. The member's active agreement, or null when it has none.
  const agreement::Agreement* agreement = nullptr;
  base::MemberId member;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  std::vector<std::string> measures;  // of the round
  std::string area_code;
  base::FiscalYear fiscal_year;
  bool exact_inner_cells = true;  // plain mode (R2)
  // Gate 2.
  bool signature_verified = false;
  bool layout_matches = false;  // layout digest = the round's
  absl::Time issued_at;
  absl::Time not_after;
  absl::Time received_at;
  // Gate 3.
  CheckpointStanding consent_checkpoint = CheckpointStanding::kMissing;
  absl::Time consent_made_at = absl::InfinitePast();
  // Gate 4.
  crypto::Digest policy_named{};     // by the contribution
  crypto::Digest policy_of_round{};  // frozen at opening
  int policy_approvals = 0;          // different persons
  bool two_person = true;            // the hub's configuration
};

Decision DecideCompute(const ComputeRequest& request, const v1::PolicyDocument& policy);

struct ReleaseRequest {
  v1::RoundState round_state = v1::ROUND_STATE_UNSPECIFIED;
  std::vector<absl::Time>
      issued_at;  // of the accepted contributions; their number is the contributors'
  absl::Time now;
  // Gate 5: Protect gave a table whose linear audit is clean.
  bool protected_and_clean = false;
  // Gate 6: strictest of policy and agreements; fewer only if every contributor agreed.
  int min_contributors = 0;
  bool every_contributor_allows_member_level = false;
  // Gate 4: the policy in force forbids what the round's permits (R21).
  bool stricter_policy_in_force = false;
  // The layout of the release, and of the first release of each of its indicators that has one
  // (R13).
  WithheldLevels withheld;
  std::vector<WithheldLevels> withheld_in_series;
  // How the counts of these first releases are rounded; the release's own is the policy's.
  std::vector<v1::Rounding> rounding_in_series;
};

Decision DecideRelease(const ReleaseRequest& request, const v1::PolicyDocument& policy);

struct ShowRequest {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  // Secretariat: the area is its own. Member agent: it is a member of a round of the area.
  bool in_scope = false;
  bool released = false;
  // A reader without an identity (R43); `role` and `in_scope` are then not looked at.
  bool public_reader = false;
  // Every contributor's agreement lets the release go beyond the council.
  bool public_release = false;
};

// Role and scope are tested before existence: who is not entitled never learns of a release. The
// public gets one answer for what is the council's alone and for what is not there.
Decision DecideShow(const ShowRequest& request);

}  // namespace renkei::policy::rules
