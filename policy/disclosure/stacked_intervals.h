// The interval audit of a measure over every release of an area and year (I5, privacy 5.2, rule 1):
// inner counts as the ledger tells them apart are cells, the margins of each release sums of them,
// and so are the differences of two releases. Earlier releases stay as they were; cells of the
// candidate are hidden. Inside disclosure only. Left out: what linked measures say of each other,
// and changes of hidden cells together (delta_rests.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/interval_audit.h"
#include "policy/disclosure/interval_cells.h"
#include "policy/disclosure/interval_repair.h"
#include "policy/disclosure/ledger_system.h"
#include "policy/disclosure/ledger_views.h"
#include "policy/disclosure/stacked_asks.h"

namespace renkei::policy::disclosure {

class StackedIntervals {
 public:
  // Beside the public: who is the only one in an inner cell, and each member.
  enum class Against { kPublic, kPersons, kMembersAndPersons };

  // Of a measure that an earlier release and the candidate have. What earlier releases show of it,
  // and what may be hidden, is the stack's.
  StackedIntervals(const std::vector<LedgerView>& views, const TableShape& shape,
                   const StackedSystem& stack, const std::string& measure, ReaderKnows knows,
                   Against against);

  // A sum that is never printed, but follows from what a pattern shows; a sum of other measures is
  // left out. Each is asked once.
  void Ask(const LedgerView& view, const Remainder& sum);

  // Flags of the stack's candidates, on top of `hidden`: all of the measure when nothing less
  // helps. What earlier releases leave too narrow by themselves is no reason to hide.
  void Widen(std::vector<bool>* hidden);

 private:
  // Where a sum of inner counts stands: the cell, and whether it is the cell's negative.
  struct Place {
    uint32_t cell = 0;
    bool is_negative = false;
  };
  // What a release has of the measure.
  struct Table {
    const LedgerView* view = nullptr;
    int measure = 0;  // in the view
    std::vector<uint32_t> inner;
  };

  std::vector<Table> TablesOf(const std::vector<LedgerView>& views, const StackedSystem& stack);
  void AddInner(const std::vector<Table>& tables, const StackedSystem& stack);
  void AddCandidates(const TableShape& shape, const StackedSystem& stack);
  void AskOfTable(const Table& table, const TableShape& shape);
  void AskOfChanges(const Table& older, const Table& newer, const TableShape& shape);
  void AskOfSum(const LedgerView& view, int measure, const std::vector<uint32_t>& inner,
                const Remainder& sum);
  void AddOwners(const std::vector<Table>& tables, const StackedSystem& stack);
  void AddAlone(const std::vector<Table>& tables);
  void AskOf(StackedAsk ask);

  // nullopt: all of it is known anyway. A sum that has no cell yet gets one.
  std::optional<Place> PlaceOf(const Row& row);
  uint32_t AddSum(Row parts);
  // Where the candidate shows nothing.
  std::vector<bool> HiddenAtMost() const;
  std::vector<bool> HiddenBy(const std::vector<bool>& candidates) const;
  // Cells of candidates, the cheapest to hide first.
  std::vector<uint32_t> StillShown(const std::vector<bool>& hidden) const;
  IntervalPattern Repaired(const std::vector<bool>& pattern, const std::vector<Attacker>& against);
  void MoveChanges(Movement* movement) const;
  void WidenAgainst(const std::vector<Attacker>& against, std::vector<bool>* hidden);
  std::vector<Attacker> Attackers() const;

  std::string measure_;
  int geographies_ = 0;
  bool is_sensitive_ = false;
  bool knows_zeros_ = false;
  std::map<size_t, std::vector<uint32_t>> inner_of_;  // by release
  StackedCounts counts_;
  std::vector<uint32_t> cell_of_;          // variable -> cell
  std::map<Row, uint32_t, RowLess> sums_;  // over cells
  CellSystem system_;
  std::vector<bool> is_shown_;                               // per cell, by an earlier release
  std::map<uint32_t, std::vector<uint32_t>> candidates_of_;  // cell -> candidates of the stack
  std::vector<uint32_t> own_;                                // candidates of the measure
  std::map<base::MemberId, StackedMember> members_;          // that are asked for
  std::vector<std::vector<uint32_t>> alone_;                 // variables that one person knows
  AsksOfCells asks_;
  std::vector<Attacker> attackers_;
  std::vector<Movement> movements_;  // found so far
  std::vector<bool> clean_;          // hidden cells that were found wide enough
};

}  // namespace renkei::policy::disclosure
