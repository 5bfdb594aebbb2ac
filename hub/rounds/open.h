// Opening and closing rounds (R27). A round is one question to the members of an area; its
// descriptor is frozen as bytes when it opens, and everybody names it by the SHA-256 of these
// bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/log/log.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/tables/layout.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::rounds {

struct Question {
  std::string area_code;
  int fiscal_year = 0;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;  // unspecified = regional planning
  std::vector<std::string> indicators;            // empty = the default set
  std::vector<std::string> members;               // empty = all whose agreement covers the question
  std::optional<absl::Time> consent_instant;      // absent = the opening
  std::optional<absl::Time> deadline;             // absent = 14 days
};

// INVALID_ARGUMENT for an unknown area, year, measure or member; FAILED_PRECONDITION when a named
// member's agreement does not cover the question, or nobody's does, or the measures are of both
// lanes (lanes.h).
absl::StatusOr<store::RoundRow> Open(store::Transaction& transaction, const Terms& terms,
                                     const Question& question, const log::Act& act);

// Idempotent: a round that was closed before is returned as it is. FAILED_PRECONDITION when it
// failed.
absl::StatusOr<store::RoundRow> Close(store::Transaction& transaction, const store::RoundRow& round,
                                      const log::Act& act);

// Rounds past their deadline: closed when enough members contributed, failed otherwise. Number of
// rounds that changed.
absl::StatusOr<int> CloseExpired(store::Transaction& transaction, const Terms& terms,
                                 const log::Act& act);

absl::StatusOr<v1::RoundDescriptor> DescriptorOf(const store::RoundRow& round);
// The layout of the descriptor; INTERNAL when its digest is another.
absl::StatusOr<policy::tables::Layout> LayoutOf(const v1::RoundDescriptor& descriptor);

}  // namespace renkei::hub::rounds
