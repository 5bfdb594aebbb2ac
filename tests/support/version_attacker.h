// A reader with every version of a national table that was published, a linear program and nothing
// of ours: what he can conclude of a hidden count, or of how a count changed. Written without
// policy/disclosure's audit on purpose: he has one unknown per inner count, and shown cells are
// sums of them. CLP (EPL), for tests alone.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tests/support/national_table.h"

namespace renkei::tests {

struct PublishedTable {
  const NationalTable* table = nullptr;  // of it he sees shown cells and, of each cell, its parts
  std::vector<bool> hidden;
  // Areas in which somebody corrected since the table before; empty for the first.
  std::vector<uint32_t> corrected_areas;
};

struct ReaderInterval {
  double low = 0;
  double high = 0;
  bool IsExact() const { return high - low < 0.5; }
};

class VersionAttacker {
 public:
  // `floor`: the least that a hidden inner count can be. `bands` as in the counts behind the
  // tables.
  VersionAttacker(const std::vector<PublishedTable>& tables, uint32_t bands, int64_t floor);
  ~VersionAttacker();
  VersionAttacker(const VersionAttacker&) = delete;
  VersionAttacker& operator=(const VersionAttacker&) = delete;

  ReaderInterval Of(size_t version, uint32_t cell);
  // The newer count less the older one.
  ReaderInterval OfChange(size_t older, size_t newer, uint32_t cell);

  // Is the cell the same unknown counts as in the version before?
  bool IsAsBefore(size_t version, uint32_t cell) const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

// Primary cells of all versions, those of later ones only where somebody corrected.
struct Disclosed {
  size_t primaries = 0;
  size_t exact = 0;
  size_t narrow = 0;  // exact ones not counted
};
Disclosed AttackVersions(const std::vector<PublishedTable>& tables, uint32_t bands, int64_t floor);

}  // namespace renkei::tests
