#include "agents/cohort/exam_digest.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"

namespace renkei::agents::cohort {
namespace {

using policy::catalogue::ItemValue;
using policy::catalogue::ValueState;

uint64_t KeyOf(absl::string_view name) {
  const policy::crypto::Digest hash =
      policy::crypto::Sha256(policy::base::AsBytes(absl::StrCat("renkei/exam-digest/1 ", name)));
  uint64_t key;
  std::memcpy(&key, hash.data(), sizeof(key));
  return key | 1;
}

inline uint64_t Term(int32_t value, ValueState state) {
  const uint64_t term =
      (static_cast<uint64_t>(state) << 32) | static_cast<uint64_t>(static_cast<uint32_t>(value));
  return state == ValueState::kAbsent ? 0 : term;
}

}  // namespace

ExamDigest::ExamDigest(const policy::catalogue::ItemTable& items)
    : report_type_(KeyOf("-report_type")),
      residence_(KeyOf("-residence")),
      work_(KeyOf("-work")),
      program_(KeyOf("-program")),
      program_end_(KeyOf("-program_end")) {
  item_keys_.reserve(items.columns().size());
  for (const policy::catalogue::ItemColumn& column : items.columns()) {
    item_keys_.push_back(KeyOf(column.name));
  }
}

uint64_t ExamDigest::OfFacts(int report_type, uint32_t residence, uint32_t work,
                             const std::string& program) const {
  uint64_t words[2] = {};
  std::memcpy(words, program.data(), std::min(program.size(), sizeof(words)));
  return report_type_ * static_cast<uint64_t>(report_type) + residence_ * residence + work_ * work +
         program_ * words[0] + program_end_ * words[1];
}

uint64_t ExamDigest::OfItems(std::span<const ItemValue> items) const {
  uint64_t digest = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    digest += item_keys_[i] * Term(items[i].value, items[i].state);
  }
  return digest;
}

void ExamDigest::AddItems(const std::vector<policy::consent::ItemValues>& columns,
                          std::span<uint64_t> digests) const {
  for (size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].value.empty()) continue;
    const uint64_t key = item_keys_[c];
    const int32_t* const values = columns[c].value.data();
    const ValueState* const states = columns[c].state.data();
    for (size_t row = 0; row < digests.size(); ++row) {
      digests[row] += key * Term(values[row], states[row]);
    }
  }
}

}  // namespace renkei::agents::cohort
