// Why each cell is hidden. Never part of a release, a log or an answer: a reader who could tell a
// small cell from a complementary one would know more (privacy 2, "one symbol"). Readable only
// through SealedAuditReader, whose includes are few enough to review: replay and tests.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace renkei::policy::disclosure {

enum class CellFate { kOpen, kPrimary, kComplementary };

class SealedAudit {
 public:
  SealedAudit() = default;
  SealedAudit(const SealedAudit&) = delete;
  SealedAudit& operator=(const SealedAudit&) = delete;

 private:
  friend class SealedAuditReader;
  friend class TableMaker;
  std::vector<std::vector<CellFate>> fates_;  // measure -> cell, in the order of ProtectedMeasure
};

class SealedAuditReader {
 public:
  static const std::vector<CellFate>& Fates(const SealedAudit& audit, size_t measure) {
    return audit.fates_[measure];
  }
};

}  // namespace renkei::policy::disclosure
