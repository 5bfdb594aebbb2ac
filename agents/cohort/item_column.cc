#include "agents/cohort/item_column.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "agents/cohort/packed_numbers.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace {

using policy::catalogue::ValueState;

constexpr size_t kStates = 9;

enum StateForm : uint8_t { kOneState = 0, kFewOthers = 1, kPackedStates = 2 };
enum NumberForm : uint8_t {
  kNoNumbers = 0,    // all 0
  kEveryRow = 1,     // a number per row, whatever its state
  kMostRows = 2,     // a number per row; those of rows without one are to be read as 0
  kSelectedRows = 3  // the numbers of the rows that have one, in their order
};

absl::Status Broken() { return absl::DataLossError("stored column: cannot be decoded"); }

constexpr bool HasNumber(ValueState state) {
  return state >= ValueState::kValid && state <= ValueState::kMarkedLow;
}

// Bits per state among so many.
int WidthOf(size_t states) { return states <= 2 ? 1 : states <= 4 ? 2 : 4; }

void PackStates(std::span<const ValueState> states, std::vector<uint8_t>& out) {
  std::array<size_t, kStates> count{};
  for (const ValueState state : states) ++count[static_cast<size_t>(state)];
  std::vector<uint8_t> present;
  for (size_t s = 0; s < kStates; ++s) {
    if (count[s] != 0) present.push_back(static_cast<uint8_t>(s));
  }
  const size_t common =
      static_cast<size_t>(std::max_element(count.begin(), count.end()) - count.begin());
  if (present.size() == 1) {
    out.push_back(kOneState);
    out.push_back(present[0]);
    return;
  }
  const size_t others = states.size() - count[common];
  const int width = WidthOf(present.size());
  if (3 * others + 4 < 2 + present.size() + BytesOfBits(states.size(), width)) {
    out.push_back(kFewOthers);
    out.push_back(static_cast<uint8_t>(common));
    AppendNumber(others, 2, out);
    for (size_t row = 0; row < states.size(); ++row) {
      if (static_cast<size_t>(states[row]) == common) continue;
      AppendNumber(row, 2, out);
      out.push_back(static_cast<uint8_t>(states[row]));
    }
    return;
  }
  out.push_back(kPackedStates);
  out.push_back(static_cast<uint8_t>(present.size()));
  out.insert(out.end(), present.begin(), present.end());
  std::array<uint32_t, kStates> code{};
  for (size_t i = 0; i < present.size(); ++i) code[present[i]] = static_cast<uint32_t>(i);
  std::vector<uint32_t> codes(states.size());
  for (size_t row = 0; row < states.size(); ++row) {
    codes[row] = code[static_cast<size_t>(states[row])];
  }
  AppendBits(codes, width, out);
}

absl::StatusOr<ValueState> StateOf(uint32_t number) {
  if (number >= kStates) return Broken();
  return static_cast<ValueState>(number);
}

absl::Status UnpackStates(BlockReader& reader, size_t rows, ValueState* states) {
  RENKEI_ASSIGN_OR_RETURN(const uint32_t form, reader.Number(1));
  RENKEI_ASSIGN_OR_RETURN(const uint32_t head, reader.Number(1));
  if (form == kOneState || form == kFewOthers) {
    RENKEI_ASSIGN_OR_RETURN(const ValueState common, StateOf(head));
    std::fill_n(states, rows, common);
    if (form == kOneState) return absl::OkStatus();
    RENKEI_ASSIGN_OR_RETURN(const uint32_t others, reader.Number(2));
    for (uint32_t i = 0; i < others; ++i) {
      RENKEI_ASSIGN_OR_RETURN(const uint32_t row, reader.Number(2));
      RENKEI_ASSIGN_OR_RETURN(const uint32_t number, reader.Number(1));
      if (row >= rows) return Broken();
      RENKEI_ASSIGN_OR_RETURN(states[row], StateOf(number));
    }
    return absl::OkStatus();
  }
  if (form != kPackedStates || head < 2 || head > kStates) return Broken();
  std::array<ValueState, 16> words{};
  for (uint32_t i = 0; i < head; ++i) {
    RENKEI_ASSIGN_OR_RETURN(const uint32_t number, reader.Number(1));
    RENKEI_ASSIGN_OR_RETURN(words[i], StateOf(number));
  }
  const int width = WidthOf(head);
  RENKEI_ASSIGN_OR_RETURN(const std::span<const uint8_t> bits,
                          reader.Bytes(BytesOfBits(rows, width)));
  std::array<uint32_t, kChunkRows> codes;
  ReadBits(bits, width, rows, codes.data());
  uint32_t largest = 0;
  for (size_t row = 0; row < rows; ++row) largest = std::max(largest, codes[row]);
  if (largest >= head && rows != 0) return Broken();
  for (size_t row = 0; row < rows; ++row) states[row] = words[codes[row]];
  return absl::OkStatus();
}

}  // namespace

void PackItems(std::span<const int32_t> values, std::span<const ValueState> states,
               std::vector<uint8_t>& out) {
  out.clear();
  std::vector<int32_t> numbers(values.begin(), values.end());
  size_t with_number = 0;
  bool any_state = false;
  bool any_number = false;
  bool number_elsewhere = false;
  for (size_t row = 0; row < states.size(); ++row) {
    if (states[row] == ValueState::kAbsent) numbers[row] = 0;
    any_state = any_state || states[row] != ValueState::kAbsent;
    any_number = any_number || numbers[row] != 0;
    if (HasNumber(states[row])) {
      ++with_number;
    } else if (numbers[row] != 0) {
      number_elsewhere = true;
    }
  }
  if (!any_state) return;
  PackStates(states, out);
  if (!any_number) {
    out.push_back(kNoNumbers);
    return;
  }
  if (number_elsewhere || with_number == states.size()) {
    out.push_back(kEveryRow);
  } else if (2 * with_number < states.size()) {
    out.push_back(kSelectedRows);
    size_t at = 0;
    for (size_t row = 0; row < states.size(); ++row) {
      if (HasNumber(states[row])) numbers[at++] = numbers[row];
    }
    numbers.resize(at);
  } else {
    out.push_back(kMostRows);
    // Rows without a number must not widen the frame.
    int32_t filler = 0;
    for (size_t row = 0; row < states.size(); ++row) {
      if (!HasNumber(states[row])) continue;
      filler = numbers[row];
      break;
    }
    for (size_t row = 0; row < states.size(); ++row) {
      if (!HasNumber(states[row])) numbers[row] = filler;
    }
  }
  PackNumbers(numbers, out);
}

absl::Status UnpackItems(std::span<const uint8_t> bytes, size_t rows, int32_t* values,
                         ValueState* states) {
  BlockReader reader(bytes);
  RENKEI_RETURN_IF_ERROR(UnpackStates(reader, rows, states));
  RENKEI_ASSIGN_OR_RETURN(const uint32_t form, reader.Number(1));
  switch (form) {
    case kNoNumbers:
      if (!reader.AtEnd()) return Broken();
      std::fill_n(values, rows, 0);
      return absl::OkStatus();
    case kEveryRow:
      return UnpackNumbers(reader.rest(), rows, values);
    case kMostRows: {
      RENKEI_RETURN_IF_ERROR(UnpackNumbers(reader.rest(), rows, values));
      for (size_t row = 0; row < rows; ++row) {
        values[row] = HasNumber(states[row]) ? values[row] : 0;
      }
      return absl::OkStatus();
    }
    case kSelectedRows: {
      size_t selected = 0;
      for (size_t row = 0; row < rows; ++row) selected += HasNumber(states[row]) ? 1 : 0;
      std::array<int32_t, kChunkRows> numbers;
      RENKEI_RETURN_IF_ERROR(UnpackNumbers(reader.rest(), selected, numbers.data()));
      size_t at = 0;
      for (size_t row = 0; row < rows; ++row) {
        values[row] = HasNumber(states[row]) ? numbers[at++] : 0;
      }
      return absl::OkStatus();
    }
    default:
      return Broken();
  }
}

}  // namespace renkei::agents::cohort
