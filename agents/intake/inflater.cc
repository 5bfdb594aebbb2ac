#include "agents/intake/inflater.h"

#include <libdeflate.h>

#include <new>

namespace renkei::agents::intake {

void Inflater::Free::operator()(libdeflate_decompressor* decompressor) const {
  libdeflate_free_decompressor(decompressor);
}

Inflater::Inflater() : decompressor_(libdeflate_alloc_decompressor()) {
  if (decompressor_ == nullptr) throw std::bad_alloc();
}

InflateResult Inflater::Unpack(absl::string_view packed, uint64_t size, uint32_t crc,
                               std::string* out) {
  out->resize(size);
  size_t read = 0, written = 0;
  const libdeflate_result result = libdeflate_deflate_decompress_ex(
      decompressor_.get(), packed.data(), packed.size(), out->data(), out->size(), &read, &written);
  if (result == LIBDEFLATE_SUCCESS && read == packed.size() && written == size &&
      libdeflate_crc32(0, out->data(), out->size()) == crc) {
    return InflateResult::kWhole;
  }
  out->clear();
  return result == LIBDEFLATE_INSUFFICIENT_SPACE ? InflateResult::kTooLong
                                                 : InflateResult::kDamaged;
}

}  // namespace renkei::agents::intake
