#include "policy/disclosure/place_sets.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "policy/disclosure/field.h"

namespace renkei::policy::disclosure {
namespace {

using F = AuditField;

// Combinations of overlapping sets that are looked at: 2 to this power.
constexpr size_t kMostRows = 16;

Slice SelectedSlice(const PlaceSet& set, uint8_t kinds, int geographies) {
  Slice slice;
  slice.scope = Slice::Scope::kSelected;
  slice.kinds = kinds;
  slice.publishable = false;
  slice.selected.resize(static_cast<size_t>(geographies));
  for (const int g : set) slice.selected[static_cast<size_t>(g)] = kinds;
  return slice;
}

bool IsStrictlyWithin(const PlaceSet& inner, const PlaceSet& outer) {
  return inner.size() < outer.size() &&
         std::includes(outer.begin(), outer.end(), inner.begin(), inner.end());
}

// Rows that share a column, transitively: indices of each such part.
std::vector<std::vector<size_t>> PartsOf(const std::vector<std::vector<uint64_t>>& rows,
                                         size_t columns) {
  std::vector<size_t> root(rows.size());
  std::iota(root.begin(), root.end(), size_t{0});
  const auto find = [&](size_t r) {
    while (root[r] != r) r = root[r];
    return r;
  };
  for (size_t column = 0; column < columns; ++column) {
    std::optional<size_t> first;
    for (size_t r = 0; r < rows.size(); ++r) {
      if (rows[r][column] == 0) continue;
      if (first.has_value()) {
        root[find(r)] = find(*first);
      } else {
        first = r;
      }
    }
  }
  std::vector<std::vector<size_t>> parts(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) parts[find(r)].push_back(r);
  parts.erase(std::remove(parts.begin(), parts.end(), std::vector<size_t>()), parts.end());
  return parts;
}

}  // namespace

PlaceSet AllPlaces(int geographies) {
  PlaceSet all(static_cast<size_t>(geographies));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

PlaceSet PlacesNamed(const tables::Layout& layout, const std::vector<std::string>& municipalities) {
  PlaceSet places;
  for (const std::string& code : municipalities) {
    if (const auto g = layout.GeographyOf(code)) places.push_back(*g);
  }
  std::sort(places.begin(), places.end());
  return places;
}

std::vector<Slice> SlicesOfSets(const std::vector<PlaceSet>& sets, int geographies) {
  std::vector<Slice> slices;
  for (const PlaceSet& set : sets) {
    for (const uint8_t kinds : kKindsOfSetSlice) {
      slices.push_back(SelectedSlice(set, kinds, geographies));
    }
  }
  std::vector<PlaceSet> all = sets;
  if (!sets.empty()) all.push_back(AllPlaces(geographies));
  for (int g = 0; !sets.empty() && g < geographies; ++g) all.push_back({g});
  for (size_t outer = 0; outer < all.size(); ++outer) {
    for (size_t inner = 0; inner < all.size(); ++inner) {
      // Between the area and a place: DifferenceSlices.
      if ((outer >= sets.size()) == (inner >= sets.size())) continue;
      if (!IsStrictlyWithin(all[inner], all[outer])) continue;
      for (const uint8_t kind : {uint8_t{1}, uint8_t{2}, uint8_t{4}}) {
        Slice slice = SelectedSlice(all[outer], kAllKinds, geographies);
        for (const int g : all[inner]) {
          slice.selected[static_cast<size_t>(g)] = static_cast<uint8_t>(kAllKinds & ~kind);
        }
        slices.push_back(std::move(slice));
      }
    }
  }
  return slices;
}

PlaceSet PlacesOf(const Slice& slice, int geographies) {
  PlaceSet places;
  for (int g = 0; g < geographies; ++g) {
    for (int k = 0; k < kKinds; ++k) {
      if (!slice.Contains(g, k)) continue;
      places.push_back(g);
      break;
    }
  }
  return places;
}

PlaceSpan::PlaceSpan(int places) : places_(static_cast<size_t>(places)) {}

PlaceSpan::Vector PlaceSpan::Reduced(Vector vector) const {
  for (size_t r = 0; r < rows_.size(); ++r) {
    const uint64_t factor = F::Negate(vector[pivots_[r]]);
    if (factor == 0) continue;
    for (size_t p = 0; p < places_; ++p) {
      vector[p] = F::Add(vector[p], F::Multiply(factor, rows_[r][p]));
    }
  }
  return vector;
}

void PlaceSpan::Add(const PlaceSet& set) {
  Vector row(places_);
  for (const int g : set) row[static_cast<size_t>(g)] = 1;
  Add(std::move(row));
}

void PlaceSpan::Add(std::vector<uint64_t> combination) {
  Vector row = Reduced(std::move(combination));
  const auto lead = std::find_if(row.begin(), row.end(), [](uint64_t value) { return value != 0; });
  if (lead == row.end()) return;
  const auto pivot = static_cast<size_t>(lead - row.begin());
  const uint64_t inverse = F::Inverse(*lead);
  for (uint64_t& value : row) value = F::Multiply(value, inverse);
  for (Vector& other : rows_) {
    const uint64_t factor = F::Negate(other[pivot]);
    if (factor == 0) continue;
    for (size_t p = 0; p < places_; ++p) other[p] = F::Add(other[p], F::Multiply(factor, row[p]));
  }
  rows_.push_back(std::move(row));
  pivots_.push_back(pivot);
}

PlaceSpan PlaceSpan::OfVanishing(std::vector<Vector> residuals, std::vector<Vector> starts) {
  PlaceSpan span(starts.empty() ? 0 : static_cast<int>(starts.front().size()));
  std::vector<std::pair<size_t, size_t>> pivots;  // which residual leads in which column
  const auto add = [](uint64_t factor, const Vector& from, Vector* to) {
    for (size_t c = 0; c < to->size(); ++c)
      (*to)[c] = F::Add((*to)[c], F::Multiply(factor, from[c]));
  };
  for (size_t i = 0; i < residuals.size(); ++i) {
    Vector& left = residuals[i];
    for (const auto& [of, column] : pivots) {
      const uint64_t factor = F::Negate(left[column]);
      if (factor == 0) continue;
      add(factor, residuals[of], &left);
      add(factor, starts[of], &starts[i]);
    }
    const auto lead =
        std::find_if(left.begin(), left.end(), [](uint64_t value) { return value != 0; });
    if (lead == left.end()) {
      span.Add(starts[i]);
      continue;
    }
    pivots.emplace_back(i, static_cast<size_t>(lead - left.begin()));
    const uint64_t inverse = F::Inverse(*lead);
    for (Vector* one : {&left, &starts[i]}) {
      for (uint64_t& value : *one) value = F::Multiply(value, inverse);
    }
  }
  return span;
}

PlaceSpan PlaceSpan::Meet(const PlaceSpan& other) const {
  std::vector<Vector> left;
  for (const Vector& row : rows_) left.push_back(other.Reduced(row));
  PlaceSpan both = OfVanishing(std::move(left), rows_);
  both.places_ = places_;
  return both;
}

bool PlaceSpan::Contains(const PlaceSet& set) const {
  Vector vector(places_);
  for (const int g : set) vector[static_cast<size_t>(g)] = 1;
  vector = Reduced(std::move(vector));
  return std::all_of(vector.begin(), vector.end(), [](uint64_t value) { return value == 0; });
}

// A 0-1 vector of the span is the sum of the rows at whose pivots it is 1.
std::optional<std::vector<PlaceSet>> PlaceSpan::SmallestSums() const {
  std::vector<PlaceSet> found;
  for (const std::vector<size_t>& part : PartsOf(rows_, places_)) {
    if (part.size() > kMostRows) return std::nullopt;
    std::vector<PlaceSet> sums;
    for (uint32_t choice = 1; choice < uint32_t{1} << part.size(); ++choice) {
      Vector sum(places_);
      for (size_t i = 0; i < part.size(); ++i) {
        if ((choice >> i & 1) == 0) continue;
        for (size_t p = 0; p < places_; ++p) sum[p] = F::Add(sum[p], rows_[part[i]][p]);
      }
      PlaceSet set;
      bool is_sum = true;
      for (size_t p = 0; p < places_; ++p) {
        is_sum = is_sum && sum[p] <= 1;
        if (sum[p] == 1) set.push_back(static_cast<int>(p));
      }
      if (is_sum) sums.push_back(std::move(set));
    }
    std::sort(sums.begin(), sums.end(), [](const PlaceSet& a, const PlaceSet& b) {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    std::vector<PlaceSet> smallest;
    for (PlaceSet& sum : sums) {
      const bool holds_one =
          std::any_of(smallest.begin(), smallest.end(), [&](const PlaceSet& one) {
            return std::includes(sum.begin(), sum.end(), one.begin(), one.end());
          });
      if (!holds_one) smallest.push_back(std::move(sum));
    }
    found.insert(found.end(), smallest.begin(), smallest.end());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace renkei::policy::disclosure
