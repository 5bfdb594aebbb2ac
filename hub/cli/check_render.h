// What `renkei release check` prints: per indicator the class of loss in each checked layout, and
// for one indicator the places and member kinds. Pure.
#pragma once

#include <string>
#include <vector>

#include "hub/cli/session.h"
#include "renkei/v1/release_service.pb.h"

namespace renkei::hub::cli {

// A round checked in one or several layouts.
struct CheckedRound {
  std::vector<v1::CheckReleaseResponse> checks;  // the one asked for first; at least one
  std::vector<std::string> indicators;           // whose places are printed; empty: none
};

// Classes of loss by layout, reasons, then the places of the named indicators in the first layout.
std::string RenderCheck(const CheckedRound& round, const Session& session);
// Everything of every checked layout, of the named indicators or else of all.
std::string RenderCheckJson(const CheckedRound& round);

}  // namespace renkei::hub::cli
