// Definitions in words, for people: conditions as indented lines in Japanese or English, with the
// sources that they rest on. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::policy::catalogue {

enum class Language { kJapanese, kEnglish };

// One line per node of the condition, two spaces deeper per level. Named conditions stand with
// their id and are written out; classifications stand with their classes.
std::vector<std::string> DescribeCondition(const v1::Condition& condition,
                                           const Catalogue& catalogue, Language language);

// The whole definition of a measure: names, family, years, whom it counts or sums, note, and every
// condition it rests on with its thresholds and source.
std::vector<std::string> DescribeMeasure(const v1::Measure& measure, const Catalogue& catalogue,
                                         Language language);
std::vector<std::string> DescribeDerived(const v1::DerivedIndicator& indicator, Language language);

}  // namespace renkei::policy::catalogue
