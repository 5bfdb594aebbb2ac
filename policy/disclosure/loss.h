// How much of a table is hidden, as the class that readers are told (R12). Pure.
#pragma once

#include <cstdint>

#include "renkei/v1/release.pb.h"

namespace renkei::policy::disclosure {

// Of `total` counted, 0 <= hidden <= total; nothing counted is nothing lost.
inline v1::LossClass LossOf(int64_t hidden, int64_t total) {
  if (hidden * 100 < total || total == 0) return v1::LOSS_CLASS_BELOW_1;
  if (hidden * 100 <= total * 5) return v1::LOSS_CLASS_1_5;
  if (hidden * 100 <= total * 20) return v1::LOSS_CLASS_5_20;
  return v1::LOSS_CLASS_ABOVE_20;
}

}  // namespace renkei::policy::disclosure
