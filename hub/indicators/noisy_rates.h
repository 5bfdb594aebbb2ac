// Rates and limits of a noise release's cells (privacy 7). Pure.
//
// A rate is given where the denominator is at least kDenominatorSigmas standard deviations of its
// own noise; below, a reader gets the two counts and no rate. The limits are Wilson's with the
// noise's variance in the score: all p with
//   (k - p n)^2 <= z^2 (n p (1 - p) + v ((1 - p)^2 + p^2)),   v = variance of k's noise,
// since k - p n has the noise e_k (1 - p) - e_rest p beside the binomial error. v = 0 is Wilson's.
#pragma once

#include <cstdint>
#include <optional>

#include "google/protobuf/repeated_ptr_field.h"
#include "hub/indicators/wilson.h"
#include "policy/disclosure/protected_table.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::indicators {

inline constexpr int kDenominatorSigmas = 10;

// `variance`: of the noise in k, and in n - k, persons^2. nullopt where no rate is given. Needs
// 0 <= k <= n < 2^48.
std::optional<ConfidenceInterval> NoisyInterval(int64_t k, int64_t n, double variance);

// Replaces value and limits of every noisy cell that is shown with numbers. `tables`: what
// BuildTables made of `table`.
void StateNoise(const policy::disclosure::ProtectedTable<policy::disclosure::ForRelease>& table,
                const v1::NoiseTerms& noise,
                google::protobuf::RepeatedPtrField<v1::ReleaseTable>* tables);

}  // namespace renkei::hub::indicators
