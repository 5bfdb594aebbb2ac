// The policy document (R21): parsing, checks, digest, thresholds by population. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/crypto/digest.h"
#include "renkei/v1/policy.pb.h"

namespace renkei::policy::rules {

inline constexpr size_t kMaxPolicyTextBytes = 64 * 1024;
// Of min_cell_persons and min_contributors, in policies and agreements.
inline constexpr uint32_t kMaxThreshold = 100000;

class Policy {
 public:
  // Everything that is wrong with a document, each "<file>:<line>: <field>: ..."; a value looser
  // than the guideline's, or one that this version cannot honour, is a fault. Of a text that cannot
  // be read the first faults alone. Empty: it is a policy.
  static std::vector<std::string> Faults(absl::string_view text, const std::string& file_name);
  // INVALID_ARGUMENT names all of them, RESOURCE_EXHAUSTED the limit of the size.
  static absl::StatusOr<Policy> Parse(absl::string_view text, const std::string& file_name);
  // The shipped document, for a configuration without policy_file.
  static absl::StatusOr<Policy> Default();

  const v1::PolicyDocument& document() const { return document_; }
  const std::string& text() const { return text_; }
  // SHA-256 of the bytes as received.
  const crypto::Digest& digest() const { return digest_; }

 private:
  Policy() = default;
  v1::PolicyDocument document_;
  std::string text_;
  crypto::Digest digest_{};
};

struct CellThreshold {
  bool hide = false;     // no count of the municipality is shown
  int64_t min_cell = 0;  // t: no count of 1..t-1 persons is shown
};

// Of the cells of one municipality, by its population; of areas and above with
// `policy.min_cell_persons`.
CellThreshold ThresholdOfMunicipality(const v1::PolicyDocument& policy, int64_t population_persons);

// "none", "up_10", "small_count"; "?" for a value that is not known.
absl::string_view RoundingWord(v1::Rounding rounding);

}  // namespace renkei::policy::rules
