// What a measure rests on: the named conditions and classifications that it reads, however deep.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "policy/catalogue/catalogue.h"

namespace renkei::policy::catalogue {

struct NamedSource {
  std::string id;
  std::string source;
  const v1::NamedCondition* condition = nullptr;  // null: a classification
};

// Each once, in the order in which they are met. Points into the catalogue.
std::vector<NamedSource> SourcesOf(const v1::Measure& measure, const Catalogue& catalogue);

}  // namespace renkei::policy::catalogue
