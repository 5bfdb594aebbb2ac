#include "policy/consent/gate.h"

#include <gtest/gtest.h>

#include <limits>
#include <type_traits>
#include <vector>

namespace renkei::policy::consent {
namespace {

// Nothing but the gate makes ConsentedRows: no default, no parts, no aggregate, no conversion.
static_assert(!std::is_default_constructible_v<ConsentedRows>);
static_assert(!std::is_constructible_v<ConsentedRows, RowBatch, std::vector<uint32_t>>);
static_assert(!std::is_constructible_v<ConsentedRows, RowBatch>);
static_assert(!std::is_convertible_v<RowBatch, ConsentedRows>);
static_assert(!std::is_aggregate_v<ConsentedRows>);
static_assert(!std::is_default_constructible_v<ConsentGate>);

constexpr FoldOutcome kOutcomes[] = {FoldOutcome::kGranted, FoldOutcome::kDenied,
                                     FoldOutcome::kAbsent};

v1::FamilyRule Checkup() {
  v1::FamilyRule rule;
  rule.set_id("checkup");
  rule.add_reads(v1::DATA_CATEGORY_EXAM_RESULT);
  rule.add_reads(v1::DATA_CATEGORY_QUESTIONNAIRE);
  rule.set_exam_as_workplace(true);
  return rule;
}

v1::FamilyRule Guidance() {
  v1::FamilyRule rule = Checkup();
  rule.set_id("guidance");
  rule.add_reads(v1::DATA_CATEGORY_GUIDANCE);
  return rule;
}

v1::Catalogue TwoFamilies() {
  v1::Catalogue catalogue;
  *catalogue.add_family() = Checkup();
  *catalogue.add_family() = Guidance();
  return catalogue;
}

BasisTable Basis(v1::LegalBasis basis) {
  v1::DataUseAgreement agreement;
  agreement.add_basis()->set_basis(basis);
  return BasisTable::FromAgreement(agreement).value();
}

RowBatch Rows(std::vector<uint8_t> facts) {
  RowBatch rows;
  rows.fiscal_year = base::FiscalYear(2011);
  rows.subject.resize(facts.size());
  rows.sex.resize(facts.size());
  rows.age.resize(facts.size(), 50);
  rows.geography.resize(facts.size());
  rows.facts = std::move(facts);
  return rows;
}

CategoryOutcomes With(std::initializer_list<std::pair<v1::DataCategory, FoldOutcome>> changes) {
  CategoryOutcomes outcomes = CategoryOutcomes::AllAbsent();
  for (const auto& [category, outcome] : changes) outcomes.by_category[category] = outcome;
  return outcomes;
}

TEST(BasisPermits, FollowsTheDecisionTableInEveryRow) {
  struct Row {
    v1::LegalBasis basis;
    bool granted, denied, absent;
  };
  const Row table[] = {
      {v1::LEGAL_BASIS_UNSPECIFIED, false, false, false},
      {v1::LEGAL_BASIS_CONSENT, true, false, false},
      {v1::LEGAL_BASIS_STATUTE, true, false, true},
      {v1::LEGAL_BASIS_STAT_69_2_4, true, false, true},
      {v1::LEGAL_BASIS_JOINT_USE, true, false, true},
      {v1::LEGAL_BASIS_OPT_OUT_NOTICE, false, false, false},
      {v1::LEGAL_BASIS_ANON_PROCESSED, false, false, false},
      {v1::LEGAL_BASIS_NONE, false, false, false},
      {static_cast<v1::LegalBasis>(99), false, false, false},
  };
  for (const Row& row : table) {
    EXPECT_EQ(BasisPermits(row.basis, FoldOutcome::kGranted), row.granted) << row.basis;
    EXPECT_EQ(BasisPermits(row.basis, FoldOutcome::kDenied), row.denied) << row.basis;
    EXPECT_EQ(BasisPermits(row.basis, FoldOutcome::kAbsent), row.absent) << row.basis;
    EXPECT_FALSE(BasisPermits(row.basis, FoldOutcome{})) << row.basis;
  }
}

TEST(BasisTable, IsConsentWithoutALine) {
  const BasisTable table = BasisTable::FromAgreement(v1::DataUseAgreement()).value();
  EXPECT_EQ(table.Of(v1::DATA_CATEGORY_EXAM_RESULT), v1::LEGAL_BASIS_CONSENT);
  EXPECT_EQ(table.Of(v1::DATA_CATEGORY_STRESS_CHECK_GROUP), v1::LEGAL_BASIS_CONSENT);
  EXPECT_EQ(table.Of(v1::DATA_CATEGORY_UNSPECIFIED), v1::LEGAL_BASIS_NONE);
  EXPECT_EQ(table.Of(static_cast<v1::DataCategory>(99)), v1::LEGAL_BASIS_NONE);
  EXPECT_EQ(table.Of(static_cast<v1::DataCategory>(-1)), v1::LEGAL_BASIS_NONE);
}

TEST(BasisTable, PrefersTheLineThatNamesTheCategory) {
  v1::DataUseAgreement agreement;
  auto* named = agreement.add_basis();
  named->set_basis(v1::LEGAL_BASIS_CONSENT);
  named->add_category(v1::DATA_CATEGORY_GUIDANCE);
  agreement.add_basis()->set_basis(v1::LEGAL_BASIS_STATUTE);
  const BasisTable table = BasisTable::FromAgreement(agreement).value();
  EXPECT_EQ(table.Of(v1::DATA_CATEGORY_GUIDANCE), v1::LEGAL_BASIS_CONSENT);
  EXPECT_EQ(table.Of(v1::DATA_CATEGORY_EXAM_RESULT), v1::LEGAL_BASIS_STATUTE);
}

TEST(BasisTable, RefusesTwoBasesForOneCategory) {
  v1::AgentConfig config;
  for (v1::LegalBasis basis : {v1::LEGAL_BASIS_STATUTE, v1::LEGAL_BASIS_CONSENT}) {
    auto* line = config.add_basis();
    line->set_basis(basis);
    line->add_category(v1::DATA_CATEGORY_EXAM_RESULT);
  }
  const absl::Status status = BasisTable::FromConfig(config).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("line 2"), absl::string_view::npos);
}

TEST(BasisTable, RefusesOptOutNoticeUnspecifiedAndUnknownWords) {
  for (v1::LegalBasis basis : {v1::LEGAL_BASIS_OPT_OUT_NOTICE, v1::LEGAL_BASIS_UNSPECIFIED,
                               static_cast<v1::LegalBasis>(99)}) {
    v1::DataUseAgreement agreement;
    agreement.add_basis()->set_basis(basis);
    EXPECT_EQ(BasisTable::FromAgreement(agreement).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  for (int category = 1; category < static_cast<int>(kCategoryCount); ++category) {
    v1::DataUseAgreement agreement;
    agreement.add_basis()->set_basis(v1::LEGAL_BASIS_OPT_OUT_NOTICE);
    agreement.mutable_basis(0)->add_category(static_cast<v1::DataCategory>(category));
    EXPECT_FALSE(BasisTable::FromAgreement(agreement).ok()) << category;
  }
  v1::DataUseAgreement unknown;
  unknown.add_basis()->set_basis(v1::LEGAL_BASIS_STATUTE);
  unknown.mutable_basis(0)->add_category(static_cast<v1::DataCategory>(42));
  EXPECT_FALSE(BasisTable::FromAgreement(unknown).ok());
}

TEST(ConsentGate, AdmitsToAFamilyOnlyWhenEveryCategoryIsPermitted) {
  const ConsentGate gate = ConsentGate::Make(TwoFamilies(), BasisTable()).value();
  for (FoldOutcome exam : kOutcomes) {
    for (FoldOutcome questionnaire : kOutcomes) {
      for (FoldOutcome guidance : kOutcomes) {
        const std::vector<CategoryOutcomes> outcomes = {
            With({{v1::DATA_CATEGORY_EXAM_RESULT, exam},
                  {v1::DATA_CATEGORY_QUESTIONNAIRE, questionnaire},
                  {v1::DATA_CATEGORY_GUIDANCE, guidance}})};
        const ConsentedRows admitted = gate.Admit(Rows({kEligibleBit}), outcomes);
        const bool checkup =
            exam == FoldOutcome::kGranted && questionnaire == FoldOutcome::kGranted;
        EXPECT_EQ(admitted.Permits(0, 0), checkup);
        EXPECT_EQ(admitted.Permits(0, 1), checkup && guidance == FoldOutcome::kGranted);
      }
    }
  }
}

TEST(ConsentGate, ReadsWorkplaceExamForWorkplaceSources) {
  const ConsentGate gate = ConsentGate::Make(TwoFamilies(), BasisTable()).value();
  const CategoryOutcomes own = With({{v1::DATA_CATEGORY_EXAM_RESULT, FoldOutcome::kGranted},
                                     {v1::DATA_CATEGORY_QUESTIONNAIRE, FoldOutcome::kGranted}});
  const CategoryOutcomes workplace =
      With({{v1::DATA_CATEGORY_WORKPLACE_EXAM, FoldOutcome::kGranted},
            {v1::DATA_CATEGORY_QUESTIONNAIRE, FoldOutcome::kGranted}});
  const std::vector<CategoryOutcomes> outcomes = {own, own, workplace, workplace};
  const ConsentedRows admitted =
      gate.Admit(Rows({0, kWorkplaceSourceBit, 0, kWorkplaceSourceBit}), outcomes);
  EXPECT_TRUE(admitted.Permits(0, 0));
  EXPECT_FALSE(admitted.Permits(1, 0));
  EXPECT_FALSE(admitted.Permits(2, 0));
  EXPECT_TRUE(admitted.Permits(3, 0));
}

TEST(ConsentGate, LastYearsExaminationNeedsItsOwnCategory) {
  const ConsentGate gate = ConsentGate::Make(TwoFamilies(), BasisTable()).value();
  const CategoryOutcomes own = With({{v1::DATA_CATEGORY_EXAM_RESULT, FoldOutcome::kGranted},
                                     {v1::DATA_CATEGORY_WORKPLACE_EXAM, FoldOutcome::kDenied},
                                     {v1::DATA_CATEGORY_QUESTIONNAIRE, FoldOutcome::kGranted}});
  CategoryOutcomes both = own;
  both.by_category[v1::DATA_CATEGORY_WORKPLACE_EXAM] = FoldOutcome::kGranted;
  const std::vector<CategoryOutcomes> outcomes = {own, own, both, own};
  RowBatch rows = Rows({kEligibleBit, kEligibleBit, kEligibleBit, kEligibleBit});
  // An examination at work; not examined; at work, and permitted; by the member itself.
  rows.previous.facts = {kExaminedBit | kWorkplaceSourceBit, kWorkplaceSourceBit,
                         kExaminedBit | kWorkplaceSourceBit, kExaminedBit};
  CoverageCounts coverage[2];
  gate.Count(rows, outcomes, coverage);
  EXPECT_EQ(coverage[0], (CoverageCounts{.eligible = 4, .included = 3, .excluded_denied = 1}));
  const ConsentedRows admitted = gate.Admit(std::move(rows), outcomes);
  EXPECT_FALSE(admitted.Permits(0, 0));
  EXPECT_TRUE(admitted.Permits(1, 0));
  EXPECT_TRUE(admitted.Permits(2, 0));
  EXPECT_TRUE(admitted.Permits(3, 0));
}

TEST(ConsentGate, CountsAbsentUnderStatuteAndNeverADenial) {
  const ConsentGate gate = ConsentGate::Make(TwoFamilies(), Basis(v1::LEGAL_BASIS_STATUTE)).value();
  const std::vector<CategoryOutcomes> outcomes = {
      CategoryOutcomes::AllAbsent(),
      With({{v1::DATA_CATEGORY_QUESTIONNAIRE, FoldOutcome::kDenied}}),
      With({{v1::DATA_CATEGORY_GUIDANCE, FoldOutcome::kDenied}}),
  };
  const ConsentedRows admitted = gate.Admit(Rows({1, 1, 1}), outcomes);
  EXPECT_EQ(admitted.families(), (std::vector<uint32_t>{3, 0, 1}));
}

TEST(ConsentGate, AdmitsNobodyWithoutABasisOrWithoutOutcomes) {
  const ConsentGate none = ConsentGate::Make(TwoFamilies(), Basis(v1::LEGAL_BASIS_NONE)).value();
  CategoryOutcomes granted;
  granted.by_category.fill(FoldOutcome::kGranted);
  EXPECT_EQ(none.Admit(Rows({1}), std::vector{granted}).families(), std::vector<uint32_t>{0});

  const ConsentGate statute =
      ConsentGate::Make(TwoFamilies(), Basis(v1::LEGAL_BASIS_STATUTE)).value();
  EXPECT_EQ(statute.Admit(Rows({1}), std::vector<CategoryOutcomes>(1)).families(),
            std::vector<uint32_t>{0});
  EXPECT_EQ(statute.Admit(Rows({1, 1}), std::vector{granted}).families(),
            (std::vector<uint32_t>{3, 0}));
}

TEST(ConsentGate, RefusesFamiliesThatItCannotJudge) {
  v1::Catalogue empty = TwoFamilies();
  empty.mutable_family(1)->clear_reads();
  EXPECT_EQ(ConsentGate::Make(empty, BasisTable()).status().code(),
            absl::StatusCode::kInvalidArgument);
  v1::Catalogue unknown = TwoFamilies();
  unknown.mutable_family(0)->add_reads(static_cast<v1::DataCategory>(77));
  EXPECT_FALSE(ConsentGate::Make(unknown, BasisTable()).ok());
  v1::Catalogue unspecified = TwoFamilies();
  unspecified.mutable_family(0)->add_reads(v1::DATA_CATEGORY_UNSPECIFIED);
  EXPECT_FALSE(ConsentGate::Make(unspecified, BasisTable()).ok());
  v1::Catalogue many;
  for (int i = 0; i < 33; ++i) *many.add_family() = Checkup();
  EXPECT_FALSE(ConsentGate::Make(many, BasisTable()).ok());
  many.mutable_family()->RemoveLast();
  EXPECT_TRUE(ConsentGate::Make(many, BasisTable()).ok());
}

TEST(ConsentGate, CountsEligiblePersonsByWhatHappenedToThem) {
  const ConsentGate gate = ConsentGate::Make(TwoFamilies(), BasisTable()).value();
  const CategoryOutcomes checkup_only =
      With({{v1::DATA_CATEGORY_EXAM_RESULT, FoldOutcome::kGranted},
            {v1::DATA_CATEGORY_QUESTIONNAIRE, FoldOutcome::kGranted}});
  const std::vector<CategoryOutcomes> outcomes = {
      checkup_only, CategoryOutcomes::AllAbsent(),
      With({{v1::DATA_CATEGORY_EXAM_RESULT, FoldOutcome::kDenied}}), checkup_only};
  std::vector<CoverageCounts> coverage(gate.families());
  gate.Count(Rows({1, 1, 1, kExaminedBit}), outcomes, coverage);
  EXPECT_EQ(coverage[0], (CoverageCounts{3, 1, 1, 1}));
  EXPECT_EQ(coverage[1], (CoverageCounts{3, 0, 1, 2}));
}

TEST(CoarseCount, IsBelowTenOrTheNearestTenHalfUp) {
  struct Case {
    int64_t count;
    bool below;
    uint64_t rounded;
  };
  for (const Case& c :
       {Case{0, true, 0}, Case{9, true, 0}, Case{10, false, 10}, Case{14, false, 10},
        Case{15, false, 20}, Case{24, false, 20}, Case{25, false, 30}, Case{99, false, 100},
        Case{60004, false, 60000}, Case{60005, false, 60010}}) {
    const v1::CoarseCount coarse = ToCoarseCount(c.count);
    EXPECT_EQ(coarse.below_ten(), c.below) << c.count;
    EXPECT_EQ(coarse.rounded_to_ten(), c.rounded) << c.count;
  }
  const v1::ConsentCoverage coverage = ToCoverage({25, 11, 9, 5});
  EXPECT_EQ(coverage.eligible().rounded_to_ten(), 30u);
  EXPECT_EQ(coverage.included().rounded_to_ten(), 10u);
  EXPECT_TRUE(coverage.excluded_denied().below_ten());
  EXPECT_TRUE(coverage.excluded_absent().below_ten());
}

}  // namespace
}  // namespace renkei::policy::consent
