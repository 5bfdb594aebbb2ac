#include "agents/consent/ledger.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "policy/base/status.h"

namespace renkei::agents::consent {
namespace fold = policy::consent;
namespace {

uint16_t Pack(const fold::CategoryOutcomes& outcomes) {
  uint16_t packed = 0;
  for (size_t c = 0; c < fold::kCategoryCount; ++c) {
    packed = static_cast<uint16_t>(packed | (static_cast<unsigned>(outcomes.by_category[c]) & 3u)
                                                << 2 * c);
  }
  return packed;
}

fold::CategoryOutcomes Unpack(uint16_t packed) {
  fold::CategoryOutcomes outcomes;
  for (size_t c = 0; c < fold::kCategoryCount; ++c) {
    outcomes.by_category[c] = static_cast<fold::FoldOutcome>(packed >> 2 * c & 3u);
  }
  return outcomes;
}
static_assert(fold::kCategoryCount * 2 <= 16, "a Snapshot keeps two bits per category");

// Events of the person whose rows are being read, or of a card that waits for its other half.
struct Gathered {
  std::vector<fold::Event> events;
  absl::CivilDay birth_date;
};

}  // namespace

fold::CategoryOutcomes Snapshot::Of(const cohort::ConsentSubjectRef& subject) const {
  const auto index = static_cast<size_t>(subject.person);
  if (subject.person < 1) return {};
  if (index >= packed_.size() || packed_[index] == 0) {
    return fold::CategoryOutcomes::AllAbsent();
  }
  return Unpack(packed_[index]);
}

std::vector<fold::CategoryOutcomes> Snapshot::OutcomesFor(
    std::span<const cohort::ConsentSubjectRef> subjects) const {
  std::vector<fold::CategoryOutcomes> outcomes;
  outcomes.reserve(subjects.size());
  for (const cohort::ConsentSubjectRef& subject : subjects) outcomes.push_back(Of(subject));
  return outcomes;
}

Ledger::Ledger(cohort::CohortStore& store, const fold::AcceptedTexts& texts)
    : store_(store), texts_(texts) {}

absl::StatusOr<int64_t> Ledger::LastChange() { return store_.ConsentVersion(); }

absl::StatusOr<Snapshot> Ledger::Take(const SnapshotQuery& query) {
  if (!v1::Purpose_IsValid(query.purpose) || query.purpose == v1::PURPOSE_UNSPECIFIED) {
    return absl::InvalidArgumentError("consent ledger: the purpose is not specified");
  }
  Snapshot snapshot;
  const absl::Time latest = std::max(query.instant, query.denials_until);
  const fold::FoldContext at_instant{.purpose = query.purpose,
                                     .instant = query.instant,
                                     .texts = &texts_,
                                     .age_rule = query.age_rule};
  // A grant counts if it was valid at the round's instant: that it ran out since is no withdrawal.
  // That it was taken back, as never given or as other than recorded, is.
  const fold::FoldContext at_latest{.purpose = query.purpose,
                                    .instant = latest,
                                    .texts = &texts_,
                                    .age_rule = query.age_rule,
                                    .valid_at = query.instant};

  const auto store_outcome = [&](cohort::PersonId person, const Gathered& gathered) {
    fold::CategoryOutcomes outcomes =
        fold::FoldAll(gathered.events, gathered.birth_date, at_instant);
    if (latest > query.instant) {
      const fold::CategoryOutcomes later =
          fold::FoldAll(gathered.events, gathered.birth_date, at_latest);
      for (size_t c = 0; c < fold::kCategoryCount; ++c) {
        const bool granted = outcomes.by_category[c] == fold::FoldOutcome::kGranted;
        if (later.by_category[c] == fold::FoldOutcome::kDenied ||
            (granted && later.by_category[c] == fold::FoldOutcome::kAbsent)) {
          outcomes.by_category[c] = later.by_category[c];
        }
      }
    }
    const auto index = static_cast<size_t>(person);
    if (index >= snapshot.packed_.size()) snapshot.packed_.resize(index + index / 2 + 1024, 0);
    snapshot.packed_[index] = Pack(outcomes);
  };

  RENKEI_ASSIGN_OR_RETURN(const cohort::CohortStore::Links links, store_.BranchLinks());
  // Both cards of one person share one list of events.
  absl::flat_hash_map<cohort::PersonId, cohort::PersonId> other_card;
  for (const cohort::BranchLink& link : links.links) {
    other_card[link.without_branch] = link.with_branch;
    other_card[link.with_branch] = link.with_branch;
  }
  absl::flat_hash_map<cohort::PersonId, Gathered> waiting;

  cohort::PersonId current = 0;
  Gathered gathered;
  const auto finish = [&] {
    if (current == 0) return;
    ++snapshot.counts_.persons;
    const auto link = other_card.find(current);
    if (link == other_card.end()) {
      store_outcome(current, gathered);
    } else {
      Gathered& both = waiting[link->second];
      both.birth_date = gathered.birth_date;
      // An event that stands on both makes a reference to it ambiguous, which can only deny more.
      std::move(gathered.events.begin(), gathered.events.end(), std::back_inserter(both.events));
    }
    gathered.events.clear();
  };
  RENKEI_RETURN_IF_ERROR(store_.ForEachConsentEvent(
      [&](const cohort::CohortStore::StoredEvent& stored) -> absl::Status {
        if (stored.person != current) {
          finish();
          current = stored.person;
        }
        gathered.birth_date = stored.birth_date;
        gathered.events.push_back(stored.event);
        snapshot.last_change_ = std::max(snapshot.last_change_, stored.sequence);
        ++snapshot.counts_.events;
        for (const std::optional<absl::Time>& turn :
             {std::optional(stored.event.effective_at), stored.event.valid_to,
              stored.event.grantor_ends_on}) {
          if (turn.has_value() && *turn > latest) {
            snapshot.stands_until_ = std::min(snapshot.stands_until_, *turn);
          }
        }
        return absl::OkStatus();
      }));
  finish();
  for (const auto& [person, both] : waiting) store_outcome(person, both);
  for (const cohort::BranchLink& link : links.links) {
    const auto with = static_cast<size_t>(link.with_branch);
    const auto without = static_cast<size_t>(link.without_branch);
    if (with >= snapshot.packed_.size() || snapshot.packed_[with] == 0) continue;
    if (without >= snapshot.packed_.size()) snapshot.packed_.resize(without + 1, 0);
    snapshot.packed_[without] = snapshot.packed_[with];
  }
  return snapshot;
}

}  // namespace renkei::agents::consent
