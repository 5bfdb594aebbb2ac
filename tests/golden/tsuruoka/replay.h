// Protection replayed from what every member's own preview shows: which hidden cells are primary.
// The hub never tells; a test that holds all previews can.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace renkei::tests {

struct MemberPreview {
  std::string kind;  // municipality, insurer, workplace
  std::string code;
  bool display = false;  // both display bits of its agreement
  std::string csv;       // `renkei-agent preview --format csv --by sex,age`
};

// (indicator, sex, age band) of the primary cells of 鶴岡市's own insured, area 0604, FY2011, with
// the shipped policy and catalogue.
std::set<std::tuple<std::string, std::string, std::string>> PrimaryCellsOfTsuruoka(
    const std::vector<MemberPreview>& previews);

}  // namespace renkei::tests
