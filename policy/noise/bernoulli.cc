#include "policy/noise/bernoulli.h"

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::policy::noise {

absl::Status CheckTerms(const Rational& parameter, absl::string_view what) {
  if (parameter.numerator() <= kLargestTerm && parameter.denominator() <= kLargestTerm) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(what, " ", parameter.ToString(),
                                                 " has a term above 2^40; use a coarser fraction"));
}

absl::StatusOr<Bernoulli> Bernoulli::Make(const Rational& p) {
  RENKEI_RETURN_IF_ERROR(CheckTerms(p, "probability"));
  if (p.numerator() > p.denominator()) {
    return absl::InvalidArgumentError(absl::StrCat("probability ", p.ToString(), " is above 1"));
  }
  return Bernoulli(p);
}

bool Bernoulli::Draw(BitSource& bits) const {
  return steps::DrawRatio(static_cast<uint64_t>(p_.numerator()),
                          static_cast<uint64_t>(p_.denominator()), bits);
}

absl::StatusOr<BernoulliExp> BernoulliExp::Make(const Rational& gamma) {
  RENKEI_RETURN_IF_ERROR(CheckTerms(gamma, "exponent"));
  return BernoulliExp(gamma);
}

bool BernoulliExp::Draw(BitSource& bits) const {
  return steps::DrawExp(static_cast<uint64_t>(gamma_.numerator()),
                        static_cast<uint64_t>(gamma_.denominator()), bits);
}

}  // namespace renkei::policy::noise
