#include "policy/transparency/note.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::transparency {
namespace {

constexpr uint8_t kEd25519 = 0x01;
constexpr size_t kPublicKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kMaxSignatures = 64;
constexpr absl::string_view kDash = "\xe2\x80\x94 ";  // U+2014, space

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("signed note: ", what));
}

// Well-formed UTF-8 without control characters but newlines.
bool IsNoteText(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x80) {
      if (first < 0x20 && first != '\n') return false;
      ++i;
      continue;
    }
    const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() - i < length) return false;
    uint32_t code = first & (0xffu >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      code = code << 6 | (next & 0x3fu);
    }
    const bool is_overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (is_overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    i += length;
  }
  return true;
}

bool IsKeyName(absl::string_view name) {
  return !name.empty() && name.size() <= 1024 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; }) &&
         name.find('+') == absl::string_view::npos;
}

// Standard alphabet, padded, nothing else: what does not encode to the same text is refused.
bool DecodeBase64(absl::string_view text, std::string* bytes) {
  return absl::Base64Unescape(text, bytes) && absl::Base64Escape(*bytes) == text;
}

std::array<uint8_t, 4> KeyId(absl::string_view name, std::span<const uint8_t> public_key) {
  const std::string bytes =
      absl::StrCat(name, "\n", absl::string_view("\x01", 1), base::AsText(public_key));
  const crypto::Digest digest = crypto::Sha256(base::AsBytes(bytes));
  std::array<uint8_t, 4> id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

absl::Status CheckText(absl::string_view text) {
  if (text.empty() || text.back() != '\n') return Malformed("the text must end in a newline");
  if (!IsNoteText(text)) return Malformed("the text has control characters or is not UTF-8");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<VerifierKey> MakeVerifierKey(absl::string_view name,
                                            std::span<const uint8_t> public_key) {
  if (!IsKeyName(name)) {
    return absl::InvalidArgumentError(
        "verifier key: the name must be printable ASCII without spaces and +");
  }
  if (public_key.size() != kPublicKeyBytes) {
    return absl::InvalidArgumentError("verifier key: an Ed25519 key has 32 bytes");
  }
  return VerifierKey{.name = std::string(name),
                     .id = KeyId(name, public_key),
                     .public_key = {public_key.begin(), public_key.end()}};
}

absl::StatusOr<VerifierKey> ParseVerifierKey(absl::string_view text) {
  // Base64 may hold + itself: the parts are the first two.
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('+', 2));
  std::string key;
  if (parts.size() != 3 || !DecodeBase64(parts[2], &key) || key.size() != 1 + kPublicKeyBytes ||
      key[0] != kEd25519) {
    return absl::InvalidArgumentError(
        "verifier key: must read name+hex+base64, of an Ed25519 key (type 01)");
  }
  RENKEI_ASSIGN_OR_RETURN(VerifierKey made,
                          MakeVerifierKey(parts[0], base::AsBytes(key).subspan(1)));
  if (FormatVerifierKey(made) != text) {
    return absl::InvalidArgumentError("verifier key: the id is not the one of name and key");
  }
  return made;
}

std::string FormatVerifierKey(const VerifierKey& key) {
  return absl::StrCat(
      key.name, "+", absl::BytesToHexString(base::AsText(key.id)), "+",
      absl::Base64Escape(absl::StrCat(absl::string_view("\x01", 1), base::AsText(key.public_key))));
}

absl::StatusOr<std::string> SignNote(absl::string_view text, absl::string_view key_name,
                                     const crypto::Signer& signer) {
  RENKEI_RETURN_IF_ERROR(CheckText(text));
  RENKEI_ASSIGN_OR_RETURN(const VerifierKey key, MakeVerifierKey(key_name, signer.public_key()));
  const std::vector<uint8_t> signature = signer.Sign(base::AsBytes(text));
  return absl::StrCat(
      text, "\n", kDash, key.name, " ",
      absl::Base64Escape(absl::StrCat(base::AsText(key.id), base::AsText(signature))), "\n");
}

absl::StatusOr<std::string> OpenNote(absl::string_view note, std::span<const VerifierKey> keys) {
  if (note.size() > kMaxNoteBytes) return Malformed("more than 64 KiB");
  // Signature lines hold no empty line, so the last one ends the text.
  const size_t end = note.rfind("\n\n");
  if (end == absl::string_view::npos) return Malformed("no empty line before the signatures");
  const absl::string_view text = note.substr(0, end + 1);
  absl::string_view rest = note.substr(end + 2);
  RENKEI_RETURN_IF_ERROR(CheckText(text));
  if (rest.empty() || rest.back() != '\n') return Malformed("the last line has no newline");
  rest.remove_suffix(1);
  const std::vector<absl::string_view> lines = absl::StrSplit(rest, '\n');
  if (lines.size() > kMaxSignatures) return Malformed("more than 64 signatures");
  bool is_signed = false;
  for (absl::string_view line : lines) {
    if (!absl::ConsumePrefix(&line, kDash)) return Malformed("a signature line begins otherwise");
    const size_t space = line.find(' ');
    std::string blob;
    if (space == absl::string_view::npos || !DecodeBase64(line.substr(space + 1), &blob) ||
        blob.size() <= 4 || line.substr(0, space).empty()) {
      return Malformed("a signature line has another form");
    }
    const std::span<const uint8_t> bytes = base::AsBytes(blob);
    for (const VerifierKey& key : keys) {
      if (key.name != line.substr(0, space) ||
          !std::equal(key.id.begin(), key.id.end(), bytes.begin())) {
        continue;
      }
      if (bytes.size() != 4 + kSignatureBytes ||
          !crypto::VerifyEd25519(key.public_key, base::AsBytes(text), bytes.subspan(4)).ok()) {
        return absl::PermissionDeniedError(
            absl::StrCat("signed note: the signature of ", key.name, " does not fit the text"));
      }
      is_signed = true;
    }
  }
  if (!is_signed) return absl::PermissionDeniedError("signed note: no known key signed it");
  return std::string(text);
}

}  // namespace renkei::policy::transparency
