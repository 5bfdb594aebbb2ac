// The preview of a small statement, as numbers and as its three texts.
#include "agents/contribute/preview.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "agents/contribute/tabulate.h"
#include "nlohmann/json.hpp"
#include "policy/base/bytes.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"

namespace renkei::agents::contribute {
namespace {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace tables = renkei::policy::tables;

class PreviewTest : public ::testing::Test {
 protected:
  PreviewTest() {
    catalogue_ = *policy::catalogue::Catalogue::LoadBuiltIn();
    question_.layout = std::make_shared<const tables::Layout>(
        *tables::Layout::Make("0604", base::FiscalYear(2011),
                              {{"checkup_rate", 1}, {"finding_bmi", 1}}, {"062031", "062049"}));
    question_.descriptor.set_round_id("0190a5d0-0000-7000-8000-000000000001");
    question_.descriptor.set_fiscal_year(2011);
    question_.descriptor.set_purpose(v1::PURPOSE_REGIONAL_PLANNING);
    question_.policy.set_min_cell_persons(10);
    statement_.set_round_id(question_.descriptor.round_id());
    statement_.set_request_id("0190a5d0-0000-7000-8000-000000000002");
    statement_.set_revision(1);
    statement_.set_member_kind(v1::MEMBER_KIND_MUNICIPALITY);
    statement_.set_layout_digest(crypto::ToBytes(question_.layout->digest()));
    statement_.add_collected(true);
    statement_.add_collected(false);
    statement_.mutable_count()->Resize(static_cast<int>(question_.layout->size()), 0);
    // Males 40-44 of 鶴岡市: 210 examined of 752; females 45-49: 9 of 30.
    Set(0, 0, 0, 0, 210, 752);
    Set(0, 0, 1, 1, 9, 30);
    // Residence unknown: 10 of 20 males 70-74.
    Set(0, 2, 0, 6, 10, 20);
  }
  void Set(int measure, int geography, int sex, int band, uint64_t k, uint64_t n) {
    const auto at = [&](int part) {
      return static_cast<int>(question_.layout->Index(measure, geography, sex, band, part));
    };
    statement_.set_count(at(0), k);
    statement_.set_count(at(1), n - k);
  }
  v1::DsseEnvelope Envelope() const {
    v1::DsseEnvelope envelope;
    envelope.set_payload_type(crypto::kContributionType);
    envelope.set_payload(statement_.SerializeAsString());
    return envelope;
  }
  absl::StatusOr<Preview> Make(const PreviewRequest& request) const {
    return MakePreview(Envelope(), question_, *catalogue_, request);
  }
  static const PreviewRow* Find(const Preview& preview, const std::string& municipality,
                                const std::string& sex, const std::string& band) {
    for (const PreviewRow& row : preview.rows) {
      if (row.indicator == "checkup_rate" && row.municipality == municipality && row.sex == sex &&
          row.age_band == band) {
        return &row;
      }
    }
    return nullptr;
  }

  std::shared_ptr<const policy::catalogue::Catalogue> catalogue_;
  RoundQuestion question_;
  v1::ContributionStatement statement_;
};

TEST_F(PreviewTest, ShowsTheCountsOfTheBytesAndSumsForReading) {
  const auto preview = Make({});
  ASSERT_TRUE(preview.ok()) << preview.status();
  const PreviewRow* inner = Find(*preview, "062031", "male", "40-44");
  ASSERT_NE(inner, nullptr);
  EXPECT_EQ(inner->numerator, 210);
  EXPECT_EQ(inner->denominator, 752);
  EXPECT_EQ(inner->value_tenths, 279);  // 27.925..., half up
  EXPECT_TRUE(inner->leaves);
  EXPECT_FALSE(inner->never_as_is);
  const PreviewRow* total = Find(*preview, "area", "both", "40-74");
  EXPECT_EQ(total->numerator, 229);
  EXPECT_EQ(total->denominator, 802);
  EXPECT_FALSE(total->leaves) << "sums are derived at the hub";
  EXPECT_EQ(Find(*preview, "062049", "male", "40-44"), nullptr) << "nobody lives there";
  EXPECT_NE(Find(*preview, "unknown", "male", "70-74"), nullptr);
  EXPECT_FALSE(Find(*preview, "062031", "female", "40-44")->value_tenths.has_value()) << "n = 0";
}

TEST_F(PreviewTest, MarksWhatNoReaderWillSeeAtTheLimitItself) {
  auto preview = Make({});
  EXPECT_TRUE(Find(*preview, "062031", "female", "45-49")->never_as_is) << "9 < 10";
  EXPECT_FALSE(Find(*preview, "unknown", "male", "70-74")->never_as_is) << "10 and 10";
  PreviewRequest stricter;
  stricter.min_cell_persons = 11;
  preview = Make(stricter);
  EXPECT_TRUE(Find(*preview, "unknown", "male", "70-74")->never_as_is);
  EXPECT_EQ(preview->threshold, 11u);
  Set(0, 0, 0, 0, 752 - 9, 752);
  EXPECT_TRUE(Find(*Make({}), "062031", "male", "40-44")->never_as_is) << "nine without";
}

TEST_F(PreviewTest, NamesBytesAndDigestOfThePayload) {
  const auto preview = Make({});
  const std::string payload = Envelope().payload();
  EXPECT_EQ(preview->payload_bytes, payload.size());
  EXPECT_EQ(preview->payload_sha256, crypto::Sha256(base::AsBytes(payload)));
  const std::string table = RenderPreviewTable(*preview, catalogue_->areas(), /*japanese=*/false);
  EXPECT_NE(table.find(crypto::ToHex(preview->payload_sha256)), std::string::npos);
  EXPECT_NE(table.find("  male    40-44       752       210      27.9\n"), std::string::npos)
      << table;
  EXPECT_NE(table.find("45-49        30         9      30.0  *"), std::string::npos) << table;
  EXPECT_NE(table.find("not collected"), std::string::npos);
}

TEST_F(PreviewTest, SaysTheSameInJapanese) {
  question_.policy.add_population_band()->set_below_persons(2000);
  question_.policy.mutable_population_band(0)->set_hide(true);
  statement_.mutable_coverage()->mutable_included()->set_rounded_to_ten(780);
  const auto preview = Make({});
  const std::string table = RenderPreviewTable(*preview, catalogue_->areas(), /*japanese=*/true);
  for (const char* part :
       {"  ラウンド      0190a5d0-0000-7000-8000-000000000001  年度 2011", "目的 地域の計画\n",
        "集計に含む 約 780", "| 062031 鶴岡市\n", "| 圏域全体\n", "| 居住地不明\n",
        "  男      40-44       752       210      27.9\n",
        "45-49        30         9      30.0  *\n", "1 から 9 人", "未収集",
        "人口 2000 人未満の市町村：人数は公表されない。\n"}) {
    EXPECT_NE(table.find(part), std::string::npos) << part << "\n" << table;
  }
  const std::string english = RenderPreviewTable(*preview, catalogue_->areas(), /*japanese=*/false);
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'),
            std::count(english.begin(), english.end(), '\n'));
}

TEST_F(PreviewTest, FiltersAndRefusesWhatTheRoundDoesNotHave) {
  PreviewRequest request;
  request.municipalities = {"062031"};
  request.indicators = {"checkup_rate"};
  request.by = PreviewBreakdown::kTotal;
  const auto preview = Make(request);
  ASSERT_EQ(preview->rows.size(), 1u);
  EXPECT_EQ(preview->rows[0].numerator, 219);
  request.by = PreviewBreakdown::kSexAge2;
  EXPECT_EQ(Make(request)->rows.size(), 3u * 10);
  request.indicators = {"finding_waist"};
  EXPECT_EQ(Make(request).status().code(), absl::StatusCode::kInvalidArgument);
  request.indicators = {};
  request.municipalities = {"011002"};
  EXPECT_EQ(Make(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PreviewTest, CsvLeavesNumbersOutWhereNothingWasCollected) {
  PreviewRequest request;
  request.municipalities = {"062031"};
  request.by = PreviewBreakdown::kTotal;
  EXPECT_EQ(RenderPreviewCsv(*Make(request)),
            "fiscal_year,municipality_code,member_kind,indicator,sex,age_band,numerator,"
            "denominator,value,leaves,mark\n"
            "2011,062031,municipality,checkup_rate,both,40-74,219,782,28.0,no,\n"
            "2011,062031,municipality,finding_bmi,both,40-74,,,,no,not_collected\n");
  const nlohmann::json rows = nlohmann::json::parse(RenderPreviewJson(*Make(request))).at("rows");
  EXPECT_EQ(rows.at(0).at("numerator"), 219);
  EXPECT_EQ(rows.at(0).at("denominator"), 782);
  EXPECT_EQ(rows.at(0).at("value"), 28.0);
  EXPECT_FALSE(rows.at(1).contains("numerator"));
  EXPECT_EQ(rows.at(1).at("mark"), "not_collected");
}

TEST_F(PreviewTest, AStatementOfAnotherRoundOrSizeIsRefused) {
  statement_.mutable_count()->RemoveLast();
  EXPECT_FALSE(Make({}).ok());
  statement_.add_count(uint64_t{1} << 40);
  EXPECT_FALSE(Make({}).ok());
  statement_.set_count(statement_.count_size() - 1, 0);
  EXPECT_TRUE(Make({}).ok());
  statement_.set_round_id("another");
  EXPECT_FALSE(Make({}).ok());
}

TEST(ConsentMark, SurvivesItsTextAndFailsClosed) {
  const ConsentMark plain{.last_change = 1712};
  EXPECT_EQ(plain.ToText(), "1712 -");
  EXPECT_EQ(ConsentMark::Parse("1712 -").last_change, 1712);
  EXPECT_EQ(ConsentMark::Parse("1712 -").next_effective, absl::InfiniteFuture());
  const absl::Time ahead = absl::FromUnixMicros(1'800'000'000'000'001);
  const ConsentMark dated{.last_change = 3, .next_effective = ahead};
  EXPECT_EQ(ConsentMark::Parse(dated.ToText()).next_effective, ahead);
  for (const char* bad : {"", "x -", "3", "3 soon", "3 4 5"}) {
    EXPECT_EQ(ConsentMark::Parse(bad).last_change, -1) << bad;
  }
}

TEST(BasisOfACategory, IsTheAgreementsOnlyWhereTheConfigurationSaysTheSame) {
  v1::AgentConfig config;
  v1::DataUseAgreement agreement;
  config.add_basis()->set_basis(v1::LEGAL_BASIS_STATUTE);
  agreement.add_basis()->set_basis(v1::LEGAL_BASIS_STATUTE);
  EXPECT_EQ(BasisOf(config, agreement)->Of(v1::DATA_CATEGORY_GUIDANCE), v1::LEGAL_BASIS_STATUTE);
  agreement.mutable_basis(0)->add_category(v1::DATA_CATEGORY_EXAM_RESULT);
  EXPECT_EQ(BasisOf(config, agreement)->Of(v1::DATA_CATEGORY_EXAM_RESULT), v1::LEGAL_BASIS_STATUTE);
  EXPECT_EQ(BasisOf(config, agreement)->Of(v1::DATA_CATEGORY_GUIDANCE), v1::LEGAL_BASIS_CONSENT)
      << "no line of the agreement";
  config.clear_basis();
  EXPECT_EQ(BasisOf(config, agreement)->Of(v1::DATA_CATEGORY_EXAM_RESULT), v1::LEGAL_BASIS_CONSENT);
}

TEST(BasisOfACategory, IsNoneWhereAgreementOrConfigurationLetsNobodyBeCounted) {
  v1::AgentConfig config;
  v1::DataUseAgreement agreement;
  agreement.add_basis()->set_basis(v1::LEGAL_BASIS_NONE);
  agreement.mutable_basis(0)->add_category(v1::DATA_CATEGORY_GUIDANCE);
  config.add_basis()->set_basis(v1::LEGAL_BASIS_ANON_PROCESSED);
  config.mutable_basis(0)->add_category(v1::DATA_CATEGORY_QUESTIONNAIRE);
  const auto basis = BasisOf(config, agreement);
  ASSERT_TRUE(basis.ok());
  EXPECT_EQ(basis->Of(v1::DATA_CATEGORY_GUIDANCE), v1::LEGAL_BASIS_NONE);
  EXPECT_EQ(basis->Of(v1::DATA_CATEGORY_QUESTIONNAIRE), v1::LEGAL_BASIS_NONE);
  EXPECT_EQ(basis->Of(v1::DATA_CATEGORY_EXAM_RESULT), v1::LEGAL_BASIS_CONSENT);
}

}  // namespace
}  // namespace renkei::agents::contribute
