#include "agents/app/agreement_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace renkei::agents::app {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Allowances, AnArticleBeginsNoLineOfItsOwnAndTurnsNoText) {
  v1::DataUseAgreement terms;
  v1::DataUseAgreement::BasisLine* const line = terms.add_basis();
  line->set_basis(v1::LEGAL_BASIS_STATUTE);
  line->set_article("高確法 第27条\n  counts       nothing leaves\u202E");
  const std::string text = Allowances(terms, {}, /*japanese=*/false);
  EXPECT_THAT(text, HasSubstr("(高確法 第27条\uFFFD  counts"));
  EXPECT_THAT(text, Not(HasSubstr("\n  counts       nothing")));
  EXPECT_THAT(text, Not(HasSubstr("\u202E")));
}

TEST(Allowances, SayTheSameInBothLanguages) {
  v1::DataUseAgreement terms;
  terms.add_purpose(v1::PURPOSE_REGIONAL_PLANNING);
  terms.add_indicator("*");
  terms.add_area("0604");
  terms.add_council("庄内");
  terms.set_first_fiscal_year(2008);
  terms.set_last_fiscal_year(2029);
  terms.set_valid_from("2020-04-01");
  terms.set_valid_to("2030-04-01");
  terms.set_exact_inner_cells(true);
  terms.set_allow_member_level_display(true);
  terms.set_finest_age(v1::FINEST_AGE_TWO_BANDS);
  terms.set_min_cell_persons(12);
  terms.set_min_contributors(4);
  terms.set_dominance_percent(70);
  terms.set_notice_days(30);
  terms.mutable_duties();
  v1::DataUseAgreement::BasisLine* const line = terms.add_basis();
  line->set_basis(v1::LEGAL_BASIS_STATUTE);
  line->add_category(v1::DATA_CATEGORY_EXAM_RESULT);
  const std::string english = Allowances(terms, {}, /*japanese=*/false);
  const std::string japanese = Allowances(terms, {}, /*japanese=*/true);
  for (const char* part :
       {"  use          regional_planning\n", "(every measure of the catalogue)",
        "  display      insurer kind by municipality: no; this member's own tables: yes\n",
        "ages 40-64 and 65-74", "  min cell     12 persons\n", "30 days after the notice",
        "  basis        statute for exam_result\n", "another basis for exam_result"}) {
    EXPECT_THAT(english, HasSubstr(part));
  }
  for (const char* part :
       {"  利用目的：地域の計画\n", "（カタログのすべての指標）",
        "  データの年度：2008 から 2029 まで\n", "  期間：2020-04-01 から 2030-04-01 の前日まで\n",
        "  表示：市町村ごとの団体種別 不可、この団体だけの表 可\n", "40-64歳と65-74歳",
        "  最小の人数：12人\n", "合計の 70 % まで", "通知の 30 日後",
        "  根拠：法令、対象: 健診結果\n", "健診結果の根拠が異なる"}) {
    EXPECT_THAT(japanese, HasSubstr(part));
  }
  EXPECT_EQ(std::count(japanese.begin(), japanese.end(), '\n'),
            std::count(english.begin(), english.end(), '\n'));
}

TEST(StateWords, NameWhoIsMissingAndUntilWhenItHolds) {
  v1::AgreementRecord record;
  record.set_state(v1::AGREEMENT_STATE_PROPOSED);
  EXPECT_EQ(StateWords(record, false), "proposed, not signed by this member");
  EXPECT_EQ(StateWords(record, true), "提案中、この団体は未署名");
  EXPECT_THAT(WithdrawQuestion(record, 30, false), HasSubstr("Decline this proposal"));
  EXPECT_THAT(WithdrawQuestion(record, 30, true), HasSubstr("断りますか"));
  record.mutable_member();
  EXPECT_THAT(WithdrawQuestion(record, 30, true), HasSubstr("取り下げますか"));
  record.set_state(v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_THAT(WithdrawQuestion(record, 30, false), HasSubstr("30 days from now"));
  EXPECT_THAT(WithdrawQuestion(record, 30, true), HasSubstr("30 日後に終了"));
  record.mutable_ends_at()->set_seconds(1'806'451'200);
  record.set_notice_by(v1::ROLE_SECRETARIAT);
  EXPECT_EQ(StateWords(record, false),
            "active until 2027-03-31 09:00 JST (notice by the secretariat)");
  EXPECT_EQ(StateWords(record, true), "有効、2027-03-31 09:00 JST に終了（事務局が通知）");
}

}  // namespace
}  // namespace renkei::agents::app
