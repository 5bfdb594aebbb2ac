// A database of the first schema, as hubs in use have it, under this program.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "hub/store/schema.h"
#include "hub/store/sqlcipher_store.h"
#include "policy/sqlcipher/database.h"

namespace renkei::hub::store {
namespace {

TEST(Migration, KeepsTheAgreementsAndPoliciesOfTheFirstSchema) {
  const std::string folder = testing::TempDir() + "renkei-migration-" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  const base::Secret key = base::Secret::Copy(std::vector<uint8_t>(32, 1));
  {
    auto database = policy::sqlcipher::Database::Open(folder + "/hub.db", key);
    ASSERT_TRUE(database.ok()) << database.status();
    ASSERT_TRUE((*database)->Migrate(Migrations().first(1)).ok());
    ASSERT_TRUE((*database)
                    ->Execute("INSERT INTO agreements(dua_id, version, member_id, state, digest, "
                              "text, secretariat_envelope, member_envelope, changed_at) VALUES "
                              "('a', 1, 'member/x', 2, zeroblob(32), x'74', x'73', x'6d', 5)")
                    .ok());
    for (const char* digest : {"01", "02"}) {
      ASSERT_TRUE((*database)
                      ->Execute("INSERT INTO policies(digest, text, loaded_at) VALUES (x'" +
                                std::string(62, '0') + digest + "', x'70', 6)")
                      .ok());
    }
  }
  const auto store = SqlcipherStore::Open(folder + "/hub.db", key);
  ASSERT_TRUE(store.ok()) << store.status();
  const auto snapshot = *(*store)->Read();
  const AgreementRow agreement = snapshot->FindAgreement("a", 1)->value();
  EXPECT_EQ(agreement.state, v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_EQ(agreement.member_envelope, "m");
  EXPECT_EQ(agreement.proposed_by, v1::ROLE_SECRETARIAT) << "nobody else could propose then";
  EXPECT_FALSE(agreement.proposed_at.has_value());
  EXPECT_FALSE(agreement.ends_at.has_value());
  crypto::Digest digest{};
  digest.back() = 2;
  const PolicyRow policy = snapshot->FindPolicy(digest)->value();
  EXPECT_EQ(policy.text, "p");
  EXPECT_TRUE(policy.id.empty());
  EXPECT_FALSE(policy.in_force_sequence.has_value());
  EXPECT_TRUE(snapshot->ListPolicies(UINT64_MAX, 10)->empty());
  EXPECT_FALSE(snapshot->FindPolicyInForce()->has_value());
  std::filesystem::remove_all(folder);
}

TEST(Migration, KeepsWhatWasReleasedUnderTheThirdSchema) {
  const std::string folder = testing::TempDir() + "renkei-ledger-" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  const base::Secret key = base::Secret::Copy(std::vector<uint8_t>(32, 1));
  {
    auto database = policy::sqlcipher::Database::Open(folder + "/hub.db", key);
    ASSERT_TRUE(database.ok()) << database.status();
    ASSERT_TRUE((*database)->Migrate(Migrations().first(3)).ok());
    for (const char* sql :
         {"INSERT INTO rounds(round_id, area_code, fiscal_year, descriptor, digest, state, "
          "opened_at, deadline) VALUES ('r', '0604', 2011, x'64', zeroblob(32), 4, 5, 6)",
          "INSERT INTO releases(number, round_id, area_code, fiscal_year, created_at, sha256, "
          "bytes) VALUES (1, 'r', '0604', 2011, 7, zeroblob(32), x'62')",
          "INSERT INTO released_indicators(area_code, fiscal_year, indicator, number) VALUES "
          "('0604', 2011, 'bmi', 1), ('0604', 2011, 'waist', 1)"}) {
      ASSERT_TRUE((*database)->Execute(sql).ok()) << sql;
    }
  }
  const auto store = SqlcipherStore::Open(folder + "/hub.db", key);
  ASSERT_TRUE(store.ok()) << store.status();
  const auto snapshot = *(*store)->Read();
  EXPECT_EQ(snapshot->FindRelease(1)->value().indicators,
            (std::vector<std::string>{"bmi", "waist"}));
  EXPECT_EQ(snapshot->FindReleaseOf("0604", 2011, "waist")->value(), 1u);
  EXPECT_TRUE(snapshot->ListCounted(1)->empty());
  EXPECT_FALSE(snapshot->FindRound(base::RoundId("r"))->value().held_at.has_value());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace renkei::hub::store
