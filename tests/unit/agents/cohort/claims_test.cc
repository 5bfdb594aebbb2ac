#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::cohort {
namespace {

using policy::base::FiscalYear;
using policy::catalogue::AbsenceCause;
using policy::catalogue::Amount;
using policy::catalogue::AmountOf;

class ClaimsTest : public CohortTest {
 protected:
  ClaimRecord Claim(const std::string& number, int year, int month, int64_t points,
                    const std::string& disease = "0402",
                    uint8_t type = policy::catalogue::kOutpatient) const {
    ClaimRecord claim;
    claim.person = Card(number);
    claim.service_year = year;
    claim.service_month = month;
    claim.claim_type = type;
    claim.disease_code = disease;
    claim.days = 2;
    claim.points = points;
    return claim;
  }
  AbsenceRecord Absence(absl::CivilDay start, int days,
                        AbsenceCause cause = AbsenceCause::kMental) const {
    AbsenceRecord absence;
    absence.person = Card("1");
    absence.start = start;
    absence.end = start + days - 1;
    absence.cause = cause;
    return absence;
  }
  // Of person 1 in the year.
  std::vector<int64_t> Sums(const std::vector<Amount>& amounts, int year = 2011) {
    RowQuery query = Query(year);
    query.amounts = amounts;
    const auto rows = Scan(query);
    return rows.contains(1) ? rows.at(1).amounts : std::vector<int64_t>();
  }
};

const std::vector<Amount> kCostAndClaims = {{.of = AmountOf::kCostYen}, {.of = AmountOf::kClaims}};

TEST_F(ClaimsTest, CountsTwoEqualClaimsTwiceAndTheSameFileOnce) {
  const auto import = [&] {
    return Import(Roster(Card("1")), Claim("1", 2011, 5, 1200), Claim("1", 2011, 5, 1200),
                  Claim("1", 2011, 6, 300));
  };
  EXPECT_EQ(import(), std::vector<PutOutcome>(4, PutOutcome::kNew));
  const int64_t version = store_->RecordVersion().value();
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{27'000, 3}));
  EXPECT_EQ(import(), std::vector<PutOutcome>(4, PutOutcome::kUnchanged));
  Open();
  EXPECT_EQ(import(), std::vector<PutOutcome>(4, PutOutcome::kUnchanged));
  EXPECT_EQ(store_->RecordVersion().value(), version);
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{27'000, 3}));
}

TEST_F(ClaimsTest, KeepsTheClaimsThatOtherFilesBrought) {
  // Two clinics' claims of May, then a late claim of May in the file of June.
  Import(Roster(Card("1")), Claim("1", 2011, 5, 1200), Claim("1", 2011, 5, 700));
  EXPECT_EQ(Import(Claim("1", 2011, 5, 800), Claim("1", 2011, 6, 300)),
            (std::vector<PutOutcome>{PutOutcome::kNew, PutOutcome::kNew}));
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{30'000, 4}));
}

TEST_F(ClaimsTest, AnEarlierFileAgainChangesNothing) {
  const auto first = [&] {
    return Import(Roster(Card("1")), Claim("1", 2011, 5, 1200), Claim("1", 2011, 5, 1200));
  };
  first();
  EXPECT_EQ(Import(Claim("1", 2011, 5, 1200), Claim("1", 2011, 5, 80)),
            (std::vector<PutOutcome>{PutOutcome::kUnchanged, PutOutcome::kNew}));
  const int64_t version = store_->RecordVersion().value();
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{24'800, 3}));
  EXPECT_EQ(first(), std::vector<PutOutcome>(3, PutOutcome::kUnchanged));
  EXPECT_EQ(store_->RecordVersion().value(), version);
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{24'800, 3}));
}

TEST_F(ClaimsTest, StoresAsManyEqualClaimsAsTheFileWithMostOfThem) {
  const auto import = [&](size_t copies) {
    EXPECT_TRUE(store_->BeginFile("file.csv").ok());
    std::vector<PutOutcome> outcomes;
    for (size_t i = 0; i < copies; ++i) {
      outcomes.push_back(Put(Claim("1", 2011, 5, 10)).value());
    }
    EXPECT_TRUE(store_->CommitFile().ok());
    return outcomes;
  };
  Import(Roster(Card("1")));
  import(2);
  const int64_t version = store_->RecordVersion().value();
  EXPECT_EQ(import(1), std::vector{PutOutcome::kUnchanged});
  EXPECT_EQ(store_->RecordVersion().value(), version) << "fewer of them are no change";
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{200, 2}));
  EXPECT_EQ(import(3), (std::vector<PutOutcome>{PutOutcome::kUnchanged, PutOutcome::kUnchanged,
                                                PutOutcome::kNew}));
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{300, 3}));
}

TEST_F(ClaimsTest, LeavesEarlierClaimsWhenAFileIsRolledBack) {
  Import(Roster(Card("1")), Claim("1", 2011, 5, 1200));
  ASSERT_TRUE(store_->BeginFile("broken.csv").ok());
  ASSERT_TRUE(store_->PutClaim(Claim("1", 2011, 5, 1)).ok());
  store_->RollbackFile();
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{12'000, 1}));
}

TEST_F(ClaimsTest, BelongsToTheFiscalYearOfTheServiceMonth) {
  Import(Roster(Card("1")), Roster(Card("1"), 2010), Claim("1", 2011, 3, 1),
         Claim("1", 2011, 4, 10), Claim("1", 2012, 3, 100), Claim("1", 2012, 4, 1000));
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{1'100, 2}));
  EXPECT_EQ(Sums(kCostAndClaims, 2010), (std::vector<int64_t>{10, 1}));
  EXPECT_TRUE(store_->HasClaims(FiscalYear(2012)).value());
  EXPECT_FALSE(store_->HasClaims(FiscalYear(2013)).value());
  EXPECT_FALSE(store_->HasClaims(FiscalYear(2009)).value());
}

TEST_F(ClaimsTest, FiltersByTypeDiseaseAndMonth) {
  using namespace policy::catalogue;
  Import(Roster(Card("1")), Claim("1", 2011, 4, 1, "0402", kInpatient),
         Claim("1", 2011, 5, 10, "0901", kOutpatient), Claim("1", 2011, 5, 100, "", kDental),
         Claim("1", 2011, 5, 1000, "9999", kPharmacy));
  EXPECT_EQ(Sums({{.of = AmountOf::kCostYen, .claim_types = kInpatient | kDental},
                  {.of = AmountOf::kCostYen, .disease_codes = {"0402", "0901"}},
                  {.of = AmountOf::kCostYen, .disease_codes = {"9999"}},
                  {.of = AmountOf::kCostYen, .disease_codes = {"0000"}},
                  {.of = AmountOf::kClaims, .month = 5},
                  {.of = AmountOf::kClaimDays, .claim_types = kOutpatient}}),
            (std::vector<int64_t>{1'010, 110, 10'000, 0, 3, 2}));
}

TEST_F(ClaimsTest, AddsUpToMoreThanFourBytesHold) {
  Import(Roster(Card("1")), Claim("1", 2011, 4, 400'000'000), Claim("1", 2011, 5, 29'496'729),
         Claim("1", 2011, 6, 1), Claim("1", 2011, 7, 900'000'000));
  EXPECT_EQ(Sums({{.of = AmountOf::kCostYen}}), std::vector<int64_t>{13'294'967'300});
}

TEST_F(ClaimsTest, RefusesWhatItCannotKeep) {
  ASSERT_TRUE(store_->BeginFile("file.csv").ok());
  const auto refused = [&](auto change) {
    ClaimRecord claim = Claim("1", 2011, 5, 1);
    change(claim);
    return store_->PutClaim(claim).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](ClaimRecord& c) { c.claim_type = 3; }));
  EXPECT_TRUE(refused([](ClaimRecord& c) { c.claim_type = 0; }));
  EXPECT_TRUE(refused([](ClaimRecord& c) { c.claim_type = 16; }));
  EXPECT_TRUE(refused([](ClaimRecord& c) { c.service_month = 13; }));
  EXPECT_TRUE(refused([](ClaimRecord& c) { c.disease_code = "12345"; }));
  EXPECT_TRUE(refused([](ClaimRecord& c) { c.disease_code = "-123"; }));
  EXPECT_TRUE(refused([](ClaimRecord& c) { c.days = 256; }));
  EXPECT_TRUE(refused([](ClaimRecord& c) { c.points = -1; }));
  AbsenceRecord backwards = Absence(absl::CivilDay(2011, 5, 9), 0);
  EXPECT_EQ(store_->PutAbsence(backwards).status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(store_->CommitFile().ok());
  EXPECT_EQ(store_->file_counts().persons_new, 0);
}

TEST_F(ClaimsTest, CountsAbsencesByStartLengthAndCause) {
  const auto import = [&] {
    return Import(Roster(Card("1")), Absence(absl::CivilDay(2011, 4, 1), 7),
                  Absence(absl::CivilDay(2012, 3, 31), 30), Absence(absl::CivilDay(2012, 4, 1), 90),
                  Absence(absl::CivilDay(2011, 8, 1), 6, AbsenceCause::kNeoplasm));
  };
  EXPECT_EQ(import(), std::vector<PutOutcome>(5, PutOutcome::kNew));
  EXPECT_EQ(import(), std::vector<PutOutcome>(5, PutOutcome::kUnchanged));
  const std::vector<Amount> amounts = {
      {.of = AmountOf::kAbsenceEpisodes, .min_days = 7},
      {.of = AmountOf::kAbsenceEpisodes},
      {.of = AmountOf::kAbsenceDays},
      {.of = AmountOf::kAbsenceDays, .causes = 1u << static_cast<int>(AbsenceCause::kNeoplasm)}};
  EXPECT_EQ(Sums(amounts), (std::vector<int64_t>{2, 3, 43, 6}));
  EXPECT_EQ(Import(Absence(absl::CivilDay(2011, 8, 1), 9, AbsenceCause::kNeoplasm)),
            std::vector{PutOutcome::kChanged});
  EXPECT_EQ(Sums(amounts), (std::vector<int64_t>{3, 3, 46, 9}));
  EXPECT_TRUE(store_->HasAbsences(FiscalYear(2012)).value());
  EXPECT_FALSE(store_->HasAbsences(FiscalYear(2010)).value());
}

TEST_F(ClaimsTest, CountsAMonthThatBothCardsOfAPersonHaveOnce) {
  const auto own = [&](int month, int64_t points, uint8_t type) {
    ClaimRecord claim = Claim("1", 2011, month, points, "0402", type);
    claim.person = Card("1", "1");
    return claim;
  };
  using policy::catalogue::kInpatient;
  using policy::catalogue::kOutpatient;
  // May as two clinics' claims of the card with branch and as one of the other; June of the other
  // card only; July of both, but not of one type.
  Import(Claim("1", 2011, 5, 7), Claim("1", 2011, 6, 40), Claim("1", 2011, 6, 60),
         Claim("1", 2011, 7, 100), Claim("1", 2012, 3, 1'000));
  Import(Roster(Card("1", "1")), own(5, 7, kOutpatient), own(5, 9, kOutpatient),
         own(7, 10'000, kInpatient), own(4, 2, kOutpatient), own(3, 1, kOutpatient));
  const std::vector<Amount> amounts = {{.of = AmountOf::kCostYen},
                                       {.of = AmountOf::kClaims},
                                       {.of = AmountOf::kClaims, .disease_codes = {"0402"}},
                                       {.of = AmountOf::kClaims, .month = 5}};
  const RowQuery query = [&] {
    RowQuery made = Query();
    made.amounts = amounts;
    return made;
  }();
  // Person 1 is the card without branch.
  EXPECT_EQ(Scan(query).at(2).amounts, (std::vector<int64_t>{112'180, 8, 8, 2}));
}

TEST_F(ClaimsTest, CountsTheCardWithoutBranchOfSomebodyElseInFull) {
  // Two branches: whose the card without is nobody knows.
  ClaimRecord own = Claim("1", 2011, 5, 7);
  own.person = Card("1", "1");
  ClaimRecord other = Claim("1", 2011, 5, 9);
  other.person = Card("1", "2");
  Import(Roster(Card("1")), Claim("1", 2011, 5, 7), own, other);
  EXPECT_EQ(Sums(kCostAndClaims), (std::vector<int64_t>{70, 1}));
}

TEST_F(ClaimsTest, CountsAnAbsenceThatBothCardsOfAPersonHaveOnce) {
  const auto own = [&](absl::CivilDay start, int days) {
    AbsenceRecord absence = Absence(start, days);
    absence.person = Card("1", "1");
    return absence;
  };
  Import(Roster(Card("1", "1")), own(absl::CivilDay(2011, 5, 2), 10),
         own(absl::CivilDay(2011, 9, 1), 100));
  Import(Absence(absl::CivilDay(2011, 5, 2), 30), Absence(absl::CivilDay(2011, 5, 3), 1'000));
  EXPECT_EQ(Sums({{.of = AmountOf::kAbsenceEpisodes}, {.of = AmountOf::kAbsenceDays}}),
            (std::vector<int64_t>{3, 1'110}));
}

}  // namespace
}  // namespace renkei::agents::cohort
