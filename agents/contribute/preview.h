// Preview: what a member's own officer sees before anything leaves. Read from the bytes of the
// signed statement, so it cannot show other numbers; a draft's takes the checkpoint of the consent
// ledger only when it is sent, with the same counts. Margins and rates are computed for reading
// only; they do not leave. Pure.
//
// A count below the policy's threshold is marked: no reader will ever see it as it is. The hub may
// hide more (complementary suppression, bands of small municipalities); the preview cannot know
// what the other members send.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agents/contribute/round_question.h"
#include "policy/catalogue/catalogue.h"
#include "policy/crypto/digest.h"
#include "renkei/v1/contribution.pb.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::agents::contribute {

enum class PreviewBreakdown : uint8_t {
  kTotal,    // one row: both sexes, 40-74
  kSexAge,   // seven bands and 40-74, per sex and both
  kSexAge2,  // and 40-64, 65-74
};

struct PreviewRequest {
  std::vector<std::string>
      municipalities;  // 6 digits, "unknown" or "area"; empty = all that have n > 0
  std::vector<std::string> indicators;  // empty = all of the round
  PreviewBreakdown by = PreviewBreakdown::kSexAge;
  uint32_t min_cell_persons = 0;  // of the agreement; the policy's counts when stricter
};

struct PreviewRow {
  std::string municipality;  // 6 digits, "unknown", or "area": the sum of all
  std::string indicator;
  std::string sex;  // male, female, both
  std::string age_band;
  int64_t numerator = 0;
  int64_t denominator = 0;
  std::optional<int64_t> value_tenths;  // percent x 10, half up; absent for n = 0
  bool collected = true;
  bool leaves = false;       // an inner cell: exactly these counts are in the bytes
  bool never_as_is = false;  // a count of 1 .. t-1 persons
  bool structurally_empty = false;
};

struct PreviewIndicator {
  std::string id;
  std::string name_ja;
  std::string name_en;
  bool collected = true;
};

struct Preview {
  v1::ContributionStatement statement;  // as parsed from the payload
  policy::crypto::Digest payload_sha256{};
  size_t payload_bytes = 0;
  size_t envelope_bytes = 0;
  std::string area_name;
  uint32_t fiscal_year = 0;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  uint32_t threshold = 0;  // t of areas; municipalities may have a stricter one
  v1::PolicyDocument policy;
  std::vector<PreviewIndicator> indicators;
  std::vector<PreviewRow> rows;
};

// INVALID_ARGUMENT for a municipality or indicator that the round does not have, and for a payload
// that is not of this round.
absl::StatusOr<Preview> MakePreview(const v1::DsseEnvelope& envelope, const RoundQuestion& question,
                                    const policy::catalogue::Catalogue& catalogue,
                                    const PreviewRequest& request);

// In Japanese or English. Head (who, to whom, how many bytes, which digest), then one block per
// indicator and municipality.
std::string RenderPreviewTable(const Preview& preview, const policy::catalogue::AreaTable& areas,
                               bool japanese);
// Columns:
// fiscal_year,municipality_code,member_kind,indicator,sex,age_band,numerator,denominator,value,
// leaves,mark.
std::string RenderPreviewCsv(const Preview& preview);
std::string RenderPreviewJson(const Preview& preview);

}  // namespace renkei::agents::contribute
