// Small areas of up to five municipalities, their releases and groupings, and a tracker who has
// them all: apart from the code that he attacks, by row reduction over everything shown, against
// every sum of places, by kinds, sex and age, that has few persons or few members.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/disclosure/protect_union.h"
#include "policy/rules/policy_document.h"
#include "tests/unit/policy/disclosure/dense_reference.h"

namespace renkei::policy::disclosure {

class Region {
 public:
  using CountAt = std::function<std::pair<int64_t, int64_t>(int place, int sex, int band)>;

  explicit Region(size_t municipalities, const std::vector<std::string>& measures = {"m"}) {
    static const std::vector<std::string> kCodes = {"062031", "062049", "064262", "064289",
                                                    "064611"};
    std::vector<tables::MeasureVersion> versions;
    for (const std::string& id : measures) {
      versions.push_back({id, 1});
      v1::Measure measure;
      measure.set_id(id);
      measure.set_version(1);
      request_.measures.push_back(measure);
    }
    request_.layout = std::make_shared<const tables::Layout>(*tables::Layout::Make(
        "0604", base::FiscalYear(2011), versions,
        {kCodes.begin(), kCodes.begin() + static_cast<std::ptrdiff_t>(municipalities)}));
    request_.policy = rules::Policy::Default()->document();
    for (const std::string& code : kCodes) request_.population_persons[code] = 120000;
  }

  // x of n persons in each inner cell of the municipalities; nobody is unknown.
  void AddMember(v1::MemberKind kind, const CountAt& count, bool member_level = false) {
    AddMember(kind, std::vector<CountAt>{count}, member_level);
  }
  // One per measure.
  void AddMember(v1::MemberKind kind, const std::vector<CountAt>& counts,
                 bool member_level = false) {
    auto cube = std::make_shared<tables::Cube>(request_.layout);
    for (size_t m = 0; m < counts.size(); ++m) {
      for (int g = 0; g + 1 < request_.layout->geographies(); ++g) {
        for (int s = 0; s < tables::kSexes; ++s) {
          for (int b = 0; b < tables::kBands; ++b) {
            const auto [x, n] = counts[m](g, s, b);
            const int measure = static_cast<int>(m);
            cube->counts()[request_.layout->Index(measure, g, s, b, 0)] = x;
            cube->counts()[request_.layout->Index(measure, g, s, b, 1)] = n - x;
          }
        }
      }
    }
    PooledContribution c;
    c.member = base::MemberId(absl::StrCat("member/test/", 100 + request_.contributions.size()));
    c.kind = kind;
    c.allow_member_level_display = member_level;
    c.allow_insurer_type_by_municipality = true;
    c.cube = std::move(cube);
    request_.contributions.push_back(std::move(c));
  }

  ProtectRequest& request() { return request_; }
  const ProtectRequest& request() const { return request_; }
  std::vector<std::string> Codes(const std::vector<int>& places) const {
    std::vector<std::string> codes;
    for (const int place : places) {
      codes.push_back(request_.layout->municipalities()[static_cast<size_t>(place)]);
    }
    return codes;
  }

  std::shared_ptr<const EarlierRelease> Released() const {
    const auto table = Protect(request_, std::vector<uint8_t>(32, 7));
    EXPECT_TRUE(table.ok()) << table.status();
    auto earlier = std::make_shared<EarlierRelease>();
    earlier->inputs = request_;
    for (const ProtectedMeasure& measure : table->measures()) {
      std::vector<bool> shown;
      for (const ProtectedCell& cell : measure.cells) {
        shown.push_back(cell.state != v1::CELL_STATE_SUPPRESSED);
      }
      earlier->shown.push_back(std::move(shown));
    }
    return earlier;
  }

 private:
  ProtectRequest request_;
};

// The release with one more grouping.
inline std::shared_ptr<const EarlierRelease> WithUnion(const EarlierRelease& release,
                                                       std::vector<std::string> municipalities,
                                                       const ProtectedTable<ForRelease>& table) {
  auto more = std::make_shared<EarlierRelease>(release);
  ShownUnion shown{std::move(municipalities), {}};
  for (const ProtectedMeasure& measure : table.measures()) {
    std::vector<bool> cells;
    for (const ProtectedCell& cell : measure.cells) {
      cells.push_back(cell.state != v1::CELL_STATE_SUPPRESSED);
    }
    shown.shown.push_back(std::move(cells));
  }
  more->unions.push_back(std::move(shown));
  return more;
}

// Over one release of one measure and its groupings.
class Tracker {
 public:
  struct Tally {
    size_t unsafe = 0;  // sums of few persons or members
    size_t exact = 0;   // that follow with the groupings, and did not without
    size_t rests = 0;   // likewise, of the bands of a margin together that do not follow
  };

  explicit Tracker(const EarlierRelease& release)
      : release_(release),
        places_(release.inputs.layout->geographies()),
        alone_(Variables(), kReferencePrimes[0]),
        all_(Variables(), kReferencePrimes[0]),
        alone_told_(Variables(), kReferencePrimes[0]),
        all_told_(Variables(), kReferencePrimes[0]) {
    size_t index = 0;
    for (int g = -1; g < places_; ++g) {
      const uint32_t places = g < 0 ? (1u << places_) - 1 : 1u << g;
      for (const uint32_t kinds : kKindChoices) {
        for (int group = 0; group < 30; ++group, ++index) {
          if (!release.shown[0][index]) continue;
          See(CellAt(places, kinds, group), /*in_release=*/true);
        }
      }
    }
    for (const ShownUnion& one : release.unions) {
      uint32_t places = 0;
      for (const std::string& code : one.municipalities) {
        places |= 1u << *release.inputs.layout->GeographyOf(code);
      }
      index = 0;
      for (const uint32_t kinds : kKindChoices) {
        for (int group = 0; group < 30; ++group, ++index) {
          if (!one.shown[0][index]) continue;
          See(CellAt(places, kinds, group), /*in_release=*/false);
        }
      }
    }
  }

  // Every set of places x kinds x sex x age.
  Tally Run() const {
    Tally tally;
    for (uint32_t places = 1; places < 1u << places_; ++places) {
      for (uint32_t kinds = 1; kinds < 8; ++kinds) {
        for (int group = 0; group < 30; ++group) {
          const Cell cell = CellAt(places, kinds, group);
          if (group % 10 >= 7) tally.rests += RestFollows(cell);
          if (!IsUnsafe(cell)) continue;
          ++tally.unsafe;
          tally.exact += Follows(cell);
        }
      }
    }
    return tally;
  }

 private:
  static constexpr uint32_t kKindChoices[] = {7, 1, 2, 4};
  struct Cell {
    uint32_t places;  // bits
    uint32_t kinds;   // bits
    int sex;          // male, female, both
    uint32_t bands;   // bits
  };
  // Of 30 sexes by ages: bands, 40-64, 65-74, 40-74.
  static Cell CellAt(uint32_t places, uint32_t kinds, int group) {
    const int age = group % 10;
    const uint32_t bands = age < 7 ? 1u << age : age == 7 ? 0x1fu : age == 8 ? 0x60u : 0x7fu;
    return {places, kinds, group / 10, bands};
  }

  bool Follows(const Cell& cell) const {
    const Row row = RowOf(cell);
    const bool is_zero = TruthOf(cell).first == 0;
    return (all_.Contains(row) && !alone_.Contains(row)) ||
           (!is_zero && all_told_.Contains(row) && !alone_told_.Contains(row));
  }
  bool RestFollows(const Cell& margin) const {
    if (!all_.Contains(RowOf(margin))) return false;
    Cell rest = margin;
    for (uint32_t band = 1; band < 1u << 7; band <<= 1) {
      Cell one = margin;
      one.bands = band;
      if ((rest.bands & band) != 0 && all_.Contains(RowOf(one))) rest.bands &= ~band;
    }
    return rest.bands != 0 && rest.bands != margin.bands && IsUnsafe(rest) && Follows(rest);
  }

  uint32_t Variables() const { return static_cast<uint32_t>(places_) * 3 * 14; }
  template <typename Visit>
  void ForEachInner(const Cell& cell, Visit visit) const {
    for (int g = 0; g < places_; ++g) {
      if ((cell.places >> g & 1) == 0) continue;
      for (int s = 0; s < 2; ++s) {
        if (cell.sex < 2 && cell.sex != s) continue;
        for (int b = 0; b < 7; ++b) {
          if ((cell.bands >> b & 1) != 0) visit(g, s, b);
        }
      }
    }
  }
  Row RowOf(const Cell& cell) const {
    std::map<uint32_t, int32_t> terms;
    ForEachInner(cell, [&](int g, int s, int b) {
      for (int k = 0; k < 3; ++k) {
        if ((cell.kinds >> k & 1) != 0) {
          terms[static_cast<uint32_t>(((g * 3 + k) * 2 + s) * 7 + b)] = 1;
        }
      }
    });
    Row row;
    for (const auto& [variable, coefficient] : terms) row.push_back({variable, coefficient});
    return row;
  }
  std::pair<int64_t, int64_t> OfMember(const PooledContribution& c, const Cell& cell) const {
    std::pair<int64_t, int64_t> sum{0, 0};
    if ((cell.kinds >> (static_cast<int>(c.kind) - 1) & 1) == 0) return sum;
    ForEachInner(cell, [&](int g, int s, int b) {
      sum.first += c.cube->at(0, g, s, b, 0);
      sum.second += c.cube->at(0, g, s, b, 0) + c.cube->at(0, g, s, b, 1);
    });
    return sum;
  }
  std::pair<int64_t, int64_t> TruthOf(const Cell& cell) const {
    std::pair<int64_t, int64_t> sum{0, 0};
    for (const PooledContribution& c : release_.inputs.contributions) {
      const auto own = OfMember(c, cell);
      sum.first += own.first;
      sum.second += own.second;
    }
    return sum;
  }
  static bool Few(int64_t persons) { return persons > 0 && persons < 10; }
  bool IsUnsafe(const Cell& cell) const {
    const auto [x, n] = TruthOf(cell);
    if (n == 0) return false;
    if (Few(x) || Few(n - x)) return true;
    int members = 0;
    bool all_allow = true;
    for (const PooledContribution& c : release_.inputs.contributions) {
      const auto own = OfMember(c, cell);
      if (own.second == 0) continue;
      ++members;
      all_allow = all_allow && c.allow_member_level_display;
      if (Few(x - own.first) || Few(n - x - (own.second - own.first))) return true;
    }
    return members < 3 && !all_allow;
  }
  // What a cell of nobody, or of everybody, tells of each inner one, it tells too.
  void See(const Cell& cell, bool in_release) {
    const Row row = RowOf(cell);
    const auto [x, n] = TruthOf(cell);
    const auto add = [&](DenseSpan* plain, DenseSpan* told) {
      plain->Add(row);
      told->Add(row);
      for (const Term& t : x == 0 || x == n ? row : Row()) told->Add({t});
    };
    add(&all_, &all_told_);
    if (in_release) add(&alone_, &alone_told_);
  }

  const EarlierRelease& release_;
  int places_;
  DenseSpan alone_, all_, alone_told_, all_told_;
};

}  // namespace renkei::policy::disclosure
