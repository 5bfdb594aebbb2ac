// The linear programs of one component of hidden cells. Inside disclosure only; see
// interval_audit.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/hidden_components.h"
#include "policy/disclosure/movement_bounds.h"
#include "policy/disclosure/movement_pool.h"
#include "policy/disclosure/movement_program.h"

namespace renkei::policy::disclosure {

class ComponentAudit {
 public:
  // All must outlive the audit; `hidden` may not change meanwhile.
  ComponentAudit(const CellSystem& system, const std::vector<bool>& hidden,
                 const HiddenComponent& component, MovementPool* pool);

  // Needs that an attacker leaves unmet. `views` are his of the component, ascending by cell;
  // `limits` say the same. With `first_only` it ends at the first, and the object is of no use
  // afterwards.
  std::vector<Need> Unmet(const Limits& limits, std::span<const View> views, bool first_only);

 private:
  std::vector<Need> OpenNeeds(std::span<const View> views, AdmittedMovements* admitted) const;
  const Sum* FindSum(uint32_t cell) const;
  uint32_t ColumnOf(uint32_t cell) const;

  template <typename MoveTowards>
  void MeetInGroups(AdmittedMovements* admitted, MoveTowards move_towards, std::vector<Need>* open);

  // Bounds of the columns: what propagation found, and the attacker's limits.
  void Narrow(std::span<const View> views, const Limits& limits);
  void Widen(std::span<const View> views);
  bool IsOutOfBounds(const Need& need) const;

  // The far program: whatever moves costs nothing, so its vertices lie at the ends of many cells
  // and few programs serve all.
  void BuildFar();
  void ResetFar(uint32_t column);
  void PullFar(const Need& need, double direction);
  void AimFar(const Need& need);
  void UnaimFar(const Need& need);
  void AddFar();
  void MoveFar(std::span<const Need> needs);
  bool ReachesFar(const Need& need, AdmittedMovements* admitted);

  // The near program: two columns per cell, upwards and downwards, so that moving costs something,
  // and one per sum that is still asked for. Its vertices move few cells, which makes them integral
  // and of use against most attackers.
  void BuildNear(const std::vector<Need>& open);
  void ResetNear(uint32_t column);
  uint32_t NearColumnOf(uint32_t cell) const;
  void FixNear(uint32_t cell, int64_t distance);
  void FreeNear(uint32_t cell);
  void AddNear();
  void MoveNear(std::span<const Need> needs, bool up);
  bool MeetAlone(const Need& need, AdmittedMovements* admitted);
  void AddParts(const std::vector<double>& moved);

  const CellSystem& system_;
  const std::vector<bool>& hidden_;
  const std::vector<uint32_t>& cells_;
  const std::vector<Sum>& sums_;      // over columns
  const std::vector<Row>& all_rows_;  // over columns
  std::vector<Row> rows_;             // those of the programs
  MovementPool& pool_;
  std::vector<uint32_t> asked_;  // protected cells and sums, ascending

  std::vector<MovementBounds> bounds_;      // per column, against the public
  std::vector<MovementBounds> bounds_now_;  // against the attacker of the moment
  std::unique_ptr<MovementProgram> far_;
  std::vector<double> far_costs_;
  std::unique_ptr<MovementProgram> near_;
  std::vector<uint32_t> near_sums_;  // cells of the sums that the near program has columns for
};

}  // namespace renkei::policy::disclosure
