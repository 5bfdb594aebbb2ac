// Evaluation of measures over a store, as a round does it but for consent and residence: everybody
// counts, in one geography.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agents/cohort/store.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::tests::bench {

struct Evaluated {
  long rows = 0;
  std::vector<int64_t> counts;  // sex, band, then n and k per measure
};

// Measures of the year that SQL over a table of examinations can count too.
std::vector<std::string> MeasuresOfBench(const policy::catalogue::Catalogue& catalogue,
                                         int fiscal_year);

// Columns of the ItemTable that these measures read.
std::vector<int> ColumnsRead(const policy::catalogue::Catalogue& catalogue,
                             const std::vector<std::string>& ids, int fiscal_year);

Evaluated Evaluate(const policy::catalogue::Catalogue& catalogue,
                   agents::cohort::CohortStore& store, const std::vector<std::string>& ids,
                   int fiscal_year, int threads);

// Rows per second at which the blocks of these columns can be decrypted and authenticated, each
// once, on so many threads: what an evaluation cannot beat. From the bytes in the closed store and
// the speed of the two algorithms on this machine.
double DecryptionLimit(const std::string& store_path, const std::vector<int>& columns, long rows,
                       int threads);

}  // namespace renkei::tests::bench
