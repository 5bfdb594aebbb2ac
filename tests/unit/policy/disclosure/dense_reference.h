// The slow and obvious reference: dense Gaussian elimination modulo two primes near 2^31 over all
// rows.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

class DenseSpan {
 public:
  DenseSpan(uint32_t variables, uint64_t prime) : prime_(prime), basis_(variables) {}

  void Add(const Row& row) {
    std::vector<uint64_t> v = Rest(row);
    for (size_t i = 0; i < v.size(); ++i) {
      if (v[i] == 0) continue;
      const uint64_t inverse = Power(v[i], prime_ - 2);
      for (uint64_t& x : v) x = x * inverse % prime_;
      basis_[i] = std::move(v);
      return;
    }
  }
  bool Contains(const Row& row) const {
    for (const uint64_t x : Rest(row)) {
      if (x != 0) return false;
    }
    return true;
  }

 private:
  std::vector<uint64_t> Rest(const Row& row) const {
    std::vector<uint64_t> v(basis_.size(), 0);
    for (const Term& t : row) {
      v[t.variable] = static_cast<uint64_t>(t.coefficient + static_cast<int64_t>(prime_)) % prime_;
    }
    for (size_t i = 0; i < v.size(); ++i) {
      if (v[i] == 0 || basis_[i].empty()) continue;
      const uint64_t factor = prime_ - v[i];
      for (size_t j = i; j < v.size(); ++j) v[j] = (v[j] + factor * basis_[i][j]) % prime_;
    }
    return v;
  }
  uint64_t Power(uint64_t base, uint64_t e) const {
    uint64_t r = 1;
    for (; e != 0; e >>= 1) {
      if (e & 1) r = r * base % prime_;
      base = base * base % prime_;
    }
    return r;
  }

  uint64_t prime_;
  std::vector<std::vector<uint64_t>> basis_;
};

inline constexpr uint64_t kReferencePrimes[] = {2147483647, 2147483629};

// Exact for a reader under both primes.
inline std::vector<uint32_t> ReferenceExact(const LinearSystem& system,
                                            const std::vector<bool>& hidden) {
  std::vector<DenseSpan> spans;
  for (const uint64_t prime : kReferencePrimes) spans.emplace_back(system.variables, prime);
  for (DenseSpan& span : spans) {
    for (const Row& row : system.known) span.Add(row);
    for (size_t c = 0; c < system.cells.size(); ++c) {
      if (IsPublished(system.cells[c], hidden[c])) span.Add(system.cells[c].row);
    }
  }
  std::vector<uint32_t> exact;
  for (uint32_t c = 0; c < system.cells.size(); ++c) {
    if (!system.cells[c].primary) continue;
    if (spans[0].Contains(system.cells[c].row) && spans[1].Contains(system.cells[c].row)) {
      exact.push_back(c);
    }
  }
  return exact;
}

}  // namespace renkei::policy::disclosure
