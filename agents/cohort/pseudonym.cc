#include "agents/cohort/pseudonym.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/crypto/hmac_key.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
namespace crypto = policy::crypto;
namespace {

constexpr absl::string_view kDomain = "renkei/person/1";
constexpr size_t kInsurerDigits = 8;
// Longest card field in formats.md is 20 characters; a local id may be a UUID or an e-mail-like
// name.
constexpr size_t kMaxFieldBytes = 256;
constexpr size_t kUsualMessageBytes = 120;

struct FreeMalloc {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

bool IsAscii(absl::string_view text) {
  unsigned char bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  return bits < 0x80;
}

absl::StatusOr<std::string> FoldNfkc(absl::string_view text, absl::string_view column) {
  utf8proc_uint8_t* out = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &out,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT));
  const std::unique_ptr<utf8proc_uint8_t, FreeMalloc> owner(out);
  if (size < 0) return absl::InvalidArgumentError(absl::StrCat(column, ": not valid UTF-8"));
  return std::string(reinterpret_cast<const char*>(out), static_cast<size_t>(size));
}

// Removes white space, control characters and, when asked, the dashes that NFKC leaves apart. The
// katakana length mark is a letter and stays.
std::string Strip(absl::string_view text, bool dashes) {
  std::string kept;
  kept.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    utf8proc_int32_t c = -1;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                         static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    if (size <= 0) break;
    const utf8proc_category_t category = utf8proc_category(c);
    const bool space = category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
                       category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC ||
                       category == UTF8PROC_CATEGORY_CF;
    const bool dash = category == UTF8PROC_CATEGORY_PD || c == 0x2212 || c == 0x2043;
    if (!space && !(dashes && dash)) {
      kept.append(text.data() + at, static_cast<size_t>(size));
    }
    at += static_cast<size_t>(size);
  }
  return kept;
}

// What FoldNfkc and Strip come to where every character is ASCII: white space and control
// characters are the two ends of the range, and the hyphen is the only dash.
std::string StripAscii(absl::string_view text, bool dashes) {
  std::string kept;
  for (const char c : text) {
    if (c > ' ' && c != '\x7F' && !(dashes && c == '-')) kept.push_back(c);
  }
  return kept;
}

absl::StatusOr<std::string> Field(absl::string_view text, absl::string_view column, bool dashes) {
  if (text.size() > kMaxFieldBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(column, ": longer than ", kMaxFieldBytes, " bytes"));
  }
  if (IsAscii(text)) return StripAscii(text, dashes);
  RENKEI_ASSIGN_OR_RETURN(const std::string folded, FoldNfkc(text, column));
  return Strip(folded, dashes);
}

// "00" stays "0": a branch of zeros is a branch.
void RemoveLeadingZeros(std::string* text) {
  const size_t first = std::min(text->find_first_not_of('0'), text->size());
  text->erase(0, first == text->size() && first > 0 ? first - 1 : first);
}

// domain, 0, form, then every field as a big-endian 16-bit length and its bytes: no two different
// lists of fields have the same bytes. `message` is room to write in.
policy::consent::SubjectKey Key(const crypto::HmacSha256Key& key, char form,
                                std::initializer_list<absl::string_view> fields,
                                std::string* message) {
  message->assign(kDomain.data(), kDomain.size());
  message->push_back('\0');
  message->push_back(form);
  for (const absl::string_view field : fields) {
    message->push_back(static_cast<char>(field.size() >> 8));
    message->push_back(static_cast<char>(field.size() & 0xff));
    message->append(field.data(), field.size());
  }
  return key.Of({reinterpret_cast<const uint8_t*>(message->data()), message->size()});
}

}  // namespace

Pseudonymiser::Pseudonymiser(const base::Secret& key) {
  if (!key.empty()) key_.emplace(key.bytes());
}

absl::StatusOr<Person> Pseudonymiser::Make(const PersonColumns& columns) const {
  if (!key_.has_value()) return absl::FailedPreconditionError("pseudonym key is empty");
  if (columns.sex > 1) return absl::InvalidArgumentError("sex: neither male nor female");
  Person person;
  person.sex = columns.sex;
  person.birth_date = columns.birth_date;
  std::string message;
  message.reserve(kUsualMessageBytes);

  RENKEI_ASSIGN_OR_RETURN(std::string number, Field(columns.number, "number", true));
  if (number.empty()) {
    RENKEI_ASSIGN_OR_RETURN(const std::string id, Field(columns.person_id, "person_id", false));
    if (id.empty()) {
      return absl::InvalidArgumentError(
          "number and person_id are both empty; one of them names the person");
    }
    person.key.exact = Key(*key_, 'i', {id}, &message);
    return person;
  }

  RENKEI_ASSIGN_OR_RETURN(std::string insurer,
                          Field(columns.insurer_number, "insurer_number", true));
  if (insurer.empty() || insurer.size() > kInsurerDigits ||
      insurer.find_first_not_of("0123456789") != std::string::npos) {
    return absl::InvalidArgumentError(
        "insurer_number: not 1 to 8 digits; it is needed beside number");
  }
  insurer.insert(0, kInsurerDigits - insurer.size(), '0');
  RemoveLeadingZeros(&number);
  RENKEI_ASSIGN_OR_RETURN(const std::string symbol, Field(columns.symbol, "symbol", true));
  RENKEI_ASSIGN_OR_RETURN(std::string branch, Field(columns.branch, "branch", true));
  RemoveLeadingZeros(&branch);
  const absl::CivilDay& day = columns.birth_date;
  const std::string birth = absl::StrCat(day.year() * 10000 + day.month() * 100 + day.day());
  const absl::string_view sex = columns.sex == 0 ? "M" : "F";
  person.key.branch_absent = branch.empty();
  person.key.exact = Key(*key_, 'c', {insurer, symbol, number, branch, birth, sex}, &message);
  person.key.without_branch = Key(*key_, 'b', {insurer, symbol, number, birth, sex}, &message);
  return person;
}

}  // namespace renkei::agents::cohort
