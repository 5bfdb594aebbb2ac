// What population bands and agreements ask of the noise lane (R2, R6): which places are hidden, and
// of how few persons no figure is shown. Depends on populations, policy and agreements, never on a
// count. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/disclosure/axes.h"
#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {

// 0 for a municipality that the request has no population of.
int64_t PersonsIn(const ProtectRequest& request, const std::string& municipality);

class NoisyPlaces {
 public:
  // A municipality without a population is hidden.
  //
  // Hidden are the municipalities that the policy hides and, while those together are no more
  // people than it would hide, the least populous others: what all shown places leave of the area
  // is then the figure of a larger place. Where no place is left, the area is hidden too.
  explicit NoisyPlaces(const ProtectRequest& request);

  // Of a publishable slice.
  bool IsHidden(const Slice& slice) const;
  bool is_area_hidden() const { return is_area_hidden_; }
  // Figures of fewer persons after the noise are not shown: the strictest threshold of policy,
  // agreements and the population bands of the slice's municipalities.
  int64_t MinPersonsOf(const Slice& slice) const;

 private:
  std::vector<bool> hidden_;          // by geography
  std::vector<int64_t> min_persons_;  // by geography
  bool is_area_hidden_ = false;
};

}  // namespace renkei::policy::disclosure
