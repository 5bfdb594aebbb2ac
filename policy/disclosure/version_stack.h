// Every version of a table that readers have, and would have with a candidate, as one system of
// cells (privacy 5.2): a cell that stands over no changed area is one cell of all versions, because
// readers know whose figures were corrected; a cell that does is one cell per version, and where
// the difference of two versions must not be learnt it is a protected cell of its own. What the
// interval audit finds on it, it finds for all versions together. Sealed: it holds exact counts.
//
// A later version only adds cells and equations behind those of the earlier ones, so what was
// proved of a part that it does not touch stays proved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/interval_audit.h"
#include "policy/disclosure/version_changes.h"

namespace renkei::policy::disclosure {

struct Version {
  // The same cells in the same order, and the same equations, in every version.
  CellSystem system;
  std::vector<bool> hidden;  // per cell
  // The same person has the same id in every version; that of a member is that of its corrections.
  std::vector<Attacker> attackers;
  std::vector<uint32_t> attacker_ids;
  // Per cell: does it stand over an area of a member that corrected since the version before? Empty
  // for the first version.
  std::vector<bool> in_scope;
  // Since the version before; none for the first version.
  std::vector<Correction> corrections;
};

class VersionStack {
 public:
  explicit VersionStack(const ChangeRule& rule) : rule_(rule) {}

  // INVALID_ARGUMENT when the version does not fit: other equations, something that changed out of
  // scope, corrections that do not sum to the change. The versions before it can be hidden no more.
  absl::Status Add(const Version& version);

  const ChangeRule& rule() const { return rule_; }
  size_t versions() const { return cell_of_.size(); }
  const CellSystem& system() const { return system_; }
  const std::vector<bool>& hidden() const { return hidden_; }
  const std::vector<Attacker>& attackers() const { return attackers_; }

  // Cell of the system that stands for a cell of a version.
  uint32_t CellOf(size_t version, uint32_t cell) const { return cell_of_[version][cell]; }
  // Which cells of the table are hidden in a version.
  std::vector<bool> HiddenIn(size_t version) const;
  const std::vector<Correction>& CorrectionsOf(size_t version) const {
    return corrections_[version];
  }

  // A difference of two versions that must not be learnt; cells of the system.
  struct Change {
    uint32_t older = 0;
    uint32_t newer = 0;
    uint32_t cell = 0;                    // newer - older
    std::optional<uint32_t> only_member;  // who alone made it
  };
  const std::vector<Change>& changes() const { return changes_; }

  // Hides one more cell of the newest version; a cell of the system.
  void Hide(uint32_t cell) { hidden_[cell] = true; }

  // Of a need that nothing can meet, where it is of a change: half as much is asked. False: it is
  // of no change, or nothing would be asked any more.
  bool AskHalf(const Violation& unmet);

  // Cells that the newest version touches, ascending: its own, its differences, and what is hidden
  // of earlier versions and connected with these. Elsewhere the system says what it said before.
  std::vector<uint32_t> Touched() const;

 private:
  absl::Status CheckFits(const Version& version) const;
  void AddCells(const Version& version);
  void AddEquations();
  absl::Status AddAttackers(const Version& version);
  absl::Status AddChanges(const Version& version);
  void AddChange(uint32_t older, uint32_t newer, std::span<const MemberStep> steps);
  void AddChangeViews(size_t from);
  // Index of the attacker who made a change alone.
  std::optional<size_t> MakerOf(const Change& change) const;
  View ViewOf(size_t attacker, const Change& change) const;

  ChangeRule rule_;
  CellSystem system_;
  std::vector<bool> hidden_;
  std::vector<Attacker> attackers_;
  std::map<uint32_t, size_t> attacker_of_;  // id -> index
  std::vector<std::vector<uint32_t>> cell_of_;
  std::vector<std::vector<Correction>> corrections_;
  std::vector<Row> equations_;   // of one version, over its cells
  std::vector<Change> changes_;  // of all versions

  // Of the newest version.
  size_t cells_before_ = 0;
  // Per equation of a version its place in the system, now and in the version before.
  std::vector<uint32_t> equation_of_;
  std::vector<uint32_t> equation_before_;
  std::vector<uint32_t> newly_viewed_;  // earlier cells of which somebody new knows
};

}  // namespace renkei::policy::disclosure
