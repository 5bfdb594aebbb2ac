#include "policy/disclosure/ledger_variables.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>

namespace renkei::policy::disclosure {

LedgerVariables::Content LedgerVariables::ContentOf(const ProtectRequest& request, int measure,
                                                    int geography, int kind, int inner) {
  Content content;
  const int sex = inner / tables::kBands;
  const int band = inner % tables::kBands;
  for (const PooledContribution& c : request.contributions) {
    if (KindIndex(c.kind) != kind) continue;
    const std::pair own(c.cube->at(measure, geography, sex, band, 0),
                        c.cube->at(measure, geography, sex, band, 1));
    if (own != std::pair<int64_t, int64_t>()) content.emplace(c.member, own);
  }
  return content;
}

const LedgerVariables::OfPlace& LedgerVariables::Of(const MadeMeasure& measure, int geography,
                                                    int kind) {
  const auto [known, is_new] =
      of_measures_.try_emplace(std::tuple(measure, geography, kind), OfPlace{});
  if (!is_new) return known->second;
  const auto& [id, made_by] = measure;
  const ProtectRequest& release = *releases_[made_by];
  const int index = MeasureIn(release, id);
  for (uint32_t inner = 0; inner < kPerPlaceAndKind; ++inner) {
    const auto [at, is_other] = by_content_.try_emplace(
        std::tuple(id, geography, kind, inner,
                   ContentOf(release, index, geography, kind, static_cast<int>(inner))),
        next_);
    next_ += is_other ? 1 : 0;
    known->second[inner] = at->second;
  }
  return known->second;
}

const LedgerVariables::OfPlace& LedgerVariables::OfRest(size_t view, int block, int geography,
                                                        int kind) {
  const auto [at, is_new] = of_rests_.try_emplace(std::tuple(view, block, geography, kind));
  if (is_new) {
    std::iota(at->second.begin(), at->second.end(), next_);
    next_ += kPerPlaceAndKind;
  }
  return at->second;
}

std::vector<OwnChanges> LedgerVariables::ChangesOfMembers() const {
  const auto differing = [](const Content& a, const Content& b) {
    std::set<base::MemberId> members;
    const auto add = [&](const Content& of, const Content& other) {
      for (const auto& [member, own] : of) {
        const auto at = other.find(member);
        if (at == other.end() || at->second != own) members.insert(member);
      }
    };
    add(a, b);
    add(b, a);
    return members;
  };
  const auto cell_of = [](const auto& one) {
    const auto& [id, geography, kind, inner, content] = one->first;
    return std::tie(id, geography, kind, inner);
  };
  std::map<base::MemberId, std::vector<Row>> of_member;
  for (auto a = by_content_.begin(); a != by_content_.end(); ++a) {
    for (auto b = std::next(a); b != by_content_.end() && cell_of(a) == cell_of(b); ++b) {
      const auto members = differing(std::get<Content>(a->first), std::get<Content>(b->first));
      if (members.size() != 1) continue;
      of_member[*members.begin()].push_back(Gathered({{a->second, 1}, {b->second, -1}}));
    }
  }
  std::vector<OwnChanges> changes;
  for (auto& [member, rows] : of_member) changes.push_back({member, std::move(rows)});
  return changes;
}

std::map<MadeMeasure, std::vector<uint32_t>> LedgerVariables::ByMeasure() const {
  std::map<MadeMeasure, std::vector<uint32_t>> by_measure;
  for (const auto& [key, variables] : of_measures_) {
    std::vector<uint32_t>& inner = by_measure[std::get<MadeMeasure>(key)];
    inner.insert(inner.end(), variables.begin(), variables.end());
  }
  return by_measure;
}

std::map<LedgerVariables::RestOf, std::vector<uint32_t>> LedgerVariables::ByRest() const {
  std::map<RestOf, std::vector<uint32_t>> by_rest;
  for (const auto& [key, variables] : of_rests_) {
    const auto& [view, block, geography, kind] = key;
    std::vector<uint32_t>& inner = by_rest[{view, block}];
    inner.insert(inner.end(), variables.begin(), variables.end());
  }
  return by_rest;
}

Row Gathered(Row row) {
  std::sort(row.begin(), row.end(),
            [](const Term& a, const Term& b) { return a.variable < b.variable; });
  Row out;
  for (const Term& t : row) {
    if (!out.empty() && out.back().variable == t.variable) {
      out.back().coefficient += t.coefficient;
      if (out.back().coefficient == 0) out.pop_back();
    } else {
      out.push_back(t);
    }
  }
  return out;
}

bool IsUnchanged(const ProtectRequest& a, const ProtectRequest& b, const std::string& measure) {
  const int in_a = MeasureIn(a, measure);
  const int in_b = MeasureIn(b, measure);
  if (in_a < 0 || in_b < 0) return false;
  for (int g = 0; g < a.layout->geographies(); ++g) {
    for (int k = 0; k < kKinds; ++k) {
      for (int inner = 0; inner < static_cast<int>(kPerPlaceAndKind); ++inner) {
        if (LedgerVariables::ContentOf(a, in_a, g, k, inner) !=
            LedgerVariables::ContentOf(b, in_b, g, k, inner)) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace renkei::policy::disclosure
