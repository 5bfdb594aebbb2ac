// Small invented members for the fault tests: a roster and examinations as Renkei CSV.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/e2e/world.h"

namespace renkei::tests {

inline const MemberSpec kTsuruoka = {"tsuruoka", "municipality", "062031",
                                     "鶴岡市",   {"00060038"},   "062031"};
inline const MemberSpec kSakata = {"sakata", "municipality", "062049",
                                   "酒田市", {"00060046"},   "062049"};
inline const MemberSpec kYuza = {"yuza",   "municipality", "064611",
                                 "遊佐町", {"00060640"},   "064611"};

struct SmallFiles {
  std::string roster;
  std::string exams;
};

// `persons` people per sex and band; every second one examined, every fourth a smoker.
inline SmallFiles MakeFiles(const MemberSpec& spec, int persons, int fiscal_year = 2011) {
  SmallFiles files;
  const std::string& insurer = spec.insurer_numbers.empty() ? spec.code : spec.insurer_numbers[0];
  files.roster =
      "insurer_number,symbol,number,branch,birth_date,sex,fiscal_year,municipality_code\n";
  files.exams =
      "insurer_number,symbol,number,branch,birth_date,sex,exam_date,height_cm,weight_kg,bmi,waist_"
      "cm,"
      "sbp_mmhg,dbp_mmhg,tg_fasting_mgdl,hdl_mgdl,ldl_mgdl,ast_ul,alt_ul,ggt_ul,fpg_mgdl,q01_med_"
      "bp,"
      "q02_med_glucose,q03_med_lipid,q08_smoking\n";
  int number = 1;
  for (int sex = 1; sex <= 2; ++sex) {
    for (int band = 0; band < 7; ++band) {
      for (int i = 0; i < persons; ++i, ++number) {
        const std::string person = absl::StrFormat("%s,1,%d,,%d-06-15,%d", insurer, number,
                                                   fiscal_year - 40 - 5 * band - i % 5, sex);
        absl::StrAppend(&files.roster, person, ",", fiscal_year, ",", spec.municipality_code, "\n");
        if (i % 2 != 0) continue;
        absl::StrAppend(&files.exams, person, ",", fiscal_year, "-10-0", 1 + i % 9,
                        ",165.0,60.0,22.0,", i % 3 == 0 ? "91.2" : "80.1", ",", 115 + i % 40,
                        ",70,", 90 + i % 90, ",55,110,20,20,", 25 + i % 40, ",", 88 + i % 30, ",",
                        i % 5 == 0 ? 1 : 2, ",2,2,", i % 4 == 0 ? 1 : 2, "\n");
      }
    }
  }
  return files;
}

}  // namespace renkei::tests
