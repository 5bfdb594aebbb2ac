#include "policy/noise/budget_ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "policy/base/mutex.h"
#include "tests/unit/policy/noise/sources.h"

namespace renkei::policy::noise {
namespace {

using Code = absl::StatusCode;

const BudgetScope kScope = {"hub.example", base::FiscalYear(2011)};

Charge MakeCharge(std::string id, Rational rho = Fraction(1, 8), uint8_t content = 1,
                  BudgetScope scope = kScope) {
  Charge charge{std::move(id), std::move(scope), rho, {}};
  charge.content[0] = content;
  return charge;
}

bool Permitted(const absl::StatusOr<rules::Decision>& decision) {
  return decision.ok() && decision->permitted();
}

TEST(BudgetLedger, ChargesUpToTheCapAndNotBeyond) {
  BudgetLedger ledger;
  const Rational cap = Fraction(1, 2);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(Permitted(ledger.Reserve(MakeCharge(absl::StrCat("r", i)), cap))) << i;
  }
  EXPECT_EQ(ledger.Spent(kScope).value(), cap);
  const std::vector<BudgetRow> full = ledger.Rows();
  // The smallest charge that can be written is one too many.
  const auto refused = ledger.Reserve(MakeCharge("r4", Fraction(1, int64_t{1} << 61)), cap);
  ASSERT_TRUE(refused.ok());
  ASSERT_FALSE(refused->permitted());
  EXPECT_EQ(refused->refusal().rule, "policy.noise_budget");
  EXPECT_EQ(refused->refusal().code, Code::kResourceExhausted);
  EXPECT_EQ(ledger.Rows(), full) << "a refusal charges nothing";
}

TEST(BudgetLedger, EveryScopeHasABudgetOfItsOwn) {
  BudgetLedger ledger;
  const Rational cap = Fraction(1, 8);
  EXPECT_TRUE(Permitted(ledger.Reserve(MakeCharge("a"), cap)));
  EXPECT_FALSE(Permitted(ledger.Reserve(MakeCharge("b"), cap)));
  const BudgetScope next_year = {kScope.hub, base::FiscalYear(2012)};
  const BudgetScope other_hub = {"other.example", kScope.data_year};
  EXPECT_TRUE(Permitted(ledger.Reserve(MakeCharge("c", cap, 1, next_year), cap)));
  EXPECT_TRUE(Permitted(ledger.Reserve(MakeCharge("d", cap, 1, other_hub), cap)));
  EXPECT_EQ(ledger.Spent({"third.example", base::FiscalYear(2011)}).value(), Rational());
}

TEST(BudgetLedger, TheSameReleaseIsChargedOnce) {
  BudgetLedger ledger;
  const Rational cap = Fraction(1, 8);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Permitted(ledger.Reserve(MakeCharge("a"), cap)));
  ASSERT_TRUE(ledger.RecordDraw("a").ok());
  EXPECT_TRUE(Permitted(ledger.Reserve(MakeCharge("a"), cap)));
  ASSERT_TRUE(ledger.Commit("a").ok());
  EXPECT_TRUE(Permitted(ledger.Reserve(MakeCharge("a"), cap)));
  EXPECT_EQ(ledger.Spent(kScope).value(), Fraction(1, 8));
}

TEST(BudgetLedger, TheSameReleaseWithOtherContentExistsAlready) {
  BudgetLedger ledger;
  const Rational cap = Fraction(8, 1);
  ASSERT_TRUE(Permitted(ledger.Reserve(MakeCharge("a"), cap)));
  const std::vector<BudgetRow> before = ledger.Rows();
  for (const Charge& other :
       {MakeCharge("a", Fraction(1, 9)), MakeCharge("a", Fraction(1, 8), 2),
        MakeCharge("a", Fraction(1, 8), 1, {kScope.hub, base::FiscalYear(2012)}),
        MakeCharge("a", Fraction(1, 8), 1, {"other.example", kScope.data_year})}) {
    EXPECT_EQ(ledger.Reserve(other, cap).status().code(), Code::kAlreadyExists);
  }
  EXPECT_EQ(ledger.Rows(), before);
}

TEST(BudgetLedger, ARefundIsPossibleUntilNoiseIsDrawn) {
  BudgetLedger ledger;
  const Rational cap = Fraction(1, 4);
  ASSERT_TRUE(Permitted(ledger.Reserve(MakeCharge("a"), cap)));
  ASSERT_TRUE(Permitted(ledger.Reserve(MakeCharge("b"), cap)));
  EXPECT_EQ(ledger.Commit("a").code(), Code::kFailedPrecondition) << "nothing was drawn";
  EXPECT_TRUE(ledger.Refund("a").ok());
  EXPECT_TRUE(ledger.Refund("a").ok());
  EXPECT_EQ(ledger.Spent(kScope).value(), Fraction(1, 8));
  EXPECT_EQ(ledger.RecordDraw("a").code(), Code::kFailedPrecondition);
  EXPECT_EQ(ledger.Commit("a").code(), Code::kFailedPrecondition);
  EXPECT_EQ(ledger.Reserve(MakeCharge("a"), cap).status().code(), Code::kFailedPrecondition);

  EXPECT_TRUE(ledger.RecordDraw("b").ok());
  EXPECT_TRUE(ledger.RecordDraw("b").ok()) << "a retry draws the same noise";
  EXPECT_EQ(ledger.Refund("b").code(), Code::kFailedPrecondition);
  EXPECT_TRUE(ledger.Commit("b").ok());
  EXPECT_TRUE(ledger.Commit("b").ok());
  EXPECT_EQ(ledger.Refund("b").code(), Code::kFailedPrecondition);
  EXPECT_EQ(ledger.RecordDraw("b").code(), Code::kFailedPrecondition)
      << "a published release returns its stored bytes";
  EXPECT_EQ(ledger.Spent(kScope).value(), Fraction(1, 8));
}

TEST(BudgetLedger, UnknownReleasesAndEmptyChargesAreRefused) {
  BudgetLedger ledger;
  EXPECT_EQ(ledger.RecordDraw("a").code(), Code::kNotFound);
  EXPECT_EQ(ledger.Commit("a").code(), Code::kNotFound);
  EXPECT_EQ(ledger.Refund("a").code(), Code::kNotFound);
  for (const Charge& bad : {MakeCharge(""), MakeCharge("a", Rational()),
                            MakeCharge("a", Fraction(1, 8), 1, {"", kScope.data_year})}) {
    EXPECT_EQ(ledger.Reserve(bad, Fraction(1, 1)).status().code(), Code::kInvalidArgument);
  }
  EXPECT_FALSE(Permitted(ledger.Reserve(MakeCharge("a"), Rational()))) << "no budget, no noise";
  EXPECT_TRUE(ledger.Rows().empty());
}

TEST(BudgetLedger, ASumThatHasNoPlaceIn63BitsIsRefused) {
  BudgetLedger ledger;
  const Rational cap = Fraction(1, 1);
  ASSERT_TRUE(Permitted(ledger.Reserve(MakeCharge("a", Fraction(1, (int64_t{1} << 61) - 1)), cap)));
  const std::vector<BudgetRow> before = ledger.Rows();
  EXPECT_EQ(
      ledger.Reserve(MakeCharge("b", Fraction(1, (int64_t{1} << 61) - 31)), cap).status().code(),
      Code::kResourceExhausted);
  EXPECT_EQ(ledger.Rows(), before);
}

TEST(BudgetLedger, RowsThatNoLedgerWroteAreNotServedFrom) {
  BudgetLedger ledger;
  ASSERT_TRUE(Permitted(ledger.Reserve(MakeCharge("a"), Fraction(1, 1))));
  const BudgetRow good = ledger.Rows()[0];
  ASSERT_TRUE(BudgetLedger::FromRows({good}).ok());
  const auto refused = [](std::vector<BudgetRow> rows) {
    return BudgetLedger::FromRows(rows).status().code() == Code::kDataLoss;
  };
  EXPECT_TRUE(refused({good, good}));
  const auto changed = [&good](const std::function<void(BudgetRow*)>& change) {
    BudgetRow row = good;
    change(&row);
    return std::vector<BudgetRow>{row};
  };
  EXPECT_TRUE(refused(changed([](BudgetRow* r) { r->release_id.clear(); })));
  EXPECT_TRUE(refused(changed([](BudgetRow* r) { r->hub.clear(); })));
  EXPECT_TRUE(refused(changed([](BudgetRow* r) { r->rho_numerator = 0; })));
  EXPECT_TRUE(refused(changed([](BudgetRow* r) { r->rho_numerator = -1; })));
  EXPECT_TRUE(refused(changed([](BudgetRow* r) { r->rho_denominator = 0; })));
  EXPECT_TRUE(refused(changed([](BudgetRow* r) { r->state = static_cast<ChargeState>(9); })));
  EXPECT_TRUE(refused(changed([](BudgetRow* r) { r->state = ChargeState::kCommitted; })));
  EXPECT_TRUE(refused(changed([](BudgetRow* r) {
    r->state = ChargeState::kRefunded;
    r->noise_drawn = true;
  })));
  BudgetRow a = good, b = good;
  a.rho_denominator = (int64_t{1} << 61) - 1;
  b.release_id = "b";
  b.rho_denominator = (int64_t{1} << 61) - 31;
  EXPECT_TRUE(refused({a, b}));
}

// Attack A21, crash between draw and commit: what was stored last is all that the next process has.
TEST(BudgetLedger, ACrashAnywhereNeitherChargesTwiceNorGivesDrawnNoiseBack) {
  const Rational cap = Fraction(1, 8);
  for (int stored_steps = 0; stored_steps <= 3; ++stored_steps) {
    BudgetLedger before;
    if (stored_steps >= 1) {
      ASSERT_TRUE(Permitted(before.Reserve(MakeCharge("a"), cap)));
    }
    if (stored_steps >= 2) {
      ASSERT_TRUE(before.RecordDraw("a").ok());
    }
    if (stored_steps >= 3) {
      ASSERT_TRUE(before.Commit("a").ok());
    }
    BudgetLedger after = BudgetLedger::FromRows(before.Rows()).value();
    EXPECT_EQ(after.Refund("a").ok(), stored_steps == 1) << stored_steps;
    after = BudgetLedger::FromRows(before.Rows()).value();
    EXPECT_TRUE(Permitted(after.Reserve(MakeCharge("a"), cap)));
    if (stored_steps < 3) {
      EXPECT_TRUE(after.RecordDraw("a").ok());
    }
    EXPECT_TRUE(after.Commit("a").ok());
    EXPECT_EQ(after.Spent(kScope).value(), Fraction(1, 8));
    EXPECT_FALSE(Permitted(after.Reserve(MakeCharge("b"), cap)));
  }
}

// I14 on random histories, against a model that counts in 2520ths.
TEST(BudgetLedger, TheSumIsNeverAboveTheCapAndFollowsTheModel) {
  struct Known {
    int64_t units;
    int year;
    ChargeState state = ChargeState::kReserved;
    bool drawn = false;
  };
  constexpr int64_t kUnit = 2520;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    const int64_t cap_units = static_cast<int64_t>(random() % (3 * kUnit));
    const Rational cap = Fraction(cap_units, kUnit);
    BudgetLedger ledger;
    std::map<std::string, Known> model;
    const auto spent = [&model](int year) {
      int64_t units = 0;
      for (const auto& [id, known] : model) {
        if (known.year == year && known.state != ChargeState::kRefunded) units += known.units;
      }
      return units;
    };
    for (int step = 0; step < 400; ++step) {
      const std::string id = absl::StrCat("r", random() % 24);
      const auto found = model.find(id);
      const bool known = found != model.end();
      const auto reserved = [&] { return known && found->second.state == ChargeState::kReserved; };
      switch (random() % 4) {
        case 0: {
          const int64_t denominator = 1 + static_cast<int64_t>(random() % 10);
          const int year = 2011 + static_cast<int>(random() % 2);
          Charge charge =
              MakeCharge(id, Fraction(1, denominator), 1, {kScope.hub, base::FiscalYear(year)});
          if (known && random() % 2 == 0) {
            charge.rho = Fraction(found->second.units, kUnit);
            charge.scope.data_year = base::FiscalYear(found->second.year);
          }
          const int64_t units = charge.rho.numerator() * kUnit / charge.rho.denominator();
          const int charged_year = charge.scope.data_year.first_year();
          const auto decision = ledger.Reserve(charge, cap);
          if (!known) {
            ASSERT_TRUE(decision.ok());
            ASSERT_EQ(decision->permitted(), spent(charged_year) + units <= cap_units);
            if (decision->permitted()) model[id] = {units, charged_year};
          } else if (found->second.units != units || found->second.year != charged_year) {
            ASSERT_EQ(decision.status().code(), Code::kAlreadyExists);
          } else {
            ASSERT_EQ(Permitted(decision), found->second.state != ChargeState::kRefunded);
          }
          break;
        }
        case 1:
          ASSERT_EQ(ledger.RecordDraw(id).ok(), reserved());
          if (reserved()) found->second.drawn = true;
          break;
        case 2: {
          const bool may = known && found->second.drawn;
          ASSERT_EQ(ledger.Commit(id).ok(), may);
          if (may) found->second.state = ChargeState::kCommitted;
          break;
        }
        case 3: {
          const bool may = known && !found->second.drawn;
          ASSERT_EQ(ledger.Refund(id).ok(), may);
          if (may) found->second.state = ChargeState::kRefunded;
          break;
        }
      }
      for (const int year : {2011, 2012}) {
        const Rational sum = ledger.Spent({kScope.hub, base::FiscalYear(year)}).value();
        ASSERT_LE(sum, cap);
        ASSERT_EQ(sum, Fraction(spent(year), kUnit));
      }
      ASSERT_EQ(ledger.Rows().size(), model.size());
      ledger = BudgetLedger::FromRows(ledger.Rows()).value();
    }
  }
}

// Attack A21, budget race: eight threads, each with its own releases and some that all ask for.
TEST(BudgetLedger, EightThreadsBehindOneLockStayWithinTheCap) {
  struct Shared {
    base::Mutex mutex;
    BudgetLedger ledger ABSL_GUARDED_BY(mutex);
  } shared;
  const Rational cap = Fraction(1, 2);
  std::vector<int> permitted(8, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&shared, &permitted, &cap, t] {
      for (int i = 0; i < 100; ++i) {
        const std::string id = i % 4 == 0 ? absl::StrCat("shared", i) : absl::StrCat(t, "/", i);
        const base::MutexLock lock(shared.mutex);
        if (!Permitted(shared.ledger.Reserve(MakeCharge(id, Fraction(1, 97)), cap))) continue;
        ++permitted[static_cast<size_t>(t)];
        EXPECT_LE(shared.ledger.Spent(kScope).value(), cap);
        if (i % 3 == 0) {
          (void)shared.ledger.Refund(id);
        } else {
          // Another thread may have committed a shared release already.
          EXPECT_TRUE(shared.ledger.RecordDraw(id).ok() || i % 4 == 0);
          EXPECT_TRUE(shared.ledger.Commit(id).ok());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const base::MutexLock lock(shared.mutex);
  EXPECT_EQ(shared.ledger.Spent(kScope).value(), Fraction(48, 97)) << "as much as fits, no more";
  EXPECT_GE(std::accumulate(permitted.begin(), permitted.end(), 0), 48);
}

}  // namespace
}  // namespace renkei::policy::noise
