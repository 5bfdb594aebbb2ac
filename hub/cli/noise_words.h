// What the commands say of noise: how large it is, what it cost, and what the signs mean. Pure.
#pragma once

#include <string>

#include "hub/cli/session.h"
#include "renkei/v1/release.pb.h"
#include "renkei/v1/release_service.pb.h"

namespace renkei::hub::cli {

// In place of a rate whose denominator is too small for its noise.
inline constexpr char kNoRate[] = "~";

// "3/4"
std::string FractionText(uint64_t numerator, uint64_t denominator);
// That the figures carry noise, and of which size; two lines.
std::string NoiseText(const v1::NoiseTerms& noise, const Session& session);
// The signs of a noisy table; one line.
std::string NoiseSigns(const Session& session);
// What a noise release of the round would cost, and whether the budget suffices.
std::string PriceText(const v1::CheckedNoise& noise, const Session& session);

}  // namespace renkei::hub::cli
