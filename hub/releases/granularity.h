// Caps on how fine a release may be (trust 3): what the contributors' agreements say together, and
// the cells that stay hidden for it. Applied after protection, to whole levels: where no finer cell
// of any place or age is shown, nothing is left to subtract. Pure.
#pragma once

#include <vector>

#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::releases {

struct Granularity {
  v1::FinestGeography geography = v1::FINEST_GEOGRAPHY_MUNICIPALITY;
  v1::FinestAge age = v1::FINEST_AGE_FIVE_YEARS;

  // The coarser of both.
  void Cap(const v1::DataUseAgreement& terms);
};

// Hides every cell that is finer; of each table in which that hid something the reason AGREEMENT,
// and the largest class of loss: a whole level is at least a quarter of what there is to show.
void HideFiner(const Granularity& caps, std::vector<v1::ReleaseTable>* tables);

}  // namespace renkei::hub::releases
