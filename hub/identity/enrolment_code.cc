#include "hub/identity/enrolment_code.h"

#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/enrolment_code.h"
#include "policy/crypto/hash.h"

namespace renkei::hub::identity {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;

std::string MakeEnrolmentCode(base::Random& random) {
  crypto::EnrolmentCodeBits bits;
  random.Fill(bits);
  return crypto::FormatEnrolmentCode(bits);
}

absl::StatusOr<crypto::Digest> HashEnrolmentCode(absl::string_view typed) {
  RENKEI_ASSIGN_OR_RETURN(const std::string code, crypto::NormaliseEnrolmentCode(typed));
  return crypto::Sha256(base::AsBytes(code));
}

bool EnrolmentCodeFits(absl::string_view typed, const crypto::Digest& stored_hash) {
  const absl::StatusOr<crypto::Digest> hash = HashEnrolmentCode(typed);
  return hash.ok() && crypto::EqualConstantTime(*hash, stored_hash);
}

bool EnrolmentCodeIsCurrent(absl::Time issued_at, absl::Time now) {
  return now >= issued_at && now < issued_at + kEnrolmentCodeLifetime;
}

}  // namespace renkei::hub::identity
