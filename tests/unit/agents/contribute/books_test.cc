// Under which agreement an agent prepares counts.
#include "agents/contribute/books.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "agents/contribute/state_schema.h"
#include "policy/base/error.h"
#include "policy/crypto/dsse.h"

namespace renkei::agents::contribute {
namespace {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace sqlcipher = renkei::policy::sqlcipher;

constexpr char kId[] = "01890a5d-ac96-774b-bcce-000000062031";

class AgreementBookTest : public ::testing::Test {
 protected:
  AgreementBookTest() {
    char pattern[] = "/tmp/renkei-books-XXXXXX";
    dir_ = mkdtemp(pattern);
    state_ = *sqlcipher::Database::Open(dir_ + "/agent.db",
                                        base::Secret::Copy(std::vector<uint8_t>(32, 1)));
    EXPECT_TRUE(state_->Migrate(kStateMigrations).ok());
    signer_ = *crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, 3)));
    book_ = std::make_unique<AgreementBook>(*state_);
    round_.set_area_code("0604");
    round_.set_fiscal_year(2011);
    round_.set_purpose(v1::PURPOSE_REGIONAL_PLANNING);
  }
  ~AgreementBookTest() override {
    state_.reset();
    std::filesystem::remove_all(dir_);
  }
  void Save(uint32_t version, const std::string& more = "") {
    const std::string text = absl::StrCat(
        "dua_id: \"", kId, "\" version: ", version,
        " member_kind: MEMBER_KIND_MUNICIPALITY member_code: \"062031\" member_name: \"m\" "
        "counterparty: \"c\" valid_from: \"2020-04-01\" valid_to: \"2099-04-01\" "
        "first_fiscal_year: 2008 last_fiscal_year: 2029 purpose: PURPOSE_REGIONAL_PLANNING "
        "indicator: \"*\" area: \"0604\" incident_contact_hours: 24 ",
        more);
    ASSERT_TRUE(
        book_
            ->Save(kId, version, crypto::SignEnvelope(crypto::kAgreementType, text, *signer_), now_)
            .ok());
  }
  v1::ErrorReason Refusal() {
    return base::DetailOf(book_->For(round_, signer_->public_key(), now_).status()).reason();
  }
  const absl::Time now_ = absl::FromUnixSeconds(1'795'000'000);
  std::string dir_;
  std::unique_ptr<sqlcipher::Database> state_;
  std::unique_ptr<crypto::Signer> signer_;
  std::unique_ptr<AgreementBook> book_;
  v1::RoundDescriptor round_;
};

TEST_F(AgreementBookTest, WhatTheHubDoesNotHoldSignedByBothIsNotUsed) {
  Save(1);
  EXPECT_EQ(Refusal(), v1::ERROR_REASON_NO_AGREEMENT);
  ASSERT_TRUE(book_->SetActive(kId, 1).ok());
  EXPECT_TRUE(book_->For(round_, signer_->public_key(), now_).ok());
}

TEST_F(AgreementBookTest, WhatHasEndedIsNotUsedAnyMore) {
  Save(1);
  ASSERT_TRUE(book_->SetActive(kId, 1).ok());
  ASSERT_TRUE(book_->SetEnded(kId, 2).ok()) << "another version";
  EXPECT_TRUE(book_->For(round_, signer_->public_key(), now_).ok());
  ASSERT_TRUE(book_->SetEnded(kId, 1).ok());
  EXPECT_EQ(Refusal(), v1::ERROR_REASON_NO_AGREEMENT);
}

TEST_F(AgreementBookTest, ANoticeCountsFromTheSecondOfItsEnd) {
  Save(1);
  ASSERT_TRUE(book_->SetActive(kId, 1, now_ + absl::Seconds(1)).ok());
  EXPECT_TRUE(book_->For(round_, signer_->public_key(), now_).ok());
  ASSERT_TRUE(book_->SetActive(kId, 1, now_).ok());
  EXPECT_EQ(Refusal(), v1::ERROR_REASON_NO_AGREEMENT);
  Save(1);
  EXPECT_EQ(Refusal(), v1::ERROR_REASON_NO_AGREEMENT) << "the end stays when it is read again";
  ASSERT_TRUE(book_->SetActive(kId, 1).ok());
  EXPECT_TRUE(book_->For(round_, signer_->public_key(), now_).ok());
}

TEST_F(AgreementBookTest, AnAgreementForAnotherCouncilCoversNoRoundOfThisOne) {
  Save(1, "council: \"0602\"");
  ASSERT_TRUE(book_->SetActive(kId, 1).ok());
  EXPECT_EQ(Refusal(), v1::ERROR_REASON_AGREEMENT_SCOPE);
  Save(2, "council: \"0602\" council: \"0604\"");
  ASSERT_TRUE(book_->SetActive(kId, 2).ok());
  EXPECT_TRUE(book_->For(round_, signer_->public_key(), now_).ok());
}

}  // namespace
}  // namespace renkei::agents::contribute
