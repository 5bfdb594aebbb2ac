// Figures of a prefecture or of the nation: sums of what the releases of its areas show (R1). Pure.
//
// A function of shown cells alone, so nobody learns from it what the releases do not tell him
// already. What one of the added areas hides is hidden in the sum. Left out, and named: releases
// with noise, whose cells do not state their errors (privacy 7), areas that have not collected the
// measure, and all but the newest definition of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/indicators/view.h"
#include "renkei/v1/region.pb.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::indicators {

// What two areas have in a cell together, with the rates of the sum and without members, since one
// may count in both. DATA_LOSS for cells of different places, and for one that is neither shown nor
// protected; FAILED_PRECONDITION for counts that nothing computes with.
absl::StatusOr<v1::ReleaseCell> SumOf(const v1::ReleaseCell& a, const v1::ReleaseCell& b);

struct IndicatorSum {
  v1::RegionIndicator composition;     // a part per given release, in their order
  std::vector<v1::ReleaseCell> cells;  // as a view orders them; empty where nothing can be added
};

class RegionSums {
 public:
  RegionSums(v1::MemberKind member_kind, Breakdown by) : member_kind_(member_kind), by_(by) {}

  // Adds what the release shows of these of its indicators; the caller was permitted to show it,
  // and gives an area once per indicator. Errors of ViewRelease and SumOf; DATA_LOSS for an
  // indicator that the release does not have.
  absl::Status Add(const v1::Release& release, const std::vector<std::string>& indicators);

  // In the order in which they were first added; of a release, in its order.
  std::vector<IndicatorSum> Sums() const;

 private:
  struct Part {
    v1::RegionPart part;
    uint32_t version = 0;
  };
  // What the areas that have one definition sum up to.
  struct Added {
    std::vector<v1::ReleaseCell> cells;
    int areas_with_unknown_residence = 0;
  };
  struct Indicator {
    std::string id;
    std::vector<Part> parts;
    std::map<uint32_t, Added> added;             // by version
    std::vector<v1::ReleaseCell> not_collected;  // cells of an area that has not collected it
  };

  absl::Status AddTo(const v1::Release& release, uint32_t version, Indicator* indicator) const;
  Indicator& Find(const std::string& id);

  v1::MemberKind member_kind_;
  Breakdown by_;
  std::vector<Indicator> indicators_;
};

}  // namespace renkei::hub::indicators
