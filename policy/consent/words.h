// The words of consent events, as consents.csv and the commands spell them, and their Japanese
// names. Pure.
#pragma once

#include <optional>
#include <span>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/consent/events.h"
#include "renkei/v1/common.pb.h"

namespace renkei::policy::consent {

template <typename Value>
struct Word {
  const char* word;
  const char* japanese;
  Value value;
};

// EventType, Grantor, v1::LegalBasis, v1::Purpose, v1::DataCategory; every value that an event may
// have, once.
template <typename Value>
std::span<const Word<Value>> Words();
template <>
std::span<const Word<EventType>> Words();
template <>
std::span<const Word<Grantor>> Words();
template <>
std::span<const Word<v1::LegalBasis>> Words();
template <>
std::span<const Word<v1::Purpose>> Words();
template <>
std::span<const Word<v1::DataCategory>> Words();

template <typename Value>
std::optional<Value> ParseWord(absl::string_view text) {
  for (const Word<Value>& word : Words<Value>()) {
    if (text == word.word) return word.value;
  }
  return std::nullopt;
}

// Empty for a value without a word.
template <typename Value>
absl::string_view WordOf(Value value, bool japanese = false) {
  for (const Word<Value>& word : Words<Value>()) {
    if (word.value == value) return japanese ? word.japanese : word.word;
  }
  return "";
}

// RFC 3339 with an offset, or a day, which means 00:00 JST.
std::optional<absl::Time> ParseInstant(absl::string_view text);

// family@version.
bool NamesText(absl::string_view text_ref);

}  // namespace renkei::policy::consent
