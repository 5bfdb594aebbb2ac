#include "agents/evaluate/classification_table.h"

#include <map>
#include <string>

#include "agents/evaluate/truth.h"

namespace renkei::agents::evaluate {
namespace {

// A row with its inputs as bits.
struct RowMask {
  uint32_t must_be_true = 0;
  uint32_t must_be_false = 0;
  uint32_t counted = 0;
  int at_least = 0;
  uint8_t class_number = 0;
};

uint32_t MaskOf(const google::protobuf::RepeatedPtrField<std::string>& names,
                const std::map<std::string, int>& bit_of) {
  uint32_t mask = 0;
  for (const std::string& name : names) mask |= uint32_t{1} << bit_of.at(name);
  return mask;
}

}  // namespace

std::vector<uint8_t> BuildClassTable(const v1::Classification& classification) {
  std::map<std::string, int> bit_of;
  for (int i = 0; i < classification.input_size(); ++i) bit_of[classification.input(i)] = i;
  std::vector<RowMask> rows;
  for (const v1::Classification::Row& row : classification.row()) {
    rows.push_back({MaskOf(row.true_input(), bit_of), MaskOf(row.false_input(), bit_of),
                    MaskOf(row.count().of(), bit_of), row.count().at_least(),
                    static_cast<uint8_t>(row.class_())});
  }
  const auto class_of = [&](uint32_t true_inputs) {
    for (const RowMask& row : rows) {
      if ((true_inputs & row.must_be_true) == row.must_be_true &&
          (true_inputs & row.must_be_false) == 0 &&
          __builtin_popcount(true_inputs & row.counted) >= row.at_least) {
        return row.class_number;
      }
    }
    return static_cast<uint8_t>(classification.otherwise());
  };

  const int inputs = classification.input_size();
  std::vector<size_t> weight(static_cast<size_t>(inputs));
  size_t size = 1;
  for (size_t& w : weight) {
    w = size;
    size *= 3;
  }
  // States by their number of unknown inputs: each is decided by the two states in which its first
  // unknown input is completed, and these have one unknown less.
  std::vector<uint8_t> table(size, 0);
  for (int unknowns = 0; unknowns <= inputs; ++unknowns) {
    for (size_t state = 0; state < size; ++state) {
      uint32_t true_inputs = 0;
      int found = 0;
      int first = -1;
      for (int i = 0; i < inputs; ++i) {
        const size_t truth = state / weight[static_cast<size_t>(i)] % 3;
        if (truth == kTrue) true_inputs |= uint32_t{1} << i;
        if (truth != kUnknown) continue;
        if (first < 0) first = i;
        ++found;
      }
      if (found != unknowns) continue;
      if (unknowns == 0) {
        table[state] = class_of(true_inputs);
        continue;
      }
      const size_t w = weight[static_cast<size_t>(first)];
      const uint8_t if_false = table[state - w];
      table[state] = if_false == table[state + w] ? if_false : 0;
    }
  }
  return table;
}

}  // namespace renkei::agents::evaluate
