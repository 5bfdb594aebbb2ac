#include "agents/evaluate/tally.h"

#include <algorithm>

#include "agents/evaluate/truth.h"

namespace renkei::agents::evaluate {
namespace {

using policy::consent::ConsentedRows;
using policy::tables::kParts;

// The histogram of a bundle stays in the first-level cache.
constexpr size_t kMaxBundleBytes = size_t{24} << 10;

size_t PowerOfThree(size_t exponent) {
  size_t power = 1;
  for (size_t i = 0; i < exponent; ++i) power *= 3;
  return power;
}

size_t BundleSize(size_t cells, size_t max_bundle) {
  size_t size = max_bundle;
  while (size > 1 && cells * PowerOfThree(size) * sizeof(uint32_t) > kMaxBundleBytes) --size;
  return size;
}

}  // namespace

Tally::Tally(std::shared_ptr<const Plan> plan, size_t max_bundle)
    : plan_(std::move(plan)),
      chunk_(*plan_),
      cells_(plan_->layout.cells_per_measure() / kParts),
      bundle_size_(BundleSize(cells_, max_bundle)),
      states_(PowerOfThree(bundle_size_)),
      included_(plan_->groups.size(), std::vector<uint8_t>(kChunkRows)),
      base_(kChunkRows),
      digits_(kChunkRows) {
  const size_t bundles = (plan_->measures.size() + bundle_size_ - 1) / bundle_size_;
  histogram_.assign(bundles * cells_ * states_, 0);
}

void Tally::Add(const ConsentedRows& rows) {
  const size_t total = std::min(CompleteRows(rows.rows()), rows.families().size());
  for (size_t begin = 0; begin < total; begin += kChunkRows) {
    chunk_.Run(rows.rows(), begin, std::min(kChunkRows, total - begin));
    const uint32_t* families = rows.families().data() + begin;
    for (size_t g = 0; g < included_.size(); ++g) {
      const Plan::Group& group = plan_->groups[g];
      IncludeRows(chunk_.slot(group.population), chunk_.counted(), families, group.family,
                  chunk_.size(), included_[g].data());
    }
    AddChunk();
  }
}

void Tally::AddChunk() {
  const uint32_t states = static_cast<uint32_t>(states_);
  for (size_t i = 0; i < chunk_.size(); ++i) base_[i] = chunk_.cell()[i] / kParts * states;
  for (size_t first = 0; first < plan_->measures.size(); first += bundle_size_) {
    AddBundle(first / bundle_size_);
  }
}

void Tally::AddBundle(size_t bundle) {
  const size_t n = chunk_.size();
  const size_t first = bundle * bundle_size_;
  const size_t last = std::min(first + bundle_size_, plan_->measures.size());
  std::fill_n(digits_.data(), n, uint8_t{0});
  uint8_t weight = 1;
  for (size_t m = first; m < last; ++m) {
    const Plan::Measure& measure = plan_->measures[m];
    AddDigit(chunk_.slot(measure.numerator), included_[static_cast<size_t>(measure.group)].data(),
             weight, n, digits_.data());
    weight = static_cast<uint8_t>(weight * 3);
  }
  uint32_t* __restrict histogram = histogram_.data() + bundle * cells_ * states_;
  const uint32_t* __restrict base = base_.data();
  const uint8_t* __restrict digits = digits_.data();
  for (size_t i = 0; i < n; ++i) ++histogram[base[i] + digits[i]];
}

void Tally::MoveInto(std::vector<int64_t>* counts) {
  for (size_t m = 0; m < plan_->measures.size(); ++m) {
    const size_t weight = PowerOfThree(m % bundle_size_);
    const uint32_t* histogram = histogram_.data() + m / bundle_size_ * cells_ * states_;
    int64_t* out = counts->data() + m * cells_ * kParts;
    for (size_t cell = 0; cell < cells_; ++cell) {
      for (size_t state = 0; state < states_; ++state) {
        const size_t truth = state / weight % 3;
        if (truth == kUnknown) continue;
        out[cell * kParts + (truth == kTrue ? 0 : 1)] += histogram[cell * states_ + state];
      }
    }
  }
  std::fill(histogram_.begin(), histogram_.end(), 0);
}

}  // namespace renkei::agents::evaluate
