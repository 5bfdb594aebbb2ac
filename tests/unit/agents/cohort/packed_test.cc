#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "agents/cohort/exam_chunk.h"
#include "agents/cohort/item_column.h"
#include "agents/cohort/packed_numbers.h"
#include "tests/unit/agents/cohort/format_bytes.h"

namespace renkei::agents::cohort {
namespace {

using policy::catalogue::ValueState;

constexpr uint32_t kSeed = 20111003;

std::vector<uint8_t> Pack(const std::vector<int32_t>& values) {
  std::vector<uint8_t> bytes;
  PackNumbers(values, bytes);
  return bytes;
}

void ExpectSameNumbers(const std::vector<int32_t>& values) {
  const std::vector<uint8_t> bytes = Pack(values);
  std::vector<int32_t> back(values.size(), 77);
  ASSERT_TRUE(UnpackNumbers(bytes, back.size(), back.data()).ok());
  ASSERT_EQ(back, values);
}

struct Column {
  std::vector<int32_t> values;
  std::vector<ValueState> states;
  bool operator==(const Column&) const = default;
};

absl::StatusOr<Column> Unpack(std::span<const uint8_t> bytes, size_t rows) {
  Column back{std::vector<int32_t>(rows, 77), std::vector<ValueState>(rows, ValueState{})};
  const absl::Status status = UnpackItems(bytes, rows, back.values.data(), back.states.data());
  if (!status.ok()) return status;
  return back;
}

std::vector<uint8_t> PackColumn(const Column& column) {
  std::vector<uint8_t> bytes;
  PackItems(column.values, column.states, bytes);
  return bytes;
}

Column RandomColumn(std::mt19937& random) {
  const size_t rows = 1 + random() % kChunkRows;
  const int32_t edges[] = {INT16_MIN, INT16_MIN + 1, INT16_MAX, INT16_MAX + 1,
                           0x8000,    INT32_MIN,     INT32_MAX, -1,
                           0,         1234};
  const int kind = static_cast<int>(random() % 4);
  const unsigned valid_of_16 = random() % 17;
  Column column;
  for (size_t row = 0; row < rows; ++row) {
    ValueState state =
        random() % 16 < valid_of_16 ? ValueState::kValid : static_cast<ValueState>(random() % 9);
    if (kind == 3 && state != ValueState::kValid) state = ValueState::kAbsent;
    int32_t value = kind == 0   ? edges[random() % 10]
                    : kind == 1 ? static_cast<int32_t>(random())
                                : 600 + static_cast<int32_t>(random() % 900);
    // As intake delivers it, or a number beside any state.
    const bool has_number = state >= ValueState::kValid && state <= ValueState::kMarkedLow;
    if (state == ValueState::kAbsent || (kind >= 2 && !has_number)) value = 0;
    column.values.push_back(value);
    column.states.push_back(state);
  }
  return column;
}

TEST(PackedNumbers, KeepTheExtremesAtEveryWidth) {
  ExpectSameNumbers({});
  ExpectSameNumbers({0});
  ExpectSameNumbers({INT32_MIN});
  ExpectSameNumbers({INT32_MAX, INT32_MIN});
  ExpectSameNumbers({0x8000, -0x8000, 0x7fff, -0x7fff});
  std::mt19937 random(kSeed);
  for (int width = 0; width <= 32; ++width) {
    for (const size_t count : {1u, 7u, 8u, 9u, 63u, 4096u}) {
      std::vector<int32_t> values;
      const auto low = static_cast<int32_t>(random());
      for (size_t i = 0; i < count; ++i) {
        const uint32_t offset = width == 0 ? 0 : static_cast<uint32_t>(random()) >> (32 - width);
        values.push_back(static_cast<int32_t>(static_cast<uint32_t>(low) + offset));
      }
      ASSERT_NO_FATAL_FAILURE(ExpectSameNumbers(values)) << width << " bits, " << count;
    }
  }
}

TEST(PackedNumbers, TakeTheBitsThatTheyNeed) {
  EXPECT_EQ(Pack(std::vector<int32_t>(4096, 5)).size(), 6u);
  std::vector<int32_t> waist;
  for (int i = 0; i < 4096; ++i) waist.push_back(600 + i % 500);
  EXPECT_EQ(Pack(waist).size(), 6u + 4096 * 9 / 8);
  // Few values that lie far apart: a dictionary.
  std::vector<int32_t> towns;
  for (int i = 0; i < 4096; ++i) towns.push_back(i % 4 * 100'000);
  EXPECT_EQ(Pack(towns).size(), 3u + 4 * 4 + 4096 * 2 / 8);
  ExpectSameNumbers(towns);
}

TEST(PackedNumbers, RefuseBytesThatAreNotTheirs) {
  std::vector<int32_t> towns;
  for (int i = 0; i < 64; ++i) towns.push_back(i % 3 * 100'000);
  std::vector<int32_t> out(64);
  for (const std::vector<uint8_t>& good : {Pack({5, 6, 900, 4}), Pack(towns)}) {
    const size_t count = good.size() < 20 ? 4 : 64;
    for (size_t size = 0; size < good.size(); ++size) {
      EXPECT_EQ(UnpackNumbers(std::span(good).first(size), count, out.data()).code(),
                absl::StatusCode::kDataLoss);
    }
    std::vector<uint8_t> longer = good;
    longer.push_back(0);
    EXPECT_FALSE(UnpackNumbers(longer, count, out.data()).ok());
  }
  // Three words need two bits; the fourth pattern is no word.
  std::vector<uint8_t> bytes = Pack(towns);
  bytes.back() = 0xff;
  EXPECT_EQ(UnpackNumbers(bytes, 64, out.data()).code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(UnpackNumbers(std::vector<uint8_t>{0, 33, 0, 0, 0, 0}, 0, out.data()).ok());
}

TEST(ItemColumn, IsWhatTheReadmeSays) {
  const Column column = {
      {912, 0, 2100, 0, 850, 877, 0, 903, 865, 918, 0, 700},
      {ValueState::kValid, ValueState::kAbsent, ValueState::kMarkedHigh, ValueState::kNotDone,
       ValueState::kValid, ValueState::kValid, ValueState::kAbsent, ValueState::kValid,
       ValueState::kValid, ValueState::kValid, ValueState::kAbsent, ValueState::kValid}};
  EXPECT_EQ(PackColumn(column), HexBlock("column"));
  EXPECT_EQ(Unpack(HexBlock("column"), 12).value(), column);
}

TEST(ItemColumn, GivesBackRandomColumns) {
  std::mt19937 random(kSeed);
  for (int run = 0; run < 300; ++run) {
    const Column column = RandomColumn(random);
    const std::vector<uint8_t> bytes = PackColumn(column);
    const bool has_any = std::any_of(column.states.begin(), column.states.end(),
                                     [](ValueState s) { return s != ValueState::kAbsent; });
    ASSERT_EQ(bytes.empty(), !has_any);
    if (!has_any) continue;
    const absl::StatusOr<Column> back = Unpack(bytes, column.values.size());
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(*back, column) << "seed " << kSeed << ", run " << run;
  }
}

TEST(ItemColumn, KeepsEveryStateAloneAndAllMarks) {
  for (int s = 1; s <= 8; ++s) {
    const Column column = {std::vector<int32_t>(4096, s >= 4 && s <= 6 ? 2000 : 0),
                           std::vector<ValueState>(4096, static_cast<ValueState>(s))};
    EXPECT_LE(PackColumn(column).size(), 9u);
    EXPECT_EQ(Unpack(PackColumn(column), 4096).value(), column);
  }
  EXPECT_TRUE(PackColumn({std::vector<int32_t>(4096, 0),
                          std::vector<ValueState>(4096, ValueState::kAbsent)})
                  .empty());
}

TEST(ItemColumn, NeverReadsOutsideItsBytesNorGivesAStateThatIsNone) {
  std::mt19937 random(kSeed + 1);
  int accepted = 0;
  for (int run = 0; run < 20'000; ++run) {
    Column column = RandomColumn(random);
    const size_t rows = std::min<size_t>(column.values.size(), 40);
    column.values.resize(rows);
    column.states.resize(rows);
    std::vector<uint8_t> bytes = PackColumn(column);
    if (bytes.empty()) continue;
    for (int flips = 0; flips < 3; ++flips) {
      bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    bytes.shrink_to_fit();
    const absl::StatusOr<Column> back = Unpack(bytes, rows);
    if (!back.ok()) {
      ASSERT_EQ(back.status().code(), absl::StatusCode::kDataLoss);
      continue;
    }
    ++accepted;
    for (const ValueState state : back->states) {
      ASSERT_LE(static_cast<int>(state), static_cast<int>(ValueState::kBelowRange));
    }
  }
  EXPECT_GT(accepted, 0);
}

TEST(ChunkKeys, AreWhatTheReadmeSaysAndSurviveDamage) {
  ChunkKeys keys;
  keys.person = {1, 2, 3};
  keys.rank = {RankOf(10, absl::CivilDay(2011, 10, 3)), RankOf(40, absl::CivilDay(2011, 5, 9)),
               RankOf(10, absl::CivilDay(2011, 10, 4))};
  keys.report_type = {10, 40, 10};
  keys.is_live = {1, 1, 0};
  const std::vector<uint8_t> bytes = PackKeys(keys);
  EXPECT_EQ(bytes, HexBlock("keys"));
  const ChunkKeys back = UnpackKeys(bytes).value();
  EXPECT_EQ(back.person, keys.person);
  EXPECT_EQ(back.rank, keys.rank);
  EXPECT_EQ(back.report_type, keys.report_type);
  EXPECT_EQ(back.is_live, keys.is_live);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(UnpackKeys(std::span(bytes).first(size)).ok());
  }
  std::mt19937 random(kSeed);
  for (int run = 0; run < 20'000; ++run) {
    std::vector<uint8_t> damaged = bytes;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<uint8_t>(random());
    const absl::StatusOr<ChunkKeys> read = UnpackKeys(damaged);
    if (!read.ok()) continue;
    EXPECT_EQ(read->rank.size(), read->person.size());
  }
}

}  // namespace
}  // namespace renkei::agents::cohort
