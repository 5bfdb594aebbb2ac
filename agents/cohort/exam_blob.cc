#include "agents/cohort/exam_blob.h"

#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace renkei::agents::cohort {
namespace catalogue = policy::catalogue;
namespace {

constexpr size_t kHeaderBytes = 19;
constexpr size_t kFileDayAt = 8;
// In a two-byte slot: the number stands in the list of wide numbers.
constexpr int16_t kWideMark = INT16_MIN;

uint32_t Read(const uint8_t* at, size_t bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= static_cast<uint32_t>(at[i]) << (8 * i);
  return value;
}

static_assert(std::endian::native == std::endian::little, "slots are read as they lie");
int16_t SlotAt(const uint8_t* values, size_t index) {
  int16_t value;
  std::memcpy(&value, values + 2 * index, sizeof(value));
  return value;
}

bool BitAt(const uint8_t* bitmap, size_t index) { return (bitmap[index / 8] >> (index % 8)) & 1u; }

// Set bits before `index`.
size_t RankOf(const uint8_t* bitmap, size_t index) {
  size_t rank = 0;
  size_t byte = 0;
  for (; byte + 8 <= index / 8; byte += 8) {
    uint64_t word;
    std::memcpy(&word, bitmap + byte, sizeof(word));
    rank += static_cast<size_t>(std::popcount(word));
  }
  for (; byte < index / 8; ++byte) rank += static_cast<size_t>(std::popcount(bitmap[byte]));
  const auto below = static_cast<uint8_t>((1u << (index % 8)) - 1u);
  if (below != 0) rank += static_cast<size_t>(std::popcount(uint8_t(bitmap[byte] & below)));
  return rank;
}

absl::Status Broken(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("stored examination: ", what));
}

}  // namespace

absl::StatusOr<uint16_t> ExamView::SchemaOf(std::span<const uint8_t> blob) {
  if (blob.size() < kHeaderBytes) return Broken("shorter than its head");
  if (blob[0] != kExamBlobVersion) return Broken("of a version that this program does not know");
  return static_cast<uint16_t>(Read(blob.data() + 2, 2));
}

absl::StatusOr<ExamView> ExamView::Make(std::span<const uint8_t> blob, size_t columns) {
  if (const absl::StatusOr<uint16_t> schema = SchemaOf(blob); !schema.ok()) return schema.status();
  ExamView view;
  view.blob_ = blob;
  view.bitmap_bytes_ = (columns + 7) / 8;
  const size_t present_at = kHeaderBytes + blob[kHeaderBytes - 1];
  if (present_at + 2 * view.bitmap_bytes_ > blob.size()) return Broken("bitmaps cut off");
  view.present_ = blob.data() + present_at;
  view.marked_ = view.present_ + view.bitmap_bytes_;
  view.states_ = view.marked_ + view.bitmap_bytes_;
  size_t values = 0, states = 0;
  for (size_t i = 0; i < view.bitmap_bytes_; ++i) {
    if ((view.marked_[i] & ~view.present_[i]) != 0) return Broken("a state without a value");
    values += static_cast<size_t>(std::popcount(view.present_[i]));
    states += static_cast<size_t>(std::popcount(view.marked_[i]));
  }
  view.values_ = view.states_ + states;
  view.wide_ = view.values_ + 2 * values;
  const size_t head = present_at + 2 * view.bitmap_bytes_ + states + 2 * values;
  if (head > blob.size() || (blob.size() - head) % 4 != 0) return Broken("values cut off");
  size_t wide = 0;
  for (size_t i = 0; i < values; ++i) wide += SlotAt(view.values_, i) == kWideMark ? 1 : 0;
  if (head + 4 * wide != blob.size()) return Broken("wide numbers do not add up");
  return view;
}

int32_t ExamView::file_day() const {
  return static_cast<int32_t>(Read(blob_.data() + kFileDayAt, 4));
}
uint32_t ExamView::municipality() const { return Read(blob_.data() + 12, 3); }
uint32_t ExamView::work_municipality() const { return Read(blob_.data() + 15, 3); }
std::string ExamView::program() const {
  return std::string(reinterpret_cast<const char*>(blob_.data()) + kHeaderBytes,
                     blob_[kHeaderBytes - 1]);
}

catalogue::ItemValue ExamView::Item(size_t column) const {
  if (column / 8 >= bitmap_bytes_ || !BitAt(present_, column)) return {};
  catalogue::ItemValue item;
  item.state = catalogue::ValueState::kValid;
  if (BitAt(marked_, column)) {
    const uint8_t state = states_[RankOf(marked_, column)];
    // A state nobody knows is a value that nobody may use.
    item.state = state > static_cast<uint8_t>(catalogue::ValueState::kBelowRange)
                     ? catalogue::ValueState::kInvalid
                     : static_cast<catalogue::ValueState>(state);
  }
  const size_t slot = RankOf(present_, column);
  const int16_t value = SlotAt(values_, slot);
  if (value != kWideMark) {
    item.value = value;
    return item;
  }
  size_t before = 0;
  for (size_t i = 0; i < slot; ++i) before += SlotAt(values_, i) == kWideMark ? 1 : 0;
  if (wide_ + 4 * (before + 1) > blob_.data() + blob_.size()) {
    item.state = catalogue::ValueState::kInvalid;
    return item;
  }
  item.value = static_cast<int32_t>(Read(wide_ + 4 * before, 4));
  return item;
}

}  // namespace renkei::agents::cohort
