#include "policy/consent/fold.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "policy/base/clock.h"

namespace renkei::policy::consent {
namespace {

bool IsKnown(v1::Purpose purpose) {
  return v1::Purpose_IsValid(purpose) && purpose != v1::PURPOSE_UNSPECIFIED;
}
bool IsKnown(v1::DataCategory category) {
  return v1::DataCategory_IsValid(category) && category != v1::DATA_CATEGORY_UNSPECIFIED;
}

bool IsSuperseder(const Event& event) {
  return event.type == EventType::kCorrected || event.type == EventType::kInvalidated;
}

enum class Effect { kGrant, kDeny, kEnd, kNothing };

Effect EffectOf(EventType type) {
  switch (type) {
    case EventType::kGiven:
    case EventType::kRenewed:
      return Effect::kGrant;
    case EventType::kRefused:
    case EventType::kWithdrawn:
    case EventType::kOptedOut:
      return Effect::kDeny;
    case EventType::kExpired:
      return Effect::kEnd;
    case EventType::kNoticeGiven:
    case EventType::kInvalidated:
      return Effect::kNothing;
    case EventType::kCorrected:
      break;  // resolved by its reference
  }
  return Effect::kDeny;
}

// References among the events of one person. A reference to the own instant reaches only events
// that are no corrections themselves, so that chains run strictly back in time and end.
class References {
 public:
  References(std::span<const Event> events, absl::Time instant)
      : events_(events), instant_(instant) {
    any_ = std::any_of(events.begin(), events.end(), IsSuperseder);
  }

  Effect EffectAt(size_t i) const {
    const Event& event = events_[i];
    if (event.type != EventType::kCorrected) return EffectOf(event.type);
    const std::optional<size_t> only = OnlyReferent(event, i);
    // A correction takes the place of exactly one event; of none or several it can only deny, and
    // of an invalidation there is nothing to take the place of.
    if (!only.has_value() || events_[*only].type == EventType::kInvalidated) return Effect::kDeny;
    return EffectAt(*only);
  }

  // The event whose basis and kind of grant stands for event i.
  const Event& Root(size_t i) const {
    if (events_[i].type != EventType::kCorrected) return events_[i];
    const std::optional<size_t> only = OnlyReferent(events_[i], i);
    return only.has_value() ? Root(*only) : events_[i];
  }

  bool IsSuperseded(size_t i) const {
    if (!any_) return false;
    const bool grants = EffectAt(i) == Effect::kGrant;
    for (size_t s = 0; s < events_.size(); ++s) {
      const Event& by = events_[s];
      if (!IsSuperseder(by) || !Refers(by, s, i)) continue;
      // Taking a denial away enlarges what may be counted, so it is never back-dated.
      const absl::Time from = grants ? by.effective_at : std::max(by.effective_at, by.event_time);
      if (from > instant_) continue;
      if (!grants && !OnlyReferent(by, s).has_value()) continue;
      if (!IsSuperseded(s)) return true;
    }
    return false;
  }

 private:
  bool Refers(const Event& by, size_t by_index, size_t target_index) const {
    const Event& target = events_[target_index];
    if (by_index == target_index || !by.refers_to.has_value()) return false;
    if (target.event_time != *by.refers_to || *by.refers_to > by.event_time) return false;
    return *by.refers_to < by.event_time || !IsSuperseder(target);
  }

  std::optional<size_t> OnlyReferent(const Event& by, size_t by_index) const {
    std::optional<size_t> found;
    for (size_t i = 0; i < events_.size(); ++i) {
      if (!Refers(by, by_index, i)) continue;
      if (found.has_value()) return std::nullopt;
      found = i;
    }
    return found;
  }

  std::span<const Event> events_;
  absl::Time instant_;
  bool any_ = false;
};

// Scope of an event within one (purpose, category): which of the two it names.
struct Scope {
  bool names_purpose = false;
  bool names_category = false;

  int Specificity() const { return (names_purpose ? 1 : 0) + (names_category ? 1 : 0); }
  bool Covers(const Scope& other) const {
    return (!names_purpose || other.names_purpose) && (!names_category || other.names_category);
  }
};

// nullopt: the list does not reach `wanted`. True: it names it; false: it is empty, so it means
// all. A list of a denial with an unknown word is read as all.
template <typename T>
std::optional<bool> Names(const std::vector<T>& list, T wanted, bool denies) {
  if (list.empty()) return false;
  if (std::find(list.begin(), list.end(), wanted) != list.end()) return true;
  const bool readable = std::all_of(list.begin(), list.end(), [](T word) { return IsKnown(word); });
  if (denies && !readable) return false;
  return std::nullopt;
}

std::optional<Scope> ScopeWithin(const Event& event, v1::Purpose purpose, v1::DataCategory category,
                                 bool denies) {
  const std::optional<bool> names_purpose = Names(event.purposes, purpose, denies);
  const std::optional<bool> names_category = Names(event.categories, category, denies);
  if (!names_purpose.has_value() || !names_category.has_value()) return std::nullopt;
  return Scope{*names_purpose, *names_category};
}

bool IsConsent(const Event& event, const Event& root) {
  // What was recorded under another basis is no consent; a renewal need not repeat the basis.
  if (event.basis == v1::LEGAL_BASIS_CONSENT) return true;
  if (event.basis != v1::LEGAL_BASIS_UNSPECIFIED) return false;
  if (&event != &root) return IsConsent(root, root);
  return root.type == EventType::kRenewed;
}

// Why a grant does not hold, or nothing.
std::optional<EventFate> FaultOfGrant(const Event& event, const Event& root,
                                      absl::CivilDay birth_date, const FoldContext& context) {
  const absl::Time t = context.valid_at.value_or(context.instant);
  if (!IsConsent(event, root)) return EventFate::kOtherBasis;
  if (event.valid_from.has_value() && t < *event.valid_from) return EventFate::kNotYetValid;
  if (event.valid_to.has_value() && t >= *event.valid_to) return EventFate::kNoLongerValid;
  if (event.grantor_ends_on.has_value() && t >= *event.grantor_ends_on) {
    return EventFate::kProxyEnded;
  }
  if (event.grantor == Grantor::kGuardian) {
    // A birthday on 29 February falls on 1 March in a common year.
    const absl::CivilDay birthday(birth_date.year() + context.age_rule.guardian_until_years,
                                  birth_date.month(), birth_date.day());
    if (t >= absl::FromCivil(birthday, base::Jst())) return EventFate::kOfAge;
  }
  if (context.texts == nullptr || !context.texts->Accepts(context.purpose, event.text_ref)) {
    return EventFate::kTextNotAccepted;
  }
  return std::nullopt;
}

struct Statement {
  Scope scope;
  absl::Time from;
  size_t event = 0;
};

// `fates`, unless nullptr, receives one fate per event.
FoldOutcome FoldInto(std::span<const Event> events, v1::DataCategory category,
                     absl::CivilDay birth_date, const FoldContext& context,
                     std::vector<EventFate>* fates) {
  if (fates != nullptr) fates->assign(events.size(), EventFate::kOtherScope);
  if (!IsKnown(context.purpose) || !IsKnown(category)) return FoldOutcome::kDenied;
  const auto note = [fates](size_t event, EventFate fate) {
    if (fates != nullptr) (*fates)[event] = fate;
  };
  const References references(events, context.instant);
  std::vector<Statement> grants, denials, ends;
  for (size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    const Effect effect = references.EffectAt(i);
    if (effect == Effect::kNothing) {
      note(i, EventFate::kNoStatement);
      continue;
    }
    const bool denies = effect != Effect::kGrant;
    const std::optional<Scope> scope = ScopeWithin(event, context.purpose, category, denies);
    if (!scope.has_value()) continue;
    // A grant is never back-dated; a denial may be.
    const absl::Time from =
        denies ? event.effective_at : std::max(event.effective_at, event.event_time);
    if (from > context.instant) {
      note(i, EventFate::kNotYet);
      continue;
    }
    if (references.IsSuperseded(i)) {
      note(i, EventFate::kSuperseded);
      continue;
    }
    note(i, EventFate::kOutranked);
    switch (effect) {
      case Effect::kGrant:
        if (const std::optional<EventFate> fault =
                FaultOfGrant(event, references.Root(i), birth_date, context)) {
          note(i, *fault);
        } else {
          grants.push_back({*scope, from, i});
        }
        break;
      case Effect::kDeny:
        denials.push_back({*scope, from, i});
        break;
      case Effect::kEnd:
        note(i, EventFate::kNoStatement);
        ends.push_back({*scope, from, i});
        break;
      case Effect::kNothing:
        break;
    }
  }

  const auto is_ended = [&](const Statement& grant) {
    const auto ends_it = [&](const Statement& by) {
      return by.scope.Covers(grant.scope) && by.from >= grant.from;
    };
    const bool ended = std::any_of(denials.begin(), denials.end(), ends_it) ||
                       std::any_of(ends.begin(), ends.end(), ends_it);
    if (ended) note(grant.event, EventFate::kEnded);
    return ended;
  };
  std::erase_if(grants, is_ended);

  const auto weaker = [](const Statement& a, const Statement& b) {
    return std::pair(a.scope.Specificity(), a.from) < std::pair(b.scope.Specificity(), b.from);
  };
  const auto grant = std::max_element(grants.begin(), grants.end(), weaker);
  const auto denial = std::max_element(denials.begin(), denials.end(), weaker);
  if (grant == grants.end() && denial == denials.end()) return FoldOutcome::kAbsent;
  const bool granted =
      grant != grants.end() && (denial == denials.end() || weaker(*denial, *grant));
  note(granted ? grant->event : denial->event, EventFate::kDecides);
  return granted ? FoldOutcome::kGranted : FoldOutcome::kDenied;
}

}  // namespace

AcceptedTexts AcceptedTexts::FromConfig(const v1::AgentConfig& config) {
  AcceptedTexts texts;
  for (const auto& accepted : config.accepted_texts()) {
    texts.Add(accepted.purpose(), accepted.text());
  }
  return texts;
}

void AcceptedTexts::Add(v1::Purpose purpose, std::string text) {
  texts_[purpose].insert(std::move(text));
}

bool AcceptedTexts::Accepts(v1::Purpose purpose, absl::string_view text) const {
  if (text.empty()) return false;
  const auto found = texts_.find(purpose);
  return found != texts_.end() && found->second.count(std::string(text)) > 0;
}

FoldOutcome Fold(std::span<const Event> events, v1::DataCategory category,
                 absl::CivilDay birth_date, const FoldContext& context) {
  return FoldInto(events, category, birth_date, context, nullptr);
}

Explanation ExplainFold(std::span<const Event> events, v1::DataCategory category,
                        absl::CivilDay birth_date, const FoldContext& context) {
  Explanation explanation;
  explanation.outcome = FoldInto(events, category, birth_date, context, &explanation.fates);
  return explanation;
}

CategoryOutcomes FoldAll(std::span<const Event> events, absl::CivilDay birth_date,
                         const FoldContext& context) {
  if (events.empty() && IsKnown(context.purpose)) return CategoryOutcomes::AllAbsent();
  CategoryOutcomes outcomes;
  outcomes.by_category[v1::DATA_CATEGORY_UNSPECIFIED] = FoldOutcome::kDenied;
  for (size_t c = 1; c < kCategoryCount; ++c) {
    outcomes.by_category[c] = Fold(events, static_cast<v1::DataCategory>(c), birth_date, context);
  }
  return outcomes;
}

}  // namespace renkei::policy::consent
