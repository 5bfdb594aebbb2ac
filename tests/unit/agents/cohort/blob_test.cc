#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "agents/cohort/event_blob.h"
#include "agents/cohort/exam_blob.h"

namespace renkei::agents::cohort {
namespace {

using policy::catalogue::ItemValue;
using policy::catalogue::ValueState;

// The bytes of a ```hex block of the room's README; a # starts a comment.
std::vector<uint8_t> HexBlock(const std::string& name) {
  std::ifstream file(std::string(RENKEI_SOURCE_DIR) + "/agents/cohort/README.md");
  std::vector<uint8_t> bytes;
  std::string line;
  bool inside = false;
  while (std::getline(file, line)) {
    if (line == "```hex " + name) {
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      const std::string digits = line.substr(0, line.find('#'));
      for (absl::string_view byte : absl::StrSplit(digits, ' ', absl::SkipEmpty())) {
        bytes.push_back(static_cast<uint8_t>(absl::HexStringToBytes(byte).at(0)));
      }
    }
  }
  return bytes;
}

ExamRecord Example() {
  ExamRecord record;
  record.person.birth_date = absl::CivilDay(1960, 5, 1);
  record.person.sex = 1;
  record.exam_date = absl::CivilDay(2011, 10, 3);
  record.file_date = absl::CivilDay(2011, 11, 15);
  record.report_type = 10;
  record.municipality = "062031";
  record.items = {{912, ValueState::kValid},
                  {0, ValueState::kAbsent},
                  {2100, ValueState::kMarkedHigh},
                  {0, ValueState::kNotDone},
                  {99999, ValueState::kValid}};
  return record;
}

std::vector<uint8_t> Encode(const ExamRecord& record, size_t columns) {
  std::vector<uint8_t> bytes;
  const PersonWord word = PackPerson(record.person.birth_date, record.person.sex);
  EXPECT_TRUE(EncodeExam(record, word, 1, columns, bytes).ok());
  return bytes;
}

TEST(ExamBlob, IsWhatTheReadmeSays) { EXPECT_EQ(Encode(Example(), 5), HexBlock("exam")); }

TEST(ExamBlob, GivesBackWhatWasPut) {
  const std::vector<uint8_t> bytes = Encode(Example(), 5);
  const ExamView view = ExamView::Make(bytes, 5).value();
  EXPECT_EQ(ExamView::SchemaOf(bytes).value(), 1);
  EXPECT_EQ(view.report_type(), 10);
  EXPECT_EQ(BirthDateOf(view.person()), absl::CivilDay(1960, 5, 1));
  EXPECT_EQ(SexOf(view.person()), 1);
  EXPECT_EQ(MunicipalityCode(view.municipality()), "062031");
  EXPECT_EQ(MunicipalityCode(view.work_municipality()), "");
  EXPECT_EQ(view.program(), "010");
  EXPECT_EQ(view.file_day(), absl::CivilDay(2011, 11, 15) - absl::CivilDay(1970, 1, 1));
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(view.Item(i), Example().items[i]) << i;
  EXPECT_EQ(view.Item(5), ItemValue());
  EXPECT_EQ(view.Item(500), ItemValue());
}

TEST(ExamBlob, KeepsRandomValuesOfManyColumns) {
  std::mt19937 random(5);
  for (int run = 0; run < 500; ++run) {
    const size_t columns = 1 + random() % 256;
    ExamRecord record = Example();
    record.items.resize(random() % (columns + 1));
    for (ItemValue& item : record.items) {
      item.state = static_cast<ValueState>(random() % 9);
      item.value = 0;
      if (item.state == ValueState::kAbsent) continue;
      const int32_t edges[] = {INT16_MIN, INT16_MIN + 1, INT16_MAX, INT16_MAX + 1,
                               INT32_MIN, INT32_MAX,     -1,        1234};
      item.value = edges[random() % 8];
    }
    const std::vector<uint8_t> bytes = Encode(record, columns);
    const ExamView view = ExamView::Make(bytes, columns).value();
    for (size_t i = 0; i < columns; ++i) {
      const ItemValue want = i < record.items.size() ? record.items[i] : ItemValue();
      ASSERT_EQ(view.Item(i), want) << "run " << run << ", column " << i;
    }
  }
}

TEST(ExamBlob, RefusesBytesThatWereCutOrLengthened) {
  std::vector<uint8_t> bytes = Encode(Example(), 5);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ExamView::Make(std::span(bytes).first(size), 5).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
  bytes.push_back(0);
  EXPECT_FALSE(ExamView::Make(bytes, 5).ok());
  bytes.pop_back();
  bytes[0] = 2;
  EXPECT_FALSE(ExamView::Make(bytes, 5).ok());
}

TEST(ExamBlob, NeverReadsOutsideItsBytes) {
  std::mt19937 random(6);
  const std::vector<uint8_t> good = Encode(Example(), 5);
  for (int run = 0; run < 20'000; ++run) {
    std::vector<uint8_t> bytes = good;
    for (int flips = 0; flips < 3; ++flips) {
      bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    }
    bytes.shrink_to_fit();
    const absl::StatusOr<ExamView> view = ExamView::Make(bytes, 5);
    if (!view.ok()) continue;
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_LE(static_cast<int>(view->Item(i).state), static_cast<int>(ValueState::kBelowRange));
    }
    (void)view->program();
  }
}

TEST(ExamBlob, RefusesRecordsThatDoNotFit) {
  const auto refused = [](auto change) {
    ExamRecord record = Example();
    change(record);
    std::vector<uint8_t> bytes;
    return EncodeExam(record, 0, 1, 5, bytes).code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](ExamRecord& r) { r.report_type = 256; }));
  EXPECT_TRUE(refused([](ExamRecord& r) { r.report_type = -1; }));
  EXPECT_TRUE(refused([](ExamRecord& r) { r.program = std::string(17, '0'); }));
  EXPECT_TRUE(refused([](ExamRecord& r) { r.municipality = "06203"; }));
  EXPECT_TRUE(refused([](ExamRecord& r) { r.work_municipality = "06203x"; }));
  EXPECT_TRUE(refused([](ExamRecord& r) { r.items.resize(6); }));
}

TEST(ExamBlob, IsTheSameWhateverTheFileDate) {
  ExamRecord later = Example();
  later.file_date += 1;
  EXPECT_TRUE(SameExam(Encode(Example(), 5), Encode(later, 5)));
  later.items[0].value = 913;
  EXPECT_FALSE(SameExam(Encode(Example(), 5), Encode(later, 5)));
}

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
