#include "agents/intake/options.h"

namespace renkei::agents::intake {

ImportLimits ImportLimits::FromConfig(const v1::AgentConfig::ImportLimits& config) {
  ImportLimits limits;
  if (config.max_member_bytes() > 0) limits.max_member_bytes = config.max_member_bytes();
  if (config.max_archive_bytes() > 0) limits.max_archive_bytes = config.max_archive_bytes();
  if (config.max_ratio() > 0) limits.max_ratio = config.max_ratio();
  return limits;
}

}  // namespace renkei::agents::intake
