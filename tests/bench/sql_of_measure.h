// A catalogue measure as SQL for the peer, so that both sides count the same thing. SQL's
// three-valued logic is the catalogue's. Stated limits: values in range, no marks, no derivation
// needed, and every input of a classification known, as the bench's seeded data has them.
#pragma once

#include <string>
#include <vector>

#include "policy/catalogue/catalogue.h"

namespace renkei::tests::bench {

// Can SQL over a table of one year's examinations give the same counts? Not for what needs another
// file or the year before, and not for sums.
bool SqlCanCount(const policy::catalogue::Catalogue& catalogue, const v1::Measure& measure);

// One SELECT over table exams: columns sex (0, 1), band (0..6), then n and k per measure, ordered
// by sex and band. `fiscal_year` fixes ages and code lists.
std::string SqlOfMeasures(const policy::catalogue::Catalogue& catalogue,
                          const std::vector<std::string>& measures, int fiscal_year);

}  // namespace renkei::tests::bench
