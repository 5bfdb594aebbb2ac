#include "tests/synth/joint.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace renkei::tests::synth {
namespace {

constexpr int kMaxSteps = 4'000'000;

int Clamp(int permille) { return std::clamp(permille, 2, 980); }

// Probability without the condition that keeps the overall rate when it is `with` in a share
// `share` of the people. All in per mille.
int Complement(int overall, int share, int with) {
  if (share >= 1000) return overall;
  return Clamp((overall * 1000 - share * with) / (1000 - share));
}

void Accumulate(const Counts& one, int sign, Counts* sum) {
  for (int c = 0; c < kCountCount; ++c) (*sum)[c] += sign * one[c];
}

int Distance(const Counts& a, const Counts& b) {
  int d = 0;
  for (int c = 0; c < kCountCount; ++c) d += std::abs(a[c] - b[c]);
  return d;
}

// Changes one condition: the small step of the search.
Conditions Mutate(Conditions p, Draw& draw) {
  switch (draw.Below(9)) {
    case 0:
      p.waist = !p.waist;
      break;
    case 1:
      p.bmi = !p.bmi;
      break;
    case 2:
      p.pressure = !p.pressure;
      break;
    case 3:
      p.lipid = !p.lipid;
      break;
    case 4:
      p.smoking = !p.smoking;
      break;
    case 5:
      p.drug_pressure = !p.drug_pressure;
      break;
    case 6:
      p.drug_glucose = !p.drug_glucose;
      break;
    case 7:
      p.drug_lipid = !p.drug_lipid;
      break;
    default:
      p.glucose = static_cast<Glucose>(draw.Below(4));
      break;
  }
  return p;
}

}  // namespace

Counts CountsOf(const Conditions& p, bool over_65) {
  Counts out{};
  const auto set = [&out](Count c, bool value) { out[static_cast<int>(c)] = value ? 1 : 0; };
  set(Count::kWaist, p.waist);
  set(Count::kBmi, p.bmi);
  set(Count::kPressure, p.pressure);
  set(Count::kGlucose, p.glucose != Glucose::kNormal);
  set(Count::kLipid, p.lipid);
  set(Count::kSmoking, p.smoking);
  const int parts = (p.pressure || p.drug_pressure) + (p.lipid || p.drug_lipid) +
                    (p.glucose == Glucose::kJudgement || p.drug_glucose);
  set(Count::kMets, p.waist && parts >= 2);
  set(Count::kPremets, p.waist && parts == 1);
  const int findings = p.pressure + p.lipid + (p.glucose >= Glucose::kGuidance);
  const int risks = findings + (findings > 0 && p.smoking);
  const bool target = (p.waist || p.bmi) && risks > 0;
  const bool active = target && !over_65 && risks >= (p.waist ? 2 : 3);
  set(Count::kMedicated, target && p.on_drug());
  set(Count::kActive, active && !p.on_drug());
  set(Count::kMotivational, target && !active && !p.on_drug());
  return out;
}

Conditions DrawConditions(const Cell& cell, int permille, Draw& draw) {
  const auto rate = [&](Count c) {
    return Clamp(static_cast<int>(int64_t{cell[c]} * permille / std::max(1, cell.examined)));
  };
  Conditions p;
  const int waist = rate(Count::kWaist);
  p.waist = draw.Permille(waist);
  const int bmi_with_waist = cell.sex == Sex::kMale ? 620 : 780;
  const int bmi_without = Complement(rate(Count::kBmi), waist, bmi_with_waist);
  p.bmi = draw.Permille(p.waist ? bmi_with_waist : bmi_without);
  const bool obese = p.waist || p.bmi;
  const int obese_share = waist + (1000 - waist) * bmi_without / 1000;
  // Conditions go with obesity: more often by a quarter among the obese, less among the others.
  const auto with_obesity = [&](Count c) {
    const int among_obese = Clamp(rate(c) * 5 / 4);
    return draw.Permille(obese ? among_obese : Complement(rate(c), obese_share, among_obese));
  };
  p.pressure = with_obesity(Count::kPressure);
  p.lipid = with_obesity(Count::kLipid);
  if (with_obesity(Count::kGlucose)) {
    static constexpr int kHeights[] = {0, 70, 550, 380};
    p.glucose = static_cast<Glucose>(draw.Pick(kHeights));
  }
  p.smoking = draw.Permille(rate(Count::kSmoking));
  const int targets =
      std::max(1, cell[Count::kActive] + cell[Count::kMotivational] + cell[Count::kMedicated]);
  const int on_drug = cell[Count::kMedicated] * 1000 / targets;
  if (draw.Permille(obese ? on_drug : on_drug * 3 / 5)) {
    // pressure, lipid, glucose, and the combinations of two and three
    static constexpr int kDrugs[] = {540, 170, 70, 130, 55, 15, 20};
    const int drugs = draw.Pick(kDrugs);
    p.drug_pressure = drugs == 0 || drugs == 3 || drugs == 4 || drugs == 6;
    p.drug_lipid = drugs == 1 || drugs == 3 || drugs == 5 || drugs == 6;
    p.drug_glucose = drugs == 2 || drugs >= 4;
  }
  return p;
}

absl::StatusOr<std::vector<Conditions>> SolveCell(const Cell& cell, Draw& draw) {
  const bool over_65 = cell.first_age() >= 65;
  std::vector<Conditions> people;
  Counts sum{};
  for (int i = 0; i < cell.examined; ++i) {
    people.push_back(DrawConditions(cell, 1000, draw));
    Accumulate(CountsOf(people.back(), over_65), 1, &sum);
  }
  int distance = Distance(sum, cell.counts);
  for (int step = 0; distance > 0 && step < kMaxSteps; ++step) {
    Conditions& person = people[draw.Below(static_cast<uint32_t>(people.size()))];
    const Conditions other =
        draw.Permille(500) ? DrawConditions(cell, 1000, draw) : Mutate(person, draw);
    Counts next = sum;
    Accumulate(CountsOf(person, over_65), -1, &next);
    Accumulate(CountsOf(other, over_65), 1, &next);
    const int next_distance = Distance(next, cell.counts);
    // A few neutral steps lead off the plateaus; worse ones are never needed.
    if (next_distance < distance || (next_distance == distance && draw.Permille(60))) {
      person = other;
      sum = next;
      distance = next_distance;
    }
  }
  if (distance == 0) return people;
  for (int c = 0; c < kCountCount; ++c) {
    if (sum[c] != cell.counts[c]) {
      return absl::InternalError(absl::StrCat(
          "no people found for sex ", static_cast<int>(cell.sex), ", age ", cell.first_age(), ": ",
          IndicatorOf(static_cast<Count>(c)), " is ", sum[c], ", wanted ", cell.counts[c]));
    }
  }
  return absl::InternalError("unreachable");
}

}  // namespace renkei::tests::synth
