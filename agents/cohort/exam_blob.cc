#include "agents/cohort/exam_blob.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace renkei::agents::cohort {
namespace catalogue = policy::catalogue;
namespace {

constexpr size_t kHeaderBytes = 19;
constexpr size_t kFileDayAt = 8;
constexpr size_t kFileDayBytes = 4;
// In a two-byte slot: the number stands in the list of wide numbers.
constexpr int16_t kWideMark = INT16_MIN;

void Append(uint64_t value, size_t bytes, std::vector<uint8_t>& out) {
  for (size_t i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

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

absl::StatusOr<uint32_t> MunicipalityNumber(absl::string_view code, absl::string_view column) {
  if (code.empty()) return 0u;
  uint32_t number = 0;
  for (const char c : code) {
    if (c < '0' || c > '9' || code.size() != 6) {
      return absl::InvalidArgumentError(absl::StrCat(column, ": not a code of 6 digits"));
    }
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number;
}

std::string MunicipalityCode(uint32_t number) {
  return number == 0 ? std::string() : absl::StrFormat("%06d", number);
}

PersonWord PackPerson(absl::CivilDay birth_date, uint8_t sex) {
  const auto day = static_cast<uint32_t>(birth_date.year() * 10000 + birth_date.month() * 100 +
                                         birth_date.day());
  return day * 2 + (sex & 1u);
}

absl::CivilDay BirthDateOf(PersonWord word) {
  const int day = static_cast<int>(word / 2);
  return absl::CivilDay(day / 10000, day / 100 % 100, day % 100);
}

absl::Status EncodeExam(const ExamRecord& record, PersonWord person, uint16_t schema,
                        size_t columns, std::vector<uint8_t>& out) {
  if (record.report_type < 0 || record.report_type > 255) {
    return absl::InvalidArgumentError("report type: outside 0..255");
  }
  if (record.program.size() > kMaxProgramBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("program: longer than ", kMaxProgramBytes, " bytes"));
  }
  if (record.items.size() > columns) {
    return absl::InvalidArgumentError("items: more values than the item table has columns");
  }
  const absl::StatusOr<uint32_t> residence =
      MunicipalityNumber(record.municipality, "municipality");
  if (!residence.ok()) return residence.status();
  const absl::StatusOr<uint32_t> work =
      MunicipalityNumber(record.work_municipality, "work_municipality");
  if (!work.ok()) return work.status();

  out.clear();
  out.push_back(kExamBlobVersion);
  out.push_back(static_cast<uint8_t>(record.report_type));
  Append(schema, 2, out);
  Append(person, 4, out);
  Append(static_cast<uint32_t>(record.file_date - absl::CivilDay(1970, 1, 1)), kFileDayBytes, out);
  Append(*residence, 3, out);
  Append(*work, 3, out);
  out.push_back(static_cast<uint8_t>(record.program.size()));
  out.insert(out.end(), record.program.begin(), record.program.end());

  const size_t bitmap_bytes = (columns + 7) / 8;
  const size_t present_at = out.size();
  const size_t marked_at = present_at + bitmap_bytes;
  out.resize(marked_at + bitmap_bytes, 0);
  for (size_t i = 0; i < record.items.size(); ++i) {
    const catalogue::ValueState state = record.items[i].state;
    if (state == catalogue::ValueState::kAbsent) continue;
    const auto bit = static_cast<uint8_t>(1u << (i % 8));
    out[present_at + i / 8] |= bit;
    if (state == catalogue::ValueState::kValid) continue;
    out[marked_at + i / 8] |= bit;
    out.push_back(static_cast<uint8_t>(state));
  }
  size_t wide = 0;
  for (const catalogue::ItemValue& item : record.items) {
    if (item.state == catalogue::ValueState::kAbsent) continue;
    const bool fits = item.value > INT16_MIN && item.value <= INT16_MAX;
    wide += fits ? 0 : 1;
    Append(static_cast<uint16_t>(fits ? item.value : kWideMark), 2, out);
  }
  if (wide == 0) return absl::OkStatus();
  for (const catalogue::ItemValue& item : record.items) {
    if (item.state == catalogue::ValueState::kAbsent) continue;
    if (item.value > INT16_MIN && item.value <= INT16_MAX) continue;
    Append(static_cast<uint32_t>(item.value), 4, out);
  }
  return absl::OkStatus();
}

bool SameExam(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  if (a.size() != b.size() || a.size() < kHeaderBytes) return false;
  constexpr size_t kAfter = kFileDayAt + kFileDayBytes;
  return std::equal(a.begin(), a.begin() + kFileDayAt, b.begin()) &&
         std::equal(a.begin() + kAfter, a.end(), b.begin() + kAfter);
}

absl::StatusOr<uint16_t> ExamView::SchemaOf(std::span<const uint8_t> blob) {
  if (blob.size() < kHeaderBytes) return Broken("shorter than its head");
  if (blob[0] != kExamBlobVersion) return Broken("of a version that this program does not know");
  return static_cast<uint16_t>(Read(blob.data() + 2, 2));
}

absl::StatusOr<int32_t> ExamView::FileDayOf(std::span<const uint8_t> blob) {
  if (const absl::StatusOr<uint16_t> schema = SchemaOf(blob); !schema.ok()) return schema.status();
  return static_cast<int32_t>(Read(blob.data() + kFileDayAt, kFileDayBytes));
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

PersonWord ExamView::person() const { return Read(blob_.data() + 4, 4); }
int32_t ExamView::file_day() const {
  return static_cast<int32_t>(Read(blob_.data() + kFileDayAt, kFileDayBytes));
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
