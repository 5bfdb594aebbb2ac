// Fold: a person's consent events -> granted, denied or absent, for one purpose, category and
// instant (trust 2.2 as amended by R17 and R18). Pure, total, thread-safe; the order of the events
// is irrelevant.
//
// Left out: the legal basis, which decides what absent means (basis.h), and OPT_OUT_NOTICE as a
// ground for counting anybody, which R17 refuses for health data. README.md states the choices made
// where the rule leaves one.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "policy/consent/events.h"
#include "policy/consent/gate.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/config.pb.h"

namespace renkei::policy::consent {

// Texts, as family@version, whose grants count for a purpose (R18).
class AcceptedTexts {
 public:
  AcceptedTexts() = default;
  static AcceptedTexts FromConfig(const v1::AgentConfig& config);
  void Add(v1::Purpose purpose, std::string text);
  // Never true for an empty text.
  bool Accepts(v1::Purpose purpose, absl::string_view text) const;

 private:
  std::map<v1::Purpose, std::set<std::string>> texts_;
};

// A guardian's grant ends at 00:00 JST of this birthday. Data, because the law names no age.
struct AgeRule {
  int guardian_until_years = 18;
};

struct FoldContext {
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  absl::Time instant;
  const AcceptedTexts* texts = nullptr;  // nullptr: no text is accepted
  AgeRule age_rule;
  // The instant at which a grant must be in its validity; nullopt: `instant`. Events are taken up
  // to `instant` either way.
  std::optional<absl::Time> valid_at;
};

// All events must be of one person, without duplicates. Quadratic in the number of events when
// there are corrections. DENIED for a purpose or a category that is unspecified or unknown.
FoldOutcome Fold(std::span<const Event> events, v1::DataCategory category,
                 absl::CivilDay birth_date, const FoldContext& context);

// What became of one event in a fold.
enum class EventFate : uint8_t {
  kDecides,          // the outcome is this event's
  kOutranked,        // in force, but a more specific, later or denying one decides
  kEnded,            // a grant that a later denial or expiry of the same or a wider scope ended
  kNotYet,           // not in force yet
  kSuperseded,       // corrected or invalidated
  kOtherScope,       // names other purposes or categories
  kNoStatement,      // notice, expiry, invalidation: neither grants nor denies
  kOtherBasis,       // a grant that was recorded under another basis than consent
  kNotYetValid,      // a grant before its valid_from
  kNoLongerValid,    // a grant at or after its valid_to
  kProxyEnded,       // the grantor's power has ended
  kOfAge,            // a guardian's grant of a person who is of age now
  kTextNotAccepted,  // the text and version are not accepted for the purpose
};

struct Explanation {
  FoldOutcome outcome = FoldOutcome::kDenied;
  std::vector<EventFate> fates;  // one per event, in the order given
};

// The outcome of Fold, and why.
Explanation ExplainFold(std::span<const Event> events, v1::DataCategory category,
                        absl::CivilDay birth_date, const FoldContext& context);

// The fold of every category.
CategoryOutcomes FoldAll(std::span<const Event> events, absl::CivilDay birth_date,
                         const FoldContext& context);

}  // namespace renkei::policy::consent
