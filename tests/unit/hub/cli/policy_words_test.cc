#include "hub/cli/policy_words.h"

#include <gtest/gtest.h>

namespace renkei::hub::cli {
namespace {

TEST(WaitsFor, NamesWhoIsMissingAndUntilWhen) {
  Session session;
  session.language = "en";
  const absl::Time now = absl::FromUnixSeconds(1'795'000'000);
  v1::PolicyRecord policy;
  EXPECT_EQ(WaitsFor(policy, now, session), "waits for a person's signature");
  policy.set_two_person(true);
  const std::string both = "waits for two persons' signatures, within 72 hours of each other";
  EXPECT_EQ(WaitsFor(policy, now, session), both);
  policy.add_signature()->mutable_at()->set_seconds(absl::ToUnixSeconds(now));
  EXPECT_EQ(WaitsFor(policy, now, session), both) << "the hub's own is no person's";
  v1::PolicyRecord::Signature* const old = policy.add_signature();
  old->mutable_envelope();
  old->mutable_at()->set_seconds(absl::ToUnixSeconds(now - absl::Hours(73)));
  EXPECT_EQ(WaitsFor(policy, now, session), both) << "it came too early";
  old->mutable_at()->set_seconds(absl::ToUnixSeconds(now - absl::Hours(71)));
  EXPECT_EQ(WaitsFor(policy, now, session),
            "waits for another person's signature until 2026-11-18 21:06");
  session.language = "ja";
  EXPECT_EQ(WaitsFor(policy, now, session), "もう一人の署名を待っています。期限: 2026-11-18 21:06");
}

}  // namespace
}  // namespace renkei::hub::cli
