// The fold against a slow and literal model on random histories (trust 2.2, case "Conflict").
//
// The model knows no scopes of an event within one category. It takes every event apart into atoms,
// each a set of (purpose, category) cells, and follows the six steps with "there is" and "for all".
#include <gtest/gtest.h>

#include <algorithm>
#include <bitset>
#include <map>
#include <random>
#include <vector>

#include "policy/base/clock.h"
#include "policy/consent/fold.h"

namespace renkei::policy::consent {
namespace {

// Purposes 1..5 and 0 for every other one; categories 1..7 and 0 likewise.
constexpr int kPurposes = 6;
constexpr int kCategories = 8;
using Cells = std::bitset<kPurposes * kCategories>;

struct Atom {
  Cells cells;
  absl::Time from;
  bool is_grant = false;
  bool is_denial = false;
};

int Rank(const Cells& cells) {
  if (cells.count() == 1) return 2;
  return cells.all() ? 0 : 1;
}

class Model {
 public:
  Model(std::vector<Event> events, absl::CivilDay birth, FoldContext context)
      : events_(std::move(events)), birth_(birth), context_(context) {
    ResolveTypes();
    DropSuperseded();
    MakeAtoms();
  }

  FoldOutcome Of(v1::DataCategory category) const {
    const size_t cell = static_cast<size_t>(context_.purpose) * kCategories + category;
    std::vector<Atom> here;
    for (const Atom& atom : atoms_) {
      if (atom.cells[cell]) here.push_back(atom);
    }
    std::vector<Atom> remaining;
    for (const Atom& atom : here) {
      bool ended = false;
      for (const Atom& by : here) {
        const bool covers = (atom.cells & ~by.cells).none();
        ended = ended || (atom.is_grant && !by.is_grant && covers && by.from >= atom.from);
      }
      if (!ended && (atom.is_grant || atom.is_denial)) remaining.push_back(atom);
    }
    if (remaining.empty()) return FoldOutcome::kAbsent;
    int best_rank = 0;
    for (const Atom& atom : remaining) best_rank = std::max(best_rank, Rank(atom.cells));
    absl::Time latest = absl::InfinitePast();
    for (const Atom& atom : remaining) {
      if (Rank(atom.cells) == best_rank) latest = std::max(latest, atom.from);
    }
    for (const Atom& atom : remaining) {
      const bool decides = Rank(atom.cells) == best_rank && atom.from == latest;
      if (decides && atom.is_denial) return FoldOutcome::kDenied;
    }
    return FoldOutcome::kGranted;
  }

 private:
  static bool Supersedes(EventType type) {
    return type == EventType::kCorrected || type == EventType::kInvalidated;
  }
  static bool Grants(EventType type) {
    return type == EventType::kGiven || type == EventType::kRenewed;
  }

  void ResolveTypes() {
    referents_.resize(events_.size());
    for (size_t i = 0; i < events_.size(); ++i) {
      const Event& by = events_[i];
      type_.push_back(by.type);
      if (!Supersedes(by.type) || !by.refers_to.has_value()) continue;
      for (size_t j = 0; j < events_.size(); ++j) {
        if (j == i || events_[j].event_time != *by.refers_to) continue;
        const bool earlier = events_[j].event_time < by.event_time;
        const bool same_form =
            events_[j].event_time == by.event_time && !Supersedes(events_[j].type);
        if (earlier || same_form) referents_[i].push_back(j);
      }
    }
    // Oldest first: whatever a correction names is resolved before it, plain events being so at
    // once.
    std::vector<size_t> order;
    for (size_t i = 0; i < events_.size(); ++i) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return events_[a].event_time < events_[b].event_time;
    });
    basis_root_.resize(events_.size());
    for (size_t i : order) {
      basis_root_[i] = i;
      if (events_[i].type != EventType::kCorrected) continue;
      if (referents_[i].size() == 1) {
        const size_t j = referents_[i][0];
        basis_root_[i] = events_[j].type == EventType::kCorrected ? basis_root_[j] : j;
        type_[i] = events_[j].type == EventType::kInvalidated ? EventType::kRefused : type_[j];
      } else {
        type_[i] = EventType::kRefused;
      }
    }
  }

  void DropSuperseded() {
    dropped_.assign(events_.size(), false);
    std::vector<size_t> order;
    for (size_t i = 0; i < events_.size(); ++i) {
      if (Supersedes(events_[i].type)) order.push_back(i);
    }
    // Newest first: whether a superseder stands is settled by those after it.
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return events_[a].event_time > events_[b].event_time;
    });
    for (size_t s : order) {
      if (dropped_[s]) continue;
      for (size_t j : referents_[s]) {
        if (Grants(type_[j])) {
          if (events_[s].effective_at <= context_.instant) dropped_[j] = true;
        } else if (referents_[s].size() == 1 && events_[s].effective_at <= context_.instant &&
                   events_[s].event_time <= context_.instant) {
          dropped_[j] = true;
        }
      }
    }
  }

  bool Counts(size_t i) const {
    const Event& e = events_[i];
    const absl::Time t = context_.instant;
    v1::LegalBasis basis = e.basis;
    if (basis == v1::LEGAL_BASIS_UNSPECIFIED) basis = events_[basis_root_[i]].basis;
    if (basis == v1::LEGAL_BASIS_UNSPECIFIED &&
        events_[basis_root_[i]].type == EventType::kRenewed) {
      basis = v1::LEGAL_BASIS_CONSENT;
    }
    if (basis != v1::LEGAL_BASIS_CONSENT) return false;
    if (e.valid_from && *e.valid_from > t) return false;
    if (e.valid_to && *e.valid_to <= t) return false;
    if (e.grantor_ends_on && *e.grantor_ends_on <= t) return false;
    if (e.grantor == Grantor::kGuardian) {
      const absl::CivilDay today = absl::ToCivilDay(t, base::Jst());
      int age = static_cast<int>(today.year() - birth_.year());
      if (today < absl::CivilDay(today.year(), birth_.month(), birth_.day())) --age;
      if (age >= 18) return false;
    }
    return context_.texts->Accepts(context_.purpose, e.text_ref);
  }

  void MakeAtoms() {
    for (size_t i = 0; i < events_.size(); ++i) {
      const Event& e = events_[i];
      const EventType type = type_[i];
      if (dropped_[i] || type == EventType::kNoticeGiven || type == EventType::kInvalidated)
        continue;
      Atom atom;
      atom.is_grant = Grants(type);
      atom.is_denial = !atom.is_grant && type != EventType::kExpired;
      atom.from = atom.is_grant ? std::max(e.event_time, e.effective_at) : e.effective_at;
      if (atom.from > context_.instant || (atom.is_grant && !Counts(i))) continue;
      std::vector<int> purposes(e.purposes.begin(), e.purposes.end());
      std::vector<int> categories(e.categories.begin(), e.categories.end());
      if (purposes.empty()) purposes = {-1};
      if (categories.empty()) categories = {-1};
      for (int p : purposes) {
        for (int c : categories) {
          atom.cells.reset();
          for (int x = 0; x < kPurposes; ++x) {
            for (int y = 0; y < kCategories; ++y) {
              if ((p == -1 || p == x) && (c == -1 || c == y)) {
                atom.cells.set(static_cast<size_t>(x * kCategories + y));
              }
            }
          }
          atoms_.push_back(atom);
        }
      }
    }
  }

  std::vector<Event> events_;
  absl::CivilDay birth_;
  FoldContext context_;
  std::vector<EventType> type_;
  std::vector<size_t> basis_root_;
  std::vector<std::vector<size_t>> referents_;
  std::vector<bool> dropped_;
  std::vector<Atom> atoms_;
};

class Histories {
 public:
  explicit Histories(uint32_t seed) : random_(seed) {}

  std::vector<Event> Next() {
    std::vector<Event> events(Below(7));
    for (Event& e : events) {
      e.type = static_cast<EventType>(1 + Below(9));
      e.event_time = Instant();
      e.effective_at = Below(3) == 0 ? Instant() : e.event_time;
      if (Below(4) == 0) e.valid_from = Instant();
      if (Below(4) == 0) e.valid_to = Instant();
      e.basis = Below(5) == 0 ? static_cast<v1::LegalBasis>(Below(8)) : v1::LEGAL_BASIS_CONSENT;
      for (int p = 1; p <= 2; ++p) {
        if (Below(3) == 0) e.purposes.push_back(static_cast<v1::Purpose>(p));
      }
      for (int c = 1; c <= 3; ++c) {
        if (Below(4) == 0) e.categories.push_back(static_cast<v1::DataCategory>(c));
      }
      e.text_ref = Below(6) == 0 ? "form@2" : "form@1";
      if (Below(6) != 0) e.refers_to = events[Below(events.size())].event_time;
      if (Below(6) == 0) e.grantor = Grantor::kGuardian;
      if (Below(8) == 0) e.grantor_ends_on = Instant();
    }
    return events;
  }
  absl::Time Instant() {
    return absl::FromCivil(absl::CivilDay(2024, 1, 1 + Below(8)), base::Jst());
  }
  size_t Below(size_t n) { return random_() % n; }
  std::mt19937& random() { return random_; }

 private:
  std::mt19937 random_;
};

TEST(FoldModel, AgreesWithTheFoldOnManyRandomHistoriesInAnyOrder) {
  AcceptedTexts texts;
  texts.Add(v1::PURPOSE_REGIONAL_PLANNING, "form@1");
  texts.Add(v1::PURPOSE_COUNCIL_INDICATOR, "form@1");
  texts.Add(v1::PURPOSE_COUNCIL_INDICATOR, "form@2");
  Histories histories(20111);
  std::map<FoldOutcome, int> seen;
  for (int run = 0; run < 100'000; ++run) {
    std::vector<Event> events = histories.Next();
    // Turns 18 on 4 January 2024.
    const absl::CivilDay birth =
        run % 2 == 0 ? absl::CivilDay(2006, 1, 4) : absl::CivilDay(1960, 1, 1);
    const FoldContext context{static_cast<v1::Purpose>(1 + histories.Below(3)), histories.Instant(),
                              &texts, AgeRule()};
    const Model model(events, birth, context);
    std::vector<Event> shuffled = events;
    std::shuffle(shuffled.begin(), shuffled.end(), histories.random());
    for (int c = 1; c < static_cast<int>(kCategoryCount); ++c) {
      const auto category = static_cast<v1::DataCategory>(c);
      const FoldOutcome outcome = Fold(events, category, birth, context);
      ASSERT_EQ(outcome, model.Of(category)) << "history " << run << ", category " << c;
      ASSERT_EQ(outcome, Fold(shuffled, category, birth, context)) << "history " << run;
      if (run % 10 == 0) {
        const Explanation why = ExplainFold(events, category, birth, context);
        ASSERT_EQ(why.outcome, outcome) << "history " << run;
        ASSERT_EQ(why.fates.size(), events.size());
        // Somebody decides unless nobody said anything that holds.
        ASSERT_EQ(std::count(why.fates.begin(), why.fates.end(), EventFate::kDecides),
                  outcome == FoldOutcome::kAbsent ? 0 : 1)
            << "history " << run;
      }
      ++seen[outcome];
    }
  }
  for (const FoldOutcome outcome :
       {FoldOutcome::kGranted, FoldOutcome::kDenied, FoldOutcome::kAbsent}) {
    EXPECT_GT(seen[outcome], 10'000) << static_cast<int>(outcome);
  }
}

TEST(FoldModel, NeverEnlargesAnythingByOneMoreDenial) {
  AcceptedTexts texts;
  texts.Add(v1::PURPOSE_REGIONAL_PLANNING, "form@1");
  Histories histories(7);
  for (int run = 0; run < 20'000; ++run) {
    std::vector<Event> events = histories.Next();
    const FoldContext context{v1::PURPOSE_REGIONAL_PLANNING, histories.Instant(), &texts,
                              AgeRule()};
    const CategoryOutcomes before = FoldAll(events, absl::CivilDay(1960, 1, 1), context);
    Event denial;
    denial.type = EventType::kWithdrawn;
    // An instant of its own: sharing one with a corrected event would change what a reference
    // names.
    denial.event_time = histories.Instant() + absl::Seconds(1);
    denial.effective_at = denial.event_time;
    if (histories.Below(2) == 0) denial.categories = {v1::DATA_CATEGORY_EXAM_RESULT};
    events.push_back(denial);
    const CategoryOutcomes after = FoldAll(events, absl::CivilDay(1960, 1, 1), context);
    for (size_t c = 1; c < kCategoryCount; ++c) {
      if (before.by_category[c] == FoldOutcome::kDenied) {
        ASSERT_EQ(after.by_category[c], FoldOutcome::kDenied) << run;
      }
      if (before.by_category[c] == FoldOutcome::kAbsent) {
        ASSERT_NE(after.by_category[c], FoldOutcome::kGranted) << run;
      }
    }
  }
}

}  // namespace
}  // namespace renkei::policy::consent
