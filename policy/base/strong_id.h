// A string that cannot be mistaken for another kind of string.
#pragma once

#include <string>
#include <utility>

namespace renkei::policy::base {

template <typename Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string value) : value_(std::move(value)) {}
  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const StrongId&) const = default;
  bool operator<(const StrongId& other) const { return value_ < other.value_; }
  template <typename H>
  friend H AbslHashValue(H h, const StrongId& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  std::string value_;
};

// member/<kind>/<organisation code>, e.g. member/municipality/062031
using MemberId = StrongId<struct MemberIdTag>;
using RoundId = StrongId<struct RoundIdTag>;
using MeasureId = StrongId<struct MeasureIdTag>;

}  // namespace renkei::policy::base
