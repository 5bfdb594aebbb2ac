// A vertex of a linear program as movements: parts that no equation connects are movements of their
// own, so a fraction spoils its own part only, and halves and thirds vanish in a multiple.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

// Smaller amounts are the solver's zero.
inline constexpr double kSolverZero = 1e-6;

// `moved[i]` is how far `cells[i]` moves; the variables of `rows` are positions in `cells`. Parts
// that no small multiple makes integral are left out. Not yet checked: see MovementPool::Add.
std::vector<Movement> IntegralParts(const std::vector<Row>& rows,
                                    const std::vector<uint32_t>& cells,
                                    const std::vector<double>& moved);

// All parts as one movement.
Movement Together(const std::vector<Movement>& parts);

}  // namespace renkei::policy::disclosure
