#include "agents/cohort/event_blob.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace consent = policy::consent;
namespace {

constexpr size_t kMaxTextBytes = 255;

enum Optional : uint8_t {
  kHasValidFrom = 1,
  kHasValidTo = 2,
  kHasRefersTo = 4,
  kHasGrantorEnd = 8,
  kAllOptional = 15,
};

absl::Status Broken() { return absl::DataLossError("stored consent event: cannot be decoded"); }

void AppendTime(absl::Time time, std::vector<uint8_t>& out) {
  const auto micros = static_cast<uint64_t>(absl::ToUnixMicros(time));
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<uint8_t>(micros >> shift));
}

template <typename T>
absl::Status AppendList(const std::vector<T>& list, bool (*is_valid)(int),
                        std::vector<uint8_t>& out) {
  const std::set<int> words(list.begin(), list.end());
  for (const int word : words) {
    if (word <= 0 || !is_valid(word)) {
      return absl::InvalidArgumentError("consent event: unknown purpose or category");
    }
  }
  out.push_back(static_cast<uint8_t>(words.size()));
  for (const int word : words) out.push_back(static_cast<uint8_t>(word));
  return absl::OkStatus();
}

bool IsFinite(const std::optional<absl::Time>& time) {
  return !time.has_value() || (*time != absl::InfiniteFuture() && *time != absl::InfinitePast());
}

class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  absl::StatusOr<uint8_t> Byte() {
    if (bytes_.empty()) return Broken();
    const uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  absl::StatusOr<absl::Time> Time() {
    if (bytes_.size() < 8) return Broken();
    uint64_t micros = 0;
    for (size_t i = 0; i < 8; ++i) micros |= static_cast<uint64_t>(bytes_[i]) << (8 * i);
    bytes_ = bytes_.subspan(8);
    return absl::FromUnixMicros(static_cast<int64_t>(micros));
  }
  absl::StatusOr<std::optional<absl::Time>> TimeIf(bool present) {
    if (!present) return std::optional<absl::Time>();
    RENKEI_ASSIGN_OR_RETURN(const absl::Time time, Time());
    return std::optional<absl::Time>(time);
  }
  absl::StatusOr<std::string> Text() {
    RENKEI_ASSIGN_OR_RETURN(const uint8_t size, Byte());
    if (bytes_.size() < size) return Broken();
    std::string text(bytes_.begin(), bytes_.begin() + size);
    bytes_ = bytes_.subspan(size);
    return text;
  }
  template <typename T>
  absl::StatusOr<std::vector<T>> List() {
    RENKEI_ASSIGN_OR_RETURN(const uint8_t size, Byte());
    std::vector<T> list;
    for (int i = 0; i < size; ++i) {
      RENKEI_ASSIGN_OR_RETURN(const uint8_t word, Byte());
      list.push_back(static_cast<T>(word));
    }
    return list;
  }
  bool AtEnd() const { return bytes_.empty(); }

 private:
  std::span<const uint8_t> bytes_;
};

}  // namespace

absl::StatusOr<std::vector<uint8_t>> EncodeEvent(const consent::Event& event) {
  if (event.type < consent::EventType::kNoticeGiven ||
      event.type > consent::EventType::kCorrected || event.grantor < consent::Grantor::kSelf ||
      event.grantor > consent::Grantor::kPowerOfAttorney || !v1::LegalBasis_IsValid(event.basis)) {
    return absl::InvalidArgumentError("consent event: unknown type, grantor or basis");
  }
  if (event.text_ref.size() > kMaxTextBytes) {
    return absl::InvalidArgumentError("consent event: text_ref longer than 255 bytes");
  }
  for (const auto& time :
       {std::optional(event.event_time), std::optional(event.effective_at), event.valid_from,
        event.valid_to, event.refers_to, event.grantor_ends_on}) {
    if (!IsFinite(time)) return absl::InvalidArgumentError("consent event: a time is infinite");
  }
  std::vector<uint8_t> out = {kEventBlobVersion, static_cast<uint8_t>(event.type)};
  AppendTime(event.event_time, out);
  AppendTime(event.effective_at, out);
  out.push_back(static_cast<uint8_t>(
      (event.valid_from ? kHasValidFrom : 0) | (event.valid_to ? kHasValidTo : 0) |
      (event.refers_to ? kHasRefersTo : 0) | (event.grantor_ends_on ? kHasGrantorEnd : 0)));
  for (const auto& time :
       {event.valid_from, event.valid_to, event.refers_to, event.grantor_ends_on}) {
    if (time.has_value()) AppendTime(*time, out);
  }
  out.push_back(static_cast<uint8_t>(event.basis));
  out.push_back(static_cast<uint8_t>(event.grantor));
  RENKEI_RETURN_IF_ERROR(AppendList(event.purposes, v1::Purpose_IsValid, out));
  RENKEI_RETURN_IF_ERROR(AppendList(event.categories, v1::DataCategory_IsValid, out));
  out.push_back(static_cast<uint8_t>(event.text_ref.size()));
  out.insert(out.end(), event.text_ref.begin(), event.text_ref.end());
  return out;
}

absl::StatusOr<consent::Event> DecodeEvent(std::span<const uint8_t> blob) {
  Reader reader(blob);
  consent::Event event;
  RENKEI_ASSIGN_OR_RETURN(const uint8_t version, reader.Byte());
  if (version != kEventBlobVersion) return Broken();
  RENKEI_ASSIGN_OR_RETURN(const uint8_t type, reader.Byte());
  event.type = static_cast<consent::EventType>(type);
  RENKEI_ASSIGN_OR_RETURN(event.event_time, reader.Time());
  RENKEI_ASSIGN_OR_RETURN(event.effective_at, reader.Time());
  RENKEI_ASSIGN_OR_RETURN(const uint8_t has, reader.Byte());
  if (has > kAllOptional) return Broken();
  RENKEI_ASSIGN_OR_RETURN(event.valid_from, reader.TimeIf(has & kHasValidFrom));
  RENKEI_ASSIGN_OR_RETURN(event.valid_to, reader.TimeIf(has & kHasValidTo));
  RENKEI_ASSIGN_OR_RETURN(event.refers_to, reader.TimeIf(has & kHasRefersTo));
  RENKEI_ASSIGN_OR_RETURN(event.grantor_ends_on, reader.TimeIf(has & kHasGrantorEnd));
  RENKEI_ASSIGN_OR_RETURN(const uint8_t basis, reader.Byte());
  event.basis = static_cast<v1::LegalBasis>(basis);
  RENKEI_ASSIGN_OR_RETURN(const uint8_t grantor, reader.Byte());
  event.grantor = static_cast<consent::Grantor>(grantor);
  RENKEI_ASSIGN_OR_RETURN(event.purposes, reader.List<v1::Purpose>());
  RENKEI_ASSIGN_OR_RETURN(event.categories, reader.List<v1::DataCategory>());
  RENKEI_ASSIGN_OR_RETURN(event.text_ref, reader.Text());
  // Whatever does not encode to the same bytes was not written by this program.
  if (!reader.AtEnd()) return Broken();
  const absl::StatusOr<std::vector<uint8_t>> again = EncodeEvent(event);
  if (!again.ok() || !std::equal(again->begin(), again->end(), blob.begin(), blob.end())) {
    return Broken();
  }
  return event;
}

}  // namespace renkei::agents::cohort
