// What the catalogue's relations say beyond their own words. Pure.
#pragma once

#include <vector>

#include "policy/tables/layout.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::disclosure {

// The relations themselves, and of the measures of this layout:
// - some of the disjoint classes without the others: what they leave of their total, or of
//   everybody, is the sum of the others and a rest, and a class of persons too;
// - what contains a measure that contains another contains the other, whether or not the one
//   between is asked for;
// - what lies within one of several disjoint classes has nobody of the other classes.
std::vector<v1::Relation> WithImpliedRelations(const std::vector<v1::Relation>& relations,
                                               const tables::Layout& layout);

}  // namespace renkei::policy::disclosure
