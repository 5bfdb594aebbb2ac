// What the fuzzer feeds: one function per reader. Each takes any bytes, never fails, and aborts
// when an invariant of the import is broken. Used by the libFuzzer programs and by the replay of
// the corpora.
#pragma once

#include <cstddef>
#include <cstdint>

namespace renkei::fuzz {

using Target = void (*)(const uint8_t* bytes, size_t size);

void FuzzZip(const uint8_t* bytes, size_t size);
void FuzzHc08(const uint8_t* bytes, size_t size);
void FuzzHg08(const uint8_t* bytes, size_t size);
// The first byte says how the rest is read: 0 to 5 `--as` a kind, 6 and 7 a shipped column map,
// others by the header.
void FuzzCsv(const uint8_t* bytes, size_t size);
void FuzzColumnMap(const uint8_t* bytes, size_t size);
void FuzzUke(const uint8_t* bytes, size_t size);
void FuzzJson(const uint8_t* bytes, size_t size);

struct NamedTarget {
  const char* name;
  Target run;
};
inline constexpr NamedTarget kTargets[] = {
    {"zip", FuzzZip},   {"hc08", FuzzHc08}, {"hg08", FuzzHg08},
    {"csv", FuzzCsv},   {"uke", FuzzUke},   {"column_map", FuzzColumnMap},
    {"json", FuzzJson},
};

}  // namespace renkei::fuzz
