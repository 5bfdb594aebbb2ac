// What a person's claims and absences of a fiscal year are summed to (definitions 11). The
// catalogue names it, the cohort store computes one number per person.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace renkei::policy::catalogue {

enum class AmountOf : uint8_t {
  kCostYen,  // points x 10
  kClaims,   // claims (receipts), not persons
  kClaimDays,
  kAbsenceEpisodes,  // starting in the fiscal year
  kAbsenceDays,      // calendar days of these episodes, both ends counted
};

enum ClaimType : uint8_t { kInpatient = 1, kOutpatient = 2, kDental = 4, kPharmacy = 8 };

// In the order of csv.md.
enum class AbsenceCause : uint8_t {
  kFemaleSpecific,
  kPregnancy,
  kMental,
  kLifestyle,
  kOrthopaedic,
  kNeoplasm,
  kOther,
};

struct Amount {
  AmountOf of = AmountOf::kCostYen;
  uint8_t claim_types = 15;                // bits of ClaimType
  std::vector<std::string> disease_codes;  // 4 digits, ascending; empty = all, unknown included
  int month = 0;                           // 1..12, calendar month of service; 0 = whole year
  uint8_t causes = 127;                    // bits by AbsenceCause
  int min_days = 0;                        // absence episodes of at least so many days
  bool operator==(const Amount&) const = default;
};

}  // namespace renkei::policy::catalogue
