#include "agents/cohort/event_blob.h"

#include <gtest/gtest.h>

#include "tests/unit/agents/cohort/format_bytes.h"

namespace renkei::agents::cohort {
namespace {

policy::consent::Event ExampleEvent() {
  policy::consent::Event event;
  event.type = policy::consent::EventType::kGiven;
  event.event_time = absl::FromUnixSeconds(1301583600);  // 2011-04-01 00:00 JST
  event.effective_at = event.event_time;
  event.valid_to = absl::FromUnixSeconds(1459436400);  // 2016-04-01 00:00 JST
  event.basis = v1::LEGAL_BASIS_CONSENT;
  event.purposes = {v1::PURPOSE_REGIONAL_PLANNING};
  event.categories = {v1::DATA_CATEGORY_QUESTIONNAIRE, v1::DATA_CATEGORY_EXAM_RESULT};
  event.text_ref = "form@1";
  return event;
}

TEST(EventBlob, IsWhatTheReadmeSays) {
  EXPECT_EQ(EncodeEvent(ExampleEvent()).value(), HexBlock("event"));
}

TEST(EventBlob, GivesBackWhatWasPut) {
  policy::consent::Event event = ExampleEvent();
  event.valid_from = absl::FromUnixSeconds(1);
  event.refers_to = absl::FromUnixSeconds(-2);
  event.grantor = policy::consent::Grantor::kGuardian;
  event.grantor_ends_on = absl::FromUnixSeconds(4);
  const policy::consent::Event back = DecodeEvent(EncodeEvent(event).value()).value();
  EXPECT_EQ(back.type, event.type);
  EXPECT_EQ(back.event_time, event.event_time);
  EXPECT_EQ(back.effective_at, event.effective_at);
  EXPECT_EQ(back.valid_from, event.valid_from);
  EXPECT_EQ(back.valid_to, event.valid_to);
  EXPECT_EQ(back.refers_to, event.refers_to);
  EXPECT_EQ(back.grantor, event.grantor);
  EXPECT_EQ(back.grantor_ends_on, event.grantor_ends_on);
  EXPECT_EQ(back.basis, event.basis);
  EXPECT_EQ(back.purposes, event.purposes);
  EXPECT_EQ(back.categories, (std::vector<v1::DataCategory>{v1::DATA_CATEGORY_EXAM_RESULT,
                                                            v1::DATA_CATEGORY_QUESTIONNAIRE}));
  EXPECT_EQ(back.text_ref, event.text_ref);
}

TEST(EventBlob, RefusesUnknownWordsAndBrokenBytes) {
  policy::consent::Event unknown = ExampleEvent();
  unknown.categories = {static_cast<v1::DataCategory>(99)};
  EXPECT_EQ(EncodeEvent(unknown).status().code(), absl::StatusCode::kInvalidArgument);
  unknown = ExampleEvent();
  unknown.purposes = {v1::PURPOSE_UNSPECIFIED};
  EXPECT_FALSE(EncodeEvent(unknown).ok());
  unknown = ExampleEvent();
  unknown.type = policy::consent::EventType{};
  EXPECT_FALSE(EncodeEvent(unknown).ok());
  unknown = ExampleEvent();
  unknown.valid_to = absl::InfiniteFuture();
  EXPECT_FALSE(EncodeEvent(unknown).ok());

  std::vector<uint8_t> bytes = EncodeEvent(ExampleEvent()).value();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeEvent(std::span(bytes).first(size)).status().code(),
              absl::StatusCode::kDataLoss);
  }
  bytes.push_back(0);
  EXPECT_FALSE(DecodeEvent(bytes).ok());
}

}  // namespace
}  // namespace renkei::agents::cohort
