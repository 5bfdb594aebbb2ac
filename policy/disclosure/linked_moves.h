// Movements of several linked measures, found one measure after the other: first one that meets the
// need in its own tables, then, of each row that this breaks, one of a measure that mends it. Each
// step is a program of one measure's size, whose vertices are nearly always whole numbers; what all
// of them do together is checked in integers. Inside disclosure only. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "policy/disclosure/linked_rows.h"
#include "policy/disclosure/linked_system.h"
#include "policy/disclosure/movement_check.h"

namespace renkei::policy::disclosure {

class LinkedMoves {
 public:
  // All must outlive it and stay as they are.
  LinkedMoves(const LinkedGroup& group, int geographies, const IntervalsOf& intervals);
  ~LinkedMoves();

  // Was a movement found that meets the need? None found is no proof that there is none.
  bool Meet(int measure, const Need& need);

 private:
  // By inner cell in the order of InnerIndex.
  using Change = std::vector<int64_t>;
  struct Ends {
    Change low;
    Change high;
  };
  class Program;
  class PairProgram;

  Program& ProgramOf(int measure);
  const LinkedRow* BrokenRow() const;
  bool Mend(const LinkedRow& row);
  bool MendByTwo(const LinkedRow& row, const std::vector<int>& measures);
  // How far a measure may move: so that no row breaks, or none that nobody else can mend, nor
  // `mended`.
  std::optional<Ends> EndsOf(int measure, bool with_all, const LinkedRow* mended) const;
  int64_t MovedParts(const LinkedRow& row, size_t v, int but) const;
  bool Holds(int measure, const Need& need);

  const LinkedGroup& group_;
  const IntervalsOf& intervals_;
  std::vector<uint32_t> cell_of_;  // inner cell -> cell of a measure's system
  std::map<int, std::unique_ptr<Program>> programs_;
  std::map<std::pair<int, int>, std::unique_ptr<PairProgram>> pairs_;
  std::map<int, Change> moved_;
};

}  // namespace renkei::policy::disclosure
