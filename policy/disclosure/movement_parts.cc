#include "policy/disclosure/movement_parts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

bool Moves(double moved) { return std::abs(moved) > kSolverZero; }

// Positions that move, by the rows that connect them; each part ascending.
std::vector<std::vector<uint32_t>> ConnectedParts(const std::vector<Row>& rows,
                                                  const std::vector<double>& moved) {
  std::vector<uint32_t> root(moved.size());
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&root](uint32_t i) {
    while (root[i] != i) i = root[i] = root[root[i]];
    return i;
  };
  for (const Row& row : rows) {
    std::optional<uint32_t> first;
    for (const Term& t : row) {
      if (!Moves(moved[t.variable])) continue;
      if (!first) first = t.variable;
      root[find(t.variable)] = find(*first);
    }
  }
  std::map<uint32_t, std::vector<uint32_t>> by_root;
  for (uint32_t i = 0; i < moved.size(); ++i) {
    if (Moves(moved[i])) by_root[find(i)].push_back(i);
  }
  std::vector<std::vector<uint32_t>> parts;
  for (auto& [name, part] : by_root) parts.push_back(std::move(part));
  return parts;
}

std::optional<Movement> Multiple(const std::vector<uint32_t>& part, double times,
                                 const std::vector<uint32_t>& cells,
                                 const std::vector<double>& moved) {
  Movement movement;
  for (const uint32_t i : part) {
    const double wanted = times * moved[i];
    const double rounded = std::round(wanted);
    // Written so that a number that is none fails too.
    if (!(std::abs(wanted - rounded) < kSolverZero) || rounded == 0 ||
        std::abs(rounded) >= static_cast<double>(kNoCap)) {
      return std::nullopt;
    }
    movement.push_back({cells[i], static_cast<int64_t>(rounded)});
  }
  return movement;
}

}  // namespace

std::vector<Movement> IntegralParts(const std::vector<Row>& rows,
                                    const std::vector<uint32_t>& cells,
                                    const std::vector<double>& moved) {
  std::vector<Movement> parts;
  for (const std::vector<uint32_t>& part : ConnectedParts(rows, moved)) {
    for (const double times : {1.0, 2.0, 3.0}) {
      if (auto movement = Multiple(part, times, cells, moved)) {
        parts.push_back(*std::move(movement));
        break;
      }
    }
  }
  return parts;
}

Movement Together(const std::vector<Movement>& parts) {
  Movement all;
  for (const Movement& part : parts) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end(), [](const Step& l, const Step& r) { return l.cell < r.cell; });
  return all;
}

}  // namespace renkei::policy::disclosure
