// Rows in echelon form by smallest variable, modulo the prime of the audit: what they span, and
// what they leave of another row. Inside disclosure only. Not thread-safe: a row is reduced in
// place.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "policy/disclosure/field.h"
#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

class Echelon {
 public:
  struct Entry {
    uint32_t variable;
    uint64_t value;  // of AuditField
  };

  explicit Echelon(uint32_t variables);

  // Short rows first keep it sparse.
  void Add(const Row& row);
  bool Spans(const Row& row);
  // What is left of it, the same for all rows that differ by what is spanned; ascending.
  std::vector<Entry> Residual(const Row& row);

 private:
  using F = AuditField;
  static constexpr uint32_t kWordBits = 64;

  std::optional<uint32_t> Reduce(const Row& row, bool whole);
  void Set(uint32_t variable, uint64_t value);
  std::optional<uint32_t> Next(uint32_t from) const;
  void Clear();

  std::vector<std::vector<Entry>> by_lead_;
  std::vector<uint64_t> value_;   // of the row that is being reduced
  std::vector<uint64_t> is_set_;  // bit per variable of it that is or was not 0
};

}  // namespace renkei::policy::disclosure
