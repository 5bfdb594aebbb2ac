#include "policy/disclosure/inner_equations.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

using Counts = std::vector<int64_t>;  // by InnerIndex

struct Pooled {
  Counts x;
  Counts n;
};

Pooled Pool(const FamilyCounts& family, int block) {
  const size_t cells = InnerIndex(family.geographies, 0, 0, 0);
  Pooled pooled{Counts(cells), Counts(cells)};
  for (size_t i = 0; i < family.kind_of.size(); ++i) {
    for (int g = 0; g < family.geographies; ++g) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) {
          const Count own = family.blocks[static_cast<size_t>(block)].Inner(i, g, s, b);
          const size_t c = InnerIndex(g, family.kind_of[i], s, b);
          pooled.x[c] += own.x;
          pooled.n[c] += own.n;
        }
      }
    }
  }
  return pooled;
}

class Builder {
 public:
  explicit Builder(const FamilyCounts& family) : family_(family) {
    for (size_t m = 0; m < family.attributes.size(); ++m) {
      Pooled pooled = Pool(family, static_cast<int>(m));
      const auto [at, is_new] = denominators_.emplace(std::move(pooled.n), Quantities());
      if (is_new) out_.counts.push_back(at->first);
      out_.denominator_of.push_back(at->second);
      out_.numerator_of.push_back(Quantities());
      out_.counts.push_back(std::move(pooled.x));
      index_of_[family.request->layout->measures()[m].id] = static_cast<int>(m);
    }
  }

  InnerEquations Run() {
    for (size_t m = 0; m < out_.numerator_of.size(); ++m) {
      AddShare(out_.denominator_of[m], {out_.numerator_of[m]});
    }
    for (const RelationBlock& relation : family_.relations) AddRelation(relation);
    for (const v1::Relation& relation : family_.request->relations) AddStated(relation);
    out_.shares.assign(shares_.begin(), shares_.end());
    out_.shares_of.resize(out_.counts.size());
    for (size_t s = 0; s < out_.shares.size(); ++s) {
      out_.shares_of[static_cast<size_t>(out_.shares[s].whole)].push_back(static_cast<int>(s));
      for (const int part : out_.shares[s].parts) {
        out_.shares_of[static_cast<size_t>(part)].push_back(static_cast<int>(s));
      }
    }
    MakeGroups();
    return std::move(out_);
  }

 private:
  int Quantities() const { return static_cast<int>(out_.counts.size()); }

  void AddShare(int whole, std::vector<int> parts) {
    std::sort(parts.begin(), parts.end());
    if (std::find(parts.begin(), parts.end(), whole) != parts.end()) return;
    shares_.insert({whole, std::move(parts)});
  }

  std::vector<int> NumeratorsOf(const std::vector<int>& measures) const {
    std::vector<int> numerators;
    for (const int m : measures) numerators.push_back(out_.numerator_of[static_cast<size_t>(m)]);
    return numerators;
  }

  void AddRelation(const RelationBlock& relation) {
    if (relation.total >= 0) {
      AddShare(out_.numerator_of[static_cast<size_t>(relation.total)],
               NumeratorsOf(relation.parts));
      return;
    }
    // The rest keeps the n that the parts are taken from.
    const auto holder = denominators_.find(Pool(family_, relation.rest).n);
    if (holder != denominators_.end()) AddShare(holder->second, NumeratorsOf(relation.parts));
  }

  void AddStated(const v1::Relation& relation) {
    const auto find = [this](const std::string& id) {
      const auto it = index_of_.find(id);
      return it == index_of_.end() ? -1 : it->second;
    };
    if (relation.whole_population()) {
      std::vector<int> classes;
      for (const std::string& id : relation.part()) {
        if (const int m = find(id); m >= 0) classes.push_back(m);
      }
      // Some without the others leave what each alone leaves of n (family_counts.cc).
      if (classes.size() < 2) return;
      for (const int m : classes) {
        AddShare(out_.denominator_of[static_cast<size_t>(m)], NumeratorsOf(classes));
      }
    }
    const int total = find(relation.total());
    for (const std::string& id : relation.same_people()) {
      const int m = find(id);
      if (total < 0 || m < 0) continue;
      AddShare(out_.numerator_of[static_cast<size_t>(total)],
               {out_.denominator_of[static_cast<size_t>(m)]});
    }
  }

  bool IsTop(int quantity) const {
    const auto& in = out_.shares_of[static_cast<size_t>(quantity)];
    return std::all_of(in.begin(), in.end(), [&](int s) {
      return out_.shares[static_cast<size_t>(s)].whole == quantity;
    });
  }

  void MakeGroups() {
    std::vector<int> root(out_.counts.size());
    std::iota(root.begin(), root.end(), 0);
    const auto find = [&root](int q) {
      while (root[static_cast<size_t>(q)] != q) q = root[static_cast<size_t>(q)];
      return q;
    };
    for (const Share& share : out_.shares) {
      const int first = IsTop(share.whole) ? share.parts.front() : share.whole;
      for (const int part : share.parts) root[static_cast<size_t>(find(part))] = find(first);
    }
    std::map<int, std::vector<int>> members;
    for (const int q : WholesFirst()) {
      if (IsTop(q)) {
        out_.groups.push_back({q});
      } else {
        members[find(q)].push_back(q);
      }
    }
    for (auto& [key, group] : members) out_.groups.push_back(std::move(group));
  }

  // Of those whose wholes are placed the one in most shares comes next: it has the least choice. In
  // a circle (of equals) the first.
  std::vector<int> WholesFirst() const {
    std::vector<int> order;
    std::vector<bool> is_placed(out_.counts.size());
    const auto wholes_missing = [&](int q) {
      const auto& in = out_.shares_of[static_cast<size_t>(q)];
      return std::count_if(in.begin(), in.end(), [&](int s) {
        const int whole = out_.shares[static_cast<size_t>(s)].whole;
        return whole != q && !is_placed[static_cast<size_t>(whole)];
      });
    };
    while (order.size() < out_.counts.size()) {
      int best = -1;
      std::pair<std::ptrdiff_t, std::ptrdiff_t> best_rank;
      for (int q = 0; q < Quantities(); ++q) {
        if (is_placed[static_cast<size_t>(q)]) continue;
        const std::pair rank(wholes_missing(q), -static_cast<std::ptrdiff_t>(
                                                    out_.shares_of[static_cast<size_t>(q)].size()));
        if (best >= 0 && !(rank < best_rank)) continue;
        best = q;
        best_rank = rank;
      }
      is_placed[static_cast<size_t>(best)] = true;
      order.push_back(best);
    }
    return order;
  }

  const FamilyCounts& family_;
  InnerEquations out_;
  std::map<Counts, int> denominators_;
  std::map<std::string, int> index_of_;
  std::set<Share> shares_;
};

}  // namespace

InnerEquations InnerEquationsOf(const FamilyCounts& family) { return Builder(family).Run(); }

}  // namespace renkei::policy::disclosure
