#include "agents/app/agreement_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  const std::string text = Allowances(terms, {});
  EXPECT_THAT(text, HasSubstr("(高確法 第27条\uFFFD  counts"));
  EXPECT_THAT(text, Not(HasSubstr("\n  counts       nothing")));
  EXPECT_THAT(text, Not(HasSubstr("\u202E")));
}

}  // namespace
}  // namespace renkei::agents::app
