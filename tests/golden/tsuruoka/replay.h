// Protection replayed from what every member's own preview shows: which hidden cells are primary.
// The hub never tells; a test that holds all previews can.
#pragma once

#include <map>
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

// (indicator, sex, age band) of the hidden cells of 鶴岡市's own insured, area 0604, FY2011, with
// the shipped policy and catalogue, and whether each is "primary" or "complementary".
// `trusts_members`: with a policy that does not ask for members' intervals.
std::map<std::tuple<std::string, std::string, std::string>, std::string> HiddenOfTsuruoka(
    const std::vector<MemberPreview>& previews, bool trusts_members);

}  // namespace renkei::tests
