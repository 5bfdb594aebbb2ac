#include "policy/crypto/enrolment_code.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::crypto {
namespace {

constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr int kCharacters = 28;  // 5 * 28 = 128 + 12 bits
constexpr int kGroup = 4;
constexpr size_t kMaxTypedBytes = 512;

uint16_t CheckBits(const EnrolmentCodeBits& bits) {
  const Digest digest =
      Sha256(base::AsBytes(absl::StrCat("renkei/v1/enrolment-code", base::AsText(bits))));
  return static_cast<uint16_t>(digest[0] << 4 | digest[1] >> 4);
}

// Value of the next character and how many bytes it took; -1 for blanks and dashes, -2 for what
// cannot belong to a code.
int NextValue(absl::string_view text, size_t* taken) {
  uint32_t code_point = static_cast<uint8_t>(text[0]);
  *taken = 1;
  if ((code_point & 0xF0) == 0xE0 && text.size() >= 3) {
    code_point = (code_point & 0x0F) << 12 | (static_cast<uint8_t>(text[1]) & 0x3F) << 6 |
                 (static_cast<uint8_t>(text[2]) & 0x3F);
    *taken = 3;
  } else if (code_point >= 0x80) {
    return -2;
  }
  // Full-width forms of ASCII, ideographic space, hyphens, minus and the long-vowel mark.
  if (code_point >= 0xFF01 && code_point <= 0xFF5E) code_point -= 0xFF01 - 0x21;
  if (code_point == 0x3000 || (code_point >= 0x2010 && code_point <= 0x2015) ||
      code_point == 0x2212 || code_point == 0x30FC) {
    return -1;
  }
  if (code_point >= 0x80) return -2;
  char c = absl::ascii_toupper(static_cast<unsigned char>(code_point));
  if (c == '-' || absl::ascii_isspace(static_cast<unsigned char>(c))) return -1;
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const size_t value = kAlphabet.find(c);
  return value == absl::string_view::npos ? -2 : static_cast<int>(value);
}

}  // namespace

std::string FormatEnrolmentCode(const EnrolmentCodeBits& bits) {
  const uint16_t check = CheckBits(bits);
  std::string text;
  uint32_t window = 0;
  int have = 0;
  size_t next = 0;
  for (int i = 0; i < kCharacters; ++i) {
    if (have < 5) {
      if (next < bits.size()) {
        window = window << 8 | bits[next];
        have += 8;
      } else {
        window = window << 12 | check;
        have += 12;
      }
      ++next;
    }
    if (i > 0 && i % kGroup == 0) text.push_back('-');
    have -= 5;
    text.push_back(kAlphabet[window >> have & 31]);
  }
  return text;
}

absl::StatusOr<std::string> NormaliseEnrolmentCode(absl::string_view typed) {
  if (typed.size() > kMaxTypedBytes) {
    return absl::InvalidArgumentError("enrolment code: too long; it has 28 letters and digits");
  }
  EnrolmentCodeBits bits{};
  uint64_t window = 0;
  int have = 0, count = 0;
  size_t next = 0;
  while (!typed.empty()) {
    size_t taken = 0;
    const int value = NextValue(typed, &taken);
    typed.remove_prefix(taken);
    if (value == -1) continue;
    if (value == -2) {
      return absl::InvalidArgumentError(
          "enrolment code: holds a character that no code has; copy it again from the letter");
    }
    ++count;
    window = (window << 5 | static_cast<uint64_t>(value)) & 0xFFFFF;
    have += 5;
    if (next < bits.size() && have >= 8) {
      have -= 8;
      bits[next++] = static_cast<uint8_t>(window >> have);
    }
  }
  if (count != kCharacters) {
    return absl::InvalidArgumentError(
        absl::StrCat("enrolment code: ", count, " letters and digits, it has ", kCharacters));
  }
  if ((window & 0xFFF) != CheckBits(bits)) {
    return absl::InvalidArgumentError(
        "enrolment code: mistyped, the check letters do not fit; copy it again from the letter");
  }
  return FormatEnrolmentCode(bits);
}

}  // namespace renkei::policy::crypto
