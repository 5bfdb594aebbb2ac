#include "tests/synth/tally.h"

#include "absl/strings/str_cat.h"
#include "tests/synth/reference.h"

namespace renkei::tests::synth {
namespace {

absl::Status Differs(const Cell& cell, absl::string_view what, int here, int published) {
  return absl::InternalError(absl::StrCat("the invented people do not meet the published table: ",
                                          cell.sex == Sex::kMale ? "male " : "female ",
                                          cell.first_age(), "-", cell.first_age() + 4, " ", what,
                                          " is ", here, ", published ", published));
}

}  // namespace

Tally TallyOf(const std::vector<Person>& people, int fiscal_year) {
  Tally tally;
  for (const Sex sex : {Sex::kMale, Sex::kFemale}) {
    for (int band = 0; band < kBandCount; ++band) {
      tally.cells.push_back({.sex = sex, .band = band});
      tally.decidable.push_back({});
    }
  }
  for (const Person& person : people) {
    const int age = person.AgeAtEndOf(fiscal_year);
    if (age < 40 || age > 74) continue;
    const size_t at =
        static_cast<size_t>((person.sex == Sex::kMale ? 0 : kBandCount) + (age - 40) / 5);
    Cell& cell = tally.cells[at];
    if (person.whole_year() && person.exclusion.empty()) {
      ++cell.eligible;
      ++tally.eligible;
      if (person.exam_date) {
        ++cell.examined;
        ++tally.examined;
      }
    }
    if (!person.exam_date) continue;
    const auto add = [&](Count count, bool known, bool yes) {
      tally.decidable[at][static_cast<size_t>(count)] += known;
      cell.counts[static_cast<size_t>(count)] += known && yes;
    };
    const auto add_truth = [&add](Count count, Truth truth) {
      add(count, truth != Truth::kUnknown, truth == Truth::kYes);
    };
    const Exam& exam = person.exam;
    add_truth(Count::kWaist, FindingWaist(person.sex, exam));
    add_truth(Count::kBmi, FindingBmi(exam));
    add_truth(Count::kPressure, FindingPressure(exam, Level::kGuidance));
    add_truth(Count::kGlucose, FindingGlucose(exam, Level::kGuidance));
    add_truth(Count::kLipid, FindingLipid(exam, Level::kGuidance));
    add_truth(Count::kSmoking, Smokes(exam));
    const int judgement = MetabolicJudgement(person.sex, exam);
    add(Count::kMets, judgement != 4, judgement == 1);
    add(Count::kPremets, judgement != 4, judgement == 2);
    const Tiering tiering = *TieringOf(person.sex, age, exam);
    const bool tiered = tiering.level != Tier::kUndecidable;
    add(Count::kActive, tiered, tiering.level == Tier::kActive);
    add(Count::kMotivational, tiered, tiering.level == Tier::kMotivational);
    add(Count::kMedicated, tiered, tiering.medicated);
  }
  return tally;
}

absl::Status VerifyPublished(const Tally& tally, const Table& table) {
  int lipid = 0;
  for (size_t i = 0; i < table.cells.size(); ++i) {
    const Cell& published = table.cells[i];
    const Cell& here = tally.cells[i];
    if (here.eligible != published.eligible) {
      return Differs(published, "eligible", here.eligible, published.eligible);
    }
    if (here.examined != published.examined) {
      return Differs(published, "examined", here.examined, published.examined);
    }
    for (int c = 0; c < kCountCount; ++c) {
      const Count count = static_cast<Count>(c);
      if (here[count] != published[count]) {
        return Differs(published, IndicatorOf(count), here[count], published[count]);
      }
      if (tally.decidable[i][static_cast<size_t>(c)] != published.examined) {
        return Differs(published, absl::StrCat(IndicatorOf(count), " (decidable persons)"),
                       tally.decidable[i][static_cast<size_t>(c)], published.examined);
      }
    }
    lipid += here[Count::kLipid];
  }
  if (lipid < table.lipid_low || lipid > table.lipid_high) {
    return absl::InternalError(absl::StrCat("lipid findings in total are ", lipid));
  }
  return absl::OkStatus();
}

}  // namespace renkei::tests::synth
