// Levels of a table that stay hidden as a whole (R13, privacy 4.1): what a layout of a policy's
// ladder, or the caps of agreements (trust 3), withhold before anything is protected. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/policy.pb.h"
#include "renkei/v1/release.pb.h"

namespace renkei::policy::rules {

// How fine a cell is along each axis.
enum class AgeGrain : uint8_t { kAllAges, kTwoBands, kFiveYears };
struct Grain {
  bool of_municipality = false;  // one municipality, or the row of unknown ones
  bool of_kind = false;          // one member kind
  bool of_sex = false;
  AgeGrain age = AgeGrain::kAllAges;
};

// Of a cell of a release. An age band that is neither 40-74 nor one of its two parts is the finest.
Grain GrainOf(const v1::ReleaseCell& cell);

class WithheldLevels {
 public:
  // The level, and every level that is finer along its axes: without municipalities there are none
  // by member kind either. A level that this version does not know withholds all of them.
  void Add(v1::WithheldLevel level);
  void Add(const WithheldLevels& others) { bits_ |= others.bits_; }

  bool Has(v1::WithheldLevel level) const;
  bool Withholds(const Grain& grain) const;
  bool operator==(const WithheldLevels&) const = default;
  // "full", or "without sex, member_kind".
  std::string Describe() const;

 private:
  uint32_t bits_ = 0;  // bit per level
};

// What an agreement's finest_geography and finest_age withhold.
WithheldLevels CapsOf(const v1::DataUseAgreement& terms);

// A layout that a policy offers. Its name is "full", or "no_" and the level of the last step.
struct OfferedLayout {
  std::string name;
  std::vector<v1::WithheldLevel> steps;  // in the order of the ladder

  WithheldLevels levels() const;
};
OfferedLayout MakeOfferedLayout(std::vector<v1::WithheldLevel> steps);
// Of a release, by its withheld_level.
OfferedLayout LayoutOf(const google::protobuf::RepeatedField<int>& withheld_levels);

// The full one first, then one per step of the ladder.
std::vector<OfferedLayout> LayoutsOf(const v1::PolicyDocument& policy);

// "five_year_bands"; "?" for a value that is not known.
std::string LevelWord(v1::WithheldLevel level);

}  // namespace renkei::policy::rules
