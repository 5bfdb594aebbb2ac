#include "policy/noise/bit_source.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace renkei::policy::noise {

BitSource::~BitSource() { OPENSSL_cleanse(bytes_.data(), used_); }

void BitSource::Refill() {
  const size_t first = at_ / 8;
  const size_t rest = end_ / 8 - first;
  std::memmove(bytes_.data(), bytes_.data() + first, rest);
  dropped_ += 8 * first;
  at_ -= 8 * first;
  random_.Fill(std::span(bytes_).subspan(rest, part_));
  end_ = 8 * (rest + part_);
  std::memset(bytes_.data() + end_ / 8, 0, kSlack);
  used_ = std::max(used_, rest + part_);
  part_ = std::min(2 * part_, kLargestPart);
}

}  // namespace renkei::policy::noise
