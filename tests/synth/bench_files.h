// Large files for benches, written as a stream: the same person for the same (seed, index) in
// every kind of file. Touches the disk.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/synth/table.h"
#include "tests/synth/values.h"

namespace renkei::tests::synth {

struct BenchOptions {
  uint64_t seed = 1;
  // Every item that an indicator reads, in range: what a peer without missing-value rules can
  // count.
  Completeness completeness = Completeness::kAsDelivered;
  int fiscal_year = 2011;
  uint64_t first = 0;  // index of the first person
  uint64_t count = 0;
};

// `out` "-" is standard output.
absl::Status WriteBenchExams(const std::string& out, const Table& table,
                             const BenchOptions& options);
absl::Status WriteBenchRoster(const std::string& out, const Table& table,
                              const BenchOptions& options);
// At most 999,999 documents, all held in memory (about 14 kB each). `files_dir`, when not empty,
// gets the same documents as plain files.
absl::Status WriteBenchArchive(const std::string& out_zip, const std::string& files_dir,
                               const Table& table, const BenchOptions& options);

}  // namespace renkei::tests::synth
