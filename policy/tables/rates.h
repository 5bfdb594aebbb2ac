// Rates from integers (definitions 12.2): percent with one decimal, half up. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace renkei::policy::tables {

// floor(1000*k/n + 1/2): tenths of a percent. nullopt for n = 0. Needs 0 <= k, n < 2^40.
std::optional<int64_t> PercentTenths(int64_t k, int64_t n);

// "12.5" from 125.
std::string FormatTenths(int64_t tenths);

}  // namespace renkei::policy::tables
