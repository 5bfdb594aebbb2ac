// Small families of members for tests of Protect: at most 3 municipalities, members added one by
// one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/disclosure/protect.h"
#include "policy/rules/policy_document.h"

namespace renkei::policy::disclosure {

inline constexpr const char* kMunicipalities[] = {"062031", "062049", "064262"};

class Family {
 public:
  explicit Family(const std::vector<std::string>& measures = {"m"},
                  size_t municipalities = std::size(kMunicipalities)) {
    std::vector<tables::MeasureVersion> versions;
    for (const std::string& id : measures) {
      versions.push_back({id, 1});
      v1::Measure measure;
      measure.set_id(id);
      measure.set_version(1);
      request_.measures.push_back(measure);
    }
    request_.layout = std::make_shared<const tables::Layout>(
        *tables::Layout::Make("0604", base::FiscalYear(2011), versions,
                              {kMunicipalities, kMunicipalities + municipalities}));
    request_.policy = rules::Policy::Default()->document();
    for (const char* code : kMunicipalities) request_.population_persons[code] = 120000;
  }

  // Counts are set through the returned pointer before Run.
  tables::Cube* AddMember(v1::MemberKind kind, bool cross = false, bool member_level = false) {
    auto cube = std::make_shared<tables::Cube>(request_.layout);
    PooledContribution c;
    c.member = base::MemberId(absl::StrCat("member/test/", request_.contributions.size()));
    c.kind = kind;
    c.cube = cube;
    c.allow_insurer_type_by_municipality = cross;
    c.allow_member_level_display = member_level;
    request_.contributions.push_back(c);
    cubes_.push_back(cube);
    return cube.get();
  }

  // x of n persons in one inner cell.
  static void Set(tables::Cube* cube, int measure, int geography, int sex, int band, int64_t x,
                  int64_t n) {
    const tables::Layout& layout = cube->layout();
    cube->counts()[layout.Index(measure, geography, sex, band, 0)] = x;
    cube->counts()[layout.Index(measure, geography, sex, band, 1)] = n - x;
  }
  // The same in every inner cell of the measure's real municipalities.
  static void Fill(tables::Cube* cube, int measure, int64_t x, int64_t n) {
    for (int g = 0; g + 1 < cube->layout().geographies(); ++g) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) Set(cube, measure, g, s, b, x, n);
      }
    }
  }

  // Says that the parts are disjoint classes within the total (or, without one, within everybody).
  void Relate(const std::vector<std::string>& parts, const std::string& total = "",
              bool rest_unpublished = true) {
    v1::Relation relation;
    relation.set_total(total);
    for (const std::string& part : parts) relation.add_part(part);
    relation.set_rest_unpublished(rest_unpublished);
    request_.relations.push_back(relation);
  }

  ProtectRequest& request() { return request_; }
  const ProtectRequest& request() const { return request_; }
  const std::vector<std::shared_ptr<tables::Cube>>& cubes() const { return cubes_; }

  absl::StatusOr<ProtectedTable<ForRelease>> Run(SealedAudit* audit = nullptr,
                                                 uint8_t key_byte = 0) const {
    return Protect(request_, std::vector<uint8_t>(32, key_byte), audit);
  }

 private:
  ProtectRequest request_;
  std::vector<std::shared_ptr<tables::Cube>> cubes_;
};

inline const ProtectedCell& CellOf(const ProtectedTable<ForRelease>& table, size_t measure,
                                   const std::string& municipality, v1::MemberKind kind,
                                   v1::Sex sex, const std::string& age) {
  for (const ProtectedCell& cell : table.measures()[measure].cells) {
    if (cell.municipality == municipality && cell.member_kind == kind && cell.sex == sex &&
        cell.age_band == age) {
      return cell;
    }
  }
  static const ProtectedCell missing;
  return missing;
}

// Is the cell of men of 40-44 in the first municipality shown in both of two measures?
inline bool ShowsBoth(const Family& family) {
  const auto table = family.Run();
  EXPECT_TRUE(table.ok()) << table.status();
  if (!table.ok()) return false;
  const auto is_shown = [&](size_t measure) {
    return CellOf(*table, measure, kMunicipalities[0], v1::MEMBER_KIND_UNSPECIFIED, v1::SEX_MALE,
                  "40-44")
               .state == v1::CELL_STATE_PUBLISHED;
  };
  return is_shown(0) && is_shown(1);
}

inline CellFate FateOf(const SealedAudit& audit, const ProtectedTable<ForRelease>& table,
                       size_t measure, const std::string& municipality, v1::MemberKind kind,
                       v1::Sex sex, const std::string& age) {
  const std::vector<ProtectedCell>& cells = table.measures()[measure].cells;
  const ProtectedCell& wanted = CellOf(table, measure, municipality, kind, sex, age);
  return SealedAuditReader::Fates(audit, measure)[static_cast<size_t>(&wanted - cells.data())];
}

}  // namespace renkei::policy::disclosure
