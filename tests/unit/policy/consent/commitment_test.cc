// Records, commitments and ledger entries: the vector of trust 2.5 and the canonical form.
#include "policy/consent/commitment.h"

#include <gtest/gtest.h>

#include "policy/base/bytes.h"
#include "policy/consent/words.h"
#include "policy/transparency/hashing.h"

namespace renkei::policy::consent {
namespace {

TEST(Commitment, IsThatOfTheVector) {
  Salt salt;
  salt.fill(0x11);
  const std::string record =
      "{\"data_categories\":[\"EXAM_RESULT\"],\"decision\":\"PERMIT\",\"event_seq\":1,"
      "\"event_type\":\"GIVEN\",\"purposes\":[\"REGIONAL_PLANNING\"],\"record_id\":"
      "\"01890a5d-ac96-774b-bcce-b302099a8057\",\"schema_version\":1}";
  ASSERT_EQ(record.size(), 193u);
  const crypto::Digest c = Commit(salt, record);
  EXPECT_EQ(crypto::ToHex(c), "0715a625015ed569866149a4204bda8b4a7e7a335b041d2f44e91bc99c7a2fb5");
  const std::string entry = LedgerEntryJson(c);
  EXPECT_EQ(entry,
            "{\"c\":\"0715a625015ed569866149a4204bda8b4a7e7a335b041d2f44e91bc99c7a2fb5\","
            "\"t\":\"consent.event\",\"v\":1}");
  EXPECT_EQ(entry.size(), 98u);
  EXPECT_EQ(crypto::ToHex(transparency::LeafHash(base::AsBytes(entry))),
            "e12714b99deb2bdb4f4bc30f7f1bed22ff24b5b6a1302c63a58e29ead4ebaca1");
}

TEST(RecordJson, HasSortedKeysAndEveryFieldOfTheEvent) {
  Event event;
  event.type = EventType::kGiven;
  event.event_time = absl::FromUnixMicros(1'790'000'000'500'000);
  event.effective_at = absl::FromUnixSeconds(1'790'000'001);
  event.valid_from = absl::FromUnixSeconds(1'790'000'002);
  event.valid_to = absl::FromUnixSeconds(1'790'000'003);
  event.basis = v1::LEGAL_BASIS_CONSENT;
  event.categories = {v1::DATA_CATEGORY_GUIDANCE, v1::DATA_CATEGORY_EXAM_RESULT,
                      v1::DATA_CATEGORY_GUIDANCE};
  event.text_ref = "a\"b\\c\n@\x01";
  event.grantor = Grantor::kPowerOfAttorney;
  event.grantor_ends_on = absl::FromUnixSeconds(1'790'000'004);
  event.refers_to = absl::FromUnixSeconds(1'790'000'005);
  const RecordFacts facts{.record_id = "id",
                          .event_seq = 7,
                          .pii_principal_id = "ab",
                          .recorded_at = absl::FromUnixSeconds(1'790'000'006),
                          .collection_method = "paper"};
  EXPECT_EQ(RecordJson(event, facts),
            "{\"basis\":\"CONSENT\",\"collection_method\":\"PAPER\","
            "\"data_categories\":[\"EXAM_RESULT\",\"GUIDANCE\"],\"decision\":\"PERMIT\","
            "\"effective_at\":\"2026-09-21T14:13:21Z\",\"event_seq\":7,"
            "\"event_time\":\"2026-09-21T14:13:20.5Z\",\"event_type\":\"GIVEN\","
            "\"grantor\":{\"capacity\":\"POA\",\"ends_on\":\"2026-09-21T14:13:24Z\"},"
            "\"pii_principal_id\":\"ab\",\"purposes\":[\"ALL\"],\"record_id\":\"id\","
            "\"recorded_at\":\"2026-09-21T14:13:26Z\",\"refers_to\":\"2026-09-21T14:13:25Z\","
            "\"schema_version\":1,\"text_ref\":\"a\\\"b\\\\c\\n@\\u0001\","
            "\"valid_from\":\"2026-09-21T14:13:22Z\",\"valid_to\":\"2026-09-21T14:13:23Z\"}");
}

TEST(Words, AreThereForEveryValueAndReadBack) {
  for (int type = 1; type <= static_cast<int>(EventType::kCorrected); ++type) {
    const auto value = static_cast<EventType>(type);
    EXPECT_EQ(ParseWord<EventType>(WordOf(value)), value) << type;
  }
  for (int basis = 1; basis < v1::LEGAL_BASIS_NONE; ++basis) {
    const auto value = static_cast<v1::LegalBasis>(basis);
    EXPECT_EQ(ParseWord<v1::LegalBasis>(WordOf(value)), value) << basis;
  }
  for (int purpose = 1; purpose <= v1::Purpose_MAX; ++purpose) {
    const auto value = static_cast<v1::Purpose>(purpose);
    EXPECT_EQ(ParseWord<v1::Purpose>(WordOf(value)), value) << purpose;
  }
  for (int category = 1; category <= v1::DataCategory_MAX; ++category) {
    const auto value = static_cast<v1::DataCategory>(category);
    EXPECT_EQ(ParseWord<v1::DataCategory>(WordOf(value)), value) << category;
  }
  EXPECT_EQ(ParseWord<Grantor>("me"), std::nullopt);
  EXPECT_EQ(WordOf(v1::PURPOSE_UNSPECIFIED), "");
}

}  // namespace
}  // namespace renkei::policy::consent
