#include "policy/base/log.h"

#include "spdlog/sinks/stdout_sinks.h"

namespace renkei::policy::base {

void StartLog(const char* program) {
  auto logger = spdlog::stderr_logger_mt(program);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %n: %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace renkei::policy::base
