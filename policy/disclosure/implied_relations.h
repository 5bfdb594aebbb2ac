// What the catalogue's relations say beyond their own words. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "policy/tables/layout.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::disclosure {

// The equations between the measures of a layout that follow from the stated relations:
// - whatever contains a measure that contains another contains the other, and what lies within one
//   of several disjoint classes shares nobody with the other classes, whether or not the measures
//   between are asked for;
// - of each total, and of everybody, the largest sets of asked measures that share nobody; and of
//   each set some without the others, which leave a class of persons too.
// Relations of same people, of a whole population and of what is kept apart are passed on.
std::vector<v1::Relation> WithImpliedRelations(const std::vector<v1::Relation>& relations,
                                               const tables::Layout& layout);

// Measures that share an equation with one of `ids`, or are kept apart from it: what one release
// shows of the one and another of the other, a reader subtracts, and no audit has seen both.
std::set<std::string> LinkedWith(const std::set<std::string>& ids,
                                 const std::vector<v1::Relation>& relations);

}  // namespace renkei::policy::disclosure
