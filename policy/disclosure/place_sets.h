// Sets of places of an area: unions that groupings show, and what follows from several of them
// together (privacy 5.4). Inside disclosure only. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/disclosure/axes.h"
#include "policy/tables/layout.h"

namespace renkei::policy::disclosure {

// Geography indices, ascending, each once.
using PlaceSet = std::vector<int>;

// Every place of an area.
PlaceSet AllPlaces(int geographies);

// Geographies of municipalities; codes that the layout does not have are left out.
PlaceSet PlacesNamed(const tables::Layout& layout, const std::vector<std::string>& municipalities);

// Kinds of a set's slices, a bit per kind. Those that a release may show come first: all kinds,
// then each.
inline constexpr std::array<uint8_t, 7> kKindsOfSetSlice = {kAllKinds, 1, 2, 4, 6, 5, 3};
inline constexpr size_t kSlicesPerSet = kKindsOfSetSlice.size();

// Each set by each choice of kinds; then what is between it and the area, and it and each place:
// the larger without the members of one kind of the smaller.
std::vector<Slice> SlicesOfSets(const std::vector<PlaceSet>& sets, int geographies);

// The places that have any kind of a slice.
PlaceSet PlacesOf(const Slice& slice, int geographies);

// What a reader has of sums over sets of places: 0-1 vectors, with the rational combinations of
// them.
class PlaceSpan {
 public:
  explicit PlaceSpan(int places);
  void Add(const PlaceSet& set);
  // Modulo the prime of the audit, a value per place.
  void Add(std::vector<uint64_t> combination);
  // The combinations that leave no residual; `starts` are the combinations of the single ones.
  static PlaceSpan OfVanishing(std::vector<std::vector<uint64_t>> residuals,
                               std::vector<std::vector<uint64_t>> starts);
  // What both have.
  PlaceSpan Meet(const PlaceSpan& other) const;
  size_t size() const { return rows_.size(); }  // of a basis
  bool Contains(const PlaceSet& set) const;
  // The sets whose sums follow and that hold no smaller such set: every other sum of places that
  // follows is made of some that share nothing. Ascending. nullopt when there are too many
  // combinations to look at: more than 2^16 of sets that overlap.
  std::optional<std::vector<PlaceSet>> SmallestSums() const;

 private:
  using Vector = std::vector<uint64_t>;
  Vector Reduced(Vector vector) const;
  std::vector<Vector> rows_;  // reduced echelon form
  std::vector<size_t> pivots_;
  size_t places_;
};

}  // namespace renkei::policy::disclosure
