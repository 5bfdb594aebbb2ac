// What population bands and agreements ask of the noise lane (R2, R6): which places are hidden, and
// of how few persons no figure is shown. Depends on populations, policy and agreements, never on a
// count. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/axes.h"
#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {

class NoisyPlaces {
 public:
  // Needs the population of every municipality of the layout. `request` outlives it.
  //
  // Hidden are the municipalities that the policy hides and, while those together are no more
  // people than it would hide, the least populous others: what all shown places leave of the area
  // is then the figure of a larger place. Where no place is left, the area is hidden too.
  explicit NoisyPlaces(const ProtectRequest& request);

  // Of a publishable slice.
  bool IsHidden(const Slice& slice) const;
  // Figures of fewer persons after the noise are not shown: the strictest threshold of policy,
  // agreements and the population bands of the slice's municipalities.
  int64_t MinPersonsOf(const Slice& slice) const;

 private:
  std::vector<bool> hidden_;          // by geography
  std::vector<int64_t> min_persons_;  // by geography
  bool is_area_hidden_ = false;
};

}  // namespace renkei::policy::disclosure
