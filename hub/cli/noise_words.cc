#include "hub/cli/noise_words.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace renkei::hub::cli {
namespace {

double Ratio(uint64_t numerator, uint64_t denominator) {
  return static_cast<double>(numerator) / static_cast<double>(std::max<uint64_t>(denominator, 1));
}

}  // namespace

std::string FractionText(uint64_t numerator, uint64_t denominator) {
  return absl::StrCat(numerator, "/", denominator);
}

std::string NoiseText(const v1::NoiseTerms& noise, const Session& session) {
  const double sigma = std::sqrt(Ratio(noise.variance_numerator(), noise.variance_denominator()));
  if (session.Chosen() == Language::kJapanese) {
    return absl::StrFormat(
        "人数には保護のためのノイズ(離散ガウス分布、平均0)が加えてあります。標準偏差は、最小区分\n"
        "(市町村×団体種別×性×5歳階級)の該当者、非該当者それぞれ %.1f 人、m 区分の合計では √m "
        "倍です。\n",
        sigma);
  }
  return absl::StrFormat(
      "counts carry noise for protection (discrete Gaussian, mean 0): standard deviation %.1f "
      "persons\n"
      "with and without, per municipality, member kind, sex and 5-year band; of a sum of m such, "
      "times "
      "the root of m\n",
      sigma);
}

std::string AfterNoiseText(const Session& session) {
  return std::string(session.Say(
      "ノイズを加えた対象者が公表できる最小人数に満たない区分は、公表の際にさらに秘匿されます。\n",
      "figures of fewer persons after the noise than may be shown will be protected too\n"));
}

std::string NoiseSigns(const Session& session) {
  return std::string(
      session.Say("* 秘匿、またはノイズを加えた対象者が公表できる最小人数未満   ― 対象者なし   "
                  "… 未収集   ~ 対象者がノイズに比べ少なく率なし   区間はノイズを含む\n",
                  "* protected, or fewer persons after the noise than may be shown   ― nobody   "
                  "… not collected   ~ too few for the noise, no rate   intervals include the "
                  "noise\n"));
}

std::string PriceText(const v1::CheckedNoise& noise, const Session& session) {
  const v1::NoiseTerms& terms = noise.terms();
  const std::string rho = FractionText(terms.rho_numerator(), terms.rho_denominator());
  const std::string cap =
      FractionText(noise.rho_per_data_year().numerator(), noise.rho_per_data_year().denominator());
  const double share = 100 * Ratio(terms.rho_numerator(), terms.rho_denominator()) /
                       std::max(Ratio(noise.rho_per_data_year().numerator(),
                                      noise.rho_per_data_year().denominator()),
                                1e-12);
  const std::string cost =
      session.Chosen() == Language::kJapanese
          ? absl::StrFormat("ノイズ付き公表: 費用 rho = %s(年度の予算 %s の %.1f %%)", rho, cap,
                            share)
          : absl::StrFormat("noise release: costs rho = %s (%.1f %% of a data year's budget of %s)",
                            rho, share, cap);
  return absl::StrCat(cost, "\n",
                      noise.budget_suffices()
                          ? session.Say("予算は足ります。\n", "the budget suffices\n")
                          : session.Say("予算が足りません。公表できません。\n",
                                        "the budget does not suffice; no release can be made\n"));
}

}  // namespace renkei::hub::cli
