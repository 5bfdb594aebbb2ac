// One examination as measured: a reading per item, never a judgement. The item table follows
// `items.csv` (OID table of the ministry); ordinals of the blood pressure are items of their own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace renkei::tests::synth {

enum class Sex : uint8_t { kMale = 1, kFemale = 2 };

// In the order in which documents list them.
enum class Item : uint8_t {
  kHeight,
  kWeight,
  kBmi,
  kVfa,
  kWaist,
  kWaistReported,
  kMedicalHistory,
  kSubjectiveSymptom,
  kObjectiveSign,
  kSbpOther,
  kSbpSecond,
  kSbpFirst,
  kDbpOther,
  kDbpSecond,
  kDbpFirst,
  kMealTime,
  kTgFasting,
  kTgCasual,
  kHdl,
  kLdl,
  kNonHdl,
  kAst,
  kAlt,
  kGgt,
  kFpg,
  kCasualGlucose,
  kHba1cNgsp,
  kHba1cJds,
  kUrineGlucose,
  kUrineProtein,
  kCreatinine,
  kEgfr,
  kHematocrit,
  kHemoglobin,
  kRbc,
  kEcg,
  kDrugPressure,
  kDrugGlucose,
  kDrugLipid,
  kStroke,
  kHeart,
  kKidney,
  kAnaemia,
  kSmoking,
  kWeightGain,
  kExercise,
  kActivity,
  kWalkFast,
  kChewing,
  kWeightChangeOld,
  kEatingSpeed,
  kLateDinner,
  kSnack,
  kNightSnackOld,
  kSkipBreakfast,
  kDrinkFrequency,
  kDrinkAmount,
  kSleepRest,
  kStage,
  kGuidanceHistory,
  kWantsGuidanceOld,
  kUricAcid,
  kCount
};
inline constexpr int kItemCount = static_cast<int>(Item::kCount);

enum class Group : uint8_t { kNone, kAnaemia, kEcg };  // series groups, formats.md 2.5 F

struct ItemRow {
  Item item;
  const char* column;  // csv column
  const char* code;    // 17 characters
  const char* name_ja;
  const char* type;    // PQ, CD, CO
  const char* unit;    // of a PQ
  int decimals;        // of a PQ
  int min_hundredths;  // open range of a PQ; 0,0 = none published
  int max_hundredths;
  const char* list;         // code list (after 1.2.392.200119.6.) of period 4
  const char* list_before;  // of periods 1-3 where it differs, else null
  int first_period;
  int last_period;
  const char* method;  // methodCode, or null
  Group group;
};
// Row i describes Item i.
std::span<const ItemRow> Items();
const ItemRow& RowOf(Item item);

// A number in hundredths of the item's unit, or a code.
struct Reading {
  enum class State : uint8_t {
    kAbsent,
    kNotDone,
    kUnmeasurable,
    kInvalid,
    kValid,
    kMarkedHigh,
    kMarkedLow
  };
  State state = State::kAbsent;
  bool has_number = false;
  int32_t number = 0;

  static constexpr Reading Of(int32_t n) { return {State::kValid, true, n}; }
  static constexpr Reading NotDone() { return {State::kNotDone, false, 0}; }
  static constexpr Reading Unmeasurable() { return {State::kUnmeasurable, false, 0}; }
  bool usable() const {
    return state == State::kValid || state == State::kMarkedHigh || state == State::kMarkedLow;
  }
  bool operator==(const Reading&) const = default;
};

struct Exam {
  std::array<Reading, kItemCount> readings;
  const Reading& operator[](Item item) const { return readings[static_cast<int>(item)]; }
  Reading& operator[](Item item) { return readings[static_cast<int>(item)]; }
  bool operator==(const Exam&) const = default;
};

enum class Mark : uint8_t { kNone, kHigh, kLow };
// What a reader makes of a written number: the open input range and the marks (definitions 2).
Reading ReadingOf(Item item, std::optional<int32_t> hundredths, Mark mark);

}  // namespace renkei::tests::synth
