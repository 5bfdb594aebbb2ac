// The noise lane's maker of a ProtectedTable (privacy 7, R45): discrete Gaussian noise on every
// inner cell in place of suppression. Pure; the same request and noise give the same table.
//
// An inner cell is a measure, geography, member kind, sex and band, its numerator or its
// not-numerator; a contributing kind's cells get noise whether anybody is in them or not. Every
// other cell is the sum of its noisy inner cells, so that all cells of a measure add up. Numbers
// are cut to 0 <= x <= n at the very end, where they are shown, and sums are made before that.
//
// What is hidden before the noise depends on members, agreements, populations and the layout, never
// on a count: whole levels and places, as suppression of single cells would tell of data
// (noisy_places.h). After it a figure of fewer persons than the strictest threshold of its places
// is hidden by what the noise left of it, which tells no more than the noisy table does. Left out:
// relations between measures (each has noise of its own, so classes need not add up), and budgets
// (policy/noise).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/protect.h"
#include "policy/noise/cell_noise.h"
#include "policy/rules/withheld_levels.h"

namespace renkei::policy::disclosure {

// `relations` and `earlier` are not looked at. INVALID_ARGUMENT for a request that does not fit
// together. Draws the noise of the full grid before it reads a count.
absl::StatusOr<ProtectedTable<ForRelease>> AddNoise(const ProtectRequest& request,
                                                    noise::CellNoise& noise);

// The cells of that table without numbers: what AddNoise hides before the noise, and why. Reads no
// count.
absl::StatusOr<std::vector<ProtectedMeasure>> NoisePattern(const ProtectRequest& request);

// Members that a shown cell needs: the strictest of policy and agreements.
int64_t MinContributorsOf(const ProtectRequest& request);

// Did fewer members than the policy and the agreements ask for deliver the measure, and not all
// agree to be shown? Then nothing of it is shown. A member delivers what its contribution declares
// as collected, whether or not it counts anybody.
bool IsOfFewMembers(const ProtectRequest& request, size_t measure);

// Levels where a figure could be that of fewer members than that: a municipality's own insurer is
// one member there, so insurers and workplaces must be enough without it. Beside the layout's and
// the agreements' caps.
rules::WithheldLevels LevelsOfFewMembers(const ProtectRequest& request, size_t measure);

// Every level that AddNoise withholds of the measure: these, the layout's and the caps.
rules::WithheldLevels WithheldLevelsOf(const ProtectRequest& request, size_t measure);

}  // namespace renkei::policy::disclosure
