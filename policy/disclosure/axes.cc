#include "policy/disclosure/axes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace renkei::policy::disclosure {

int KindIndex(v1::MemberKind kind) {
  switch (kind) {
    case v1::MEMBER_KIND_MUNICIPALITY:
      return 0;
    case v1::MEMBER_KIND_INSURER:
      return 1;
    case v1::MEMBER_KIND_WORKPLACE:
      return 2;
    default:
      return -1;
  }
}

bool Slice::Contains(int geography_index, int kind) const {
  const bool kind_in = (kinds >> kind & 1) != 0;
  switch (scope) {
    case Scope::kWhole:
      return kind_in;
    case Scope::kOne:
      return kind_in && geography_index == geography;
    case Scope::kAllButOne:
      return kind_in && geography_index != geography;
    case Scope::kAllButPair:
      return !(kind_in && geography_index == geography);
    case Scope::kAllButSeveral:
      return kind_in &&
             std::find(left_out.begin(), left_out.end(), geography_index) == left_out.end();
    case Scope::kSelected:
      return (selected[static_cast<size_t>(geography_index)] >> kind & 1) != 0;
  }
  return false;
}

std::vector<Slice> PublishableSlices(int geographies) {
  std::vector<Slice> slices;
  for (int g = -1; g < geographies; ++g) {
    const Slice::Scope scope = g < 0 ? Slice::Scope::kWhole : Slice::Scope::kOne;
    for (const uint8_t kinds : {uint8_t{kAllKinds}, uint8_t{1}, uint8_t{2}, uint8_t{4}}) {
      slices.push_back({scope, g, kinds, true});
    }
  }
  return slices;
}

std::vector<Slice> DifferenceSlices(int geographies) {
  std::vector<Slice> slices;
  for (int g = -1; g < geographies; ++g) {
    const Slice::Scope scope = g < 0 ? Slice::Scope::kWhole : Slice::Scope::kOne;
    for (const uint8_t kinds : {uint8_t{6}, uint8_t{5}, uint8_t{3}}) {
      slices.push_back({scope, g, kinds, false});
    }
  }
  for (int g = 0; g < geographies; ++g) {
    for (uint8_t kinds = 1; kinds <= kAllKinds; ++kinds) {
      slices.push_back({Slice::Scope::kAllButOne, g, kinds, false});
    }
    for (const uint8_t kind : {uint8_t{1}, uint8_t{2}, uint8_t{4}}) {
      slices.push_back({Slice::Scope::kAllButPair, g, kind, false});
    }
  }
  return slices;
}

bool IsWithin(const Slice& inner, const Slice& outer, int geographies) {
  for (int g = 0; g < geographies; ++g) {
    for (int k = 0; k < kKinds; ++k) {
      if (inner.Contains(g, k) && !outer.Contains(g, k)) return false;
    }
  }
  return true;
}

std::string GeographyLabel(const Slice& slice, const tables::Layout& layout) {
  if (slice.geography < 0) return "";
  if (slice.geography == layout.unknown_geography()) return tables::kUnknownMunicipality;
  return layout.municipalities()[static_cast<size_t>(slice.geography)];
}

std::string SliceName(const Slice& slice, const tables::Layout& layout) {
  std::string name = absl::StrCat(static_cast<int>(slice.scope), ":", GeographyLabel(slice, layout),
                                  "|", int{slice.kinds});
  for (size_t g = 0; g < slice.selected.size(); ++g) {
    if (slice.selected[g] == 0) continue;
    const bool known = static_cast<int>(g) != layout.unknown_geography();
    absl::StrAppend(&name, "|", known ? layout.municipalities()[g] : tables::kUnknownMunicipality);
  }
  return name;
}

v1::MemberKind KindOf(const Slice& slice) {
  switch (slice.kinds) {
    case 1:
      return v1::MEMBER_KIND_MUNICIPALITY;
    case 2:
      return v1::MEMBER_KIND_INSURER;
    case 4:
      return v1::MEMBER_KIND_WORKPLACE;
    default:
      return v1::MEMBER_KIND_UNSPECIFIED;
  }
}

}  // namespace renkei::policy::disclosure
