// Entry point of one libFuzzer program; RENKEI_FUZZ_TARGET names the function of targets.h.
#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  renkei::fuzz::RENKEI_FUZZ_TARGET(bytes, size);
  return 0;
}
