// The unknown of each inner cell of the releases of an area and year: one for two releases where no
// member's counts in the cell changed, since readers are taken to know which did. Inside disclosure
// only. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "policy/disclosure/ledger_views.h"
#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

// A measure, and the index of the release that made it.
using MadeMeasure = std::pair<std::string, size_t>;

inline constexpr uint32_t kPerPlaceAndKind = tables::kSexes * tables::kBands;

// Variables of one release less those of another: inner cells that the member alone changed.
struct OwnChanges {
  base::MemberId member;
  std::vector<Row> rows;
};

class LedgerVariables {
 public:
  // By sex and band, of a place and kind.
  using OfPlace = std::array<uint32_t, kPerPlaceAndKind>;

  explicit LedgerVariables(Releases releases) : releases_(releases) {}

  // The release has the measure.
  const OfPlace& Of(const MadeMeasure& measure, int geography, int kind);
  // Of the rest of a relation, in one view alone.
  const OfPlace& OfRest(size_t view, int block, int geography, int kind);

  // Numbered from 0 without gaps.
  uint32_t count() const { return next_; }

  // Members that alone changed some inner cells, with what they know of it.
  std::vector<OwnChanges> ChangesOfMembers() const;

  // What was asked for of each measure: by place, kind, sex and band.
  std::map<MadeMeasure, std::vector<uint32_t>> ByMeasure() const;
  // The same of rests.
  using RestOf = std::pair<size_t, int>;  // view, block
  std::map<RestOf, std::vector<uint32_t>> ByRest() const;

 private:
  // What every member of a kind counts in an inner cell, with and without the finding; those that
  // count nobody left out.
  using Content = std::map<base::MemberId, std::pair<int64_t, int64_t>>;
  static Content ContentOf(const ProtectRequest& request, int measure, int geography, int kind,
                           int inner);
  friend bool IsUnchanged(const ProtectRequest& a, const ProtectRequest& b,
                          const std::string& measure);

  Releases releases_;
  uint32_t next_ = 0;
  std::map<std::tuple<MadeMeasure, int, int>, OfPlace> of_measures_;
  // Contents of one inner cell stand side by side.
  std::map<std::tuple<std::string, int, int, uint32_t, Content>, uint32_t> by_content_;
  std::map<std::tuple<size_t, int, int, int>, OfPlace> of_rests_;
};

// Ascending, equal variables together, without zeros.
Row Gathered(Row row);

// Did no member's counts of the measure change between two releases?
bool IsUnchanged(const ProtectRequest& a, const ProtectRequest& b, const std::string& measure);

}  // namespace renkei::policy::disclosure
