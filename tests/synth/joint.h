// Which conditions a person has together, and how many persons of each combination meet a
// published cell exactly. The combination is drawn from a plausible joint distribution, then
// single persons are changed until every count fits: a local search, deterministic in its seed.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "tests/synth/draw.h"
#include "tests/synth/table.h"

namespace renkei::tests::synth {

// How high the glucose is, by what looks at it.
enum class Glucose : uint8_t {
  kNormal,
  kFindingOnly,  // HbA1c at guidance level beside a normal FPG: a finding, no tiering risk
  kGuidance,     // finding and tiering risk, not the judgement's edge
  kJudgement     // FPG >= 110, or HbA1c >= 6.0 without FPG
};

struct Conditions {
  bool waist = false;
  bool bmi = false;
  bool pressure = false;
  bool lipid = false;
  bool smoking = false;
  bool drug_pressure = false;
  bool drug_glucose = false;
  bool drug_lipid = false;
  Glucose glucose = Glucose::kNormal;
  bool on_drug() const { return drug_pressure || drug_glucose || drug_lipid; }
};

// 1 for each count that the person enters.
Counts CountsOf(const Conditions& person, bool over_65);

// One person as they are found in a population with the rates of `cell` (examined > 0).
// `permille` scales how common the conditions are: 1000 = as there.
Conditions DrawConditions(const Cell& cell, int permille, Draw& draw);

// cell.examined persons that give cell.counts exactly; INTERNAL with the indicator that does not
// fit when the search gives up.
absl::StatusOr<std::vector<Conditions>> SolveCell(const Cell& cell, Draw& draw);

}  // namespace renkei::tests::synth
